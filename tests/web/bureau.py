"""A county at its desks through the web: one lender, its people, and the finance bureau's."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.wiring import House
from tests.web.conftest import Hire, Staff


@dataclass
class Bureau:
    """Pages and answers as people of the desks see them."""

    client: FlaskClient
    house: House
    hire: Hire
    staff: dict[str, Staff] = field(default_factory=dict)
    keys: count[int] = field(default_factory=lambda: count(1))

    def who(self, role: str, clerk: str = "", **scope: Any) -> Staff:
        """Somebody with a role; another name is another person."""
        key = f"{role}{clerk}"
        if key not in self.staff:
            self.staff[key] = self.hire(role, name=key, **scope)
        return self.staff[key]

    def page(self, path: str, role: str = "finance", clerk: str = "", *, status: int = 200) -> str:
        """A page's text."""
        with self.client.get(path, headers=self.who(role, clerk).headers) as answer:
            text = answer.get_data(as_text=True)
        assert answer.status_code == status, text
        return text

    def file(self, path: str, role: str = "finance") -> bytes:
        """A file to keep."""
        with self.client.get(path, headers=self.who(role).headers) as answer:
            assert answer.status_code == 200
            return answer.get_data()

    def fill(self, path: str, role: str = "finance", clerk: str = "", **form: Any) -> TestResponse:
        """A form sent."""
        entries = {"request_key": f"form-{next(self.keys):08d}", **form}
        return self.client.post(path, data=entries, headers=self.who(role, clerk).headers)

    def done(self, path: str, role: str = "finance", clerk: str = "", **form: Any) -> str:
        """A form sent and done: where one lands."""
        answer = self.fill(path, role, clerk, **form)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def get(self, path: str, role: str = "finance", clerk: str = "", *, status: int = 200) -> Any:
        """An answer of the API."""
        answer = self.client.get(f"/api/v1{path}", headers=self.who(role, clerk).headers)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    def post(
        self,
        path: str,
        body: Any,
        role: str = "finance",
        clerk: str = "",
        *,
        key: str = "",
        status: int = 201,
    ) -> Any:
        """A command of the API."""
        headers = {
            **self.who(role, clerk).headers,
            "Idempotency-Key": key or f"call-{next(self.keys):08d}",
        }
        answer = self.client.post(f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.get_json()
