"""A village fund on its pages and over the API: founded by two, joined, grouped, voted, posted.

Three households pay 100.00 each into a fund with 50 000.00 of fiscal money: it holds 50 300.00.
"""

from __future__ import annotations

import json
import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

import ledger
import organisations
from config.wiring import House
from households.models import Person
from jobs import program
from kernel.money import format_yuan
from organisations import Kind
from tests.web import world
from tests.web.bureau import Bureau
from tests.web.conftest import PASSWORD, Hire
from web.cli import fupin

OFFICE, KEEPER = "poverty_office", "registrar"
NUMBERS = [family.number for family in world.FAMILIES[:3]]
PAPERS = {
    "village_code": world.VILLAGE,
    "registration_no": "宜民登字第1号",
    "constitution": "章程2017-05-01",
    "fee_rate": "6",
    "stake_unit": "100.00",
}


@pytest.fixture
def bureau(client: FlaskClient, opened: House, hire: Hire, settled: dict[str, int]) -> Bureau:
    """The desks of the county, with three households of one village."""
    del settled
    return Bureau(client, opened, hire)


@pytest.fixture
def society(bureau: Bureau) -> int:
    """A mutual aid society in the register of organisations."""
    with bureau.house.books.write("organisations.register", by=world.OFFICE) as session:
        return organisations.register(
            session,
            credit_code=world.credit_code("51431022MJ0000001"),
            name="示范村互助社",
            kind=Kind.VILLAGE_FUND,
            region_code=world.COUNTY,
            regions=bureau.house.regions,
            on=ledger.open_day(session),
            by=world.OFFICE,
        )


@pytest.fixture
def fund(bureau: Bureau, society: int) -> str:
    """An open fund with 50 000.00 of fiscal money; its page."""
    path = bureau.done("/mutual", OFFICE, organisation_id=society, **PAPERS)
    bureau.done(proposal(bureau), OFFICE, "二", decision="approved", reason="")
    bureau.done(
        f"{path}/take-in", OFFICE, which="take-in", kind="fiscal", amount="50,000.00",
        document="宜财农〔2017〕8号", channel="transfer", voucher_no="CZ001",
    )  # fmt: skip
    return path


def proposal(bureau: Bureau) -> str:
    """The page of the last proposal."""
    page = bureau.page("/proposals", OFFICE, "二")
    found: list[str] = re.findall(r"/proposals/\d+", page)
    return max(found, key=lambda one: int(one.rpartition("/")[2]))


def joined(bureau: Bureau, fund: str) -> None:
    """Each household a member with one portion."""
    for nr, number in enumerate(NUMBERS, 1):
        bureau.done(f"{fund}/join", KEEPER, household=number, base_by="household")
        bureau.done(
            f"{fund}/stake", KEEPER, household=number, amount="100.00", channel="counter",
            voucher_no=f"HZ{nr:03d}",
        )  # fmt: skip


def test_a_fund_is_founded_by_two_and_holds_what_came_in(bureau: Bureau, society: int) -> None:
    refused = bureau.fill("/mutual", OFFICE, organisation_id=society, **PAPERS | {"fee_rate": "60"})
    assert refused.status_code == 422
    assert "宜民登字第1号" in refused.text
    path = bureau.done("/mutual", OFFICE, organisation_id=society, **PAPERS)
    assert "待批准" in bureau.page(path, "auditor")
    there = proposal(bureau)
    assert bureau.fill(there, OFFICE, decision="approved").status_code == 403
    bureau.done(there, OFFICE, "二", decision="approved", reason="")
    assert "运行中" in bureau.page(path, "auditor")
    (line,) = bureau.get("/village-funds?state=open", "auditor")
    assert (line["name"], line["members"], line["held"]) == ("示范村互助社", 0, "0.00")
    assert bureau.get("/village-funds?state=closed", "auditor") == []


def test_members_stakes_and_money_stand_on_the_page_as_in_the_ledger(
    bureau: Bureau, fund: str
) -> None:
    joined(bureau, fund)
    told = bureau.get(f"/village-funds/{fund.rpartition('/')[2]}", "auditor")
    assert [row["household_number"] for row in told["members"]] == NUMBERS
    assert told["accounts"] == {
        "funds": "50300.00", "mutual_fiscal": "50000.00", "mutual_stakes": "300.00",
    }  # fmt: skip
    page = bureau.page(fund, "auditor")
    assert 'data-account="funds">50,300.00' in page
    with bureau.house.books.read() as session:
        assert format_yuan(ledger.balance(session, kind="mutual_fiscal")) == "-50000.00"
    for what in ("members", "movements", "votes", "loans"):
        file = bureau.file(f"{fund}/{what}.csv", "auditor").decode("utf-8-sig")
        assert file.count("\n") == {"members": 4, "movements": 5}.get(what, 1)


def test_what_a_rule_refuses_stands_at_its_field_and_what_was_typed_is_kept(
    bureau: Bureau, fund: str
) -> None:
    number = NUMBERS[0]
    bureau.done(f"{fund}/join", KEEPER, household=number, base_by="household")
    slip = {"which": "stake", "household": number, "channel": "counter", "voucher_no": "HZ9"}
    page = bureau.fill(f"{fund}/stake", KEEPER, amount="150.00", **slip)
    assert page.status_code == 422
    assert 'value="150.00" required aria-invalid="true"' in page.text
    # No deposits: more than the largest stake is one.
    page = bureau.fill(f"{fund}/stake", KEEPER, amount="900000.00", **slip)
    assert page.status_code == 422
    twice = bureau.fill(f"{fund}/join", KEEPER, household=number, base_by="household")
    assert twice.status_code in {409, 422}
    unknown = bureau.fill(f"{fund}/join", KEEPER, household="无此户", base_by="household")
    assert unknown.status_code == 404
    too_few = bureau.fill(f"{fund}/group", KEEPER, which="group", households=number)
    assert too_few.status_code == 422
    # Who may not, may not.
    assert bureau.fill(f"{fund}/join", "finance", household=number).status_code == 403


def test_a_vote_is_one_ballot_a_household_and_another_person_carries_it_out(
    bureau: Bureau, fund: str
) -> None:
    joined(bureau, fund)
    vote = bureau.done(
        f"{fund}/vote", KEEPER, subject="fee_rate", question="占用费改为7%", figure_rate="7"
    )
    bureau.done(f"{vote}/ballots", KEEPER, **{f"ballot-{one}": "for" for one in NUMBERS[:2]})
    again = bureau.fill(f"{vote}/ballots", KEEPER, **{f"ballot-{NUMBERS[0]}": "against"})
    assert again.status_code == 409
    elsewhere = f"ballot-{world.FAMILIES[3].number}"
    stranger = bureau.fill(f"{vote}/ballots", KEEPER, **{elsewhere: "for"})
    assert stranger.status_code == 422
    # 2 of 3 came: 66.67 % ≥ 66.66 %; 2 of 2 are for it.
    bureau.done(f"{vote}/count", KEEPER)
    page = bureau.page(vote, "auditor")
    assert 'data-count="present">2' in page
    assert 'data-count="for">2' in page
    key = vote.rpartition("/")[2]
    asked = {"subject": "other", "question": "修路"}
    other = bureau.post(f"/village-funds/{fund.rpartition('/')[2]}/vote", asked, KEEPER)
    assert other == {"id": int(key) + 1, "on": "2017-06-01"}
    told = bureau.get(f"/village-funds/votes/{key}", "auditor")
    assert (told["passed"], told["eligible"]) == (True, 3)
    assert [one["choice"] for one in told["ballots"]] == ["for", "for", ""]
    assert bureau.fill(f"{vote}/carry-out", KEEPER).status_code == 403
    bureau.done(f"{vote}/carry-out", OFFICE)
    twice = bureau.fill(f"{vote}/carry-out", OFFICE)
    assert twice.status_code == 409


def sheet(*lines: str) -> tuple[BytesIO, str]:
    """A list of members."""
    titles = "户编号,基准互助金由谁缴纳,互助金（元）,渠道,凭证号"
    return BytesIO("\n".join((titles, *lines)).encode("utf-8-sig")), "社员.csv"


def test_members_come_in_by_a_sheet_whole_or_not_at_all(bureau: Bureau, fund: str) -> None:
    good = [f"{number},农户自缴,100.00,柜面,HZ{nr:03d}" for nr, number in enumerate(NUMBERS, 1)]
    assert bureau.file("/mutual/members.xlsx", KEEPER)[:2] == b"PK"
    assert f"{fund}/sheet" in bureau.page(fund, KEEPER)
    bad = bureau.fill(f"{fund}/sheet", KEEPER, file=sheet(*good, "X9,农户自缴,100.00,柜面,HZ9"))
    assert bad.status_code == 422
    assert 'data-line="4"' in bad.text
    worse = bureau.fill(f"{fund}/sheet", KEEPER, file=sheet(good[0].replace("柜面", "驿站")))
    assert worse.status_code in {409, 422}
    assert "渠道" in worse.text
    key = fund.rpartition("/")[2]
    assert bureau.get(f"/village-funds/{key}", "auditor")["members"] == []
    bureau.done(f"{fund}/sheet", KEEPER, file=sheet(*good[:2]))
    headers = {**bureau.who(KEEPER).headers, "Idempotency-Key": "members-file-1"}
    path = f"/api/v1/village-funds/{key}/members/file"
    answer = bureau.client.post(path, data={"file": sheet(good[2])}, headers=headers)
    assert (answer.status_code, answer.get_json()["members"]) == (201, 1)
    again = bureau.client.post(path, data={"file": sheet(good[2])}, headers=headers)
    assert again.get_json() == answer.get_json()
    told = bureau.get(f"/village-funds/{key}", "auditor")
    assert [(row["household_number"], row["stake"]) for row in told["members"]] == [
        (number, "100.00") for number in NUMBERS
    ]
    assert told["accounts"]["funds"] == "50300.00"  # 50 000 and three portions of 100
    assert bureau.fill(f"{fund}/sheet", "finance", file=sheet(good[0])).status_code == 403


def test_funds_are_told_and_take_members_from_the_command_line(
    bureau: Bureau, fund: str, tmp_path: Path
) -> None:
    key = fund.rpartition("/")[2]
    login = bureau.who(KEEPER).login

    def run(*call: str) -> tuple[int, Any]:
        said = CliRunner().invoke(
            fupin, ["village-funds", *call, "--json"], obj=bureau.house, input=PASSWORD
        )
        return said.exit_code, json.loads(said.output)

    source = tmp_path / "社员.csv"
    lines = [f"{number},农户自缴,100.00,柜面,HZ{nr}" for nr, number in enumerate(NUMBERS, 1)]
    source.write_bytes(sheet(*lines, "X9,农户自缴,100.00,柜面,HZ9")[0].getvalue())
    who = ("--as", login, "--password-stdin")
    status, told = run("join", key, str(source), *who)
    assert (status, [one["line"] for one in told["faults"]]) == (1, [5])  # the titles are line 1
    source.write_bytes(sheet(*lines)[0].getvalue())
    for _again in range(2):
        status, told = run("join", key, str(source), *who)
        assert (status, told["members"]) == (0, 3)
    (line,) = run("list", "--state", "open")[1]
    assert (line["name"], line["members"], line["held"]) == ("示范村互助社", 3, "50300.00")
    assert run("list", *who)[1] == [line]
    program.close_to(bureau.house, date(2017, 6, 30))
    assert run("month", key, "2017-06")[1]["members"] == 3


def test_a_household_that_is_gone_stands_on_the_funds_page(
    bureau: Bureau, fund: str, settled: dict[str, int]
) -> None:
    joined(bureau, fund)
    first, second = NUMBERS[:2]
    with bureau.house.books.read() as session:
        people = session.scalars(
            select(Person.id).where(Person.household_id == settled[second]).order_by(Person.id)
        ).all()
    relations = [{"person_id": one, "relation": "其他"} for one in people]
    body = {
        "into_id": settled[first], "happened_on": "2017-06-01", "relations": relations,
    }  # fmt: skip
    bureau.post(f"/households/{settled[second]}/family/merge", body, KEEPER)
    page = bureau.page(fund, "auditor")
    assert f'data-gone="{second}"' in page
    (gone,) = bureau.get(f"/village-funds/{fund.rpartition('/')[2]}", "auditor")["gone"]
    assert (gone["household_number"], gone["into_number"], gone["stake"]) == (
        second, first, "100.00",
    )  # fmt: skip


def test_what_is_left_is_handed_over_and_the_fund_ends(bureau: Bureau, fund: str) -> None:
    joined(bureau, fund)
    vote = bureau.done(f"{fund}/vote", KEEPER, subject="closing", question="终止互助社")
    bureau.done(f"{vote}/ballots", KEEPER, **{f"ballot-{one}": "for" for one in NUMBERS})
    page = bureau.page(vote, OFFICE)
    assert "移交结余" not in page
    bureau.done(f"{vote}/count", KEEPER)
    slip = {"channel": "transfer", "voucher_no": "YJ001"}
    form = {"which": "hand-over", "of_account": "mutual_fiscal", "handed_paper": "交接书", **slip}
    early = bureau.fill(f"{vote}/hand-over", OFFICE, **form)
    assert early.status_code == 409  # stakes are not paid back yet
    assert 'value="交接书"' in early.text
    for nr, number in enumerate(NUMBERS, 1):
        bureau.done(f"{fund}/leave", KEEPER, household=number, reason="终止")
        bureau.done(
            f"{fund}/withdraw", KEEPER, "二", household=number, channel="counter",
            voucher_no=f"TH{nr:03d}",
        )  # fmt: skip
    page = bureau.page(vote, OFFICE)
    assert re.search(r'data-left="mutual_fiscal">.*?50,000\.00', page, re.DOTALL)
    key = vote.rpartition("/")[2]
    body = {"of_account": "mutual_gifts", "handed_paper": "交接书", **slip}
    path = f"/village-funds/votes/{key}/hand-over"
    nothing = bureau.post(path, body, OFFICE, status=409)
    assert nothing["code"] == "nothing_left_there"
    bureau.post(path, body | {"of_account": "loan_principal"}, OFFICE, status=422)
    bureau.done(f"{vote}/hand-over", OFFICE, **form)
    bureau.done(f"{vote}/carry-out", OFFICE, paper="终止文件")
    page = bureau.page(fund, "auditor")
    assert "终止时移交结余" in page
    assert "已终止" in page
    moved = bureau.file(f"{fund}/movements.csv", "auditor").decode("utf-8-sig").splitlines()
    assert [line.count("50000.00") for line in moved if "移交" in line] == [1]


def test_more_ballots_than_members_are_refused(bureau: Bureau, fund: str) -> None:
    joined(bureau, fund)
    vote = bureau.done(f"{fund}/vote", KEEPER, subject="other", question="修路")
    counted = {"present": "4", "voted_for": "4", "against": "0", "abstained": "0"}
    many = bureau.fill(f"{vote}/count", KEEPER, list_document="签到表1", **counted)
    assert many.status_code == 422
    key = vote.rpartition("/")[2]
    body = {"present": 4, "voted_for": 4, "list_document": "签到表1"}
    answer = bureau.post(f"/village-funds/votes/{key}/count", body, KEEPER, status=422)
    assert answer["code"] == "ballots_above_members"


def test_the_months_list_is_printed_posted_and_kept(bureau: Bureau, fund: str) -> None:
    joined(bureau, fund)
    early = bureau.fill(f"{fund}/list", KEEPER, which="list", month="2017-06", place="村务栏")
    assert early.status_code in {409, 422}
    program.close_to(bureau.house, date(2017, 6, 30))
    bureau.done(f"{fund}/list", KEEPER, month="2017-06", place="村务公开栏")
    page = bureau.page(f"{fund}/lists/2017-06", "auditor")
    assert 'data-account="funds">50,300.00' in page
    assert "本页按账面现算" in page
    kept = bureau.page(f"{fund}/lists/2017-06?list=1", "auditor")
    assert "村务公开栏" in kept
    assert 'data-fee="due">0.00' in kept
    assert not re.search(r"\d{17}[\dX]", kept)
    key = fund.rpartition("/")[2]
    told = bureau.get(f"/village-funds/{key}/months/2017-06", "auditor")
    assert (told["members"], told["fee_due"], told["loans"]) == (3, "0.00", [])
    (posted,) = bureau.get(f"/village-funds/{key}", "auditor")["lists"]
    assert (posted["place"], posted["version"]) == ("村务公开栏", 1)
