"""The town of the loans' tests with a special account at its lender."""

from __future__ import annotations

import pytest

from tests.loans.conftest import ground, holidays, new_town, regions, rulebook, town
from tests.loans.town import Town
from tests.risk_fund.fund import Fund

__all__ = ["fund", "ground", "holidays", "new_town", "regions", "rulebook", "town"]


@pytest.fixture
def fund(town: Town) -> Fund:
    """A special account with 100 000 in it."""
    return Fund(town).opened()
