"""The pages as people see them: figures agree, phones need not scroll, names stay text."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser, Page

import ledger
from config.wiring import House
from households import slips
from jobs import program
from tests.beginnings import Beginning
from tests.browser.conftest import DESKTOP, PHONE, LogIn
from tests.web import world
from tests.web.conftest import COUNTY, Hire

HERE = world.FAMILIES[0]
CODE = "482109375512"


@pytest.fixture
def lived(opened: House, settled: dict[str, int], begin: Beginning) -> world.Lent:
    """A county with one loan, closed through 21 June 2017."""
    return begin("lived", lambda: live(opened, settled))


def live(opened: House, settled: dict[str, int]) -> world.Lent:
    """What is told above."""
    lent = world.lend(opened, HERE, settled[HERE.number], world.found_lender(opened))
    with opened.books.write(slips.COMMAND, by=world.OFFICER) as session:
        slips.issue(
            session,
            opened.keyring,
            household_id=lent.household_id,
            on=ledger.open_day(session),
            by=world.OFFICER,
            new_code=lambda: CODE,
        )
    program.close_to(opened, date(2017, 6, 21))
    return lent


def width_of(page: Page) -> int:
    found: int = page.evaluate("document.documentElement.scrollWidth")
    return found


def test_the_dashboard_shows_what_the_api_says(
    lived: world.Lent, site: str, log_in: LogIn, hire: Hire
) -> None:
    page = log_in("finance")
    page.goto(f"{site}/dashboard")
    told = page.request.get(f"{site}/api/v1/indicators?region={COUNTY}&on=2017-06-21").json()
    shown = {
        name: page.inner_text(f"[data-figure={name}] .value").replace(",", "").removesuffix("元")
        for name in ("households_registered", "loans_count", "loans_disbursed", "average_loan")
    }
    assert shown == {name: str(told[name]) for name in shown}
    # One of four households is rated: 25.00 %.
    assert told["rating_coverage"] == "0.2500"
    assert "25.00%" in page.inner_text("[data-figure=rating_coverage] .value")
    page.click("text=白石渡镇")
    assert "白石渡镇" in page.inner_text("h1")


def test_the_way_in_and_out(site: str, log_in: LogIn) -> None:
    page = log_in("loan_officer")
    assert page.url.endswith("/dashboard")
    page.click("text=退出")
    assert page.url.endswith("/login")
    page.goto(f"{site}/loans")
    assert "/login?next=" in page.url


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_scrolls_sideways_and_no_script_is_refused(
    lived: world.Lent, site: str, log_in: LogIn, size: dict[str, int]
) -> None:
    page = log_in("loan_officer")
    page.set_viewport_size(size)  # type: ignore[arg-type]
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in (
        "/dashboard", f"/dashboard?region={world.VILLAGE}", "/households", "/loans", "/proposals",
        f"/households/{lived.household_id}", f"/loans/{lived.number}", "/batches",
        "/batches/applications", f"/batches/sheets/{lived.sheet_id}", "/mine", "/nothing",
        "/queue", "/queue/papers", "/queue/checks", f"/loans/{lived.number}/file",
        f"/loans/{lived.number}/deeds", "/applications/1/file",
    ):  # fmt: skip
        page.goto(f"{site}{path}")
        for summary in page.query_selector_all("details"):
            summary.evaluate("element => element.open = true")
        assert width_of(page) <= size["width"], path
    # The page that does not exist is told to the console, and nothing else is.
    assert [c for c in complaints if "404" not in c] == []


def test_the_why_of_an_amount_can_be_reckoned_again(
    lived: world.Lent, site: str, log_in: LogIn
) -> None:
    page = log_in("loan_officer")
    page.goto(f"{site}/loans/{lived.number}")
    page.click("text=为什么是这个数")
    cells = [cell.inner_text() for cell in page.query_selector_all(".why tbody tr >> nth=0 >> td")]
    # 50 000.00 × 20 days × 4.75 % ÷ 360 = 131.94 from 1 to 20 June 2017
    assert cells == ["2017-06-01", "2017-06-21", "20", "50,000.00", "4.75%", "1,000,000.00"]
    assert "131.94" in page.inner_text(".why")


def test_a_household_needs_no_script(lived: world.Lent, site: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    weight = 0

    def weigh(response: object) -> None:
        nonlocal weight
        weight += len(response.body())  # type: ignore[attr-defined]

    page.goto(f"{site}/mine")
    page.fill("[name=code]", "4821 0937 5512")
    page.fill("[name=last_four]", HERE.head_identity[-4:])
    page.on("response", weigh)
    page.click("button")
    assert lived.number in page.inner_text("main")
    assert 0 < weight < 50_000
    assert context.cookies() == []
    context.close()


PAYLOADS = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=document.title='owned'>",
    "\"'><svg onload=document.title='owned'>",
    "{{7*7}}${7*7}",
    "javascript:document.title='owned'",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_name_that_looks_like_a_script_stays_a_name(
    opened: House, site: str, log_in: LogIn, settled: dict[str, int], payload: str
) -> None:
    lender_id = world.found_lender(opened, name=payload)
    lent = world.lend(opened, HERE, settled[HERE.number], lender_id, purpose=payload)
    page = log_in("loan_officer")
    page.goto(f"{site}/loans/{lent.number}")
    assert payload in page.inner_text("main")
    page.goto(f"{site}/batches/applications")
    assert page.inner_text("select[name=lender_id] option") == payload
    page.goto(f"{site}/loans?q={payload}")
    assert page.input_value("[name=q]") == payload
    assert "owned" not in page.title()


def test_the_document_of_the_api_is_read_in_the_browser(site: str, page: Page) -> None:
    page.goto(f"{site}/api/v1/docs")
    page.wait_for_selector(".opblock-tag-section", timeout=20_000)
    page.click("#operations-tag-api_loans button.expand-operation")
    page.wait_for_selector(".opblock", timeout=20_000)
    assert "/loans/disbursements" in page.inner_text("#reader")
