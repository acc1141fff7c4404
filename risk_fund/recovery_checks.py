"""Recoveries and returns read back.

* a claim's recoveries, lived again in their order, are split as they are recorded, and where the
  claim stands is their sum;
* every repayment of a compensated loan on a closed day was shared, with its whole amount;
* what a return gives back is the parts it names, its voucher and the movement;
* by loan, what the lender has had and what it owes is what the ledger says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, case, exists, literal, or_, select, union_all
from sqlalchemy.orm import Session

import ledger
from kernel.database import sum_of
from kernel.findings import Finding
from loans.models import Repayment, Reversal
from office.models import Voucher
from risk_fund.findings import differences, found
from risk_fund.models import (
    Compensation,
    FundAccount,
    FundClaim,
    FundClaimPosition,
    FundClaimShare,
    FundMovement,
    FundReturn,
    FundReturnPart,
    Recovery,
    RecoveryShare,
)
from risk_fund.sharing import recover
from risk_fund.tables import table_from

_SIGN = case((Repayment.kind == "refund", -1), else_=1)


def check(session: Session) -> Iterator[Finding]:
    """Everything that was recovered and given back."""
    yield from _split(session)
    yield from _complete(session)
    yield from _returns(session)
    yield from _lenders(session)


def _split(session: Session) -> Iterator[Finding]:
    shares: dict[int, dict[str, int]] = {}
    for row in session.scalars(select(RecoveryShare)):
        shares.setdefault(row.recovery_id, {})[row.party] = row.amount_fen
    rows: dict[int, list[Recovery]] = {}
    for recovery in session.scalars(select(Recovery).order_by(Recovery.id)):
        rows.setdefault(recovery.claim_id, []).append(recovery)
    tables: dict[int, list[FundClaimShare]] = {}
    for share in session.scalars(select(FundClaimShare)):
        tables.setdefault(share.claim_id, []).append(share)
    for claim, position in session.execute(
        select(FundClaim, FundClaimPosition).join(
            FundClaimPosition, FundClaimPosition.claim_id == FundClaim.id
        )
    ):
        table = table_from(tables.get(claim.id, []))
        repaid_fen = recovered_fen = 0
        for recovery in rows.get(claim.id, []):
            again = recover(claim.total_fen, repaid_fen, recovery.repaid_fen, table)
            kept = (recovery.amount_fen, shares.get(recovery.id))
            if kept != (again.amount_fen, again.parts):
                yield _found(recovery.id, f"分配为{kept}", f"shared as {kept}, not {again}")
            repaid_fen += recovery.repaid_fen
            recovered_fen += recovery.amount_fen
        if (position.repaid_fen, position.recovered_fen) != (repaid_fen, recovered_fen):
            yield found(
                "recoveries",
                "fund_claim_positions",
                f"claim_id={claim.id}",
                f"已追回{position.recovered_fen}分，逐笔合计{recovered_fen}分",
                f"{position.recovered_fen} fen recovered, {recovered_fen} by its rows",
            )


def _found(recovery_id: int, zh: str, en: str) -> Finding:
    return found("recoveries", "fund_recoveries", f"id={recovery_id}", zh, en)


def _complete(session: Session) -> Iterator[Finding]:
    """What moved on a compensated loan by the last closed day has its row at its first claim."""
    last = ledger.last_closed_day(session)
    first = (
        select(FundClaim.loan_id, FundClaim.id, Compensation.repayments_before)
        .join(Compensation, Compensation.claim_id == FundClaim.id)
        .where(Compensation.party == "fund")
        .distinct()
        .subquery()
    )
    if last is None:
        return
    booked = select(
        first.c.id, Repayment.id, literal(0), _SIGN * Repayment.amount_fen, Repayment.booking_date
    ).select_from(first)
    on = and_(
        Repayment.loan_id == first.c.loan_id,
        Repayment.id > first.c.repayments_before,
        Repayment.kind.in_(("payment", "recovery", "refund")),
    )
    undone = select(
        first.c.id, Repayment.id, literal(1), -_SIGN * Repayment.amount_fen, Reversal.booking_date
    ).select_from(first)
    moved = union_all(
        booked.join(Repayment, on),
        undone.join(Repayment, on).join(Reversal, Reversal.repayment_id == Repayment.id),
    ).subquery()
    claim_id, repayment_id, was_undone, fen, day = moved.c
    wanted: dict[tuple[int, int], int] = {}
    for claim, repayment, again, amount in session.execute(
        select(claim_id, repayment_id, was_undone, fen).where(day <= last)
    ):
        # A loan's first claim takes the whole of it; later ones what goes beyond.
        if claim == _first_open(session, claim, repayment):
            wanted[repayment, again] = amount
    kept = {
        (row[0], int(row[1])): row[2]
        for row in session.execute(
            select(Recovery.repayment_id, Recovery.undone, Recovery.repaid_fen)
            .join(FundClaim, FundClaim.id == Recovery.claim_id)
            .where(Recovery.booked_on <= last)
            .order_by(FundClaim.nr.desc())
        )
    }
    yield from differences("recoveries", "fund_recoveries", "(repayment, undone)", kept, wanted)


def _first_open(session: Session, claim_id: int, repayment_id: int) -> int | None:
    """The first claim of the loan that was paid before a repayment."""
    return session.scalar(
        select(FundClaim.id)
        .join(Compensation, Compensation.claim_id == FundClaim.id)
        .where(
            Compensation.party == "fund",
            Compensation.repayments_before < repayment_id,
            FundClaim.loan_id
            == select(FundClaim.loan_id).where(FundClaim.id == claim_id).scalar_subquery(),
        )
        .order_by(FundClaim.nr)
        .limit(1)
    )


def _returns(session: Session) -> Iterator[Finding]:
    parts = (
        select(sum_of(RecoveryShare.amount_fen))
        .join(
            FundReturnPart,
            and_(
                FundReturnPart.recovery_id == RecoveryShare.recovery_id,
                FundReturnPart.party == RecoveryShare.party,
            ),
        )
        .where(FundReturnPart.return_id == FundReturn.id)
        .correlate(FundReturn)
        .scalar_subquery()
    )
    misplaced = exists().where(
        FundReturnPart.return_id == FundReturn.id,
        or_(
            FundReturnPart.party != FundReturn.party,
            ~exists().where(
                Recovery.id == FundReturnPart.recovery_id,
                FundClaim.id == Recovery.claim_id,
                FundClaim.account_id == FundReturn.account_id,
            ),
        ),
    )
    rows = session.execute(
        select(FundReturn.id, FundReturn.amount_fen)
        .join(Voucher, Voucher.id == FundReturn.voucher_id)
        .join(FundAccount, FundAccount.id == FundReturn.account_id)
        .outerjoin(FundMovement, FundMovement.id == FundReturn.movement_id)
        .where(
            or_(
                parts != FundReturn.amount_fen,
                misplaced,
                Voucher.amount_fen != FundReturn.amount_fen,
                Voucher.direction != "out",
                Voucher.institution_id != FundAccount.lender_id,
                and_(
                    FundReturn.party == "fund",
                    FundMovement.amount_fen.is_distinct_from(FundReturn.amount_fen),
                ),
            )
        )
    )
    for key, fen in rows:
        yield found(
            "returns",
            "fund_returns",
            f"id={key}",
            f"返还{fen}分与所含追偿款、凭证或专户收入不符",
            f"{fen} fen given back are not its parts, its voucher or its movement",
        )


def _lenders(session: Session) -> Iterator[Finding]:
    """By loan: received less recovered for others; recovered for others less given back."""
    received = _by_loan(session, select(FundClaim.loan_id, sum_of(Compensation.amount_fen)))
    shared = (
        select(FundClaim.loan_id, sum_of(RecoveryShare.amount_fen))
        .select_from(FundClaim)
        .join(Compensation, Compensation.claim_id == FundClaim.id)
        .join(Recovery, Recovery.claim_id == FundClaim.id)
        .join(
            RecoveryShare,
            and_(
                RecoveryShare.recovery_id == Recovery.id,
                RecoveryShare.party == Compensation.party,
            ),
        )
    )
    recovered = {row[0]: row[1] for row in session.execute(shared.group_by(FundClaim.loan_id))}
    back = shared.join(
        FundReturnPart,
        and_(
            FundReturnPart.recovery_id == RecoveryShare.recovery_id,
            FundReturnPart.party == RecoveryShare.party,
        ),
    )
    returned = {row[0]: row[1] for row in session.execute(back.group_by(FundClaim.loan_id))}
    sources = ("fund_compensations", "fund_recoveries", "fund_returns")
    loan_ids = sorted({*received, *recovered})
    for kind, plus, minus in (
        ("compensated", received, recovered),
        ("recovery_payable", recovered, returned),
    ):
        wanted = {key: minus.get(key, 0) - plus.get(key, 0) for key in loan_ids}
        wanted = {key: fen for key, fen in wanted.items() if fen}
        booked = ledger.balances_by_subject(session, kind=kind, sources=sources)
        yield from differences("lenders", "postings", f"{kind}, loan_id", booked, wanted)


def _by_loan(session: Session, query: Any) -> dict[int, int]:
    joined = query.select_from(FundClaim).join(Compensation, Compensation.claim_id == FundClaim.id)
    return {row[0]: row[1] for row in session.execute(joined.group_by(FundClaim.loan_id))}
