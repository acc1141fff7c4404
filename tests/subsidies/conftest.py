"""The town with a treasury, founded on 30 May 2016."""

from __future__ import annotations

from datetime import date

import pytest

from tests.loans.conftest import Ground, ground, holidays, regions, rulebook
from tests.subsidies.offices import Offices
from tests.subsidies.treasury import TreasuryTown

__all__ = [
    "ground",
    "holidays",
    "new_offices",
    "new_town",
    "offices",
    "regions",
    "rulebook",
    "town",
]


@pytest.fixture
def new_town(ground: Ground) -> TreasuryTown:
    """Books that wait to be opened on a day the test chooses."""
    return TreasuryTown(*ground)


@pytest.fixture
def town(new_town: TreasuryTown) -> TreasuryTown:
    """Open on 30 May 2016, with six households of a line of 50 000 each."""
    new_town.found(date(2016, 5, 30))
    return new_town


@pytest.fixture
def new_offices(ground: Ground) -> Offices:
    """Books that wait to be opened, and everybody who takes a step of a claim."""
    return Offices(*ground)


@pytest.fixture
def offices(new_offices: Offices) -> Offices:
    """Open on 30 May 2016, with six households."""
    new_offices.found(date(2016, 5, 30))
    return new_offices
