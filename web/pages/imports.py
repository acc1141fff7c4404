"""登记导入: upload the register's file, look at what it would change, take it in or correct it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import ledger
from households import imports, papers
from households.reporting import Report
from households.villages import OldName
from kernel import attachments
from web import exports, uploads
from web.access import needs
from web.context import actor, house, reading
from web.pages import forms
from web.uploads import Upload
from web.words import t

blueprint = Blueprint("imports", __name__)

_BATCH = "batch"
_WORKBOOK = "workbook"


@blueprint.get("/imports/households")
@needs(imports.COMMAND)
def form() -> ResponseReturnValue:
    """Where a file is handed in."""
    return forms.page("import.html")


@blueprint.get("/imports/households/template.xlsx")
@needs(imports.COMMAND)
def template() -> ResponseReturnValue:
    """The empty form."""
    with tempfile.TemporaryFile() as file:
        papers.write_template(file)
        file.seek(0)
        return exports.send_workbook("农户名册模板.xlsx", file.read())


@blueprint.post("/imports/households")
@needs(imports.COMMAND)
def preview() -> ResponseReturnValue:
    """Read and judge a file; show what it would change."""

    def act() -> ResponseReturnValue:
        with uploads.received() as upload:
            batch_id, report = imports.stage(
                surroundings(), upload.path, on=_today(), by=actor(), answers=_answers()
            )
            workbook = None if report.clean else _keep_annotated(upload, batch_id)
        return forms.page(
            "import_preview.html",
            report=report,
            batch=uploads.ticket(_BATCH, batch_id),
            workbook=workbook,
        )

    return forms.attempt(act, lambda refused: forms.page("import.html", refused))


@blueprint.post("/imports/households/apply")
@needs(imports.COMMAND)
def apply() -> ResponseReturnValue:
    """Take a previewed file in."""

    def act() -> ResponseReturnValue:
        batch_id = uploads.redeem(_BATCH, request.form.get("batch", ""))
        accept_good = request.form.get("accept_good") == "yes"
        report = imports.apply(
            surroundings(), batch_id, on=_today(), by=actor(), accept_good=accept_good
        )
        flash(_done(report))
        return redirect(url_for("households.listed"))

    return forms.attempt(act, lambda refused: forms.page("import.html", refused))


@blueprint.get("/imports/households/annotated/<ticket>")
@needs(imports.COMMAND)
def annotated(ticket: str) -> ResponseReturnValue:
    """The workbook in which the bad rows are marked."""
    number = uploads.redeem(_WORKBOOK, ticket)
    with reading() as session:
        name, content = attachments.content_of(session, house().keyring, number)
    return exports.send_workbook(name, content)


def surroundings() -> imports.Office:
    """What an import needs."""
    with reading() as session:
        county = ledger.books(session).region_code
    return imports.Office(house().books, house().regions, house().keyring, county)


def _today() -> date:
    with reading() as session:
        return ledger.open_day(session)


def _answers() -> Mapping[OldName, str] | None:
    """The answers to old village names, where their sheet came along."""
    file = request.files.get("answers")
    if file is None or not file.filename:
        return None
    with uploads.received("answers") as upload:
        return papers.read_answers(upload.path)


def _keep_annotated(upload: Upload, batch_id: int) -> str:
    """Make the annotated workbook and keep it sealed; the ticket to fetch it with."""
    with tempfile.TemporaryDirectory(prefix="fupin-") as folder:
        target = Path(folder) / "annotated.xlsx"
        imports.annotate(surroundings(), batch_id, upload.path, target)
        content = target.read_bytes()
    name = f"{Path(upload.name).stem}-批注.xlsx"
    with house().books.write(imports.COMMAND, by=actor(), reason=name) as session:
        number = attachments.keep(session, house().keyring, name=name, content=content)
    return uploads.ticket(_WORKBOOK, number)


def _done(report: Report) -> str:
    return t(
        "已导入：新增{new}户，变更{changed}户，不变{unchanged}户，退回{refused}户",
        **report.households,
    )
