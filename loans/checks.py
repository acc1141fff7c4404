"""The loans read back: what the operations keep, recomputed from the record alone.

* a settlement is the product sum of its segments, rounded once, and its parts are its dues;
* what is open of a due is the due less what was allocated to it;
* principal out is what was drawn less what was repaid; credit is what was kept less what was used;
* the lender's accounts are the sums of the loans behind them;
* segments of a state neither overlap nor leave a gap before the open one;
* every contract was approved by somebody, every movement of money stands in the ledger once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from credit.models import CreditLine
from kernel.database import days_between, least, sum_of
from kernel.findings import Finding
from loans import ledger_checks
from loans.balances import principal_out
from loans.interest import interest_fen, share_fen
from loans.limits import used_by_loans
from loans.models import (
    Allocation,
    Application,
    ApplicationSheet,
    Disbursement,
    Due,
    GradeChange,
    HouseholdCredit,
    LendingLimit,
    Loan,
    OpenDue,
    OpenSegment,
    Position,
    Repayment,
    Reversal,
    Segment,
    Settlement,
)
from loans.operations.applying import SUBJECT
from office.models import Decision, Proposal


def check(session: Session) -> Iterator[Finding]:
    """Everything the loans promise, read back."""
    yield from _settlements(session)
    yield from _parts_are_dues(session)
    yield from _open_dues(session)
    yield from _repayments_add_up(session)
    yield from _principal(session)
    yield from _credits(session)
    yield from _segments(session)
    yield from _lines(session)
    yield from _limits(session)
    yield from _grades(session)
    yield from _approved(session)
    yield from ledger_checks.check(session)


def _found(check: str, table: str, key: object, zh: str, en: str) -> Finding:
    return Finding(f"loans.{check}", table, str(key), zh, en)


def _rows(
    session: Session, query: Select[*tuple[Any, ...]], check: str, table: str, zh: str, en: str
) -> Iterator[Finding]:
    """A finding for each row of a query that should have none; the first column is the key."""
    for row in session.execute(query):
        key = row[0]
        yield _found(check, table, key, zh.format(*row), en.format(*row))


def _settlements(session: Session) -> Iterator[Finding]:
    """Product and amounts of every settlement by product sums, and the share of each."""
    state = case((Settlement.kind == "interest", "regular"), else_="overdue")
    rows = session.execute(
        select(
            Settlement.id,
            Loan.number,
            Loan.day_base,
            Settlement.product,
            Settlement.amount_fen,
            Settlement.treasury_fen,
            Settlement.plan_nr,
            Segment.principal_fen * days_between(Segment.from_on, Segment.to_on) * Segment.rate_ppm,
            least(Segment.principal_fen, Segment.cap_fen)
            * days_between(Segment.from_on, Segment.to_on)
            * Segment.rate_ppm,
            Segment.share_bp,
        )
        .join(Loan, Loan.id == Settlement.loan_id)
        .outerjoin(
            Segment,
            and_(
                Segment.loan_id == Settlement.loan_id,
                Segment.state == state,
                Segment.from_on >= Settlement.from_on,
                Segment.to_on <= Settlement.to_on,
            ),
        )
        .where(Settlement.revision == 0)
        .order_by(Settlement.id)
        .execution_options(yield_per=5000)
    )
    for group in _grouped(rows):
        head = group[0]
        pieces = [(row[7] or 0, row[8] or 0, row[9] or 0) for row in group]
        if head.product and not _right(head, pieces):
            yield _found(
                "settlements",
                "settlements",
                f"settlement_id={head.id}",
                f"合同{head.number}的结息（第{head.id}号）与其分段积数不符",
                f"settlement {head.id} of contract {head.number} is not what its segments give",
            )


def _grouped(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[list[Row[*tuple[Any, ...]]]]:
    group: list[Row[*tuple[Any, ...]]] = []
    for row in rows:
        if group and group[0][0] != row[0]:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _right(head: Row[*tuple[Any, ...]], pieces: list[tuple[int, int, int]]) -> bool:
    product = sum(piece for piece, _, _ in pieces)
    total_fen = interest_fen(product, head.day_base)
    shared = [(piece, share_bp) for _, piece, share_bp in pieces]
    treasury_fen = min(total_fen, share_fen(shared, head.day_base))
    return (product, total_fen, treasury_fen) == (
        head.product,
        head.amount_fen,
        head.treasury_fen,
    )


def _parts_are_dues(session: Session) -> Iterator[Finding]:
    for bearer, part in (
        ("household", Settlement.household_fen),
        ("treasury", Settlement.treasury_fen),
    ):
        # Added up once: no index serves looking up the dues of one settlement.
        dues = (
            select(Due.settlement_id, sum_of(Due.amount_fen).label("fen"))
            .where(Due.bearer == bearer)
            .group_by(Due.settlement_id)
            .subquery()
        )
        due = func.coalesce(dues.c.fen, 0)
        yield from _rows(
            session,
            select(Settlement.id, part, due)
            .outerjoin(dues, dues.c.settlement_id == Settlement.id)
            .where(part != due),
            "parts_are_dues",
            "settlements",
            f"第{{0}}号结息中{bearer}承担{{1}}分，应收却为{{2}}分",
            f"settlement {{0}}: {bearer} bears {{1}} fen, the dues say {{2}}",
        )


def _open_dues(session: Session) -> Iterator[Finding]:
    paid = (
        select(sum_of(Allocation.amount_fen)).where(Allocation.due_id == Due.id).scalar_subquery()
    )
    left = func.coalesce(OpenDue.left_fen, 0)
    yield from _rows(
        session,
        select(Due.id, Due.amount_fen, paid, left)
        .outerjoin(OpenDue, OpenDue.due_id == Due.id)
        .where(
            or_(
                Due.amount_fen - paid != left,
                OpenDue.bearer != Due.bearer,
                OpenDue.kind != Due.kind,
                OpenDue.loan_id != Due.loan_id,
                OpenDue.payable_on < Due.due_on,
            )
        ),
        "open_dues",
        "open_dues",
        "第{0}号应收{1}分，已收{2}分，未收却记为{3}分",
        "due {0} of {1} fen, {2} paid, but {3} stand open",
    )


def _repayments_add_up(session: Session) -> Iterator[Finding]:
    taken = (
        select(sum_of(Allocation.amount_fen))
        .where(Allocation.repayment_id == Repayment.id)
        .scalar_subquery()
    )
    yield from _rows(
        session,
        select(Repayment.id, Repayment.amount_fen, taken, Repayment.to_credit_fen).where(
            Repayment.amount_fen != taken + Repayment.to_credit_fen
        ),
        "repayments_add_up",
        "repayments",
        "第{0}号还款{1}分，冲抵{2}分、转溢缴款{3}分，合计不符",
        "repayment {0} of {1} fen: {2} allocated and {3} kept do not add up",
    )


def _drawn() -> ColumnElement[int]:
    undone = exists().where(Reversal.disbursement_id == Disbursement.id)
    return (
        select(sum_of(Disbursement.amount_fen))
        .where(Disbursement.loan_id == Position.loan_id, ~undone)
        .correlate(Position)
        .scalar_subquery()
    )


def _principal(session: Session) -> Iterator[Finding]:
    repaid = (
        select(sum_of(Allocation.amount_fen))
        .join(Due, Due.id == Allocation.due_id)
        .where(Due.loan_id == Position.loan_id, Due.kind == "principal")
        .correlate(Position)
        .scalar_subquery()
    )
    out = principal_out(Position.loan_id)
    yield from _rows(
        session,
        select(Loan.number, _drawn(), repaid, out, Position.drawn_fen)
        .join(Position, Position.loan_id == Loan.id)
        .where(or_(_drawn() != Position.drawn_fen, _drawn() - repaid != out)),
        "principal",
        "positions",
        "合同{0}放款{1}分、还本{2}分，余额却为{3}分（已支用记为{4}分）",
        "contract {0}: {1} fen drawn and {2} repaid, but {3} out (drawn noted as {4})",
    )


def _credits(session: Session) -> Iterator[Finding]:
    kept = (
        select(
            sum_of(
                case(
                    (Repayment.kind == "payment", Repayment.to_credit_fen),
                    else_=Repayment.to_credit_fen - Repayment.amount_fen,
                )
            )
        )
        .join(Loan, Loan.id == Repayment.loan_id)
        .where(
            Loan.household_id == HouseholdCredit.household_id,
            Loan.lender_id == HouseholdCredit.lender_id,
        )
        .scalar_subquery()
    )
    yield from _rows(
        session,
        select(HouseholdCredit.household_id, kept, HouseholdCredit.amount_fen).where(
            kept != HouseholdCredit.amount_fen
        ),
        "credits",
        "household_credits",
        "农户{0}的溢缴款应为{1}分，记为{2}分",
        "household {0} has {1} fen of credit by the record, {2} noted",
    )


def _segments(session: Session) -> Iterator[Finding]:
    later = aliased(Segment)
    yield from _rows(
        session,
        select(Segment.id, Segment.loan_id, later.id).join(
            later,
            and_(
                later.loan_id == Segment.loan_id,
                later.state == Segment.state,
                later.id > Segment.id,
                later.from_on < Segment.to_on,
            ),
        ),
        "segments",
        "segments",
        "第{1}号贷款的第{0}号与第{2}号分段重叠",
        "segments {0} and {2} of loan {1} overlap",
    )
    yield from _rows(
        session,
        select(Segment.id, Segment.loan_id).join(
            OpenSegment,
            and_(
                OpenSegment.loan_id == Segment.loan_id,
                OpenSegment.state == Segment.state,
                OpenSegment.from_on < Segment.to_on,
            ),
        ),
        "segments",
        "segments",
        "第{1}号贷款的第{0}号分段与未结分段重叠",
        "segment {0} of loan {1} overlaps the open one",
    )


def _lines(session: Session) -> Iterator[Finding]:
    """What is used of a credit line is the principal out on it."""
    out = (
        select(sum_of(OpenSegment.principal_fen))
        .join(Loan, Loan.id == OpenSegment.loan_id)
        .where(Loan.household_id == CreditLine.household_id, Loan.uses_line)
        .correlate(CreditLine)
        .scalar_subquery()
    )
    yield from _rows(
        session,
        select(CreditLine.household_id, CreditLine.used_fen, out).where(CreditLine.used_fen != out),
        "lines",
        "credit_lines",
        "农户{0}的授信已用记为{1}分，贷款余额合计{2}分",
        "household {0}: {1} fen of the line noted as used, {2} out",
    )


def _limits(session: Session) -> Iterator[Finding]:
    for limit in session.scalars(select(LendingLimit)):
        used = used_by_loans(session, (limit.scope_kind, limit.scope))
        if used != limit.used_fen:
            yield _found(
                "limits",
                "lending_limits",
                f"{limit.scope_kind} {limit.scope}",
                f"{limit.scope}的放贷限额已用{limit.used_fen}分，余额合计却为{used}分",
                f"{limit.scope}: {limit.used_fen} fen of the limit used, but {used} are out",
            )


def _grades(session: Session) -> Iterator[Finding]:
    last = (
        select(GradeChange.grade)
        .where(GradeChange.loan_id == Position.loan_id)
        .order_by(GradeChange.on_day.desc())
        .limit(1)
        .correlate(Position)
        .scalar_subquery()
    )
    yield from _rows(
        session,
        select(Position.loan_id, Position.grade, func.coalesce(last, 1)).where(
            Position.grade != func.coalesce(last, 1)
        ),
        "grades",
        "positions",
        "第{0}号贷款的分类记为{1}，分类记录为{2}",
        "loan {0} stands graded {1}, the record says {2}",
    )


def _approved(session: Session) -> Iterator[Finding]:
    approved = exists().where(
        Proposal.subject_kind == SUBJECT,
        Proposal.subject_id == ApplicationSheet.id,
        Proposal.digest == ApplicationSheet.digest,
        Decision.proposal_id == Proposal.id,
        Decision.decision == "approved",
        Decision.decided_by != Proposal.proposed_by,
    )
    yield from _rows(
        session,
        select(Loan.number)
        .join(Application, Application.id == Loan.application_id)
        .join(ApplicationSheet, ApplicationSheet.id == Application.sheet_id)
        .where(~approved),
        "approved",
        "loans",
        "合同{0}没有他人审批同意的记录",
        "contract {0} was not approved by a second person",
    )
