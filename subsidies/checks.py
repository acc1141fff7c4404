"""The subsidies read back: everything that is written is what recomputing gives.

* an entitlement is the treasury's part of its settlement, and every such part has one;
* what was left out of a settlement is what its segments say;
* a run is the sum of its entitlements and stands in the ledger once, and the treasury's expense is
  the sum of all of them, less what was given back and not taken off twice;
* a claim holds the rows it froze, and no other claim holds them;
* what of a budget line is spoken for and paid is what files and the bank's answers say;
* accrued ≥ claimed ≥ paid, for every lender.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

import ledger
from kernel.database import sum_of
from kernel.findings import Finding
from loans.models import Loan, Position, Settlement
from loans.routes import HOUSEHOLD, LENDER
from office import approvals
from subsidies import batch, claim_checks, figures
from subsidies.budget import CHANGES
from subsidies.lifecycle import ALIVE
from subsidies.models import (
    BankReturn,
    BudgetChange,
    BudgetLine,
    BudgetUse,
    ClaimPosition,
    ClaimRow,
    Entitlement,
    EntitlementClaim,
    Exclusion,
    FileDiscard,
    GivenBack,
    PaymentFile,
    PaymentLine,
    RevisionOffset,
    SubsidyRun,
)


def check(session: Session) -> Iterator[Finding]:
    """Everything the subsidies promise, read back."""
    yield from _entitlements(session)
    yield from _missing(session)
    yield from _exclusions(session)
    yield from _runs(session)
    yield from _held(session)
    yield from _budget(session)
    yield from _figures(session)
    yield from claim_checks.check(session)


def _entitlements(session: Session) -> Iterator[Finding]:
    to_household = and_(Loan.subsidy_route == HOUSEHOLD, Loan.household_id.is_not(None))
    payee_kind = case((to_household, "households"), else_="organisations")
    payee_id = case(
        (Loan.subsidy_route == LENDER, Loan.lender_id),
        (to_household, Loan.household_id),
        else_=Loan.organisation_id,
    )
    same = (
        (Entitlement.loan_id, Settlement.loan_id),
        (Entitlement.lender_id, Loan.lender_id),
        (Entitlement.village_code, Loan.village_code),
        (Entitlement.route, Loan.subsidy_route),
        (Entitlement.payee_kind, payee_kind),
        (Entitlement.payee_id, payee_id),
        (Entitlement.from_on, Settlement.from_on),
        (Entitlement.to_on, Settlement.to_on),
        (Entitlement.revision, Settlement.revision),
        (Entitlement.interest_fen, Settlement.amount_fen),
        (Entitlement.amount_fen, Settlement.treasury_fen),
    )
    yield from _rows(
        session,
        select(Entitlement.id, Settlement.id, Entitlement.amount_fen, Settlement.treasury_fen)
        .join(Settlement, Settlement.id == Entitlement.settlement_id)
        .join(Loan, Loan.id == Settlement.loan_id)
        .where(
            or_(
                Entitlement.booked_on < Settlement.booked_on,
                *(one != other for one, other in same),
            )
        ),
        ("entitlements", "subsidy_entitlements"),
        "第{0}号贴息与第{1}号结息不符（贴息{2}分，结息的财政部分{3}分）",
        "entitlement {0} ({2} fen) is not the treasury's part of settlement {1} ({3} fen)",
    )


def _missing(session: Session) -> Iterator[Finding]:
    """Once the close says what the treasury owes, it says it of everything settled before."""
    last = ledger.last_closed_day(session)
    if last is None or not _begun(session):
        return
    yield from _rows(
        session,
        select(Settlement.id, Settlement.treasury_fen).where(
            Settlement.booked_on <= last,
            Settlement.treasury_fen != 0,
            ~exists().where(Entitlement.settlement_id == Settlement.id),
        ),
        ("entitlements", "settlements"),
        "第{0}号结息的财政部分{1}分没有贴息记录",
        "the treasury's {1} fen of settlement {0} are owed nowhere",
    )


def _exclusions(session: Session) -> Iterator[Finding]:
    """Of loans that were never corrected: what was known then is what is known now."""
    last = ledger.last_closed_day(session)
    if last is None or not _begun(session):
        return
    plain = exists().where(Position.loan_id == Settlement.loan_id, Position.correction == 0)
    which = and_(Settlement.booked_on <= last, plain)
    wanted = {(row[0], row[1]): row[3] for row in session.execute(batch.exclusions(which))}
    noted = session.execute(
        select(Exclusion.settlement_id, Exclusion.reason, Exclusion.principal_days)
        .join(Settlement, Settlement.id == Exclusion.settlement_id)
        .where(plain)
    )
    found = {(row[0], row[1]): row[2] for row in noted}
    for key in sorted(wanted.keys() | found.keys()):
        if wanted.get(key) != found.get(key):
            yield _finding(
                "exclusions",
                "subsidy_exclusions",
                f"settlement_id={key[0]}, {key[1]}",
                f"第{key[0]}号结息不予贴息（{key[1]}）记为{found.get(key)}，"
                f"按分段应为{wanted.get(key)}",
                f"settlement {key[0]} notes {found.get(key)} fen·days left out as {key[1]}, its "
                f"segments give {wanted.get(key)}",
            )


def _runs(session: Session) -> Iterator[Finding]:
    sums = session.execute(
        select(
            Entitlement.booked_on,
            Entitlement.lender_id,
            func.count(),
            sum_of(Entitlement.amount_fen),
        ).group_by(Entitlement.booked_on, Entitlement.lender_id)
    )
    wanted = {(row[0], row[1]): (row[2], row[3]) for row in sums}
    runs = session.scalars(select(SubsidyRun)).all()
    found = {(run.on_day, run.lender_id): (run.entitlements, run.amount_fen) for run in runs}
    for key in sorted(wanted.keys() | found.keys()):
        if wanted.get(key) != found.get(key):
            yield _finding(
                "runs",
                "subsidy_runs",
                f"{key[0]}, organisation_id={key[1]}",
                f"{key[0]}机构{key[1]}的贴息计提记为{found.get(key)}，逐笔合计{wanted.get(key)}",
                f"the run of {key[0]} for organisation {key[1]} says {found.get(key)}, its rows "
                f"add up to {wanted.get(key)}",
            )
    booked = ledger.debits_by_source(session, source_kind=batch.SOURCE)
    for run in runs:
        if abs(run.amount_fen) != booked.get(run.id, 0):
            yield _finding(
                "runs",
                "entries",
                f"subsidy_runs {run.id}",
                f"第{run.id}号贴息计提{run.amount_fen}分，入账{booked.get(run.id, 0)}分",
                f"run {run.id} is {run.amount_fen} fen, booked as {booked.get(run.id, 0)}",
            )
    given_fen = session.scalar(select(sum_of(GivenBack.amount_fen))) or 0
    offset_fen = session.scalar(select(sum_of(RevisionOffset.amount_fen))) or 0
    owed_fen = sum(run.amount_fen for run in runs) - given_fen + offset_fen
    expense_fen = ledger.balance(session, kind="subsidy_expense")
    if owed_fen != expense_fen:
        yield _finding(
            "expense",
            "postings",
            "subsidy_expense",
            f"财政贴息支出{expense_fen}分，贴息合计{owed_fen}分",
            f"{expense_fen} fen of subsidies in the ledger, {owed_fen} owed",
        )


def _held(session: Session) -> Iterator[Finding]:
    """Which claim holds an entitlement is what the rows of claims that are not over say."""
    frozen = select(ClaimRow.entitlement_id, ClaimRow.claim_id).join(
        ClaimPosition, ClaimPosition.claim_id == ClaimRow.claim_id
    )
    wanted = _pairs(session, frozen.where(ClaimPosition.state.in_(sorted(ALIVE))))
    found = _pairs(
        session,
        select(EntitlementClaim.entitlement_id, EntitlementClaim.claim_id).where(
            EntitlementClaim.claim_id.is_not(None)
        ),
    )
    for entitlement_id, claim_id in sorted(wanted ^ found):
        yield _finding(
            "held",
            "entitlement_claims",
            f"entitlement_id={entitlement_id}",
            f"第{entitlement_id}号贴息是否在第{claim_id}号申报中，记录与申报明细不符",
            f"whether claim {claim_id} holds entitlement {entitlement_id}: its rows say otherwise",
        )


def _pairs(session: Session, query: Select[Any, Any]) -> set[tuple[int, int]]:
    return {(row[0], row[1]) for row in session.execute(query)}


def _budget(session: Session) -> Iterator[Finding]:
    """Amount, committed and paid of every line."""
    approved = approvals.by_two(CHANGES, BudgetChange.id)
    changes = _by_line(
        session,
        select(BudgetChange.line_id, sum_of(BudgetChange.amount_fen))
        .where(approved)
        .group_by(BudgetChange.line_id),
    )
    waits = and_(
        ~exists().where(BankReturn.file_id == PaymentFile.id),
        ~exists().where(FileDiscard.file_id == PaymentFile.id),
    )
    committed = _by_line(
        session,
        select(PaymentLine.line_id, sum_of(PaymentLine.amount_fen))
        .join(PaymentFile, PaymentFile.id == PaymentLine.file_id)
        .where(waits)
        .group_by(PaymentLine.line_id),
    )
    paid = ledger.balances_by_subject(session, kind="budget_paid")
    uses = {use.line_id: use for use in session.scalars(select(BudgetUse))}
    for line in session.scalars(select(BudgetLine).order_by(BudgetLine.id)):
        use = uses.get(line.id)
        wanted = (
            line.amount_fen + changes.get(line.id, 0),
            committed.get(line.id, 0),
            -paid.get(line.id, 0),
        )
        found = None if use is None else (use.amount_fen, use.committed_fen, use.paid_fen)
        if wanted != found:
            yield _finding(
                "budget",
                "budget_uses",
                f"line_id={line.id}",
                f"预算指标{line.document_no}（指标、已安排、已支付）记为{found}，应为{wanted}",
                f"budget line {line.document_no} (amount, committed, paid) stands at {found}, "
                f"should be {wanted}",
            )


def _by_line(session: Session, query: Select[int, int]) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(query)}


def _figures(session: Session) -> Iterator[Finding]:
    if not _begun(session):
        return
    rows = figures.by_place(ledger.open_day(session)).subquery()
    names = figures.FIGURES
    lenders = session.execute(
        select(rows.c.lender_id, *(sum_of(rows.c[name]) for name in names)).group_by(
            rows.c.lender_id
        )
    )
    for lender_id, accrued_fen, claimed_fen, paid_fen, to_recover_fen in lenders:
        if not (accrued_fen >= claimed_fen >= paid_fen >= 0 and to_recover_fen >= 0):
            told = (accrued_fen, claimed_fen, paid_fen, to_recover_fen)
            yield _finding(
                "figures",
                "subsidy_entitlements",
                f"organisation_id={lender_id}",
                f"机构{lender_id}的应计、已申报、已拨付、待收回贴息（分）为{told}，大小不合",
                f"organisation {lender_id}: accrued, claimed, paid, to recover are {told} fen",
            )


def _begun(session: Session) -> bool:
    """Whether any close has said what the treasury owes."""
    return bool(
        session.scalar(
            select(
                or_(
                    exists().where(Entitlement.id > 0),
                    exists().where(Exclusion.settlement_id > 0),
                )
            )
        )
    )


def _rows(
    session: Session,
    query: Select[*tuple[Any, ...]],
    where: tuple[str, str],
    zh: str,
    en: str,
) -> Iterator[Finding]:
    """A finding for each row of a query that should have none; the first column is the key."""
    row: Row[*tuple[Any, ...]]
    for row in session.execute(query):
        yield _finding(*where, str(row[0]), zh.format(*row), en.format(*row))


def _finding(rule: str, table: str, key: str, zh: str, en: str) -> Finding:
    return Finding(f"subsidies.{rule}", table, key, zh, en)


__all__ = ["check"]
