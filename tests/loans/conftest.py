"""The town, founded on 30 May 2016."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import policy
from kernel import calendar
from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.regions import RegionTree
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from policy import Rulebook
from tests.beginnings import Beginning
from tests.loans.town import Town

CONFIG = Path(__file__).resolve().parents[2] / "config"

Ground = tuple[Books, Actor, Keyring, Rulebook, HolidayTable, RegionTree]


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The policy as it ships."""
    return policy.load(CONFIG / "policies", CONFIG / "rates")


@pytest.fixture(scope="session")
def holidays() -> HolidayTable:
    """The holidays as they ship."""
    return calendar.load(CONFIG / "calendar")


@pytest.fixture(scope="session")
def regions() -> RegionTree:
    """Hunan."""
    return RegionTree.load(CONFIG / "regions" / "hunan.csv")


@pytest.fixture
def ground(
    books: Books,
    system: Actor,
    keyring: Keyring,
    rulebook: Rulebook,
    holidays: HolidayTable,
    regions: RegionTree,
) -> Ground:
    """What every town stands on: books that wait to be opened, and everything that ships."""
    return books, system, keyring, rulebook, holidays, regions


@pytest.fixture
def new_town(ground: Ground) -> Town:
    """Books that wait to be opened on a day the test chooses."""
    return Town(*ground)


@pytest.fixture
def town(new_town: Town, begin: Beginning) -> Town:
    """Open on 30 May 2016, with six households of a line of 50 000 each."""

    def live() -> tuple[int, dict[str, int]]:
        new_town.found(date(2016, 5, 30))
        return new_town.lender_id, new_town.households

    new_town.lender_id, new_town.households = begin("town", live)
    return new_town
