"""Interest by product sums: the vectors of the trade, the split of payers, the bound of SQL."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import money
from loans import interest
from loans.interest import Bearing, Slice
from loans.refusals import SharesExceedWhole
from tests.planted import Plant
from tests.slow_model import interest as slow

START = date(2019, 12, 1)

#: the 青阳 leaflet: 100 % of interest arising to 31 Dec 2023, 70 % in 2024 and 2025, up to 50 000
QINGYANG = (
    Bearing("treasury", date(2021, 3, 15), date(2024, 1, 1), 10_000, 5_000_000),
    Bearing("treasury", date(2024, 1, 1), date(2026, 1, 1), 7_000, 5_000_000),
)


@pytest.mark.parametrize(
    ("principal", "rate_ppm", "days", "base", "expected"),
    [
        # V1: 5 000 000 × 365 × 0.0435 ÷ 360 = 220 520.83
        (5_000_000, 43_500, 365, 360, 220_521),
        (5_000_000, 43_500, 365, 365, 217_500),
        # 5 000 000 × 366 × 0.0435 ÷ 360 = 221 125
        (5_000_000, 43_500, 366, 360, 221_125),
        # V7: penalty rates of 4.75 % with 50 % and 30 % on top; 89 062.5 is half up
        (5_000_000, 71_250, 90, 360, 89_063),
        (5_000_000, 61_750, 90, 360, 77_188),  # 77 187.5
        (0, 43_500, 365, 360, 0),
        (5_000_000, 0, 365, 360, 0),
    ],
)
def test_interest_of_a_product(
    principal: int, rate_ppm: int, days: int, base: int, expected: int
) -> None:
    piece = Slice(START, START + timedelta(days=days), principal, rate_ppm)
    assert interest.interest_fen(interest.product_sum([piece]), base) == expected


def test_rounding_once_for_a_settlement_and_not_per_slice() -> None:
    """Two slices of 0.4 fen each are 0.8 fen, one fen; rounded apart they would be none."""
    # 40 fen × 36 days × 10 % ÷ 360 = 0.4 fen
    first = Slice(START, START + timedelta(days=36), 40, 100_000)
    second = Slice(first.end, first.end + timedelta(days=36), 40, 100_000)
    assert interest.interest_fen(interest.product_sum([first, second]), 360) == 1
    assert interest.interest_fen(interest.product_sum([first]), 360) == 0


def test_penalty_rates() -> None:
    assert interest.surcharged_rate_ppm(47_500, 5_000) == 71_250
    assert interest.surcharged_rate_ppm(47_500, 3_000) == 61_750
    # 4.3512 % × 1.3 = 5.65656 %, printed as 5.6566 %
    assert interest.surcharged_rate_ppm(43_512, 3_000) == 56_566


QUARTERS = [
    (date(2023, 10, 1), date(2023, 12, 21)),
    (date(2023, 12, 21), date(2024, 3, 21)),
    (date(2024, 3, 21), date(2024, 6, 21)),
    (date(2024, 6, 21), date(2024, 9, 21)),
    (date(2024, 9, 21), date(2024, 10, 1)),
]


def test_qingyang_settled_on_the_20th() -> None:
    """V5: 4.791666… a day; 81, 91, 92, 92 and 10 days, of the second 11 in 2023 and 80 in 2024."""
    settled = [
        interest.split_interest([Slice(start, end, 5_000_000, 34_500)], QINGYANG, 360)
        for start, end in QUARTERS
    ]
    assert [one.interest_fen for one in settled] == [38_813, 43_604, 44_083, 44_083, 4_792]
    assert [one.parts for one in settled] == [
        (("treasury", 38_813),),  # all of it
        (("treasury", 32_104),),  # 11 × 4.79166… + 80 × 4.79166… × 0.7 = 321.0416…
        (("treasury", 30_858),),  # 92 × 4.79166… × 0.7 = 308.5833…
        (("treasury", 30_858),),
        (("treasury", 3_354),),  # 10 × 4.79166… × 0.7 = 33.5416…
    ]
    assert sum(one.interest_fen for one in settled) == 175_375
    assert sum(fen for one in settled for _payer, fen in one.parts) == 135_987
    assert sum(one.household_fen for one in settled) == 39_388


def test_qingyang_settled_once_a_year() -> None:
    """V5: 92 days in full, 274 days at 70 %: 440.83… + 919.0416… = 1359.875."""
    whole_year = Slice(date(2023, 10, 1), date(2024, 10, 1), 5_000_000, 34_500)
    one = interest.split_interest([whole_year], QINGYANG, 360)
    assert (one.interest_fen, one.parts, one.household_fen) == (
        175_375,
        (("treasury", 135_988),),
        39_387,
    )


def test_only_the_principal_up_to_the_cap_is_shared() -> None:
    """80 000 for 360 days at 4.5 %: 3600.00; the treasury bears that of 50 000: 2250.00."""
    piece = Slice(date(2022, 1, 1), date(2022, 12, 27), 8_000_000, 45_000)
    one = interest.split_interest([piece], QINGYANG, 360)
    assert (one.interest_fen, one.parts) == (360_000, (("treasury", 225_000),))


def test_payers_that_round_up_together_are_cut_in_their_order() -> None:
    """One fen between two halves: 0.5 each rounds to 1 each, but there is only one."""
    # 10 fen × 360 days × 10 % ÷ 360 = 1 fen
    piece = Slice(START, START + timedelta(days=360), 10, 100_000)
    bearings = [Bearing(name, START, piece.end, 5_000) for name in ("province", "county")]
    one = interest.split_interest([piece], bearings, 360)
    assert one.parts == (("province", 1), ("county", 0))
    assert one.household_fen == 0


def test_payers_cannot_bear_more_than_the_whole() -> None:
    bearings = [
        Bearing("province", START, date(2021, 1, 1), 6_000),
        Bearing("county", date(2020, 6, 1), date(2022, 1, 1), 5_000),
    ]
    with pytest.raises(SharesExceedWhole, match="2020-06-01"):
        interest.split_interest([Slice(START, date(2020, 1, 1), 1, 1)], bearings, 360)


@st.composite
def loans(draw: st.DrawFn) -> list[Slice]:
    """Neighbouring slices, as segments are."""
    slices, day = [], START
    for _ in range(draw(st.integers(1, 4))):
        end = day + timedelta(days=draw(st.integers(0, 120)))
        rate_ppm = draw(st.integers(0, 360_000) | st.sampled_from([43_500, 47_500]))
        slices.append(Slice(day, end, draw(st.integers(0, 20_000_000)), rate_ppm))
        day = end
    return slices


@st.composite
def bearers(draw: st.DrawFn) -> list[Bearing]:
    """Two payers, each for half of the time or so, together never above the whole."""
    found = []
    for payer in ("treasury", "county"):
        start = START + timedelta(days=draw(st.integers(-50, 300)))
        middle = start + timedelta(days=draw(st.integers(0, 200)))
        end = middle + timedelta(days=draw(st.integers(0, 200)))
        cap_fen = draw(st.none() | st.integers(0, 20_000_000))
        for since, until in ((start, middle), (middle, end)):
            found.append(Bearing(payer, since, until, draw(st.integers(0, 5_000)), cap_fen))
    return found


def _pieces(slices: list[Slice]) -> list[slow.Piece]:
    return [
        (one.start, one.end, one.principal_fen, Fraction(one.annual_rate_ppm, 10**6))
        for one in slices
    ]


@given(loans(), bearers(), st.sampled_from([360, 365]))
def test_against_the_slow_model(slices: list[Slice], bearings: list[Bearing], base: int) -> None:
    shares = [(b.payer, b.start, b.end, Fraction(b.share_bp, 10**4), b.cap_fen) for b in bearings]
    whole, parts = slow.split(_pieces(slices), shares, base)
    borne = interest.split_interest(slices, bearings, base)
    assert (borne.interest_fen, list(borne.parts)) == (whole, parts)
    assert 0 <= borne.household_fen <= borne.interest_fen


PRODUCTS = st.lists(
    st.tuples(st.integers(0, 2**62 // 8 - 1), st.integers(0, 10_000)), min_size=1, max_size=8
)


@given(PRODUCTS, st.sampled_from([360, 365]))
def test_the_steps_of_sql_give_the_same_share_within_64_bits(
    products: list[tuple[int, int]], base: int
) -> None:
    exact = Fraction(sum(product * bp for product, bp in products), 10**6 * base * 10**4)
    assert interest.share_fen(products, base) == int(exact + Fraction(1, 2))
    divisor = 10**6 * base
    steps = [2 * sum(product for product, _bp in products) + divisor]
    steps.append(2 * sum(product // divisor * bp for product, bp in products) + 10_000)
    steps.append(sum(product % divisor * bp for product, bp in products))
    assert max(steps) < 2**63


def test_the_share_at_an_exact_half() -> None:
    # 3.6e8 × 10 000 × 5 000 ÷ (3.6e8 × 10 000) = 5 000 exactly; one less carries nothing over
    assert interest.share_fen([(360_000_000 * 1, 5_000)], 360) == 1  # 0.5 fen, half up
    assert interest.share_fen([(360_000_000 * 1 - 1, 5_000)], 360) == 0
    # two halves are one fen, rounded once; rounded each they would be two
    assert interest.share_fen([(360_000_000 * 1, 5_000)] * 2, 360) == 1


def test_the_largest_operands_fit_and_one_more_day_does_not() -> None:
    # 10^10 fen × 360 000 ppm × 1 281 days = 4.6116e18 < 2^62 = 4.61168…e18
    assert interest.fits(money.MONEY_MAX_FEN, interest.RATE_HIGHEST_PPM, 1_281)
    assert not interest.fits(money.MONEY_MAX_FEN, interest.RATE_HIGHEST_PPM, 1_282)
    assert interest.fits(10_000_000, interest.RATE_HIGHEST_PPM, 365 * 100)


def test_a_negative_balance_or_share_is_an_error() -> None:
    good = Slice(START, START, 1, 1)
    with pytest.raises(ValueError, match="below zero"):
        interest.split_interest([Slice(START, START, -1, 1)], [], 360)
    with pytest.raises(ValueError, match="below zero"):
        interest.split_interest([good], [Bearing("treasury", START, START, -1)], 360)
    with pytest.raises(ValueError, match="below zero"):
        interest.split_interest([good], [Bearing("treasury", START, START, 1, -1)], 360)


PLANTED = [
    Plant(
        test_rounding_once_for_a_settlement_and_not_per_slice,
        "loans.interest.product_sum",
        lambda slices: sum(
            money.round_half_up(one.product, 360_000_000) * 360_000_000 for one in slices
        ),
    ),
    Plant(
        test_qingyang_settled_on_the_20th,
        "loans.interest.round_half_up",
        lambda numerator, denominator: numerator // denominator,
    ),
    Plant(
        test_only_the_principal_up_to_the_cap_is_shared,
        "loans.interest._cut",
        lambda piece, _bearing: piece,
    ),
    Plant(
        test_against_the_slow_model,
        "loans.interest._meeting",
        lambda piece, _bearing: piece.period,
    ),
    Plant(
        test_against_the_slow_model,
        "loans.interest.product_sum",
        lambda slices: sum(
            one.principal_fen * (one.period.days + 1) * one.annual_rate_ppm for one in slices
        ),
    ),
    Plant(
        test_payers_that_round_up_together_are_cut_in_their_order,
        "loans.interest.min",
        lambda _left_fen, part_fen: part_fen,
    ),
    Plant(
        test_the_share_at_an_exact_half,
        "loans.interest.share_fen",
        lambda products, base: sum(
            money.round_half_up(product * bp, 10**10 * base) for product, bp in products
        ),
    ),
    Plant(
        test_the_largest_operands_fit_and_one_more_day_does_not,
        "loans.interest.PRODUCT_LIMIT",
        2**63,
    ),
    Plant(
        test_payers_cannot_bear_more_than_the_whole,
        "loans.interest._check_shares",
        lambda _slices, _bearings: None,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
