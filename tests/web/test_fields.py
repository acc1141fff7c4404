"""What the API lets in: strings of yuan, whole numbers, one form of date; no float anywhere."""

from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema, ValidationError

from kernel.refusals import Refusal
from tests.web.conftest import Hire
from web.fields import Count, Day, Money, Rate, Text, Whole


class Everything(Schema):
    money = Money()
    rate = Rate()
    day = Day()
    whole = Whole()
    count = Count()
    text = Text(longest=5)


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        ("money", "50000.00", 5_000_000),
        ("money", "0.01", 1),
        ("rate", "4.35", 43_500),
        ("day", "2016-05-30", date(2016, 5, 30)),
        ("whole", 3, 3),
        ("count", "50", 50),
        ("text", " 种茶 ", "种茶"),
    ],
)
def test_the_one_form_is_read(field: str, value: object, read: object) -> None:
    assert Everything().load({field: value}) == {field: read}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            ("money", value)
            for value in ("1.005", 50000.0, 50000, "5e4", "５", "-1", "", " 1", None)
        ),
        *(("rate", value) for value in ("400", 4.35, "4.35001", "-1", "")),
        *(
            ("day", value)
            for value in ("20160530", "2016-5-30", "2016-02-30", 20160530, "0001-01-01")
        ),
        *(("whole", value) for value in (1.9, "1", True, "１２")),
        *(("count", value) for value in ("１２", "-1", "1.0", "", "1" * 19)),
        *(("text", value) for value in ("六个字也太长了", "a\x00b", "a\nb", 3)),
    ],
)
def test_everything_else_is_refused_and_never_rounded(field: str, value: object) -> None:
    with pytest.raises((Refusal, ValidationError)):
        Everything().load({field: value})


def test_a_refused_value_answers_as_a_problem_document(client: FlaskClient, hire: Hire) -> None:
    asked = {
        "principal": "50000.005", "rate": "4.75", "method": "interest-only",
        "from": "2016-05-30", "to": "2019-05-30", "every": "3-month", "day_count": "act/360",
    }  # fmt: skip
    answer = client.post("/api/v1/schedule", json=asked, headers=hire("loan_officer").headers)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json()
    assert problem["type"] == "urn:fupin:problem:bad_value"
    assert problem["field"] == "principal"
    assert problem["status"] == 422
    assert "金额" in problem["detail"]
    assert "decimals" in problem["en"]


def test_a_body_of_another_form_names_every_fault(client: FlaskClient, hire: Hire) -> None:
    headers = hire("loan_officer").headers
    problem = client.post(
        "/api/v1/schedule", json={"principal": "1.00", "colour": "red"}, headers=headers
    ).get_json()
    faults = {fault["field"]: fault["detail"] for fault in problem["errors"]}
    assert faults["colour"] == "没有这个字段"
    assert faults["rate"] == "必填项缺失"
    broken = client.post(
        "/api/v1/schedule", data="{", content_type="application/json", headers=headers
    )
    assert (broken.status_code, broken.mimetype) == (400, "application/problem+json")


def test_the_calculator_answers_the_rows_of_the_contract(client: FlaskClient, hire: Hire) -> None:
    asked = {
        "principal": "50000.00", "rate": "4.75", "method": "interest-only",
        "from": "2016-05-30", "to": "2019-05-30", "every": "3-month", "settle_on": 20,
        "day_count": "act/360",
    }  # fmt: skip
    rows = client.post(
        "/api/v1/schedule", json=asked, headers=hire("loan_officer").headers
    ).get_json()
    assert [row["interest"] for row in rows[:4]] == ["145.14", "606.94", "600.35", "593.75"]


def test_unknown_paths_and_methods_answer_in_kind(client: FlaskClient) -> None:
    missing = client.get("/api/v1/nothing")
    assert (missing.status_code, missing.mimetype) == (404, "application/problem+json")
    wrong = client.put("/api/v1/session")
    assert wrong.status_code == 405
    assert set(wrong.headers["Allow"].split(", ")) >= {"GET", "POST", "DELETE"}
    page = client.get("/nothing")
    assert (page.status_code, page.mimetype) == (404, "text/html")


HUGE = "9" * 40


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", f"/api/v1/households/{HUGE}", None, 404),
        ("GET", f"/api/v1/settlements/{HUGE}/why", None, 404),
        ("GET", f"/households/{HUGE}", None, 404),
        ("GET", f"/households?after={HUGE}", None, 200),
        ("GET", f"/loans?after={HUGE}", None, 200),
        ("POST", "/api/v1/loans/contracts", {"sheet_id": int(HUGE)}, 422),
        ("GET", "/api/v1/loans?cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", None, 422),
    ],
)
def test_a_number_that_no_row_can_have_finds_nothing_and_breaks_nothing(
    client: FlaskClient, hire: Hire, method: str, path: str, body: object, status: int
) -> None:
    headers = {**hire("loan_officer").headers, "Idempotency-Key": "huge-number"}
    answer = client.open(path, method=method, json=body, headers=headers)
    assert answer.status_code == status, answer.text
