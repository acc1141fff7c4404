"""一户一档: the file behind a loan, its forms, its scans, and the proof of who did what.

The forms stand on the loan's page and on the file's own; a refusal shows the file's own page with
the sentence on top, the form open and what was typed still there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import ledger
import loans
from kernel import trail
from kernel.dates import parse_date
from kernel.money import typed_yuan
from kernel.refusals import Refusal
from loans.changes import KINDS
from loans.dossier import deeds as done
from loans.dossier.deeds import DEED_TITLES
from loans.dossier.forms import CONTACT_TITLES, LIFE_TITLES, USE_FOUND_TITLES, WAY_TITLES
from loans.dossier.papers import STAGES
from loans.dossier.promises import PROMISE_TITLES
from loans.dossier.scans import Scan
from office import rights
from office.rights import ROLES
from web import dossier
from web.access import needs
from web.context import actor, once, reading
from web.deeds import Deed
from web.fields import row_id
from web.pages import forms
from web.words import language, t

blueprint = Blueprint("dossier", __name__)

#: each form, the command behind it, and what is said when it is done
FORMS: Final = {
    "paper": "loans.note_paper",
    "check": "loans.post_check",
    "contact": "loans.contact",
    "life": "loans.life_event",
    "way": "loans.way",
}


@blueprint.app_template_global("dossier_view")
def view(number: str) -> dict[str, Any]:
    """What ``_dossier.html`` shows of a loan's file."""
    with reading() as session:
        found = dossier.file_of(session, number)
        on = ledger.open_day(session)
    return {
        "file": found,
        "on": on,
        "stages": _stages(found),
        "titles": {
            "use": USE_FOUND_TITLES,
            "contact": CONTACT_TITLES,
            "life": LIFE_TITLES,
            "way": WAY_TITLES,
            "promise": PROMISE_TITLES,
        },
        "may": {form: rights.may(actor(), command) for form, command in FORMS.items()},
        "may_open": rights.may(actor(), "loans.open_scan"),
        "typed": _typed(),
        "key": forms.kept_key(),
    }


@blueprint.get("/loans/<number>/file")
@needs("loans.read")
def one(number: str) -> ResponseReturnValue:
    """The file by itself."""
    return _file(number)


@blueprint.get("/loans/<number>/file/scans/<int:attachment_id>")
@needs("loans.open_scan")
def scan_of_loan(number: str, attachment_id: int) -> ResponseReturnValue:
    """A scan of a loan's file."""
    with reading() as session:
        found = dossier.file_of(session, number)
        return dossier.send_scan(session, found.application_id, attachment_id)


@blueprint.get("/loans/<number>/deeds")
@needs("loans.read")
def deeds(number: str) -> ResponseReturnValue:
    """Who did what on a loan, to be printed and held against the trail."""
    person = row_id(request.args.get("person"))
    with reading() as session:
        found = done.deeds_of(session, number=number, by=actor(), person_id=person or None)
        file = dossier.file_of(session, number)
        on, root = ledger.open_day(session), trail.root(session)
    known = {**USE_FOUND_TITLES, **CONTACT_TITLES, **LIFE_TITLES, **WAY_TITLES, **KINDS, **_OTHERS}
    papers = {line.paper.code: _title(line.paper) for line in file.papers}
    return forms.page(
        "deeds.html",
        number=number,
        deeds=found.deeds,
        people=found.people,
        person=person,
        titles=DEED_TITLES,
        told=lambda deed: papers.get(deed.detail) or t(known.get(deed.detail, deed.detail)),
        roles=lambda deed: "、".join(
            ROLES[r][language() == "en"] for r in deed.roles.split(",") if r in ROLES
        ),
        on=on,
        root=root,
    )


_OTHERS: Final = {"approved": "同意", "rejected": "退回"}


@blueprint.post("/loans/<number>/file/papers")
@needs("loans.note_paper")
def note_paper(number: str) -> ResponseReturnValue:
    """Put a paper on file, or find it missing."""

    def deed(scan: Scan | None) -> Deed:
        return dossier.note_paper(_paper(scan), number=number)

    return _do("paper", number, deed)


@blueprint.post("/loans/<number>/file/checks")
@needs("loans.post_check")
def make_check(number: str) -> ResponseReturnValue:
    """Record a check after lending."""

    def deed(scan: Scan | None) -> Deed:
        made = loans.CheckMade(
            value_date=_day("value_date"),
            use_found=_text("use_found"),
            note=_text("note"),
            misused_fen=_fen("misused") or 0,
            photograph=scan,
        )
        return dossier.make_check(number, made)

    return _do("check", number, deed)


@blueprint.post("/loans/<number>/file/contacts")
@needs("loans.contact")
def make_contact(number: str) -> ResponseReturnValue:
    """Record a step of collection."""

    def deed(scan: Scan | None) -> Deed:
        made = loans.ContactMade(
            kind=_text("kind"),
            value_date=_day("value_date"),
            met=_text("met"),
            note=_text("note"),
            promised_on=_day("promised_on") if _text("promised_on") else None,
            promised_fen=_fen("promised"),
            scan=scan,
        )
        return dossier.make_contact(number, made)

    return _do("contact", number, deed)


@blueprint.post("/loans/<number>/file/lives")
@needs("loans.life_event")
def tell_life(number: str) -> ResponseReturnValue:
    """Record what became of the borrower."""

    def deed(scan: Scan | None) -> Deed:
        told = loans.LifeTold(
            kind=_text("kind"),
            value_date=_day("value_date"),
            reported_by=_text("reported_by"),
            note=_text("note"),
            scan=scan,
        )
        return dossier.tell_life(number, told)

    return _do("life", number, deed)


@blueprint.post("/loans/<number>/file/ways")
@needs("loans.way")
def propose_way(number: str) -> ResponseReturnValue:
    """Propose how the loan shall end."""

    def deed(_scan: Scan | None) -> Deed:
        proposed = loans.WayProposed(_text("way"), _day("planned_on"), _text("note"))
        return dossier.propose_way(number, proposed)

    return _do("way", number, deed)


@blueprint.get("/applications/<int:application_id>/file")
@needs("loans.read")
def application(application_id: int) -> ResponseReturnValue:
    """The papers of an application."""
    return _application(application_id)


@blueprint.get("/applications/<int:application_id>/file/scans/<int:attachment_id>")
@needs("loans.open_scan")
def scan_of_application(application_id: int, attachment_id: int) -> ResponseReturnValue:
    """A scan of an application's file."""
    with reading() as session:
        found = dossier.application_of(session, application_id)
        return dossier.send_scan(session, found.id, attachment_id)


@blueprint.post("/applications/<int:application_id>/file/papers")
@needs("loans.note_paper")
def note_application_paper(application_id: int) -> ResponseReturnValue:
    """Put a paper of an application on file."""

    def act() -> ResponseReturnValue:
        scan = dossier.sent_scan()
        deed = dossier.note_paper(_paper(scan), application_id=application_id)
        body = [application_id, _body(scan)]
        once(FORMS["paper"], deed, key=forms.sent_key(), body=body)
        flash(t("已登记"))
        return redirect(url_for("dossier.application", application_id=application_id))

    return forms.attempt(act, lambda refused: _application(application_id, refused))


def _do(form: str, number: str, make: Callable[[Scan | None], Deed]) -> ResponseReturnValue:
    """The deed of a form, once; or the file's page with the reason why not."""

    def act() -> ResponseReturnValue:
        key, scan = forms.sent_key(), dossier.sent_scan()
        answer = once(FORMS[form], make(scan), key=key, body=[number, _body(scan)])
        notice = answer.get("notice_number")
        flash(t("已登记，通知书编号{number}", number=notice) if notice else t("已登记"))
        return redirect(url_for("loans.one", number=number, _anchor="file"))

    return forms.attempt(act, lambda refused: _file(number, refused))


def _file(number: str, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading() as session:
        dossier.file_of(session, number)
    return forms.page("dossier.html", refused, number=number)


def _application(application_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading() as session:
        found = dossier.application_of(session, application_id)
    return forms.page(
        "application_file.html",
        refused,
        file=found,
        stages=_stages(found),
        may_note=rights.may(actor(), FORMS["paper"]),
        may_open=rights.may(actor(), "loans.open_scan"),
        typed=_typed(),
        key=forms.kept_key(),
    )


def _stages(found: Any) -> list[tuple[str, list[Any]]]:
    """The papers by stage, each with its name in the language of the page."""
    place = 0 if language() == "zh" else 1
    named = [(line, _title(line.paper)) for line in found.papers]
    return [
        (titles[place], [pair for pair in named if pair[0].paper.stage == stage])
        for stage, titles in STAGES.items()
        if any(pair[0].paper.stage == stage for pair in named)
    ]


def _title(paper: Any) -> str:
    title: str = paper.zh if language() == "zh" else paper.en
    return title


def _paper(scan: Scan | None) -> loans.PaperNoted:
    return loans.PaperNoted(
        paper=_text("paper"),
        on_file=_text("on_file") != "no",
        remark=_text("remark"),
        scan=scan,
    )


def _typed() -> dict[str, str]:
    """What was typed into a form that comes back."""
    return {name: value[:500] for name, value in request.form.items()}


def _body(scan: Scan | None) -> list[Any]:
    fields = {k: v for k, v in request.form.items() if k not in {"csrf_token", "request_key"}}
    return [dict(sorted(fields.items())), scan.sha256 if scan else None]


def _text(name: str) -> str:
    # One more than the longest text: what is too long is refused, and not cut.
    return request.form.get(name, "")[:501].strip()


def _day(name: str) -> date:
    return parse_date(_text(name), field=name)


def _fen(name: str) -> int | None:
    text = _text(name)
    return typed_yuan(text, field=name) if text else None
