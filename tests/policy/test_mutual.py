"""Rules of village funds: which document gives them, and what a folder may not say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import policy
from policy import PolicyContradicts, terms_of_fund
from policy.mutual import MutualRules, check_bounds

CONFIG = Path(__file__).resolve().parents[2] / "config"
SHIPPED = policy.load(CONFIG / "policies", CONFIG / "rates")
YIZHANG = "431022000000"


def rules(on: date, region: str) -> MutualRules:
    return SHIPPED.mutual(on=on, region=region)


@pytest.mark.parametrize(
    ("on", "region", "highest_fen", "total_fen"),
    [
        (date(2016, 5, 30), YIZHANG, 100_000, None),
        # 辽宁 2010: 1–10 portions of 100.00; 南江 2018: 100–500, 20 000.00 together
        (date(2012, 1, 1), "210102000000", 100_000, None),
        (date(2018, 6, 1), "511922000000", 50_000, 2_000_000),
        (date(2018, 6, 1), YIZHANG, 100_000, None),
    ],
)
def test_stakes_by_place(on: date, region: str, highest_fen: int, total_fen: int | None) -> None:
    found = rules(on, region)
    assert (found.stake_min_fen.value, found.stake_max_fen.value) == (10_000, highest_fen)
    total = found.stakes_total_min_fen
    assert (None if total is None else total.value) == total_fen


def test_what_no_source_gives_is_marked() -> None:
    found = policy.values_of(rules(date(2016, 5, 30), YIZHANG))
    sourced = {name for name, value in found.items() if not value.default}
    assert sourced == {"deposits_forbidden", "dividends_forbidden"}


def test_a_funds_terms_are_its_own_and_freeze() -> None:
    """5 000.00 at first and 10 000.00 later, 12 months; nothing is subsidised or covered."""
    base = SHIPPED.contract_terms(on=date(2017, 9, 1), region=YIZHANG)
    fund = rules(date(2017, 9, 1), YIZHANG)
    first, later = (terms_of_fund(base, fund, first=first) for first in (True, False))
    assert (first.amount_max_fen.value, later.amount_max_fen.value) == (500_000, 1_000_000)
    assert (first.term_max_months.value, first.rating_required.value) == (12, False)
    assert (first.interest_bearers.value, first.cover_parts.value) == ((), ())
    assert policy.thaw(policy.ContractTerms, policy.freeze(first)) == first
    # What every loan of the place has stays.
    assert first.allocation_order == base.allocation_order
    assert first.purposes_banned == base.purposes_banned


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount_first_max_fen", 1_000_001),
        ("fee_rate_min_ppm", 80_001),
        ("stake_min_fen", 100_001),
        ("group_members_min", 9),
        ("fee_reserve_bp", 1_999),
    ],
)
def test_bounds_that_contradict_are_refused(name: str, value: Any) -> None:
    found = rules(date(2016, 5, 30), YIZHANG)
    check_bounds(found, date(2016, 5, 30))
    bent = replace(found, **{name: replace(getattr(found, name), value=value)})
    with pytest.raises(PolicyContradicts):
        check_bounds(bent, date(2016, 5, 30))
