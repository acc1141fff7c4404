"""Books with a little of everything, closed day by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

import indicators
from kernel.actor import Actor
from kernel.regions import RegionTree
from kernel.unit_of_work import Books
from tests.databases import ROOT
from tests.indicators.world import World


@pytest.fixture(scope="session")
def regions() -> RegionTree:
    """The shipped divisions."""
    return RegionTree.load(ROOT / "config" / "regions" / "hunan.csv")


@pytest.fixture
def world(books: Books, system: Actor) -> World:
    """Books of 宜章 that are open and empty."""
    return World(books, system).open()


@pytest.fixture
def close(world: World) -> Callable[[], date]:
    """Close the world's day with its snapshot; the day."""

    def close_day() -> date:
        day = world.day
        world.begin_close()
        with world.books.write("test.snapshot", by=world.by) as session:
            indicators.take_snapshot(session, day)
        world.finish_close()
        return day

    return close_day
