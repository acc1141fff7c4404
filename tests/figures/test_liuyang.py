"""浏阳: registered, lifted out in three years, and what was lent in 2016."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.figures.conftest import Fupin

pytestmark = pytest.mark.slow

REGION, DAY = "430181000000", "2016-12-31"


@pytest.fixture(scope="module")
def liuyang(made: Callable[[str], Fupin]) -> Fupin:
    """``fupin`` on the books of the county."""
    return made("liuyang-2016")


def test_the_published_figures_come_out(liuyang: Fupin, figures: list[dict[str, Any]]) -> None:
    lines = [line for line in figures if line.get("demo") == "liuyang-2016"]
    assert [line["id"] for line in lines] == ["R2.5", "R2.7", "R2.8", "R2.9"]
    for line in lines:
        assert line["values"].items() <= liuyang.ask(REGION, str(line["on"])).items(), line["id"]


def test_the_years_before_are_told_apart(liuyang: Fupin) -> None:
    got = liuyang.ask(REGION, DAY)
    assert {
        "households_lifted": 9_016,
        "persons_lifted": 28_664,
        "households_lifted_in_year": 3_058,
        "persons_lifted_in_year": 10_117,
        "persons_poor": 21_564,  # 50 228 − 28 664
        "lifting_rate": "0.3193",  # 10 117 of 31 681
        "borrowing_rate": "0.2183",  # 3 590 of 16 442
        "average_loan": "22618.38",  # 81 200 000 / 3 590
        "villages_poor": 33,
    }.items() <= got.items()
    assert liuyang.ask(REGION, "2015-12-31")["loans_count"] == 0, "all of it was lent in 2016"


def test_verify_finds_nothing(liuyang: Fupin) -> None:
    found = liuyang("verify", "--json")
    assert found.returncode == 0, found.stdout[:2_000]
