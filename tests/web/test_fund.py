"""The fund on pages, over the API and at the command line: accounts, orders, statements, claims.

The fund's own rules are tested in its room; here is that every desk reaches them, sees what it may,
and reads the same figures everywhere.
"""

from __future__ import annotations

import io
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from config.wiring import House
from jobs import program
from kernel.actor import Actor
from kernel.tables import open_table
from tests.loans.town import Town
from tests.planted import Plant
from tests.register import enter_household
from tests.risk_fund.fund import Fund
from tests.web import world
from tests.web.bureau import Bureau
from tests.web.conftest import Hire
from web.cli import fupin

ACCOUNT = "8010000000000001"
HEAD = "账号,日期,凭证号,摘要,收入,支出,余额"
ORDER: dict[str, Any] = {
    "kind": "contribution",
    "source": "county",
    "document_no": "宜财农〔2017〕12号",
    "amount": "100000.00",
    "value_date": "2017-06-01",
    "voucher_no": "ZH000901",
}


@pytest.fixture
def bureau(opened: House, client: FlaskClient, hire: Hire) -> Bureau:
    return Bureau(client, opened, hire)


@pytest.fixture
def town(opened: House, system: Actor) -> Town:
    """The town of the loans' tests in the books of the web's."""
    town = Town(
        opened.books, system, opened.keyring, opened.rulebook, opened.calendar, opened.regions
    )
    town.lender_id = world.found_lender(opened)
    with opened.books.write("households.import", by=system) as session:
        for place in (1, 2):
            town.households[f"{world.VILLAGE}{place:04d}"] = enter_household(
                session, world.VILLAGE, place, on=town.today, keyring=opened.keyring
            )
    ids = list(town.households.values())
    world.confirm(opened, world.rate(opened, world.VILLAGE, ids))
    return town


@pytest.fixture
def fund(town: Town) -> Fund:
    """An account with 100 000 in it; claims are taken from the third day on."""
    fund = Fund(town).opened()
    return fund.rules(conduct={"claim_trigger_overdue_days": 3})


def opened_by_page(bureau: Bureau, town: Town) -> str:
    """The account's page, with 100 000 in it that two people have put there."""
    where = bureau.done(
        "/fund/accounts", lender_id=town.lender_id, number=ACCOUNT, name="宜章县风险补偿金专户"
    )
    bureau.done(f"{where}/orders", **ORDER)
    page = bureau.page(where, clerk="second")
    (decide,) = re.findall(r'action="(/fund/orders/\d+)"', page)
    assert bureau.fill(decide, decision="approved").status_code == 403
    bureau.done(decide, clerk="second", decision="approved")
    return where


def test_an_account_is_opened_and_paid_into_by_two(bureau: Bureau, town: Town) -> None:
    assert "尚未开立" in bureau.page("/fund")
    where = opened_by_page(bureau, town)
    told = bureau.get("/fund")
    (one,) = told["accounts"]
    assert (one["balance"], one["contributed"], one["pledged"]) == (
        "100000.00", "100000.00", "0.00",
    )  # fmt: skip
    # Ten times 100 000, and nothing lent.
    assert one["leverage_outstanding"] == {
        "ratio": "0.00", "lent": "0.00", "fund": "100000.00", "multiple": 10,
        "headroom": "1000000.00",
    }  # fmt: skip
    assert one["leverage_cumulative"] == one["leverage_outstanding"]
    page = bureau.page(where)
    for shown in ("100,000.00", "1,000,000.00", "累计放大倍数", "在保放大倍数", "ZH000901"):
        assert shown in page
    bureau.done(f"{where}/interest", amount="12.34", value_date="2017-06-01", voucher_no="LX1")
    assert bureau.get("/fund")["total"]["balance"] == "100012.34"
    printed = CliRunner().invoke(fupin, ["fund", "figures", "--json"], obj=bureau.house)
    assert json.loads(printed.output) == bureau.get("/fund")


def test_leverage_is_reckoned_again_from_its_page(bureau: Bureau, town: Town) -> None:
    where = opened_by_page(bureau, town)
    town.lend(1, amount_fen=5_000_000)
    told = bureau.get(f"{where}/why")
    # 50 000 ÷ 100 000 = 0.50; 10 × 100 000 − 50 000 = 950 000
    assert told["account"]["leverage_outstanding"]["ratio"] == "0.50"
    assert told["limit"] == "1000000.00"
    page = bureau.page(f"{where}/why")
    assert "50,000.00 ÷ 100,000.00" in page
    assert "950,000.00" in page
    assert "县级财政" in page


def test_movements_are_searched_and_kept_as_a_file(
    bureau: Bureau, town: Town, tmp_path: Path
) -> None:
    where = opened_by_page(bureau, town)
    bureau.done(f"{where}/interest", amount="12.34", value_date="2017-06-01", voucher_no="LX1")
    assert bureau.page(f"{where}?q=ZH0009").count("data-movement") == 1
    assert bureau.page(f"{where}?kind=interest").count("data-movement") == 1
    assert "没有符合条件的流水" in bureau.page(f"{where}?to=2017-05-31")
    path = tmp_path / "movements.csv"
    path.write_bytes(bureau.file(f"{where}/movements.csv"))
    heads = {"凭证号": "voucher", "金额": "amount"}
    with open_table(path, heads, needed=heads.values()) as table:
        rows = [[row[table.places[k]] for k in ("voucher", "amount")] for _, row in table]
    assert rows == [["LX1", "12.34"], ["ZH000901", "100000.00"]]
    listed = bureau.get("/fund/accounts/1/movements?limit=1")
    assert [row["voucher_no"] for row in listed["items"]] == ["LX1"]
    rest = bureau.get(f"/fund/accounts/1/movements?limit=1&before={listed['before']}")
    assert [row["voucher_no"] for row in rest["items"]] == ["ZH000901"]
    assert rest["before"] is None


def test_a_bad_order_keeps_what_was_typed(bureau: Bureau, town: Town) -> None:
    where = opened_by_page(bureau, town)
    answer = bureau.fill(f"{where}/orders", **{**ORDER, "value_date": "2017-07-01"})
    assert answer.status_code == 422
    assert ORDER["document_no"] in answer.text
    bureau.done(f"{where}/orders", **{**ORDER, "kind": "withdrawal", "voucher_no": "ZH2"})
    (decide,) = re.findall(r'action="(/fund/orders/\d+)"', bureau.page(where, clerk="second"))
    refused = bureau.fill(decide, clerk="second", decision="rejected")
    assert refused.status_code == 422
    bureau.done(decide, clerk="second", decision="rejected", reason="资金未到账")
    assert bureau.get("/fund")["total"]["balance"] == "100000.00"


def send(bureau: Bureau, where: str, lines: list[str], clerk: str = "") -> Any:
    text = "\n".join([HEAD, *lines]) + "\n"
    form = {
        "request_key": f"file-{next(bureau.keys):08d}",
        "month": "2017-06",
        "file": (io.BytesIO(text.encode()), "june.csv"),
    }
    headers = bureau.who("finance", clerk).headers
    return bureau.client.post(
        f"{where}/statements", data=form, headers=headers, content_type="multipart/form-data"
    )


def test_a_month_is_reconciled_by_two(bureau: Bureau, town: Town) -> None:
    where = opened_by_page(bureau, town)
    town.close_to(date(2017, 6, 30))
    row = f"{ACCOUNT},2017-06-01,ZH000901,拨款,100000.00,,100000.00"
    bank_only = f"{ACCOUNT},2017-06-21,LX7,利息,8.75,,100008.75"
    opening, closing = f"{ACCOUNT},,,期初余额,,,0.00", f"{ACCOUNT},,,期末余额,,,100008.75"
    bad = send(bureau, where, [opening, row, closing])
    assert bad.status_code == 422
    assert "余额" in bad.text
    taken = send(bureau, where, [opening, row, bank_only, closing])
    assert taken.status_code == 302, taken.text
    sheet = taken.headers["Location"]
    page = bureau.page(sheet)
    for shown in ("账实不符", "LX7", "8.75", "已核对1笔"):
        assert shown in page
    # A difference needs its words, and another person.
    assert bureau.fill(f"{sheet}/proposal").status_code == 422
    bureau.done(f"{sheet}/proposal", reason="六月利息次月入账")
    (decide,) = re.findall(r'action="(/fund/statements/\d+/decision/\d+)"',
                           bureau.page(sheet, clerk="second"))  # fmt: skip
    assert bureau.fill(decide, decision="approved").status_code == 403
    bureau.done(decide, clerk="second", decision="approved")
    assert "已对账" in bureau.page(sheet)
    assert "六月利息次月入账" in bureau.page(sheet)
    told = bureau.get(f"/fund/statements/{sheet.rsplit('/', 1)[1]}")
    assert (told["difference"], told["matched"], len(told["bank_only"])) == ("8.75", 1, 1)
    assert send(bureau, where, [opening, row, bank_only, closing]).status_code == 409


def late(fund: Fund, bureau: Bureau) -> str:
    """A loan of 50 000 that is overdue long enough, by the house's own rules of the day."""
    bureau.house.__dict__["rulebook"] = fund.town.rulebook
    # Due on Saturday 1 July 2017, payable on the 3rd.
    return fund.late(days=6)


def test_a_claim_from_the_loans_page_to_the_debt_in_shares(bureau: Bureau, fund: Fund) -> None:
    number = late(fund, bureau)
    assert "申请代偿" in bureau.page(f"/loans/{number}", "loan_officer")
    before = bureau.page(f"/fund/claims/new/{number}", "loan_officer")
    for shown in ("尚不能申请", "催收通知书", "借据"):
        assert shown in before
    refused = bureau.fill(f"/fund/claims/new/{number}", "loan_officer")
    assert refused.status_code == 422
    fund.collect(number)
    ready = bureau.get(f"/loans/{number}/claimable", "loan_officer")
    assert (ready["ready"], ready["missing"], ready["principal"]) == (True, [], "50000.00")
    where = bureau.done(f"/fund/claims/new/{number}", "loan_officer")
    total = bureau.get("/fund")["total"]
    parts = {row["party"]: row["amount"] for row in ready["shares"]}
    # The fund's part is pledged.
    assert total["pledged"] == parts["fund"]
    for role, step in (
        ("checker", "check"), ("poverty_office", "review"), ("finance", "approve"),
    ):  # fmt: skip
        assert "同意" not in bureau.page(where, "loan_officer")
        bureau.done(f"{where}/{step}", role, decision="approved")
    pay = {"channel": "transfer", "voucher_no": "DC1", "fund_voucher_no": "DC2"}
    day = fund.town.today.isoformat()
    # Who approved does not pay.
    assert bureau.fill(f"{where}/pay", **pay, value_date=day).status_code == 403
    bureau.done(f"{where}/pay", clerk="cashier", **pay, value_date=day)
    debt = bureau.get(f"/loans/{number}/debt")
    assert debt["held"] == [
        {"party": "fund", "paid": parts["fund"], "recovered": "0.00", "held": parts["fund"]}
    ]
    fen = {name: round(float(debt[name]) * 100) for name in ("total", "lender")}
    assert fen["total"] - fen["lender"] == round(float(parts["fund"]) * 100)
    page = bureau.page(f"/loans/{number}", "loan_officer")
    for shown in ("代偿已付", "一笔债，分份持有", "机构自有余额"):
        assert shown in page
    assert "代偿已付" in bureau.page("/fund/claims?state=paid")
    assert number in bureau.page(f"/fund/claims?q={number}")
    assert number not in bureau.page("/fund/claims?state=rejected")
    assert number in bureau.file("/fund/claims.csv").decode("utf-8-sig")
    printed = CliRunner().invoke(fupin, ["fund", "claims", "--json"], obj=bureau.house)
    assert [row["state"] for row in json.loads(printed.output)] == ["paid"]


def test_what_is_recovered_goes_back_by_voucher_and_late_ones_are_listed(
    bureau: Bureau, fund: Fund
) -> None:
    number = fund.collect(late(fund, bureau))
    claim_id = fund.approve(fund.file(number))
    fund.pay(claim_id)
    fund.town.pay(number, 1_000_000)
    fund.close_to(fund.town.today)
    (due,) = bureau.get("/fund/recoveries", "loan_officer")["items"]
    assert (due["number"], due["party"], due["late"]) == (number, "fund", False)
    fund.close_to(date.fromisoformat(due["return_by"]) + timedelta(days=1))
    assert number in bureau.page("/fund/recoveries?late=yes")
    page = bureau.page("/fund/recoveries", "loan_officer")
    assert f'value="{due["amount"]}"' in page
    before = bureau.get("/fund")["total"]["balance"]
    form = {
        "party": "fund", "channel": "transfer", "voucher_no": "FH1", "fund_voucher_no": "FH2",
        "value_date": fund.town.today.isoformat(),
    }  # fmt: skip
    path = f"/fund/accounts/{fund.account_id}/returns"
    assert bureau.fill(path, "loan_officer", **form, amount="0.01").status_code == 422
    bureau.done(path, "loan_officer", **form, amount=due["amount"])
    after = bureau.get("/fund")["total"]["balance"]
    assert round(float(after) - float(before), 2) == float(due["amount"])
    assert bureau.get("/fund/recoveries")["items"] == []
    assert bureau.get(f"/fund/claims/{claim_id}")["recovered"] != "0.00"


def test_a_claim_over_the_api_is_done_once(bureau: Bureau, fund: Fund) -> None:
    number = late(fund, bureau)
    fund.collect(number)
    body = {"number": number, "principal": "1000.00"}
    filed = bureau.post("/fund/claims", body, "loan_officer", key="claim-of-one-loan")
    assert bureau.post("/fund/claims", body, "loan_officer", key="claim-of-one-loan") == filed
    claim = f"/fund/claims/{filed['claim_id']}"
    # Each office in its turn: the finance bureau is not asked yet.
    early = bureau.post(f"{claim}/approve", {"decision": "approved"}, status=409)
    assert early["code"] == "fund_claim_not_in_state"
    assert bureau.post(f"{claim}/check", {"decision": "approved"}, "checker")["state"] == "checked"
    gone = bureau.post(f"{claim}/withdrawal", {"reason": "农户已还"}, "loan_officer")
    assert gone["state"] == "withdrawn"
    assert bureau.get("/fund")["total"]["pledged"] == "0.00"
    assert [step["state"] for step in bureau.get(claim)["steps"]] == [
        "filed", "checked", "withdrawn",
    ]  # fmt: skip


def test_another_lender_sees_nothing_of_it(bureau: Bureau, fund: Fund) -> None:
    number = late(fund, bureau)
    other = world.found_lender(bureau.house, "宜章示范村镇银行", "002")
    bureau.who("loan_officer", "other", institution_id=other)
    assert bureau.get("/fund", "loan_officer", "other")["accounts"] == []
    for path in (
        f"/fund/accounts/{fund.account_id}", f"/fund/accounts/{fund.account_id}/why",
        f"/fund/accounts/{fund.account_id}/movements.csv", f"/fund/claims/new/{number}",
    ):  # fmt: skip
        bureau.page(path, "loan_officer", "other", status=404)
    listed = bureau.get(f"/fund/accounts/{fund.account_id}/movements", "loan_officer", "other")
    assert listed["items"] == []


def test_the_dashboard_opens_figures_into_rows(bureau: Bureau, settled: dict[str, int]) -> None:
    del settled
    lender_id = world.found_lender(bureau.house)
    bureau.done("/fund/accounts", lender_id=lender_id, number=ACCOUNT, name="专户")
    bureau.done("/fund/accounts/1/orders", **ORDER)
    (decide,) = re.findall(r'action="(/fund/orders/\d+)"',
                           bureau.page("/fund/accounts/1", clerk="second"))  # fmt: skip
    bureau.done(decide, clerk="second", decision="approved")
    close(bureau.house, date(2017, 6, 1))
    page = bureau.page("/dashboard")
    shown = re.search(r'data-figure="fund_balance">.*?class="value">([^<]*)<', page, re.DOTALL)
    assert shown is not None
    assert shown[1] == "100,000.00"
    rows = bureau.page("/dashboard/fund_balance")
    assert "ZH000901" in rows
    bureau.page("/dashboard/nothing_such", status=404)
    bureau.who("director", "own", institution_id=lender_id)
    bureau.page("/dashboard/fund_balance", "director", "own", status=403)


def close(house: House, day: date) -> None:
    program.close_to(house, day)


PLANTED = (
    Plant(
        test_a_claim_over_the_api_is_done_once,
        "web.funding.WAITS_FOR",
        {},
    ),
)


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, bureau: Bureau, fund: Fund) -> None:
    plant.prove(bureau=bureau, fund=fund)
