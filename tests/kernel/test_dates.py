"""Dates: strict forms, months counted from the anchor, half-open periods."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import dates
from kernel.dates import Period, is_month_end, month_end, parse_date
from kernel.refusals import BadValue
from tests.planted import Plant

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def test_parse_date() -> None:
    assert parse_date("2016-05-30", field="from") == date(2016, 5, 30)
    assert parse_date("1900-01-01", field="from") == date(1900, 1, 1)
    assert parse_date("2100-12-31", field="from") == date(2100, 12, 31)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2016-5-30",
        "20160530",
        "2016/05/30",
        "30-05-2016",
        "2016-02-30",
        "2015-02-29",
        "2016-13-01",
        "2016-05-30 ",
        "2016-05-30T00:00",
        "２０１６-05-30",
        "1899-12-31",
        "2101-01-01",
        "0000-00-00",
        "2016-W22-1",
        None,
        20160530,
    ],
)
def test_parse_date_refuses(text: object) -> None:
    with pytest.raises(BadValue) as refused:
        parse_date(text, field="from")  # type: ignore[arg-type]
    assert refused.value.field == "from"


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2016, 1, 31), 1, date(2016, 2, 29)),
        (date(2015, 1, 31), 1, date(2015, 2, 28)),
        (date(2015, 1, 31), 2, date(2015, 3, 31)),
        (date(2016, 2, 29), 12, date(2017, 2, 28)),
        (date(2016, 11, 30), 3, date(2017, 2, 28)),
        (date(2016, 12, 1), 1, date(2017, 1, 1)),
        (date(2016, 3, 31), -1, date(2016, 2, 29)),
        (date(2016, 1, 15), -1, date(2015, 12, 15)),
        (date(2016, 5, 30), 0, date(2016, 5, 30)),
    ],
)
def test_add_months_clamps_to_the_month_end(start: date, months: int, end: date) -> None:
    assert dates.add_months(start, months) == end


@given(DAYS, st.integers(0, 480))
def test_add_months_lands_in_the_right_month(start: date, months: int) -> None:
    end = dates.add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and is_month_end(end))
    assert dates.whole_months(start, end) == months


@given(DAYS, DAYS)
def test_whole_months_is_the_largest_that_fits(one: date, other: date) -> None:
    start, end = sorted((one, other))
    months = dates.whole_months(start, end)
    assert dates.add_months(start, months) <= end < dates.add_months(start, months + 1)


def test_month_end() -> None:
    assert month_end(date(2016, 2, 3)) == date(2016, 2, 29)
    assert is_month_end(date(2016, 2, 29))
    assert not is_month_end(date(2016, 2, 28))


def test_a_period_holds_its_first_day_and_not_its_last() -> None:
    period = Period(date(2016, 5, 30), date(2016, 6, 21))
    assert period.days == 22  # 30 and 31 May, 1 to 20 June
    assert date(2016, 5, 30) in period
    assert date(2016, 6, 20) in period
    assert date(2016, 6, 21) not in period


def test_a_period_cannot_run_backwards() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Period(date(2016, 5, 31), date(2016, 5, 30))


@given(DAYS, DAYS, DAYS, DAYS, DAYS)
def test_overlap_is_what_both_hold(a: date, b: date, c: date, d: date, day: date) -> None:
    one, other = Period(min(a, b), max(a, b)), Period(min(c, d), max(c, d))
    shared = one.overlap(other)
    assert (day in shared) == (day in one and day in other)
    assert shared.days == other.overlap(one).days


PLANTED = [
    Plant(
        test_add_months_clamps_to_the_month_end,
        "kernel.dates.day_of_month",
        lambda year, month, day: date(year, month, min(day, 28)),
        {"start": date(2015, 1, 31), "months": 2, "end": date(2015, 3, 31)},
    ),
    Plant(
        test_whole_months_is_the_largest_that_fits,
        "kernel.dates.whole_months",
        lambda start, end: (end.year - start.year) * 12 + end.month - start.month,
    ),
    Plant(
        test_a_period_holds_its_first_day_and_not_its_last,
        "kernel.dates.Period.__contains__",
        lambda period, day: period.start <= day <= period.end,
    ),
    Plant(
        test_overlap_is_what_both_hold,
        "kernel.dates.Period.overlap",
        lambda period, _other: period,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
