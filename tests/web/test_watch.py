"""The watch on pages and at the command line: a township that is stopped and how it is lifted,
platforms beside the fund, the stress.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from itertools import count

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.wiring import House
from jobs.close import Step
from jobs.program import program_of
from kernel.actor import Actor
from organisations import Kind
from tests.loans.lists import found_organisation
from tests.loans.town import Town
from tests.planted import Plant
from tests.risk_fund.fund import Fund
from tests.risk_fund.test_platforms import Platform
from tests.risk_fund.watching import Watch
from tests.web import world
from tests.web.conftest import Hire, Staff
from web.cli import fupin

#: lent on 1 June 2017, due on Saturday 1 July, so payable on the 3rd: bad at the close of the 5th
BAD_ON = date(2017, 7, 5)
VILLAGE, NEXT_TOWNSHIP = "431022101201", "431022102201"
TOWNSHIP = VILLAGE[:9]


@dataclass
class Site:
    """A county with one lender and a fund, and people at their desks."""

    client: FlaskClient
    house: House
    watch: Watch
    fund: Fund
    hire: Hire
    staff: dict[str, Staff] = field(default_factory=dict)
    keys: count[int] = field(default_factory=lambda: count(1))

    def who(self, role: str, name: str = "") -> Staff:
        key = f"{role}{name}"
        if key not in self.staff:
            self.staff[key] = self.hire(role, name=key)
        return self.staff[key]

    def get(self, path: str, role: str = "poverty_office", **headers: str) -> str:
        answer = self.client.get(path, headers={**self.who(role).headers, **headers})
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, role: str, name: str = "", **form: str) -> TestResponse:
        entries = {"request_key": f"key-{next(self.keys):08d}", **form}
        return self.client.post(path, data=entries, headers=self.who(role, name).headers)


@pytest.fixture
def site(opened: House, client: FlaskClient, hire: Hire, system: Actor) -> Site:
    town = Town(
        opened.books, system, opened.keyring, opened.rulebook, opened.calendar, opened.regions
    )
    town.lender_id = world.found_lender(opened)
    watch = Watch(town, threshold_ppm=50_000, scopes=("bank", "township"))
    for village in (VILLAGE, VILLAGE, NEXT_TOWNSHIP):
        watch.neighbour(village)
    return Site(client, opened, watch, Fund(town).opened(), hire)


def stopped(site: Site) -> None:
    """10 000 of 60 000 are bad: all that is out in one township, a sixth at the bank."""
    site.watch.goes_bad(1, 1_000_000)
    site.watch.town.lend(3)
    site.watch.scopes = ("township",)
    site.watch.close_to(BAD_ON)


def row(page: str, mark: str) -> str:
    found = re.search(rf"<tr {mark}.*?</tr>", page, re.DOTALL)
    assert found, mark
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])).strip()


# --- the fuse -------------------------------------------------------------------------------------


def test_a_stop_is_shown_with_its_clause_and_lifted_by_two(site: Site) -> None:
    stopped(site)
    page = site.get("/fund/fuse")
    assert f'data-stopped="{TOWNSHIP}"' in page
    assert row(page, f'data-scope="{TOWNSHIP}"').endswith("100.00% 10,000.00 10,000.00 已熔断")
    assert "16.66%" in row(page, f'data-scope="{site.watch.town.lender_id}"')
    assert site.watch.conduct(BAD_ON).fuse_bad_ratio_ppm.cite in page
    # 6 July and ninety days.
    assert 'max="2017-10-04"' in page
    asked = {"scope_kind": "region", "scope": TOWNSHIP, "until": "2017-07-31", "reason": "已落实"}
    answer = site.post("/fund/fuse/lifts", "poverty_office", **asked)
    assert answer.status_code == 302
    proposal = re.search(r"/fund/fuse/lifts/(\d+)", site.get("/fund/fuse", "finance"))
    assert proposal
    assert "2017-07-31" in site.get("/fund/fuse", "finance")
    listed = site.get("/proposals", "finance")
    assert f"/proposals/{proposal[1]}" in listed
    opened = site.client.get(f"/proposals/{proposal[1]}", headers=site.who("finance").headers)
    assert opened.location == "/fund/fuse"
    answer = site.post(proposal[0], "finance", decision="approved")
    assert answer.status_code == 302
    assert "已解除，至2017-07-31" in row(site.get("/fund/fuse"), f'data-scope="{TOWNSHIP}"')
    assert site.watch.stopped() == set()


def test_a_refused_lift_brings_the_page_back_with_the_reason(site: Site) -> None:
    stopped(site)
    asked = {"scope_kind": "region", "scope": TOWNSHIP, "until": "2018-07-31", "reason": "已落实"}
    answer = site.post("/fund/fuse/lifts", "poverty_office", **asked)
    assert answer.status_code == 422
    assert "2017-10-04" in answer.text
    missing = site.post("/fund/fuse/lifts", "poverty_office", **{**asked, "until": "x"})
    assert missing.status_code == 422
    asked["until"] = "2017-07-31"
    assert site.post("/fund/fuse/lifts", "poverty_office", **asked).status_code == 302
    (number,) = re.findall(r"/fund/fuse/lifts/(\d+)", site.get("/fund/fuse", "finance"))
    refused = site.post(f"/fund/fuse/lifts/{number}", "finance", decision="rejected")
    assert refused.status_code == 422
    site.post(f"/fund/fuse/lifts/{number}", "finance", decision="rejected", reason="先催收")
    assert site.watch.stopped() == {TOWNSHIP}
    assert "申请解除熔断" in site.get("/fund/fuse")


def test_what_went_down_again_says_so_and_stays_stopped(site: Site) -> None:
    site.watch.scopes = ("township",)
    number = site.watch.goes_bad(1, 1_000_000)
    site.watch.close_to(BAD_ON)
    site.watch.town.pay(number, 2_000_000)
    site.watch.close_to(site.watch.town.today)
    page = site.get("/fund/fuse")
    assert "不良率已回落" in page
    assert "已熔断" in row(page, f'data-scope="{TOWNSHIP}"')
    # Today is proposed: the longest day is for a ratio that is still there.
    assert 'value="2017-07-07"' in page


def test_a_close_through_the_house_sets_the_stop(site: Site) -> None:
    """The step stands in the programme of the close, after the grades."""
    names = [one.name for one in program_of(site.house, "431022000000")(BAD_ON).steps]
    assert names.index("loans") < names.index("fuse") < names.index("snapshot")


# --- platforms ------------------------------------------------------------------------------------


def test_a_platform_beside_the_fund_from_its_capital_to_its_call(site: Site) -> None:
    town = site.watch.town
    company = found_organisation(town, 9, kind=Kind.GUARANTEE_COMPANY)
    platform = Platform(town, found_organisation(town, 1), company)
    number = platform.lent(2, 2_000_000)
    said = {"credit_code": company, "capital": "10000", "multiple": "3", "clause": "宜政办发8号"}
    assert site.post("/fund/platforms", "finance", **said).status_code == 302
    letter = {"number": number, "credit_code": company, "letter_no": "保1"}
    too_much = site.post("/fund/guarantees", "loan_officer", **letter, amount="20000.01")
    assert too_much.status_code == 422
    assert 'value="保1"' in too_much.text
    given = site.post("/fund/guarantees", "loan_officer", **letter, amount="15000")
    assert given.status_code == 302
    page = site.get("/fund/platforms", "finance")
    # 10 000 × 3 − 15 000; the fund: 100 000 × 10 − 20 000 under cover.
    assert row(page, f'data-platform="{company}"').endswith("10,000.00 3 15,000.00 0.00 15,000.00")
    assert row(page, "data-fund").endswith("100,000.00 10 20,000.00 — 980,000.00")
    town.close_to(BAD_ON)
    call = {"letter_no": "保1", "amount": "6000", "channel": "transfer", "voucher_no": "DC1"}
    assert site.post("/fund/guarantees/call", "checker", **call).status_code == 302
    again = site.post("/fund/guarantees/call", "checker", **call)
    assert again.status_code == 409
    free = {"letter_no": "保1", "amount": "1000", "reason": "部分还清"}
    assert site.post("/fund/guarantees/release", "checker", **free).status_code == 302
    back = {**call, "amount": "2000", "voucher_no": "FH1"}
    assert site.post("/fund/guarantees/recovery", "loan_officer", **back).status_code == 302
    page = site.get("/fund/platforms", "checker")
    # (10 000 − 4 000) × 3 − 8 000
    assert row(page, f'data-platform="{company}"').endswith(
        "10,000.00 3 8,000.00 4,000.00 10,000.00"
    )
    assert row(page, 'data-letter="保1"').endswith("15,000.00 6,000.00 2,000.00 1,000.00 8,000.00")


def test_a_households_loan_is_refused_with_the_clause(site: Site) -> None:
    town = site.watch.town
    company = found_organisation(town, 9, kind=Kind.GUARANTEE_COMPANY)
    (number,) = town.contracts(town.asked(1))
    asked = {"number": number, "credit_code": company, "letter_no": "保1", "amount": "1"}
    answer = site.post("/fund/guarantees", "loan_officer", **asked)
    assert answer.status_code == 422
    assert "不得要求担保" in answer.text


# --- the stress -----------------------------------------------------------------------------------


def test_the_stress_is_asked_for_and_says_its_assumptions(site: Site) -> None:
    site.watch.town.lend(1)
    empty = site.get("/fund/stress", "finance")
    assert "本金损失合计" not in empty
    page = site.get("/fund/stress?runs=100&seed=7", "finance")
    for said in ("随机种子7，模拟100次，60个月", "50,000.00", "35,000.00", "0.3000%", "方法的局限"):
        assert said in page, said
    for typed, why in (
        ("runs=5", "模拟次数须为100至1000"),
        ("runs=99", "模拟次数须为100至1000"),
        ("runs=1001", "模拟次数须为100至1000"),
        ("runs=5000", "模拟次数须为100至1000"),
        ("runs=abc", "模拟次数须为100至1000"),
        ("runs=", "模拟次数须为100至1000"),
        ("runs=100&seed=-7", "须为至多15位的数字"),
    ):
        answer = site.client.get(f"/fund/stress?{typed}", headers=site.who("finance").headers)
        assert answer.status_code == 422, typed
        said = answer.get_data(as_text=True)
        assert why in said, typed
        assert "本金损失合计" not in said
        # what was typed stands in its field
        name, _, value = typed.rpartition("&")[2].partition("=")
        assert re.search(f'name="{name}"[^>]*value="{value}"', said), typed
    english = site.get("/fund/stress?runs=100&seed=7&lang=en", "finance")
    assert "Assumptions" in english
    assert "calamity" in english


def test_the_command_prints_the_same_figures_for_the_same_seed(site: Site) -> None:
    site.watch.town.lend(1)
    asked = ["stress", "--runs", "100", "--seed", "7"]
    once, again = (CliRunner().invoke(fupin, [*asked, "--json"], obj=site.house) for _ in range(2))
    assert once.exit_code == 0, once.output
    assert once.output == again.output
    data = json.loads(once.output)
    assert data["whole"]["outstanding"] == "50000.00"
    assert data["assumptions"]["seed"] == 7
    told = CliRunner().invoke(fupin, asked, obj=site.house)
    assert told.exit_code == 0
    for said in ("随机种子7", "本金损失合计", "宜章示范农村商业银行", "每行抵600个贷款月", "够用"):
        assert said in told.output, said
    few = CliRunner().invoke(fupin, ["stress", "--runs", "1"], obj=site.house)
    assert few.exit_code == 1
    assert "模拟次数须为100至10000" in few.output


PLANTED = [
    Plant(
        test_a_close_through_the_house_sets_the_stop,
        "jobs.program.stop_where_bad",
        lambda rules: Step("nothing", lambda *_: 0, whole=True),
        catches=(ValueError, AssertionError),
    ),
    Plant(
        test_the_stress_is_asked_for_and_says_its_assumptions,
        "web.watching.asked_for",
        lambda _typed: (100, 7),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, site: Site) -> None:
    plant.prove(site=site)
