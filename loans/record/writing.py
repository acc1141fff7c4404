"""Write down what happened to courses and where the loans stand now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import bindparam, delete, func, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kernel.database import insert_many
from kernel.lots import lots
from loans.course import Course
from loans.models import (
    FAR,
    Allocation,
    Due,
    LoanCredit,
    OpenDue,
    OpenSegment,
    PlanRow,
    Position,
    Segment,
    Settlement,
)
from loans.record.loading import Loaded


def write(session: Session, loans: Sequence[Loaded], *, on: date) -> None:
    """Write down what the courses noted and where the loans stand now."""
    _insert_segments(session, loans)
    _insert_settlements_and_dues(session, loans, on)
    write_running(session, loans, on=on)


def write_running(session: Session, loans: Sequence[Loaded], *, on: date) -> None:
    """Write down where the loans stand now."""
    _replace_open_segments(session, loans)
    _insert_plans(session, loans)
    _update_credits(session, loans)
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
            "share_rate_ppm": closed.share_rate_ppm,
            "correction": one.position.correction,
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
    for lot in lots(gone):
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
            "share_rate_ppm": stretch.share_rate_ppm,
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
        revisions = _revisions(session, [one for one, _ in noted])
        ids = insert_many(
            session,
            Settlement,
            [
                {
                    "loan_id": one.loan.id,
                    "kind": settled.kind,
                    "booked_on": on,
                    "from_on": settled.from_on,
                    "to_on": settled.to_on,
                    "revision": revisions.get((one.loan.id, settled.kind, settled.to_on), 0),
                    "product": settled.product,
                    "plan_nr": settled.plan_nr,
                    "amount_fen": settled.amount_fen,
                    "treasury_fen": settled.treasury_fen,
                    "household_fen": settled.household_fen,
                }
                for one, settled in noted
            ],
        )
        places: dict[int, int] = {}
        for (one, _settled), settlement_id in zip(noted, ids, strict=True):
            place = places.get(one.loan.id, 0)
            settlement_ids[one.loan.id, place] = settlement_id
            places[one.loan.id] = place + 1
    _insert_dues(session, loans, settlement_ids)
    _update_open_dues(session, loans)


def _revisions(session: Session, loans: Sequence[Loaded]) -> dict[tuple[int, str, date], int]:
    """The next revision of settlements that stand on record already, of corrected loans.

    What was settled to a day and taken back may be settled to the same day again.
    """
    corrected = [one.loan.id for one in loans if one.position.correction]
    found: dict[tuple[int, str, date], int] = {}
    for ids in lots(corrected):
        rows = session.execute(
            select(
                Settlement.loan_id,
                Settlement.kind,
                Settlement.to_on,
                func.max(Settlement.revision) + 1,
            )
            .where(Settlement.loan_id.in_(ids))
            .group_by(Settlement.loan_id, Settlement.kind, Settlement.to_on)
        )
        found.update({(row[0], row[1], row[2]): row[3] for row in rows})
    return found


def _insert_dues(
    session: Session, loans: Sequence[Loaded], settlement_ids: dict[tuple[int, int], int]
) -> None:
    new = [(one, due) for one in loans for due in one.course.raised]
    if not new:
        return
    ids = insert_many(
        session,
        Due,
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
    )
    left: list[dict[str, Any]] = []
    for (one, due), due_id in zip(new, ids, strict=True):
        due.id = due_id
        if due.left_fen and due.bearer == "household":
            left.append(
                {
                    "due_id": due_id,
                    "loan_id": one.loan.id,
                    "kind": due.kind,
                    "payable_on": due.payable_on,
                    "left_fen": due.left_fen,
                }
            )
    if left:
        session.execute(insert(OpenDue), left)


def _update_open_dues(session: Session, loans: Sequence[Loaded]) -> None:
    touched = {taken.due.id: taken.due for one in loans for taken in one.course.taken}
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
        for taken in one.course.taken:
            key = cast("int", taken.due.id)
            merged[key] = merged.get(key, 0) + taken.fen
        rows += [
            {"repayment_id": repayment_id, "due_id": due_id, "amount_fen": fen}
            for due_id, fen in merged.items()
        ]
    if rows:
        session.execute(insert(Allocation), rows)


def _update_credits(session: Session, loans: Sequence[Loaded]) -> None:
    rows = [
        {"loan_id": one.loan.id, "amount_fen": one.course.credit_fen}
        for one in loans
        if one.course.credit_fen != one.credit_before_fen
    ]
    if not rows:
        return
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    wanted = dialect.insert(LoanCredit)
    session.execute(
        wanted.on_conflict_do_update(
            index_elements=["loan_id"], set_={"amount_fen": wanted.excluded.amount_fen}
        ),
        rows,
    )


def _insert_plans(session: Session, loans: Sequence[Loaded]) -> None:
    """Every plan made is a version, so that an instalment can be told by the plan it was of."""
    rows: list[dict[str, Any]] = []
    for one in loans:
        for plan in one.course.new_plans:
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
                for row in plan
            ]
    if rows:
        session.execute(insert(PlanRow), rows)


def _update_positions(session: Session, loans: Sequence[Loaded], on: date) -> None:
    rows = []
    for one in loans:
        position, course = one.position, one.course
        for kind, day in course.settled_to.items():
            setattr(position, f"{kind}_settled_to", day)
        for name in _TERMS:
            setattr(position, name, getattr(course.terms, name))
        position.drawn_on, position.plan_from_on = course.drawn_on, course.plan_from_on
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


#: terms that a change moves
_TERMS = ("matures_on", "method", "every_months", "settle_on_day", "misused", "unsubsidised")

_POSITION_COLUMNS = (
    "state",
    "drawn_fen",
    "drawn_on",
    *_TERMS,
    "interest_settled_to",
    "penalty_settled_to",
    "compound_settled_to",
    "last_event_on",
    "last_event_rank",
    "plan_from_on",
    "plan_version",
    "correction",
    "settle_event_on",
    "plan_event_on",
    "share_event_on",
    "review_on",
    "next_event_on",
)


def _set_events(position: Position, course: Course, on: date) -> None:
    """When the close must look at the loan again; tonight in any case, for its day-end figures."""
    position.review_on = on
    position.plan_event_on = course.plan_event_on
    if course.open:
        position.settle_event_on = course.terms.settle_event_after(on)
        position.share_event_on = course.terms.share_event_after(on)
    else:
        position.settle_event_on = position.share_event_on = FAR
        # A revolving contract is drawn again until its maturity.
        over = position.plan_event_on == FAR and position.drawn_fen and not course.dues
        if over and position.state != "written_off":
            position.state = "settled"
    position.next_event_on = min(
        position.settle_event_on,
        position.plan_event_on,
        position.share_event_on,
        position.review_on,
    )
