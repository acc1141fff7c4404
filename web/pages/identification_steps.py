"""识别 by sheets: open cases for a list, take a step for all that wait for it, look at sheets."""

from __future__ import annotations

import tempfile
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import ledger
from households.identification import KINDS, Meeting, SheetRow, Vote, of_numbers, read_sheet
from households.identification import reading as reads
from households.identification.procedure import Step
from households.identification.sheets import TITLES
from households.models import MONITORED_KINDS
from kernel import attachments
from kernel.refusals import BadValue, NotFound, Refusal
from kernel.tables import Sheet, write_xlsx
from office import rights
from web import exports, identifying, places, scope, uploads
from web.access import needs
from web.context import actor, house, once
from web.context import reading as books
from web.fields import row_id
from web.identifying import Opening, Taking
from web.pages import forms, typing
from web.pages.identification import (
    KIND_TITLES,
    LEVEL_NAMES,
    round_choices,
    staff_names,
    step_name,
)
from web.words import language, t

blueprint = Blueprint("identification_steps", __name__, url_prefix="/identification")

PAGE: Final = 50
#: households that may be typed into one form
TYPED_MAX: Final = 500
OUTCOMES: Final = {"done": "通过", "refused": "不通过"}
_SHEET: Final = ("户编号", "户主", "乡镇村", "结果", "同意", "反对", "弃权", "说明")


# --- opening --------------------------------------------------------------------------------------


@blueprint.get("/new")
@needs("households.identify")
def opening() -> ResponseReturnValue:
    """Where a list of households is taken in."""
    return _opening()


@blueprint.post("/new")
@needs("households.identify")
def open_cases() -> ResponseReturnValue:
    """Open a case for each household of a list, typed or in a file."""

    def act() -> ResponseReturnValue:
        kind = typing.one_of("kind", KINDS)
        asked = Opening(
            kind=kind,
            rows=_given_rows() or _typed_rows(),
            held_on=typing.day_or_none("held_on"),
            monitored_kind=request.form.get("monitored_kind") if kind == "monitor" else None,
            round_id=row_id(request.form.get("round_id")) or None,
            document=typing.words("document"),
        )
        deed = identifying.open_cases(house(), actor(), asked)
        answer = once(identifying.OPEN, deed, key=forms.sent_key(), body=asked.body())
        flash(t("已受理{count}户", count=answer["households"]))
        return redirect(url_for("identification_steps.sheet", sheet_id=answer["sheet_id"]))

    return forms.attempt(act, _opening)


def _opening(refused: Refusal | None = None) -> ResponseReturnValue:
    with books() as session:
        on = ledger.open_day(session)
        rounds = round_choices(session)
    return forms.page(
        "identification_new.html",
        refused,
        on=on,
        kinds=[(kind, t(KIND_TITLES[kind])) for kind in reads.kinds_open(house().procedures, on)],
        watched=[(kind, t(title)) for kind, title in MONITORED_KINDS.items()],
        rounds=rounds,
        sent=forms.entries(),
        request_key=forms.kept_key(),
    )


# --- a step ---------------------------------------------------------------------------------------


@blueprint.get("/steps/<procedure>/<step>")
@needs("households.take_step")
def step(procedure: str, step: str) -> ResponseReturnValue:
    """Who waits for a step, to be ticked, or to be handed in as a file."""
    return _step(procedure, step)


@blueprint.get("/steps/<procedure>/<step>.xlsx")
@needs("households.take_step")
def template(procedure: str, step: str) -> Response:
    """The same households as a sheet to fill in."""
    _rules, nr, rule = identifying.step_of(house(), procedure, step)
    with books() as session, tempfile.TemporaryFile() as file:
        digits, on = scope.own_digits(session, actor()), ledger.open_day(session)
        waiting = reads.awaiting(
            session, procedure=procedure, done=nr - 1, digits=digits, on=on, limit=None
        )
        rows = ([one.number, one.head, "", "", "", "", ""] for one in waiting)
        titles = (TITLES[0], "户主", *TITLES[1:])
        write_xlsx(file, [Sheet(rule.zh[:31], titles, rows, widths=[20, 12, 8, 8, 8, 10, 30])])
        file.seek(0)
        return exports.send_workbook(f"{rule.zh}.xlsx", file.read())


@blueprint.post("/steps/<procedure>/<step>")
@needs("households.take_step")
def take(procedure: str, step: str) -> ResponseReturnValue:
    """Take it."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        _rules, _nr, rule = identifying.step_of(house(), procedure, step)
        asked = Taking(
            procedure=procedure,
            step=step,
            rows=_given_rows() or _ticked_rows(rule),
            held_on=typing.day_or_none("held_on"),
            document=typing.words("document"),
            meeting=_meeting() if rule.vote else None,
            papers=typing.scans() if rule.papers else (),
            place=typing.words("place"),
        )
        deed = identifying.take_step(house(), actor(), asked)
        answer = once(rule.command, deed, key=key, body=asked.body())
        flash(t("已办理：{step}，{count}户", step=step_name(rule), count=answer["households"]))
        return redirect(url_for("identification_steps.sheet", sheet_id=answer["sheet_id"]))

    return forms.attempt(act, lambda refused: _step(procedure, step, refused))


def _step(procedure: str, step: str, refused: Refusal | None = None) -> ResponseReturnValue:
    rules, nr, rule = identifying.step_of(house(), procedure, step)
    with books() as session:
        digits, on = scope.own_digits(session, actor()), ledger.open_day(session)
        waiting = reads.awaiting(session, procedure=procedure, done=nr - 1, digits=digits, on=on)
    ticked = request.form.getlist("pick")
    return forms.page(
        "identification_step.html",
        refused,
        rules=rules,
        rule=rule,
        nr=nr,
        others=[rules.steps[rules.place(code) - 1] for code in rule.other_than],
        rows=[(one, _ready(one, rule, on)) for one in waiting],
        ticked=ticked if request.method == "POST" else None,
        on=on,
        sent=forms.entries(),
        kinds=KIND_TITLES,
        levels=LEVEL_NAMES,
        outcomes=OUTCOMES,
        place=places.shown,
        most=reads.AWAITING_MAX,
        may_take=identifying.may_take(actor(), rule),
        zh=language() == "zh",
        request_key=forms.kept_key(),
    )


def _ready(one: reads.Awaiting, rule: Step, on: Any) -> bool:
    """Whether nothing stands in the way of a household's step today."""
    hangs = one.waits_until is not None and one.waits_until > on
    return not hangs and not one.objections and (one.surveyed or not rule.survey)


def _given_rows() -> list[SheetRow]:
    """The rows of a file, if one was chosen."""
    if not typing.has_file():
        return []
    with uploads.received() as upload:
        return read_sheet(upload.path)


def _typed_rows() -> list[SheetRow]:
    numbers = request.form.get("numbers", "").split()
    if len(numbers) > TYPED_MAX:
        raise BadValue(
            field="numbers", name="numbers", value="",
            rule_zh=f"一次最多{TYPED_MAX}户，更多请用文件",
            rule_en=f"{TYPED_MAX} households at most; use a file for more",
        )  # fmt: skip
    return of_numbers(numbers)


def _ticked_rows(rule: Step) -> list[SheetRow]:
    numbers = request.form.getlist("pick")[: reads.AWAITING_MAX]
    of_numbers(numbers)
    return [_row(number, rule) for number in numbers]


def _row(number: str, rule: Step) -> SheetRow:
    note = typing.words(f"note-{number}")
    if not rule.vote:
        outcome = request.form.get(f"outcome-{number}", "done")
        return SheetRow(number, outcome if outcome in OUTCOMES else "done", note=note)
    names = [f"{side}-{number}" for side in ("for", "against", "abstain")]
    if not any(request.form.get(name, "").strip() for name in names):
        return SheetRow(number, note=note)
    votes = [typing.whole(name, high=9999, blank=0) for name in names]
    return SheetRow(number, vote=Vote(*votes), note=note)


def _meeting() -> Meeting:
    return Meeting(typing.whole("eligible", high=9999), typing.whole("present", high=9999))


# --- what was done --------------------------------------------------------------------------------


@blueprint.get("/sheets")
@needs("households.read")
def sheets() -> ResponseReturnValue:
    """Every sheet of a place, the latest first."""
    after = row_id(request.args.get("after"))
    with books() as session:
        digits = places.digits_asked(session)
        found = reads.sheets(session, digits=digits, after=after, limit=PAGE + 1)
        names = staff_names(session, {one.by_person for one, _notice in found})
        choices = places.choices(session)
    return forms.page(
        "identification_sheets.html",
        rows=[(one, notice, step_title(one.procedure, one.step)) for one, notice in found[:PAGE]],
        following=found[PAGE - 1][0].id if len(found) > PAGE else None,
        first=after == 0,
        names=names,
        places=choices,
        asked={"region": request.args.get("region", "")},
        place=places.shown,
    )


@blueprint.get("/sheets/<int:sheet_id>")
@needs("households.read")
def sheet(sheet_id: int) -> ResponseReturnValue:
    """One sheet: who is on it, how the ballots fell, its notice, its papers."""
    return sheet_page(sheet_id)


@blueprint.get("/sheets/<int:sheet_id>.<any(xlsx, csv):form>")
@needs("exports.read")
def sheet_exported(sheet_id: int, form: str) -> Response:
    """The same as a file."""
    with books() as session:
        seen = reads.sheet(session, sheet_id, digits=scope.own_digits(session, actor()))
    rows = [
        (
            one.number, one.head, places.shown(one.village_code), t(OUTCOMES[one.outcome]),
            *("" if votes is None else votes for votes in
              (one.votes_for, one.votes_against, one.abstained)),
            one.note,
        )
        for one in seen.lines
    ]  # fmt: skip
    title = f"{step_title(seen.sheet.procedure, seen.sheet.step)}{sheet_id}"
    return exports.send_table(title, [t(one) for one in _SHEET], rows, form)


@blueprint.get("/sheets/<int:sheet_id>/papers/<int:attachment_id>")
@needs("households.open_paper")
def paper(sheet_id: int, attachment_id: int) -> Response:
    """A scan that belongs to a sheet."""
    with books() as session:
        seen = reads.sheet(session, sheet_id, digits=scope.own_digits(session, actor()))
        if attachment_id not in {key for key, _name in seen.papers}:
            raise NotFound(field="attachment_id", what="附件")
        name, content = attachments.content_of(session, house().keyring, attachment_id)
    return exports.send_file_of(name, content)


def sheet_page(sheet_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    """A sheet's page, with a refusal on top if there is one."""
    by = actor()
    with books() as session:
        digits, on = scope.own_digits(session, by), ledger.open_day(session)
        seen = reads.sheet(session, sheet_id, digits=digits)
        objections = reads.objections(session, digits=digits, on=on, sheet_id=sheet_id)
        names = staff_names(session, {seen.sheet.by_person})
    notice = seen.notice
    hangs = notice is not None and notice.from_on <= on < notice.to_on
    return forms.page(
        "identification_sheet.html",
        refused,
        seen=seen,
        objections=objections,
        title=step_title(seen.sheet.procedure, seen.sheet.step),
        names=names,
        hangs=hangs,
        outcomes=OUTCOMES,
        place=places.shown,
        sent=forms.entries(),
        may_object=hangs and rights.may(by, identifying.OBJECT),
        may_answer=rights.may(by, identifying.ANSWER),
        may_open=rights.may(by, "households.open_paper"),
        request_key=forms.kept_key(),
    )


def step_title(procedure: str, code: str) -> str:
    """A step by its codes; one that no file knows any more by the codes themselves."""
    known = next((one for one in house().procedures.all() if one.code == procedure), None)
    place = known.place(code) if known else 0
    return step_name(known.steps[place - 1]) if known and place else f"{procedure} {code}"
