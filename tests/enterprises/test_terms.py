"""What a period is worth, beside fractions and for any households: what the tables do not show."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises import terms
from enterprises.terms import BASES, Linked, Term
from kernel.dates import Period
from kernel.money import MONEY_MAX_FEN
from tests.planted import Plant

DAYS = 365


def linked(nr: int, stake_fen: int, *, persons: int = 3, days: int = DAYS) -> Linked:
    return Linked(
        household_id=nr,
        persons=persons,
        stake_fen=stake_fen,
        stake_days=stake_fen * days,
        linked_days=days,
    )


@st.composite
def agreed(draw: st.DrawFn) -> Term:
    basis = draw(st.sampled_from(BASES))
    by_rate = basis == "rate_on_stake"
    return Term(
        year_from=1,
        year_to=1,
        basis=basis,
        rate_ppm=draw(st.integers(0, 1_000_000)) if by_rate else 0,
        amount_fen=0 if by_rate else draw(st.integers(0, 100_000_000)),
        cash_bp=draw(st.integers(0, 10_000)),
        profit_share_bp=draw(st.integers(0, 10_000)),
    )


HOUSEHOLDS = st.lists(
    st.tuples(st.integers(0, MONEY_MAX_FEN), st.integers(0, 12), st.integers(1, DAYS)),
    min_size=1,
    max_size=8,
).map(
    lambda rows: [
        linked(nr, fen, persons=heads, days=days) for nr, (fen, heads, days) in enumerate(rows)
    ]
)


@given(
    term=agreed(),
    households=HOUSEHOLDS,
    months=st.sampled_from([3, 6, 12]),
    profit=st.integers(0, 10**12),
    fee=st.integers(0, 10_000),
)
def test_a_split_adds_up_and_each_floor_is_its_fraction(
    term: Term, households: list[Linked], months: int, profit: int, fee: int
) -> None:
    if not any(one.stake_fen for one in households):
        profit = 0
    parts = terms.split(
        term,
        households,
        rhythm_months=months,
        period_days=DAYS,
        profit_fen=profit,
        service_fee_bp=fee,
    )
    for one, part in zip(households, parts, strict=True):
        yearly = (
            Fraction(one.stake_fen * term.rate_ppm, 1_000_000)
            if term.basis == "rate_on_stake"
            else Fraction(term.amount_fen * (one.persons if term.basis == "per_person" else 1))
        )
        exact = yearly * Fraction(months, 12) * Fraction(one.linked_days, DAYS)
        assert abs(part.floor_fen - exact) <= Fraction(1, 2)
        assert part.cash_fen + part.reinvested_fen == part.amount_fen
        assert 0 <= part.cash_fen <= part.amount_fen
        assert abs(part.cash_fen - Fraction(part.amount_fen * term.cash_bp, 10_000)) <= Fraction(
            1, 2
        )
    floors = sum(part.floor_fen for part in parts)
    above = sum(part.profit_fen for part in parts)
    # all that is left above the floors, times the share; two roundings of half a fen at most
    left = max(Fraction(0), profit - Fraction(profit * fee, 10_000) - floors)
    assert abs(above - left * Fraction(term.profit_share_bp, 10_000)) <= 1


@given(
    start=st.dates(date(2014, 1, 1), date(2030, 12, 31)),
    months=st.sampled_from([3, 6, 12]),
    count=st.integers(1, 40),
)
def test_periods_follow_one_another_and_come_out_even(start: date, months: int, count: int) -> None:
    periods = [terms.period_of(start, months, nr) for nr in range(1, count + 1)]
    assert periods[0].start == start
    for before, after in pairwise(periods):
        assert before.end == after.start
    assert terms.periods_in(start, periods[-1].end, months) == count
    # a period never spans two years of the agreement
    years = [terms.year_of(months, nr) for nr in range(1, count + 1)]
    assert [years.count(year) for year in sorted(set(years))][:-1] == [12 // months] * (
        len(set(years)) - 1
    )


@pytest.mark.parametrize(
    ("to_on", "months", "periods"),
    [
        (date(2019, 5, 30), 12, 3),
        (date(2019, 5, 30), 6, 6),
        (date(2019, 5, 29), 12, None),
        (date(2019, 5, 31), 12, None),
        (date(2016, 11, 30), 12, None),
        (date(2016, 11, 30), 6, 1),
        (date(2016, 5, 30), 12, None),
    ],
)
def test_whole_periods(to_on: date, months: int, periods: int | None) -> None:
    assert terms.periods_in(date(2016, 5, 30), to_on, months) == periods


def test_years_without_a_term_or_with_two() -> None:
    def years(*spans: tuple[int, int]) -> list[int]:
        held = [Term(year_from=a, year_to=b, basis="per_household", amount_fen=1) for a, b in spans]
        return terms.uncovered_years(held, 5)

    assert years((1, 5)) == []
    assert years((1, 2), (3, 5)) == []
    assert years((1, 2), (4, 5)) == [3]
    assert years((1, 3), (3, 5)) == [3]
    assert years() == [1, 2, 3, 4, 5]
    # a term that reaches beyond the last year holds all the same
    assert years((1, 9)) == []


def test_the_largest_operands_stay_within_64_bits() -> None:
    """100 million yuan at 100 % for 366 days: doubled for the rounding, below 2^63."""
    assert 2 * MONEY_MAX_FEN * 366 * 1_000_000 < 2**63
    part = terms.floor_of(
        Term(year_from=1, year_to=1, basis="rate_on_stake", rate_ppm=1_000_000),
        linked(1, MONEY_MAX_FEN, days=366),
        rhythm_months=12,
        period_days=366,
    )
    assert part == MONEY_MAX_FEN


def test_due_at_the_start_or_after_the_end() -> None:
    period = Period(date(2016, 5, 30), date(2016, 11, 30))
    assert terms.due_on(period, in_advance=True) == date(2016, 5, 30)
    assert terms.due_on(period, in_advance=False) == date(2016, 11, 30)


PLANTED = [
    Plant(
        test_a_split_adds_up_and_each_floor_is_its_fraction,
        "enterprises.terms.round_half_up",
        lambda numerator, denominator: numerator // denominator,
    ),
    Plant(
        test_a_split_adds_up_and_each_floor_is_its_fraction,
        "enterprises.terms.split_by_weights",
        lambda total, weights: [total] * len(weights),
    ),
    Plant(
        test_periods_follow_one_another_and_come_out_even,
        "enterprises.terms.year_of",
        lambda months, nr: nr * months // 12 + 1,
    ),
    Plant(
        test_due_at_the_start_or_after_the_end,
        "enterprises.terms.due_on",
        lambda period, in_advance: period.end,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
