"""Corrections, explanations and what-if at the doors: the API, and pages without script."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from config.wiring import House
from jobs import program
from kernel.actor import Actor
from tests.beginnings import Beginning
from tests.loans import full_lives, recomputing
from tests.loans.town import Town
from tests.web import world
from tests.web.conftest import Hire, Staff
from web import undoing
from web.pages.loans import EVENTS
from web.words import money

API = "/api/v1"
HERE = world.FAMILIES[0]


@dataclass
class Counter:
    """A loan of 50 000 at 4.75 %, paid out on 1 June 2017; the books stand on 1 October 2017."""

    client: FlaskClient
    house: House
    number: str
    slip: str
    officer: Staff
    checker: Staff
    keys: count[int] = field(default_factory=lambda: count(1))

    def post(self, path: str, staff: Staff, body: Any) -> tuple[int, Any]:
        headers = {**staff.headers, "Idempotency-Key": f"test-key-{next(self.keys)}"}
        answer = self.client.post(f"{API}{path}", headers=headers, json=body)
        return answer.status_code, answer.get_json()

    def get(self, path: str) -> Any:
        answer = self.client.get(f"{API}{path}", headers=self.officer.headers)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def page(self, path: str, staff: Staff | None = None) -> str:
        answer = self.client.get(path, headers=(staff or self.officer).headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    def pay(self, amount: str, **more: Any) -> tuple[int, Any]:
        voucher = f"HK{next(self.keys)}"
        row = {"number": self.number, "amount": amount, "channel": "counter", "voucher_no": voucher}
        return self.post("/loans/repayments", self.officer, {"rows": [{**row, **more}]})

    def undo(self, kind: str, key: int, reason: str = "记错户") -> tuple[int, Any]:
        body = {"kind": kind, "id": key, "reason": reason}
        return self.post(f"/loans/{self.number}/reversals", self.checker, body)


@pytest.fixture
def counter(
    opened: House, client: FlaskClient, settled: dict[str, int], hire: Hire, begin: Beginning
) -> Counter:
    """The loan, lived until then."""

    def live() -> tuple[str, str, Staff, Staff]:
        lender_id = world.found_lender(opened)
        lent = world.lend(opened, HERE, settled[HERE.number], lender_id)
        program.close_to(opened, date(2017, 9, 30))
        officer = hire("loan_officer", institution_id=lender_id)
        checker = hire("checker", institution_id=lender_id)
        return lent.number, lent.slip_number, officer, checker

    return Counter(client, opened, *begin("counter", live))


def test_a_payment_with_an_earlier_value_date_corrects_what_stood(counter: Counter) -> None:
    status, taken = counter.pay("20000.00", early=True, value_date="2017-08-10")
    assert status == 201, taken
    (told,) = counter.get(f"/loans/{counter.number}/corrections")["corrections"]
    assert (told["cause"], told["value_date"]) == ("late_repayment", "2017-08-10")
    assert told["closed_days"] == {"from": "2017-08-10", "to": "2017-09-30"}
    # 21 June to 21 September 2017: 50000 × 92 × 4.75 % ÷ 360 = 606.9444; with the payment
    # (50000 × 50 + 30000 × 42) × 4.75 % ÷ 360 = 496.1111.
    (revised,) = told["settlements"]
    assert revised["difference"] == "-110.83"
    why = counter.get(f"/settlements/{revised['id']}/why")
    recomputing.settlement(why)
    assert (why["amount"], why["row"]["amount"]) == ("496.11", "-110.83")


def test_undoing_it_leaves_what_stood_before(counter: Counter) -> None:
    before = counter.get(f"/loans/{counter.number}/balance/why")
    _, taken = counter.pay("20000.00", early=True, value_date="2017-08-10")
    key = taken["repayments"][0]["id"]
    status, undone = counter.undo("repayments", key)
    assert (status, undone["correction"]) == (201, 2)
    assert counter.get(f"/loans/{counter.number}/balance/why") == before
    events = counter.get(f"/loans/{counter.number}")["events"]
    paid = next(event for event in events if event["kind"] == "repaid")
    assert (paid["undone"], paid["on"], paid["booked_on"]) == (True, "2017-08-10", "2017-10-01")
    assert [event["kind"] for event in events].count("corrected") == 2
    recomputing.repayment(counter.get(f"/repayments/{key}/why"))


def test_every_amount_of_the_api_is_recomputed_from_its_answer(counter: Counter) -> None:
    counter.pay("20000.00", early=True, value_date="2017-08-10")
    counter.pay("700.00")
    number = counter.number
    recomputing.balance(counter.get(f"/loans/{number}/balance/why"))
    recomputing.grade(counter.get(f"/loans/{number}/grade/why"))
    recomputing.plan(counter.get(f"/loans/{number}/plan/why"))
    whole = counter.get(f"/loans/{number}/statement")
    assert len(whole["settlements"]) == 2
    for told in whole["settlements"]:
        recomputing.settlement(told)
    for told in whole["payments"]:
        recomputing.repayment(told)
    part = counter.get(f"/loans/{number}/statement?from=2017-07-01&to=2017-09-30")
    assert [told["to"] for told in part["settlements"]] == ["2017-09-21"]
    assert (part["opening"], part["closing"]) == ("50000.00", "30000.00")
    for due in counter.get(f"/loans/{number}")["dues"]:
        recomputing.due(counter.get(f"/dues/{due['id']}/why"))


@pytest.mark.parametrize(
    ("value_date", "code", "words"),
    [
        ("2017-05-31", "event_before_first_draw", "在2017-05-31之前没有放款"),
        ("2017-10-02", "value_date_in_future", "起息日2017-10-02晚于当前营业日2017-10-01"),
    ],
)
def test_a_day_on_which_it_cannot_be_is_refused_in_words(
    counter: Counter, value_date: str, code: str, words: str
) -> None:
    _status, told = counter.pay("100.00", value_date=value_date)
    assert told["code"] == code
    assert words in told["detail"]


def test_what_was_undone_and_what_is_unknown_is_not_undone(counter: Counter) -> None:
    _, taken = counter.pay("100.00")
    key = taken["repayments"][0]["id"]
    assert counter.undo("repayments", key)[0] == 201
    status, told = counter.undo("repayments", key)
    assert (status, told["code"]) == (409, "event_already_reversed")
    assert "已经冲正" in told["detail"]
    assert counter.undo("reversals", 1)[1]["code"] == "reversal_of_reversal"
    unknown = {
        "repayments": "repayment_unknown",
        "changes": "change_unknown",
        "disbursements": "disbursement_unknown",
        "reversals": "repayment_unknown",
    }
    for kind in undoing.KINDS:
        assert counter.undo(kind, 9_999)[1]["code"] == unknown[kind]
    _status, told = counter.undo("repayments", key, reason=" ")
    assert told["status"] in {400, 422}
    body = {"kind": "repayments", "id": key, "reason": "x"}
    assert counter.post("/loans/XD0/reversals", counter.checker, body)[1]["code"] == "loan_unknown"


def test_a_draw_that_was_repaid_cannot_be_undone(counter: Counter) -> None:
    counter.pay("100.00", early=True)
    event = next(
        event
        for event in counter.get(f"/loans/{counter.number}")["events"]
        if event["kind"] == "disbursed"
    )
    status, told = counter.undo("disbursements", event["source_id"])
    assert (status, told["code"]) == (409, "event_before_first_draw")


def test_the_time_line_offers_to_undo_and_does_it_once(counter: Counter) -> None:
    _, taken = counter.pay("20000.00", early=True, value_date="2017-08-10")
    key = taken["repayments"][0]["id"]
    page = counter.page(f"/loans/{counter.number}", counter.checker)
    path = f"/loans/{counter.number}/repayments/{key}/reversal"
    assert path in page
    assert path not in counter.page(f"/loans/{counter.number}"), "an officer may not"
    request_key = re.findall(r'name="request_key" value="([^"]+)"', page)[0]
    for _ in range(2):
        answer = counter.client.post(
            path,
            headers=counter.checker.headers,
            data={"request_key": request_key, "reason": "记错户"},
        )
        assert answer.status_code == 302, answer.text
    listed = counter.page(f"/loans/{counter.number}/corrections")
    assert listed.count("-110.83") >= 1
    assert listed.count("110.83") >= 2
    assert "记错户" in listed
    assert len(counter.get(f"/loans/{counter.number}/corrections")["corrections"]) == 2


def test_pages_say_what_the_api_says(counter: Counter) -> None:
    _, taken = counter.pay("20000.00", early=True, value_date="2017-08-10")
    key, number = taken["repayments"][0]["id"], counter.number
    told = counter.get(f"/loans/{number}/statement")
    page = counter.page(f"/loans/{number}/statement")
    for one in told["settlements"]:
        assert one["keyed"] in page
    assert "20,000.00" in counter.page(f"/loans/{number}/why/repayments/{key}")
    assert "30,000.00" in counter.page(f"/loans/{number}/why/balance")
    assert "正常" in counter.page(f"/loans/{number}/why/grade")
    assert "606.94" in counter.page(f"/loans/{number}/why/plan")
    settled = next(e for e in counter.get(f"/loans/{number}")["events"] if e["kind"] == "resettled")
    page = counter.page(f"/loans/{number}/why/settlements/{settled['source_id']}")
    assert "606.94" in page
    assert "-110.83" in page
    due = counter.get(f"/loans/{number}")["dues"][0]
    assert counter.page(f"/loans/{number}/why/dues/{due['id']}")
    answer = counter.client.get(f"/loans/XD0/why/dues/{due['id']}", headers=counter.officer.headers)
    assert answer.status_code == 404
    for english in ("statement", "why/grade", "corrections", "what-if"):
        assert counter.page(f"/loans/{number}/{english}?lang=en")


def test_the_time_line_tells_every_kind_of_event_with_its_why(
    opened: House, client: FlaskClient, tmp_path: Path, hire: Hire, system: Actor
) -> None:
    ids = world.settle(opened, tmp_path)
    lender_id = world.found_lender(opened)
    lent = world.lend(opened, HERE, ids[HERE.number], lender_id, months=2)
    town = Town(
        opened.books, system, opened.keyring, opened.rulebook, opened.calendar, opened.regions
    )
    number, director = lent.number, hire("director", institution_id=lender_id)
    program.close_to(opened, date(2017, 6, 30))
    full_lives.change(town, number, "plan", date(2017, 7, 1), method="bullet", every_months=0)
    full_lives.change(town, number, "extension", date(2017, 7, 1), matures_on=date(2017, 8, 15))
    misused = full_lives.change(town, number, "misuse", date(2017, 6, 20))
    town.pay(number, 900_000)
    full_lives.out_of_the_ordinary(town, number, "refund", 100_000, "TK1")
    program.close_to(opened, date(2017, 9, 30))
    town.pay(number, 10_000)
    full_lives.undo_change(town, misused, "查无挪用")
    full_lives.out_of_the_ordinary(town, number, "write_off", 1)
    full_lives.out_of_the_ordinary(town, number, "recovery", 50_000, "SH1")
    page = client.get(f"/loans/{number}", headers=director.headers).text
    for kind in ("plan", "extension", "misuse", "repaid", "refunded", "settled", "resettled",
                 "reversed", "corrected", "credit_used", "graded", "written_off",
                 "recovered"):  # fmt: skip
        assert f"<b>{EVENTS[kind]}</b>" in page, kind
    # 4.35 % × 1.5, and why.
    assert "合同利率4.35%，加收50%，即6.525%" in page
    told = client.get(f"{API}/loans/{number}", headers=director.headers).get_json()
    assert told["line"]["state"] == "written_off"
    for event in told["events"]:
        if event["source_kind"] == "settlements":
            path = f"/settlements/{event['source_id']}/why"
            recomputing.settlement(client.get(API + path, headers=director.headers).get_json())
        elif event["source_kind"] == "repayments":
            path = f"/repayments/{event['source_id']}/why"
            recomputing.repayment(client.get(API + path, headers=director.headers).get_json())
        else:
            continue
        shown = f"/loans/{number}/why/{event['source_kind']}/{event['source_id']}"
        assert client.get(shown, headers=director.headers).status_code == 200, shown
    for what in ("balance", "grade", "plan"):
        answer = client.get(f"/loans/{number}/why/{what}", headers=director.headers)
        assert answer.status_code == 200, what


def test_what_if_at_every_door(counter: Counter) -> None:
    number = counter.number
    told = counter.get(f"/loans/{number}/what-if?repay=20000.00&on=2017-10-01")
    assert (told["outstanding"], told["to_credit"]) == ("30000.00", "0.00")
    page = counter.page(f"/loans/{number}/what-if?repay=20000.00&on=2017-10-01")
    assert money(told["saved"]["treasury"]) in page
    unpaid = counter.get(f"/loans/{number}/what-if?unpaid_until=2017-12-01")
    assert unpaid["outstanding"] == "50000.00"
    assert counter.page(f"/loans/{number}/what-if?until=2017-12-01")
    other = counter.get(f"/loans/{number}/what-if?policy=2021-06-01")
    assert counter.page(f"/loans/{number}/what-if?policy=2021-06-01")
    assert other["as_it_is"]["outstanding"] == "50000.00"
    headers = counter.officer.headers
    empty = counter.client.get(f"{API}/loans/{number}/what-if", headers=headers)
    assert empty.get_json()["code"] == "what_if_unclear"
    early = counter.client.get(f"/loans/{number}/what-if?repay=1.00&on=2017-05-31", headers=headers)
    assert early.status_code == 409
    assert "没有放款" in early.text
    assert counter.get(f"/loans/{number}/corrections")["corrections"] == []


def test_the_matrix_over_the_api_as_a_page_and_as_a_file(counter: Counter) -> None:
    days = "from=2017-06-30&to=2017-09-30"
    told = counter.get(f"/grades/migration?{days}")
    assert told["cells"] == [
        {"before": "1", "after": "1", "loans": 1,
         "before_balance": "50000.00", "after_balance": "50000.00"}
    ]  # fmt: skip
    assert told["corrected_since"] == {"loans": 0, "corrections": 0}
    assert 'data-way="1-1"' in counter.page(f"/grades?{days}")
    with counter.client.get(f"/grades.csv?{days}", headers=counter.officer.headers) as file:
        assert "正常,正常,1,50000.00,50000.00" in file.get_data(as_text=True)
    counter.pay("20000.00", early=True, value_date="2017-08-10")
    told = counter.get(f"/grades/migration?{days}")
    assert told["corrected_since"] == {"loans": 1, "corrections": 1}
    assert told["cells"][0]["after_balance"] == "50000.00", "a closed day stays as it was"
    assert "1次更正" in counter.page(f"/grades?{days}")
    assert "1次更正" in counter.page("/dashboard?on=2017-09-30")
    assert "次更正" not in counter.page("/dashboard?on=2017-08-09")
    wrong = counter.client.get("/grades?to=2017-10-01", headers=counter.officer.headers)
    assert wrong.status_code in {400, 422}
    assert "已日结" in wrong.text
