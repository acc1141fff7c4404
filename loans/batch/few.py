"""What happens to few loans of a chunk: through the pure course, in bulk."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select, update

from kernel.calendar import HolidayTable
from loans import record
from loans.batch.chunk import Chunk
from loans.models import LoanCredit, OpenDue, Position
from loans.operations import repaying
from loans.record import BY_PRODUCTS


def use_credits(chunk: Chunk) -> None:
    """Credit of a loan pays its dues payable by today."""
    ids = _ids_with_due(
        chunk,
        OpenDue.payable_on <= chunk.day,
        Position.loan_id.in_(select(LoanCredit.loan_id).where(LoanCredit.amount_fen > 0)),
    )
    if ids:
        repaying.use_credits(chunk.session, loan_ids=ids, on=chunk.day)


def end_due_day(chunk: Chunk, calendar: HolidayTable) -> None:
    """Dues payable today: on a holiday they move on, else what is unpaid is past due."""
    ids = _ids_with_due(chunk, OpenDue.payable_on == chunk.day)
    if not ids:
        return
    if not calendar.is_working_day(chunk.day):
        for lot in record.lots(ids):
            chunk.session.execute(
                update(OpenDue)
                .where(
                    OpenDue.loan_id.in_(lot),
                    OpenDue.payable_on == chunk.day,
                )
                .values(payable_on=chunk.tomorrow)
            )
        return
    bears = or_(OpenDue.kind == "principal", and_(OpenDue.kind == "interest", Position.compounds))
    ids = _ids_with_due(chunk, OpenDue.payable_on == chunk.day, bears)
    loaded = list(record.load(chunk.session, ids).values())
    for one in loaded:
        one.course.end_of_due_day(chunk.day, working_day=True)
    record.write(chunk.session, loaded, on=chunk.day)


def raise_instalments(chunk: Chunk) -> None:
    """Instalments due tomorrow, of loans that book interest by plan."""
    ids = chunk.session.scalars(
        select(Position.loan_id).where(chunk.here, chunk.matures, ~BY_PRODUCTS)
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
        .where(chunk.here, *which)
        .distinct()
    ).all()
