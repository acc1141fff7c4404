"""The close of a day over the whole portfolio, in SQL: the same rules as ``loans.course``.

``close_chunk`` takes the next loans whose ``next_event_on`` has come, does everything the day asks
of them and moves their events past it, so that a close that was killed goes on where it stopped.
What happens to many loans at once (settlement, maturity, change of share, grades, day-end figures)
is INSERT … SELECT; what happens to few (credit put to use, principal falling overdue, instalments)
runs through the pure course, in bulk.

Order within a loan: credit is used and what is unpaid falls overdue with value of the day itself,
then the segments are closed at the day's end and settled. So a due paid by credit costs no day of
penalty, and one that is not paid bears it from the due date on.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import exists, literal, select, update
from sqlalchemy.orm import Session

from kernel.calendar import HolidayTable
from kernel.database import least
from loans import booking
from loans.batch import events, few, figures, settling
from loans.batch.chunk import Chunk
from loans.models import OpenDue, Position
from policy import ConductRules


def close_chunk(
    session: Session,
    *,
    day: date,
    conduct: ConductRules,
    calendar: HolidayTable,
    limit: int,
) -> int:
    """Close ``day`` for the next loans, at most ``limit``; how many there were."""
    ids = session.scalars(
        select(Position.loan_id)
        .where(Position.next_event_on <= day)
        .order_by(Position.loan_id)
        .limit(limit)
        .with_for_update()
    ).all()
    if not ids:
        return 0
    chunk = Chunk(session, day, ids[0], ids[-1])
    few.use_credits(chunk)
    few.end_due_day(chunk, calendar)
    settling.settle(chunk)
    settling.raise_at_maturity(chunk)
    few.raise_instalments(chunk)
    booking.book_settlements(session, day, closing=True)
    booking.book_repayments(session, day, closing=True)
    thresholds = thresholds_of(conduct)
    figures.grade(chunk, thresholds, conduct.grading.cite)
    figures.write_day_ends(chunk)
    events.move_events(chunk, thresholds)
    return len(ids)


def thresholds_of(conduct: ConductRules) -> list[tuple[int, int]]:
    """The grading rule as ``loans.grading`` takes it: more than so many days, at least this."""
    return [(row.overdue_days_from - 1, row.grade) for row in conduct.grading.value]


def review_all_overdue(session: Session, *, day: date) -> None:
    """Have the close of ``day`` look at every overdue loan: the grading rule changes on it."""
    session.execute(
        update(Position)
        .where(
            Position.review_on > day,
            exists().where(
                OpenDue.loan_id == Position.loan_id,
                OpenDue.payable_on < day,
            ),
        )
        .values(review_on=day, next_event_on=least(Position.next_event_on, literal(day)))
    )


__all__ = ["close_chunk", "review_all_overdue", "thresholds_of"]
