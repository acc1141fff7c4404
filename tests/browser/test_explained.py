"""Explanations, statement, corrections, what-if and grades in a real browser: nothing overflows."""

from __future__ import annotations

from datetime import date

import pytest

import ledger
import loans
from config.wiring import House
from jobs import program
from tests.beginnings import Beginning
from tests.browser.conftest import DESKTOP, PHONE, LogIn
from tests.web import world

HERE = world.FAMILIES[0]


@pytest.fixture
def corrected(opened: House, settled: dict[str, int], begin: Beginning) -> str:
    """A loan closed through September 2017, with a payment entered late; its number."""
    return begin("corrected", lambda: live(opened, settled))


def live(opened: House, settled: dict[str, int]) -> str:
    """What is told above."""
    lent = world.lend(opened, HERE, settled[HERE.number], world.found_lender(opened))
    program.close_to(opened, date(2017, 9, 30))
    late = loans.Payment(
        lent.number, 2_000_000, "counter", "HK1", early=True, value_date=date(2017, 8, 10)
    )
    with opened.books.write("loans.repay", by=world.OFFICER) as session:
        on = ledger.open_day(session)
        loans.repay_many(
            session, payments_in=[late], calendar=opened.calendar, on=on, by=world.OFFICER
        )
    return lent.number


PAGES = (
    "/loans/{number}",
    "/loans/{number}/statement",
    "/loans/{number}/corrections",
    "/loans/{number}/why/balance",
    "/loans/{number}/why/grade",
    "/loans/{number}/why/plan",
    "/loans/{number}/why/settlements/3",
    "/loans/{number}/why/repayments/1",
    "/loans/{number}/what-if?repay=10000.00&on=2017-10-09",
    "/loans/{number}/what-if?policy=2021-06-01",
    "/loans/{number}/what-if?until=2018-03-01",
    "/grades?from=2017-06-30&to=2017-09-30",
)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_of_explanations_scrolls_sideways(
    corrected: str, site: str, log_in: LogIn, size: dict[str, int]
) -> None:
    page = log_in("checker")
    page.set_viewport_size(size)  # type: ignore[arg-type]
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    for path in PAGES:
        answer = page.goto(site + path.format(number=corrected))
        assert answer is not None
        assert answer.status == 200, path
        for details in page.query_selector_all("details"):
            details.evaluate("one => one.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
    assert complaints == []
