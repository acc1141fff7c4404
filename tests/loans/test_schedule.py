"""Repayment plans: the vectors of the trade, the awkward cases by hand."""

from __future__ import annotations

from datetime import date

import pytest

from kernel.day_count import DayCount
from kernel.money import Rounding
from loans import schedule
from loans.due_dates import Rhythm
from loans.refusals import (
    CountNotPositive,
    DebtWouldGrow,
    DueDateTooFar,
    GraceTooLong,
    MaturityNotAfterStart,
    PrincipalNotPositive,
    SettlementDayUnknown,
    SettlementRhythmUnfit,
    TooManyInstalments,
)
from loans.schedule import Method, PlanRow, PlanTerms, Pricing

QUARTERLY = Rhythm(3, "month")
MONTHLY = Rhythm(1, "month")


def terms(
    *,
    principal_fen: int = 5_000_000,
    rate_ppm: int = 47_500,
    method: Method = "interest-only",
    start: date = date(2016, 5, 30),
    end: date | None = None,
    count: int | None = None,
    rhythm: Rhythm = QUARTERLY,
    settle_on: int | None = None,
    day_count: DayCount = "act/360",
    grace: int = 0,
    rounding: Rounding = "half-up",
) -> PlanTerms:
    pricing = Pricing(rate_ppm, day_count, rounding)
    return PlanTerms(principal_fen, pricing, method, start, rhythm, end, count, settle_on, grace)


def interests(rows: tuple[PlanRow, ...]) -> list[int]:
    return [row.interest_fen for row in rows]


def parts(rows: tuple[PlanRow, ...]) -> list[int]:
    return [row.principal_fen for row in rows]


def dues(rows: tuple[PlanRow, ...]) -> list[date]:
    return [row.due for row in rows]


MATURITY = date(2019, 5, 30)


def test_v3_three_years_settled_on_the_20th() -> None:
    """6 597.2222 fen of interest for ten days (5 000 000 × 0.0475 × 10 ÷ 360), by days."""
    rows = schedule.plan(terms(end=MATURITY, settle_on=20))
    assert [row.days for row in rows] == [22, 92, 91, 90, 92, 92, 91, 90, 92, 92, 91, 90, 70]
    first, long, autumn, winter, last = 14_514, 60_694, 60_035, 59_375, 46_181
    year = [long, long, autumn, winter]
    assert interests(rows) == [first, long, autumn, winter, *year, *year, last]
    assert sum(interests(rows)) == 722_395
    assert dues(rows)[:3] == [date(2016, 6, 21), date(2016, 9, 21), date(2016, 12, 21)]
    assert dues(rows)[-1] == MATURITY
    assert parts(rows) == [0] * 12 + [5_000_000]
    assert [row.outstanding_fen for row in rows] == [5_000_000] * 12 + [0]


@pytest.mark.parametrize(
    ("day_count", "expected"),
    [
        ("act/360", 722_396),  # 5 000 000 × 0.0475 × 1095 ÷ 360 = 722 395.83
        ("act/365", 712_500),  # 1095 = 3 × 365
        ("by-month", 712_500),  # 36 months
        ("30/360", 712_500),
        # 216 days of 2016, two years, 149 days of 2019: 237 500 × (216/366 + 2 + 149/365)
        ("act/act", 712_116),  # 140 163.934 + 475 000 + 96 952.055 = 712 115.989
    ],
)
def test_v2_one_bullet_payment(day_count: DayCount, expected: int) -> None:
    (row,) = schedule.plan(terms(method="bullet", end=MATURITY, settle_on=20, day_count=day_count))
    assert row.interest_fen == expected
    assert (row.days, row.due, row.principal_fen) == (1_095, MATURITY, 5_000_000)


def test_v4_one_year_quarterly() -> None:
    rows = schedule.plan(terms(rate_ppm=43_500, end=date(2017, 5, 30), settle_on=20))
    assert interests(rows) == [13_292, 55_583, 54_979, 54_375, 42_292]
    assert sum(interests(rows)) == 220_521


def test_equal_principal_leaves_the_remainder_to_the_last_row() -> None:
    """1000.00 in three: 333.33, 333.33, 333.34; at 12 % by months 1 % of what is outstanding."""
    rows = schedule.plan(
        terms(
            principal_fen=100_000,
            rate_ppm=120_000,
            method="equal-principal",
            count=3,
            rhythm=MONTHLY,
            day_count="by-month",
        )
    )
    assert parts(rows) == [33_333, 33_333, 33_334]
    assert interests(rows) == [1_000, 667, 333]  # of 100 000, 66 667 and 33 334
    assert [row.outstanding_fen for row in rows] == [66_667, 33_334, 0]


def test_level_instalment_by_hand() -> None:
    """1000.00 at 1 % a month, three rows: 1000 × 0.01 ÷ (1 − 1.01⁻³) = 340.0221."""
    rows = schedule.plan(
        terms(
            principal_fen=100_000,
            rate_ppm=120_000,
            method="equal-installment",
            count=3,
            rhythm=MONTHLY,
            day_count="30/360",
        )
    )
    # 34 002 − 1 000 = 33 002; 1 % of 66 998 is 669.98; 1 % of 33 666 is 336.66
    assert interests(rows) == [1_000, 670, 337]
    assert parts(rows) == [33_002, 33_332, 33_666]
    assert [row.total_fen for row in rows] == [34_002, 34_002, 34_003]


def test_level_instalment_follows_the_days_of_each_period() -> None:
    """Two rows of 31 and 29 days at 36 % act/360: factors 1.031 and 1.029.

    P·1.031·1.029 ÷ (1.029 + 1) = 1 060 899 ÷ 2.029 = 522 867.9 for 10 000.00.
    """
    rows = schedule.plan(
        terms(
            principal_fen=1_000_000,
            rate_ppm=360_000,
            method="equal-installment",
            start=date(2016, 1, 1),
            count=2,
            rhythm=MONTHLY,
        )
    )
    # 522 868 − 31 000 = 491 868; 508 132 × 0.029 = 14 735.828
    assert [row.total_fen for row in rows] == [522_868, 508_132 + 14_736]
    assert parts(rows) == [491_868, 508_132]


def test_a_rate_of_zero_divides_evenly() -> None:
    rows = schedule.plan(
        terms(principal_fen=100_000, rate_ppm=0, method="equal-installment", count=3)
    )
    assert parts(rows) == [33_333, 33_333, 33_334]
    assert interests(rows) == [0, 0, 0]


@pytest.mark.parametrize("method", ["equal-principal", "equal-installment"])
def test_fewer_fen_than_rows(method: Method) -> None:
    """6 fen in 12 rows: half a fen rounds to one, and after six of them nothing is left to pay."""
    rows = schedule.plan(terms(principal_fen=6, rate_ppm=0, method=method, count=12))
    assert parts(rows) == [1] * 6 + [0] * 6
    rows = schedule.plan(terms(principal_fen=5, rate_ppm=0, method=method, count=12))
    assert parts(rows) == [0] * 11 + [5]  # 0.42 rounds to none, the last row pays it all


def test_half_even() -> None:
    """0.5 fen a row: none under half-even, one under half-up."""
    # 100 fen × 6 % × 30 days ÷ 360 = 0.5 fen
    common = {"principal_fen": 100, "rate_ppm": 60_000, "start": date(2016, 4, 1)}
    up = schedule.plan(terms(**common, count=1, rhythm=MONTHLY))  # type: ignore[arg-type]
    even = schedule.plan(
        terms(**common, count=1, rhythm=MONTHLY, rounding="half-even")  # type: ignore[arg-type]
    )
    assert (interests(up), interests(even)) == ([1], [0])


def test_grace_pays_interest_only() -> None:
    """900.00 in two rows after one of grace: interest on all of it twice, then on half."""
    rows = schedule.plan(
        terms(
            principal_fen=90_000,
            rate_ppm=120_000,
            method="equal-principal",
            count=3,
            rhythm=MONTHLY,
            day_count="by-month",
            grace=1,
        )
    )
    assert parts(rows) == [0, 45_000, 45_000]
    assert interests(rows) == [900, 900, 450]


def test_level_instalment_after_grace() -> None:
    """1000.00 at 1 %: one row of 10.00, then 1000 × 0.01 ÷ (1 − 1.01⁻²) = 507.5124."""
    rows = schedule.plan(
        terms(
            principal_fen=100_000,
            rate_ppm=120_000,
            method="equal-installment",
            count=3,
            rhythm=MONTHLY,
            day_count="by-month",
            grace=1,
        )
    )
    assert [row.total_fen for row in rows] == [1_000, 50_751, 50_249 + 502]
    assert parts(rows) == [0, 49_751, 50_249]  # 1 % of 50 249 is 502.49


def test_months_are_counted_from_the_first_day_and_clamped() -> None:
    rows = schedule.plan(
        terms(start=date(2015, 1, 31), count=4, rhythm=MONTHLY, day_count="30/360")
    )
    assert dues(rows) == [
        date(2015, 2, 28),
        date(2015, 3, 31),
        date(2015, 4, 30),
        date(2015, 5, 31),
    ]
    # each a twelfth, clamped or not: 5 000 000 × 0.0475 ÷ 12 = 19 791.67
    assert interests(rows) == [19_792] * 4
    assert [row.days for row in rows] == [28, 31, 30, 31]


def test_a_maturity_off_the_rhythm_cuts_the_last_period() -> None:
    rows = schedule.plan(terms(end=date(2016, 12, 10), day_count="30/360"))
    assert dues(rows) == [date(2016, 8, 30), date(2016, 11, 30), date(2016, 12, 10)]
    # a quarter of 237 500 is 59 375; 10 days of 360 are 6 597.22
    assert interests(rows) == [59_375, 59_375, 6_597]


def test_only_the_ends_of_a_settled_plan_are_broken() -> None:
    """By month: 30 May to 21 June is 22 days of 360, then quarters, then 2 months and 9 days."""
    rows = schedule.plan(terms(end=date(2017, 5, 30), settle_on=20, day_count="by-month"))
    # 237 500 × 22/360 = 14 513.89; a quarter 59 375; 237 500 × 69/360 = 45 520.83
    assert interests(rows) == [14_514, 59_375, 59_375, 59_375, 45_521]


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"principal_fen": 0, "count": 1}, PrincipalNotPositive, "principal"),
        ({"principal_fen": -1, "count": 1}, PrincipalNotPositive, "principal"),
        ({"end": date(2016, 5, 30)}, MaturityNotAfterStart, "to"),
        ({"end": date(2016, 5, 29)}, MaturityNotAfterStart, "to"),
        ({"count": 0}, CountNotPositive, "count"),
        ({"count": 4_001}, TooManyInstalments, "count"),
        ({"end": date(2030, 5, 30), "rhythm": Rhythm(1, "day")}, TooManyInstalments, "every"),
        ({"count": 400}, DueDateTooFar, "to"),
        ({"count": 1, "rhythm": Rhythm(9_999, "month")}, DueDateTooFar, "to"),
        (
            {"count": 2, "rhythm": Rhythm(9_999, "week"), "start": date(2099, 1, 1)},
            DueDateTooFar,
            "to",
        ),
        ({"count": 3, "grace": 3}, GraceTooLong, "grace"),
        ({"count": 3, "grace": 1, "method": "bullet"}, GraceTooLong, "grace"),
        (
            {"count": 3, "settle_on": 20, "rhythm": Rhythm(2, "month")},
            SettlementRhythmUnfit,
            "every",
        ),
        (
            {"count": 3, "settle_on": 20, "rhythm": Rhythm(3, "week")},
            SettlementRhythmUnfit,
            "every",
        ),
        ({"count": 3, "settle_on": 32}, SettlementDayUnknown, "settle_on"),
        ({"count": 3, "settle_on": 0}, SettlementDayUnknown, "settle_on"),
    ],
)
def test_refusals_name_the_field(
    changes: dict[str, object], refusal: type[Exception], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        schedule.plan(terms(**changes))  # type: ignore[arg-type]
    assert getattr(refused.value, "field", None) == field


@pytest.mark.parametrize("given", [{}, {"count": 3, "end": date(2017, 1, 1)}])
def test_either_a_maturity_or_a_count(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        schedule.plan(terms(**given))  # type: ignore[arg-type]


def test_a_debt_that_grows_is_shown_but_not_booked() -> None:
    """100 % a year for 120 months: 31 days cost 8.61 %, more than the level instalment."""
    rows = schedule.plan(
        terms(
            rate_ppm=1_000_000,
            method="equal-installment",
            start=date(2016, 1, 1),
            count=120,
            rhythm=MONTHLY,
        )
    )
    assert rows[0].principal_fen < 0
    with pytest.raises(DebtWouldGrow):
        schedule.require_bookable(rows)
    for method in schedule.METHODS:
        schedule.require_bookable(schedule.plan(terms(method=method, count=12)))


def test_replan_keeps_the_due_dates_and_breaks_the_first_period() -> None:
    """200.00 left of 300.00 on 10 February: 18 days to the 28th, then a whole month."""
    loan = terms(
        principal_fen=30_000,
        rate_ppm=120_000,
        method="equal-principal",
        start=date(2015, 1, 31),
        count=3,
        rhythm=MONTHLY,
        day_count="30/360",
    )
    rows = schedule.replan(loan, on=date(2015, 3, 10), principal_fen=20_000)
    assert [(row.nr, row.start, row.due) for row in rows] == [
        (2, date(2015, 3, 10), date(2015, 3, 31)),
        (3, date(2015, 3, 31), date(2015, 4, 30)),
    ]
    # 30E/360 from the 10th to the 30th: 20 days, 20 000 × 0.12 × 20 ÷ 360 = 133.33; then 100
    assert interests(rows) == [133, 100]
    assert parts(rows) == [10_000, 10_000]
    # before it, 28 February to 10 March by actual days: 20 000 × 0.12 × 10 ÷ 360 = 66.67
    assert loan.pricing.early_interest_fen(20_000, date(2015, 2, 28), date(2015, 3, 10)) == 67


def test_replan_on_a_due_date_starts_with_a_whole_period() -> None:
    loan = terms(method="equal-principal", count=4, day_count="by-month", grace=2)
    rest = schedule.replan(loan, on=date(2016, 8, 30), principal_fen=3_000_000)
    assert [row.nr for row in rest] == [2, 3, 4]
    assert parts(rest) == [0, 1_500_000, 1_500_000]  # one row of grace is still to come
    assert rest[0].interest_fen == 35_625  # 3 000 000 × 0.0475 ÷ 4


@pytest.mark.parametrize("on", [date(2016, 5, 29), date(2017, 5, 30)])
def test_replan_outside_the_plan_is_an_error(on: date) -> None:
    with pytest.raises(ValueError, match="outside"):
        schedule.replan(terms(count=4), on=on, principal_fen=1)
