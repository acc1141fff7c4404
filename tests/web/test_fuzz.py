"""What a machine makes up from the API's own document: no answer is a fault of ours.

Every operation of the document is called with bodies, queries and numbers that fit its schema, as
people of several desks. An answer must be one the document tells of: no 5xx, no undocumented
status or content type, no body that breaks its schema.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.conftest import Hire
from tests.web.test_lending import Desks, desks

__all__ = ["desks"]

EXAMPLES = 6
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
#: would end the session that the other calls need
ENDING = {("delete", "/api/v1/session")}

quickly = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@pytest.mark.parametrize("role", ["loan_officer", "director", "poverty_office"])
def test_no_made_up_request_finds_a_fault_of_ours(
    app: Flask, desks: Desks, hire: Hire, role: str
) -> None:
    desks.contract()
    headers = hire(role, name=f"fuzzing-{role}").headers
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    called = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if (operation.method, operation.path) in ENDING:
            continue

        @quickly
        @given(case=operation.as_strategy())
        def call(case: schemathesis.Case[Any]) -> None:
            nonlocal called
            called += 1
            case.call_and_validate(headers=headers, checks=CHECKS)

        call()
    assert called > 100
