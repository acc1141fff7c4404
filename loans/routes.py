"""Who gets the treasury's part of a settlement, and so who owes what of it.

``lender``: through the bank; whoever repays owes its own part, and the treasury the other.
``household`` (先付后补) and ``enterprise`` (企业垫付): whoever repays owes all of it, and is
refunded the treasury's part. A settlement says alike in each who bears it in the end.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, case

from loans.models import Loan, Settlement

LENDER: Final = "lender"
HOUSEHOLD: Final = "household"
ENTERPRISE: Final = "enterprise"


def paid_first_by(*, organisation: bool) -> str:
    """The route of what is paid first and refunded later: back to whoever repays."""
    return ENTERPRISE if organisation else HOUSEHOLD


def through_lender() -> ColumnElement[bool]:
    """Of a loan: the treasury pays the lender, and owes a due of its own."""
    return Loan.subsidy_route == LENDER


def owed_by_payer() -> ColumnElement[int]:
    """Of a settlement beside its loan: what whoever repays owes, fen."""
    return case((through_lender(), Settlement.household_fen), else_=Settlement.amount_fen)


def owed_by_treasury() -> ColumnElement[int]:
    """Of a settlement beside its loan: what the treasury owes the lender, fen."""
    return case((through_lender(), Settlement.treasury_fen), else_=0)
