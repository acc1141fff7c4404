"""SQL: bad balance and what is out, per bank, township or village, at a closed day.

What bad is says ``loans.queries.is_bad``; a loan's last row of ``loan_days`` on or before the day
is how it stood at that close. What village funds lend of their own is outside the county's watch.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, select

from kernel.database import sum_of
from loans.models import Loan, LoanDay
from loans.mutual import MODE
from loans.queries import is_bad

Place = Literal["bank", "township", "village"]

#: digits of a region's code
_DIGITS: Final = {"township": 9, "village": 12}


def bad_by(place: Place, *, day: date) -> Select[str, int, int]:
    """(key, bad, outstanding) of every place with something out, in the order of the keys.

    The key is the second part of a limit's scope: the lender's id, or a region's digits.
    """
    last = (
        select(LoanDay.loan_id, func.max(LoanDay.on_day).label("on_day"))
        .where(LoanDay.on_day <= day)
        .group_by(LoanDay.loan_id)
        .subquery("last")
    )
    key = _key(place).label("key")
    bad = case((is_bad(), LoanDay.outstanding_fen), else_=0)
    return (
        select(key, sum_of(bad), sum_of(LoanDay.outstanding_fen))
        .select_from(LoanDay)
        .join(last, and_(last.c.loan_id == LoanDay.loan_id, last.c.on_day == LoanDay.on_day))
        .join(Loan, Loan.id == LoanDay.loan_id)
        .where(LoanDay.outstanding_fen > 0, Loan.mode != MODE)
        .group_by(key)
        .order_by(key)
    )


def _key(place: Place) -> ColumnElement[str]:
    if place == "bank":
        return cast(Loan.lender_id, String)
    return func.substr(Loan.village_code, 1, _DIGITS[place])
