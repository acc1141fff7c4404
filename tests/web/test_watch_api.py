"""The watch over the API: the fuse and its lifts, platforms and guarantees, the stress; and what a
refused draw says of the place that is stopped.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

import organisations
from config.wiring import House
from kernel.actor import Actor
from loans import limits
from organisations import Kind
from risk_fund.stress import as_data
from tests.loans.lists import found_organisation
from tests.loans.town import Town
from tests.planted import Plant
from tests.risk_fund.fund import Fund
from tests.risk_fund.test_platforms import Platform
from tests.risk_fund.watching import Watch
from tests.web import world
from tests.web.bureau import Bureau
from tests.web.conftest import PASSWORD, Hire
from web.cli import fupin

#: lent on 1 June 2017, due on Saturday 1 July, so payable on the 3rd: bad at the close of the 5th
BAD_ON = date(2017, 7, 5)
VILLAGE, NEXT_TOWNSHIP = "431022101201", "431022102201"
TOWNSHIP = VILLAGE[:9]
LENDER = "宜章示范农村商业银行"


class Site(Bureau):
    """A county with one lender and a fund, under watch."""

    watch: Watch

    @property
    def town(self) -> Town:
        return self.watch.town

    def stop(self) -> str:
        """10 000 of 60 000 are bad, all that is out in one township; a contract there that waits.

        The township alone is watched, at a threshold of 5 %.
        """
        self.watch.goes_bad(1, 1_000_000)
        self.town.lend(3)
        (waiting,) = self.town.contracts(self.town.asked(2, amount_fen=100_000))
        self.watch.scopes = ("township",)
        self.watch.close_to(BAD_ON)
        return waiting

    def draw(self, number: str, fen: str = "1000.00", *, status: int = 409) -> dict[str, Any]:
        """A draw that is refused, as the API says it."""
        row = {"number": number, "amount": fen, "channel": "counter", "voucher_no": "V1"}
        told: dict[str, Any] = self.post(
            "/loans/disbursements", {"rows": [row]}, "loan_officer", status=status
        )
        return told


@pytest.fixture
def site(opened: House, client: FlaskClient, hire: Hire, system: Actor) -> Site:
    town = Town(
        opened.books, system, opened.keyring, opened.rulebook, opened.calendar, opened.regions
    )
    town.lender_id = world.found_lender(opened)
    found = Site(client, opened, hire)
    found.watch = Watch(town, threshold_ppm=50_000, scopes=("bank", "township"))
    for village in (VILLAGE, VILLAGE, NEXT_TOWNSHIP):
        found.watch.neighbour(village)
    Fund(town).opened()
    return found


ASKED = {"scope_kind": "region", "scope": TOWNSHIP, "until": "2017-07-31", "reason": "已落实"}


# --- the fuse -------------------------------------------------------------------------------------


def test_a_stop_is_told_with_its_figures_and_lifted_by_two(site: Site) -> None:
    site.stop()
    rule = site.house.rulebook.conduct(on=BAD_ON, region="431022000000")
    told = site.get("/fund/fuse", "poverty_office")
    # The rule of the house on that day; the close went by 5 %, as the stop's own event says below.
    assert told["on"] == "2017-07-06"
    assert told["clause"] == rule.fuse_bad_ratio_ppm.cite
    assert (told["lift_days"], told["lift_clause"]) == (90, rule.fuse_lift_days.cite)
    (stopped,) = site.get("/fund/fuse?event=blown", "poverty_office")["items"]
    assert stopped == told["items"][0]
    assert stopped.pop("clause") == rule.fuse_bad_ratio_ppm.cite
    assert stopped == {
        "place": "township", "scope_kind": "region", "scope": TOWNSHIP,
        "name": site.house.regions.get(f"{TOWNSHIP}000").name,
        "event": "blown", "since": "2017-07-05", "until": None, "reason": "",
        "bad": "10000.00", "outstanding": "10000.00", "ratio": "100.00", "watched": True,
        "reached": True, "lift_proposal": None, "lift_until": None, "lift_reason": "",
    }  # fmt: skip
    (bank,) = (one for one in told["items"] if one["place"] == "bank")
    # 10 000 of 60 000 is a sixth: 16.6666…, half up at the fourth decimal.
    assert (bank["name"], bank["ratio"], bank["event"]) == (LENDER, "16.6667", "")
    proposal = site.post("/fund/fuse/lifts", ASKED, "poverty_office")["proposal_id"]
    (asked,) = site.get("/proposals")
    name = site.house.regions.full_name(f"{TOWNSHIP}000")
    assert asked["summary"] == f"解除熔断：{name}，至2017-07-31（含）止；已落实"
    (waiting,) = site.get("/fund/fuse?event=blown")["items"]
    assert (waiting["lift_proposal"], waiting["lift_until"]) == (proposal, "2017-07-31")
    decided = site.post(f"/fund/fuse/lifts/{proposal}/decision", {"decision": "approved"})
    assert decided == {
        "proposal_id": proposal, "decision": "approved", "decided_on": "2017-07-06",
    }  # fmt: skip
    assert site.watch.stopped() == set()
    (lifted,) = site.get("/fund/fuse?event=lifted")["items"]
    assert (lifted["scope"], lifted["until"], lifted["reason"]) == (
        TOWNSHIP, "2017-07-31", "已落实",
    )  # fmt: skip
    last, first = site.get(f"/fund/fuse/events?scope_kind=region&scope={TOWNSHIP}")
    assert (last["event"], last["on"], last["until"]) == ("lifted", "2017-07-06", "2017-07-31")
    assert (first["event"], first["on"], first["until"]) == ("blown", "2017-07-05", None)
    assert (first["bad"], first["outstanding"], first["ratio"]) == (
        "10000.00",
        "10000.00",
        "100.00",
    )
    assert (first["threshold"], first["clause"]) == ("5.00", rule.fuse_bad_ratio_ppm.cite)


def test_a_lift_is_asked_once_for_one_key_and_never_too_long(site: Site) -> None:
    site.stop()
    once, again = (
        site.post("/fund/fuse/lifts", ASKED, "poverty_office", key="lift-asked-once")
        for _ in range(2)
    )
    assert once == again
    waiting = site.post("/fund/fuse/lifts", ASKED, "poverty_office", status=409)
    assert waiting["code"] == "fuse_lift_waiting"
    assert "宜章县" in waiting["detail"]
    path = f"/fund/fuse/lifts/{once['proposal_id']}/decision"
    assert site.post(path, {"decision": "rejected"}, status=422)["code"] == "reason_missing"
    site.post(path, {"decision": "rejected", "reason": "先催收"})
    assert site.watch.stopped() == {TOWNSHIP}
    # 6 July and ninety days is 4 October.
    long = site.post("/fund/fuse/lifts", {**ASKED, "until": "2017-10-05"}, "poverty_office",
                     status=422)  # fmt: skip
    assert (long["code"], long["field"]) == ("fuse_lift_overlong", "until")
    gone = site.post("/fund/fuse/lifts/999/decision", {"decision": "approved"}, status=404)
    assert gone["code"] == "not_found"


def test_staff_of_a_lender_see_stops_and_no_sums_of_others(site: Site) -> None:
    site.stop()
    site.who("loan_officer", "own", institution_id=site.town.lender_id)
    told = site.get("/fund/fuse", "loan_officer", "own")["items"]
    assert [(one["place"], one["event"]) for one in told] == [("township", "blown"), ("bank", "")]
    assert (told[0]["bad"], told[0]["outstanding"], told[0]["ratio"]) == (None, None, None)
    assert told[1]["bad"] == "10000.00"


# --- what a refused draw says ---------------------------------------------------------------------


def test_a_stopped_place_is_named_and_not_numbered(site: Site) -> None:
    number = site.stop()
    refused = site.draw(number)
    assert refused["code"] == "lending_stopped"
    name = site.house.regions.full_name(f"{TOWNSHIP}000")
    assert name.startswith("宜章县")
    assert refused["detail"].startswith(f"{name}已停止新增贷款")
    assert f"new lending is stopped for {name}" in refused["en"]


def test_a_full_lender_is_named_and_not_numbered(site: Site) -> None:
    (number,) = site.town.contracts(site.town.asked(2, amount_fen=100_000))
    # 100 000 in the account, ten times that may be out.
    full, scope = 100_000_000, ("institution", str(site.town.lender_id))
    for fen in (50_000, full):
        with site.town.books.write("risk_fund.limit", by=site.town.system) as session:
            limits.set_limit(session, scope=scope, limit_fen=fen, clause="限额")
        if fen < full:
            refused = site.draw(number)
    assert refused["code"] == "lending_limit_exceeded"
    assert refused["detail"].startswith(f"{LENDER}的放贷限额剩余500.00元，不足以发放1000.00元")


def test_the_command_line_names_the_place_as_well(site: Site, tmp_path: Path) -> None:
    number = site.stop()
    file = tmp_path / "draws.csv"
    file.write_text(f"合同号,金额（元）,渠道,凭证号\n{number},1000,柜面,V1\n", "utf-8")
    told = CliRunner().invoke(
        fupin,
        ["loans", "disburse", str(file), "--as", site.who("loan_officer").login,
         "--password-stdin"],
        obj=site.house,
        input=f"{PASSWORD}\n",
    )  # fmt: skip
    assert told.exit_code == 1
    name = site.house.regions.full_name(f"{TOWNSHIP}000")
    assert f"{name}已停止新增贷款" in told.output


# --- platforms ------------------------------------------------------------------------------------


def test_a_platform_from_its_capital_to_its_recovery(site: Site) -> None:
    company = found_organisation(site.town, 9, kind=Kind.GUARANTEE_COMPANY)
    platform = Platform(site.town, found_organisation(site.town, 1), company)
    number = platform.lent(2, 2_000_000)
    said = {"credit_code": company, "capital": "10000", "multiple": 3, "clause": "宜政办发8号"}
    owner = site.post("/fund/platforms", said)["organisation_id"]
    letter = {"number": number, "credit_code": company, "letter_no": "保/1"}
    above = site.post(
        "/fund/guarantees", {**letter, "amount": "20000.01"}, "loan_officer", status=422
    )
    assert above["code"] == "guarantee_above_loan"
    given = {**letter, "amount": "15000"}
    once, again = (
        site.post("/fund/guarantees", given, "loan_officer", key="given-once") for _ in range(2)
    )
    assert once == again
    (one,) = site.get("/fund/platforms", "auditor")
    # 10 000 × 3 − 15 000
    assert one == {
        "organisation_id": owner, "name": one["name"], "credit_code": company,
        "capital": "10000.00", "multiple": 3, "in_force": "15000.00", "called": "0.00",
        "headroom": "15000.00", "clause": "宜政办发8号", "from": "2017-06-01",
    }  # fmt: skip
    site.town.close_to(BAD_ON)
    money = {"letter_no": "保/1", "amount": "6000", "voucher_no": "DC1"}
    moved = site.post("/fund/guarantees/call", money, "checker")
    assert moved == {"letter_no": "保/1", "on": "2017-07-06"}
    assert site.post("/fund/guarantees/call", money, "checker", status=409)["status"] == 409
    free = {"letter_no": "保/1", "amount": "1000", "reason": "部分还清"}
    site.post("/fund/guarantees/release", free, "checker")
    back = {**money, "amount": "2000", "voucher_no": "FH1"}
    site.post("/fund/guarantees/recovery", back, "loan_officer")
    (one,) = site.get("/fund/platforms", "checker")
    # (10 000 − 4 000) × 3 − 8 000
    assert (one["in_force"], one["called"], one["headroom"]) == ("8000.00", "4000.00", "10000.00")
    (told,) = site.get("/fund/guarantees", "checker")
    assert (told["letter_no"], told["number"], told["amount"]) == ("保/1", number, "15000.00")
    assert (told["called"], told["recovered"], told["released"], told["in_force"]) == (
        "6000.00", "2000.00", "1000.00", "8000.00",
    )  # fmt: skip


def test_a_households_loan_is_refused_with_the_clause(site: Site) -> None:
    company = found_organisation(site.town, 9, kind=Kind.GUARANTEE_COMPANY)
    (number,) = site.town.contracts(site.town.asked(1))
    asked = {"number": number, "credit_code": company, "letter_no": "保1", "amount": "1"}
    refused = site.post("/fund/guarantees", asked, "loan_officer", status=422)
    assert refused["code"] == "guarantee_for_household"
    assert refused["clause"]


# --- the stress -----------------------------------------------------------------------------------


def test_the_stress_says_what_the_command_prints(site: Site) -> None:
    site.town.lend(1)
    told = site.get("/fund/stress?runs=100&seed=7")
    asked = ["stress", "--runs", "100", "--seed", "7", "--json"]
    printed = CliRunner().invoke(fupin, asked, obj=site.house)
    assert told == json.loads(printed.output)
    assert told["whole"]["outstanding"] == "50000.00"
    with site.house.books.read() as session:
        code = organisations.get(session, site.town.lender_id).credit_code
    one = site.get(f"/fund/stress?runs=100&seed=7&lender={code}")
    assert [account["lender_id"] for account in one["accounts"]] == [site.town.lender_id]
    assert site.get("/fund/stress?runs=99", status=422)["field"] == "runs"
    assert site.get("/fund/stress?runs=1001", status=422)["field"] == "runs"
    assert site.get("/fund/stress?lender=nobody", status=404)["code"]


# --- each guard seen red --------------------------------------------------------------------------

PLANTED = [
    Plant(
        test_a_stopped_place_is_named_and_not_numbered,
        "web.errors.spell_out",
        lambda refusal, regions: refusal,
    ),
    Plant(
        test_the_stress_says_what_the_command_prints,
        "web.api.watch.as_data",
        lambda told: {**as_data(told), "on": "2017-01-01"},
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, site: Site) -> None:
    plant.prove(site=site)
