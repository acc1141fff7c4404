"""The finance clerk's walk: find the wrong row, send the claim back, grant the corrected one, pay.

Figures on the screen are those of the API and of the books.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response

import ledger
from config.wiring import House
from kernel.money import format_yuan
from tests.browser.conftest import DESKTOP, PHONE
from tests.web import claims_world
from tests.web.claims_world import FIRST_TOTAL, SECOND_TOTAL, Claimed, claimed
from tests.web.conftest import PASSWORD, Hire

__all__ = ["claimed"]


class Desk:
    """Somebody's own browser, logged in."""

    def __init__(self, browser: Browser, site: str, login: str) -> None:
        context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
        self.page: Page = context.new_page()
        self.site = site
        self.page.goto(f"{site}/login")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main button[type=submit]")

    def go(self, path: str) -> Page:
        """Look at a page."""
        self.page.goto(f"{self.site}{path}")
        return self.page

    def api(self, path: str) -> Any:
        """What the API says to the same person."""
        answer = self.page.request.get(f"{self.site}/api/v1{path}")
        assert answer.status == 200, answer.text()
        return answer.json()

    def figure(self, name: str) -> str:
        """A figure of the desk."""
        shown = self.page.inner_text(f"[data-figure={name}] .value")
        return shown.replace(",", "").removesuffix("元").strip()


def balance(house: House, kind: str) -> str:
    """What the ledger holds, in yuan."""
    with house.books.read() as session:
        fen = ledger.balance(session, kind=kind)
    return format_yuan(fen)


def test_the_finance_clerks_walk(
    claimed: Claimed, site: str, browser: Browser, hire: Hire, tmp_path: Path
) -> None:
    offices, house = claimed.offices, claimed.house
    line_id = offices.fund(100_000, year=2017)
    offices.bank(claims_world.LENDERS_ACCOUNT)
    wrong = claimed.correct()
    offices.recompute(claimed.claim_id)
    clerk = Desk(browser, site, hire("finance", name="陈核").login)
    other = Desk(browser, site, hire("finance", name="李付").login)

    # The claim stands on the desk and asks for what the API says.
    page = clerk.go("/subsidies")
    assert clerk.figure("subsidy_accrued") == FIRST_TOTAL
    page.click("td.c >> text=宜章示范农村商业银行")
    told = clerk.api(f"/subsidies/claims/{claimed.claim_id}")
    assert page.inner_text("[data-figure=total]") == FIRST_TOTAL == told["claim"]["total"]
    assert balance(house, "subsidy_claimed_payable") == f"-{FIRST_TOTAL}"

    # The wrong row: claimed 131.94, recomputed 105.56.
    page.select_option("[name=only]", "differing")
    page.click("#rows button")
    (row,) = page.query_selector_all("#rows tbody tr")
    assert wrong in row.inner_text()
    assert claims_world.CORRECTED in row.inner_text()
    (differs,) = told["differences"]
    assert (differs["number"], differs["claimed"], differs["recomputed"]) == (
        wrong,
        claims_world.ROW,
        claims_world.CORRECTED,
    )
    page.click("#rows >> text=为什么")
    assert "20,000.00" not in page.inner_text("h1")
    assert wrong in page.inner_text(".crumbs")

    # It goes back with a reason, and nothing is claimed any more.
    clerk.go(f"/subsidies/claims/{claimed.claim_id}")
    page.fill("[data-step=return] textarea", "第2行借款人6月11日已提前还本2万元，请更正")
    page.click("[data-step=return] button")
    assert page.get_attribute("[data-state]", "data-state") == "returned"
    assert "提前还本" in page.inner_text("#history")
    assert balance(house, "subsidy_claimed_payable") == "0.00"

    # The corrected version comes through the other offices; the clerk grants it.
    claimed.close_to(date(2017, 6, 21))
    claim_id = claimed.next_version()
    clerk.go(f"/subsidies/claims/{claimed.claim_id}")
    page.click("text=下一版")
    assert page.url.endswith(f"/subsidies/claims/{claim_id}")
    assert page.inner_text("[data-figure=total]") == SECOND_TOTAL
    page.click("[data-step=approve] button")
    assert page.get_attribute("[data-state]", "data-state") == "approved"

    # One makes the file, the other sends it and takes the bank's answer in.
    second = other.go(f"/subsidies/claims/{claim_id}")
    assert SECOND_TOTAL in second.inner_text("[data-step=file]")
    second.click("[data-step=file] button")
    assert second.get_attribute("[data-state]", "data-state") == "filed"
    clerk.go(f"/subsidies/claims/{claim_id}")
    page.click("[data-step=send] button")
    with page.expect_download() as download:
        page.click("#payment >> text=CSV")
    answer = tmp_path / "回盘.csv"
    answer.write_bytes(claims_world.bank_says(download.value.path().read_bytes()))
    page.set_input_files("[data-step=bank-return] input[type=file]", answer)
    page.click("[data-step=bank-return] button")
    assert page.get_attribute("[data-state]", "data-state") == "paid"

    # Screen, API, budget line and ledger say the same.
    claimed.close_to(date(2017, 6, 29))
    clerk.go("/subsidies")
    figures = clerk.api("/subsidies/figures")
    shown = {name: clerk.figure(f"subsidy_{name}") for name in ("accrued", "claimed", "paid")}
    assert shown == dict.fromkeys(shown, SECOND_TOTAL)
    assert shown == {name: figures[name] for name in shown}
    assert balance(house, "budget_paid") == f"-{SECOND_TOTAL}"
    assert balance(house, "subsidy_claimed_payable") == "0.00"
    assert balance(house, "treasury_interest_receivable") == "0.00"
    lines = {line["id"]: line for line in clerk.api("/subsidies/budget")["items"]}
    assert lines[line_id]["paid"] == SECOND_TOTAL

    # And the forecast reads what is left of the budget: 1 000.00 less what was paid.
    clerk.go("/subsidies/forecast")
    assert "630.56" in page.inner_text("[data-figure=free]")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_of_a_claim_scrolls_sideways(
    claimed: Claimed, site: str, browser: Browser, hire: Hire, size: dict[str, int]
) -> None:
    offices, claim_id = claimed.offices, claimed.claim_id
    offices.bank(claims_world.LENDERS_ACCOUNT)
    claimed.correct()
    offices.recompute(claim_id)
    offices.confirm(claim_id, reason="差额在下一期抵减")
    number = offices.post_notice(claim_id)
    offices.object_to(claim_id, nr=2)
    complaints: list[str] = []
    for role in ("loan_officer", "director", "poverty_office", "finance"):
        desk = Desk(browser, site, hire(role).login)
        desk.page.on("pageerror", lambda error: complaints.append(str(error)))
        desk.page.on("response", lambda answer: _note(complaints, answer))
        desk.page.set_viewport_size(size)  # type: ignore[arg-type]
        for path in (
            "/subsidies", "/subsidies?by=township", f"/subsidies/claims/{claim_id}",
            "/subsidies/entitlements/1/why", "/subsidies/clawbacks", "/notices",
            f"/notices/{number}", f"/subsidies/accounts/organisations/{offices.lender_id}",
        ):  # fmt: skip
            page = desk.go(path)
            for summary in page.query_selector_all("details"):
                summary.evaluate("element => element.open = true")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{role} {path}"
    assert complaints == []


def _note(complaints: list[str], answer: Response) -> None:
    """Nothing is missing and nothing is our fault; what a role may not see is refused."""
    if answer.status in {404, 500}:
        complaints.append(answer.url)
