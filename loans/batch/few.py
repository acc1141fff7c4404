"""What happens to few loans of a chunk: through the pure course, in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    select,
    update,
)
from sqlalchemy.orm import Session

from kernel.calendar import HolidayTable
from loans import record
from loans.batch.chunk import BY_PRODUCTS, Chunk
from loans.models import (
    Disbursement,
    HouseholdCredit,
    Loan,
    OpenDue,
    Position,
    Repayment,
)
from loans.operations import repaying


def asleep_with_credit(session: Session, day: date, limit: int) -> list[int]:
    """Loans with no event today whose household's credit, kept for another loan, can pay them."""
    credited = session.scalars(
        select(HouseholdCredit.household_id).where(HouseholdCredit.amount_fen > 0)
    ).all()
    found: list[int] = []
    for lot in record.lots(credited):
        asleep = (
            select(Position.loan_id)
            .join(Loan, Loan.id == Position.loan_id)
            .where(Loan.household_id.in_(lot), Position.next_event_on > day, _untouched_after(day))
        )
        wanted = repaying.credits_wanted(session, day, OpenDue.loan_id.in_(asleep))
        found += [loan_id for loan_id, _, _ in wanted]
    return sorted(found)[:limit]


def wake(session: Session, day: date, loan_ids: Iterable[int]) -> None:
    """Have today's close look at these loans, which are locked; not at one that counters moved on.

    Its turn is the close of the day it was moved on.
    """
    for lot in record.lots(loan_ids):
        session.execute(
            update(Position)
            .where(Position.loan_id.in_(lot), Position.next_event_on > day, _untouched_after(day))
            .values(review_on=day, next_event_on=day)
        )


def _untouched_after(day: date) -> ColumnElement[bool]:
    return and_(
        ~exists().where(Repayment.loan_id == Position.loan_id, Repayment.booking_date > day),
        ~exists().where(Disbursement.loan_id == Position.loan_id, Disbursement.booking_date > day),
    )


def use_credits(chunk: Chunk) -> None:
    """Households' credit pays dues payable by today."""
    ids = _ids_with_due(chunk, OpenDue.payable_on <= chunk.day)
    if ids:
        repaying.use_credits(chunk.session, loan_ids=ids, on=chunk.day)


def end_due_day(chunk: Chunk, calendar: HolidayTable) -> None:
    """Dues payable today: on a holiday they move on, else unpaid principal is overdue."""
    ids = _ids_with_due(chunk, OpenDue.payable_on == chunk.day)
    if not ids:
        return
    if not calendar.is_working_day(chunk.day):
        for lot in record.lots(ids):
            chunk.session.execute(
                update(OpenDue)
                .where(
                    OpenDue.loan_id.in_(lot),
                    OpenDue.bearer == "household",
                    OpenDue.payable_on == chunk.day,
                )
                .values(payable_on=chunk.tomorrow)
            )
        return
    ids = _ids_with_due(chunk, OpenDue.payable_on == chunk.day, OpenDue.kind == "principal")
    loaded = list(record.load(chunk.session, ids).values())
    for one in loaded:
        one.course.end_of_due_day(chunk.day, working_day=True)
    record.write(chunk.session, loaded, on=chunk.day)


def raise_instalments(chunk: Chunk) -> None:
    """Instalments due tomorrow, of loans that book interest by plan."""
    ids = chunk.session.scalars(
        select(Position.loan_id)
        .join(Loan, Loan.id == Position.loan_id)
        .where(chunk.here, chunk.matures, ~BY_PRODUCTS)
    ).all()
    if not ids:
        return
    loaded = list(record.load(chunk.session, ids).values())
    for one in loaded:
        one.course.eve(chunk.day)
    record.write(chunk.session, loaded, on=chunk.day)


def _ids_with_due(chunk: Chunk, *which: ColumnElement[bool]) -> Sequence[int]:
    return chunk.session.scalars(
        select(Position.loan_id)
        .join(OpenDue, OpenDue.loan_id == Position.loan_id)
        .where(chunk.here, OpenDue.bearer == "household", *which)
        .distinct()
    ).all()
