"""A prefecture's counties: what was printed for all of them, shared among them to the last."""

from __future__ import annotations

import pytest

from demo.county import HUAIHUA_2015
from demo.prefecture import counties
from kernel.regions import RegionTree
from tests.databases import ROOT
from tests.planted import Plant

REGIONS = RegionTree.load(ROOT / "config" / "regions" / "hunan.csv")


def test_thirteen_counties_share_what_was_printed() -> None:
    found = counties(HUAIHUA_2015, REGIONS)
    assert len({county.region for county in found}) == 13
    assert sum(county.persons for county in found) == 75_811
    out = [one for county in found for one in county.lists if one.status == "removed"]
    back = [one for county in found for one in county.lists if one.status == "registered"]
    assert sum(one.people for one in out) == 75_811
    assert sum(one.people for one in back) == 38_571
    samples = [county.sample for county in found if county.sample is not None]
    assert sum(one.people for one in samples) == 10_000
    assert sum(one.wrong for one in samples) == 39
    assert sum(one.villages for one in samples) == 1_237


def test_each_county_has_three_rounds_of_review() -> None:
    for county in counties(HUAIHUA_2015, REGIONS):
        assert [one.review for one in county.lists] == [1, 2, 3]
        assert [one.day for one in county.lists] == list(HUAIHUA_2015.rounds)
        assert county.lists[2].people <= county.persons


PLANTED = [
    Plant(
        test_thirteen_counties_share_what_was_printed,
        "demo.prefecture.split_by_weights",
        lambda whole, weights: [whole * one // sum(weights) for one in weights],
    )
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
