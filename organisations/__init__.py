"""Organisations: the register of legal persons a loan, a fund or an agreement names by id.

Banks and other lenders, enterprises, co-operatives, guarantee companies, village funds, offices.
Branches name their parent; an institution's scope is its subtree. The right to change any of it
is ``organisations.register``.
"""

from __future__ import annotations

from organisations.models import KIND_TITLES, Kind, Organisation
from organisations.operations import change, register
from organisations.queries import (
    by_credit_code,
    get,
    lender_on,
    listed,
    open_on,
    subtree_ids,
)

__all__ = [
    "KIND_TITLES",
    "Kind",
    "Organisation",
    "by_credit_code",
    "change",
    "get",
    "lender_on",
    "listed",
    "open_on",
    "register",
    "subtree_ids",
]
