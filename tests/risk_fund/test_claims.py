"""Claims from evidence to payment, and what comes back."""

from __future__ import annotations

from datetime import date

import pytest

from tests.risk_fund.fund import Fund

SOON = {"claim_trigger_overdue_days": 3}


@pytest.fixture
def fund(fund: Fund) -> Fund:
    """Claims are taken from the third day on."""
    return fund.rules(conduct=SOON)


def test_a_claim_from_filing_to_payment(fund: Fund) -> None:
    number = fund.collect(fund.late(1))
    claim_id = fund.file(number)
    # principal 50 000 at 70:30
    assert fund.shares(claim_id) == {"fund": 3_500_000, "bank": 1_500_000}
    assert fund.balance == (10_000_000, 3_500_000, 10_000_000)
    assert fund.limit.limit_fen == 65_000_000
    fund.approve(claim_id)
    fund.pay(claim_id)
    assert fund.state(claim_id) == "paid"
    assert fund.balance == (6_500_000, 0, 10_000_000)
    assert fund.ledger("fund_cash") == 6_500_000
    assert fund.ledger("fund_compensation") == 3_500_000
    assert fund.ledger("compensated") == -3_500_000
    assert fund.limit.used_fen == 0
    fund.town.pay(number, 1_000_000)
    fund.close_to(fund.town.today)
    # R4: 10 000 under 70:30
    assert fund.ledger("recovery_payable") == -700_000
    assert fund.ledger("compensated") == -2_800_000
    fund.give_back(700_000)
    assert fund.balance == (7_200_000, 0, 10_000_000)
    assert fund.ledger("fund_compensation") == 2_800_000
    assert fund.ledger("recovery_payable") == 0
    assert date(2016, 7, 1) < fund.town.today
