"""From the register's file to the repayment, through the API and through the pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.wiring import House
from tests.beginnings import Beginning
from tests.web import world
from tests.web.conftest import Hire, Staff

API = "/api/v1"
HERE = world.FAMILIES[0]


@dataclass
class Desks:
    """A county with a rated household, one lender, and people at its desks."""

    client: FlaskClient
    house: House
    lender_id: int
    officer: Staff
    checker: Staff
    director: Staff
    registrar: Staff
    keys: count[int] = field(default_factory=lambda: count(1))

    def post(
        self, path: str, staff: Staff, body: Any = None, *, key: str = "", **more: Any
    ) -> TestResponse:
        headers = {**staff.headers, "Idempotency-Key": key or f"test-key-{next(self.keys)}"}
        return self.client.post(f"{API}{path}", headers=headers, json=body, **more)

    def file(
        self, path: str, staff: Staff, text: str, form: Mapping[str, str] | None = None
    ) -> TestResponse:
        headers = {**staff.headers, "Idempotency-Key": f"test-key-{next(self.keys)}"}
        data = {**(form or {}), "file": (BytesIO(text.encode("utf-8-sig")), "清单.csv")}
        return self.client.post(f"{API}{path}", headers=headers, data=data)

    def get(self, path: str, staff: Staff) -> Any:
        answer = self.client.get(f"{API}{path}", headers=staff.headers)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def asked(self, **changes: object) -> dict[str, object]:
        row = {
            "household_number": HERE.number, "amount": "50000.00", "term_months": 36,
            "annual_rate": "4.75", "purpose": "种茶", "method": "interest-only",
        }  # fmt: skip
        return {"lender_id": self.lender_id, "rows": [{**row, **changes}]}

    def contract(self) -> str:
        """A signed contract's number."""
        taken = self.post("/loans/applications", self.officer, self.asked()).get_json()
        decided = self.post(
            f"/proposals/{taken['proposal_id']}/decision", self.director, {"decision": "approved"}
        )
        assert decided.status_code == 201, decided.text
        signed = self.post("/loans/contracts", self.officer, {"sheet_id": taken["sheet_id"]})
        (number,) = signed.get_json()["contracts"]
        return str(number)

    def draw(self, contract: str, **changes: str) -> dict[str, object]:
        row = {"number": contract, "amount": "50000.00", "channel": "counter", "voucher_no": "FK1"}
        return {"rows": [{**row, **changes}]}


@pytest.fixture
def desks(
    opened: House, client: FlaskClient, settled: dict[str, int], hire: Hire, begin: Beginning
) -> Desks:
    """The county."""

    def live() -> tuple[int, Staff, Staff, Staff, Staff]:
        lender_id = world.found_lender(opened)
        world.confirm(opened, world.rate(opened, HERE.village, [settled[HERE.number]]))
        officer = hire("loan_officer", institution_id=lender_id)
        checker = hire("checker", institution_id=lender_id)
        director = hire("director", institution_id=lender_id)
        return lender_id, officer, checker, director, hire("registrar")

    return Desks(client, opened, *begin("desks", live))


def test_a_loan_from_the_application_to_its_repayment(desks: Desks) -> None:
    number = desks.contract()
    paid = desks.post("/loans/disbursements", desks.officer, desks.draw(number))
    assert paid.get_json()["total"] == "50000.00"
    payment = desks.draw(number, voucher_no="HK1", amount="20000.00")
    payment["rows"][0]["early"] = True  # type: ignore[index]
    repaid = desks.post("/loans/repayments", desks.officer, payment)
    assert repaid.status_code == 201, repaid.text
    loan = desks.get(f"/loans/{number}", desks.officer)
    # 50000.00 - 20000.00, no interest on the first day
    assert loan["line"]["outstanding"] == "30000.00"
    kinds = [event["kind"] for event in loan["events"]]
    assert kinds == ["applied", "approved", "signed", "disbursed", "repaid"]
    why = desks.get(f"/repayments/{repaid.get_json()['repayments'][0]['id']}/why", desks.officer)
    assert why["amount"] == "20000.00"
    assert desks.get(f"/loans/{number}/schedule", desks.officer)
    (line,) = desks.get("/loans?q=wangdashan", desks.officer)["items"]
    assert line["number"] == number


def test_the_same_request_twice_is_done_once_and_answered_alike(desks: Desks) -> None:
    number = desks.contract()
    body = desks.draw(number, amount="10000.00")
    first = desks.post("/loans/disbursements", desks.officer, body, key="one-and-the-same")
    again = desks.post("/loans/disbursements", desks.officer, body, key="one-and-the-same")
    assert first.get_json() == again.get_json()
    assert desks.get(f"/loans/{number}", desks.officer)["line"]["outstanding"] == "10000.00"
    other = desks.draw(number, amount="20000.00")
    reused = desks.post("/loans/disbursements", desks.officer, other, key="one-and-the-same")
    assert (reused.status_code, reused.get_json()["code"]) == (409, "request_key_reused")


def test_a_refused_request_gives_its_key_back(desks: Desks) -> None:
    number = desks.contract()
    wrong = desks.draw(number, amount="60000.00")
    refused = desks.post("/loans/disbursements", desks.officer, wrong, key="try-again-later")
    assert refused.get_json()["code"] == "draw_above_contract"
    right = desks.post(
        "/loans/disbursements", desks.officer, desks.draw(number), key="try-again-later"
    )
    assert right.status_code == 201


def test_one_voucher_is_booked_once_whatever_the_key(desks: Desks) -> None:
    number = desks.contract()
    body = desks.draw(number, amount="10000.00")
    assert desks.post("/loans/disbursements", desks.officer, body).status_code == 201
    again = desks.post("/loans/disbursements", desks.officer, body)
    assert (again.status_code, again.get_json()["code"]) == (409, "voucher_used")


def test_money_does_not_move_without_a_key(desks: Desks) -> None:
    number = desks.contract()
    answer = desks.client.post(
        f"{API}/loans/disbursements", json=desks.draw(number), headers=desks.officer.headers
    )
    assert (answer.status_code, answer.get_json()["code"]) == (400, "request_key_missing")
    assert desks.get(f"/loans/{number}", desks.officer)["line"]["outstanding"] == "0.00"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"amount": "0.00"}, 422),
        ({"amount": "-1.00"}, 422),
        ({"amount": "1.005"}, 422),
        ({"amount": 1}, 422),
        ({"amount": "1e3"}, 422),
        ({"voucher_no": ""}, 422),
        ({"channel": "pigeon"}, 422),
        ({"number": "XD-nobody"}, 404),
    ],
)
def test_a_bad_row_moves_nothing(desks: Desks, changes: dict[str, str], status: int) -> None:
    number = desks.contract()
    answer = desks.post("/loans/disbursements", desks.officer, desks.draw(number, **changes))
    assert answer.status_code == status, answer.text
    problem = answer.get_json()
    assert problem["status"] == status
    assert problem["detail"]
    assert problem["en"]
    assert desks.get(f"/loans/{number}", desks.officer)["line"]["outstanding"] == "0.00"


def test_who_proposed_does_not_decide(desks: Desks, hire: Hire) -> None:
    taken = desks.post("/loans/applications", desks.officer, desks.asked()).get_json()
    answer = desks.post(
        f"/proposals/{taken['proposal_id']}/decision", desks.officer, {"decision": "approved"}
    )
    assert answer.status_code == 403
    answer = desks.post(
        f"/proposals/{taken['proposal_id']}/decision", desks.checker, {"decision": "approved"}
    )
    assert answer.status_code == 403, "a checker confirms ratings, not loans"


def test_an_application_that_breaks_rules_names_the_clause(desks: Desks) -> None:
    answer = desks.post("/loans/applications", desks.officer, desks.asked(term_months=61))
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "sheet_refused"
    assert answer.get_json()["clause"]


def test_a_disbursement_is_undone_by_another_person(desks: Desks) -> None:
    number = desks.contract()
    paid = desks.post("/loans/disbursements", desks.officer, desks.draw(number)).get_json()
    slip = paid["disbursements"][0]["slip_number"]
    path = f"/loans/disbursements/{slip}/reversal"
    assert desks.post(path, desks.officer, {"reason": "录错"}).status_code == 403
    assert desks.post(path, desks.checker, {"reason": "录错"}).status_code == 201
    assert desks.get(f"/loans/{number}", desks.officer)["line"]["outstanding"] == "0.00"


def test_files_do_what_bodies_do(desks: Desks) -> None:
    applications = "户编号,金额（元）,期限（月）,年利率（%）,用途,还款方式\n"
    applications += f"{HERE.number},50000.00,36,4.75,种茶,按期付息到期还本\n"
    form = {"lender_id": str(desks.lender_id)}
    taken = desks.file("/loans/applications/file", desks.officer, applications, form)
    assert taken.status_code == 201, taken.text
    proposal = taken.get_json()["proposal_id"]
    desks.post(f"/proposals/{proposal}/decision", desks.director, {"decision": "approved"})
    sheet = {"sheet_id": taken.get_json()["sheet_id"]}
    (number,) = desks.post("/loans/contracts", desks.officer, sheet).get_json()["contracts"]
    slips = f"合同号,金额（元）,渠道,凭证号\n{number},50000.00,转账,FK7\n"
    paid = desks.file("/loans/disbursements/file", desks.officer, slips)
    assert paid.get_json()["total"] == "50000.00"
    money = f"合同号,金额（元）,渠道,凭证号\n{number},1.005,转账,HK7\n"
    refused = desks.file("/loans/repayments/file", desks.officer, money)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "loan_file_has_faults")


def test_the_register_comes_in_over_the_api_and_twice_is_once(desks: Desks, tmp_path: Path) -> None:
    text = world.write_csv(tmp_path).read_text("utf-8-sig")
    report = desks.file("/households/import", desks.registrar, text).get_json()
    assert report["households"] == {"new": 0, "changed": 0, "unchanged": 4, "refused": 0}
    listed = desks.get("/households?limit=3", desks.registrar)
    assert len(listed["items"]) == 3
    rest = desks.get(f"/households?limit=3&cursor={listed['next']}", desks.registrar)
    assert [row["number"] for row in rest["items"]] == [world.FAMILIES[3].number]
    assert rest["next"] is None
    card = desks.get(f"/households/{listed['items'][0]['id']}", desks.registrar)
    assert card["members"][0]["identity"] == f"4***************{HERE.head_identity[-2:]}"


def test_a_cursor_that_is_not_ours_is_refused(desks: Desks) -> None:
    answer = desks.client.get(f"{API}/loans?cursor=%21", headers=desks.officer.headers)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "cursor_invalid")


# --- the pages ----------------------------------------------------------------------------------


def field_of(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, f"no field {name}"
    return found[1]


def test_a_batch_is_checked_confirmed_and_a_double_click_books_it_once(desks: Desks) -> None:
    number = desks.contract()
    slips = f"合同号,金额（元）,渠道,凭证号\n{number},50000.00,转账,FK8\n合计,50000.00,,\n"
    headers = desks.officer.headers
    page = desks.client.post(
        "/batches/disbursements",
        headers=headers,
        data={"file": (BytesIO(slips.encode("utf-8-sig")), "放款.csv")},
    ).text
    assert "50,000.00" in page
    data = {name: field_of(page, name) for name in ("ticket", "request_key")}
    for _ in range(2):
        booked = desks.client.post("/batches/disbursements/book", headers=headers, data=data)
        assert booked.status_code == 302
    assert desks.get(f"/loans/{number}", desks.officer)["line"]["outstanding"] == "50000.00"


def test_a_file_with_faults_shows_each_and_offers_nothing_to_confirm(desks: Desks) -> None:
    slips = "合同号,金额（元）,渠道,凭证号\nXD1,1.005,转账,FK8\nXD2,5.00,鸽子,\n"
    page = desks.client.post(
        "/batches/disbursements",
        headers=desks.officer.headers,
        data={"file": (BytesIO(slips.encode("utf-8-sig")), "放款.csv")},
    ).text
    assert "鸽子" in page
    assert "1.005" in page
    assert 'name="ticket"' not in page


def test_anothers_ticket_is_worth_nothing(desks: Desks, hire: Hire) -> None:
    number = desks.contract()
    slips = f"合同号,金额（元）,渠道,凭证号\n{number},50000.00,转账,FK8\n"
    page = desks.client.post(
        "/batches/disbursements",
        headers=desks.officer.headers,
        data={"file": (BytesIO(slips.encode("utf-8-sig")), "放款.csv")},
    ).text
    data = {name: field_of(page, name) for name in ("ticket", "request_key")}
    other = hire("loan_officer", name="other", institution_id=desks.lender_id)
    answer = desks.client.post("/batches/disbursements/book", headers=other.headers, data=data)
    assert answer.status_code == 404


def test_a_proposal_is_looked_at_and_decided_on_its_page(desks: Desks) -> None:
    taken = desks.post("/loans/applications", desks.officer, desks.asked()).get_json()
    path = f"/proposals/{taken['proposal_id']}"
    headers = desks.director.headers
    assert "贷款申请" in desks.client.get("/proposals", headers=headers).text
    page = desks.client.get(path, headers=headers).text
    assert HERE.number in page
    key = {"request_key": field_of(page, "request_key")}
    bare = desks.client.post(path, headers=headers, data={**key, "decision": "rejected"})
    assert bare.status_code == 422
    assert "须写明理由" in bare.text
    assert (
        desks.client.post(path, headers=headers, data={**key, "decision": "approved"}).status_code
        == 302
    )
    mine = desks.client.get(path, headers=desks.officer.headers).text
    assert 'value="approved"' not in mine


def test_a_register_is_previewed_and_taken_in_on_its_page(desks: Desks, tmp_path: Path) -> None:
    families = (*world.FAMILIES, world.Family("4310221012010009", world.VILLAGE, "新来人", 9))
    content = world.write_csv(tmp_path, families).read_bytes()
    headers = desks.registrar.headers
    page = desks.client.post(
        "/imports/households", headers=headers, data={"file": (BytesIO(content), "../名册.csv")}
    ).text
    assert re.search(r'"value">1<small>户', page)
    assert "../" not in page
    data = {"batch": field_of(page, "batch")}
    assert (
        desks.client.post("/imports/households/apply", headers=headers, data=data).status_code
        == 302
    )
    assert "新来人" in desks.client.get("/households?q=xlr", headers=headers).text


def test_bad_rows_come_back_in_an_annotated_workbook(desks: Desks, tmp_path: Path) -> None:
    text = world.write_csv(tmp_path).read_text("utf-8-sig").replace("2500.00", "-5", 1)
    headers = desks.registrar.headers
    page = desks.client.post(
        "/imports/households",
        headers=headers,
        data={"file": (BytesIO(text.encode("utf-8-sig")), "名册.csv")},
    ).text
    found = re.search(r'/imports/households/annotated/[^"]+', page)
    assert found is not None
    workbook = desks.client.get(found[0], headers=headers)
    assert workbook.data[:2] == b"PK"
    other = desks.client.get(found[0], headers=desks.officer.headers)
    assert other.status_code == 403


def test_the_loan_page_shows_what_the_api_says(desks: Desks) -> None:
    number = desks.contract()
    desks.post("/loans/disbursements", desks.officer, desks.draw(number))
    page = desks.client.get(f"/loans/{number}", headers=desks.officer.headers).text
    assert "50,000.00" in page
    assert "4.75%" in page
    # 4.75 % ÷ 12 = 3.958333 ‰ a month, at most six decimals
    assert "3.958333‰" in page
    assert desks.client.get("/households", headers=desks.officer.headers).status_code == 200
