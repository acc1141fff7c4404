"""The four levels and help in a browser: nothing to scroll sideways, down to a household's card."""

from __future__ import annotations

from datetime import date

import pytest

from config.wiring import House
from households import helping, queries
from households.helping.forms import MeasureRow, PairRow, ProjectRow, VisitRow
from households.helping.funds import FundEntered, UseEntered
from tests.browser.conftest import LogIn, complaints_of, require_narrow
from tests.web import world

DAY = world.OPEN_DAY
NUMBER = world.FAMILIES[0].number
TOWNSHIP = world.VILLAGE[:9].ljust(12, "0")


@pytest.fixture
def helped(opened: House, settled: dict[str, int]) -> list[str]:
    """A household with a helper, a visit and a measure, a project and a fund; the pages."""
    numbers = [family.number for family in world.FAMILIES]
    pairs = [PairRow(number, "王建国", "宜章县税务局", "county", DAY) for number in numbers[:2]]
    project = ProjectRow(
        "YZ-01", "脐橙产业扶贫项目", "脐橙", True, "宜扶组〔2017〕2号", date(2017, 2, 1),
        100_000_000, world.VILLAGE, 40, 130,
    )  # fmt: skip
    fund = FundEntered(2017, "湘财农指〔2017〕8号", "province", "省级财政专项", 1_000_000_000)
    given = UseEntered(1, "industry", 700_000_000, DAY, "宜财农〔2017〕3号", True, 1)
    with opened.books.write("help", by=world.REGISTRAR) as session:
        helping.pair(session, pairs, keyring=opened.keyring, on=DAY, by=world.REGISTRAR)
        helping.note_visits(
            session, [VisitRow(NUMBER, DAY, "送种苗，核对收入")], on=DAY, by=world.REGISTRAR
        )
        helping.note_measures(
            session,
            [MeasureRow(NUMBER, "industry", 2017, DAY, "脐橙苗200株", 120_000)],
            rules=opened.help_rules,
            on=DAY,
            by=world.REGISTRAR,
        )
    with opened.books.write("help", by=world.OFFICE) as session:
        helping.enter_projects(
            session, [project], regions=opened.regions, organisations={}, on=DAY, by=world.OFFICE
        )
        helping.list_households(session, 1, [NUMBER], from_on=DAY, on=DAY, by=world.OFFICE)
        helping.enter_fund(session, fund, on=DAY, by=world.OFFICE)
        helping.use_fund(session, given, on=DAY, by=world.OFFICE)
        key = queries.by_number(session, NUMBER, digits="431022").id
    return [
        "/levels", f"/levels/{TOWNSHIP}", f"/levels/{world.VILLAGE}", f"/households/{key}",
        f"/households/{key}/help", "/helping", "/helping/sheets/pairs", "/helping/projects",
        "/helping/projects/1", "/helping/funds", "/helping/funds/1",
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["registrar", "poverty_office"])
def test_no_page_scrolls_sideways_in_either_language(
    helped: list[str], site: str, log_in: LogIn, role: str
) -> None:
    page = log_in(role)
    complaints = complaints_of(page)
    require_narrow(page, site, helped)
    assert complaints == []


def test_from_the_platform_down_to_a_household_and_its_help(
    helped: list[str], site: str, log_in: LogIn
) -> None:
    page = log_in("registrar")
    page.goto(f"{site}/levels")
    # four households of two, all registered
    assert page.text_content("[data-figure=poor] .value") == "4户"
    page.click(f"[data-place='{TOWNSHIP}'] a")
    page.click(f"[data-place='{world.VILLAGE}'] a")
    page.click(f"[data-household='{NUMBER}'] a")
    page.click("text=帮扶记录")
    page.click("summary:has-text('记一次走访')")
    page.fill("[name=done]", "看望老人")
    page.click("form[action$=visits] button")
    assert page.locator("[data-visit]").count() == 2
    page.click("[data-visit] summary >> nth=0")
    page.fill("[data-visit] [name=reason] >> nth=0", "记错户")
    page.click("[data-visit] form button >> nth=0")
    assert page.locator("text=记错户").count() == 1
