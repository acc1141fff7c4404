"""Claims on their way through three offices: what each may do, what is refused, what is kept."""

from __future__ import annotations

from datetime import date

from tests.subsidies.offices import JUNE, Offices

#: 50 000 at 4.75 % from 30 May to 20 June, 22 days: 5 000 000 × 22 × 0.0475 / 360 = 14 513.9
ONE_LOAN_FEN = 14_514


def test_a_claim_goes_from_draft_to_approval(offices: Offices) -> None:
    offices.lend(1)
    offices.lend(2)
    offices.close_to(date(2016, 6, 20))
    claim_id = offices.draft()
    claim = offices.claim(claim_id)
    assert (claim.rows, claim.households, claim.total_fen) == (2, 2, 2 * ONE_LOAN_FEN)
    assert (claim.period_from, claim.period_to) == (date(2016, 3, 21), JUNE)
    offices.check(claim_id)
    offices.submit(claim_id)
    assert offices.balance("subsidy_claimed_payable") == -2 * ONE_LOAN_FEN
    assert offices.balance("subsidy_payable") == 0
    found = offices.recompute(claim_id)
    assert found.differing == []
    assert found.total_fen == 2 * ONE_LOAN_FEN
    offices.confirm(claim_id)
    offices.post_notice(claim_id)
    offices.wait(10)
    offices.grant(claim_id)
    assert offices.state(claim_id) == "approved"
