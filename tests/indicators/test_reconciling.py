"""Prints beside the books: the reason where a printed pair cannot both be true."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

import pytest

from indicators import FIGURES, Figures
from indicators.reconciling import VERDICTS, Published, hold
from kernel.money import round_half_up
from kernel.regions import RegionTree
from tests.databases import ROOT
from tests.planted import Plant
from web.published import every_print, pairs, published

CONFIG = ROOT / "config"
YIZHANG = "431022000000"
PROVINCE = "430000000000"


def a_print(name: str, value: str, as_of: str = "2017-01") -> Published:
    return Published(YIZHANG, name, value, as_of, "报", "paper")


def figures() -> Figures:
    counters = dict.fromkeys(("persons_linked", "persons_paid", "dividends_paid_fen"), 0)
    told = {"persons_linked": 34_500, "persons_paid": 26_680, "dividends_paid_fen": 3_201_600_000}
    return Figures(YIZHANG, date(2017, 1, 31), counters | told)


def test_a_print_is_the_same_differs_or_is_of_another_day() -> None:
    prints = [
        a_print("persons_linked", "34500"),
        a_print("persons_linked", "44500"),
        a_print("persons_linked", "9000", "2016-12"),
        a_print("dividend_per_person_paid", "1200.00"),
        a_print("dividend_per_person_linked", "1200.00"),
        a_print("poverty_incidence", "0.0647"),
        Published("430181000000", "loans_count", "3590", "2016-12", "报", "paper"),
    ]
    held = hold(
        prints,
        on=date(2017, 1, 31),
        figures_of=lambda region: figures() if region == YIZHANG else None,
    )
    assert [(one.published.value, one.verdict, one.difference) for one in held] == [
        ("3590", "none", None),
        ("0.0647", "none", None),
        ("9000", "another_day", "25500"),
        ("34500", "same", "0"),
        ("44500", "differs", "-10000"),
        ("1200.00", "differs", "-272.00"),  # 928.00 a head linked
        ("1200.00", "same", "0.00"),
    ]
    assert {one.verdict for one in held} == set(VERDICTS)


# --- what is shipped ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tree() -> RegionTree:
    return RegionTree.load(CONFIG / "regions" / "hunan.csv")


def test_every_print_is_of_a_figure_in_its_form(tree: RegionTree) -> None:
    forms = {"count": r"\d+", "money": r"\d+\.\d\d", "average": r"\d+\.\d\d"}
    forms |= {"ratio": r"\d\.\d{4}", "multiple": r"\d+\.\d\d"}
    prints = every_print(CONFIG, PROVINCE)
    assert len(prints) > 30
    for one in prints:
        assert re.fullmatch(forms[FIGURES[one.name].kind], one.value), one
        assert re.fullmatch(r"20\d\d-\d\d", one.as_of), one
        assert bool(one.why_zh) == bool(one.why_en)
        tree.get(one.region)


def test_prints_that_differ_say_why() -> None:
    """Two prints of one figure of one month cannot both be true."""
    seen: dict[tuple[str, str, str], list[Published]] = {}
    for one in every_print(CONFIG, PROVINCE):
        seen.setdefault((one.region, one.name, one.as_of), []).append(one)
    twice = [group for group in seen.values() if len(group) > 1]
    assert [group[0].name for group in twice] == ["persons_linked"]
    assert all(one.why_zh for group in twice for one in group)
    assert len(published(CONFIG, YIZHANG, "persons_linked")) == 2


def test_pairs_come_with_their_reason_and_their_arithmetic(tree: RegionTree) -> None:
    told = pairs(CONFIG, YIZHANG)
    assert [one.code for one in told][:2] == ["yizhang-per-head", "yizhang-people-linked"]
    assert {one.code for one in told} >= {
        "mayang-gearing",
        "guangshui-average",
        "national-two-bases",
        "household-times",
        "subsidy-before-interest-day",
        "lpr-on-a-saturday",
        "jingdong-lost-separators",
        "jingdong-by-year-lent",
    }
    for one in told:
        assert all((one.zh, one.en, one.one_zh, one.other_en, one.why_zh, one.why_en)), one.code
        assert set(one.figures) <= set(FIGURES), one.code
        if one.region:
            tree.get(one.region)
        for line in one.arithmetic:
            assert holds(line), line


def holds(line: str) -> bool:
    """``a * b + c / d = e``: the left side, rounded once to the places of the right."""
    left, right = line.split(" = ")
    places = len(right.partition(".")[2])
    total = Fraction(0)
    sign = 1
    for part in re.split(r" ([+-]) ", left):
        if part in {"+", "-"}:
            sign = 1 if part == "+" else -1
            continue
        first, *others = re.split(r" ([*/]) ", part)
        value = Fraction(first)
        for verb, number in zip(others[::2], others[1::2], strict=True):
            value = value * Fraction(number) if verb == "*" else value / Fraction(number)
        total += sign * value
    scaled = total * 10**places
    return bool(round_half_up(scaled.numerator, scaled.denominator) == Fraction(right) * 10**places)


def test_arithmetic_that_does_not_hold_is_seen() -> None:
    assert holds("32016000 / 34500 = 928.00")
    assert not holds("32016000 / 34500 = 1200.00")
    assert holds("1 + 2 * 3 - 1 = 6")


PLANTED = [
    Plant(
        test_a_print_is_the_same_differs_or_is_of_another_day,
        "indicators.reconciling._verdict",
        lambda _one, computed, _on: "same" if computed else "none",
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
