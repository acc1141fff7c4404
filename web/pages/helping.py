"""帮扶: measures, helpers and visits of a place and of a household; sheets; industry projects."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from typing import Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import ledger
from households import queries as register
from households.helping import figures, project_figures
from households.helping import queries as reads
from households.helping.forms import MeasureRow, PairRow, VisitRow
from households.models import Household
from households.models.helping import LEVELS
from households.sheets import SheetFile, read_sheet, write_template
from kernel.dates import parse_date
from kernel.money import typed_yuan
from kernel.refusals import BadValue, NotFound, Refusal
from kernel.regions import COUNTY
from office import rights
from web import exports, helping, levels, scope, uploads
from web.access import needs
from web.context import actor, house, once, reading
from web.helping import FORMS, HELP
from web.pages import forms
from web.pages.levels import measure_titles
from web.words import language, t

blueprint = Blueprint("helping", __name__)

#: a helper who did not come for so long stands on the list
UNVISITED_DAYS: Final = 90
#: helpers, and households, that the first page begins with; the lists have them all
SHOWN: Final = 10
#: faults of a sheet that a page shows
FAULTS_MAX: Final = 200
#: households that one form may list
_LISTED_MAX: Final = 500


@blueprint.get("/helping")
@needs("households.read")
def overview() -> ResponseReturnValue:
    """What help there is in a place: measures by kind, helpers, who was not visited."""
    by, here = actor(), house()
    with reading() as session:
        on = ledger.open_day(session)
        digits = scope.own_digits(session, by)
        since = on - timedelta(days=UNVISITED_DAYS)
        return forms.page(
            "helping.html",
            counts=figures.measure_counts(session, here.help_rules, digits=digits, on=on),
            rules=here.help_rules,
            helpers=reads.helpers(session, digits=digits, limit=SHOWN),
            unvisited=[
                (one, here.regions.full_name(one.village_code, below=COUNTY))
                for one in reads.unvisited(session, digits=digits, since=since, on=on, limit=SHOWN)
            ],
            days=UNVISITED_DAYS,
            projects=project_figures.projects_total(session, digits=digits),
            measures=measure_titles(),
            levels=LEVELS,
            sheets=FORMS,
            may_help=rights.may(by, HELP),
            zh=language() == "zh",
        )


# --- sheets ---------------------------------------------------------------------------------------


@blueprint.get("/helping/sheets/<any(measures, pairs, visits, projects):kind>")
@needs("households.help")
def sheet(kind: str) -> ResponseReturnValue:
    """Where a sheet is handed in."""
    return _sheet(kind)


@blueprint.get("/helping/sheets/<any(measures, pairs, visits, projects):kind>.xlsx")
@needs("households.help")
def template(kind: str) -> ResponseReturnValue:
    """The empty sheet."""
    with tempfile.TemporaryFile() as file:
        write_template(file, FORMS[kind])
        file.seek(0)
        return exports.send_workbook(f"{FORMS[kind].title}模板.xlsx", file.read())


@blueprint.post("/helping/sheets/<any(measures, pairs, visits, projects):kind>")
@needs("households.help")
def take(kind: str) -> ResponseReturnValue:
    """Take a sheet in, whole, or say what is wrong with it."""
    read: list[SheetFile[object]] = []

    def act() -> ResponseReturnValue:
        with uploads.received() as upload:
            file = read_sheet(upload.path, FORMS[kind], name=upload.name)
        read.append(file)
        deed = helping.take_sheet(kind, file)
        body = [kind, file.sha256]
        answer = once(HELP, deed, key=forms.sent_key(), body=body, reason=file.name)
        flash(t("已收清单：{count}条", count=answer["rows"]))
        target = "projects" if kind == "projects" else "overview"
        return redirect(url_for(f"helping.{target}"))

    return forms.attempt(act, lambda refused: _sheet(kind, refused, read))


def _sheet(
    kind: str, refused: Refusal | None = None, read: list[SheetFile[object]] | None = None
) -> ResponseReturnValue:
    return forms.page(
        "helping_sheet.html",
        refused,
        kind=kind,
        form=FORMS[kind],
        file=read[0] if read else None,
        faults_max=FAULTS_MAX,
        measures=measure_titles() if kind == "measures" else {},
        zh=language() == "zh",
        request_key=forms.new_key(),
    )


# --- one household --------------------------------------------------------------------------------


@blueprint.get("/households/<int:household_id>/help")
@needs("households.read")
def household(household_id: int) -> ResponseReturnValue:
    """The help of a household, with its history."""
    return _household(household_id)


@blueprint.post("/households/<int:household_id>/help/measures")
@needs("households.help")
def add_measure(household_id: int) -> ResponseReturnValue:
    """A measure that reached it."""
    sent = request.form

    def act() -> ResponseReturnValue:
        amount = sent.get("amount", "").strip()
        row = MeasureRow(
            number=_number(household_id),
            measure=sent.get("measure", ""),
            year=_year(sent.get("year", "")),
            from_on=parse_date(sent.get("from_on", ""), field="from_on"),
            detail=_words("detail"),
            amount_fen=typed_yuan(amount, field="amount") if amount else None,
        )
        body = [household_id, *(str(getattr(row, name)) for name in row.__slots__)]
        once(HELP, helping.note_measures([row]), key=forms.sent_key(), body=body)
        return _back(household_id, t("已记录帮扶措施"))

    return forms.attempt(act, lambda refused: _household(household_id, refused))


@blueprint.post("/households/<int:household_id>/help/helper")
@needs("households.help")
def set_helper(household_id: int) -> ResponseReturnValue:
    """Another helper."""
    sent = request.form

    def act() -> ResponseReturnValue:
        row = PairRow(
            number=_number(household_id),
            name=helper_name(sent.get("name", "")),
            unit=_words("unit"),
            level=helper_level(sent.get("level", "")),
            from_on=parse_date(sent.get("from_on", ""), field="from_on"),
            reason=sent.get("reason", "").strip()[:200],
        )
        body = [household_id, *(str(getattr(row, name)) for name in row.__slots__)]
        once(HELP, helping.pair([row]), key=forms.sent_key(), body=body)
        return _back(household_id, t("已结对"))

    return forms.attempt(act, lambda refused: _household(household_id, refused))


@blueprint.post("/households/<int:household_id>/help/visits")
@needs("households.help")
def add_visit(household_id: int) -> ResponseReturnValue:
    """A visit of the helper."""

    def act() -> ResponseReturnValue:
        row = VisitRow(
            number=_number(household_id),
            visited_on=parse_date(request.form.get("visited_on", ""), field="visited_on"),
            done=_words("done"),
        )
        body = [household_id, str(row.visited_on), row.done]
        once(HELP, helping.note_visits([row]), key=forms.sent_key(), body=body)
        return _back(household_id, t("已记录走访"))

    return forms.attempt(act, lambda refused: _household(household_id, refused))


@blueprint.post("/households/<int:household_id>/help/pairs/<int:pair_id>/end")
@needs("households.help")
def end_pair(household_id: int, pair_id: int) -> ResponseReturnValue:
    """End a pair without another."""

    def act() -> ResponseReturnValue:
        to_on = parse_date(request.form.get("to_on", ""), field="to_on")
        reason = request.form.get("reason", "").strip()[:200]
        deed = helping.end_pair(pair_id, to_on=to_on, reason=reason)
        once(HELP, deed, key=forms.sent_key(), body=[pair_id, str(to_on), reason])
        return _back(household_id, t("已结束结对"))

    return forms.attempt(act, lambda refused: _household(household_id, refused))


@blueprint.post("/households/<int:household_id>/help/<any(measure, visit):kind>/<int:row_id>")
@needs("households.help")
def withdraw(household_id: int, kind: str, row_id: int) -> ResponseReturnValue:
    """Withdraw what was written by mistake."""

    def act() -> ResponseReturnValue:
        reason = request.form.get("reason", "").strip()[:200]
        deed = helping.withdraw(kind, row_id, reason=reason)
        once(HELP, deed, key=forms.sent_key(), body=[kind, row_id, reason])
        return _back(household_id, t("已撤销"))

    return forms.attempt(act, lambda refused: _household(household_id, refused))


def _household(household_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        found = levels.card_seen(session, house(), household_id, on=on, by=by)
    return forms.page(
        "household_help.html",
        refused,
        card=found,
        help=found.help,
        on=on,
        measures=measure_titles(),
        levels=LEVELS,
        sent=forms.entries(),
        may_help=rights.may(by, HELP),
        request_key=forms.kept_key(),
    )


def _number(household_id: int) -> str:
    with reading() as session:
        digits = scope.own_digits(session, actor())
        found: Household = register.get(session, household_id, digits=digits)
        return found.number


def _back(household_id: int, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("helping.household", household_id=household_id))


def _words(name: str, most: int = 200) -> str:
    text = request.form.get(name, "").strip()
    if not 1 <= len(text) <= most or not text.isprintable():
        raise BadValue(
            field=name, name=name, value=text[:20], rule_zh=f"须为1至{most}个字，不能换行",
            rule_en=f"one line of 1 to {most} characters",
        )  # fmt: skip
    return text


def helper_name(text: str) -> str:
    """A helper's name, as the sheet takes it."""
    (column,) = (one for one in FORMS["pairs"].columns if one.key == "name")
    return str(column.parse(text, "name"))


def helper_level(text: str) -> str:
    """A helper's level, by its code."""
    if text not in LEVELS:
        raise BadValue(
            field="level", name="level", value=text[:20], rule_zh="、".join(LEVELS.values()),
            rule_en=", ".join(LEVELS),
        )  # fmt: skip
    return text


def _year(text: str) -> int:
    (column,) = (one for one in FORMS["measures"].columns if one.key == "year")
    year = column.parse(text.strip(), "year")
    assert isinstance(year, int)
    return year


# --- projects -------------------------------------------------------------------------------------


@blueprint.get("/helping/projects")
@needs("households.read")
def projects() -> ResponseReturnValue:
    """Industry projects, and whom they reach."""
    with reading() as session:
        on = ledger.open_day(session)
        digits = scope.own_digits(session, actor())
        found = project_figures.projects(session, digits=digits, on=on)
        total = project_figures.projects_total(session, digits=digits)
        key_total = project_figures.projects_total(session, digits=digits, key=True)
    return forms.page(
        "projects.html",
        projects=found,
        total=total,
        key_total=key_total,
        may_help=rights.may(actor(), HELP),
    )


@blueprint.get("/helping/projects/<int:project_id>")
@needs("households.read")
def project(project_id: int) -> ResponseReturnValue:
    """One project: its villages, and the households listed by name."""
    return _project(project_id)


@blueprint.post("/helping/projects/<int:project_id>/households")
@needs("households.help")
def list_households(project_id: int) -> ResponseReturnValue:
    """List households that it covers, by their numbers."""

    def act() -> ResponseReturnValue:
        numbers = request.form.get("numbers", "").upper().split()
        if not 1 <= len(numbers) <= _LISTED_MAX:
            raise BadValue(
                field="numbers", name="numbers", value="", rule_zh=f"一次1至{_LISTED_MAX}户",
                rule_en=f"1 to {_LISTED_MAX} households at a time",
            )  # fmt: skip
        from_on = parse_date(request.form.get("from_on", ""), field="from_on")
        deed = helping.list_households(project_id, numbers, from_on=from_on)
        body = [project_id, str(from_on), *numbers]
        answer = once(HELP, deed, key=forms.sent_key(), body=body)
        flash(t("已列入{count}户", count=answer["rows"]))
        return redirect(url_for("helping.project", project_id=project_id))

    return forms.attempt(act, lambda refused: _project(project_id, refused))


@blueprint.post("/helping/projects/<int:project_id>/households/<int:row_id>/withdraw")
@needs("households.help")
def unlist(project_id: int, row_id: int) -> ResponseReturnValue:
    """Take a household off a project's list."""

    def act() -> ResponseReturnValue:
        reason = request.form.get("reason", "").strip()[:200]
        deed = helping.withdraw("project_household", row_id, reason=reason)
        once(HELP, deed, key=forms.sent_key(), body=[project_id, row_id, reason])
        flash(t("已撤销"))
        return redirect(url_for("helping.project", project_id=project_id))

    return forms.attempt(act, lambda refused: _project(project_id, refused))


def _project(project_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    by, here = actor(), house()
    with reading() as session:
        on: date = ledger.open_day(session)
        digits = scope.own_digits(session, by)
        every = project_figures.projects(session, digits=digits, on=on)
        found = next((one for one in every if one.id == project_id), None)
        if found is None:
            raise NotFound(field="project_id", what="产业项目")
        villages = project_figures.villages_of(session, project_id, digits=digits)
        listed = project_figures.listed_in(session, project_id, digits=digits, on=on)
    return forms.page(
        "project.html",
        refused,
        project=found,
        villages=[
            (here.regions.full_name(code, below=COUNTY), code, households, persons)
            for code, households, persons in villages
        ],
        listed=[
            (row_id, key, number, here.regions.full_name(code, below=COUNTY), from_on)
            for row_id, key, number, code, from_on in listed
        ],
        on=on,
        sent=forms.entries(),
        may_help=rights.may(by, HELP),
        request_key=forms.kept_key(),
    )
