"""The household's own page."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from web.access import open_to_all
from web.pages import forms

blueprint = Blueprint("own", __name__)


@blueprint.get("/mine")
@open_to_all
def form() -> ResponseReturnValue:
    """Ask for slip code and last four."""
    return forms.page("nothing.html")
