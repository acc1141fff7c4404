"""SQL: what is out on a loan and what is past due, as columns beside a loan in any query."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from kernel.database import sum_of
from loans.models import OpenDue, OpenSegment

#: the column that holds a loan's id in the query around
LoanId = InstrumentedAttribute[int]


def is_principal() -> ColumnElement[bool]:
    """Of an open segment: it is principal, and not interest that bears interest."""
    return OpenSegment.state != "arrears"


def principal_out(loan_id: LoanId) -> ColumnElement[int]:
    """Principal outstanding of the loan, fen."""
    return (
        select(sum_of(OpenSegment.principal_fen))
        .where(OpenSegment.loan_id == loan_id, is_principal())
        .correlate(loan_id.class_)
        .scalar_subquery()
    )


def past_due(loan_id: LoanId, day: date, *which: ColumnElement[bool]) -> ColumnElement[int]:
    """Dues of the loan payable before a day and unpaid, fen."""
    return (
        select(sum_of(OpenDue.left_fen))
        .where(
            OpenDue.loan_id == loan_id,
            OpenDue.payable_on < day,
            *which,
        )
        .correlate(loan_id.class_)
        .scalar_subquery()
    )
