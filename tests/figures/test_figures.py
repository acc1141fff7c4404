"""Every figure that was published has a line, and what a line says is so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import policy

HOW = {"demo", "arithmetic", "target", "rule", "not modelled"}
#: how many figures each table of the trade's rules has
TABLES = {"R1": 22, "R2": 22, "2.1": 13, "2.5": 7, "5.3": 23, "7": 6, "9": 30}
Lines = Sequence[Mapping[str, Any]]


def half_up(value: Fraction, places: int) -> str:
    """A fraction with so many decimals, half up."""
    scaled = value * 10**places + Fraction(1, 2)
    digits = f"{scaled.numerator // scaled.denominator:0{places + 1}d}"
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def test_every_figure_has_a_line(figures: Lines) -> None:
    wanted = [f"{table}.{n}" for table, count in TABLES.items() for n in range(1, count + 1)]
    assert [line["id"] for line in figures] == wanted
    for line in figures:
        assert line["how"] in HOW, line["id"]
        assert line["how"] != "not modelled" or line["why"], line["id"]


def test_what_is_said_to_be_a_rule_is_tested_there(figures: Lines, root: Path) -> None:
    """The test, or the table that a test executes, says the figure."""
    for line in figures:
        if line["how"] == "rule":
            assert line["says"] in (root / line["where"]).read_text("utf-8"), line["id"]


def test_every_demo_that_is_named_is_made(figures: Lines, root: Path) -> None:
    """Beside this file, by name: what makes a county asks for its lines."""
    for line in figures:
        if line["how"] == "demo":
            maker = f"test_{line['demo'].partition('-')[0]}.py"
            assert f'"{line["demo"]}"' in (root / "tests/figures" / maker).read_text("utf-8")


def test_what_is_said_to_be_arithmetic_is(figures: Lines) -> None:
    for line in figures:
        if line["how"] == "arithmetic":
            places = len(line["gives"].partition(".")[2])
            value = Fraction(sum(line["terms"]), line.get("over", 1))
            assert half_up(value, places) == line["gives"], line["id"]


def test_targets_are_policy(figures: Lines, root: Path) -> None:
    rulebook = policy.load(root / "config" / "policies", root / "config" / "rates")
    for line in figures:
        if line["how"] == "target":
            on: date = line["on"]
            targets = rulebook.targets(on=on, region=line["region"])
            found = getattr(targets, f"{line['indicator']}_ppm")
            assert half_up(Fraction(found.value, 1_000_000), 4) == line["value"], line["id"]


def test_planted_bug_turns_red(figures: Lines) -> None:
    wrong = [{**line, "gives": "37241"} if line["id"] == "7.1" else line for line in figures]
    with pytest.raises(AssertionError):
        test_what_is_said_to_be_arithmetic_is(wrong)
    with pytest.raises(AssertionError):
        test_every_figure_has_a_line(figures[1:])
