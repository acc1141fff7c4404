"""Choosing households: so many of them with so many people, or none at all."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from demo.choosing import choose
from demo.county import LIUYANG_2016
from demo.people import Family, families
from kernel.regions import RegionTree
from tests.databases import ROOT
from tests.planted import Plant


@pytest.fixture(scope="module")
def everyone() -> Sequence[Family]:
    return list(families(LIUYANG_2016, RegionTree.load(ROOT / "config" / "regions" / "hunan.csv")))


def people(found: Sequence[Family]) -> int:
    return sum(len(family.members) for family in found)


@pytest.mark.parametrize("wanted", [1, 10_117, 50_228])
def test_people_come_out_exactly(everyone: Sequence[Family], wanted: int) -> None:
    chosen = choose(everyone, Random(1), people=wanted)
    assert people(chosen) == wanted
    assert len({family.number for family in chosen}) == len(chosen)


@pytest.mark.parametrize(
    ("households", "wanted"), [(3_058, 10_117), (5_958, 18_547), (100, 100), (100, 800)]
)
def test_households_and_people_come_out_exactly(
    everyone: Sequence[Family], households: int, wanted: int
) -> None:
    chosen = choose(everyone, Random(2), people=wanted, households=households)
    assert (len(chosen), people(chosen)) == (households, wanted)
    assert len({family.number for family in chosen}) == households


def test_what_cannot_be_is_said(everyone: Sequence[Family]) -> None:
    with pytest.raises(ValueError, match="people are wanted"):
        choose(everyone, Random(3), people=50_229)
    with pytest.raises(ValueError, match="no 10 households"):
        choose(everyone, Random(3), people=81, households=10)
    with pytest.raises(ValueError, match="no 20000 households"):
        choose(everyone, Random(3), people=50_000, households=20_000)


PLANTED = [
    Plant(
        test_households_and_people_come_out_exactly,
        "demo.choosing._towards",
        lambda _size, _wanted, _largest: (),
        {"households": 3_058, "wanted": 10_117},
        catches=(AssertionError, ValueError),
    ),
    Plant(
        test_people_come_out_exactly,
        "demo.choosing._filled",
        lambda pool, people: pool[: people // 3],
        {"wanted": 10_117},
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, everyone: Sequence[Family]) -> None:
    plant.prove(everyone=everyone)
