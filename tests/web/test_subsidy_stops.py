"""停止贴息 from the pages and the API; and what a household reads that pays the interest first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from config.wiring import House
from loans.models import Loan
from tests.beginnings import Beginning
from tests.loans.bent import BentRulebook, treasury
from tests.web import world
from tests.web.conftest import Hire, Staff
from tests.web.test_changes import API, County, People, hidden, visit  # noqa: F401
from tests.web.test_own_page import Phone

HERE = world.FAMILIES[0]
WHY = "核查发现申请材料不实"


@pytest.fixture
def county(
    client: FlaskClient, opened: House, settled: dict[str, int], hire: Hire, begin: Beginning
) -> County:
    """A loan paid out on 1 June 2017, the poverty office, and the finance bureau."""

    def live() -> People:
        lender_id = world.found_lender(opened)
        number = world.lend(opened, HERE, settled[HERE.number], lender_id).number
        return People(lender_id, [number], hire("poverty_office"), hire("finance"))

    return County(client, opened, begin("stopping", live))


def test_the_poverty_office_proposes_it_on_the_page_and_finance_decides(
    county: County,
    visit: Callable[[Staff], FlaskClient],  # noqa: F811
) -> None:
    office, finance = visit(county.officer), visit(county.director)
    number = county.loans[0]
    page = office.get(f"/loans/{number}").text
    assert "停止贴息" in page
    # Every other change is the lender's to propose.
    assert page.count('name="kind"') == 1
    form = {
        "csrf_token": hidden(page), "request_key": hidden(page, "request_key"),
        "kind": "unsubsidised", "why": "", "value_date": "2017-06-01", "reason": WHY,
    }  # fmt: skip
    refused = office.post(f"/loans/{number}/changes", data=form)
    assert refused.status_code == 422
    assert "须写明停止贴息的原因" in refused.text
    done = office.post(
        f"/loans/{number}/changes", data={**form, "why": "falsified"}, follow_redirects=True
    )
    assert done.status_code == 200
    sheet = finance.get(done.request.path)
    decision = {
        "csrf_token": hidden(sheet.text), "request_key": hidden(sheet.text, "request_key"),
        "decision": "approved",
    }  # fmt: skip
    decided = finance.post(done.request.path, data=decision, follow_redirects=True).text
    assert "财政贴息" in decided
    assert "停止" in decided
    shown = office.get(f"/loans/{number}").text
    assert "本贷款已停止贴息" in shown
    assert "弄虚作假" in shown


def test_over_the_api_with_its_reason_and_not_for_everybody(county: County, hire: Hire) -> None:
    number = county.loans[0]
    row = {"number": number, "reason": WHY, "why": "status"}
    body: dict[str, Any] = {"kind": "unsubsidised", "rows": [row]}
    checker = hire("checker", institution_id=county.lender_id)
    assert county.post("/loans/changes", checker, body)[0] == 403
    # The poverty office may propose this, and no grade.
    graded = {"kind": "grade", "rows": [{"number": number, "reason": WHY, "grade": 3}]}
    assert county.post("/loans/changes", county.officer, graded)[0] == 403
    wrong = {"kind": "unsubsidised", "rows": [{**row, "why": "because"}]}
    assert county.post("/loans/changes", county.officer, wrong)[0] == 422
    status, sheet = county.post("/loans/changes", county.officer, body)
    assert status == 201
    path = f"/loans/changes/{sheet['sheet_id']}/decision"
    # The proposer never decides.
    assert county.post(path, county.officer, {"decision": "approved"})[0] == 403
    status, decided = county.post(path, county.director, {"decision": "approved"})
    assert (status, decided["changed"]) == (201, 1), decided
    (shown,) = county.get(f"/loans/changes/{sheet['sheet_id']}", county.officer)["rows"]
    assert shown["why"] == "不再符合条件"
    assert shown["moved"] == [{"title": "财政贴息", "old": "贴息", "new": "停止"}]
    loan = county.get(f"/loans/{number}", county.officer)
    assert (loan["unsubsidised"], loan["subsidy_route"]) == (True, "lender")
    contract = county.client.get(f"{API}/openapi.json").get_json()
    assert "why" in contract["components"]["schemas"]["ChangeRow"]["properties"]


def test_a_household_that_pays_first_reads_what_it_gets_back(
    opened: House, client: FlaskClient, settled: dict[str, int]
) -> None:
    """Drawn on 1 June 2017 at 4.75 %, 70 % of it the treasury's and refunded."""
    shares = treasury((None, None, 7_000, None), route="household")
    vars(opened)["rulebook"] = BentRulebook(opened.rulebook, {"interest_bearers": shares})
    lent = world.lend(opened, HERE, settled[HERE.number], world.found_lender(opened))
    phone = Phone(client, opened, lent)
    phone.give_slip()
    page = phone.look().text
    assert "先付后补：利息由您先付清" in page
    # 1 to 20 June, 20 days: 50 000 × 4.75 % × 20 / 360 = 131.944; × 70 % = 92.361
    assert "131.94" in page
    assert "其中财政补回（预计）" in page
    assert "92.36" in page
    with opened.books.read() as session:
        assert session.scalars(select(Loan.subsidy_route)).one() == "household"
