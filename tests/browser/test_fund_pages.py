"""The fund's and the budget's pages in a browser: no script refused, nothing to scroll sideways."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from config.wiring import House
from tests.browser.conftest import LogIn, complaints_of, require_narrow
from tests.risk_fund.fund import Fund
from tests.web.bureau import Bureau
from tests.web.conftest import Hire
from tests.web.test_forecast_page import LINE
from tests.web.test_fund import fund, late, send, town

__all__ = ["fund", "town"]


@pytest.fixture
def bureau(opened: House, client: FlaskClient, hire: Hire) -> Bureau:
    return Bureau(client, opened, hire)


@pytest.fixture
def busy(bureau: Bureau, fund: Fund) -> list[str]:
    """A claim that was paid and partly recovered, one that waits, a statement; their pages."""
    number = fund.collect(late(fund, bureau))
    fund.pay(fund.approve(fund.file(number)))
    fund.town.pay(number, 1_000_000)
    fund.close_to(fund.town.today)
    other = fund.late(2, days=6)
    account = f"/fund/accounts/{fund.account_id}"
    head = "8010000000000001,,,期初余额,,,0.00"
    line = "8010000000000001,2017-06-02,ZH000099,误入款项,5.00,,5.00"
    tail = "8010000000000001,,,期末余额,,,5.00"
    assert send(bureau, account, [head, line, tail]).status_code == 302
    bureau.post("/subsidies/budget", LINE)
    fund.propose(fund.order(500_000))
    return [
        "/fund", account, f"{account}/why", "/fund/claims", "/fund/claims/1", "/fund/recoveries",
        "/fund/statements/1", f"/fund/claims/new/{other}", f"/loans/{number}", f"/loans/{other}",
        "/subsidies/forecast?quarters=8&share=70&share_from=2018-01-01", "/subsidies/budget",
        "/subsidies/budget/1", "/subsidies/programmes", "/dashboard/fund_balance",
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["finance", "loan_officer"])
def test_no_page_scrolls_sideways_in_either_language(
    busy: list[str], site: str, log_in: LogIn, role: str
) -> None:
    page = log_in(role)
    complaints = complaints_of(page)
    paths = [path for path in busy if not path.startswith("/fund/claims/new/")]
    require_narrow(page, site, paths if role == "finance" else busy)
    assert complaints == []
