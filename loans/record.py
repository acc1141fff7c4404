"""Between rows and courses: load the running state of many loans, write down what happened.

A fixed number of statements for any number of loans (in lots of ``LOT`` ids), and row locks taken
in the order of ids, so that two writers never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import bindparam, delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from kernel.day_count import DayCount
from loans.course import Closed, Course, DueLeft, Share, Stretch, Terms
from loans.models import (
    FAR,
    Allocation,
    Due,
    Loan,
    LoanBearer,
    OpenDue,
    OpenSegment,
    PlanRow,
    Position,
    Segment,
    Settlement,
)
from loans.schedule import Method, Pricing
from loans.schedule import PlanRow as Row

#: ids looked up per statement, well below SQLite's limit on bound values
LOT = 500


@dataclass(slots=True)
class Loaded:
    """One loan at hand: its contract, its position, its course."""

    loan: Loan
    position: Position
    course: Course
    #: the open segments as they were loaded
    before: dict[str, Stretch]


def lots(ids: Iterable[int]) -> Iterable[list[int]]:
    """Ids in order, in lots."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), LOT):
        yield ordered[start : start + LOT]


def terms_of(loan: Loan, shares: Sequence[Share]) -> Terms:
    """The terms that the course needs, from the frozen contract."""
    return Terms(
        signed_on=loan.signed_on,
        matures_on=loan.matures_on,
        pricing=Pricing(loan.annual_rate_ppm, cast("DayCount", loan.day_count)),
        method=cast("Method", loan.method),
        every_months=loan.every_months,
        settle_on_day=loan.settle_on_day,
        day_base=loan.day_base,
        overdue_surcharge_bp=loan.overdue_surcharge_bp,
        allocation_order=tuple(loan.allocation_order.split(",")),
        shares=tuple(shares),
    )


def load(session: Session, loan_ids: Iterable[int], *, lock: bool = True) -> dict[int, Loaded]:
    """Contract, position and course of these loans."""
    found: dict[int, Loaded] = {}
    for ids in lots(loan_ids):
        positions = select(Position).where(Position.loan_id.in_(ids)).order_by(Position.loan_id)
        if lock:
            positions = positions.with_for_update()
        held = {
            p.loan_id: p
            for p in session.scalars(positions.execution_options(populate_existing=True))
        }
        shares = _shares(session, ids)
        segments = _open_segments(session, ids)
        unsettled = _unsettled(session, ids)
        dues = _dues(session, ids)
        plans = _plans(session, ids)
        for loan in session.scalars(select(Loan).where(Loan.id.in_(ids))):
            position = held[loan.id]
            course = Course(
                terms=terms_of(loan, shares.get(loan.id, [])),
                open=dict(segments.get(loan.id, {})),
                dues=dues.get(loan.id, []),
                unsettled=unsettled.get(loan.id, []),
                interest_settled_to=position.interest_settled_to,
                penalty_settled_to=position.penalty_settled_to,
                plan_event_on=position.plan_event_on,
                drawn_on=position.drawn_on,
                plan=tuple(plans.get(loan.id, ())),
            )
            found[loan.id] = Loaded(loan, position, course, segments.get(loan.id, {}))
    return found


def _shares(session: Session, ids: Sequence[int]) -> dict[int, list[Share]]:
    rows = session.execute(
        select(
            LoanBearer.loan_id,
            LoanBearer.from_on,
            LoanBearer.to_on,
            LoanBearer.share_bp,
            LoanBearer.cap_fen,
        )
        .where(LoanBearer.loan_id.in_(ids))
        .order_by(LoanBearer.from_on)
    )
    found: dict[int, list[Share]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Share(*row[1:]))
    return found


def _open_segments(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Stretch]]:
    rows = session.execute(
        select(
            OpenSegment.loan_id,
            OpenSegment.state,
            OpenSegment.from_on,
            OpenSegment.principal_fen,
            OpenSegment.rate_ppm,
            OpenSegment.share_bp,
            OpenSegment.cap_fen,
        ).where(OpenSegment.loan_id.in_(ids))
    )
    found: dict[int, dict[str, Stretch]] = {}
    for row in rows:
        found.setdefault(row[0], {})[row[1]] = Stretch(*row[2:])
    return found


def _unsettled(session: Session, ids: Sequence[int]) -> dict[int, list[Closed]]:
    """Closed segments since the last settlement of their kind."""
    interest = (Segment.state == "regular") & (Segment.from_on >= Position.interest_settled_to)
    penalty = (Segment.state == "overdue") & (Segment.from_on >= Position.penalty_settled_to)
    rows = session.execute(
        select(
            Segment.loan_id,
            Segment.state,
            Segment.from_on,
            Segment.to_on,
            Segment.principal_fen,
            Segment.rate_ppm,
            Segment.share_bp,
            Segment.cap_fen,
        )
        .join(Position, Position.loan_id == Segment.loan_id)
        .where(Segment.loan_id.in_(ids), interest | penalty)
        .order_by(Segment.id)
    )
    found: dict[int, list[Closed]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Closed(*row[1:]))
    return found


def _dues(session: Session, ids: Sequence[int]) -> dict[int, list[DueLeft]]:
    rows = session.execute(
        select(
            OpenDue.loan_id,
            OpenDue.kind,
            OpenDue.bearer,
            Due.due_on,
            OpenDue.payable_on,
            Due.amount_fen,
            OpenDue.left_fen,
            OpenDue.due_id,
        )
        .join(Due, Due.id == OpenDue.due_id)
        .where(OpenDue.loan_id.in_(ids), OpenDue.bearer == "household")
        .order_by(OpenDue.due_id)
    )
    found: dict[int, list[DueLeft]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(DueLeft(*row[1:]))
    return found


def _plans(session: Session, ids: Sequence[int]) -> dict[int, list[Row]]:
    rows = session.execute(
        select(
            PlanRow.loan_id,
            PlanRow.nr,
            PlanRow.from_on,
            PlanRow.due_on,
            PlanRow.principal_fen,
            PlanRow.interest_fen,
        )
        .join(
            Position,
            (Position.loan_id == PlanRow.loan_id) & (Position.plan_version == PlanRow.version),
        )
        .where(PlanRow.loan_id.in_(ids))
        .order_by(PlanRow.loan_id, PlanRow.nr)
    )
    found: dict[int, list[Row]] = {}
    for loan_id, nr, start, due, principal_fen, interest_fen in rows:
        row = Row(nr, start, due, (due - start).days, principal_fen, interest_fen, 0)
        found.setdefault(loan_id, []).append(row)
    return found


def write(session: Session, loans: Sequence[Loaded], *, on: date) -> None:
    """Write down what the courses noted and where the loans stand now."""
    _insert_segments(session, loans)
    _replace_open_segments(session, loans)
    _insert_settlements_and_dues(session, loans, on)
    _insert_plans(session, loans)
    _update_positions(session, loans, on)


def _insert_segments(session: Session, loans: Sequence[Loaded]) -> None:
    rows = [
        {
            "loan_id": one.loan.id,
            "state": closed.state,
            "from_on": closed.from_on,
            "to_on": closed.to_on,
            "principal_fen": closed.principal_fen,
            "rate_ppm": closed.rate_ppm,
            "share_bp": closed.share_bp,
            "cap_fen": closed.cap_fen,
        }
        for one in loans
        for closed in one.course.closed
    ]
    if rows:
        session.execute(insert(Segment), rows)


def _replace_open_segments(session: Session, loans: Sequence[Loaded]) -> None:
    gone = [
        (one.loan.id, state)
        for one in loans
        for state, stretch in one.before.items()
        if one.course.open.get(state) != stretch
    ]
    for start in range(0, len(gone), LOT):
        lot = gone[start : start + LOT]
        session.execute(
            delete(OpenSegment).where(tuple_(OpenSegment.loan_id, OpenSegment.state).in_(lot))
        )
    rows = [
        {
            "loan_id": one.loan.id,
            "state": state,
            "from_on": stretch.from_on,
            "principal_fen": stretch.principal_fen,
            "rate_ppm": stretch.rate_ppm,
            "share_bp": stretch.share_bp,
            "cap_fen": stretch.cap_fen,
        }
        for one in loans
        for state, stretch in one.course.open.items()
        if one.before.get(state) != stretch
    ]
    if rows:
        session.execute(insert(OpenSegment), rows)


def _insert_settlements_and_dues(session: Session, loans: Sequence[Loaded], on: date) -> None:
    noted = [(one, settled) for one in loans for settled in one.course.settlements]
    settlement_ids: dict[tuple[int, int], int] = {}
    if noted:
        ids = session.scalars(
            insert(Settlement).returning(Settlement.id, sort_by_parameter_order=True),
            [
                {
                    "loan_id": one.loan.id,
                    "kind": settled.kind,
                    "booked_on": on,
                    "from_on": settled.from_on,
                    "to_on": settled.to_on,
                    "revision": 0,
                    "product": settled.product,
                    "plan_nr": settled.plan_nr,
                    "amount_fen": settled.amount_fen,
                    "treasury_fen": settled.treasury_fen,
                    "household_fen": settled.household_fen,
                }
                for one, settled in noted
            ],
        ).all()
        places: dict[int, int] = {}
        for (one, _settled), settlement_id in zip(noted, ids, strict=True):
            place = places.get(one.loan.id, 0)
            settlement_ids[one.loan.id, place] = settlement_id
            places[one.loan.id] = place + 1
    _insert_dues(session, loans, settlement_ids)
    _update_open_dues(session, loans)


def _insert_dues(
    session: Session, loans: Sequence[Loaded], settlement_ids: dict[tuple[int, int], int]
) -> None:
    new = [(one, due) for one in loans for due in one.course.dues if due.id is None]
    if not new:
        return
    ids = session.scalars(
        insert(Due).returning(Due.id, sort_by_parameter_order=True),
        [
            {
                "loan_id": one.loan.id,
                "kind": due.kind,
                "bearer": due.bearer,
                "due_on": due.due_on,
                "amount_fen": due.amount_fen,
                "settlement_id": (
                    None if due.settlement is None else settlement_ids[one.loan.id, due.settlement]
                ),
            }
            for one, due in new
        ],
    ).all()
    left: list[dict[str, Any]] = []
    for (one, due), due_id in zip(new, ids, strict=True):
        due.id = due_id
        if due.left_fen:
            left.append(
                {
                    "due_id": due_id,
                    "loan_id": one.loan.id,
                    "kind": due.kind,
                    "bearer": due.bearer,
                    "payable_on": due.payable_on,
                    "left_fen": due.left_fen,
                }
            )
    if left:
        session.execute(insert(OpenDue), left)


def _update_open_dues(session: Session, loans: Sequence[Loaded]) -> None:
    touched = {due.id: due for one in loans for due, _ in one.course.allocations}
    paid = [cast("int", due_id) for due_id, due in touched.items() if not due.left_fen]
    for ids in lots(paid):
        session.execute(delete(OpenDue).where(OpenDue.due_id.in_(ids)))
    partly = [
        {"key": due_id, "left_fen": due.left_fen} for due_id, due in touched.items() if due.left_fen
    ]
    if partly:
        session.connection().execute(
            update(OpenDue.__table__)  # type: ignore[arg-type]
            .where(OpenDue.due_id == bindparam("key"))
            .values(left_fen=bindparam("left_fen")),
            partly,
        )


def insert_allocations(session: Session, paid: Sequence[tuple[int, Loaded]]) -> None:
    """The allocations of repayments, given as (repayment id, loan)."""
    rows: list[dict[str, Any]] = []
    for repayment_id, one in paid:
        merged: dict[int, int] = {}
        for due, fen in one.course.allocations:
            key = cast("int", due.id)
            merged[key] = merged.get(key, 0) + fen
        rows += [
            {"repayment_id": repayment_id, "due_id": due_id, "amount_fen": fen}
            for due_id, fen in merged.items()
        ]
    if rows:
        session.execute(insert(Allocation), rows)


def _insert_plans(session: Session, loans: Sequence[Loaded]) -> None:
    rows: list[dict[str, Any]] = []
    for one in loans:
        if not one.course.new_plan:
            continue
        one.position.plan_version += 1
        rows += [
            {
                "loan_id": one.loan.id,
                "version": one.position.plan_version,
                "nr": row.nr,
                "from_on": row.start,
                "due_on": row.due,
                "principal_fen": row.principal_fen,
                "interest_fen": row.interest_fen,
            }
            for row in one.course.new_plan
        ]
    if rows:
        session.execute(insert(PlanRow), rows)


def _update_positions(session: Session, loans: Sequence[Loaded], on: date) -> None:
    rows = []
    for one in loans:
        position, course = one.position, one.course
        position.interest_settled_to = course.interest_settled_to
        position.penalty_settled_to = course.penalty_settled_to
        _set_events(position, course, on)
        rows.append(
            {
                "key": position.loan_id,
                **{name: getattr(position, name) for name in _POSITION_COLUMNS},
            }
        )
        session.expunge(position)
    if rows:
        session.connection().execute(
            update(Position.__table__)  # type: ignore[arg-type]
            .where(Position.loan_id == bindparam("key"))
            .values({name: bindparam(name) for name in _POSITION_COLUMNS}),
            rows,
        )


_POSITION_COLUMNS = (
    "state",
    "drawn_fen",
    "drawn_on",
    "interest_settled_to",
    "penalty_settled_to",
    "plan_version",
    "settle_event_on",
    "plan_event_on",
    "share_event_on",
    "review_on",
    "next_event_on",
)


def _set_events(position: Position, course: Course, on: date) -> None:
    """When the close must look at the loan again; tonight in any case, for its day-end figures."""
    position.review_on = on
    if course.open:
        position.settle_event_on = course.terms.settle_event_after(on)
        position.share_event_on = course.terms.share_event_after(on)
        position.plan_event_on = course.plan_event_on
    else:
        position.settle_event_on = position.share_event_on = position.plan_event_on = FAR
        if position.drawn_fen and not course.household_dues:
            position.state = "settled"
    position.next_event_on = min(
        position.settle_event_on,
        position.plan_event_on,
        position.share_event_on,
        position.review_on,
    )
