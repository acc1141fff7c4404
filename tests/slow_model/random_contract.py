"""Random contracts whose terms go together."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from random import Random

from tests.slow_model.contract import Contract
from tests.slow_model.plan import half_up, shift

METHODS = (
    ("interest-only", 3, 20),
    ("interest-only", 1, 20),
    ("interest-only", 12, 20),
    ("interest-only", 3, 0),
    ("bullet", 0, 0),
    ("equal-principal", 3, 0),
    ("equal-installment", 1, 0),
)
ORDERS = (
    ["penalty", "compound", "interest", "principal"],
    ["principal", "interest", "penalty", "compound"],
    ["interest", "penalty", "compound", "principal"],
)


def surcharged(rate_ppm: int, surcharge_bp: int) -> Fraction:
    """A rate with a surcharge, in whole millionths."""
    return Fraction(half_up(Fraction(rate_ppm * (10_000 + surcharge_bp), 10_000)), 1_000_000)


def random_contract(rng: Random, first_day: date) -> Contract:
    """Terms that go together; the subsidy ends with the contract or runs on."""
    method, every, settle_on = rng.choice(METHODS)
    by_days = method == "bullet" or settle_on > 0
    matures = shift(first_day, rng.choice((3, 6, 7, 12, 18)))
    rate_ppm = rng.choice((43_500, 43_499, 47_500, 9_999))
    cap = rng.choice((None, None, 1_000_001))
    new_year = date(first_day.year + 1, 1, 1)
    part = Fraction(7, 10)
    shares: list[tuple[date, date, Fraction, int | None]] = rng.choice(
        (
            [],
            [(first_day, matures, Fraction(1), cap)],
            [(first_day, matures, part, cap)],
            [(first_day, new_year, Fraction(1), cap), (new_year, shift(matures, 12), part, cap)],
        )
    )
    return Contract(
        amount=rng.choice((5_000_000, 2_500_000, 2_000_001, 777_777, 1_234)),
        matures=matures,
        rate=Fraction(rate_ppm, 1_000_000),
        penalty_rate=surcharged(rate_ppm, rng.choice((5_000, 3_000, 4_321))),
        method=method,
        every=every,
        settle_on=settle_on,
        convention=rng.choice(
            ("act/360", "act/365") if by_days else ("act/360", "act/365", "30/360", "by-month")
        ),
        order=list(rng.choice(ORDERS)),
        shares=shares,
        misuse_rate=surcharged(rate_ppm, rng.choice((10_000, 5_000, 7_777))),
        compound=rng.random() < 0.5,
        revolving=by_days and rng.random() < 0.4,
        principal_first_after=rng.choice((None, None, 90, 30)),
        subsidy_in_extension=rng.random() < 0.5,
        # below every rate here but the smallest, and below none
        shared_rate=rng.choice((None, None, Fraction(30_000, 1_000_000), Fraction(5, 1000))),
        refunded=rng.random() < 0.3,
    )
