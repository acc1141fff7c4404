"""The stress as arithmetic: chances of months by hand, what must hold of every portfolio, one seed
one answer. Nothing here touches a database.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_fund.stress import chain, stress
from risk_fund.stress.chain import PPM, Lives, Matrix, Row, recoveries, worsened
from risk_fund.stress.drawing import Spread, how_many
from risk_fund.stress.history import NOTHING, PRIOR, History, Prior, matrix_of, month_ends
from risk_fund.stress.outcome import spread
from risk_fund.stress.runs import Assumptions, Cell, Year, simulate
from tests.planted import Plant

#: nothing ever goes wrong; who is bad stays so
SOUND = Matrix(
    (
        (0, PPM, 0, 0, 0, 0),
        (0, PPM, 0, 0, 0, 0),
        (0, 0, 0, PPM, 0, 0),
        (0, 0, 0, 0, PPM, 0),
        (0, 0, 0, 0, 0, PPM),
    ),
    (PPM, 0, 0, 0, 0, 0),
)
#: of sound loans a tenth goes late in a month, and of those a half is claimed in the next, a
#: tenth catches up; a fifth is not paid when it matures; of bad ones a tenth is paid in a month
ROUGH = Matrix(
    (
        (0, 900_000, 100_000, 0, 0, 0),
        (0, 100_000, 400_000, 500_000, 0, 0),
        (100_000, 0, 0, 900_000, 0, 0),
        (0, 0, 0, 0, PPM, 0),
        (0, 0, 0, 0, 0, PPM),
    ),
    (800_000, 0, 200_000, 0, 0, 0),
)
ORDINARY = (Year("平常年景", "ordinary", 10_000, 100),)
YEARS = (Year("平常年景", "ordinary", 8_000, 100), Year("灾年", "calamity", 2_000, 500))


def assumed(matrix: Matrix = ROUGH, **changes: object) -> Assumptions:
    made = Assumptions(matrix, YEARS, 12, 300, 7)
    return replace(made, **changes)  # type: ignore[arg-type]


def cell(grade: int = 1, months: int = 12, loans: int = 200, lender: int = 1) -> Cell:
    """Loans of 10 000 yuan, of which 8 000 are covered and the fund bears 70 %."""
    out = loans * 1_000_000
    return Cell(lender, grade, months, 1_000_000, loans, out, out * 8 // 10, out * 56 // 100)


# --- one loan's months ----------------------------------------------------------------------------


def test_chances_of_the_first_months_by_hand() -> None:
    """A sound loan with three months left, along ordinary months.

    month 1: all of 1 sound: 0.1 goes late                          claimed 0
    month 2: sound 0.9, late 0.1: claimed 0.1 × 0.5 = 0.05; late 0.9 × 0.1 + 0.1 × 0.4 = 0.13,
             sound 0.9 × 0.9 + 0.1 × 0.1 = 0.82                      claimed 0.05
    month 3, its last: claimed 0.13 × 0.5 = 0.065; late 0.82 × 0.2 + 0.13 × 0.4 = 0.216
    month 4: claimed 0.216 × 0.5 = 0.108; late 0.216 × 0.4 = 0.0864
    month 5: claimed 0.0432
    """
    found = Lives(ROUGH, [1.0] * 5).claims(1, 3)
    assert [round(one, 9) for one in found] == [0.0, 0.05, 0.065, 0.108, 0.0432]


def test_a_loan_that_is_late_and_past_its_day_is_claimed_or_pays() -> None:
    # 0.5, then 0.4 × 0.5, then 0.4 × 0.4 × 0.5; who catches up has paid and is gone.
    found = Lives(ROUGH, [1.0] * 3).claims(2, 0)
    assert [round(one, 9) for one in found] == [0.5, 0.2, 0.08]


@pytest.mark.parametrize("grade", [3, 4, 5])
def test_a_bad_loan_is_claimed_at_once(grade: int) -> None:
    assert Lives(SOUND, [1.0] * 3).claims(grade, 30) == [1.0, 0.0, 0.0]


def test_what_is_claimed_comes_back_month_by_month() -> None:
    # A tenth; a tenth of nine tenths; a tenth of 0.81.
    back = recoveries(ROUGH, 3)
    assert [round(one, 9) for one in back[3]] == [0.1, 0.09, 0.081]
    assert back[4] == back[5] == [0.0, 0.0, 0.0]


def test_a_bad_year_sends_more_down_and_never_more_than_all() -> None:
    # 0.1 × 5 = 0.5 go down, the rest of the row shrinks to what is left: 0.9 × (0.5 ÷ 0.9).
    row: Row = (300_000, 600_000, 60_000, 40_000, 0, 0)
    assert [round(one, 9) for one in worsened(row, 1, 5.0)] == [
        0.166666667, 0.333333333, 0.3, 0.2, 0.0, 0.0,
    ]  # fmt: skip
    assert sum(worsened(row, 1, 50.0)[2:]) == pytest.approx(1.0)
    assert worsened((0, 0, 0, 0, PPM, 0), 3, 5.0)[4] == pytest.approx(1.0)


def rows(grade: int) -> st.SearchStrategy[Row]:
    """A row from a grade: any chances."""

    def whole(weights: list[int]) -> Row:
        total = sum(weights) or 1
        parts = [weight * PPM // total for weight in weights]
        parts[grade] += PPM - sum(parts)
        return parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]

    return st.lists(st.integers(0, 1000), min_size=6, max_size=6).map(whole)


matrices = st.builds(
    lambda one, two, three, four, five, due: Matrix((one, two, three, four, five), due),
    *[rows(grade) for grade in (1, 2, 3, 4, 5, 1)],
)


@given(matrices, st.lists(st.sampled_from([1.0, 2.0, 5.0]), min_size=1, max_size=30),
       st.sampled_from([1, 2]), st.integers(0, 30))  # fmt: skip
def test_nobody_is_claimed_more_than_once(
    matrix: Matrix, path: list[float], grade: int, months: int
) -> None:
    found = Lives(matrix, path).claims(grade, months)
    assert len(found) == len(path)
    assert min(found) >= 0.0
    assert sum(found) <= 1.0 + 1e-9


@given(st.integers(0, 200_000), st.integers(0, 200_000), st.integers(0, 200_000),
       st.integers(1, 24), st.sampled_from([1, 2]))  # fmt: skip
def test_more_of_any_chance_to_go_down_never_claims_less(
    late: int, claimed: int, due: int, months: int, grade: int
) -> None:
    def made(extra: int) -> Matrix:
        return Matrix(
            (
                (0, PPM - late - extra, late + extra, 0, 0, 0),
                (300_000, 0, 700_000 - claimed - extra, claimed + extra, 0, 0),
                *SOUND.rows[2:],
            ),
            (PPM - due - extra, 0, due + extra, 0, 0, 0),
        )

    path = [1.0] * 30
    fewer, more = (sum(Lives(made(one), path).claims(grade, months)) for one in (0, 50_000))
    worse = sum(Lives(made(0), [2.0] * 30).claims(grade, months))
    assert fewer <= more + 1e-9
    assert fewer <= worse + 1e-9


# --- drawing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "chance"), [(40, 0.2), (400, 0.3), (5_000, 0.001), (90, 0.97)])
def test_numbers_drawn_have_the_mean_and_the_spread_of_the_chance(n: int, chance: float) -> None:
    rng = Random(1)
    drawn = [how_many(rng, n, chance) for _ in range(4_000)]
    mean, spread_of = n * chance, (n * chance * (1 - chance)) ** 0.5
    assert min(drawn) >= 0
    assert max(drawn) <= n
    # Four standard errors of 4 000 draws.
    assert abs(sum(drawn) / 4_000 - mean) < 4 * spread_of / 4_000**0.5
    found = (sum((one - mean) ** 2 for one in drawn) / 4_000) ** 0.5
    assert found == pytest.approx(spread_of, rel=0.08)


def test_none_and_all_are_certain() -> None:
    rng = Random(1)
    assert [how_many(rng, 9, 0.0), how_many(rng, 9, 1.0), how_many(rng, 0, 0.5)] == [0, 9, 0]


@pytest.mark.parametrize("count", [7, 4_000])
def test_loans_that_are_hit_all_get_a_month(count: int) -> None:
    dealt = dict(Spread([0.0, 0.1, 0.0, 0.3]).deal(Random(3), count))
    assert sum(dealt.values()) == count
    assert set(dealt) <= {1, 3}


def test_months_are_dealt_by_their_chances() -> None:
    # Of 40 000, a quarter in month 1 and three quarters in month 3; four standard errors are 346.
    dealt = dict(Spread([0.0, 0.1, 0.0, 0.3]).deal(Random(3), 40_000))
    assert abs(dealt[1] - 10_000) < 350
    few = Spread([0.0, 0.1, 0.0, 0.3])
    rng = Random(3)
    singly = sum(dict(few.deal(rng, 10)).get(1, 0) for _ in range(4_000))
    assert abs(singly - 10_000) < 350


@pytest.mark.parametrize("count", [10, 10_000])
def test_loans_that_need_not_be_hit_stay_out_by_what_is_left_of_one(count: int) -> None:
    one = Spread([0.1, 0.1, 0.6])
    rng = Random(5)
    dealt = [dict(one.deal_or_not(rng, count, 2)) for _ in range(100_000 // count)]
    # A fifth in the first two months, whatever lies beyond them.
    assert abs(sum(sum(each.values()) for each in dealt) - 20_000) < 510
    assert all(month < 2 for each in dealt for month in each)


# --- whole portfolios -----------------------------------------------------------------------------

PORTFOLIO = [cell(1, 6), cell(1, 12, lender=2), cell(2, 3, 40), cell(3, 0, 10), cell(5, 0, 3)]


def test_one_seed_one_answer_and_another_seed_another() -> None:
    one = stress(PORTFOLIO, {1: 50_000_000}, assumed())
    assert one == stress(PORTFOLIO, {1: 50_000_000}, assumed())
    assert one.lost != stress(PORTFOLIO, {1: 50_000_000}, assumed(seed=8)).lost


def test_more_runs_do_not_change_the_first_ones() -> None:
    few = simulate(PORTFOLIO, {1: 50_000_000}, assumed(runs=20))
    assert simulate(PORTFOLIO, {1: 50_000_000}, assumed(runs=60))[:20] == few


def test_where_nothing_goes_wrong_nothing_is_lost() -> None:
    found = stress([cell(1), cell(2)], {1: 100}, assumed(SOUND))
    assert (found.lost.expected_fen, found.lost.worst99_fen) == (0, 0)
    assert set(found.whole.survival_ppm) == {PPM}
    assert found.whole.months_in(99) is None


def test_where_everything_is_lost_it_is_everything_to_the_fen() -> None:
    """Seven loans of an amount that seven do not divide, in the worst grade; none comes back."""
    bad = Cell(1, 5, 0, 0, 7, 10_000_001, 8_000_003, 5_600_002)
    found = stress([bad], {1: 5_600_001}, assumed(SOUND))
    assert found.lost == spread([10_000_001])
    assert found.fund_lost == spread([5_600_002])
    # Claimed in the first month, a fen more than there is.
    assert set(found.whole.survival_ppm) == {0}
    assert found.whole.months_in(95) == 0
    enough = stress([bad], {1: 5_600_002}, assumed(SOUND))
    assert set(enough.whole.survival_ppm) == {PPM}


@given(matrices, st.integers(1, 40), st.integers(1, 10**9), st.sampled_from([1, 2, 3, 5]),
       st.integers(0, 9))  # fmt: skip
def test_no_loss_is_below_nothing_or_above_everything(
    matrix: Matrix, loans: int, out: int, grade: int, months: int
) -> None:
    one = Cell(1, grade, months, 0, loans, out, out // 2, out // 3)
    for run in simulate([one], {1: out // 5}, assumed(matrix, runs=5)):
        assert 0 <= run.lost_fen <= out
        assert 0 <= run.fund_lost_fen <= run.peak_fen[1] <= out // 3
        assert (1 in run.dry) == (run.peak_fen[1] > out // 5)


def test_the_mean_of_the_runs_is_what_the_chances_say() -> None:
    """2 000 loans of 10 000 with three months left, ordinary years.

    Claimed in all: 0.05 + 0.065 + 0.108 + 0.0432 + … = 0.05 + 0.065 + 0.216 × 0.5 ÷ 0.6 = 0.295.
    Fifteen months in all; claimed in month t, (0.9)^(15 − t) of it is not back by the end:
    Σ claimed(t) × 0.9^(15 − t) = 0.05 × 0.9^13 + 0.065 × 0.9^12 + Σ from t = 4 of
    0.108 × 0.4^(t − 4) × 0.9^(15 − t) = 0.0127 + 0.0184 + 0.108 × 0.9^11 ÷ (1 − 0.4 ÷ 0.9)
    = 0.0311 + 0.0610 = 0.0921 of 20 000 000 yuan: 1 842 000.
    """
    found = stress([cell(1, 3, 2_000)], {}, assumed(years=ORDINARY, runs=400))
    assert found.lost.expected_fen == pytest.approx(184_200_000, rel=0.01)


def test_bad_years_make_the_worst_case_worse_than_chance_alone() -> None:
    portfolio = [cell(1, 24, 3_000)]
    gentle = Matrix(((0, 990_000, 10_000, 0, 0, 0), *ROUGH.rows[1:]), ROUGH.maturity)
    calm = stress(portfolio, {}, assumed(gentle, years=ORDINARY))
    rough = stress(portfolio, {}, assumed(gentle))
    assert rough.lost.worst99_fen - rough.lost.expected_fen > 5 * (
        calm.lost.worst99_fen - calm.lost.expected_fen
    )


def test_an_account_lends_nothing_to_another() -> None:
    """Two lenders, one with all the money and one with all the losses."""
    found = stress(
        [cell(1, 6, lender=1), cell(5, 0, 10, lender=2)], {1: 10**9, 2: 0}, assumed(SOUND)
    )
    rich, poor = found.accounts
    assert set(rich.survival_ppm) == {PPM}
    assert set(poor.survival_ppm) == {0}
    assert set(found.whole.survival_ppm) == {0}


def test_what_each_multiple_needs() -> None:
    """Covered 8 000 of each of 7 loans of 10 000: 56 000 in all, over 13 000 free.

    5×: 11 200; 6×: 9 333.34 (rounded up to the fen) … 10×: 5 600. At 3 000 free and 5×, 8 200
    are short. The fund's part of the three bad ones is 3 × 5 600 = 16 800, claimed at once.
    """
    portfolio = [cell(1, 6, 4), cell(5, 0, 3)]
    found = stress(portfolio, {1: 300_000}, assumed(SOUND)).whole
    assert found.covered_fen == 5_600_000
    assert [(one.times, one.needed_fen, one.short_fen) for one in found.multiples] == [
        (5, 1_120_000, 820_000),
        (6, 933_334, 633_334),
        (7, 800_000, 500_000),
        (8, 700_000, 400_000),
        (9, 622_223, 322_223),
        (10, 560_000, 260_000),
    ]
    assert found.needed == spread([1_680_000])
    assert {one.lasts_ppm for one in found.multiples} == {0}


def test_percentiles_are_the_nearest_rank() -> None:
    # Of 1 to 200: the 190th and the 198th; the mean 100.5 goes up.
    found = spread(list(range(200, 0, -1)))
    assert (found.expected_fen, found.worst95_fen, found.worst99_fen) == (101, 190, 198)


def test_chances_that_do_not_add_up_are_no_matrix() -> None:
    with pytest.raises(ValueError, match="adds up to a million"):
        Matrix(SOUND.rows, (1, 0, 0, 0, 0, 0))
    with pytest.raises(ValueError, match="add up to 10 000"):
        assumed(years=ORDINARY * 2)


# --- history beside the prior ---------------------------------------------------------------------


def seen(**counts: tuple[int, ...]) -> History:
    return History(None, None, {**NOTHING.counts, **{k.strip("_"): v for k, v in counts.items()}})


def test_without_history_the_prior_speaks() -> None:
    assert matrix_of(NOTHING) == Matrix(
        (
            (0, 997_000, 3_000, 0, 0, 0),
            (0, 450_000, 400_000, 150_000, 0, 0),
            (50_000, 0, 0, 785_000, 165_000, 0),
            (20_000, 0, 0, 0, 650_000, 330_000),
            (5_000, 0, 0, 0, 0, 995_000),
        ),
        (990_000, 0, 10_000, 0, 0, 0),
    )


def test_history_is_weighed_against_the_prior_by_its_loan_months() -> None:
    """600 of the prior and 1 400 seen, of which 14 went late.

    to 2: (600 × 0.003 + 14) ÷ 2 000 = 15.8 ÷ 2 000 = 0.0079
    to paid off: 6 ÷ 2 000 = 0.003; stay: the rest, 0.9891
    """
    found = matrix_of(seen(_1=(6, 1_380, 14, 0, 0, 0)))
    assert found.rows[0] == (3_000, 989_100, 7_900, 0, 0, 0)


def test_a_long_clean_history_leaves_little_of_the_prior() -> None:
    # 600 × 3 000 ÷ 1 000 000 of 200 600: 1.8 of 200 600 is 9 in a million (8.97).
    assert matrix_of(seen(_1=(0, 200_000, 0, 0, 0, 0))).rows[0][2] == 9


def test_a_prior_of_no_weight_leaves_history_alone_and_itself_where_there_is_none() -> None:
    found = matrix_of(seen(_1=(0, 1, 1, 0, 0, 0)), Prior(PRIOR.rows, 0))
    assert found.rows[0] == (0, 500_000, 500_000, 0, 0, 0)
    assert found.rows[1] == PRIOR.rows["2"]


def test_month_ends_reach_back_three_years_at_most_and_not_before_the_first_figures() -> None:
    assert month_ends(date(2017, 1, 31), date(2016, 11, 30)) == [
        date(2016, 11, 30), date(2016, 12, 31), date(2017, 1, 31),
    ]  # fmt: skip
    # The last day is no month's end: December is the last whole month.
    assert month_ends(date(2017, 1, 30), date(2016, 12, 1)) == [date(2016, 12, 31)]
    long = month_ends(date(2017, 1, 31), date(2000, 1, 1))
    assert (len(long), long[0]) == (37, date(2014, 1, 31))


# --- speed ----------------------------------------------------------------------------------------


def test_a_hundred_thousand_loans_take_seconds() -> None:
    cells = [
        cell(grade, months if grade < 3 else 0, loans)
        for grade, loans in ((1, 500), (2, 10), (3, 60), (4, 30), (5, 30))
        for months in (range(37) if grade < 3 else (0,))
        for _band in range(5)
    ]
    assert sum(one.loans for one in cells) > 94_000
    began = time.process_time()
    stress(cells, {1: 10**10}, assumed(matrix_of(NOTHING), runs=100))
    # A thousand runs take ten times as long.
    assert time.process_time() - began < 6


_CHAIN_MONTH = chain._month

PLANTED = [
    Plant(
        test_chances_of_the_first_months_by_hand,
        "risk_fund.stress.chain._month",
        lambda matrix, factor: _CHAIN_MONTH(Matrix(matrix.rows, SOUND.maturity), factor),
    ),
    Plant(
        test_more_of_any_chance_to_go_down_never_claims_less,
        "risk_fund.stress.chain.worsened",
        lambda row, own, factor: tuple(one / PPM / factor for one in row),
    ),
    Plant(
        test_where_everything_is_lost_it_is_everything_to_the_fen,
        "risk_fund.stress.runs._part",
        lambda total, first, last, of: total // of * (last - first),
    ),
    Plant(
        test_one_seed_one_answer_and_another_seed_another,
        "risk_fund.stress.runs._named",
        lambda assumptions, run, what: f"{run}/{what}",
    ),
    Plant(
        test_percentiles_are_the_nearest_rank,
        "risk_fund.stress.outcome.BAD",
        94,
    ),
    Plant(
        test_history_is_weighed_against_the_prior_by_its_loan_months,
        "risk_fund.stress.history._mixed",
        lambda seen, row, prior: row,
    ),
    Plant(
        test_an_account_lends_nothing_to_another,
        "risk_fund.stress.outcome._survival",
        lambda lenders, runs, months: (PPM,) * months,
    ),
    Plant(
        test_the_mean_of_the_runs_is_what_the_chances_say,
        "risk_fund.stress.runs.recoveries",
        lambda matrix, months: {grade: [0.0] * months for grade in (3, 4, 5)},
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
