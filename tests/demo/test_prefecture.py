"""A prefecture's counties: what was printed for all of them, shared among them to the last."""

from __future__ import annotations

from pathlib import Path

import pytest

import migrations
from demo import staff
from demo.county import HUAIHUA_2015
from demo.prefecture import counties, enter_projects
from households.helping import figures, project_figures
from jobs import founding
from kernel.regions import RegionTree
from kernel.vault import Keyring
from tests.databases import ROOT
from tests.demo.test_make import house_at
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


@pytest.mark.slow
def test_the_prefecture_enters_its_projects(blank_database_url: str, tmp_path: Path) -> None:
    """As printed: 13 projects in 240 villages, 11 208 households of 39 679 people; and a fund of
    which 70 % go to industry, 70 % of that linked: 49 of 100.
    """
    house = house_at(blank_database_url, tmp_path)
    region, day = HUAIHUA_2015.region, HUAIHUA_2015.closes_on
    try:
        Keyring.create(house.settings.key_file)
        migrations.upgrade(house.engine)
        founding.found(house, region=region, first_day=day, mode="held", demo=HUAIHUA_2015.name)
        staff.open_offices(house, region)
        enter_projects(house, HUAIHUA_2015)
        with house.books.read() as session:
            total = project_figures.projects_total(session, digits="4312")
            rule = house.help_rules.share_rule(region, day)
            shares = figures.share_report(session, rule, year=day.year, on=day)
    finally:
        house.engine.dispose()
    told = total.projects, total.villages, total.households, total.persons
    assert told == (13, 240, 11_208, 39_679)
    assert (shares.industry.kept, shares.linked.kept) == (True, True)
    assert shares.industry.numerator_fen * 10 == shares.industry.denominator_fen * 7
    assert shares.linked.numerator_fen * 10 == shares.linked.denominator_fen * 7


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
