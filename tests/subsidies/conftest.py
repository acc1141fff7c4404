"""The town with a treasury, founded on 30 May 2016."""

from __future__ import annotations

from datetime import date

import pytest

from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.regions import RegionTree
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from policy import Rulebook
from tests.loans.conftest import holidays, regions, rulebook
from tests.subsidies.offices import Offices
from tests.subsidies.treasury import TreasuryTown

__all__ = ["holidays", "new_offices", "new_town", "offices", "regions", "rulebook", "town"]


@pytest.fixture
def new_town(
    books: Books,
    system: Actor,
    keyring: Keyring,
    rulebook: Rulebook,
    holidays: HolidayTable,
    regions: RegionTree,
) -> TreasuryTown:
    """Books that wait to be opened on a day the test chooses."""
    return TreasuryTown(books, system, keyring, rulebook, holidays, regions)


@pytest.fixture
def town(new_town: TreasuryTown) -> TreasuryTown:
    """Open on 30 May 2016, with six households of a line of 50 000 each."""
    new_town.found(date(2016, 5, 30))
    return new_town


@pytest.fixture
def new_offices(
    books: Books,
    system: Actor,
    keyring: Keyring,
    rulebook: Rulebook,
    holidays: HolidayTable,
    regions: RegionTree,
) -> Offices:
    """Books that wait to be opened, and everybody who takes a step of a claim."""
    return Offices(books, system, keyring, rulebook, holidays, regions)


@pytest.fixture
def offices(new_offices: Offices) -> Offices:
    """Open on 30 May 2016, with six households."""
    new_offices.found(date(2016, 5, 30))
    return new_offices
