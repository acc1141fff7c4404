"""Corrections: an event undone, or entered with a value date that others have passed.

The loan's events are lived again (``loans.replay``) and compared with what stands on record; the
books receive the difference as one entry of the open day. Only this loan's rows are read and
written, however many loans there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

import credit
from kernel.calendar import HolidayTable
from loans import booking, limits, record, replay
from loans.cover import covered_fen
from loans.parts import Terms
from loans.record import Loaded
from loans.refusals import ValueDateInFuture
from loans.replay import Event, Life
from loans.schedule import PlanRow

Plan = tuple[PlanRow, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a life is lived again."""

    #: reversal, late_draw, late_repayment or late_change
    kind: str
    value_date: date
    reason: str


def require_value_date(day: date, on: date) -> None:
    """Refuse a value date after the open day."""
    if day > on:
        raise ValueDateInFuture(field="value_date", day=day, open_day=on)


def is_last(one: Loaded, event: Event, on: date) -> bool:
    """Whether an event of the open day comes after all others of its loan."""
    position = one.position
    return event.on == on and (event.on, replay.RANKS[event.kind]) >= (
        position.last_event_on,
        position.last_event_rank,
    )


def noted(one: Loaded, event: Event) -> None:
    """The loan's last event is this one."""
    one.position.last_event_on = event.on
    one.position.last_event_rank = replay.RANKS[event.kind]


def live(one: Loaded, events: Sequence[Event], *, until: date, calendar: HolidayTable) -> Life:
    """A loan's life from its signing, up to the open day."""
    life = replay.begin(_signed(one), number=one.loan.number, amount_fen=one.loan.amount_fen)
    return replay.replay(life, events, until=until, working_day=calendar.is_working_day)


def _signed(one: Loaded) -> Terms:
    return record.signed_terms(one.loan, one.position, one.course.terms.shares)


@dataclass(frozen=True, slots=True)
class Counted:
    """What stands already on line and limits of what a correction brings."""

    principal_fen: int = 0
    covered_fen: int = 0


@dataclass(frozen=True, slots=True)
class Entered:
    """A new event whose row can be written once its life is known; ``write`` gives its number."""

    event: Event
    write: Callable[[Life], int]


_NOTHING = Counted()


def correct(
    session: Session,
    one: Loaded,
    events: Sequence[Event],
    cause: Cause,
    *,
    on: date,
    calendar: HolidayTable,
    entered: Entered | None = None,
    undone: Event | None = None,
    counted: Counted = _NOTHING,
) -> Life:
    """Live these events and write down the difference.

    ``entered`` is among the events and has no row yet; ``undone`` is no longer among them;
    ``counted`` stands on line and limits already. The settlements that are revised are booked by
    the caller, for all loans of its sheet at once.
    """
    life = live(one, events, until=on, calendar=calendar)
    kinds: dict[tuple[str, object], str] = {event.key: event.kind for event in events}
    moved: list[booking.Moved] = []
    if entered is not None:
        key = ("repayment", entered.write(life))
        _name(life, entered.event.key, key)
        kinds[key] = entered.event.kind
        moved.append(booking.Moved(entered.event.kind, entered.event.amount_fen, 1))
    if undone is not None:
        kinds[undone.key] = undone.kind
        moved.append(booking.Moved(undone.kind, undone.amount_fen, -1))
    before_fen, cap_fen = one.course.principal_fen, one.position.cover_cap_fen
    one.position.correction += 1
    stands = record.read_standing(session, one.loan.id)
    correction_id, taken = record.write_difference(
        session,
        record.Difference(one, stands, life.course, on),
        {"value_date": cause.value_date, "cause": cause.kind, "reason": cause.reason},
    )
    life.course.new_plans = _new_plans(session, one, life, cause.value_date)
    _take_over(one, life)
    record.write_running(session, [one], on=on)
    after_fen = life.course.principal_fen
    covered = covered_fen(after_fen, cap_fen) - covered_fen(before_fen, cap_fen)
    delta = Counted(after_fen - before_fen - counted.principal_fen, covered - counted.covered_fen)
    _move_limits(session, one, delta)
    booking.book_correction(
        session,
        correction_id=correction_id,
        loan=one.loan,
        moved=[each for each in moved if each.kind in _PAID],
        taken=[(kinds.get(taker, "credit"), kind, fen) for taker, kind, fen in taken],
        on=on,
    )
    return life


#: events that stand in ``repayments``
_PAID = frozenset({"payment", "early_payment", "refund", "write_off", "recovery"})


def _name(life: Life, before: tuple[str, int], after: tuple[str, int]) -> None:
    """What an event without a number took was taken by its row."""
    life.course.taken = [
        replace(taken, by=after) if taken.by == before else taken for taken in life.course.taken
    ]


def _take_over(one: Loaded, life: Life) -> None:
    """The loan stands where its life has led."""
    course, position = life.course, one.position
    one.course = course
    position.drawn_fen = life.drawn_fen
    position.state = "written_off" if life.written_off else "active" if life.drawn_fen else "signed"
    position.last_event_on, position.last_event_rank = life.last_event


def _new_plans(session: Session, one: Loaded, life: Life, since: date) -> list[Plan]:
    """The plans made from the corrected day on, where they are not those on record."""
    course = life.course
    made = [plan for plan in course.new_plans if plan[0].start >= since]
    if course.terms.by_plan and course.plan and not made:
        # The plan before the corrected day is in force again.
        made = [course.plan]
    if not made:
        return []
    stands = record.plans_of(session, one.loan.id)
    return [] if [record.plan_cells(plan) for plan in made] == stands[-len(made) :] else made


def _move_limits(session: Session, one: Loaded, delta: Counted) -> None:
    """What is used of limits and of the line follows; a debt restored is no new lending."""
    loan = one.loan
    if delta.covered_fen:
        limits.move(session, [(loan.lender_id, loan.village_code, delta.covered_fen)])
    if delta.principal_fen and loan.uses_line and loan.household_id is not None:
        credit.restore_line(session, household_id=loan.household_id, delta_fen=delta.principal_fen)
