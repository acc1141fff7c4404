"""Somebody at a browser without a script, and the same person over the API."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import Staff

_KEYS = count(1)


class Desk:
    """A desk with its client."""

    def __init__(self, client: FlaskClient, staff: Staff) -> None:
        self.client = client
        self.headers = staff.headers

    def get(self, path: str) -> TestResponse:
        """Look at a page."""
        # Read to the end and closed: a file that is sent goes with its answer.
        return self.client.get(path, headers=self.headers, buffered=True)

    def send(self, path: str, /, key: str = "", **form: Any) -> TestResponse:
        """Send a form."""
        data = {"request_key": key or f"desk-{next(_KEYS):06d}", **form}
        return self.client.post(path, data=data, headers=self.headers)

    def done(self, path: str, /, **form: Any) -> TestResponse:
        """Send a form that is taken."""
        answer = self.send(path, **form)
        assert answer.status_code == 302, answer.text
        return answer

    def ask(self, path: str, body: dict[str, Any], key: str = "") -> TestResponse:
        """Send a command over the API."""
        headers = {**self.headers, "Idempotency-Key": key or f"desk-api-{next(_KEYS):06d}"}
        return self.client.post(f"/api/v1{path}", json=body, headers=headers)


Seat = Callable[..., Desk]
