"""The town with a recognised enterprise, founded on 30 May 2016."""

from __future__ import annotations

from datetime import date

import pytest

from tests.beginnings import Beginning
from tests.enterprises.desk import LinkedTown
from tests.enterprises.dividend_town import dividends, new_dividends
from tests.loans.conftest import Ground, ground, holidays, regions, rulebook

__all__ = [
    "dividends",
    "ground",
    "holidays",
    "linked",
    "new_dividends",
    "new_town",
    "regions",
    "rulebook",
    "town",
]


@pytest.fixture
def new_town(ground: Ground) -> LinkedTown:
    """Books that wait to be opened on a day the test chooses."""
    return LinkedTown(*ground)


@pytest.fixture
def town(new_town: LinkedTown, begin: Beginning) -> LinkedTown:
    """Open on 30 May 2016, six households of three people, and an enterprise nobody recognised."""

    def live() -> tuple[int, dict[str, int], int, int]:
        new_town.found(date(2016, 5, 30))
        return new_town.kept()

    new_town.take(begin("linked-town", live))
    return new_town


@pytest.fixture
def linked(new_town: LinkedTown, begin: Beginning) -> LinkedTown:
    """The same, the enterprise recognised and with a counter-security, six loans of 50 000."""

    def live() -> tuple[int, dict[str, int], int, int]:
        new_town.found(date(2016, 5, 30))
        new_town.open_for_agreements()
        return new_town.kept()

    new_town.take(begin("linked-loans", live))
    return new_town
