"""The desk's queue and the file behind a loan, on pages and over the API."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from config.wiring import House
from households.models import Household
from loans.models.kept import Contact, LoanPaper
from tests.beginnings import Beginning
from tests.loans.filing import JPEG, PDF, a_list
from tests.planted import Plant
from tests.web import world
from tests.web.conftest import Hire, Staff

API = "/api/v1"
HERE, SECOND, THIRD, THERE = world.FAMILIES


@dataclass
class Desk:
    """A county with two lenders and a loan of each, and people at the first one's desks."""

    client: FlaskClient
    house: House
    mine: world.Lent
    other: world.Lent
    officer: Staff
    checker: Staff
    keys: count[int] = field(default_factory=lambda: count(1))

    def get(self, path: str, staff: Staff | None = None) -> TestResponse:
        return self.client.get(path, headers=(staff or self.officer).headers)

    def data(self, path: str) -> Any:
        answer = self.get(f"{API}{path}")
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def add(
        self,
        what: str,
        form: dict[str, str],
        *,
        file: bytes = b"",
        staff: Staff | None = None,
        key: str = "",
        where: str = "",
    ) -> TestResponse:
        """A row of the file, over the API."""
        headers = {
            **(staff or self.officer).headers,
            "Idempotency-Key": key or f"test-key-{next(self.keys)}",
        }
        data: dict[str, Any] = dict(form)
        if file:
            data["file"] = (BytesIO(file), "扫描.pdf")
        path = where or f"/loans/{self.mine.number}"
        return self.client.post(f"{API}{path}/{what}", headers=headers, data=data)

    def send(self, what: str, form: dict[str, str], *, key: str = "", file: bytes = b"") -> Any:
        """A form of the loan's page."""
        data: dict[str, Any] = {"request_key": key or f"form-key-{next(self.keys)}", **form}
        if file:
            data["file"] = (BytesIO(file), "照片.jpg")
        path = f"/loans/{self.mine.number}/file/{what}"
        return self.client.post(path, headers=self.officer.headers, data=data)

    def rows(self, table: Any) -> int:
        with self.house.books.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def desk(
    opened: House, client: FlaskClient, settled: dict[str, int], hire: Hire, begin: Beginning
) -> Desk:
    """Open on 1 June 2017: the list of papers that ships asks from January on."""

    def live() -> tuple[world.Lent, world.Lent, Staff, Staff]:
        lenders = world.found_lender(opened), world.found_lender(opened, "宜章示范村镇银行", "002")
        return (
            world.lend(opened, HERE, settled[HERE.number], lenders[0]),
            world.lend(opened, THERE, settled[THERE.number], lenders[1]),
            hire("loan_officer", institution_id=lenders[0]),
            hire("checker", institution_id=lenders[0]),
        )

    return Desk(client, opened, *begin("desk", live))


VISIT = {"kind": "visit", "value_date": "2017-06-01", "met": "王大山", "note": "在家"}


def test_the_desk_counts_what_its_lists_hold(desk: Desk) -> None:
    told = desk.data("/queue")
    assert told["on"] == "2017-06-01"
    counts = {row["kind"]: row["count"] for row in told["kinds"]}
    # One loan of this lender, just paid out, no paper on file yet; the other lender's is not ours.
    assert counts == {
        "maturing": 0, "uncollected": 0, "promises": 0, "misuse": 0, "life": 0, "checks": 0,
        "papers": 1, "applications": 0,
    }  # fmt: skip
    page = desk.get("/queue").text
    shown = dict(re.findall(r'data-kind="(\w+)">.*?class="value">([\d,]+)<', page, re.DOTALL))
    assert shown == {kind: str(number) for kind, number in counts.items()}


def test_a_list_names_the_papers_and_goes_out_as_a_file(desk: Desk) -> None:
    page = desk.get("/queue/papers").text
    assert desk.mine.number in page
    assert desk.other.number not in page
    assert "贷款申请表、身份证、户口簿复印件" in page
    (row,) = desk.data("/queue/papers")["items"]
    # The application, the investigation, the decision, signing, paying out: all that is required.
    assert set(row["papers"]) == {
        "application_form", "identity", "investigation_report", "credit_report_consent",
        "approval_form", "contract", "slip",
    }  # fmt: skip
    with desk.get("/queue/papers.csv?q=wangdashan") as answer:
        lines = list(csv.reader(StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [line[0] for line in lines[1:]] == [desk.mine.number]
    with desk.get("/queue/papers.xlsx") as answer:
        assert answer.get_data()[:2] == b"PK"
    assert desk.mine.number not in desk.get("/queue/papers?q=nobody").text
    assert desk.mine.number in desk.get("/queue/papers?region=431022101000").text
    assert desk.mine.number not in desk.get("/queue/papers?region=431022102000").text


@pytest.mark.parametrize("path", ["/queue/holidays", f"{API}/queue/holidays", "/queue/x.csv"])
def test_a_kind_that_is_none_is_not_found(desk: Desk, path: str) -> None:
    assert desk.get(path).status_code == 404


@pytest.mark.parametrize("cursor", ["x", "MjAxNy0xMy0wMS4x", "Nw=="])
def test_a_cursor_that_is_not_ours_is_refused(desk: Desk, cursor: str) -> None:
    answer = desk.get(f"{API}/queue/papers?cursor={cursor}")
    assert answer.get_json()["code"] == "cursor_invalid"


def test_pages_follow_each_other_by_cursor(desk: Desk, hire: Hire) -> None:
    county = hire("loan_officer")
    seen, path = [], f"{API}/queue/papers?limit=1"
    while True:
        told = desk.get(path, county).get_json()
        seen += [row["number"] for row in told["items"]]
        if told["next"] is None:
            break
        path = f"{API}/queue/papers?limit=1&cursor={told['next']}"
    assert seen == [desk.mine.number, desk.other.number]


def test_doing_the_work_clears_the_line(desk: Desk) -> None:
    wrong = {"value_date": "2017-06-01", "use_found": "lent_on", "misused": "30000.00"}
    answer = desk.add("checks", {**wrong, "note": "借给弟弟"}, file=JPEG)
    assert answer.status_code == 201, answer.text
    # Six months after 1 June 2017.
    assert answer.get_json()["next_due_on"] == "2017-12-01"
    (row,) = desk.data("/queue/misuse")["items"]
    assert (row["amount"], row["detail"], row["source_id"]) == (
        "30000.00", "lent_on", answer.get_json()["id"],
    )  # fmt: skip
    told = desk.data(f"/loans/{desk.mine.number}/file")
    assert (told["finding_id"], told["finding_amount"]) == (row["source_id"], "30000.00")
    died = {"kind": "died", "value_date": "2017-06-01", "reported_by": "村主任"}
    assert desk.add("life-events", died).status_code == 201
    assert [row["detail"] for row in desk.data("/queue/life")["items"]] == ["died"]
    way = {"way": "successor", "planned_on": "2017-07-01"}
    assert desk.add("ways", way).status_code == 201
    assert desk.data("/queue/life")["items"] == []


def test_contacts_over_the_api(desk: Desk) -> None:
    assert desk.add("contacts", VISIT).get_json()["notice_number"] is None
    notice = desk.add("contacts", {**VISIT, "kind": "notice"}, file=PDF).get_json()
    assert notice["notice_number"] == f"CS2017{1:07d}-01"
    promise = {"kind": "promise", "promised_on": "2017-06-30", "promised": "1000.00"}
    assert desk.add("contacts", {**VISIT, **promise}).status_code == 201
    told = desk.data(f"/loans/{desk.mine.number}/file")
    assert [(row["kind"], row["promise"]) for row in told["contacts"]] == [
        ("promise", "open"), ("notice", ""), ("visit", ""),
    ]  # fmt: skip
    assert "notice_receipt" in {p["code"] for p in told["papers"] if p["missing"]}


@pytest.mark.parametrize(
    ("what", "form", "status", "code"),
    [
        ("contacts", {**VISIT, "value_date": "2017-06-02"}, 422, "day_not_come"),
        ("contacts", {**VISIT, "value_date": "2017-05-31"}, 409, "before_disbursement"),
        ("contacts", {**VISIT, "kind": "promise"}, 422, "promise_incomplete"),
        ("contacts", {**VISIT, "promised_on": "2017-06-30"}, 422, "promise_misplaced"),
        ("contacts", {**VISIT, "kind": "pigeon"}, 422, "request_malformed"),
        ("contacts", {}, 422, "request_malformed"),
        ("papers", {"paper": "passport"}, 422, "paper_unknown"),
        ("papers", {"paper": "contract", "on_file": "false"}, 409, "paper_not_on_file"),
        ("ways", {"way": "repay", "planned_on": "2017-05-31"}, 422, "way_looks_back"),
        ("ways", {"way": "successor", "planned_on": "2017-06-30"}, 409, "successor_without_cause"),
        (
            "life-events",
            {"kind": "back", "value_date": "2017-06-01", "reported_by": "村主任"},
            409,
            "life_event_unfit",
        ),
        (
            "checks",
            {"value_date": "2017-06-01", "use_found": "misused", "misused": "50000.01"},
            422,
            "misuse_amount_unfit",
        ),
    ],
)
def test_bad_input_is_refused_by_its_rule(
    desk: Desk, what: str, form: dict[str, str], status: int, code: str
) -> None:
    answer = desk.add(what, form)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code), answer.text


def test_a_scan_is_opened_by_the_lender_and_the_audit_alone(desk: Desk, hire: Hire) -> None:
    assert desk.add("papers", {"paper": "contract"}, file=PDF).status_code == 201
    page = desk.get(f"/loans/{desk.mine.number}").text
    (path,) = re.findall(r'href="(/loans/[^"]+/file/scans/\d+)"', page)
    answer = desk.get(path)
    assert (answer.get_data(), answer.mimetype) == (PDF, "application/pdf")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert desk.get(path, hire("auditor")).status_code == 200
    assert desk.get(path, hire("finance")).status_code == 403
    # The same scan asked for through another loan's file is not there.
    through = path.replace(desk.mine.number, desk.other.number)
    assert desk.get(through, hire("auditor", name="second")).status_code == 404
    assert desk.add("papers", {"paper": "slip"}, file=b"MZ").get_json()["code"] == "scan_unreadable"


def test_a_form_sent_twice_is_noted_once(desk: Desk) -> None:
    for _ in range(2):
        answer = desk.send("contacts", {"form": "contact", **VISIT}, key="double-click", file=JPEG)
        assert answer.status_code == 302
    assert desk.rows(Contact) == 1
    answer = desk.send("contacts", {**VISIT, "met": "别人"}, key="double-click")
    assert answer.status_code == 409
    desk.add("contacts", VISIT, key="one-and-the-same", file=PDF)
    assert desk.add("contacts", VISIT, key="one-and-the-same", file=PDF).status_code == 201
    assert desk.add("contacts", VISIT, key="one-and-the-same", file=JPEG).status_code == 409
    assert desk.rows(Contact) == 2


def test_a_refused_form_comes_back_open_with_what_was_typed(desk: Desk) -> None:
    form = {"form": "contact", **VISIT, "kind": "promise", "note": "打了三次"}
    answer = desk.send("contacts", form)
    assert answer.status_code == 422
    assert "承诺还款须写明承诺日和金额" in answer.text
    assert 'value="王大山"' in answer.text
    assert "打了三次" in answer.text
    assert '<option value="promise" selected>' in answer.text
    assert len(re.findall(r"<details open>", answer.text)) == 1
    for what, bad in (
        ("checks", {"form": "check", "value_date": "soon", "use_found": "matches"}),
        ("lives", {"form": "life", "kind": "died", "value_date": "2017-06-02"}),
        ("ways", {"form": "way", "way": "repay", "planned_on": ""}),
        ("papers", {"form": "paper", "paper": "passport"}),
    ):
        assert desk.send(what, bad).status_code == 422, what
    assert desk.rows(Contact) + desk.rows(LoanPaper) == 0


def test_every_form_of_the_page_works(desk: Desk) -> None:
    for what, form in (
        ("papers", {"paper": "contract", "on_file": "yes", "remark": ""}),
        ("checks", {"value_date": "2017-06-01", "use_found": "matches", "misused": "", "note": ""}),
        ("contacts", {**VISIT, "promised_on": "", "promised": ""}),
        ("lives", {"kind": "died", "value_date": "2017-06-01", "reported_by": "村主任"}),
        ("ways", {"way": "successor", "planned_on": "2017-06-30", "note": ""}),
    ):
        answer = desk.send(what, form)
        assert answer.status_code == 302, answer.text
    page = desk.get(f"/loans/{desk.mine.number}/file").text
    for word in ("用途相符", "上门", "身故", "他人承接", "已归档"):
        assert word in page


def test_who_did_what_is_printed_with_its_proof(desk: Desk) -> None:
    desk.add("papers", {"paper": "contract"}, file=PDF)
    desk.add("contacts", VISIT, staff=desk.checker)
    told = desk.data(f"/loans/{desk.mine.number}/deeds")["deeds"]
    assert [deed["kind"] for deed in told] == [
        "applied", "decided", "signed", "disbursed", "paper", "contact",
    ]  # fmt: skip
    page = desk.get(f"/loans/{desk.mine.number}/deeds").text
    for deed in told:
        assert deed["mac"] in page
    assert told[4]["sha256"] in page
    assert desk.checker.login in page
    person = told[5]["person_id"]
    alone = desk.get(f"/loans/{desk.mine.number}/deeds?person={person}").text
    assert told[5]["mac"] in alone
    assert told[4]["mac"] not in alone


def test_signing_waits_for_the_papers_of_the_application(desk: Desk) -> None:
    house = desk.house
    house.__dict__["papers"] = a_list(
        {"code": "form", "stage": "application", "required": True, "blocks": True}
    )
    with house.books.read() as session:
        rows = session.execute(select(Household.number, Household.id))
        ids = {row[0]: row[1] for row in rows}
    world.confirm(house, world.rate(house, SECOND.village, [ids[SECOND.number]]))
    sheet_id = world.ask(house, SECOND, desk.mine.lender_id)
    world.approve(house, sheet_id)
    (line,) = desk.data("/queue/applications")["items"]
    assert line["borrower"] == SECOND.head
    address = f"/applications/{line['application_id']}"
    assert f'href="{address}/file"' in desk.get("/queue/applications").text
    headers = {**desk.officer.headers, "Idempotency-Key": "sign-it-now"}

    def sign() -> TestResponse:
        return desk.client.post(
            f"{API}/loans/contracts", headers=headers, json={"sheet_id": sheet_id}
        )

    assert sign().get_json()["code"] == "papers_missing"
    data = {"request_key": "paper-of-application", "paper": "form"}
    answer = desk.client.post(f"{address}/file/papers", headers=desk.officer.headers, data=data)
    assert answer.status_code == 302, answer.text
    assert "已归档" in desk.get(f"{address}/file").text
    noted = desk.add("papers", {"paper": "form"}, file=PDF, where=address)
    assert noted.status_code == 201
    (scan,) = re.findall(
        r'href="(/applications/[^"]+/scans/\d+)"', desk.get(f"{address}/file").text
    )
    assert desk.get(scan).get_data() == PDF
    wrong = {**data, "paper": "passport", "request_key": "another-paper"}
    answer = desk.client.post(f"{address}/file/papers", headers=desk.officer.headers, data=wrong)
    assert answer.status_code == 422
    assert sign().status_code == 201
    assert desk.data("/queue/applications")["items"] == []


def test_the_desk_costs_the_same_however_long_its_lists(desk: Desk, hire: Hire) -> None:
    """As many statements for two loans with work on them as for one."""

    def cost(path: str, staff: Staff) -> int:
        noted: list[str] = []

        def note(_c: object, _cur: object, sql: str, *_rest: object) -> None:
            noted.append(sql)

        desk.get(path, staff)
        event.listen(desk.house.engine, "before_cursor_execute", note)
        try:
            assert desk.get(path, staff).status_code == 200
        finally:
            event.remove(desk.house.engine, "before_cursor_execute", note)
        return len(noted)

    county, township = hire("loan_officer"), hire("loan_officer", region_scope="431022101")
    for path in ("/queue", "/queue/papers", f"{API}/queue", f"{API}/queue/papers"):
        assert cost(path, county) == cost(path, township), path


PLANTED = [
    Plant(
        test_a_scan_is_opened_by_the_lender_and_the_audit_alone,
        "loans.dossier.page.attachment_belongs",
        lambda *_, **__: True,
    ),
    Plant(
        test_the_desk_counts_what_its_lists_hold,
        "loans.dossier.queue._narrowed",
        lambda *_: [],
    ),
    Plant(
        test_a_form_sent_twice_is_noted_once,
        "web.pages.dossier._body",
        lambda _scan: [],
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, desk: Desk, hire: Hire) -> None:
    plant.prove(desk=desk, hire=hire)
