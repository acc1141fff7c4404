"""Repayment plans against the slow model, and what holds for every plan whatever its terms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kernel import day_count as counts
from kernel import money
from kernel.dates import ONE_DAY, day_of_month
from kernel.day_count import DAY_COUNTS, DayCount
from loans import schedule
from loans.due_dates import Rhythm, Span
from loans.refusals import GraceTooLong
from loans.schedule import METHODS, PlanTerms, Pricing
from tests.planted import Plant
from tests.slow_model import plan as slow

RHYTHMS = st.one_of(
    st.builds(Rhythm, st.sampled_from([1, 2, 3, 4, 6, 12, 18]), st.just("month")),
    st.builds(Rhythm, st.integers(1, 8), st.just("week")),
    st.builds(Rhythm, st.integers(5, 100), st.just("day")),
)
SETTLED = st.builds(Rhythm, st.sampled_from([1, 3, 6, 12]), st.just("month"))
STARTS = st.dates(date(2014, 1, 1), date(2024, 12, 31)) | st.sampled_from(
    [date(2015, 1, 31), date(2016, 2, 29), date(2016, 6, 20), date(2016, 6, 21), date(2016, 12, 31)]
)


@st.composite
def all_terms(draw: st.DrawFn) -> PlanTerms:
    """Every method, day count, rhythm and rounding, with and without a settlement day."""
    settle_on = draw(st.none() | st.integers(1, 31))
    start = draw(STARTS)
    count = draw(st.none() | st.integers(1, 14))
    end = None if count else start + timedelta(days=draw(st.integers(1, 800)))
    rate_ppm = draw(st.integers(0, 1_000_000) | st.sampled_from([0, 43_500, 47_500]))
    return PlanTerms(
        principal_fen=draw(st.integers(1, 10_000_000_000) | st.integers(1, 60)),
        pricing=Pricing(
            rate_ppm,
            draw(st.sampled_from(DAY_COUNTS)),
            draw(st.sampled_from(["half-up", "half-even"])),
        ),
        method=draw(st.sampled_from(METHODS)),
        start=start,
        rhythm=draw(RHYTHMS if settle_on is None else SETTLED),
        end=end,
        count=count,
        settle_on=settle_on,
        grace=draw(st.just(0) | st.integers(0, 3)),
    )


def slowly(terms: PlanTerms) -> list[slow.Row]:
    return slow.plan(
        terms.principal_fen,
        Fraction(terms.pricing.annual_rate_ppm, 10_000),
        terms.method,
        terms.start,
        terms.rhythm.every,
        terms.rhythm.unit,
        terms.pricing.day_count,
        terms.settle_on,
        terms.end,
        terms.count,
        terms.grace,
        terms.pricing.rounding,
    )


CLAMPED = PlanTerms(
    5_000_000,
    Pricing(47_500, "30/360"),
    "equal-installment",
    date(2015, 1, 31),
    Rhythm(1, "month"),
    count=6,
)
HALF_A_FEN = PlanTerms(
    100, Pricing(60_000, "30/360", "half-even"), "bullet", CLAMPED.start, CLAMPED.rhythm, count=1
)


@settings(max_examples=250, deadline=None)
@given(all_terms())
@example(CLAMPED)
@example(HALF_A_FEN)
def test_against_the_slow_model(terms: PlanTerms) -> None:
    if terms.grace >= len(terms.spans()) and terms.grace:
        with pytest.raises(GraceTooLong):
            schedule.plan(terms)
        return
    rows = [
        slow.Row(row.due, row.days, row.principal_fen, row.interest_fen, row.outstanding_fen)
        for row in schedule.plan(terms)
    ]
    assert rows == slowly(terms)


@settings(max_examples=250, deadline=None)
@given(all_terms())
@example(CLAMPED)
def test_what_holds_for_every_plan(terms: PlanTerms) -> None:
    if terms.grace >= len(terms.spans()):
        return
    rows = schedule.plan(terms)
    assert [row.nr for row in rows] == list(range(1, len(rows) + 1))
    assert sum(row.principal_fen for row in rows) == terms.principal_fen
    assert rows[-1].outstanding_fen == 0
    assert all(row.outstanding_fen >= 0 and row.interest_fen >= 0 for row in rows)
    assert all(row.days > 0 for row in rows)
    edges = [terms.start, *(row.due for row in rows)]
    assert [row.start for row in rows] == edges[:-1]
    if terms.end is not None:
        assert rows[-1].due == terms.end
    elif terms.method != "bullet":
        assert len(rows) == terms.count


@settings(max_examples=150, deadline=None)
@given(all_terms(), st.data())
def test_the_rest_of_an_unchanged_plan_keeps_its_due_dates(
    terms: PlanTerms, data: st.DataObject
) -> None:
    if terms.grace >= len(terms.spans()):
        return
    rows = schedule.plan(terms)
    on = data.draw(st.dates(terms.start, rows[-1].due - timedelta(days=1)))
    rest = schedule.replan(terms, on=on, principal_fen=terms.principal_fen)
    assert [(row.nr, row.due) for row in rest] == [
        (row.nr, row.due) for row in rows if row.due > on
    ]
    assert rest[0].start == on
    assert sum(row.principal_fen for row in rest) == terms.principal_fen


@settings(max_examples=100, deadline=None)
@given(all_terms(), st.data())
def test_on_a_due_date_the_rest_of_a_plan_is_its_rest(
    terms: PlanTerms, data: st.DataObject
) -> None:
    """Nothing was paid early, so nothing changes, but for the rounding of an equal part."""
    if terms.grace >= len(terms.spans()) or terms.method in (
        "equal-principal",
        "equal-installment",
    ):
        return
    rows = schedule.plan(terms)
    row = data.draw(st.sampled_from(rows))
    if row is not rows[-1]:
        rest = schedule.replan(terms, on=row.due, principal_fen=row.outstanding_fen)
        assert rest == rows[row.nr :]


def _level_by_mean(principal_fen: int, pricing: Pricing, spans: Sequence[Span]) -> int:
    """The textbook formula, with one rate for all periods."""
    one = Fraction(1)
    rate = sum((Fraction(*pricing.rate(span)) for span in spans), 0 * one) / len(spans)
    if not rate:
        return money.round_half_up(principal_fen, len(spans))
    discounted = one
    for _span in spans:
        discounted /= 1 + rate
    level = principal_fen * rate / (1 - discounted)
    return money.round_half_up(level.numerator, level.denominator)


def _never_regular(
    start: date, end: date, convention: DayCount, *, regular: int | None
) -> tuple[int, int]:
    return counts.year_fraction(start, end, convention)


PLANTED = [
    Plant(test_against_the_slow_model, "loans.schedule.level_instalment_fen", _level_by_mean),
    Plant(
        test_against_the_slow_model,
        "loans.schedule.ROUNDINGS",
        {"half-up": money.round_half_up, "half-even": money.round_half_up},
    ),
    Plant(
        test_against_the_slow_model,
        "loans.schedule.year_fraction",
        _never_regular,
    ),
    Plant(
        test_against_the_slow_model,
        "loans.due_dates.Rhythm.date",
        lambda rhythm, start, steps: start + timedelta(days=30 * rhythm.every * steps),
    ),
    Plant(
        test_against_the_slow_model,
        "loans.due_dates._settlement_due",
        day_of_month,
    ),
    Plant(
        test_against_the_slow_model,
        "loans.due_dates._is_settlement_due",
        lambda _start, _every, _day: True,
    ),
    Plant(test_what_holds_for_every_plan, "loans.schedule.min", lambda part, _left: part),
    Plant(
        test_what_holds_for_every_plan,
        "loans.schedule.spans_until",
        lambda start, end, _rhythm, *, settle_on: (Span(start, end + ONE_DAY, settle_on),),
    ),
    Plant(
        test_the_rest_of_an_unchanged_plan_keeps_its_due_dates,
        "loans.due_dates.Span.cut",
        lambda span, _on: span,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
