"""A paper as an answer: shown in the browser, kept under its own name."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from flask import Response

from web.papers import Drawn

PDF: Final = "application/pdf"


def send(paper: Drawn) -> Response:
    """The file; no cache keeps it, as no page of the staff is kept."""
    response = Response(paper.content, mimetype=PDF)
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(paper.name)}"
    return response
