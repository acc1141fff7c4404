"""Day counts: each convention by hand, and against the slow model."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kernel import day_count
from kernel.day_count import DAY_COUNTS, DayCount
from tests.planted import Plant
from tests.slow_model import plan as slow

DAYS = st.dates(date(1999, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("start", "end", "convention", "regular", "expected"),
    [
        # 30 and 31 May, 1 to 20 June: 22 days
        (date(2016, 5, 30), date(2016, 6, 21), "act/360", None, Fraction(22, 360)),
        (date(2016, 5, 30), date(2016, 6, 21), "act/365", None, Fraction(22, 365)),
        (date(2016, 1, 1), date(2017, 1, 1), "act/360", None, Fraction(366, 360)),
        # 16 days of 2015 (16 to 31 December), 15 days of 2016 (1 to 15 January)
        (
            date(2015, 12, 16),
            date(2016, 1, 16),
            "act/act",
            None,
            Fraction(16, 365) + Fraction(15, 366),
        ),
        (date(2016, 1, 1), date(2017, 1, 1), "act/act", None, Fraction(1)),
        (date(2015, 7, 1), date(2018, 7, 1), "act/act", None, Fraction(184 + 181, 365) + 2),
        # broken, 30E/360: (6 − 5) × 30 + 21 − 30 = 21
        (date(2016, 5, 30), date(2016, 6, 21), "30/360", None, Fraction(21, 360)),
        # both ends on the 31st count as the 30th: 2 months
        (date(2016, 1, 31), date(2016, 3, 31), "30/360", None, Fraction(60, 360)),
        # 28 February is day 28: 30 − 2 = 28 days
        (date(2015, 1, 31), date(2015, 2, 28), "30/360", None, Fraction(28, 360)),
        # the same two dates in a rhythm of one month
        (date(2015, 1, 31), date(2015, 2, 28), "30/360", 1, Fraction(1, 12)),
        (date(2015, 2, 28), date(2015, 3, 31), "by-month", 1, Fraction(1, 12)),
        # broken, by month: 28 Feb to 28 Mar is one month, then 3 days
        (date(2015, 2, 28), date(2015, 3, 31), "by-month", None, Fraction(33, 360)),
        # 30 May to 30 Apr is eleven months, then 5 days
        (
            date(2016, 5, 30),
            date(2017, 5, 5),
            "by-month",
            None,
            Fraction(11, 12) + Fraction(5, 360),
        ),
        (date(2016, 5, 30), date(2019, 5, 30), "by-month", None, Fraction(3)),
        # a regular period changes nothing where days are counted
        (date(2016, 1, 1), date(2016, 2, 1), "act/360", 1, Fraction(31, 360)),
        (date(2016, 1, 1), date(2016, 1, 1), "act/act", None, Fraction(0)),
    ],
)
def test_by_hand(
    start: date, end: date, convention: DayCount, regular: int | None, expected: Fraction
) -> None:
    got = day_count.year_fraction(start, end, convention, regular=regular)
    assert Fraction(*got) == expected


@given(DAYS, DAYS, st.sampled_from(DAY_COUNTS), st.none() | st.integers(1, 12))
@example(date(2016, 1, 15), date(2016, 1, 31), "30/360", None)
def test_against_the_slow_model(
    one: date, other: date, convention: DayCount, regular: int | None
) -> None:
    start, end = sorted((one, other))
    got = Fraction(*day_count.year_fraction(start, end, convention, regular=regular))
    assert got == slow.part_of_year(start, end, convention, regular)


@given(DAYS, DAYS, st.sampled_from(["30/360", "by-month"]))
def test_an_early_part_is_counted_by_actual_days(
    one: date, other: date, convention: DayCount
) -> None:
    start, end = sorted((one, other))
    assert day_count.actual_fraction(start, end, convention) == ((end - start).days, 360)


def test_a_period_cannot_run_backwards() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        day_count.year_fraction(date(2016, 1, 2), date(2016, 1, 1), "act/360")


def _including_the_last_day(start: date, end: date) -> tuple[int, int]:
    return (end - start).days + 1, 360


def _without_the_31st(start: date, end: date) -> tuple[int, int]:
    months = (end.year - start.year) * 12 + end.month - start.month
    return months * 30 + end.day - start.day, 360


PLANTED = [
    Plant(
        test_against_the_slow_model,
        "kernel.day_count._CONVENTIONS",
        {**day_count._CONVENTIONS, "act/360": _including_the_last_day},
    ),
    Plant(
        test_against_the_slow_model,
        "kernel.day_count._CONVENTIONS",
        {**day_count._CONVENTIONS, "30/360": _without_the_31st},
    ),
    Plant(test_against_the_slow_model, "kernel.day_count.isleap", lambda _year: False),
    Plant(test_against_the_slow_model, "kernel.day_count._BY_MONTHS", frozenset()),
    Plant(
        test_an_early_part_is_counted_by_actual_days,
        "kernel.day_count.actual_fraction",
        day_count.year_fraction,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
