"""What the treasury owes, through the real close: the published vectors, revisions, exclusions."""

from __future__ import annotations

from datetime import date

from tests.subsidies.treasury import TreasuryTown


def test_v4_the_treasury_owes_a_year_of_quarters(town: TreasuryTown) -> None:
    """50 000 at 4.35 %, 30 May 2016 to 30 May 2017, settled on the 20th: V4."""
    number = town.lend(1, term_months=12, annual_rate_ppm=43_500)
    town.close_to(date(2017, 5, 29))
    owed = town.entitlements(number)
    assert [row.amount_fen for row in owed] == [132_92, 555_83, 549_79, 543_75, 422_92]
    assert sum(row.amount_fen for row in owed) == 2_205_21
    assert {(row.route, row.payee_kind, row.payee_id) for row in owed} == {
        ("lender", "organisations", town.lender_id)
    }
