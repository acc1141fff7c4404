"""Headers on every answer, limits, and what happens when the database is away."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from config.wiring import House
from tests.web.conftest import QUICK, Hire
from web import access
from web.app import create_app


@pytest.mark.parametrize(
    "path", ["/login", "/api/v1/openapi.json", "/nothing", "/static/fupin.css"]
)
def test_scripts_come_from_this_server_alone(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_page_is_kept_by_a_shared_computer(client: FlaskClient) -> None:
    assert client.get("/login").headers["Cache-Control"] == "no-store"


def test_the_document_of_the_api_can_be_read_in_a_browser(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    assert "/api/v1/schedule" in document["paths"]
    page = client.get("/api/v1/docs")
    assert "<script>" not in page.text
    with client.get("/api/v1/docs/swagger-ui-bundle.js") as script:
        assert script.status_code == 200


def test_a_database_that_is_away_is_answered_with_a_time_to_come_back(
    own_app: Flask, hire: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = hire("finance").headers

    def away() -> None:
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))

    monkeypatch.setitem(own_app.view_functions, "api_session.business_day", access.for_staff(away))
    answer = own_app.test_client().get("/api/v1/business-day", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "books_busy")
    assert answer.headers["Retry-After"] == "5"
    assert "SELECT" not in answer.text


def test_our_own_fault_tells_nothing_of_our_insides(
    own_app: Flask, hire: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = hire("finance").headers

    def broken() -> None:
        raise RuntimeError("secret 430102199001011234")

    own_app.testing = False
    monkeypatch.setitem(
        own_app.view_functions, "api_session.business_day", access.for_staff(broken)
    )
    answer = own_app.test_client().get("/api/v1/business-day", headers=headers)
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_a_machine_that_tries_passwords_is_slowed_down(opened: House) -> None:
    app = create_app(opened, hasher=QUICK)
    client = app.test_client()
    wrong = {"login": "wang", "password": "x" * 12}
    statuses = [client.post("/api/v1/session", json=wrong).status_code for _ in range(25)]
    assert statuses[:20] == [401] * 20
    assert statuses[-1] == 429


def test_a_route_that_says_not_who_may_call_it_stops_the_start(own_app: Flask) -> None:
    own_app.view_functions["unmarked"] = lambda: ""
    with pytest.raises(access.RouteUnmarked, match="unmarked"):
        access.require_marks(own_app)
    with pytest.raises(access.RouteUnmarked, match=r"loans\.steal"):
        access.needs("loans.steal")
