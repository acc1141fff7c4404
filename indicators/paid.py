"""What households were paid in dividends by the close of a day, as SELECTs.

Paid is what the bank's answer says was paid, on the day the answer was taken; a payment that came
back was never paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from enterprises.models import DividendPayment, DividendReturn, DividendReturnRow
from indicators.states import Day
from kernel.database import sum_of


def touched(day: Day) -> Sequence[Select[int]]:
    """Households that were paid on ``day``."""
    return (
        payments(select(DividendPayment.household_id)).where(DividendReturn.received_on == day),
    )


def paid_to(household_id: ColumnElement[int], day: Day) -> ColumnElement[int]:
    """What a household of the query around it was ever paid, fen."""
    return (
        payments(select(sum_of(DividendPayment.amount_fen)))
        .where(DividendPayment.household_id == household_id, DividendReturn.received_on <= day)
        .scalar_subquery()
    )


def payments(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A query of ``DividendPayment`` and ``DividendReturn``: what was paid."""
    return (
        query.select_from(DividendPayment)
        .join(DividendReturnRow, DividendReturnRow.payment_id == DividendPayment.id)
        .join(DividendReturn, DividendReturn.id == DividendReturnRow.return_id)
        .where(DividendReturnRow.result == "paid")
    )
