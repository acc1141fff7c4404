"""Finding loans by what is printed on papers, and keeping out of the close's way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

import ledger
from loans.models import Loan
from loans.record import Loaded, lots
from loans.refusals import LoanInClose, LoanSheetEmpty, LoanTwiceOnSheet, LoanUnknown


def find_by_number(session: Session, numbers: Sequence[str]) -> dict[str, int]:
    """Ids of contracts by number; each number stands once and is known."""
    if not numbers:
        raise LoanSheetEmpty
    found: dict[str, int] = {}
    for some in lots(numbers):
        rows = session.execute(select(Loan.number, Loan.id).where(Loan.number.in_(some)))
        found.update({row[0]: row[1] for row in rows})
    seen: set[str] = set()
    for number in numbers:
        if number not in found:
            raise LoanUnknown(field="number", number=number)
        if number in seen:
            raise LoanTwiceOnSheet(field="number", number=number)
        seen.add(number)
    return found


def borrowing_household() -> ColumnElement[int]:
    """The household of a loan that draws on a credit line: such a loan has one."""
    return cast("ColumnElement[int]", Loan.household_id)


def require_idle(session: Session, loans: Iterable[Loaded]) -> None:
    """Refuse loans that the close under way has not passed yet."""
    closing = ledger.closing_day(session)
    if closing is None:
        return
    for one in loans:
        if one.position.next_event_on <= closing:
            raise LoanInClose(field="number", number=one.loan.number)
