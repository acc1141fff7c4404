"""怀化: thirteen counties hand in a day, and the prefecture's figures are what was printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.figures.conftest import Fupin

pytestmark = pytest.mark.slow

REGION, DAY = "431200000000", "2015-12-31"


@pytest.fixture(scope="module")
def huaihua(made: Callable[[str], Fupin]) -> Fupin:
    """``fupin`` on the books of the prefecture."""
    return made("huaihua-2015")


def test_the_published_figures_come_out(huaihua: Fupin, figures: list[dict[str, Any]]) -> None:
    lines = [line for line in figures if line.get("demo") == "huaihua-2015"]
    assert [line["id"] for line in lines] == ["R1.3", "R1.4", "R1.5", "R1.6"]
    for line in lines:
        assert line["values"].items() <= huaihua.ask(REGION, str(line["on"])).items(), line["id"]


def test_who_stays_removed_is_on_no_register(huaihua: Fupin) -> None:
    got = huaihua.ask(REGION, DAY)
    assert got["persons_registered"] == got["persons_poor"] == 38_571
    # 75 811 − 38 571 = 37 240 stayed out


def test_thirteen_counties_handed_in(huaihua: Fupin) -> None:
    listed = huaihua("snapshots", "list", "--json")
    assert listed.returncode == 0, listed.stdout
    counties = json.loads(listed.stdout)["counties"]
    assert len(counties) == 13
    assert {one["on"] for one in counties} == {DAY}
    parts = [huaihua.ask(one["region"], DAY)["persons_removed_ever"] for one in counties]
    assert sum(parts) == 75_811
    assert all(parts)


def test_verify_finds_nothing(huaihua: Fupin) -> None:
    found = huaihua("verify", "--json")
    assert found.returncode == 0, found.stdout[:2_000]
