"""Enterprises on the pages and over the API: recognised, pledged, agreed with, left, unwound."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from config.wiring import House
from tests.enterprises.test_dividends import leaves
from tests.web import linkage_world as told
from tests.web import world
from tests.web.bureau import Bureau
from tests.web.conftest import Hire
from tests.web.linkage_world import Linked, linked

__all__ = ["linked"]

LIST = "户编号,入股来源,入股金额（元）,贷款合同号（选填）,土地（亩）\n"
OFFICE = "poverty_office"


@pytest.fixture
def bureau(client: FlaskClient, opened: House, hire: Hire) -> Bureau:
    """The desks of the county."""
    return Bureau(client, opened, hire)


def decide(bureau: Bureau, clerk: str, word: str = "approved", reason: str = "") -> None:
    """Another person's word on the last proposal."""
    links = bureau.page("/proposals", OFFICE, clerk).split('href="/proposals/')[1:]
    number = max(int(link.split('"')[0]) for link in links)
    bureau.done(f"/proposals/{number}", OFFICE, clerk, decision=word, reason=reason)


def listed(*rows: str) -> tuple[BytesIO, str]:
    """A list of households as a file."""
    return BytesIO((LIST + "\n".join(rows) + "\n").encode("utf-8-sig")), "名单.csv"


AGREEMENT = {
    "which": "agree",
    "number": "利联2017-009",
    "form": "equity",
    "signed_on": "2017-06-02",
    "from_on": "2017-06-02",
    "to_on": "2020-06-01",
    "principal_repaid_by": "enterprise",
    "rhythm_months": "12",
    "party-poverty_office": "宜章县扶贫办",
    "party-household": "联结农户",
    "party-village": "示范村",
    "first-1": "1",
    "last-1": "2",
    "basis-1": "per_household",
    "value-1": "1,500.00",
    "cash-1": "60",
    "first-2": "3",
    "last-2": "3",
    "basis-2": "rate_on_stake",
    "value-2": "8.5",
    "profit-2": "20",
}


# --- recognition ----------------------------------------------------------------------------------


def test_an_enterprise_is_recognised_by_two_and_the_page_says_until_when(
    bureau: Bureau, opened: House
) -> None:
    world.found_company(opened)
    (one,) = bureau.get("/enterprises", OFFICE)
    assert (one["name"], one["recognised_to"], one["households"]) == ("宜章示范茶业公司", None, 0)
    path = f"/enterprises/{one['id']}"
    wish = {
        "which": "recognise", "organisation_id": one["id"], "on_page": one["id"],
        "document_no": "宜扶办〔2017〕5号", "from_on": "2017-06-01", "to_on": "2020-05-31",
        "operating_since": "2016-01-01", "industry": "茶叶",
    }  # fmt: skip

    # One year and a half of work: the rule in principle is passed with a reason or not at all.
    refused = bureau.fill("/enterprises", OFFICE, **wish)
    assert refused.status_code == 422
    assert "宜扶办〔2017〕5号" in refused.text
    assert "满1年" in refused.text
    bureau.done("/enterprises", OFFICE, **wish, exception_reason="县政府常务会议同意")
    assert "待另一人决定" in bureau.page(path, OFFICE)

    # Who put it forward does not grant it.
    proposal = bureau.get(path, OFFICE)["recognitions"][0]["word"]["proposal_id"]
    same = bureau.fill(f"/proposals/{proposal}", OFFICE, decision="approved")
    assert same.status_code == 403
    page = bureau.page(f"/proposals/{proposal}", OFFICE, "二")
    assert "经营不满规定年限" in page
    assert "县政府常务会议同意" in page
    decide(bureau, "二")
    told_one = bureau.get(path, OFFICE)
    assert told_one["line"]["recognised_to"] == "2020-06-01"
    assert "认定有效至2020-05-31" in bureau.page(path, "auditor")

    # Taken back, it is recognised no more.
    (recognition,) = told_one["recognitions"]
    bureau.done(
        f"{path}/recognitions/{recognition['id']}/withdrawal", OFFICE, "二",
        document_no="宜扶办〔2017〕9号", reason="停产",
    )  # fmt: skip
    assert bureau.get(path, OFFICE)["line"]["recognised_to"] is None
    assert "未认定或已到期" in bureau.page(path, OFFICE)


def test_chains_and_frameworks_are_entered_and_read_whole(bureau: Bureau, linked: Linked) -> None:
    one = linked.enterprise_id
    bureau.done(
        f"/enterprises/{one}/chains", OFFICE, chain_name="茶叶产业链", product="莽山红茶",
        sales_channel="订单收购", from_on="2017-06-02",
    )  # fmt: skip
    (chain,) = bureau.get("/enterprises/chains", OFFICE)
    # 50 000.00 + 30 000.00 + 12 345.67 of three households of two.
    assert (chain["households"], chain["persons"], chain["stake"]) == (3, 6, "92345.67")
    assert "莽山红茶" in bureau.page("/enterprises/chains?q=莽山", OFFICE)
    assert "莽山红茶" not in bureau.page("/enterprises/chains?q=油茶", OFFICE)
    again = bureau.fill(
        f"/enterprises/{one}/chains", OFFICE, which="chain", chain_name="茶叶产业链",
        product="绿茶", sales_channel="电商", from_on="2017-06-02",
    )  # fmt: skip
    assert again.status_code == 409
    assert 'value="绿茶"' in again.text
    bureau.done(f"/enterprises/{one}/chains/{chain['id']}/end", OFFICE, reason="停产")
    assert bureau.get("/enterprises/chains", OFFICE)[0]["ended_on"] == "2017-06-02"

    bureau.done(
        "/enterprises/frameworks", OFFICE, name="2017年合作框架协议", signed_on="2017-06-01",
        to_on="2020-05-31", amount="100,000,000.00", document_no="宜政函〔2017〕3号",
        institution=str(linked.town.lender_id),
    )  # fmt: skip
    (framework,) = bureau.get("/enterprises/frameworks", OFFICE)
    assert framework["amount"] == "100000000.00"
    assert (framework["used_by_organisations"], framework["used_all"]) == ("0.00", "0.00")


# --- agreements -----------------------------------------------------------------------------------


def test_an_agreement_is_handed_in_by_one_and_approved_by_another(
    bureau: Bureau, linked: Linked
) -> None:
    one = linked.enterprise_id
    first, second = world.FAMILIES[0].number, world.FAMILIES[1].number
    rows = f"{first},自有资金,20000.00,,", f"{second},土地,,,3.50"
    where = bureau.done(
        f"/enterprises/{one}/agreements", "loan_officer", file=listed(*rows), **AGREEMENT
    )
    agreement_id = int(where.rsplit("/", 1)[1])
    api = f"/enterprises/agreements/{agreement_id}"
    waiting = bureau.get(api, OFFICE)
    assert (waiting["state"], waiting["households"]) == ("proposed", 0)
    assert [term["said"] for term in waiting["terms"]] == [
        "第1至2年，每户每年1500.00元，现金60%，其余转增股金",
        "第3年，按入股额年8.50%，另分超出部分利润的20%",
    ]
    assert "待另一人决定" in bureau.page(where, OFFICE)
    proposal = bureau.page("/proposals", OFFICE).split('href="/proposals/')[-1].split('"')[0]
    page = bureau.page(f"/proposals/{proposal}", OFFICE)
    assert first in page
    assert "第3年，按入股额年8.50%" in page
    decide(bureau, "")
    agreed = bureau.get(api, OFFICE)
    assert (agreed["state"], agreed["households"], agreed["stake"]) == ("in_force", 2, "20000.00")
    stakes = bureau.get(f"{api}/households", OFFICE)["items"]
    assert [(row["household"], row["source"], row["land_mu_hundredths"]) for row in stakes] == [
        (first, "own", 0),
        (second, "land", 350),
    ]
    assert first in bureau.file(f"/enterprises/agreements/{agreement_id}/households.csv").decode()

    # One leaves, and is counted no more.
    bureau.done(
        f"{where}/leavings", "registrar", household=second, left_on="2017-06-02", reason="收回土地"
    )
    assert bureau.get(api, OFFICE)["households"] == 1
    again = bureau.fill(
        f"{where}/leavings", "registrar", which="leave", household=second, left_on="2017-06-02",
        reason="收回土地",
    )  # fmt: skip
    assert again.status_code == 409
    assert f'value="{second}"' in again.text

    # A further list joins.
    third = world.FAMILIES[2].number
    bureau.done(
        f"{where}/lists", "loan_officer", from_on="2017-06-02",
        file=listed(f"{third},自筹,1000.00,,"),
    )  # fmt: skip
    decide(bureau, "")
    assert bureau.get(api, OFFICE)["households"] == 2


def test_a_list_that_breaks_a_rule_is_told_line_by_line_and_nothing_is_taken_in(
    bureau: Bureau, linked: Linked
) -> None:
    path = f"/enterprises/{linked.enterprise_id}/agreements"
    refused = bureau.fill(
        path, "loan_officer", file=listed("无此户,自有资金,100.00,,"), **AGREEMENT
    )
    assert refused.status_code == 422
    assert "无此户" in refused.text
    assert 'value="利联2017-009"' in refused.text
    spoilt = bureau.fill(
        path, "loan_officer",
        file=listed(f"{world.FAMILIES[0].number},彩票,100.001,,"), **AGREEMENT,
    )  # fmt: skip
    assert spoilt.status_code == 422
    assert "彩票" in spoilt.text
    assert "100.001" in spoilt.text
    assert len(bureau.get("/enterprises/agreements", OFFICE)["items"]) == 1


def test_the_same_agreement_over_the_api_twice_under_one_key_is_one(
    bureau: Bureau, linked: Linked
) -> None:
    parties = [
        {"role": "poverty_office", "name": "宜章县扶贫办"},
        {"role": "enterprise", "name": "莽山茶业", "organisation_id": linked.enterprise_id},
        {"role": "household", "name": "联结农户"},
        {"role": "township", "name": "示范镇"},
    ]
    body = {
        "number": "利联2017-010", "organisation_id": linked.enterprise_id, "form": "direct",
        "parties": parties,
        "terms": [{"year_from": 1, "year_to": 3, "basis": "per_person", "yearly": "300.00"}],
        "signed_on": "2017-06-02", "from": "2017-06-02", "to": "2020-06-02",
        "stakes": [
            {"household_number": world.FAMILIES[0].number, "source": "own", "stake": "500.00"}
        ],
    }  # fmt: skip
    first = bureau.post("/enterprises/agreements", body, "loan_officer", key="agreement-1")
    assert bureau.post("/enterprises/agreements", body, "loan_officer", key="agreement-1") == first
    taken = bureau.post("/enterprises/agreements", body, "loan_officer", status=409)
    assert taken["code"] == "agreement_number_taken"
    three = {**body, "number": "利联2017-011", "parties": parties[:3]}
    wrong = bureau.post("/enterprises/agreements", three, "loan_officer", status=422)
    assert (wrong["code"], wrong["field"]) == ("agreement_parties_wrong", "parties")


# --- rounds ---------------------------------------------------------------------------------------


def test_every_amount_follows_from_its_printed_reason_alone(bureau: Bureau, linked: Linked) -> None:
    linked.town.declare(linked.round_id, extra_fen=10_000)
    path = f"/enterprises/dividends/{linked.round_id}"
    rows = bureau.get(f"{path}/rows", OFFICE)["items"]
    assert [row["amount"] for row in rows] == list(told.AMOUNTS)
    cent = Decimal("0.01")
    for row in rows:
        why = bureau.get(f"{path}/rows/{row['household_id']}/why", OFFICE)
        floor, profit = why["floor"], why["profit"]
        stake_days = sum(Decimal(s["stake"]) * s["days"] for s in why["stakes"])
        assert stake_days == Decimal(floor["stake_days"])
        exact = stake_days * Decimal(floor["annual_rate"]) / 100 / floor["period_days"]
        reckoned = (exact / floor["parts_of_year"]).quantize(cent, ROUND_HALF_UP)
        part = Decimal(profit["above"]) * stake_days / Decimal(profit["all_stake_days"])
        cut = part.quantize(cent, "ROUND_DOWN")
        assert cut == Decimal(profit["whole"])
        assert Decimal(profit["cent"]) in {Decimal(0), cent}
        whole = reckoned + cut + Decimal(profit["cent"]) - Decimal(why["before"])
        assert whole == Decimal(why["amount"]) == Decimal(row["amount"])
        cash = (whole * Decimal(why["cash_share"]) / 100).quantize(cent, ROUND_HALF_UP)
        assert (cash, whole - cash) == (Decimal(why["cash"]), Decimal(why["reinvested"]))
        page = bureau.page(
            f"/enterprises/dividends/{linked.round_id}/rows/{row['household_id']}/why", "auditor"
        )
        assert f"{whole:,}" in page


def test_the_reason_stays_as_declared_whoever_leaves_the_prepaid_year_since(
    bureau: Bureau, linked: Linked
) -> None:
    """The third household leaves on 2 June, a day after the prepaid year began: what 100.00 was
    split over stays 92 345.67 yuan x 365 days, and each reason is what it was.
    """
    linked.town.declare(linked.round_id, extra_fen=10_000)
    path = f"/enterprises/dividends/{linked.round_id}/rows"
    ids = [row["household_id"] for row in bureau.get(path, OFFICE)["items"]]
    before = [bureau.get(f"{path}/{one}/why", OFFICE) for one in ids]
    leaves(linked.town, linked.agreement_id, 3, date(2017, 6, 2))
    assert [bureau.get(f"{path}/{one}/why", OFFICE) for one in ids] == before
    told_of = bureau.get(f"/enterprises/dividends/{linked.round_id}", OFFICE)
    assert told_of["expected"] == told.FLOOR_TOTAL
    profit = before[2]["profit"]
    assert (profit["all_stake_days"], profit["floors"]) == ("33706169.55", told.FLOOR_TOTAL)
    assert (profit["whole"], profit["cent"]) == ("13.36", "0.01")
    assert [(one["days"], one["to"]) for one in before[2]["stakes"]] == [(365, "2018-06-01")]


def test_who_is_behind_stands_on_lists_and_pages_with_the_days(
    bureau: Bureau, linked: Linked
) -> None:
    linked.close_to(date(2017, 6, 10))
    # Due on 1 June, the books stand on 11 June: ten days.
    (behind,) = bureau.get("/enterprises/dividends/arrears", OFFICE)
    assert (behind["amount"], behind["days"]) == (told.FLOOR_TOTAL, 10)
    (line,) = bureau.get("/enterprises?only=arrears", OFFICE)
    assert (line["owed"], line["owed_since"]) == (told.FLOOR_TOTAL, "2017-06-01")
    page = bureau.page("/enterprises?only=arrears", OFFICE)
    assert "7,387.65" in page
    assert "data-enterprise=" in page
    assert "data-enterprise=" not in bureau.page("/enterprises?only=lapsed", OFFICE)
    assert told.FLOOR_TOTAL in bureau.file("/enterprises/dividends/arrears.csv").decode("utf-8-sig")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"payer_code": world.credit_code("91431022MA4L00001")}, "不得用于分红"),
        ({"payer_code": "91431022MA4L9XXXXX"}, "分红只能由企业自己出资"),
        ({"amount": "0.00"}, "缴存金额须大于0"),
        ({"payer_account": "12"}, "12"),
    ],
)
def test_nobody_but_the_enterprise_pays_and_the_form_keeps_what_was_typed(
    bureau: Bureau, linked: Linked, changes: dict[str, str], said: str
) -> None:
    form = {
        "which": "fund", "amount": "8,000.00", "payer_code": told.CODE,
        "payer_account": told.ACCOUNT, "voucher_no": "JC1", "channel": "transfer",
    } | changes  # fmt: skip
    refused = bureau.fill(f"/enterprises/{linked.enterprise_id}/fundings", **form)
    assert refused.status_code == 422, refused.text
    assert said in refused.text
    assert 'value="JC1"' in refused.text
    assert 'aria-invalid="true"' in refused.text
    assert bureau.get("/enterprises/pools") == []


def test_a_round_is_sent_back_with_a_reason_and_its_versions_stay(
    bureau: Bureau, linked: Linked
) -> None:
    path = f"/enterprises/dividends/{linked.round_id}"
    bureau.done(f"{path}/declare", "registrar", document_no="1号")
    assert bureau.fill(f"{path}/return", "registrar", "二", reason=" ").status_code == 422
    bureau.done(f"{path}/return", "registrar", "二", reason="名单有误")
    assert bureau.get(path)["round"]["state"] == "returned"
    bureau.done(f"{path}/declare", "registrar", document_no="2号", extra=told.EXTRA)
    one = bureau.get(path)
    assert [row["amount"] for row in one["declarations"]] == [told.FLOOR_TOTAL, told.TOTAL]
    first = bureau.page(f"{path}?version=1", "auditor")
    assert "4,000.00" in first
    assert "4,054.14" not in first
    assert "名单有误" in first


def test_rows_are_searched_narrowed_and_kept_to_ones_own_place(
    bureau: Bureau, linked: Linked
) -> None:
    linked.granted()
    linked.town.pay_file(linked.round_id)
    linked.town.send_round(linked.round_id)
    linked.town.take_bank(linked.round_id, linked.town.bank_says(linked.round_id, {2: "户名不符"}))
    path = f"/enterprises/dividends/{linked.round_id}"

    def heads(query: str, role: str = OFFICE, **scope: str) -> list[str]:
        items = bureau.client.get(
            f"/api/v1{path}/rows?{query}", headers=bureau.who(role, str(scope), **scope).headers
        ).get_json()["items"]
        return [row["head"] for row in items]

    assert heads("") == ["王大山", "张小军", "刘长根"]
    assert heads("q=小军") == ["张小军"]
    assert heads("only=returned") == heads("only=unpaid") == ["张小军"]
    assert heads("only=paid") == ["王大山", "刘长根"]
    assert heads("", "registrar", region_scope="431022102") == []
    (back,) = bureau.get(path)["returned"]
    assert (back["reason"], back["amount"], back["account"][-4:]) == (
        "name_differs", told.AMOUNTS[1], told.CARDS[1][-4:]
    )  # fmt: skip
    page = bureau.page(path, "finance")
    assert not [card for card in told.CARDS if card in page]
    sheet = bureau.file(f"{path}/rows.csv?only=returned").decode("utf-8-sig")
    assert "张小军" in sheet
    assert "王大山" not in sheet


def test_what_nobody_can_have_goes_into_the_pool_and_the_surplus_back(
    bureau: Bureau, linked: Linked
) -> None:
    linked.granted()
    linked.town.paid_out(linked.round_id, {2: "死亡"})
    path, one = f"/enterprises/dividends/{linked.round_id}", f"/enterprises/{linked.enterprise_id}"
    form = {
        "which": "release", "household_id": str(linked.town.household(2)), "cause": "no_heir",
        "reason": "全户死亡，无继承人", "document_no": "村证〔2017〕3号",
    }  # fmt: skip
    blank = bureau.fill(f"{path}/releases", "registrar", **form | {"document_no": " "})
    assert blank.status_code == 422
    assert 'value="全户死亡，无继承人"' in blank.text
    bureau.done(f"{path}/releases", "registrar", **form)
    number = bureau.page("/proposals", OFFICE).split('href="/proposals/')[-1].split('"')[0]
    assert "村证〔2017〕3号" in bureau.page(f"/proposals/{number}", OFFICE)
    decide(bureau, "")
    assert bureau.get(path)["round"]["state"] == "paid"
    assert "退回专户" in bureau.page(path, "auditor")

    # 8 000.00 − (7 487.65 − 2 432.49) = 2 944.84 free; all of it is surplus.
    assert bureau.get("/enterprises/pools")[0]["free"] == "2944.84"
    back = {
        "which": "refund", "amount": "2,944.85", "payee_account": told.ACCOUNT,
        "voucher_no": "TH1", "reason": "结余退回", "channel": "transfer",
    }  # fmt: skip
    above = bureau.fill(f"{one}/refunds", **back)
    assert above.status_code == 409
    assert 'value="TH1"' in above.text
    bureau.done(f"{one}/refunds", **back | {"amount": "2,944.84"})
    decide(bureau, "")
    (pool,) = bureau.get("/enterprises/pools")
    assert (pool["given_back"], pool["free"]) == ("2944.84", "0.00")


# --- unwinding ------------------------------------------------------------------------------------


def test_an_agreement_is_unwound_by_two_and_over_only_when_nothing_is_open(
    bureau: Bureau, linked: Linked
) -> None:
    linked.granted()
    linked.town.paid_out(linked.round_id)
    where = f"/enterprises/agreements/{linked.agreement_id}"
    bureau.done(
        f"{where}/unwindings", "loan_officer", from_on="2018-06-01",
        document_no="甘扶办发〔2018〕99号", reason="户贷企用清退",
    )  # fmt: skip
    early = bureau.fill(f"{where}/end", OFFICE, which="end", document_no="清退1号")
    assert early.status_code == 409
    decide(bureau, "")
    one = bureau.get(where, OFFICE)
    assert one["unwound_from"] == "2018-06-01"
    assert one["conditions"]["principal"] == one["conditions"]["subsidy"] == 0
    page = bureau.page(where, OFFICE)
    assert "清退中" in page
    before = bureau.fill(f"{where}/end", OFFICE, which="end", document_no="清退1号")
    assert before.status_code == 409
    assert 'value="清退1号"' in before.text
