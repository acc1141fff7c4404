"""Claims at their desks: every step over the API, the money on the pages, notices for everybody."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import true

import ledger
from households import slips
from tests.planted import Plant
from tests.web import claims_world, world
from tests.web.bureau import Bureau
from tests.web.claims_world import CARDS, FIRST_TOTAL, ROW, Claimed, claimed, refunded
from tests.web.conftest import PASSWORD, Hire
from web.cli import fupin
from web.pages import notices

__all__ = ["claimed", "refunded"]


@pytest.fixture
def bureau(client: FlaskClient, claimed: Claimed, hire: Hire) -> Bureau:
    """The desks of the county of the claim."""
    return Bureau(client, claimed.house, hire)


@pytest.fixture
def cards(client: FlaskClient, refunded: Claimed, hire: Hire) -> Bureau:
    """The desks where households are refunded."""
    return Bureau(client, refunded.house, hire)


def test_every_step_over_the_api(bureau: Bureau, claimed: Claimed) -> None:
    """From the recomputation to the receipt; screen, API and ledger agree on 395.82."""
    path = f"/subsidies/claims/{claimed.claim_id}"
    claimed.offices.fund(100_000, year=2017)
    claimed.offices.bank(claims_world.LENDERS_ACCOUNT)
    done = bureau.post(f"{path}/recompute", {}, "poverty_office")
    assert (done["state"], done["total"], done["differing"]) == ("recomputed", FIRST_TOTAL, 0)
    bureau.post(f"{path}/confirm", {}, "poverty_office", "另一人")
    number = bureau.post(f"{path}/notice", {"place": "村务公开栏"}, "poverty_office")["number"]
    raised = bureau.post(f"{path}/object", {"raised_by": "村民", "words": "不实"}, "registrar")
    answer = f"/subsidies/objections/{raised['objection_id']}/answer"
    bureau.post(answer, {"upheld": False, "words": "经核实属实"}, "poverty_office")
    early = bureau.post(f"{path}/approve", {}, "finance", status=409)
    assert early["code"] == "notice_not_over"
    claimed.close_to(date(2017, 6, 27))
    bureau.post(f"{path}/approve", {}, "finance")
    # The same person under the same right makes no file of what it granted.
    same = bureau.post(f"{path}/file", {}, "finance", status=403)
    assert same["code"] == "same_maker_and_checker"
    bureau.post(f"{path}/file", {}, "finance", "制表")
    sent = bureau.post(f"{path}/send", {}, "finance")
    bureau.client.get(f"/subsidies/claims/{claimed.claim_id}/payment.csv")
    with bureau.client.get(
        f"/api/v1{path}/payment-file", headers=bureau.who("finance").headers
    ) as given:
        said = claims_world.bank_says(given.get_data())
    headers = {**bureau.who("finance").headers, "Idempotency-Key": "the-banks-answer"}
    told = [
        bureau.client.post(
            f"/api/v1{path}/bank-return",
            data={"file": (io.BytesIO(said), "回盘.csv")},
            headers=headers,
        )
        for _ in range(2)
    ]
    # The second time is the same request: answered alike, booked once.
    assert [one.status_code for one in told] == [201, 201]
    assert told[0].get_json() == told[1].get_json()
    assert told[0].get_json()["paid"] == FIRST_TOTAL
    bureau.post(f"{path}/receipt", {"voucher_no": "SK1"}, "loan_officer")
    claim = bureau.get(path)
    assert claim["claim"]["state"] == "receipted"
    assert [step["state"] for step in claim["steps"]] == [
        "drafted", "checked", "submitted", "recomputed", "confirmed", "noticed", "approved",
        "filed", "sent", "paid", "receipted",
    ]  # fmt: skip
    assert claim["files"][0]["batch_no"] == sent["batch_no"]
    assert claim["notice"]["number"] == number
    with claimed.house.books.read() as session:
        assert ledger.balance(session, kind="budget_paid") == -39_582
        assert ledger.balance(session, kind="treasury_interest_receivable") == 0


def test_a_bank_file_of_the_same_rows_is_not_taken_twice(bureau: Bureau, claimed: Claimed) -> None:
    offices = claimed.offices
    offices.fund(100_000, year=2017)
    offices.bank(claims_world.LENDERS_ACCOUNT)
    offices.recompute(claimed.claim_id)
    offices.confirm(claimed.claim_id)
    offices.post_notice(claimed.claim_id)
    claimed.close_to(date(2017, 6, 27))
    offices.grant(claimed.claim_id)
    offices.make_file(claimed.claim_id)
    offices.send(claimed.claim_id)
    said = claims_world.bank_says(offices.content(claimed.claim_id))
    where = f"/subsidies/claims/{claimed.claim_id}"
    # A wrong total: told by its line, nothing booked, the claim waits as before.
    wrong = said.replace("395.82,,,\r\n".encode("gb18030"), "395.83,,,\r\n".encode("gb18030"))
    assert wrong != said
    again = bureau.fill(f"{where}/bank-return", file=(io.BytesIO(wrong), "回盘.csv"))
    assert again.status_code == 422, again.text
    assert claimed.offices.state(claimed.claim_id) == "sent"
    bureau.done(f"{where}/bank-return", file=(io.BytesIO(said), "回盘.csv"))
    twice = bureau.fill(f"{where}/bank-return", file=(io.BytesIO(said), "回盘.csv"))
    assert twice.status_code == 409
    with claimed.house.books.read() as session:
        assert ledger.balance(session, kind="budget_paid") == -39_582


def test_the_banks_answer_is_described_and_has_a_template(bureau: Bureau, claimed: Claimed) -> None:
    offices = claimed.offices
    offices.fund(100_000, year=2017)
    offices.bank(claims_world.LENDERS_ACCOUNT)
    offices.recompute(claimed.claim_id)
    offices.confirm(claimed.claim_id)
    offices.post_notice(claimed.claim_id)
    claimed.close_to(date(2017, 6, 27))
    offices.grant(claimed.claim_id)
    offices.make_file(claimed.claim_id)
    offices.send(claimed.claim_id)
    where = f"/subsidies/claims/{claimed.claim_id}"
    page = bureau.page(where)
    for word in ("流水号", "户名不符、销户、死亡、其他", f'href="{where}/bank-return.csv"'):
        assert word in page
    template = bureau.file(f"{where}/bank-return.csv").decode("utf-8-sig")
    assert template.splitlines()[0] == "批次号,序号,户名,账号,金额,结果,原因,流水号"
    assert f",{claims_world.LENDERS_ACCOUNT},{FIRST_TOTAL},,,\r\n" in template
    # As it is, every row lacks its result: the refusal lists what is taken.
    empty = bureau.fill(f"{where}/bank-return", file=(io.BytesIO(template.encode()), "回盘.csv"))
    assert empty.status_code == 422
    assert empty.text.count("户名不符、销户、死亡、其他") == 2
    filled = template.replace(f"{FIRST_TOTAL},,,", f"{FIRST_TOTAL},失败,销户,", 1)
    bureau.done(f"{where}/bank-return", file=(io.BytesIO(filled.encode()), "回盘.csv"))
    (back,) = bureau.get(where)["returned"]
    assert back["payment"]["reason"] == "closed"
    # The template holds accounts in clear: it is for those who pay.
    who = bureau.who("loan_officer").headers
    assert bureau.client.get(f"{where}/bank-return.csv", headers=who).status_code == 403


def test_rows_are_searched_exported_and_explained(bureau: Bureau, claimed: Claimed) -> None:
    path = f"/subsidies/claims/{claimed.claim_id}"
    rows = bureau.get(f"{path}/rows?limit=2")
    assert [row["amount"] for row in rows["items"]] == [ROW, ROW]
    (last,) = bureau.get(f"{path}/rows?limit=2&cursor={rows['next']}")["items"]
    assert last["number"] == claimed.numbers[2]
    (found,) = bureau.get(f"{path}/rows?q={claimed.numbers[1]}")["items"]
    assert found["borrower"] == "张小军"
    assert bureau.get(f"{path}/rows?only=differing")["items"] == []
    csv = bureau.file(f"{path}/rows.csv").decode("utf-8-sig").splitlines()
    assert len(csv) == 4
    assert csv[1].split(",")[10] == ROW
    assert bureau.file(f"{path}/rows.xlsx")[:2] == b"PK"
    why = bureau.get(f"/subsidies/entitlements/{found['entitlement_id']}/why")
    assert why["amount"] == ROW
    # 50 000.00 × 20 days × 4.75 % ÷ 360 = 131.94, all of it the treasury's.
    (segment,) = why["settlement"]["treasury"]["segments"]
    assert (segment["days"], segment["balance"], segment["share"]) == (20, "50000.00", "100")
    page = bureau.page(f"/subsidies/entitlements/{found['entitlement_id']}/why")
    assert "1,000,000.00" in page


@pytest.mark.parametrize(
    ("kind", "ending", "magic"),
    [("sheet", "pdf", b"%PDF"), ("workbook", "xlsx", b"PK"), ("letter", "docx", b"PK")],
)
def test_papers_on_the_page_over_the_api_and_at_the_command_line(
    bureau: Bureau, claimed: Claimed, tmp_path: Path, kind: str, ending: str, magic: bytes
) -> None:
    path = f"/subsidies/claims/{claimed.claim_id}/papers/{kind}"
    assert bureau.file(path).startswith(magic)
    assert bureau.file(f"/api/v1{path}.{ending}").startswith(magic)
    target = tmp_path / f"paper.{ending}"
    login = bureau.who("finance").login
    done = CliRunner().invoke(
        fupin,
        ["subsidies", "paper", str(claimed.claim_id), kind, "--out", str(target), "--as", login,
         "--password-stdin", "--json"],
        input=f"{PASSWORD}\n",
        obj=claimed.house,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert target.read_bytes().startswith(magic)


# --- what comes back ------------------------------------------------------------------------------


def paid_but_one(cards: Bureau, refunded: Claimed) -> str:
    """The claim at the bank, which pays all but the second; the claim's path."""
    offices, claim_id = refunded.offices, refunded.claim_id
    offices.fund(100_000, year=2017)
    offices.recompute(claim_id)
    offices.confirm(claim_id)
    offices.post_notice(claim_id)
    refunded.close_to(date(2017, 6, 27))
    offices.grant(claim_id)
    path = f"/subsidies/claims/{claim_id}"
    cards.done(f"{path}/file", "finance", "制表")
    cards.done(f"{path}/send")
    sent = cards.file(f"{path}/payment.csv")
    said = claims_world.bank_says(sent, returned={2: "户名不符"})
    cards.done(f"{path}/bank-return", file=(io.BytesIO(said), "回盘.csv"))
    return path


def test_a_returned_payment_is_corrected_by_two_and_paid_again(
    cards: Bureau, refunded: Claimed
) -> None:
    path = paid_but_one(cards, refunded)
    told = cards.get(path)
    (back,) = told["returned"]
    assert (back["payment"]["reason"], back["payment"]["amount"]) == ("name_differs", ROW)
    assert back["payment"]["account"].endswith(CARDS[1][-4:])
    assert told["files"][0]["paid"] == "263.88"  # 2 × 131.94
    # Not before the account was corrected.
    page = cards.fill(f"{path}/file", "finance", "制表")
    assert page.status_code == 422
    assert "更正并复核后方可再付" in page.text
    household_id = back["payment"]["payee_id"]
    accounts = f"/subsidies/accounts/households/{household_id}"
    account = {
        "holder": "张小军",
        "number": "6222020000000000059",
        "bank": "邮储",
        "reason": "更名",
    }
    cards.done(accounts, "loan_officer", **account)
    shown = cards.page(accounts, "loan_officer")
    assert account["number"] not in shown
    assert "0059" in shown
    (waits,) = cards.get(path)["returned"]
    asked = cards.page(f"/proposals/{waits['account_waits']}", "checker")
    for word in ("原账户", "新账户", CARDS[1][-4:], "0059", "邮储", "更名", f'href="{path}"'):
        assert word in asked
    assert account["number"] not in asked
    assert CARDS[1] not in asked
    cards.done(f"/proposals/{waits['account_waits']}", "checker", decision="approved")
    cards.done(f"{path}/file", "finance", "制表")
    cards.done(f"{path}/send")
    said = claims_world.bank_says(cards.file(f"{path}/payment.csv"))
    cards.done(f"{path}/bank-return", file=(io.BytesIO(said), "回盘2.csv"))
    assert cards.get(path)["claim"]["state"] == "paid"
    rows = cards.page(f"{path}/files/2")
    assert "0059" in rows
    assert account["number"] not in rows


def test_what_nobody_can_be_paid_goes_back_by_two(cards: Bureau, refunded: Claimed) -> None:
    path = paid_but_one(cards, refunded)
    (back,) = cards.get(path)["returned"]
    cards.done(
        "/subsidies/give-backs", claim_id=refunded.claim_id,
        payment_row_id=back["payment"]["id"], reason="无继承人",
    )  # fmt: skip
    (waits,) = cards.get(path)["returned"]
    own = cards.fill(f"/proposals/{waits['give_back_waits']}", decision="approved")
    assert own.status_code == 403
    cards.done(f"/proposals/{waits['give_back_waits']}", "finance", "制表", decision="approved")
    assert cards.get(path)["claim"]["state"] == "paid"
    with refunded.house.books.read() as session:
        # 131.94 of the 395.82 never left the budget.
        assert ledger.balance(session, kind="budget_paid") == -26_388


def test_a_household_sees_what_came_to_its_card(cards: Bureau, refunded: Claimed) -> None:
    paid_but_one(cards, refunded)
    pages = []
    for place, code in ((1, "482109375512"), (2, "482109375520")):
        with refunded.house.books.write(slips.COMMAND, by=world.OFFICER) as session:
            slips.issue(
                session, refunded.house.keyring, household_id=refunded.offices.household(place),
                on=ledger.open_day(session), by=world.OFFICER,
                new_code=lambda code=code: code,  # type: ignore[misc]
            )  # fmt: skip
        four = world.FAMILIES[place - 1].head_identity[-4:]
        answer = cards.client.post("/mine", data={"code": code, "last_four": four})
        assert len(answer.data) < 45_000
        pages.append(answer.text)
    paid, waiting = pages
    assert f"已于2017-06-28补到尾号{CARDS[0][-4:]}的卡" in paid
    assert CARDS[0] not in paid
    assert "银行退票" in waiting
    assert "其中待补到您卡上" in waiting
    assert ROW in waiting


def test_who_cannot_be_paid_is_told_by_row(bureau: Bureau, claimed: Claimed) -> None:
    """The lender has no account yet: no file is made, no budget spoken for."""
    offices = claimed.offices
    line_id = offices.fund(100_000, year=2017)
    offices.recompute(claimed.claim_id)
    offices.confirm(claimed.claim_id)
    offices.post_notice(claimed.claim_id)
    claimed.close_to(date(2017, 6, 27))
    offices.grant(claimed.claim_id)
    path = f"/subsidies/claims/{claimed.claim_id}"
    page = bureau.fill(f"{path}/file", "finance", "制表")
    assert page.status_code == 422
    assert "不能付款的" in page.text
    assert "宜章示范农村商业银行没有一卡通" in page.text
    # A line of the form that comes to something else than what is owed.
    offices.bank(claims_world.LENDERS_ACCOUNT)
    wrong = {f"line-{line_id}": "395.81"}
    again = bureau.fill(f"{path}/file", "finance", "制表", **wrong)
    assert again.status_code == 422
    assert "395.81" in again.text
    (line,) = bureau.get("/subsidies/budget")["items"]
    assert line["committed"] == "0.00"
    bureau.done(f"{path}/file", "finance", "制表", **{f"line-{line_id}": "395.82"})
    (line,) = bureau.get("/subsidies/budget")["items"]
    assert line["committed"] == FIRST_TOTAL


def test_what_was_claimed_too_much_is_paid_back_by_voucher(
    bureau: Bureau, claimed: Claimed
) -> None:
    offices, claim_id = claimed.offices, claimed.claim_id
    line_id = offices.fund(100_000, year=2017)
    offices.bank(claims_world.LENDERS_ACCOUNT)
    offices.recompute(claim_id)
    offices.confirm(claim_id)
    offices.post_notice(claim_id)
    claimed.close_to(date(2017, 6, 27))
    offices.grant(claim_id)
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id))
    claimed.correct()
    claimed.close_to(date(2017, 6, 28))
    assert bureau.get("/subsidies/figures")["to_recover"] == "26.38"
    (owed,) = bureau.get("/subsidies/clawbacks")
    assert (owed["payer"], owed["amount"]) == ("宜章示范农村商业银行", "26.38")
    back = {
        "lender_id": owed["lender_id"], "route": "lender", "payer_kind": "organisations",
        "payer_id": owed["payer_id"], "amount": "26.37", "channel": "transfer",
        "voucher_no": "ZH1", "line_id": line_id, "reason": "提前还款更正",
    }  # fmt: skip
    less = bureau.fill("/subsidies/clawbacks", **back)
    assert less.status_code == 422
    bureau.done("/subsidies/clawbacks", **{**back, "amount": "26.38"})
    assert bureau.get("/subsidies/clawbacks") == []
    (line,) = bureau.get("/subsidies/budget")["items"]
    assert line["paid"] == "369.44"
    claimed.close_to(date(2017, 6, 29))
    figures = bureau.get("/subsidies/figures")
    assert {figures[name] for name in ("accrued", "claimed", "paid")} == {"369.44"}


# --- notices --------------------------------------------------------------------------------------


@pytest.fixture
def hanging(cards: Bureau, refunded: Claimed) -> str:
    """A notice that hangs from 21 to 27 June 2017."""
    refunded.offices.recompute(refunded.claim_id)
    refunded.offices.confirm(refunded.claim_id)
    return refunded.offices.post_notice(refunded.claim_id)


def test_a_notice_is_for_everybody_and_holds_no_number_of_anybody(
    client: FlaskClient, refunded: Claimed, hanging: str
) -> None:
    assert hanging in client.get("/notices").text
    answer = client.get(f"/notices/{hanging}")
    assert answer.status_code == 200
    for family in world.FAMILIES[:3]:
        assert family.head in answer.text
        assert family.number not in answer.text
        assert family.head_identity not in answer.text
        assert family.head_identity[-4:] not in answer.text
    for card in CARDS:
        assert card not in answer.text
        assert card[-4:] not in answer.text
    for number in refunded.numbers:
        assert number not in answer.text
    assert "<script" not in answer.text
    assert "Set-Cookie" not in answer.headers
    told = client.get(f"/api/v1/notices/{hanging}").get_json()
    assert [row["amount"] for row in told["items"]] == [ROW] * 3


def test_a_page_of_a_notice_weighs_less_than_50_kb(
    client: FlaskClient, hanging: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    weight = {}
    for rows in (1, 2):
        monkeypatch.setattr(notices, "PAGE", rows)
        weight[rows] = len(client.get(f"/notices/{hanging}").data)
    # The second row, with a name four times as long, a hundred times over; and the style sheet.
    each = weight[2] - weight[1] + 60
    with client.get("/static/own.css") as style:
        assert weight[1] + 99 * each + len(style.data) < 50_000
    monkeypatch.setattr(notices, "PAGE", 2)
    assert "after=2" in client.get(f"/notices/{hanging}").text
    assert "刘长根" in client.get(f"/notices/{hanging}?after=2").text


def test_a_notice_that_is_over_or_sent_back_is_not_there(
    client: FlaskClient, refunded: Claimed, hanging: str
) -> None:
    refunded.close_to(date(2017, 6, 27))
    for path in (f"/notices/{hanging}", f"/api/v1/notices/{hanging}", "/notices/1"):
        assert client.get(path).status_code == 404
    assert hanging not in client.get("/notices").text
    assert client.get("/api/v1/notices").get_json() == []


# --- who sees what --------------------------------------------------------------------------------


def test_another_lenders_people_see_nothing_of_a_claim(bureau: Bureau, claimed: Claimed) -> None:
    other = world.found_lender(claimed.house, "宜章示范村镇银行", "002")
    path = f"/subsidies/claims/{claimed.claim_id}"
    for scope in ({"institution_id": other}, {"region_scope": "431202"}):
        name = str(sorted(scope.values(), key=str))
        bureau.who("loan_officer", name, **scope)
        for where in (path, f"{path}/rows.csv", f"{path}/files/1", f"/api/v1{path}",
                      f"/api/v1{path}/rows", f"{path}/papers/sheet"):  # fmt: skip
            headers = bureau.who("loan_officer", name).headers
            with bureau.client.get(where, headers=headers) as answer:
                assert answer.status_code in {403, 404}, where
        assert bureau.get("/subsidies/claims", "loan_officer", name)["items"] == []
        assert bureau.get("/subsidies/figures", "loan_officer", name)["accrued"] == "0.00"
        assert bureau.get("/subsidies/ages", "loan_officer", name) == []


# --- the next version -----------------------------------------------------------------------------


def test_the_next_version_leaves_a_row_out_with_its_reason(
    bureau: Bureau, claimed: Claimed
) -> None:
    claimed.correct()
    path = f"/subsidies/claims/{claimed.claim_id}"
    bureau.done(f"{path}/recompute", "poverty_office")
    page = bureau.page(path)
    assert "131.94" in page
    assert "105.56" in page
    no_word = bureau.fill(f"{path}/return", reason=" ")
    assert no_word.status_code == 422
    bureau.done(f"{path}/return", reason="第2行请更正")
    draft = {
        "lender_id": str(claimed.offices.lender_id), "route": "lender", "period_to": "2017-06-21",
        "out": claimed.numbers[1], f"why-{claimed.numbers[1]}": "待核实提前还款",
    }  # fmt: skip
    where = bureau.done("/subsidies/claims", "loan_officer", **draft)
    following = bureau.get(where.removeprefix("http://localhost"), "loan_officer")
    # Two rows of 131.94 are left.
    assert following["claim"]["total"] == "263.88"
    assert following["claim"]["version"] == 2
    assert following["previous_id"] == claimed.claim_id
    (left,) = following["left_out"]
    assert (left["number"], left["reason"]) == (claimed.numbers[1], "待核实提前还款")
    assert bureau.get(path)["next_id"] == following["claim"]["id"]
    # The version before and its history stay readable.
    assert "第2行请更正" in bureau.page(path)


def test_a_refused_next_version_stays_on_its_page_with_what_was_typed(
    bureau: Bureau, claimed: Claimed
) -> None:
    """A row ticked out without a reason; another contract named with one."""
    claimed.correct()
    path = f"/subsidies/claims/{claimed.claim_id}"
    bureau.done(f"{path}/recompute", "poverty_office")
    bureau.done(f"{path}/return", reason="第2行请更正")
    # It waits on the officer's desk, and for nobody else.
    assert "待生成下一版" in bureau.page("/subsidies", "loan_officer")
    assert "待生成下一版" not in bureau.page("/subsidies")
    # Corrected today, which no draft holds before the close.
    assert "以下贷款今日有更正，日终后计入" in bureau.page(path, "loan_officer")
    first, second, _third = claimed.numbers
    draft = {
        "lender_id": str(claimed.offices.lender_id), "route": "lender", "period_to": "2017-06-21",
        "previous": str(claimed.claim_id), "out": second, f"why-{second}": " ",
        "left_out": f"{first} 身份待核",
    }  # fmt: skip
    refused = bureau.fill("/subsidies/claims", "loan_officer", **draft)
    assert refused.status_code == 422
    assert f"第{claimed.claim_id}号贴息申报" in refused.text
    assert f'value="{second}" checked' in refused.text
    assert f"{first} 身份待核" in refused.text
    claimed.close_to(date(2017, 6, 21))
    assert "以下贷款今日有更正" not in bureau.page(path, "loan_officer")
    draft[f"why-{second}"] = "待核实提前还款"
    where = bureau.done("/subsidies/claims", "loan_officer", **draft)
    assert "待生成下一版" not in bureau.page("/subsidies", "loan_officer")
    following = where.removeprefix("http://localhost")
    bureau.done(f"{following}/withdraw", "loan_officer", reason="重报")
    # What the version left out is offered to be taken again.
    page = bureau.page(following, "loan_officer")
    assert 'name="again" value="' + first in page
    assert 'name="again" value="' + second in page


def test_a_double_click_takes_a_step_once(bureau: Bureau, claimed: Claimed) -> None:
    path = f"/subsidies/claims/{claimed.claim_id}"
    for _ in range(2):
        bureau.done(f"{path}/recompute", "poverty_office", request_key="one-and-the-same")
    steps = [step["state"] for step in bureau.get(path)["steps"]]
    assert steps.count("recomputed") == 1


def test_a_notice_that_never_ends_turns_red(
    client: FlaskClient, refunded: Claimed, hanging: str
) -> None:
    Plant(
        test_a_notice_that_is_over_or_sent_back_is_not_there,
        "subsidies.claims.published._hangs",
        lambda on: true(),
    ).prove(client=client, refunded=refunded, hanging=hanging)


def test_an_account_that_is_not_masked_turns_red(cards: Bureau, refunded: Claimed) -> None:
    Plant(
        test_a_returned_payment_is_corrected_by_two_and_paid_again,
        "office.paying.mask_account",
        lambda number: number,
    ).prove(cards=cards, refunded=refunded)
