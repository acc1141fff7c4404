"""Changes of loans through the API, the pages and the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config.wiring import House
from kernel.actor import Actor
from loans.changes import KINDS
from loans.changes.forms import FORMS
from loans.models import ChangeSheet, Loan, Position
from tests.beginnings import Beginning
from tests.planted import Plant
from tests.web import world
from tests.web.conftest import PASSWORD, Hire, Staff
from web.commands.loans import loans_

API = "/api/v1"
HERE, THERE = world.FAMILIES[0], world.FAMILIES[1]
#: half of 36 months beyond 1 June 2020
LATER = "2021-12-01"
WHY = "受灾减产，双方同意"


@dataclass(frozen=True)
class People:
    """Who lends here, what was lent, and who sits at the desks."""

    lender_id: int
    loans: list[str]
    officer: Staff
    director: Staff


class County:
    """Two loans that were paid out on 1 June 2017, and people at their desks."""

    def __init__(self, client: FlaskClient, house: House, people: People) -> None:
        self.client, self.house = client, house
        self.lender_id, self.loans = people.lender_id, people.loans
        self.officer, self.director = people.officer, people.director
        self.keys = count(1)

    def post(self, path: str, staff: Staff, body: Any) -> tuple[int, Any]:
        headers = {**staff.headers, "Idempotency-Key": f"change-key-{next(self.keys)}"}
        answer = self.client.post(f"{API}{path}", headers=headers, json=body)
        return answer.status_code, answer.get_json()

    def get(self, path: str, staff: Staff) -> Any:
        answer = self.client.get(f"{API}{path}", headers=staff.headers)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def maturity(self, number: str) -> date:
        with self.house.books.read() as session:
            return session.scalars(
                select(Position.matures_on)
                .join(Loan, Loan.id == Position.loan_id)
                .where(Loan.number == number)
            ).one()


@pytest.fixture
def county(
    client: FlaskClient, opened: House, settled: dict[str, int], hire: Hire, begin: Beginning
) -> County:
    """The county."""

    def live() -> People:
        lender_id = world.found_lender(opened)
        loans = [
            world.lend(opened, family, settled[family.number], lender_id).number
            for family in (HERE, THERE)
        ]
        officer = hire("loan_officer", institution_id=lender_id)
        return People(lender_id, loans, officer, hire("director", institution_id=lender_id))

    return County(client, opened, begin("county", live))


def rows(county: County, **more: Any) -> list[dict[str, Any]]:
    given = {"matures_on": LATER, "reason": WHY, **more}
    return [{"number": number, **given} for number in county.loans]


# --- the API --------------------------------------------------------------------------------------


def test_a_sheet_goes_from_the_officer_to_the_director(county: County) -> None:
    status, sheet = county.post(
        "/loans/changes", county.officer, {"kind": "extension", "rows": rows(county)}
    )
    assert (status, sheet["loans"]) == (201, 2)
    waiting = county.get("/proposals", county.director)
    assert [one["command"] for one in waiting] == ["loans.approve_change"]
    assert waiting[0]["summary"] == "展期2笔，贷款余额100000.00元"
    out = [{"number": county.loans[1], "reason": "本人改为还清"}]
    status, decided = county.post(
        f"/loans/changes/{sheet['sheet_id']}/decision",
        county.director,
        {"decision": "approved", "left_out": out},
    )
    assert (status, decided["changed"]) == (201, 1), decided
    shown = county.get(f"/loans/changes/{sheet['sheet_id']}", county.officer)
    assert shown["decision"] == "approved"
    assert [row["moved"] for row in shown["rows"]] == [
        [{"title": "到期日", "old": "2020-06-01", "new": LATER}]
    ] * 2
    assert [row["left_out"] for row in shown["rows"]] == ["", "本人改为还清"]
    assert [one["state"] for one in county.get("/loans/changes", county.officer)] == ["approved"]
    (one,) = county.get(f"/loans/{county.loans[0]}/changes", county.officer)
    assert (one["kind_title"], one["state"]) == ("展期", "approved")
    (one,) = county.get(f"/loans/{county.loans[1]}/changes", county.officer)
    assert one["state"] == "left_out"


def test_the_queue_of_proposals_decides_a_sheet_whole(county: County) -> None:
    _, sheet = county.post(
        "/loans/changes", county.officer, {"kind": "extension", "rows": rows(county)}
    )
    status, _ = county.post(
        f"/proposals/{sheet['proposal_id']}/decision", county.director, {"decision": "approved"}
    )
    assert status == 201
    assert [county.maturity(number) for number in county.loans] == [date(2021, 12, 1)] * 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "extension", "rows": []}, 422, "request_malformed"),
        ({"kind": "gift", "rows": [{"number": "X", "reason": WHY}]}, 422, "request_malformed"),
        (
            {"kind": "extension", "rows": [{"number": "X", "reason": WHY}]},
            422,
            "sheet_refused",
        ),
    ],
)
def test_a_sheet_that_cannot_be_taken_in(
    county: County, body: dict[str, Any], status: int, code: str
) -> None:
    answered, problem = county.post("/loans/changes", county.officer, body)
    assert (answered, problem["code"]) == (status, code)


def test_who_may_not_propose_or_decide(county: County) -> None:
    body = {"kind": "extension", "rows": rows(county)}
    assert county.post("/loans/changes", county.director, body)[0] == 403
    _, sheet = county.post("/loans/changes", county.officer, body)
    path = f"/loans/changes/{sheet['sheet_id']}/decision"
    assert county.post(path, county.officer, {"decision": "approved"})[0] == 403
    assert (
        county.post("/loans/changes/77/decision", county.director, {"decision": "approved"})[0]
        == 404
    )


def test_credit_is_paid_back_over_the_api(county: County) -> None:
    payment = {
        "number": county.loans[0], "amount": "100.00", "channel": "counter", "voucher_no": "HK1",
    }  # fmt: skip
    assert county.post("/loans/repayments", county.officer, {"rows": [payment]})[0] == 201
    asked = {**payment, "voucher_no": "TK1"}
    status, done = county.post("/loans/refunds", county.officer, asked)
    assert (status, done["amount"]) == (201, "100.00")
    status, problem = county.post("/loans/refunds", county.officer, {**asked, "voucher_no": "TK2"})
    assert (status, problem["code"]) == (409, "refund_above_credit")
    status, problem = county.post("/loans/renewals", county.officer, {"number": county.loans[0]})
    assert (status, problem["code"]) == (409, "nothing_to_renew")


def a_list(county: County, *days: str) -> str:
    lines = [f"{number},{day},{WHY}" for number, day in zip(county.loans, days, strict=True)]
    return "\n".join(["合同号,新到期日,理由", *lines])


def test_a_list_comes_as_a_file(county: County) -> None:
    headers = {**county.officer.headers, "Idempotency-Key": "a-list-of-changes"}
    content = BytesIO(a_list(county, LATER, "2021/11/30").encode("utf-8-sig"))
    answer = county.client.post(
        f"{API}/loans/changes/file",
        headers=headers,
        data={"kind": "extension", "file": (content, "展期.csv")},
    )
    assert answer.status_code == 201, answer.text
    assert answer.get_json()["loans"] == 2


# --- the pages ------------------------------------------------------------------------------------


@pytest.fixture
def visit(app: Flask) -> Callable[[Staff], FlaskClient]:
    """A browser in which somebody is logged in."""

    def visit(staff: Staff) -> FlaskClient:
        browser = app.test_client()
        page = browser.get("/login").text
        browser.post(
            "/login",
            data={"login": staff.login, "password": PASSWORD, "csrf_token": hidden(page)},
        )
        return browser

    return visit


def hidden(page: str, name: str = "csrf_token") -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


def test_one_loan_is_changed_from_its_page_and_the_sheet_printed(
    county: County, visit: Callable[[Staff], FlaskClient]
) -> None:
    officer, director = visit(county.officer), visit(county.director)
    number = county.loans[0]
    page = officer.get(f"/loans/{number}").text
    assert "提交主任审批" in page
    form = {
        "csrf_token": hidden(page), "request_key": hidden(page, "request_key"),
        "kind": "extension", "matures_on": "2022-01-01", "reason": WHY,
    }  # fmt: skip
    refused = officer.post(f"/loans/{number}/changes", data=form)
    assert refused.status_code == 422
    assert "展期累计不得超过原期限的50%" in refused.text
    assert WHY in refused.text
    done = officer.post(
        f"/loans/{number}/changes", data={**form, "matures_on": LATER}, follow_redirects=True
    )
    assert done.status_code == 200
    assert "待审批" in done.text
    assert "须由他人决定" in done.text
    where = done.request.path
    queue = director.get("/proposals").text
    proposal = re.search(r'href="(/proposals/\d+)"', queue)
    assert proposal is not None
    sheet = director.get(proposal[1], follow_redirects=True)
    assert sheet.request.path == where
    decision = {
        "csrf_token": hidden(sheet.text), "request_key": hidden(sheet.text, "request_key"),
        "decision": "approved",
    }  # fmt: skip
    decided = director.post(where, data=decision, follow_redirects=True).text
    for said in ("2020-06-01", LATER, WHY, county.officer.login, county.director.login):
        assert said in decided
    with county.house.books.read() as session:
        digest = changes_digest(session)
    assert digest in decided
    assert county.maturity(number) == date(2021, 12, 1)
    assert "已生效" in officer.get(f"/loans/{number}").text
    assert "展期" in officer.get("/changes").text


def changes_digest(session: Any) -> str:
    found: str = session.scalars(select(ChangeSheet.digest)).one()
    return found


def test_a_list_is_uploaded_and_what_breaks_a_rule_is_taken_out(
    county: County, visit: Callable[[Staff], FlaskClient]
) -> None:
    officer = visit(county.officer)
    page = officer.get("/changes/new/extension").text
    content = BytesIO(a_list(county, LATER, "2021-12-02").encode("utf-8-sig"))
    shown = officer.post(
        "/changes/new/extension",
        data={"csrf_token": hidden(page), "file": (content, "展期.csv")},
    ).text
    assert all(number in shown for number in county.loans)
    form = {
        "csrf_token": hidden(shown), "request_key": hidden(shown, "request_key"),
        "ticket": hidden(shown, "ticket"),
    }  # fmt: skip
    refused = officer.post("/changes/new/extension/propose", data=form)
    assert refused.status_code == 422
    assert "最晚可到2021-12-01" in refused.text
    ticked = re.findall(r'name="out" value="(\w+)"[^>]* checked', refused.text)
    assert ticked == [county.loans[1]]
    again = {
        "csrf_token": hidden(refused.text), "request_key": hidden(refused.text, "request_key"),
        "ticket": hidden(refused.text, "ticket"), "out": ticked,
    }  # fmt: skip
    done = officer.post("/changes/new/extension/propose", data=again, follow_redirects=True)
    assert "已提交1笔" in done.text
    assert county.loans[1] not in done.text


def test_a_list_with_faults_is_shown_and_not_kept(
    county: County, visit: Callable[[Staff], FlaskClient]
) -> None:
    officer = visit(county.officer)
    page = officer.get("/changes/new/grade").text
    content = BytesIO("合同号,调整为,理由\nX1,很差,失联".encode("utf-8-sig"))
    shown = officer.post(
        "/changes/new/grade", data={"csrf_token": hidden(page), "file": (content, "分类.csv")}
    ).text
    assert "很差" in shown
    assert "须为：正常、关注" in shown
    assert 'name="ticket"' not in shown
    assert officer.get("/changes/new/gift").status_code == 404
    assert officer.get("/changes/new/plan/template.xlsx").status_code == 200


def test_exceptions_are_taken_out_on_the_sheet(
    county: County, visit: Callable[[Staff], FlaskClient]
) -> None:
    body = {"kind": "extension", "rows": rows(county)}
    _, sheet = county.post("/loans/changes", county.officer, body)
    director = visit(county.director)
    where = f"/changes/{sheet['sheet_id']}"
    page = director.get(where).text
    out = county.loans[0]
    form = {
        "csrf_token": hidden(page), "request_key": hidden(page, "request_key"),
        "decision": "approved", "out": out, f"why-{out}": "",
    }  # fmt: skip
    refused = director.post(where, data=form)
    assert refused.status_code == 422
    assert "须写明理由" in refused.text
    done = director.post(where, data={**form, f"why-{out}": "资料不全"}, follow_redirects=True)
    assert "已生效1笔" in done.text
    assert "例外未办：资料不全" in done.text.replace("</b>", "")


def test_credit_is_paid_back_from_the_page(
    county: County, visit: Callable[[Staff], FlaskClient]
) -> None:
    number = county.loans[0]
    payment = {"number": number, "amount": "100.00", "channel": "counter", "voucher_no": "HK1"}
    county.post("/loans/repayments", county.officer, {"rows": [payment]})
    officer = visit(county.officer)
    page = officer.get(f"/loans/{number}").text
    assert "退还溢缴款" in page
    form = {
        "csrf_token": hidden(page), "request_key": hidden(page, "request_key"),
        "amount": "100.01", "channel": "counter", "voucher_no": "TK1",
    }  # fmt: skip
    refused = officer.post(f"/loans/{number}/refund", data=form)
    assert "不能退还100.01元" in refused.text
    done = officer.post(
        f"/loans/{number}/refund", data={**form, "amount": "100.00"}, follow_redirects=True
    )
    assert "已退还溢缴款100.00元" in done.text


# --- the command line -----------------------------------------------------------------------------


def run(house: House, *words: str) -> Any:
    return CliRunner().invoke(loans_, words, obj=house, input=f"{PASSWORD}\n")


def test_a_list_is_proposed_from_the_command_line(county: County, tmp_path: Path) -> None:
    path = tmp_path / "展期.csv"
    path.write_text(a_list(county, LATER, LATER), encoding="utf-8-sig")
    words = ("change", "extension", str(path), "--as", county.officer.login)
    done = run(county.house, *words, "--password-stdin", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert (told["done"], told["rows"], told["sheet_id"]) == (True, 2, 1)
    again = run(county.house, *words, "--password-stdin", "--json")
    assert json.loads(again.output)["sheet_id"] == 1
    path.write_text(a_list(county, LATER, "2021-12-02"), encoding="utf-8-sig")
    refused = run(county.house, *words, "--password-stdin")
    assert refused.exit_code == 1
    assert "第3行" in refused.output


def test_every_kind_has_its_list(tmp_path: Path) -> None:
    assert set(FORMS) == set(KINDS)
    for kind in KINDS:
        target = tmp_path / f"{kind}.xlsx"
        done = CliRunner().invoke(loans_, ["template", kind, str(target)])
        assert done.exit_code == 0, done.output
        assert target.stat().st_size > 0


# --- seen red -------------------------------------------------------------------------------------

PLANTED = [
    Plant(
        test_a_sheet_goes_from_the_officer_to_the_director,
        "loans.changes.page._state",
        lambda _decision, _row: "approved",
    ),
    Plant(
        test_who_may_not_propose_or_decide,
        "loans.changes.sheets.rights.allow",
        lambda *_a, **_k: None,
    ),
]


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, county: County, system: Actor) -> None:
    plant.prove(county=county, system=system)
