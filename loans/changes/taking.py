"""What is decided takes effect: events on the loans' lives, losses, grades, borrowers.

A change that comes after everything else of its loan is applied to the running state; any other is
entered by living the loan again (``loans.operations.correcting``), as a late payment would be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import case, insert, update
from sqlalchemy.orm import Session

from kernel.calendar import HolidayTable
from kernel.database import insert_many
from loans import booking, record
from loans.bearing import bearers_of
from loans.changes.asked import KINDS, MATURITY, ChangeAsked, Facts
from loans.course import Course
from loans.models import BorrowerChange, Change, GradeOverride, Position
from loans.operations.correcting import Cause, correct, is_last, live, noted
from loans.operations.repaying import Taken, take
from loans.record import Loaded
from loans.replay import CHANGES, Event
from policy import ConductRules

#: stands for the number of a row to come: the last of its day and kind
_TO_COME: Final = 2**62


@dataclass(slots=True)
class Agreed:
    """A change of one loan that both people agree on."""

    item_id: int
    asked: ChangeAsked
    facts: Facts
    one: Loaded
    conduct: ConductRules


def event_of(kind: str, asked: ChangeAsked, facts: Facts, on: date) -> Event:
    """The change as an event of the loan's life."""
    method = asked.method if kind == "plan" else facts.method
    settled = method == "interest-only"
    return Event(
        kind,
        asked.value_date or on,
        _TO_COME,
        matures_on=asked.matures_on if kind in MATURITY and asked.matures_on else facts.matures_on,
        method=method,  # type: ignore[arg-type]
        every_months=asked.every_months if kind == "plan" else facts.every_months,
        settle_on_day=facts.terms.settle_on_day.value if settled else 0,
    )


def rehearse(
    session: Session, one: Loaded, event: Event, *, on: date, calendar: HolidayTable
) -> None:
    """Live the loan with the change and write nothing; whatever the life refuses is raised."""
    if is_last(one, event, on):
        _apply(one.course.twin(), event)
    else:
        events = [*record.events_of(session, one.loan.id), event]
        live(one, events, until=on, calendar=calendar)


def _apply(course: Course, event: Event) -> None:
    if event.kind in MATURITY:
        course.extend(event.matures_on, event.on)
    elif event.kind == "plan":
        course.change_plan(event.method, event.every_months, event.settle_on_day, event.on)
    elif event.kind == "misuse":
        course.misuse(event.on)
    else:
        course.unsubsidise(event.on)


def take_effect(
    session: Session, kind: str, agreed: Sequence[Agreed], *, on: date, calendar: HolidayTable
) -> None:
    """Everything that one sheet does."""
    if kind in CHANGES:
        _change(session, kind, agreed, on, calendar)
    elif kind == "write_off":
        losses = [Taken(a.one, Event("write_off", on, _TO_COME), None, None) for a in agreed]
        take(session, losses, on=on, calendar=calendar)
    elif kind == "grade":
        _override(session, agreed, on)
    else:
        rows = [{**_row(a, on), "borrower_id": a.asked.borrower_id} for a in agreed]
        session.execute(insert(BorrowerChange), rows)


def _row(agreed: Agreed, on: date) -> dict[str, Any]:
    return {
        "loan_id": agreed.one.loan.id,
        "item_id": agreed.item_id,
        "booking_date": on,
        "reason": agreed.asked.reason,
    }


def _change(
    session: Session, kind: str, agreed: Sequence[Agreed], on: date, calendar: HolidayTable
) -> None:
    events = [event_of(kind, a.asked, a.facts, on) for a in agreed]
    rows = [_change_row(kind, a, e, on) for a, e in zip(agreed, events, strict=True)]
    change_ids = insert_many(session, Change, rows)
    now: list[tuple[Loaded, Event]] = []
    late: list[tuple[Loaded, Event]] = []
    for a, event, change_id in zip(agreed, events, change_ids, strict=True):
        pair = (a.one, replace(event, id=change_id))
        (now if is_last(a.one, event, on) else late).append(pair)
    for one, event in now:
        _apply(one.course, event)
        noted(one, event)
    record.write(session, [one for one, _ in now], on=on)
    for one, event in late:
        day = event.on
        cause = Cause("late_change", day, f"补记{day.isoformat()}的{KINDS[kind]}")
        events_so_far = record.events_of(session, one.loan.id)
        correct(session, one, events_so_far, cause, on=on, calendar=calendar)
    booking.book_settlements(session, on)
    if late:
        booking.book_repayments(session, on)


def _change_row(kind: str, agreed: Agreed, event: Event, on: date) -> dict[str, Any]:
    return {
        "loan_id": agreed.one.loan.id,
        "item_id": agreed.item_id,
        "kind": kind,
        "value_date": event.on,
        "booking_date": on,
        "matures_on": event.matures_on,
        "method": event.method,
        "every_months": event.every_months,
        "settle_on_day": event.settle_on_day,
        "clause": _clause(kind, agreed),
        "why": agreed.asked.why if kind == "unsubsidised" else "",
    }


def _clause(kind: str, agreed: Agreed) -> str:
    """The document and clause that a change rests on; nothing where the parties alone agree."""
    if kind == "extension":
        return agreed.facts.terms.extensions_max.cite
    if kind == "unsubsidised":
        return bearers_of(agreed.facts.terms)[1].cite
    if kind == "misuse":
        return agreed.facts.terms.misuse_surcharge_bp.cite
    since = agreed.conduct.deferral_due_from
    return since.cite if kind == "deferral" and since is not None else ""


def _override(session: Session, agreed: Sequence[Agreed], on: date) -> None:
    """Grades set by people; tonight's close looks at these loans."""
    session.execute(
        insert(GradeOverride), [{**_row(a, on), "grade": a.asked.grade} for a in agreed]
    )
    for ids in record.lots(a.one.loan.id for a in agreed):
        session.execute(
            update(Position)
            .where(Position.loan_id.in_(ids))
            .values(
                review_on=_sooner(Position.review_on, on),
                next_event_on=_sooner(Position.next_event_on, on),
            )
            .execution_options(synchronize_session=False)
        )


def _sooner(column: Any, on: date) -> Any:
    return case((column < on, column), else_=on)
