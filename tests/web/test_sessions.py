"""Logging in, staying in, being put out; forms that nobody else can send."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from config.wiring import House
from kernel.actor import Actor
from office import people
from tests.conftest import Clock
from tests.web.conftest import PASSWORD, QUICK, Hire

API = "/api/v1"


def form_token(client: FlaskClient, path: str = "/login") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def log_in(client: FlaskClient, login: str, password: str = PASSWORD, **more: str) -> int:
    data = {"login": login, "password": password, "csrf_token": form_token(client), **more}
    return client.post("/login", data=data).status_code


def test_a_browser_logs_in_and_its_cookie_is_out_of_reach(client: FlaskClient, hire: Hire) -> None:
    hire("finance", name="wang")
    token = form_token(client)
    answer = client.post(
        "/login", data={"login": "wang", "password": PASSWORD, "csrf_token": token}
    )
    assert answer.status_code == 302
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "fupin_session" in c)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_form_without_its_token_does_nothing(client: FlaskClient, hire: Hire) -> None:
    hire("finance", name="wang")
    assert client.post("/login", data={"login": "wang", "password": PASSWORD}).status_code == 400
    assert client.get_cookie("fupin_session") is None


def test_a_token_of_another_browser_does_nothing(
    app: object, client: FlaskClient, hire: Hire
) -> None:
    hire("finance", name="wang")
    other = client.application.test_client()
    stolen = form_token(other)
    form_token(client)
    data = {"login": "wang", "password": PASSWORD, "csrf_token": stolen}
    assert client.post("/login", data=data).status_code == 400


def test_the_cookie_alone_changes_nothing_through_the_api(client: FlaskClient, hire: Hire) -> None:
    hire("finance", name="wang")
    log_in(client, "wang")
    answer = client.delete(f"{API}/session")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "form_stale")
    assert client.get(f"{API}/session").status_code == 200


def test_a_wrong_password_a_wrong_name_and_a_locked_account_answer_alike(
    client: FlaskClient, hire: Hire
) -> None:
    hire("finance", name="wang")
    answers = [
        client.post(f"{API}/session", json={"login": login, "password": "x" * 12})
        for login in ("wang", "nobody")
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert answers[0].data == answers[1].data


def test_five_wrong_passwords_lock_the_account_for_a_while(
    client: FlaskClient, hire: Hire, clock: Clock
) -> None:
    hire("finance", name="wang")
    for _ in range(5):
        client.post(f"{API}/session", json={"login": "wang", "password": "x" * 12})
    right = {"login": "wang", "password": PASSWORD}
    assert client.post(f"{API}/session", json=right).status_code == 401
    clock.now += timedelta(minutes=16)
    assert client.post(f"{API}/session", json=right).status_code == 201


def test_a_session_ends_by_log_out_everywhere_its_token_is(client: FlaskClient, hire: Hire) -> None:
    staff = hire("finance")
    assert client.get(f"{API}/session", headers=staff.headers).status_code == 200
    assert client.delete(f"{API}/session", headers=staff.headers).status_code == 204
    assert client.get(f"{API}/session", headers=staff.headers).status_code == 401


def test_a_session_lives_while_it_is_used_and_dies_when_it_is_not(
    client: FlaskClient, hire: Hire, clock: Clock
) -> None:
    staff = hire("finance")
    for _ in range(3):
        clock.now += timedelta(minutes=90)
        assert client.get(f"{API}/session", headers=staff.headers).status_code == 200
    clock.now += timedelta(minutes=121)
    assert client.get(f"{API}/session", headers=staff.headers).status_code == 401


def test_no_session_outlives_twelve_hours(client: FlaskClient, hire: Hire, clock: Clock) -> None:
    staff = hire("finance")
    for _ in range(8):
        clock.now += timedelta(minutes=90)
        client.get(f"{API}/session", headers=staff.headers)
    clock.now += timedelta(minutes=1)
    assert client.get(f"{API}/session", headers=staff.headers).status_code == 401


@pytest.mark.parametrize("change", [{"active": False}, {"roles": ["auditor"]}])
def test_a_change_of_the_account_ends_its_sessions(
    client: FlaskClient, hire: Hire, opened: House, system: Actor, change: dict[str, object]
) -> None:
    staff = hire("finance")
    with opened.books.write("office.manage_users", by=system) as session:
        people.change_account(session, login=staff.login, hasher=QUICK, **change)  # type: ignore[arg-type]
    assert client.get(f"{API}/session", headers=staff.headers).status_code == 401


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_logging_in_never_leads_away_from_the_site(
    client: FlaskClient, hire: Hire, elsewhere: str
) -> None:
    hire("finance", name="wang")
    data = {
        "login": "wang",
        "password": PASSWORD,
        "csrf_token": form_token(client),
        "next": elsewhere,
    }
    assert client.post("/login", data=data).headers["Location"] == "/"


def test_a_page_asked_for_by_a_stranger_is_where_logging_in_leads(
    client: FlaskClient, hire: Hire
) -> None:
    hire("finance", name="wang")
    answer = client.get("/proposals?lang=zh")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=")
