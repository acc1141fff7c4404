"""Recording a survey: what a household answered, and what the dated survey makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from households import queries as register
from households.applying import canonical_json
from households.identification.rates import Lines
from households.identification.refusals import StepAheadOfTheBooks
from households.identification.survey import Surveys
from households.models import CasePosition, SurveyAnswer
from kernel.actor import Actor
from office import rights


def record_survey(
    session: Session,
    surveys: Surveys,
    lines: Lines,
    *,
    number: str,
    survey: str,
    answers: Mapping[str, object],
    on: date,
    by: Actor,
    surveyed_on: date | None = None,
) -> int:
    """Record a household's answers; they count for its open case, if there is one."""
    ledger.require_bookable(session, on)
    household = register.by_number(session, number, digits=by.region_scope)
    rights.allow(by, "households.identify", region=household.village_code)
    day = surveyed_on or on
    asked = surveys.at(survey, day)
    if day > on:
        raise StepAheadOfTheBooks(
            field="surveyed_on", step=asked.title_zh, held_on=day, on=on, last="—"
        )
    line = lines.line(day.year)
    results = asked.judge(answers, line.value_fen)
    case_id = session.scalar(
        select(CasePosition.case_id).where(
            CasePosition.household_id == household.id, CasePosition.state == "open"
        )
    )
    row = SurveyAnswer(
        household_id=household.id,
        case_id=case_id,
        survey=asked.code,
        version=asked.since,
        answers=canonical_json(dict(answers)),
        areas=canonical_json({r.area.code: [r.points, r.most, r.hardship] for r in results}),
        points=sum(result.points for result in results),
        digest=asked.digest,
        surveyed_on=day,
        booked_on=on,
        by_person=by.person_id,
    )
    session.add(row)
    session.flush()
    return row.id
