"""A round from the close that finds it to the village's signed list."""

from __future__ import annotations

from datetime import date

from enterprises.terms import Term
from tests.enterprises.dividend_town import (
    DividendTown,
    dividends,
    holidays,
    new_dividends,
    regions,
    rulebook,
)

__all__ = ["dividends", "holidays", "new_dividends", "regions", "rulebook"]


def test_a_round_from_its_day_to_the_receipt(dividends: DividendTown) -> None:
    """4 000 a year for each of three households: 12 000, due on 1 June 2017."""
    dividends.agree(*(dividends.stake(place, 5_000_000) for place in (1, 2, 3)))
    assert dividends.find(date(2017, 5, 31)) == []
    (round_id,) = dividends.find(date(2017, 6, 1))
    dividends.granted(round_id, 1_500_000)
    assert [row.cash_fen for row in dividends.rows(round_id)] == [400_000] * 3
    # 15 000 paid in, 12 000 of it owed to the households
    assert dividends.held("pool_cash") == 1_500_000
    assert dividends.held("pool_held") == -300_000
    assert dividends.held("dividend_payable") == -1_200_000
    booked = dividends.paid_out(round_id)
    assert (booked.paid_fen, booked.returned_fen) == (1_200_000, 0)
    assert dividends.held("dividend_payable") == 0
    assert dividends.held("pool_cash") == 300_000
    dividends.sign_for(round_id)
    assert dividends.round_state(round_id) == "receipted"
