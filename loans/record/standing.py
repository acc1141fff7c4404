"""What stands on record of one loan: every row with the differences of its corrections added up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from loans.models import Allocation, Correction, Due, OpenDue, Repayment, Segment, Settlement
from loans.models import PlanRow as PlanVersion
from loans.parts import Closed
from loans.schedule import PlanRow

#: kind, bearer, due date
DueKey = tuple[str, str, date]
#: kind, day up to which it was settled
SettledKey = tuple[str, date]
#: ("repayment", id), or ("credit", closed day): what took part in paying a due
Taker = tuple[str, object]


@dataclass
class Sum:
    """A settlement with its revisions."""

    from_on: date
    product: int
    plan_nr: int
    revision: int
    amount_fen: int = 0
    treasury_fen: int = 0


@dataclass
class Standing:
    """Everything recorded of a loan that a replay may find different."""

    segments: list[Closed] = field(default_factory=list)
    settled: dict[SettledKey, Sum] = field(default_factory=dict)
    dues: dict[DueKey, int] = field(default_factory=dict)
    #: the first row of each key: later rows and what is open of them go by its number
    due_ids: dict[DueKey, int] = field(default_factory=dict)
    taken: dict[tuple[Taker, DueKey], int] = field(default_factory=dict)
    #: closed day -> the row of credit put to use at that close
    credit_uses: dict[date, int] = field(default_factory=dict)
    open_dues: dict[DueKey, tuple[date, int]] = field(default_factory=dict)


def read(session: Session, loan_id: int) -> Standing:
    """What stands of a loan; six statements, and no row of another loan."""
    found = Standing(segments=segments_of(session, loan_id))
    _read_settlements(session, loan_id, found)
    _read_dues(session, loan_id, found)
    _read_taken(session, loan_id, found)
    return found


def in_force(segment: type[Segment] = Segment) -> ColumnElement[bool]:
    """Of a segment: it was not voided, and no later correction of its loan reaches back into it."""
    return and_(
        segment.state != "void",
        ~exists().where(
            Correction.loan_id == segment.loan_id,
            Correction.nr > segment.correction,
            Correction.from_on < segment.to_on,
        ),
    )


def segments_of(session: Session, loan_id: int) -> list[Closed]:
    """The closed segments in force."""
    rows = session.execute(
        select(
            Segment.state,
            Segment.from_on,
            Segment.to_on,
            Segment.principal_fen,
            Segment.rate_ppm,
            Segment.share_bp,
            Segment.cap_fen,
            Segment.share_rate_ppm,
        ).where(Segment.loan_id == loan_id, in_force())
    )
    return [Closed(*row) for row in rows]


def _read_settlements(session: Session, loan_id: int, found: Standing) -> None:
    rows = session.scalars(
        select(Settlement)
        .where(Settlement.loan_id == loan_id)
        .order_by(Settlement.revision, Settlement.id)
    )
    for row in rows:
        key = (row.kind, row.to_on)
        before = found.settled.get(key)
        found.settled[key] = Sum(
            row.from_on,
            row.product,
            row.plan_nr,
            row.revision,
            row.amount_fen + (before.amount_fen if before else 0),
            row.treasury_fen + (before.treasury_fen if before else 0),
        )


def _read_dues(session: Session, loan_id: int, found: Standing) -> None:
    rows = session.execute(
        select(
            Due.id, Due.kind, Due.bearer, Due.due_on, Due.amount_fen, OpenDue.payable_on,
            OpenDue.left_fen,
        )
        .outerjoin(OpenDue, OpenDue.due_id == Due.id)
        .where(Due.loan_id == loan_id)
        .order_by(Due.id)
    )  # fmt: skip
    for due_id, kind, bearer, due_on, amount_fen, payable_on, left_fen in rows:
        key = (kind, bearer, due_on)
        found.due_ids.setdefault(key, due_id)
        found.dues[key] = found.dues.get(key, 0) + amount_fen
        if left_fen:
            before = found.open_dues.get(key, (payable_on, 0))
            found.open_dues[key] = (max(before[0], payable_on), before[1] + left_fen)


def _read_taken(session: Session, loan_id: int, found: Standing) -> None:
    uses = session.execute(
        select(Repayment.id, Repayment.value_date)
        .where(Repayment.loan_id == loan_id, Repayment.kind == "credit")
        .order_by(Repayment.id)
    )
    day_of: dict[int, date] = {}
    for repayment_id, day in uses:
        day_of[repayment_id] = day
        found.credit_uses.setdefault(day, repayment_id)
    rows = session.execute(
        select(Allocation.repayment_id, Due.kind, Due.bearer, Due.due_on, Allocation.amount_fen)
        .join(Due, Due.id == Allocation.due_id)
        .where(Due.loan_id == loan_id)
    )
    for repayment_id, kind, bearer, due_on, amount_fen in rows:
        taker: Taker = (
            ("credit", day_of[repayment_id])
            if repayment_id in day_of
            else ("repayment", repayment_id)
        )
        key = (taker, (kind, bearer, due_on))
        found.taken[key] = found.taken.get(key, 0) + amount_fen


def plan_cells(plan: Iterable[PlanRow]) -> list[tuple[object, ...]]:
    """What is on record of a plan's rows."""
    return [(row.nr, row.start, row.due, row.principal_fen, row.interest_fen) for row in plan]


def plans_of(session: Session, loan_id: int) -> list[list[tuple[object, ...]]]:
    """Every plan on record of a loan, the oldest first."""
    rows = session.execute(
        select(
            PlanVersion.version,
            PlanVersion.nr,
            PlanVersion.from_on,
            PlanVersion.due_on,
            PlanVersion.principal_fen,
            PlanVersion.interest_fen,
        )
        .where(PlanVersion.loan_id == loan_id)
        .order_by(PlanVersion.version, PlanVersion.nr)
    )
    found: dict[int, list[tuple[object, ...]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(tuple(row[1:]))
    return [found[version] for version in sorted(found)]
