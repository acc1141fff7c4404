"""Due dates: rhythms, settlement days, where a maturity cuts, and which spans are whole."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kernel.refusals import BadValue
from loans import due_dates
from loans.due_dates import Rhythm, Span, spans_counted, spans_until
from loans.refusals import TooManyInstalments
from tests.planted import Plant

START = date(2016, 5, 30)
QUARTERLY = Rhythm(3, "month")


@pytest.mark.parametrize(
    ("text", "rhythm"),
    [("3-month", QUARTERLY), ("2-week", Rhythm(2, "week")), ("10-day", Rhythm(10, "day"))],
)
def test_rhythms_there_and_back(text: str, rhythm: Rhythm) -> None:
    assert due_dates.parse_rhythm(text, field="every") == rhythm
    assert str(rhythm) == text


@pytest.mark.parametrize(
    "text", ["", "3", "month", "0-month", "-1-month", "3-months", "1.5-week", "３-month", "3-year"]
)
def test_other_rhythms_are_refused(text: str) -> None:
    with pytest.raises(BadValue) as refused:
        due_dates.parse_rhythm(text, field="every")
    assert refused.value.field == "every"


def test_the_bounds_themselves_are_allowed() -> None:
    """Day 1 and day 31, the year 2100, and as many instalments as there may be."""
    monthly = Rhythm(1, "month")
    (first,) = spans_counted(START, 1, monthly, settle_on=1)
    (last,) = spans_counted(START, 1, monthly, settle_on=31)
    assert (first.end, last.end) == (date(2016, 6, 2), date(2016, 6, 1))
    (span,) = spans_counted(date(2099, 12, 31), 1, Rhythm(12, "month"))
    assert span.end == date(2100, 12, 31)
    assert len(spans_counted(START, 4_000, Rhythm(1, "day"))) == 4_000
    end = START + timedelta(days=4_000)
    assert len(spans_until(START, end, Rhythm(1, "day"))) == 4_000
    with pytest.raises(TooManyInstalments):
        spans_until(START, end + timedelta(days=1), Rhythm(1, "day"))


@pytest.mark.parametrize(
    ("rhythm", "settle_on"), [(Rhythm(9_999, "month"), None), (Rhythm(12, "month"), 31)]
)
def test_a_maturity_at_the_end_of_the_years(rhythm: Rhythm, settle_on: int | None) -> None:
    """The next date of the rhythm lies beyond, and nobody asked for it."""
    start, last = date(2100, 1, 1), date(2100, 12, 30)
    assert spans_until(start, last, rhythm, settle_on=settle_on) == (Span(start, last),)


def test_a_maturity_before_the_first_step_is_one_broken_span() -> None:
    assert spans_until(START, date(2016, 6, 1), QUARTERLY) == (Span(START, date(2016, 6, 1)),)


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        (Rhythm(2, "week"), [date(2016, 6, 13), date(2016, 6, 27)]),
        (Rhythm(10, "day"), [date(2016, 6, 9), date(2016, 6, 19)]),
    ],
)
def test_weeks_and_days_are_never_whole_months(rhythm: Rhythm, expected: list[date]) -> None:
    spans = spans_counted(START, 2, rhythm)
    assert [span.end for span in spans] == expected
    assert [span.months for span in spans] == [None, None]


@pytest.mark.parametrize(
    ("start", "settle_on", "every", "expected"),
    [
        # the settlement day itself still counts: one day, due on the 21st
        (date(2016, 6, 20), 20, 3, [(date(2016, 6, 21), 1), (date(2016, 9, 21), 92)]),
        # the day after belongs to the next settlement
        (date(2016, 6, 21), 20, 3, [(date(2016, 9, 21), 92), (date(2016, 12, 21), 91)]),
        (date(2016, 6, 19), 20, 1, [(date(2016, 6, 21), 2), (date(2016, 7, 21), 30)]),
        (date(2016, 7, 1), 20, 6, [(date(2016, 12, 21), 173), (date(2017, 6, 21), 182)]),
        (date(2016, 7, 1), 20, 12, [(date(2016, 12, 21), 173), (date(2017, 12, 21), 365)]),
        # day 31 is the month's end, due on the first
        (date(2016, 1, 10), 31, 1, [(date(2016, 2, 1), 22), (date(2016, 3, 1), 29)]),
        (date(2017, 1, 30), 30, 1, [(date(2017, 1, 31), 1), (date(2017, 3, 1), 29)]),
        # the eve of the first of the month settles the month before
        (date(2016, 12, 31), 31, 12, [(date(2017, 1, 1), 1), (date(2018, 1, 1), 365)]),
        (date(2017, 1, 1), 31, 12, [(date(2018, 1, 1), 365), (date(2019, 1, 1), 365)]),
    ],
)
def test_settlement_days(
    start: date, settle_on: int, every: int, expected: list[tuple[date, int]]
) -> None:
    spans = spans_counted(start, 2, Rhythm(every, "month"), settle_on=settle_on)
    assert [(span.end, span.days) for span in spans] == expected


def test_the_last_span_ends_on_the_maturity() -> None:
    """Settled up to 20 September, due on the 21st; a maturity on the 20th ends before that."""
    first = Span(START, date(2016, 6, 21))
    for end, months in ((date(2016, 9, 20), None), (date(2016, 9, 21), 3)):
        spans = spans_until(START, end, QUARTERLY, settle_on=20)
        assert spans == (first, Span(date(2016, 6, 21), end, months))


def test_a_loan_that_starts_where_a_settlement_ended_is_whole_from_the_start() -> None:
    (span,) = spans_counted(date(2016, 6, 21), 1, QUARTERLY, settle_on=20)
    assert span == Span(date(2016, 6, 21), date(2016, 9, 21), 3)
    (span,) = spans_counted(date(2016, 7, 21), 1, QUARTERLY, settle_on=20)
    assert span == Span(date(2016, 7, 21), date(2016, 9, 21))


def test_as_one_is_whole_when_every_part_is() -> None:
    assert due_dates.as_one(spans_counted(date(2015, 1, 31), 13, Rhythm(1, "month"))) == Span(
        date(2015, 1, 31), date(2016, 2, 29), 13
    )
    assert due_dates.as_one(spans_until(START, date(2016, 12, 10), QUARTERLY)).months is None


def test_a_span_cut_at_its_own_start_stays_whole() -> None:
    span = Span(date(2016, 5, 30), date(2016, 8, 30), 3)
    assert span.cut(date(2016, 5, 30)) is span
    assert span.cut(date(2016, 6, 1)) == Span(date(2016, 6, 1), date(2016, 8, 30), None)


PLANTED = [
    Plant(
        test_settlement_days,
        "loans.due_dates._settlement_due",
        lambda year, month, day: date(year, month, min(day, 28)),
        {
            "start": date(2016, 6, 20),
            "settle_on": 20,
            "every": 3,
            "expected": [(date(2016, 6, 21), 1), (date(2016, 9, 21), 92)],
        },
    ),
    Plant(
        test_a_loan_that_starts_where_a_settlement_ended_is_whole_from_the_start,
        "loans.due_dates._is_settlement_due",
        lambda _start, _every, _day: True,
    ),
    Plant(test_as_one_is_whole_when_every_part_is, "loans.due_dates.sum", max),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
