"""The business day over the API: where the books stand, and the close of a day."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.web.conftest import Hire

CLOSE = "/api/v1/business-day/close"


def test_a_day_is_closed_once_and_a_closed_one_answers_409(client: FlaskClient, hire: Hire) -> None:
    headers = hire("administrator").headers
    closed = client.post(CLOSE, json={"day": "2017-06-01"}, headers=headers)
    assert closed.status_code == 201, closed.text
    assert len(closed.get_json()["root"]) == 64
    again = client.post(CLOSE, json={"day": "2017-06-01"}, headers=headers)
    assert (again.status_code, again.get_json()["code"]) == (409, "day_already_closed")
    day = client.get("/api/v1/business-day", headers=headers).get_json()
    assert (day["open"], day["last_closed"], day["mode"]) == ("2017-06-02", "2017-06-01", "held")


def test_days_are_closed_in_order(client: FlaskClient, hire: Hire) -> None:
    headers = hire("administrator").headers
    answer = client.post(CLOSE, json={"day": "2017-06-05"}, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.get_json()["detail"]


def test_a_day_that_is_not_closed_has_no_figures(client: FlaskClient, hire: Hire) -> None:
    headers = hire("finance").headers
    path = "/api/v1/indicators?region=431022000000&on=2017-06-01"
    answer = client.get(path, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "day_not_closed")
