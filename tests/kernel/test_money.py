"""Money: parsing refuses what is not plain, rounding is half up on the magnitude, splits add up."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kernel import money
from kernel.money import split_by_weights
from kernel.refusals import BadValue
from tests.planted import Plant


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("50000.00", 5_000_000),
        ("50000", 5_000_000),
        ("50000.5", 5_000_050),
        ("0", 0),
        ("0.01", 1),
        ("100000000.00", 10_000_000_000),
    ],
)
def test_parse_yuan_reads_plain_amounts(text: str, fen: int) -> None:
    assert money.parse_yuan(text, field="amount") == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "1\n",
        "+1",
        "-1",
        "1e3",
        "1.005",
        "1.000",
        ".5",
        "5.",
        "1,000",
        "007",
        "0x10",
        "NaN",
        "Infinity",
        "１２",
        "٣",
        "五万",
        "1_000",
        "100000000.01",
        "9" * 5000,
        50000,
        500.0,
        None,
    ],
)
def test_parse_yuan_refuses_everything_else(text: object) -> None:
    with pytest.raises(BadValue) as refused:
        money.parse_yuan(text, field="amount")  # type: ignore[arg-type]
    assert refused.value.field == "amount"


def test_parse_yuan_takes_another_maximum() -> None:
    assert money.parse_yuan("200000000.00", field="fund", maximum=10**12) == 20_000_000_000
    with pytest.raises(BadValue, match="50000"):
        money.parse_yuan("50000.01", field="amount", maximum=5_000_000)


@pytest.mark.parametrize(
    ("fen", "text"),
    [(5_000_000, "50000.00"), (0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-12_345, "-123.45")],
)
def test_format_yuan(fen: int, text: str) -> None:
    assert money.format_yuan(fen) == text


@pytest.mark.parametrize(
    ("text", "ppm"),
    [("4.35", 43_500), ("0", 0), ("100", 1_000_000), ("4.3512", 43_512), ("0.0001", 1)],
)
def test_parse_rate(text: str, ppm: int) -> None:
    assert money.parse_rate(text, field="rate") == ppm


@pytest.mark.parametrize("text", ["400", "100.0001", "4.35123", "-1", "4.35%", "4,35", "", "1e1"])
def test_parse_rate_refuses(text: str) -> None:
    with pytest.raises(BadValue):
        money.parse_rate(text, field="rate")


@pytest.mark.parametrize(
    ("ppm", "text"),
    [(43_500, "4.35"), (0, "0.00"), (60_000, "6.00"), (43_512, "4.3512"), (1_000_000, "100.00")],
)
def test_format_rate(ppm: int, text: str) -> None:
    assert money.format_rate(ppm) == text


@pytest.mark.parametrize(
    ("ppm", "text"),
    [
        (43_500, "3.625"),  # 43.5 ‰ a year ÷ 12
        (47_500, "3.958333"),  # 47.5 ÷ 12 = 3.9583333…
        (60_000, "5.00"),  # 60 ÷ 12
        (0, "0.00"),
    ],
)
def test_format_monthly_permille(ppm: int, text: str) -> None:
    assert money.format_monthly_permille(ppm) == text


@pytest.mark.parametrize(
    ("text", "share_bp", "again"),
    [("70", 7_000, "70"), ("100", 10_000, "100"), ("0", 0, "0"), ("33.33", 3_333, "33.33")],
)
def test_shares_there_and_back(text: str, share_bp: int, again: str) -> None:
    assert money.parse_share(text, field="share") == share_bp
    assert money.format_share(share_bp) == again


@pytest.mark.parametrize("text", ["100.01", "101", "1.234", "-1", "70%"])
def test_parse_share_refuses(text: str) -> None:
    with pytest.raises(BadValue):
        money.parse_share(text, field="share")


@pytest.mark.parametrize(
    ("numerator", "denominator", "half_up", "half_even"),
    [
        (5, 2, 3, 2),
        (7, 2, 4, 4),
        (-5, 2, -3, -2),
        (-7, 2, -4, -4),
        (1, 3, 0, 0),
        (2, 3, 1, 1),
        (-2, 3, -1, -1),
        (0, 7, 0, 0),
        (1, 2, 1, 0),
        (-1, 2, -1, 0),
        (6, 3, 2, 2),
        (7, 1, 7, 7),
    ],
)
def test_rounding(numerator: int, denominator: int, half_up: int, half_even: int) -> None:
    assert money.round_half_up(numerator, denominator) == half_up
    assert money.round_half_even(numerator, denominator) == half_even


@pytest.mark.parametrize("rounding", [money.round_half_up, money.round_half_even])
@pytest.mark.parametrize("denominator", [0, -360])
def test_rounding_wants_a_denominator_above_zero(rounding: object, denominator: int) -> None:
    with pytest.raises(ValueError, match="above zero"):
        rounding(1, denominator)  # type: ignore[operator]


@given(st.integers(), st.integers(min_value=1))
@example(1, 2)
@example(3, 2)
def test_rounding_is_the_nearest_and_mirrors(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    for rounding in (money.round_half_up, money.round_half_even):
        rounded = rounding(numerator, denominator)
        assert abs(rounded - exact) <= Fraction(1, 2)
        assert rounding(-numerator, denominator) == -rounded
    assert money.round_half_even(numerator, denominator) == round(exact)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),  # 33⅓ each, the tie to the lowest index
        (101, [1, 1, 1], [34, 34, 33]),
        (100, [2, 3], [40, 60]),
        (10, [1, 0, 2], [3, 0, 7]),  # 3⅓, 0, 6⅔: the one left goes to the largest remainder
        (-100, [1, 1, 1], [-34, -33, -33]),
        (0, [5, 7], [0, 0]),
        (1, [1, 1], [1, 0]),
    ],
)
def test_split_by_weights(total: int, weights: list[int], parts: list[int]) -> None:
    assert money.split_by_weights(total, weights) == parts


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [3, -1]])
def test_split_wants_sane_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        money.split_by_weights(100, weights)


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any),
)
def test_split_adds_up_and_is_fair(total: int, weights: list[int]) -> None:
    parts = money.split_by_weights(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1


PLANTED = [
    Plant(
        test_rounding_is_the_nearest_and_mirrors,
        "kernel.money.round_half_up",
        lambda numerator, denominator: (2 * numerator + denominator) // (2 * denominator),
    ),
    Plant(
        test_rounding,
        "kernel.money.round_half_up",
        lambda numerator, denominator: numerator // denominator,
        {"numerator": 5, "denominator": 2, "half_up": 3, "half_even": 2},
    ),
    Plant(
        test_rounding_is_the_nearest_and_mirrors,
        "kernel.money.round_half_even",
        money.round_half_up,
    ),
    Plant(
        test_split_adds_up_and_is_fair,
        "kernel.money.split_by_weights",
        lambda total, weights: [total * weight // sum(weights) for weight in weights],
    ),
    Plant(
        test_split_by_weights,
        "kernel.money.split_by_weights",
        lambda total, weights: list(reversed(split_by_weights(total, weights))),
        {"total": 101, "weights": [1, 1, 1], "parts": [34, 34, 33]},
    ),
    Plant(
        test_parse_yuan_refuses_everything_else,
        "kernel.money._DECIMAL",
        re.compile(r"\s*[+-]?(\d+)(?:\.(\d{1,8}))?\s*"),
        {"text": "１２"},
    ),
    Plant(
        test_parse_yuan_refuses_everything_else,
        "kernel.money._DECIMAL",
        re.compile(r"([0-9]+)(?:\.([0-9]{2}))?[0-9]*"),
        {"text": "1.005"},
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
