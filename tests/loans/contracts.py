"""Random contracts by dice, as the policy gives them to the product and as the model reads them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from random import Random
from typing import Any

from tests.loans.bent import treasury
from tests.slow_model.contract import Contract
from tests.slow_model.plan import half_up, shift

METHODS = (
    ("interest-only", 3, 20),
    ("interest-only", 1, 20),
    ("interest-only", 6, 20),
    ("interest-only", 12, 20),
    ("interest-only", 3, 0),
    ("bullet", 0, 0),
    ("equal-principal", 3, 0),
    ("equal-installment", 1, 0),
)
#: product sums count actual days alone
BY_DAYS = {"act/360": "act/360", "act/365": "act/365", "30/360": "act/365", "by-month": "act/360"}
ORDERS = (
    ("penalty", "compound", "interest", "principal"),
    ("principal", "interest", "penalty", "compound"),
    ("interest", "penalty", "compound", "principal"),
)


def terms_of(seed: int) -> dict[str, Any]:
    """A contract; by its own dice, which do not lean to the first of every choice."""
    pick = Random(seed).choice
    return {
        "kind": pick(METHODS),
        "amount": pick((2_500_000, 2_000_001, 777_777, 1_234)),
        "months": pick((3, 6, 7, 12)),
        "rate_ppm": pick((43_500, 43_499, 9_999)),
        "surcharge_bp": pick((5_000, 3_000, 4_321)),
        "misuse_bp": pick((10_000, 5_000, 7_777)),
        "order": pick(ORDERS),
        # 青阳: all of it to the year's end, then 70 %; or a share throughout; or none
        "share": pick(("none", "turns", "all", "part", "part")),
        "cap": pick((None, 5_000_000, 1_000_001)),
        "drawn at once": pick((True, True, True, False)),
        "convention": pick(("act/360", "act/365", "30/360", "by-month")),
        "compound": pick((True, True, False)),
        "principal first": pick((None, None, 30, 90)),
        "route": pick(("lender", "lender", "household")),
        # below two of the rates above, and above the third
        "shared ppm": pick((None, None, 30_000, 10_000)),
    }


def contract_of(terms: dict[str, Any], signed: date, committed: int = 0) -> Contract:
    """As the model reads it; ``committed``: what the household's other loan takes of the cap."""
    method, every, settle_on = terms["kind"]
    by_plan = method != "bullet" and not settle_on
    return Contract(
        amount=terms["amount"],
        matures=shift(signed, terms["months"]),
        rate=Fraction(terms["rate_ppm"], 1_000_000),
        penalty_rate=_surcharged(terms["rate_ppm"], terms["surcharge_bp"]),
        method=method,
        every=every,
        settle_on=settle_on,
        convention=terms["convention"] if by_plan else BY_DAYS[terms["convention"]],
        order=list(terms["order"]),
        shares=_frozen(terms, signed, committed),
        misuse_rate=_surcharged(terms["rate_ppm"], terms["misuse_bp"]),
        compound=terms["compound"],
        principal_first_after=terms["principal first"],
        shared_rate=_ppm(terms["shared ppm"]),
        refunded=terms["route"] != "lender",
    )


def bent_by(terms: dict[str, Any], contract: Contract, signed: date) -> dict[str, Any]:
    """As the policy gives it."""
    shares = (
        (start, end, int(share * 10_000), cap) for start, end, share, cap in _shares(terms, signed)
    )
    return {
        "settle_on_day": contract.settle_on,
        "day_count": contract.convention,
        "interest_bearers": treasury(*shares, route=terms["route"], rate_ppm=terms["shared ppm"]),
        "overdue_surcharge_bp": terms["surcharge_bp"],
        "misuse_surcharge_bp": terms["misuse_bp"],
        "allocation_order": terms["order"],
        "compound_interest": terms["compound"],
        "principal_first_after_days": terms["principal first"],
        "household_total_max_fen": 10_000_000,
    }


def _ppm(rate_ppm: int | None) -> Fraction | None:
    return None if rate_ppm is None else Fraction(rate_ppm, 1_000_000)


def _surcharged(rate_ppm: int, surcharge_bp: int) -> Fraction:
    return Fraction(half_up(Fraction(rate_ppm * (10_000 + surcharge_bp), 10_000)), 1_000_000)


#: start, end, share as a fraction of one, cap in fen or None
Share = tuple[date, date, Fraction, int | None]


def _frozen(terms: dict[str, Any], signed: date, committed: int) -> list[Share]:
    """Up to the maturity; the cap is the household's, and a second contract has what is left."""
    matures = shift(signed, terms["months"])
    return [
        (start, min(end, matures), share, None if cap is None else cap - committed)
        for start, end, share, cap in _shares(terms, signed)
        if start < matures and (cap is None or cap > committed)
    ]


def _shares(terms: dict[str, Any], signed: date) -> list[Share]:
    # Three years of subsidy at the longest, which no loan here outlives.
    end = shift(signed, 36)
    new_year = date(signed.year + 1, 1, 1)
    whole, part = Fraction(1), Fraction(7, 10)
    return {
        "none": [],
        "all": [(signed, end, whole, terms["cap"])],
        "part": [(signed, end, part, terms["cap"])],
        "turns": [(signed, new_year, whole, terms["cap"]), (new_year, end, part, terms["cap"])],
    }[terms["share"]]
