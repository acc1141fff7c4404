"""The town of the loans' tests, and that of the dividends, on which the proofs are done."""

from __future__ import annotations

from tests.enterprises.dividend_town import dividends, new_dividends
from tests.loans.conftest import ground, holidays, new_town, regions, rulebook, town

__all__ = [
    "dividends",
    "ground",
    "holidays",
    "new_dividends",
    "new_town",
    "regions",
    "rulebook",
    "town",
]
