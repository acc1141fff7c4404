"""更正: undo an event from its line on a loan's page; and what each correction changed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from loans import explaining
from web import undoing
from web.access import needs
from web.context import once, reading
from web.explained import case_of
from web.pages import forms
from web.pages.loans import BEARERS, DUES, loan_page_of
from web.words import t

blueprint = Blueprint("corrections", __name__)


@blueprint.get("/loans/<number>/corrections")
@needs("loans.read")
def listed(number: str) -> ResponseReturnValue:
    """Every correction of a loan, the latest first."""
    with reading() as session:
        rows = explaining.corrections(case_of(session, number))
    return forms.page("corrections.html", number=number, rows=rows, dues=DUES, bearers=BEARERS)


@blueprint.post("/loans/<number>/<any(disbursements, repayments, changes):kind>/<int:key>/reversal")
@needs("loans.reverse")
def undo(number: str, kind: str, key: int) -> ResponseReturnValue:
    """Undo an event."""
    reason = request.form.get("reason", "")[:200]

    def act() -> ResponseReturnValue:
        deed = undoing.undo(number, kind, key, reason)
        once("loans.reverse", deed, key=forms.sent_key(), body=[number, kind, key, reason])
        flash(t("已冲正，账务差额已记入当前营业日"))
        return redirect(url_for("corrections.listed", number=number))

    return forms.attempt(act, lambda refused: loan_page_of(number, refused))
