"""A round's way through the desks: declared, checked, funded, approved, paid twice, signed for.

Figures on the screens are those of the API and of the books.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Response

import ledger
from config.wiring import House
from kernel.money import format_yuan
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_claims import Desk
from tests.web import linkage_world as told
from tests.web.claims_world import bank_says
from tests.web.conftest import Hire
from tests.web.linkage_world import Linked, linked

__all__ = ["linked"]


def balance(house: House, kind: str) -> str:
    """What the ledger holds, in yuan."""
    with house.books.read() as session:
        return format_yuan(ledger.balance(session, kind=kind))


def test_a_rounds_way_from_the_declaration_to_the_signed_list(
    linked: Linked, site: str, browser: Browser, hire: Hire, tmp_path: Path
) -> None:
    house, path = linked.house, f"/enterprises/dividends/{linked.round_id}"
    village, neighbour, office, clerk, other = (
        Desk(browser, site, hire(role, name=name).login)
        for role, name in (
            ("registrar", "吴登"), ("registrar", "郑册"), ("poverty_office", "符审"),
            ("finance", "蔡拨"), ("finance", "贺付"),
        )
    )  # fmt: skip

    def state(desk: Desk) -> str:
        page = desk.go(path)
        shown = page.get_attribute("[data-state]", "data-state")
        assert shown == desk.api(path)["round"]["state"]
        return str(shown)

    # Due since 1 June: the enterprise is behind with what the terms promise.
    page = village.go(f"/enterprises/{linked.enterprise_id}")
    assert page.inner_text("[data-figure=owed]").replace(",", "") == told.FLOOR_TOTAL
    (behind,) = village.api("/enterprises/dividends/arrears")
    assert (behind["amount"], behind["days"], behind["declared"]) == (told.FLOOR_TOTAL, 1, False)
    assert state(village) == "due"

    # Declared with 100.00 on top: every row with its why.
    page = village.page
    page.fill("[data-step=declare] [name=document_no]", "股东会〔2017〕1号")
    page.fill("[data-step=declare] [name=extra]", told.EXTRA)
    page.click("[data-step=declare] button")
    assert page.inner_text("[data-figure=amount]").replace(",", "") == told.TOTAL
    rows = village.api(f"{path}/rows")["items"]
    assert [row["floor"] for row in rows] == list(told.FLOORS)
    assert [row["profit"] for row in rows] == list(told.EXTRAS)
    assert [row["amount"] for row in rows] == list(told.AMOUNTS)
    shown = [row.inner_text().replace(",", "") for row in page.query_selector_all("#rows tbody tr")]
    assert all(amount in text for amount, text in zip(told.AMOUNTS, shown, strict=True))
    page.click("#rows tbody tr:nth-child(3) >> text=为什么")
    assert "12345.67" in page.inner_text("main").replace(",", "")
    assert page.inner_text("[data-figure=amount]").replace(",", "") == told.AMOUNTS[2]

    # It hangs seven days; who declared it does not check it.
    assert "check" not in village.api(path)["moves"]
    neighbour.go(path)
    neighbour.page.fill("[name=posted_on]", "2017-06-02")
    neighbour.page.click("[data-step=check] button")
    assert "公示7日" in neighbour.page.inner_text("[role=alert]")
    linked.close_to(date(2017, 6, 8))
    neighbour.go(path)
    neighbour.page.fill("[name=posted_on]", "2017-06-02")
    neighbour.page.click("[data-step=check] button")
    assert state(neighbour) == "checked"

    # The pool is empty; nobody but the enterprise pays.
    page = clerk.go(path)
    assert told.TOTAL in page.inner_text("[data-step=receive]").replace(",", "")
    page.fill("[name=amount]", "8,000.00")
    page.fill("[name=payer_code]", told.CODE)
    page.fill("[name=payer_account]", told.ACCOUNT)
    page.fill("[name=voucher_no]", "JC20170609")
    page.click("[data-step=receive] button")
    assert balance(house, "pool_cash") == "8000.00"
    page.click("[data-step=fund] button")
    assert state(clerk) == "funded"
    office.go(path)
    office.page.click("[data-step=approve] button")
    assert state(office) == "approved"
    assert balance(house, "dividend_payable") == f"-{told.TOTAL}"

    # The first file: the second row comes back.
    _make_and_send(other, clerk, path)
    _answer(clerk, path, tmp_path, returned={2: "户名不符"})
    assert state(clerk) == "part_paid"
    # 7 487.65 − 2 432.49 = 5 055.16 paid; 8 000.00 − 5 055.16 = 2 944.84 left.
    (file,) = clerk.api(path)["files"]
    assert (file["paid"], file["returned"]) == ("5055.16", told.AMOUNTS[1])
    assert balance(house, "pool_cash") == "2944.84"
    assert balance(house, "dividend_payable") == f"-{told.AMOUNTS[1]}"

    # The account is corrected by one and confirmed by another.
    page = village.go(path)
    assert told.AMOUNTS[1] in page.inner_text("#returned").replace(",", "")
    page.click("#returned td a >> text=更正账户")
    page.fill("[name=holder]", "张小军")
    page.fill("[name=number]", told.NEW_CARD)
    page.fill("[name=bank]", "宜章农商行")
    page.fill("[name=reason]", "户名不符，换本人卡")
    page.click("main button[type=submit]")
    assert told.NEW_CARD not in page.content()
    page.click("text=待另一人决定")
    proposal = page.url
    office.page.goto(proposal)
    office.page.click("button[value=approved]")

    # The second file pays the one household; the village hands in the signed list.
    _make_and_send(other, clerk, path)
    (payment,) = clerk.api(f"{path}/files/2/rows")["items"]
    assert (payment["amount"], payment["attempt"]) == (told.AMOUNTS[1], 2)
    _answer(clerk, path, tmp_path, returned={})
    assert state(clerk) == "paid"
    page = village.go(path)
    page.fill("[data-step=receipt] [name=document_no]", "签收表2017-1")
    page.click("[data-step=receipt] button")
    assert state(village) == "receipted"

    # Screen, API and books say the same: 8 000.00 − 7 487.65 = 512.35.
    page = office.go(f"/enterprises/{linked.enterprise_id}")
    assert page.inner_text("[data-figure=paid]").replace(",", "") == told.TOTAL
    (pool,) = office.api("/enterprises/pools")
    assert (pool["paid"], pool["free"]) == (told.TOTAL, "512.35")
    assert balance(house, "pool_cash") == "512.35"
    assert balance(house, "dividend_payable") == "0.00"
    assert office.api("/enterprises/dividends/arrears") == []


def _make_and_send(maker: Desk, sender: Desk, path: str) -> None:
    """One makes the file, the other sends it."""
    maker.go(path)
    maker.page.click("[data-step=file] button")
    sender.go(path)
    sender.page.click("[data-step=send] button")


def _answer(desk: Desk, path: str, folder: Path, returned: dict[int, str]) -> None:
    """The bank answers the file that was sent, and the answer is taken in."""
    page = desk.go(path)
    with page.expect_download() as download:
        page.click("#payment >> text=CSV")
    answer = folder / f"回盘{len(returned)}.csv"
    answer.write_bytes(bank_says(download.value.path().read_bytes(), returned=returned))
    page.set_input_files("[data-step=bank-return] input[type=file]", answer)
    page.click("[data-step=bank-return] button")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_of_enterprises_scrolls_sideways(
    linked: Linked, site: str, browser: Browser, hire: Hire, size: dict[str, int]
) -> None:
    linked.granted()
    linked.town.pay_file(linked.round_id)
    linked.town.send_round(linked.round_id)
    said = linked.town.bank_says(linked.round_id, {2: "户名不符"})
    linked.town.take_bank(linked.round_id, said)
    one, agreement = f"/enterprises/{linked.enterprise_id}", linked.agreement_id
    household = linked.town.household(1)
    complaints: list[str] = []

    def note(answer: Response) -> None:
        if answer.status in {404, 500}:
            complaints.append(answer.url)

    for role in ("poverty_office", "finance", "registrar", "loan_officer"):
        desk = Desk(browser, site, hire(role).login)
        desk.page.on("pageerror", lambda error: complaints.append(str(error)))
        desk.page.on("response", note)
        desk.page.set_viewport_size(size)  # type: ignore[arg-type]
        for path in (
            "/enterprises", one, f"{one}/agreements/new", "/enterprises/agreements",
            f"/enterprises/agreements/{agreement}", "/enterprises/dividends",
            f"/enterprises/dividends/{linked.round_id}", "/enterprises/chains",
            f"/enterprises/dividends/{linked.round_id}/rows/{household}/why",
            f"/enterprises/dividends/{linked.round_id}/files/1", "/enterprises/frameworks",
            f"/enterprises/dividends/{linked.round_id}/accounts/{household}",
        ):  # fmt: skip
            page = desk.go(path)
            for summary in page.query_selector_all("details"):
                summary.evaluate("element => element.open = true")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{role} {path}"
    assert complaints == []
