"""A household is found poor by sheets, splits, and its own limit is decided, all in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from config.wiring import House
from kernel.actor import Actor
from tests.browser.conftest import DESKTOP, LogIn, complaints_of, require_narrow
from tests.web import world
from tests.web.conftest import PASSWORD, Hire
from tests.web.village import ANSWERS, PROCEDURE, strangers

NEW = "4310221012010099"
STEPS = f"/identification/steps/{PROCEDURE}"


@pytest.fixture
def number(opened: House, settled: dict[str, int], system: Actor) -> str:
    """A household that nobody has found to be anything."""
    assert settled
    return strangers(opened, system, 11)[0]


@pytest.fixture
def somebody(site: str, context: BrowserContext, hire: Hire) -> Callable[..., Page]:
    """Somebody by name, in a browser of their own."""
    browser = context.browser
    assert browser is not None

    def somebody(role: str, name: str, **scope: str) -> Page:
        staff = hire(role, name=name, **scope)
        page = browser.new_context(viewport=DESKTOP).new_page()  # type: ignore[arg-type]
        page.goto(f"{site}/login")
        page.fill("[name=login]", staff.login)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        return page

    return somebody


def take(page: Page, site: str, step: str, **fields: str) -> None:
    """Take a step for whoever is ticked, and see that it was taken."""
    page.goto(f"{site}{STEPS}/{step}")
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    page.click("text=办理勾选的农户")
    assert "已办理" in page.inner_text("[role=status]")


def test_from_the_application_to_a_limit_of_its_own(
    number: str, site: str, somebody: Callable[..., Page], opened: House, system: Actor,
    tmp_path: Path,
) -> None:  # fmt: skip
    village = somebody("registrar", "村专干", region_scope=world.VILLAGE)
    township = somebody("registrar", "镇专干", region_scope="431022101")
    office, other = (somebody("poverty_office", name) for name in ("扶贫办甲", "扶贫办乙"))
    village.goto(f"{site}/identification")
    village.click("text=受理新名单")
    village.fill("[name=numbers]", number)
    village.click("main button[type=submit]")
    assert "已受理1户" in village.inner_text("[role=status]")
    take(village, site, "group_proposal")
    photo = tmp_path / "会议记录.png"
    photo.write_bytes(b"\x89PNG minutes")
    village.goto(f"{site}{STEPS}/village_vote")
    village.set_input_files("[name=papers]", photo)
    for name, value in {"document": "会纪1号", "eligible": "30", "present": "20"}.items():
        village.fill(f"[name={name}]", value)
    for side, votes in (("for", "19"), ("against", "1"), ("abstain", "1")):
        village.fill(f"[name='{side}-{number}']", votes)
    village.click("text=办理勾选的农户")
    assert "多于到会20人" in village.inner_text("main .said.no")
    assert village.input_value(f"[name='for-{number}']") == "19"
    village.fill(f"[name='abstain-{number}']", "0")
    village.set_input_files("[name=papers]", photo)
    village.click("text=办理勾选的农户")
    assert "已办理" in village.inner_text("[role=status]")
    village.goto(f"{site}{STEPS}/village_review")
    village.click("text=未入户调查")
    for name, value in ANSWERS.items():
        field = village.locator(f"[name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    village.click("text=保存调查表")
    take(village, site, "village_review")
    take(township, site, "township_review", document="白政〔2017〕9号", place="村务公开栏")
    # The list hangs; somebody disagrees, and another person answers.
    township.fill("[name=number]", number)
    township.fill("[name=raised_by]", "李四")
    township.fill("[name=words]", "听说有小汽车")
    township.click("form button:has-text('登记异议')")
    office.goto(f"{site}/identification/objections")
    office.click("details summary:has-text('答复')")
    office.fill("[name=words]", "经核实，车已报废")
    office.click("details button:has-text('答复')")
    for _ in range(7):
        world.turn_day(opened.books, system)
    take(office, site, "county_review")
    take(other, site, "county_decision", document="宜扶〔2017〕3号")
    other.click(f"main table a:has-text('{number}')")
    expect(other.locator("[data-finding=registered]")).to_have_count(1)
    expect(other.locator("li[data-step]")).to_have_count(7)
    # The family splits, and the new household's limit is another person's decision.
    village.goto(f"{site}/households?q={number}")
    village.click(f"main table a:has-text('{number}')")
    village.click("text=家庭变动")
    village.click("[data-form=split] summary")
    form = village.locator("[data-form=split]")
    form.locator("[name=number]").fill(NEW)
    form.locator("[name=person]").nth(2).check()
    form.locator("[name^=new-]").nth(2).fill("户主")
    form.locator("button[type=submit]").click()
    assert NEW in village.inner_text("[role=status]")
    assert "合并计算" in village.inner_text("main")
    village.click("text=申请单独核算额度")
    village.fill("details[open] [name=reason]", "子女成家，已分灶")
    village.fill("details[open] [name=document]", "宜扶〔2017〕7号")
    village.click("text=提交审定")
    address = village.url
    office.goto(address)
    office.click("text=去审定")
    office.click("button[value=approved]")
    village.goto(address)
    assert "单独核算" in village.inner_text("[data-link]")


def test_no_page_scrolls_sideways_in_either_language(
    number: str, settled: dict[str, int], opened: House, site: str, log_in: LogIn
) -> None:
    page = log_in("registrar")
    complaints = complaints_of(page)
    page.goto(f"{site}/identification/new")
    page.fill("[name=numbers]", number)
    page.click("main button[type=submit]")
    key = settled[world.FAMILIES[0].number]
    paths = [
        "/identification", "/identification/new", f"{STEPS}/group_proposal",
        f"{STEPS}/village_vote", "/identification/sheets", "/identification/sheets/1",
        "/identification/cases/1", "/identification/notices", "/identification/objections",
        "/identification/lists", "/helping/helpers", "/helping/unvisited", "/organisations",
        "/identification/samples",
        "/identification/rounds", "/identification/villages", f"/households/{key}/survey",
        f"/households/{key}/family", f"/households/{key}/need", f"/households/{key}", "/families",
        "/need", "/need/answers", "/need/queue", "/need/sheet", "/notices/lists",
    ]  # fmt: skip
    require_narrow(page, site, paths)
    assert complaints == []
