"""The fund read back: what ``fupin verify`` recomputes of accounts, claims, recoveries, the watch.

* a balance is the sum of its movements, what is pledged the fund's part of claims not over, what
  was contributed the contributions less withdrawals; the limit is the multiple times what is free;
* the special account's side in the ledger is its movements, the lender's what it received and owes;
* a movement is its voucher, and a contribution or withdrawal what two people agreed to;
* claims: ``claim_checks``; recoveries and returns: ``recovery_checks``; statements and their
  matches add up; fuse and guarantees: ``watch_checks``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import String, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

import ledger
from kernel.database import sum_of
from kernel.findings import Finding
from loans.models import LendingLimit
from office import approvals
from office.models import Voucher
from risk_fund import claim_checks, recovery_checks, watch_checks
from risk_fund.accounts import CHANNEL, SUBJECT
from risk_fund.figures import balances_until, pledges_until
from risk_fund.findings import differences, found
from risk_fund.models import (
    FundAccount,
    FundBalance,
    FundMovement,
    FundOrder,
    Reconciliation,
    Statement,
    StatementMatch,
    StatementRow,
)


def check(session: Session) -> Iterator[Finding]:
    """Everything the fund promises, read back."""
    yield from _balances(session)
    yield from _limits(session)
    yield from _ledger(session)
    yield from _movements(session)
    yield from _orders(session)
    yield from claim_checks.check(session)
    yield from recovery_checks.check(session)
    yield from _statements(session)
    yield from _matches(session)
    yield from watch_checks.check(session)


def _balances(session: Session) -> Iterator[Finding]:
    kept = {
        row.account_id: (row.balance_fen, row.contributed_fen, row.pledged_fen)
        for row in session.scalars(select(FundBalance))
    }
    moved = {row[0]: (row[1], row[2]) for row in session.execute(balances_until(None))}
    pledged = {row[0]: row[1] for row in session.execute(pledges_until(None))}
    opened = session.scalars(select(FundAccount.id)).all()
    counted = {key: (*moved.get(key, (0, 0)), pledged.get(key, 0)) for key in opened}
    yield from differences("balances", "fund_balances", "account_id", kept, counted)


def _limits(session: Session) -> Iterator[Finding]:
    free = FundBalance.balance_fen - FundBalance.pledged_fen
    rows = session.execute(
        select(FundAccount.lender_id, LendingLimit.limit_fen, FundBalance.multiple * free)
        .join(FundBalance, FundBalance.account_id == FundAccount.id)
        .outerjoin(
            LendingLimit,
            and_(
                LendingLimit.scope_kind == "institution",
                LendingLimit.scope == cast(FundAccount.lender_id, String),
            ),
        )
        .where(LendingLimit.limit_fen.is_distinct_from(FundBalance.multiple * free))
    )
    for lender_id, limit_fen, wanted in rows:
        yield found(
            "limits",
            "lending_limits",
            f"institution {lender_id}",
            f"机构{lender_id}的补偿额度为{limit_fen}分，按倍数和可用余额应为{wanted}分",
            f"the limit of {lender_id} is {limit_fen} fen; multiple × free is {wanted}",
        )


def _ledger(session: Session) -> Iterator[Finding]:
    """The special account's own side; what it paid for borrowers is told by loan elsewhere."""
    kinds = {
        "fund_cash": sum_of(FundMovement.amount_fen),
        "fund_contributions": -_sum_of_kinds("contribution", "withdrawal"),
        "fund_interest": -_sum_of_kinds("interest"),
        "fund_compensation": -_sum_of_kinds("compensation", "recovery"),
    }
    for account_id in session.scalars(select(FundAccount.id).order_by(FundAccount.id)):
        for kind, total in kinds.items():
            wanted = session.scalar(select(total).where(FundMovement.account_id == account_id))
            booked = ledger.balance(session, kind=kind, owner_id=account_id)
            if booked != (wanted or 0):
                yield found(
                    "ledger",
                    "postings",
                    f"{kind} of account {account_id}",
                    f"{account_id}号专户的{ledger.CHART[kind].zh}：收支{wanted}分，总账{booked}分",
                    f"{kind} of account {account_id}: {wanted} fen moved, {booked} in the ledger",
                )
    moved = {
        row[0]: abs(row[1])
        for row in session.execute(select(FundMovement.id, FundMovement.amount_fen))
    }
    booked_once = ledger.debits_by_source(session, source_kind="fund_movements")
    yield from differences("ledger", "fund_movements", "id", moved, booked_once)


def _sum_of_kinds(*kinds: str) -> Any:
    return sum_of(case((FundMovement.kind.in_(kinds), FundMovement.amount_fen), else_=0))


def _movements(session: Session) -> Iterator[Finding]:
    """A movement is its voucher."""
    direction = case((FundMovement.amount_fen > 0, "in"), else_="out")
    rows = session.execute(
        select(FundMovement.id, FundMovement.amount_fen, Voucher.amount_fen)
        .join(FundAccount, FundAccount.id == FundMovement.account_id)
        .join(Voucher, Voucher.id == FundMovement.voucher_id)
        .where(
            or_(
                Voucher.amount_fen != func.abs(FundMovement.amount_fen),
                Voucher.direction != direction,
                Voucher.channel != CHANNEL,
                Voucher.institution_id != FundAccount.lender_id,
                Voucher.booked_on != FundMovement.booking_date,
            )
        )
    )
    for movement_id, fen, said in rows:
        yield found(
            "movements",
            "fund_movements",
            f"id={movement_id}",
            f"{fen}分的收支与其凭证（{said}分）不符",
            f"a movement of {fen} fen is not its voucher of {said}",
        )


def _orders(session: Session) -> Iterator[Finding]:
    """Contributions and withdrawals are what one person proposed and another approved."""
    sign = case((FundOrder.kind == "withdrawal", -1), else_=1)
    approved = approvals.by_two(SUBJECT, FundOrder.id)
    rows = session.scalars(
        select(FundMovement.id)
        .join(FundOrder, FundOrder.id == FundMovement.order_id)
        .where(
            or_(
                ~approved,
                FundOrder.kind != FundMovement.kind,
                FundOrder.account_id != FundMovement.account_id,
                FundOrder.source != FundMovement.source,
                FundOrder.document_no != FundMovement.document_no,
                FundOrder.value_date != FundMovement.value_date,
                FundOrder.amount_fen * sign != FundMovement.amount_fen,
            )
        )
    )
    for movement_id in rows:
        yield found(
            "orders",
            "fund_movements",
            f"id={movement_id}",
            "与两人同意的出资（退回）不符",
            "it is not what two people agreed to",
        )


def _statements(session: Session) -> Iterator[Finding]:
    """Line by line a balance follows from the one before, from opening to closing."""
    lines: dict[int, list[StatementRow]] = {}
    for line in session.scalars(
        select(StatementRow).order_by(StatementRow.statement_id, StatementRow.nr)
    ):
        lines.setdefault(line.statement_id, []).append(line)
    for statement in session.scalars(select(Statement)):
        running = statement.opening_fen
        steady = True
        for line in lines.get(statement.id, []):
            running += line.amount_fen
            steady = steady and running == line.balance_fen
        if not steady or running != statement.closing_fen:
            yield found(
                "statements",
                "fund_statements",
                f"id={statement.id}",
                "对账单各行余额不连续",
                "the balances of its lines do not follow",
            )


def _matches(session: Session) -> Iterator[Finding]:
    """A line and the movement matched with it have one voucher and one amount, in one account."""
    rows = session.execute(
        select(StatementMatch.statement_id, StatementMatch.nr)
        .outerjoin(
            StatementRow,
            and_(
                StatementRow.statement_id == StatementMatch.statement_id,
                StatementRow.nr == StatementMatch.nr,
            ),
        )
        .join(Statement, Statement.id == StatementMatch.statement_id)
        .join(FundMovement, FundMovement.id == StatementMatch.movement_id)
        .join(Voucher, Voucher.id == FundMovement.voucher_id)
        .outerjoin(Reconciliation, Reconciliation.statement_id == Statement.id)
        .where(
            or_(
                Reconciliation.statement_id.is_(None),
                StatementRow.nr.is_(None),
                FundMovement.account_id != Statement.account_id,
                FundMovement.amount_fen != StatementRow.amount_fen,
                Voucher.voucher_no != StatementRow.voucher_no,
            )
        )
    )
    for statement_id, nr in rows:
        yield found(
            "matches",
            "fund_statement_matches",
            f"statement {statement_id} line {nr}",
            "对账单行与所配收支不符",
            "the line is not the movement it was matched with",
        )
