"""The people of a demo: exact in number, plausible in kind, and nobody's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random

import pytest

from demo import people
from demo.county import SMALL, YIZHANG_2017
from demo.people import Family, Member, families
from kernel.identity import parse_identity
from kernel.regions import RegionTree
from tests.databases import ROOT
from tests.planted import Plant


@pytest.fixture(scope="module")
def regions() -> RegionTree:
    return RegionTree.load(ROOT / "config" / "regions" / "hunan.csv")


@pytest.fixture(scope="module")
def everyone(regions: RegionTree) -> Sequence[Family]:
    return list(families(YIZHANG_2017, regions))


def members(found: Sequence[Family]) -> list[Member]:
    return [member for family in found for member in family.members]


def test_the_county_has_its_households_and_people(everyone: Sequence[Family]) -> None:
    assert len(everyone) == 20_410
    assert len(members(everyone)) == 76_115
    assert {len(family.members) for family in everyone} == set(range(1, 9))
    assert len({family.township for family in everyone}) == 19
    assert len({family.village_code for family in everyone}) == 266
    assert len({family.number for family in everyone}) == 20_410


def test_identity_numbers_are_right_and_nobodys(everyone: Sequence[Family]) -> None:
    found = members(everyone)
    assert len({member.identity_number for member in found}) == len(found)
    for member in found[::7]:
        read = parse_identity(member.identity_number)
        assert (read.born_on, read.sex) == (member.born_on, member.sex)
        assert read.county == "431099"


def test_families_can_be_believed(everyone: Sequence[Family]) -> None:
    for family in everyone[::5]:
        head = family.members[0]
        assert head.relation == "户主"
        assert head.born_on <= date(1996, 11, 3)
        assert [member.relation for member in family.members].count("户主") == 1
        for member in family.members:
            if member.relation in {"之子", "之女"}:
                assert member.born_on.year - head.born_on.year >= 18
            if member.works:
                assert member.born_on <= date(1998, 11, 3)


def test_the_same_seed_makes_the_same_people(regions: RegionTree) -> None:
    assert list(families(SMALL, regions)) == list(families(SMALL, regions))
    other = replace(SMALL, seed=2)
    assert list(families(other, regions)) != list(families(SMALL, regions))


def test_households_that_cannot_hold_the_people_are_refused(regions: RegionTree) -> None:
    crowded = replace(SMALL, persons=9 * SMALL.households)
    with pytest.raises(ValueError, match="cannot hold"):
        list(families(crowded, regions))


def _nobody_is_missing(county: object, chance: Random) -> list[int]:
    return [4] * 20_410


@pytest.mark.parametrize(
    "plant",
    [
        Plant(test_identity_numbers_are_right_and_nobodys, "demo.people.COUNTY_PART", "431022"),
        Plant(
            test_identity_numbers_are_right_and_nobodys,
            "demo.people.check_character",
            lambda _first: "1",
            catches=(Exception,),
        ),
        Plant(
            test_the_county_has_its_households_and_people, "demo.people._sizes", _nobody_is_missing
        ),
    ],
    ids=str,
)
def test_planted_bug_turns_red(plant: Plant, regions: RegionTree) -> None:
    def test(**_: object) -> None:
        plant.test(everyone=list(people.families(YIZHANG_2017, regions)))

    Plant(test, plant.target, plant.bug, catches=plant.catches).prove()
