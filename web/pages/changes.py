"""变更: lists proposed from files, one loan's change from its page, the sheet that is printed and
decided, credit paid back, renewals.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import ledger
from kernel import attachments
from kernel.dates import parse_date
from kernel.money import typed_yuan
from kernel.refusals import Refusal
from loans import ChangeAsked, Refund, files
from loans.changes import KINDS, WHYS
from loans.changes.forms import FORMS
from loans.changes.page import changes_of_loan, is_subsidised, listed, sheet_page
from loans.changes.sheets import commands_of
from loans.files import SheetFile
from loans.forms import CHANNELS, METHOD_TITLES, RHYTHMS
from loans.grading import GRADE_NAMES
from loans.models import Loan, LoanCredit
from loans.queries import line_of
from loans.refusals import SheetRefused
from office import rights
from web import changing, exports, uploads
from web.access import needs
from web.context import actor, house, once, reading
from web.fields import row_id
from web.pages import forms
from web.pages.loans import loan_page_of
from web.words import t

blueprint = Blueprint("changes", __name__)

_FILE: Final = "change-file"
_PAGE: Final = 50
#: faults and rows listed on the page
_LISTED_MAX: Final = 500
#: what became of a change
STATES: Final = {
    "waiting": "待审批",
    "approved": "已生效",
    "rejected": "已退回",
    "left_out": "例外未办",
    "reversed": "已冲正",
}


# --- lists ----------------------------------------------------------------------------------------


@blueprint.get("/changes")
@needs("loans.read")
def overview() -> ResponseReturnValue:
    """Sheets, the last first, and the lists that may be handed in."""
    before = row_id(request.args.get("before"))
    with reading() as session:
        sheets = listed(session, by=actor(), before_id=before or None, limit=_PAGE + 1)
    return forms.page(
        "changes.html",
        sheets=sheets[:_PAGE],
        following=sheets[_PAGE - 1].id if len(sheets) > _PAGE else None,
        states=STATES,
        kinds={
            kind: title
            for kind, title in KINDS.items()
            if rights.may(actor(), commands_of(kind)[0])
        },
    )


@blueprint.get("/changes/new/<kind>")
@needs("loans.propose_change")
def form(kind: str) -> ResponseReturnValue:
    """The form of one kind of list."""
    return _form(kind)


@blueprint.post("/changes/new/<kind>")
@needs("loans.propose_change")
def check(kind: str) -> ResponseReturnValue:
    """Read a list and show it, to be compared with the paper."""
    _known(kind)
    return forms.attempt(lambda: _checked(kind), lambda refused: _form(kind, refused))


@blueprint.post("/changes/new/<kind>/propose")
@needs("loans.propose_change")
def propose(kind: str) -> ResponseReturnValue:
    """Put what is still ticked before the director."""
    _known(kind)
    ticket = request.form.get("ticket", "")
    return forms.attempt(
        lambda: _proposed(kind, ticket), lambda refused: _again(kind, ticket, refused)
    )


@blueprint.get("/changes/new/<kind>/template.xlsx")
@needs("loans.propose_change")
def template(kind: str) -> ResponseReturnValue:
    """A list to fill in."""
    _known(kind)
    with tempfile.TemporaryFile() as file:
        files.write_template(file, FORMS[kind])
        file.seek(0)
        return exports.send_workbook(f"{FORMS[kind].title}模板.xlsx", file.read())


@dataclass(frozen=True, slots=True)
class _Kept:
    """A list that was read and kept until it is confirmed."""

    name: str
    file: SheetFile[ChangeAsked]
    ticket: str


def _known(kind: str) -> None:
    """Refuse a kind that there is not."""
    commands_of(kind)


def _form(
    kind: str,
    refused: Refusal | None = None,
    kept: _Kept | None = None,
    broken: dict[int, str] | None = None,
) -> ResponseReturnValue:
    _known(kind)
    return forms.page(
        "change_list.html",
        refused,
        kind=kind,
        title=KINDS[kind],
        kept=kept,
        broken=broken or {},
        out=set(request.form.getlist("out")),
        shown_max=_LISTED_MAX,
        methods=METHOD_TITLES,
        grades=GRADE_NAMES,
        whys=WHYS,
        request_key=forms.new_key(),
    )


def _checked(kind: str) -> ResponseReturnValue:
    with uploads.received() as upload:
        file = files.read_sheet(upload.path, FORMS[kind], name=upload.name)
        content = upload.path.read_bytes()
    ticket = ""
    if not file.faults and file.rows:
        command = commands_of(kind)[0]
        with house().books.write(command, by=actor(), reason=file.name) as session:
            number = attachments.keep(session, house().keyring, name=file.name, content=content)
        ticket = uploads.ticket(_FILE, number)
    return _form(kind, kept=_Kept(file.name, file, ticket))


def _kept(kind: str, ticket: str) -> _Kept:
    number = uploads.redeem(_FILE, ticket)
    with reading() as session:
        name, content = attachments.content_of(session, house().keyring, number)
    with tempfile.TemporaryDirectory(prefix="fupin-") as folder:
        path = Path(folder) / f"file{Path(name).suffix}"
        path.write_bytes(content)
        return _Kept(name, files.read_sheet(path, FORMS[kind], name=name), ticket)


def _ticked(kept: _Kept) -> list[ChangeAsked]:
    out = set(request.form.getlist("out"))
    return [row for row in kept.file.taken() if row.number not in out]


def _proposed(kind: str, ticket: str) -> ResponseReturnValue:
    kept = _kept(kind, ticket)
    rows = _ticked(kept)
    deed = changing.propose(kind, rows)
    body = [kind, kept.file.sha256, [row.number for row in rows]]
    answer = once(commands_of(kind)[0], deed, key=forms.sent_key(), body=body)
    flash(t("已提交{count}笔，待主任审批", count=answer["loans"]))
    return redirect(url_for("changes.sheet", sheet_id=answer["sheet_id"]))


def _again(kind: str, ticket: str, refused: Refusal) -> ResponseReturnValue:
    """The list once more: the rows that break a rule say so, and may be taken out."""
    if not isinstance(refused, SheetRefused):
        return _form(kind, refused)
    kept = _kept(kind, ticket)
    rows = _ticked(kept)
    broken: dict[int, str] = {}
    for place, refusal in refused.rows:
        said = broken.get(kept.file.rows.index(rows[place - 1]), "")
        told = refusal.message("zh")
        broken[kept.file.rows.index(rows[place - 1])] = f"{said}；{told}" if said else told
    return _form(kind, refused, kept, broken)


# --- the sheet ------------------------------------------------------------------------------------


@blueprint.get("/changes/<int:sheet_id>")
@needs("loans.read")
def sheet(sheet_id: int) -> ResponseReturnValue:
    """One sheet, to be read, decided and printed."""
    return _sheet(sheet_id)


@blueprint.post("/changes/<int:sheet_id>")
@needs("proposals.decide")
def decide(sheet_id: int) -> ResponseReturnValue:
    """The decision, with the loans that are taken out."""
    approved = request.form.get("decision") == "approved"
    reason = request.form.get("reason", "")[:200]
    out = {
        number[:64]: request.form.get(f"why-{number}", "")[:200]
        for number in request.form.getlist("out")
    }

    def act() -> ResponseReturnValue:
        kind = changing.sheet_seen(sheet_id).kind
        deed = changing.decide(sheet_id, approved=approved, reason=reason, left_out=out)
        body = [sheet_id, approved, reason, sorted(out.items())]
        answer = once(commands_of(kind)[1], deed, key=forms.sent_key(), body=body)
        said = t("已生效{count}笔", count=answer["changed"]) if approved else t("已退回变更清单")
        flash(said)
        return redirect(url_for("changes.sheet", sheet_id=sheet_id))

    return forms.attempt(act, lambda refused: _sheet(sheet_id, refused))


def _sheet(sheet_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        page = sheet_page(session, sheet_id, by=by)
    mine = page.proposed_by == by.person_id
    waiting = page.decision is None
    return forms.page(
        "change.html",
        refused,
        page=page,
        place=house().regions.full_name(page.region_code, below=3),
        states=STATES,
        mine=mine,
        may_decide=waiting and not mine and rights.may(by, commands_of(page.kind)[1]),
        out=set(request.form.getlist("out")),
        typed=request.form,
        request_key=forms.kept_key(),
    )


# --- one loan -------------------------------------------------------------------------------------


@blueprint.app_template_global("changes_view")
def view(number: str) -> dict[str, Any]:
    """What ``_changes.html`` shows of a loan: its changes, and what may be asked for."""
    by = actor()
    with reading() as session:
        line = line_of(session, number=number, by=by, open_day=ledger.open_day(session))
        credit = session.get(LoanCredit, line.id)
        renewal = session.get_one(Loan, line.id).renews_id is not None
        subsidised = line.state != "signed" and is_subsidised(session, line.id)
        changes = changes_of_loan(session, line.id)
    # What the treasury has paid for nothing is stopped after the loan's end, too.
    open_to = KINDS if line.state == "active" else ("unsubsidised",) if subsidised else ()
    kinds = [k for k in open_to if rights.may(by, commands_of(k)[0])]
    return {
        "changes": changes,
        "states": STATES,
        "kinds": {kind: KINDS[kind] for kind in kinds},
        "methods": METHOD_TITLES,
        "grades": GRADE_NAMES,
        "whys": WHYS,
        "channels": CHANNELS,
        "credit_fen": credit.amount_fen if credit else 0,
        "may_refund": rights.may(by, "loans.repay"),
        "may_renew": renewal and line.state == "signed" and rights.may(by, "loans.renew"),
        "typed": request.form,
        "key": forms.kept_key(),
    }


@blueprint.post("/loans/<number>/changes")
@needs("loans.propose_change")
def propose_one(number: str) -> ResponseReturnValue:
    """A change of this loan, from its page."""

    def act() -> ResponseReturnValue:
        kind = request.form.get("kind", "")
        command = commands_of(kind)[0]
        asked = _typed(number)
        body = [kind, sorted(request.form.items())]
        deed = changing.propose(kind, [asked])
        answer = once(command, deed, key=forms.sent_key(), body=body)
        flash(t("已提交{count}笔，待主任审批", count=1))
        return redirect(url_for("changes.sheet", sheet_id=answer["sheet_id"]))

    return forms.attempt(act, lambda refused: loan_page_of(number, refused))


def _typed(number: str) -> ChangeAsked:
    """What the form on a loan's page says."""
    given = request.form.get
    method = given("method", "")
    asked = ChangeAsked(
        number,
        given("reason", "").strip()[:200],
        value_date=_day("value_date"),
        matures_on=_day("matures_on"),
        evidence=given("evidence", "").strip()[:200],
        check_id=row_id(given("check_id")) or None,
        why=given("why", "").strip()[:20],
        grade=row_id(given("grade")),
        borrower_identity=given("borrower_identity", "").strip()[:18],
        exception_reason=given("exception_reason", "").strip()[:100],
    )
    if not method:
        return asked
    every = given("every_months", "")
    months = row_id(every) if every else RHYTHMS.get(method, 0)
    return replace(asked, method=method[:20], every_months=months)


def _day(name: str) -> date | None:
    text = request.form.get(name, "").strip()
    return parse_date(text, field=name) if text else None


@blueprint.post("/loans/<number>/refund")
@needs("loans.repay")
def refund(number: str) -> ResponseReturnValue:
    """Pay this loan's credit back."""

    def act() -> ResponseReturnValue:
        given = request.form.get
        wanted = Refund(
            number,
            typed_yuan(given("amount", ""), field="amount"),
            given("channel", "") if given("channel", "") in CHANNELS else "counter",
            given("voucher_no", "").strip()[:64],
            _day("value_date"),
        )
        body = [number, sorted(request.form.items())]
        answer = once("loans.repay", changing.refund(wanted), key=forms.sent_key(), body=body)
        flash(t("已退还溢缴款{amount}元", amount=answer["amount"]))
        return redirect(url_for("loans.one", number=number))

    return forms.attempt(act, lambda refused: loan_page_of(number, refused))


@blueprint.post("/loans/<number>/renewal")
@needs("loans.renew")
def renew(number: str) -> ResponseReturnValue:
    """Repay the loan that this contract renews."""

    def act() -> ResponseReturnValue:
        answer = once("loans.renew", changing.renew(number), key=forms.sent_key(), body=[number])
        flash(
            t(
                "已续贷：归还合同{number}本金{amount}元",
                number=answer["renewed"],
                amount=answer["principal"],
            )
        )
        return redirect(url_for("loans.one", number=number))

    return forms.attempt(act, lambda refused: loan_page_of(number, refused))
