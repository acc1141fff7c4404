"""The fourth revision, up and down, on books that the program of the third wrote."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, func, select, text

import migrations
from indicators import Figures
from indicators.people_models import StandingDay
from jobs.program import ENTITLEMENT, snapshot
from kernel.dates import ONE_DAY
from kernel.regions import RegionTree
from migrations.refusals import RowsOfLaterVersion
from tests.conftest import Clock
from tests.loans.conftest import ground, holidays, new_town, regions, rulebook
from tests.loans.town import Town
from tests.migrations import treasury_books
from tests.migrations.old_books import Old, blank, closing, opened, verify
from tests.migrations.treasury_books import TREASURY
from tests.planted import Plant

__all__ = ["blank", "ground", "holidays", "new_town", "regions", "rulebook", "verify"]

NAMES = ("households_poor", "persons_poor", "lifting_rate", "enterprises_linked")


@pytest.fixture
def old(blank: Engine) -> Old:
    """The frozen books, at the revision that wrote them."""
    tables = treasury_books.read()
    treasury_books.write(blank, tables)
    return Old(blank, tables, TREASURY)


def test_nothing_changes_and_everything_verifies(old: Old, verify: Callable[[], None]) -> None:
    old.migrate_keeping_all_but()
    verify()


def test_a_migration_while_a_day_is_closed_is_refused(old: Old) -> None:
    old.refuse_while_closing("2020-09-28")


# --- the first close ------------------------------------------------------------------------------


@pytest.fixture
def closed(
    old: Old, new_town: Town, clock: Clock, regions: RegionTree
) -> Callable[[], Callable[[date], Figures]]:
    """Migrate and close the open day with the house's own steps; asks for figures of a day."""
    return closing(
        opened(
            old, new_town, clock, datetime(2027, 1, 1, 4, tzinfo=UTC), ENTITLEMENT, snapshot(10)
        ),
        regions,
    )


def test_the_first_close_takes_all_households(
    old: Old, closed: Callable[[], Callable[[date], Figures]], verify: Callable[[], None]
) -> None:
    """Twelve households of forty people are poor from then on; days before are told nothing.

    The year starts with that close: nobody was lifted out of forty since.
    """
    figures = closed()
    first = treasury_books.TODAY
    told, before = figures(first), figures(first - ONE_DAY)
    assert [told.value(name) for name in NAMES] == [12, 40, "0.0000", 0]
    assert [before.value(name) for name in NAMES] == [None, None, None, None]
    assert before.value("households_registered") == 12
    verify()
    closed()
    with old.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(StandingDay)) == 12
    with pytest.raises(RowsOfLaterVersion):
        migrations.downgrade(old.engine, TREASURY)


# --- down -----------------------------------------------------------------------------------------


def test_down_and_up_again(old: Old, verify: Callable[[], None]) -> None:
    old.migrate_back_and_again()
    verify()


_HOUSEHOLD = "INSERT INTO household_statuses (household_id, status, from_on, booked_on, reason,"
BARS = {
    "rural_populations": "INSERT INTO rural_populations (id, region_code, from_on, booked_on,"
    " people, source, derived, trail_id) VALUES (1, '431022000000', '2020-09-29', '2020-09-29', 1,"
    " '推算', true, 1)",
    "household_statuses": f"{_HOUSEHOLD} monitored_kind, trail_id) VALUES"
    " (1, 'monitored', '2020-09-29', '2020-09-29', '', 'edge', 1)",
    "household_statuses status": f"{_HOUSEHOLD} trail_id)"
    " VALUES (1, 'risk_removed', '2020-09-29', '2020-09-29', '', 1)",
}


@pytest.mark.parametrize("what", BARS)
def test_what_the_old_version_cannot_hold_bars_the_way_back(old: Old, what: str) -> None:
    old.migrate()
    with old.engine.begin() as connection:
        connection.execute(text(BARS[what]))
    old.refuse_the_way_back(what.split(maxsplit=1)[0])
    # All the way down nothing is kept, and nothing bars it.
    migrations.downgrade(old.engine)
    assert migrations.current(old.engine) is None


# --- planted bugs ---------------------------------------------------------------------------------


def nothing(*_: object, **__: object) -> None:
    """Left out."""


PLANTED = [
    Plant(test_nothing_changes_and_everything_verifies, "migrations.changing.protect", nothing),
    Plant(
        test_nothing_changes_and_everything_verifies,
        "indicators.people.told",
        lambda _session, _day: True,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(
    plant: Plant, request: pytest.FixtureRequest, verify: Callable[[], None]
) -> None:
    plant.prove(old=request.getfixturevalue("old"), verify=verify)
