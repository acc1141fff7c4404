"""How a route of the API is declared: one line that says everything about it.

``Routes`` stands between our typed views and flask-smorest. A declaration names the path, the
command of the rights table, what comes in and what goes out; from it come the check of rights, the
parsing, and the OpenAPI document. ``keyed=True`` marks a command that must carry an
``Idempotency-Key``; its view calls ``do_once``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema
from sqlalchemy.orm import Session

from web import context
from web.access import needs, open_to_all
from web.fields import Problem
from web.refusals import RequestKeyMissing

PREFIX: Final = "/api/v1"
KEY_HEADER: Final = "Idempotency-Key"

View = TypeVar("View", bound=Callable[..., Any])
Answer = TypeVar("Answer")

_KEY_PARAMETER: Final = {
    "in": "header",
    "name": KEY_HEADER,
    "required": True,
    "description": "同一请求重发时须相同：只办理一次，答复相同",
    "schema": {"type": "string", "minLength": 8, "maxLength": 64, "pattern": "^[!-~]+$"},
}
_PROBLEMS: Final = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
_PROBLEM_RESPONSES: Final = {
    str(code): {
        "description": HTTPStatus(code).phrase,
        "content": {"application/problem+json": {"schema": Problem}},
    }
    for code in _PROBLEMS
}


class Routes:
    """The routes of one room."""

    def __init__(self, name: str, description: str) -> None:
        self.blueprint = Blueprint(
            f"api_{name}", __name__, url_prefix=PREFIX, description=description
        )

    def get(self, path: str, **declaration: Any) -> Callable[[View], View]:
        """A route that reads."""
        return self.route("GET", path, **declaration)

    def post(self, path: str, **declaration: Any) -> Callable[[View], View]:
        """A route that does something."""
        return self.route("POST", path, **declaration)

    def route(
        self,
        method: str,
        path: str,
        *,
        answers: type[Schema] | Schema | None = None,
        command: str | None,
        query: type[Schema] | None = None,
        body: type[Schema] | None = None,
        form: type[Schema] | None = None,
        status: int = 200,
        keyed: bool = False,
        media: str | None = None,
    ) -> Callable[[View], View]:
        """Declare a route. ``command`` None: nobody need log in; ``media``: answers a file."""

        def declare(view: View) -> View:
            wrapped: Any = view
            if media is not None:
                wrapped = self.blueprint.response(status, _FILE, content_type=media)(wrapped)
            elif answers is None:
                wrapped = self.blueprint.response(status)(wrapped)
            else:
                wrapped = self.blueprint.response(status, answers)(wrapped)
            if body is not None:
                wrapped = self.blueprint.arguments(body, location="json")(wrapped)
            if form is not None:
                wrapped = self.blueprint.arguments(form, location="form")(wrapped)
            if query is not None:
                wrapped = self.blueprint.arguments(query, location="query")(wrapped)
            wrapped = self._described(wrapped, keyed=keyed, upload=form is not None)
            wrapped = (open_to_all if command is None else needs(command))(wrapped)
            self.blueprint.route(path, methods=[method])(wrapped)
            return view

        return declare

    def _described(self, view: Any, *, keyed: bool, upload: bool) -> Any:
        extra: dict[str, Any] = {"responses": _PROBLEM_RESPONSES}
        if keyed:
            extra["parameters"] = [_KEY_PARAMETER]
        if upload:
            extra["requestBody"] = {"content": {"multipart/form-data": {"schema": _UPLOAD}}}
        return self.blueprint.doc(**extra)(view)


_FILE: Final = {"type": "string", "format": "binary"}
_UPLOAD: Final = {
    "type": "object",
    "properties": {"file": {"type": "string", "format": "binary", "description": "xlsx, csv"}},
}


def do_once(
    command: str, work: Callable[[Session], Answer], *, body: Mapping[str, Any] | list[Any]
) -> Answer:
    """Do a command under the client's key."""
    key = request.headers.get(KEY_HEADER)
    if key is None:
        raise RequestKeyMissing(field=KEY_HEADER)
    return context.once(command, work, key=key, body=body)
