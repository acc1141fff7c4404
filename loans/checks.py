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
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from credit.models import CreditLine
from kernel.database import days_between, least, sum_of
from kernel.findings import Finding
from loans import cover_checks, ledger_checks, payment_checks, record
from loans.balances import is_principal, principal_out
from loans.findings import found, rows
from loans.interest import interest_fen, share_fen
from loans.models import (
    Allocation,
    Application,
    ApplicationSheet,
    Disbursement,
    Due,
    GradeChange,
    Loan,
    OpenSegment,
    Position,
    Reversal,
    Segment,
    Settlement,
)
from loans.operations.applying import SUBJECT
from loans.parts import EARNED_ON
from office import approvals
from office.models import Proposal


def check(session: Session) -> Iterator[Finding]:
    """Everything the loans promise, read back."""
    yield from _settlements(session)
    yield from payment_checks.check(session)
    yield from _principal(session)
    yield from _segments(session)
    yield from _lines(session)
    yield from cover_checks.check(session)
    yield from _grades(session)
    yield from _approved(session)
    yield from ledger_checks.check(session)


def _settlements(session: Session) -> Iterator[Finding]:
    """Product and amounts of every settlement by product sums, and the share of each.

    Of a settlement that was revised the last row says from when and of what product it is, and all
    of them together the amounts.
    """
    rows = session.execute(
        _settled_with_segments()
        .where(_is_last_revision())
        .order_by(Settlement.id)
        .execution_options(yield_per=5000)
    )
    for group in _grouped(rows):
        head = group[0]
        pieces = [(row[7] or 0, row[8] or 0, row[9] or 0) for row in group]
        if head.product and not _right(head, pieces):
            yield found(
                "settlements",
                "settlements",
                f"settlement_id={head.id}",
                f"合同{head.number}的结息（第{head.id}号）与其分段积数不符",
                f"settlement {head.id} of contract {head.number} is not what its segments give",
            )


def _settled_with_segments() -> Select[*tuple[Any, ...]]:
    """Each settlement with its amounts, revisions added up, beside every segment it is made of."""
    days = days_between(Segment.from_on, Segment.to_on)
    earned = or_(
        *(
            and_(Settlement.kind == kind, Segment.state.in_(states))
            for kind, states in EARNED_ON.items()
        )
    )
    return (
        select(
            Settlement.id,
            Loan.number,
            Loan.day_base,
            Settlement.product,
            _revised(Settlement.amount_fen).label("amount_fen"),
            _revised(Settlement.treasury_fen).label("treasury_fen"),
            Settlement.plan_nr,
            Segment.principal_fen * days * Segment.rate_ppm,
            least(Segment.principal_fen, Segment.cap_fen)
            * days
            * func.coalesce(Segment.share_rate_ppm, Segment.rate_ppm),
            Segment.share_bp,
        )
        .join(Loan, Loan.id == Settlement.loan_id)
        .outerjoin(
            Segment,
            and_(
                Segment.loan_id == Settlement.loan_id,
                earned,
                Segment.from_on >= Settlement.from_on,
                Segment.to_on <= Settlement.to_on,
                record.in_force(),
            ),
        )
    )


def _same_settlement(other: type[Settlement]) -> ColumnElement[bool]:
    return and_(
        other.loan_id == Settlement.loan_id,
        other.kind == Settlement.kind,
        other.to_on == Settlement.to_on,
    )


def _revised(column: InstrumentedAttribute[int]) -> ColumnElement[int]:
    """An amount of a settlement, all its revisions added up."""
    every = aliased(Settlement)
    whole = select(sum_of(getattr(every, column.key))).where(_same_settlement(every))
    return case(
        (Settlement.revision == 0, column),
        else_=whole.correlate(Settlement).scalar_subquery(),
    )


def _is_last_revision() -> ColumnElement[bool]:
    later = aliased(Settlement)
    return ~exists().where(_same_settlement(later), later.revision > Settlement.revision)


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
    yield from rows(
        session,
        select(Loan.number, _drawn(), repaid, out, Position.drawn_fen)
        .join(Position, Position.loan_id == Loan.id)
        .where(or_(_drawn() != Position.drawn_fen, _drawn() - repaid != out)),
        "principal",
        "positions",
        "合同{0}放款{1}分、还本{2}分，余额却为{3}分（已支用记为{4}分）",
        "contract {0}: {1} fen drawn and {2} repaid, but {3} out (drawn noted as {4})",
    )


def _segments(session: Session) -> Iterator[Finding]:
    later = aliased(Segment)
    yield from rows(
        session,
        select(Segment.id, Segment.loan_id, later.id)
        .join(
            later,
            and_(
                later.loan_id == Segment.loan_id,
                later.state == Segment.state,
                later.id > Segment.id,
                later.from_on < Segment.to_on,
            ),
        )
        .where(record.in_force(), record.in_force(later)),
        "segments",
        "segments",
        "第{1}号贷款的第{0}号与第{2}号分段重叠",
        "segments {0} and {2} of loan {1} overlap",
    )
    yield from rows(
        session,
        select(Segment.id, Segment.loan_id)
        .join(
            OpenSegment,
            and_(
                OpenSegment.loan_id == Segment.loan_id,
                OpenSegment.state == Segment.state,
                OpenSegment.from_on < Segment.to_on,
            ),
        )
        .where(record.in_force()),
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
        .where(Loan.household_id == CreditLine.household_id, Loan.uses_line, is_principal())
        .correlate(CreditLine)
        .scalar_subquery()
    )
    yield from rows(
        session,
        select(CreditLine.household_id, CreditLine.used_fen, out).where(CreditLine.used_fen != out),
        "lines",
        "credit_lines",
        "农户{0}的授信已用记为{1}分，贷款余额合计{2}分",
        "household {0}: {1} fen of the line noted as used, {2} out",
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
    yield from rows(
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
    as_proposed = Proposal.digest == ApplicationSheet.digest
    approved = approvals.by_two(SUBJECT, ApplicationSheet.id, as_proposed)
    yield from rows(
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
