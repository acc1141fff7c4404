"""社员名册: the members of a village fund by a sheet, whole or not at all, each with its stake."""

from __future__ import annotations

import tempfile
from typing import Final

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

import mutual_aid
from kernel.refusals import Refusal
from loans.files import SheetFile
from mutual_aid import Joining
from mutual_aid.refusals import MembersRefused
from web import exports, mutual_view, uploads
from web.access import needs
from web.context import actor, once, reading
from web.mutual_steps import JOIN, join_sheet
from web.pages import forms
from web.words import language, t

blueprint = Blueprint("mutual_members", __name__)

#: faults of a sheet that a page shows
FAULTS_MAX: Final = 200


@blueprint.get("/mutual/<int:fund_id>/sheet")
@needs("mutual_aid.member")
def form(fund_id: int) -> ResponseReturnValue:
    """Where a list of members is handed in."""
    return _form(fund_id)


@blueprint.get("/mutual/members.xlsx")
@needs("mutual_aid.member")
def template() -> Response:
    """The empty list."""
    with tempfile.TemporaryFile() as file:
        mutual_aid.write_members_template(file)
        file.seek(0)
        return exports.send_workbook("社员名册模板.xlsx", file.read())


@blueprint.post("/mutual/<int:fund_id>/sheet")
@needs("mutual_aid.member")
def take(fund_id: int) -> ResponseReturnValue:
    """Take a list in, whole, or say what is wrong with it."""
    read: list[SheetFile[Joining]] = []

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        with uploads.received() as upload:
            file = mutual_aid.read_members(upload.path, name=upload.name)
        read.append(file)
        deed = join_sheet(fund_id, file)
        answer = once(JOIN, deed, key=key, body=[fund_id, file.sha256], reason=file.name)
        flash(t("已登记入社{count}户", count=answer["members"]))
        return redirect(url_for("mutual.one", fund_id=fund_id, _anchor="members"))

    return forms.attempt(act, lambda refused: _form(fund_id, refused, read))


def _form(
    fund_id: int, refused: Refusal | None = None, read: list[SheetFile[Joining]] | None = None
) -> ResponseReturnValue:
    with reading() as session:
        fund = mutual_view.seen(session, fund_id, actor())
        name = mutual_view.name_of(session, fund)
    rows = refused.rows if isinstance(refused, MembersRefused) else []
    faults = [(fault.line, fault.refusal) for fault in read[0].faults] if read else []
    return forms.page(
        "mutual_members.html",
        refused,
        fund=fund,
        name=name,
        faults=(faults or rows)[:FAULTS_MAX],
        count=len(faults or rows),
        of_rows=not faults,
        zh=language() == "zh",
        request_key=forms.new_key(),
    )
