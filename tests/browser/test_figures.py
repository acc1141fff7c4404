"""From a figure on the dashboard down to one household and its payment.

Three households of two are linked; the bank pays the first 4 054.14 and the third 1 001.02, the
second's 2 432.49 come back. So 4 054.14 + 1 001.02 = 5 055.16 are paid to 2 households of 4 people:
5 055.16 ÷ 4 = 1 263.79 each of those paid, 5 055.16 ÷ 6 = 842.5266… = 842.53 each of those linked.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

import ledger
from enterprises.models import DividendPayment, DividendReturnRow
from kernel.money import format_yuan
from tests.browser.conftest import PHONE, LogIn, complaints_of, require_narrow
from tests.web import linkage_world as told
from tests.web.linkage_world import Linked, linked
from tests.web.world import COUNTY

__all__ = ["linked"]

PAID, PAID_EACH, LINKED_EACH = "5055.16", "1263.79", "842.53"


@pytest.fixture
def paid(linked: Linked) -> Linked:
    """Granted, paid by the bank but for the second household, and the day closed."""
    linked.granted()
    second = linked.town.household(2)
    linked.town.paid_out(linked.round_id, {second: "closed"})
    linked.close_to(linked.town.today)
    return linked


def plain(shown: str) -> str:
    """An amount without what sets thousands apart, and without its unit."""
    return shown.replace(",", "").removesuffix("元").strip()


def test_from_a_figure_on_the_dashboard_down_to_one_household_and_its_payment(
    paid: Linked, site: str, log_in: LogIn
) -> None:
    page = log_in("poverty_office")
    page.goto(f"{site}/dashboard")
    with paid.house.books.read() as session:
        on = ledger.last_closed_day(session)
    api = page.request.get(f"{site}/api/v1/indicators?region={COUNTY}&on={on}").json()
    expected = {
        "enterprises_linked": "1",
        "households_linked": "3",
        "persons_linked": "6",
        "households_paid": "2",
        "persons_paid": "4",
        "dividends_paid": PAID,
        "dividend_per_person_linked": LINKED_EACH,
        "dividend_per_person_paid": PAID_EACH,
    }
    assert {name: str(api[name]) for name in expected} == expected
    cards = {name: plain(page.inner_text(f"[data-figure={name}] .value")) for name in expected}
    assert cards == expected
    # What the press leaves out: of whom.
    parts = page.inner_text("[data-figure=dividend_per_person_paid] [data-parts]")
    assert "已付分红 5,055.16 ÷ 已分红人数 4" in parts
    parts = page.inner_text("[data-figure=dividend_per_person_linked] [data-parts]")
    assert "利益联结人数 6" in parts

    # The figure opens into its payments, which add up to it.
    page.click("[data-figure=dividends_paid] .name a")
    amounts = [plain(one.inner_text()) for one in page.query_selector_all("tbody td.n")]
    assert sorted(amounts) == ["1001.02", told.AMOUNTS[0]]
    rows = page.request.get(
        f"{site}/api/v1/indicators/dividends_paid/rows?region={COUNTY}&on={on}"
    ).json()
    assert (rows["kind"], rows["next"]) == ("payments", None)
    assert [row["amount"] for row in rows["items"]] == amounts

    # One of them opens into its household, at that payment.
    first = rows["items"][0]
    page.click(f"[data-row='{first['id']}'] td a")
    assert page.url.endswith(f"/households/{first['household_id']}#payment-{first['id']}")
    payment = page.locator(f"[data-payment='{first['id']}']")
    assert plain(payment.locator("[data-amount]").inner_text()) == told.AMOUNTS[0]
    assert "已付" in payment.locator("[data-answer]").inner_text()
    assert plain(page.inner_text("[data-figure=dividends]")) == told.AMOUNTS[0]
    with paid.house.books.read() as session:
        row = session.execute(
            select(DividendPayment.amount_fen, DividendPayment.attempt, DividendReturnRow.result)
            .join(DividendReturnRow, DividendReturnRow.payment_id == DividendPayment.id)
            .where(DividendPayment.id == first["id"])
        ).one()
        owed = ledger.balance(session, kind="dividend_payable")
    assert (format_yuan(row[0]), row[1], row[2]) == (told.AMOUNTS[0], 1, "paid")
    # Granted and not yet paid: the second household's.
    assert format_yuan(abs(owed)) == told.AMOUNTS[1]

    # From there on to the round, and to why it is this amount.
    page.click(f"[data-payment='{first['id']}'] >> text=第1期")
    assert f"/enterprises/dividends/{paid.round_id}" in page.url
    page.go_back()
    page.click("[data-payment] >> text=为什么")
    assert plain(page.inner_text("[data-figure=amount]")) == told.AMOUNTS[0]


def test_a_payment_that_came_back_stands_on_its_household_with_the_banks_reason(
    paid: Linked, site: str, log_in: LogIn
) -> None:
    page = log_in("poverty_office")
    page.goto(f"{site}/households/{paid.town.household(2)}")
    answer = page.locator("[data-payment] [data-answer]").inner_text()
    assert "退票" in answer
    assert plain(page.inner_text("[data-figure=dividends]")) == "0.00"


def test_no_page_of_figures_scrolls_sideways_in_either_language(
    paid: Linked, site: str, log_in: LogIn
) -> None:
    page = log_in("poverty_office")
    complaints = complaints_of(page)
    paths = (
        "/dashboard", "/dashboard/dividends_paid", "/dashboard/dividend_per_person_paid",
        "/dashboard/enterprises_linked", "/reconciliation", "/mutual",
        f"/households/{paid.town.household(1)}",
    )  # fmt: skip
    require_narrow(page, site, paths)
    assert complaints == []


def test_the_menu_opens_on_a_phone_without_script(paid: Linked, site: str, log_in: LogIn) -> None:
    del paid
    page = log_in("poverty_office")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{site}/dashboard")
    assert not page.locator(".nav").is_visible()
    page.click(".menu-label")
    assert page.locator(".nav").is_visible()
    page.click(".nav >> text=企业联结")
    assert page.url.endswith("/enterprises")
