"""What pages tell of a subsidy: a loan's dues lead to their claim; periods that may be claimed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.subsidies.treasury import FINANCE, OFFICE, SECOND_FINANCE
from tests.web import claims_world
from tests.web.bureau import Bureau
from tests.web.claims_world import Claimed, claimed
from tests.web.conftest import Hire

__all__ = ["claimed"]


@pytest.fixture
def bureau(client: FlaskClient, claimed: Claimed, hire: Hire) -> Bureau:
    """The desks over the claimed county."""
    return Bureau(client, claimed.house, hire)


def test_a_treasury_due_leads_to_its_claim(bureau: Bureau, claimed: Claimed) -> None:
    loan = f"/loans/{claimed.numbers[0]}"
    link = '<a href="/subsidies/claims/{}">{}</a>'
    assert link.format(claimed.claim_id, "已申报") in bureau.page(loan)
    claimed.offices.return_claim(claimed.claim_id, by=OFFICE)
    # Nobody is asked for it now.
    page = bureau.page(loan)
    assert "由财政拨付" in page
    assert "/subsidies/claims/" not in page
    following = claimed.next_version()
    assert link.format(following, "已申报") in bureau.page(loan)
    claimed.offices.fund(100_000, year=2017)
    claimed.offices.bank(claims_world.LENDERS_ACCOUNT)
    claimed.offices.grant(following, by=FINANCE)
    claimed.offices.make_file(following, by=SECOND_FINANCE)
    claimed.offices.send(following, by=FINANCE)
    answer = claimed.offices.answer_file(following)
    claimed.offices.take_answer(following, answer)
    assert link.format(following, "已拨付") in bureau.page(loan)


def test_drafts_are_offered_from_the_first_subsidy_on(bureau: Bureau, claimed: Claimed) -> None:
    """The first loans were paid out in June 2017: no period before that quarter holds anything."""
    assert claimed.claim_id
    page = bureau.page("/subsidies", "loan_officer")
    chosen = page.partition('<select name="period_to"')[2].partition("</select>")[0]
    assert chosen.count("<option") == 1
    assert "2017-03-21 — 2017-06-20" in chosen
