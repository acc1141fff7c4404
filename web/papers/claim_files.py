"""The files of a claim: sheet as PDF, sheet as workbook, request letter as a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from flask import Response

from subsidies.documents import ClaimSheet
from web.papers.claim_book import claim_book
from web.papers.letter import request_letter
from web.papers.render import draw


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file."""

    title: str
    ending: str
    mimetype: str
    make: Callable[[ClaimSheet], bytes]


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "sheet": Form("贴息申报表", "pdf", "application/pdf", lambda sheet: draw("claim", sheet)),
        "workbook": Form("贴息申报表", "xlsx", f"{_OFFICE}.spreadsheetml.sheet", claim_book),
        "letter": Form(
            "贴息请款函", "docx", f"{_OFFICE}.wordprocessingml.document", request_letter
        ),
    }
)


def file_name(sheet: ClaimSheet, form: Form) -> str:
    """What the file is called."""
    return f"{form.title}-{sheet.number}.{form.ending}"


def send_claim(sheet: ClaimSheet, kind: str) -> Response:
    """One of a claim's files as an answer: a PDF to look at, the others to keep."""
    form = FORMS[kind]
    response = Response(form.make(sheet), mimetype=form.mimetype)
    shown = "inline" if form.ending == "pdf" else "attachment"
    name = quote(file_name(sheet, form))
    response.headers["Content-Disposition"] = f"{shown}; filename*=UTF-8''{name}"
    return response
