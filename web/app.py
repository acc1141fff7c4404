"""The application, as a table of contents."""

from __future__ import annotations

from typing import Final

from argon2 import PasswordHasher
from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from config.wiring import House
from office.people import STANDARD_HASHER
from web import access, api, context, errors, pages, security, sessions, words
from web.fields import WHOLE_MAX

#: the largest upload, and the most a form without a file may hold
UPLOAD_MAX: Final = 50 * 1024 * 1024
FORM_MAX: Final = 1024 * 1024


class RowNumber(IntegerConverter):
    """A row's number in an address; one that no table could hold is not found."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=WHOLE_MAX)


def create_app(
    house: House, *, hasher: PasswordHasher = STANDARD_HASHER, limits: bool = True
) -> Flask:
    """The site over one set of books."""
    app = Flask(__name__, static_folder="static")
    app.config.update(
        MAX_CONTENT_LENGTH=UPLOAD_MAX,
        MAX_FORM_MEMORY_SIZE=FORM_MAX,
        RATELIMIT_ENABLED=limits,
        FUPIN_HASHER=hasher,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions[context.EXTENSION] = house
    app.url_map.converters["int"] = RowNumber
    access.open_to_all(app.view_functions["static"])

    sessions.register(app)
    security.register(app, house)
    words.register(app)
    api.register(app)
    errors.register(app)
    pages.register(app)
    access.require_marks(app)
    return app
