"""Finding households over the API: cases, sheets and steps, objections, surveys, public lists."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

import ledger
from households import queries as register
from households.identification import Meeting, SheetRow, Vote, notice_rows, of_numbers, queries
from households.identification import reading as reads
from households.identification.procedure import Procedure
from kernel.refusals import BadValue
from web import identifying, places, scope
from web.api import identification_schemas as schemas
from web.api import paging
from web.api.routes import Routes, do_once
from web.context import actor, house
from web.context import reading as books
from web.identifying import ANSWER, OBJECT, OPEN, STEP, Opening, Scan, Taking
from web.pages.identification_steps import step_title

routes = Routes("identification", "识别 · finding households: cases, steps, objections, surveys")


@routes.get(
    "/identification/procedures",
    command="households.read",
    answers=schemas.ProcedureAnswer(many=True),
)
def procedures() -> list[Procedure]:
    """识别和监测程序。The procedures and their steps."""
    return list(house().procedures.all())


@routes.get(
    "/identification/waiting", command="households.read", answers=schemas.WaitingAnswer(many=True)
)
def waiting() -> list[dict[str, Any]]:
    """各步骤待办户数。How many cases wait for each step."""
    with books() as session:
        digits = scope.own_digits(session, actor())
        return [
            {"procedure": procedure, "step": step.code, "title": step.zh, "cases": count}
            for step, procedure, count in queries.waiting(
                session, house().procedures, digits=digits
            )
        ]


@routes.get(
    "/identification/cases",
    command="households.read",
    query=schemas.CasesQuery,
    answers=paging.page_of(schemas.CaseRow),
)
def cases(query: dict[str, Any]) -> dict[str, Any]:
    """识别事项，分页。Cases, narrowed, a page at a time."""
    limit = query["limit"]
    with books() as session:
        wanted = reads.Wanted(
            digits=places.digits_asked(session),
            on=ledger.open_day(session),
            text=query["q"],
            kind=query["kind"],
            state=query["state"],
            procedure=query["procedure"],
            done=query.get("done"),
            round_id=query.get("round"),
        )
        after = paging.after(query.get("cursor"))
        found = reads.cases(session, wanted, after=after, limit=limit + 1)
    return paging.page(found, limit, found[limit - 1].case_id if len(found) > limit else None)


@routes.get(
    "/identification/cases/<int:case_id>", command="households.read", answers=schemas.CaseAnswer
)
def case(case_id: int) -> dict[str, Any]:
    """一件识别事项的全部经过。Everything about a case."""
    with books() as session:
        digits = scope.own_digits(session, actor())
        file = queries.case_file(session, house().procedures, case_id, digits=digits)
    line = file.line
    return {
        "case_id": line.case_id,
        "household_id": line.household_id,
        "household_number": line.household_number,
        "kind": line.kind,
        "procedure": line.procedure,
        "state": line.state,
        "steps": [_step(one) for one in file.steps],
        "awaited": file.awaited.code if file.awaited else None,
        "surveys": [_survey(one) for one in file.surveys],
        "findings": file.findings,
    }


def _step(one: queries.TakenStep) -> dict[str, Any]:
    step, sheet = one.step, one.sheet
    return {
        "nr": one.nr,
        "step": one.rule.code,
        "outcome": step.outcome,
        "sheet_id": sheet.id,
        "held_on": sheet.held_on,
        "document": sheet.document,
        "eligible": sheet.eligible,
        "present": sheet.present,
        "votes_for": step.votes_for,
        "votes_against": step.votes_against,
        "abstained": step.abstained,
        "note": step.note,
        "notice_to": one.notice.to_on if one.notice else None,
    }


def _survey(one: Any) -> dict[str, Any]:
    names = ("id", "survey", "version", "surveyed_on", "points")
    return {name: getattr(one, name) for name in names} | {"areas": json.loads(one.areas)}


@routes.post(
    "/identification/cases",
    command=OPEN,
    body=schemas.OpeningBody,
    answers=schemas.CaseSheetTaken,
    status=201,
    keyed=True,
)
def open_cases(body: dict[str, Any]) -> dict[str, Any]:
    """受理一份名单。Open a case for each household of a list."""
    numbers = body.pop("numbers")
    asked = Opening(rows=of_numbers(numbers), **body)
    return do_once(OPEN, identifying.open_cases(house(), actor(), asked), body=asked.body())


@routes.post(
    "/identification/steps/<procedure>/<step>",
    command=STEP,
    body=schemas.TakingBody,
    answers=schemas.CaseSheetTaken,
    status=201,
    keyed=True,
)
def take(body: dict[str, Any], procedure: str, step: str) -> dict[str, Any]:
    """办理一步。Take a step for a sheet of households."""
    _rules, _nr, rule = identifying.step_of(house(), procedure, step)
    asked = Taking(
        procedure=procedure,
        step=step,
        rows=[_row(row) for row in body["rows"]],
        held_on=body.get("held_on"),
        document=body["document"],
        meeting=_meeting(body),
        papers=tuple(_scan(one) for one in body["papers"]),
        place=body["place"],
    )
    deed = identifying.take_step(house(), actor(), asked)
    return do_once(rule.command, deed, body=asked.body())


def _row(row: dict[str, Any]) -> SheetRow:
    votes = [row.get(name) for name in ("votes_for", "votes_against", "abstained")]
    vote = Vote(*(one or 0 for one in votes)) if any(one is not None for one in votes) else None
    return SheetRow(row["number"].upper(), row.get("outcome"), vote, row["note"])


def _meeting(body: dict[str, Any]) -> Meeting | None:
    if "eligible" not in body and "present" not in body:
        return None
    return Meeting(body.get("eligible", 0), body.get("present", 0))


def _scan(one: dict[str, str]) -> Scan:
    try:
        return Scan(one["name"], base64.b64decode(one["content"], validate=True))
    except (binascii.Error, ValueError) as error:
        raise BadValue(
            field="papers", name="papers", value="", rule_zh="内容须为base64",
            rule_en="content in base64",
        ) from error  # fmt: skip


@routes.get(
    "/identification/sheets/<int:sheet_id>",
    command="households.read",
    answers=schemas.CaseSheetAnswer,
)
def sheet(sheet_id: int) -> dict[str, Any]:
    """一份名单。A sheet with the cases that are seen of it."""
    with books() as session:
        seen = reads.sheet(session, sheet_id, digits=scope.own_digits(session, actor()))
    notice = seen.notice
    return {
        "sheet_id": seen.sheet.id,
        "procedure": seen.sheet.procedure,
        "step": seen.sheet.step,
        "held_on": seen.sheet.held_on,
        "document": seen.sheet.document,
        "digest": seen.sheet.digest,
        "notice": notice.number if notice else None,
        "notice_from": notice.from_on if notice else None,
        "notice_to": notice.to_on if notice else None,
        "lines": seen.lines,
    }


@routes.get(
    "/identification/objections",
    command="households.read",
    query=schemas.CaseObjectionsQuery,
    answers=paging.page_of(schemas.CaseObjectionRow),
)
def objections(query: dict[str, Any]) -> dict[str, Any]:
    """异议及答复，分页。Objections, and what was found, the latest first, a page at a time."""
    limit = query["limit"]
    with books() as session:
        digits, on = places.digits_asked(session), ledger.open_day(session)
        before = paging.after(query.get("cursor"))
        found = reads.objections(
            session, digits=digits, on=on, text=query["q"], state=query["state"], before=before,
            limit=limit + 1,
        )  # fmt: skip
    last = found[limit - 1].objection.id if len(found) > limit else None
    return paging.page(_objections(found), limit, last)


def _objections(found: Sequence[reads.ObjectionLine]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.objection.id,
            "sheet_id": one.objection.sheet_id,
            "number": one.number,
            "raised_on": one.objection.raised_on,
            "raised_by": one.objection.raised_by,
            "words": one.objection.words,
            "upheld": one.answer.upheld if one.answer else None,
            "answered_on": one.answer.answered_on if one.answer else None,
            "answer": one.answer.words if one.answer else None,
        }
        for one in found
    ]


@routes.post(
    "/identification/sheets/<int:sheet_id>/objections",
    command=OBJECT,
    body=schemas.CaseObjectionBody,
    answers=schemas.ObjectionNoted,
    status=201,
    keyed=True,
)
def object_to(body: dict[str, Any], sheet_id: int) -> dict[str, Any]:
    """登记异议。Note an objection to a household on a notice."""
    deed = identifying.object_to(actor(), sheet_id=sheet_id, **body)
    return do_once(OBJECT, deed, body=[sheet_id, *body.values()])


@routes.post(
    "/identification/objections/<int:objection_id>/answer",
    command=ANSWER,
    body=schemas.CaseObjectionAnswerBody,
    answers=schemas.ObjectionAnswered,
    status=201,
    keyed=True,
)
def answer(body: dict[str, Any], objection_id: int) -> dict[str, Any]:
    """答复异议（登记人不得答复）。Answer an objection."""
    deed = identifying.answer(actor(), objection_id=objection_id, **body)
    return do_once(ANSWER, deed, body=[objection_id, *body.values()])


@routes.get(
    "/households/<int:household_id>/surveys",
    command="households.read",
    answers=schemas.SurveyAnswerRow(many=True),
)
def surveys(household_id: int) -> list[dict[str, Any]]:
    """历次入户调查。What a household answered."""
    with books() as session:
        register.get(session, household_id, digits=scope.own_digits(session, actor()))
        return [_survey(one) for one in reads.surveys_of(session, household_id)]


@routes.post(
    "/households/<int:household_id>/surveys",
    command=OPEN,
    body=schemas.SurveyBody,
    answers=schemas.SurveyRecorded,
    status=201,
    keyed=True,
)
def survey(body: dict[str, Any], household_id: int) -> dict[str, Any]:
    """登记入户调查。Record a household's answers."""
    with books() as session:
        digits = scope.own_digits(session, actor())
        number = register.get(session, household_id, digits=digits).number
    day = body.get("surveyed_on")
    deed = identifying.survey(
        house(), actor(), number=number, survey=body["survey"], answers=body["answers"],
        surveyed_on=day,
    )  # fmt: skip
    said = [household_id, body["survey"], str(day or ""), body["answers"]]
    return do_once(OPEN, deed, body=said)


# --- for anybody ----------------------------------------------------------------------------------


@routes.get("/notices/lists", command=None, answers=schemas.PublicListAnswer(many=True))
def hanging() -> list[dict[str, Any]]:
    """在公示期内的识别名单。Lists that hang today."""
    with books() as session:
        found = reads.hanging(session, on=ledger.open_day(session))
    return [
        {
            "sheet_id": one.sheet_id,
            "number": one.number,
            "title": step_title(of.procedure, of.step),
            "place": one.place,
            "from_on": one.from_on,
            "to_on": one.to_on,
        }
        for one, of in found
    ]


@routes.get(
    "/notices/lists/<int:sheet_id>", command=None, answers=schemas.PublicRowAnswer(many=True)
)
def hung(sheet_id: int) -> list[dict[str, Any]]:
    """一份公示名单：村、户主、人口。A list that hangs."""
    with books() as session:
        reads.hanging_notice(session, sheet_id, on=ledger.open_day(session))
        return [
            {"village": places.shown(row.village_code), "head": row.head, "persons": row.persons}
            for row in notice_rows(session, sheet_id)
        ]
