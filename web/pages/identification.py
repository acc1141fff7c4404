"""识别: what waits in a place, the cases of its households, one case with everything behind it."""

from __future__ import annotations

import json
from typing import Any, Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from households.identification import KINDS, queries, reading
from households.identification.procedure import LEVELS, Procedures, Step
from households.identification.queries import STATES
from households.identification.reading import FoundCase, Wanted
from households.models import STATUS_TITLES, ReviewRound, Status
from kernel.refusals import Refusal
from office import rights
from office.models import Person as Staff
from web import exports, identifying, places, scope
from web.access import needs
from web.context import actor, house
from web.context import reading as books
from web.fields import row_id
from web.levels import WATCHED
from web.pages import forms
from web.words import language, t

blueprint = Blueprint("identification", __name__)

PAGE: Final = 50
#: kind of case, state of a case -> how pages say it
KIND_TITLES: Final = {kind: zh for kind, (zh, _en, _finds) in KINDS.items()}
STATE_TITLES: Final = {state: zh for state, (zh, _en) in STATES.items()}
LEVEL_NAMES: Final = {level: zh for level, (zh, _en, _digits) in LEVELS.items()}
TITLES: Final = (
    "事项编号", "户编号", "户主", "乡镇村", "事项", "开始日期", "下一步", "状态",
)  # fmt: skip


@blueprint.get("/identification")
@needs("households.read")
def overview() -> ResponseReturnValue:
    """What waits for a step, and every case."""
    here, after = house(), row_id(request.args.get("after"))
    with books() as session:
        wanted = _wanted(session)
        digits = scope.own_digits(session, actor())
        found = reading.cases(session, wanted, after=after, limit=PAGE + 1)
        content: dict[str, Any] = {
            "total": reading.count_cases(session, wanted),
            "waiting": _waiting(session, digits),
            "objections": len(
                reading.objections(session, digits=digits, on=wanted.on, state="waiting")
            ),
            "places": places.choices(session),
            "rounds": _rounds(session),
        }
    return forms.page(
        "identification.html",
        rows=[(row, next_step(here.procedures, row)) for row in found[:PAGE]],
        following=found[PAGE - 1].case_id if len(found) > PAGE else None,
        first=after == 0,
        asked=_asked(),
        kinds=KIND_TITLES,
        states=STATE_TITLES,
        watched=WATCHED,
        place=places.shown,
        may_open=rights.may(actor(), identifying.OPEN),
        zh=language() == "zh",
        **content,
    )


@blueprint.get("/identification/cases.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The same list as a file."""
    procedures = house().procedures
    with books() as session:
        wanted = _wanted(session)
        rows = (
            (
                row.case_id, row.number, row.head, places.shown(row.village_code),
                t(KIND_TITLES[row.kind]), row.started_on, next_step(procedures, row),
                t(STATE_TITLES[row.state]),
            )
            for row in reading.all_cases(session, wanted)
        )  # fmt: skip
        return exports.send_table(t("识别事项"), [t(one) for one in TITLES], rows, form)


@blueprint.get("/identification/cases/<int:case_id>")
@needs("households.read")
def case(case_id: int) -> ResponseReturnValue:
    """One case: why its household is found to be what it is."""
    return case_page(case_id)


def case_page(case_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    """A case's page, with a refusal on top if there is one."""
    here, by = house(), actor()
    with books() as session:
        on = ledger.open_day(session)
        digits = scope.own_digits(session, by)
        file = queries.case_file(session, here.procedures, case_id, digits=digits)
        people = {one.sheet.by_person for one in file.steps}
        people |= {said.by_person for _one, said in file.objections if said is not None}
        names = staff_names(session, people)
        head = reading.cases(session, Wanted(digits, on), after=case_id - 1, limit=1)[0].head
    rules = here.procedures.get(file.line.procedure)
    return forms.page(
        "identification_case.html",
        refused,
        file=file,
        rules=rules,
        head=head,
        later=rules.steps[file.line.done + 1 :] if file.awaited else (),
        surveys=[(one, json.loads(one.areas)) for one in file.surveys],
        areas=area_names(here),
        names=names,
        on=on,
        kinds=KIND_TITLES,
        states=STATE_TITLES,
        watched=WATCHED,
        statuses={status.value: title for status, title in STATUS_TITLES.items()},
        levels=LEVEL_NAMES,
        place=places.shown,
        may_take=file.awaited is not None and identifying.may_take(by, file.awaited),
        may_survey=rights.may(by, identifying.OPEN),
        zh=language() == "zh",
    )


def next_step(procedures: Procedures, row: FoundCase) -> str:
    """What a case waits for; blank where it has ended."""
    if row.state not in {"open", "standing"}:
        return ""
    step = procedures.get(row.procedure).after(row.done)
    return step_name(step) if step else ""


def step_name(step: Step) -> str:
    """A step in the visitor's language."""
    return step.zh if language() == "zh" else step.en


def area_names(here: Any) -> dict[str, str]:
    """Area of a survey -> its name in the visitor's language."""
    chinese = language() == "zh"
    return {
        area.code: area.zh if chinese else area.en
        for survey in here.surveys.versions
        for area in survey.areas
    }


def staff_names(session: Session, ids: set[int]) -> dict[int, str]:
    """Who took a step; 0 is the system."""
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {0: t("系统")} | {row.id: row.name for row in rows}


def _waiting(session: Session, digits: str) -> list[dict[str, Any]]:
    """What waits for a step, and whether this person may take it."""
    return [
        {
            "step": step,
            "name": step_name(step),
            "procedure": procedure,
            "done": house().procedures.get(procedure).place(step.code) - 1,
            "count": count,
            "mine": identifying.may_take(actor(), step),
        }
        for step, procedure, count in queries.waiting(session, house().procedures, digits=digits)
    ]


def _rounds(session: Session) -> list[tuple[int, str]]:
    rows = session.execute(
        select(ReviewRound.id, ReviewRound.number, ReviewRound.title).order_by(
            ReviewRound.from_on.desc()
        )
    )
    return [(row.id, f"{row.number} {row.title}") for row in rows]


def round_choices(session: Session) -> list[tuple[int, str]]:
    """Rounds of review to choose from."""
    return _rounds(session)


def _asked() -> dict[str, str]:
    names = ("q", "region", "kind", "state", "procedure", "done", "round")
    return {name: request.args.get(name, "") for name in names}


def _wanted(session: Session) -> Wanted:
    asked = _asked()
    done = asked["done"]
    return Wanted(
        digits=places.digits_asked(session),
        on=ledger.open_day(session),
        text=asked["q"][:40],
        kind=asked["kind"] if asked["kind"] in KINDS else "",
        state=asked["state"] if asked["state"] in STATES else "",
        procedure=asked["procedure"][:40],
        done=row_id(done) if done else None,
        round_id=row_id(asked["round"]) or None,
    )


def status_choices() -> list[tuple[str, str]]:
    """What a household may be found to be by a list."""
    return [(one.value, t(STATUS_TITLES[one])) for one in Status if one is not Status.CLOSED]
