"""入户调查: the questions in their areas, asked of one household, and what it answered before."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import ledger
from households import queries as register
from households.identification import Survey
from households.identification import reading as reads
from households.identification.survey import Question
from kernel.money import plain_amount
from kernel.refusals import Refusal
from office import rights
from web import identifying, places, scope
from web.access import needs
from web.context import actor, house, once
from web.context import reading as books
from web.pages import forms, typing
from web.pages.identification import area_names
from web.words import language, t

blueprint = Blueprint("identification_surveys", __name__)


@blueprint.get("/households/<int:household_id>/survey")
@needs("households.read")
def form(household_id: int) -> ResponseReturnValue:
    """The survey of a household."""
    return _form(household_id)


@blueprint.post("/households/<int:household_id>/survey")
@needs("households.identify")
def record(household_id: int) -> ResponseReturnValue:
    """Its answers."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        surveyed_on = typing.day_or_none("surveyed_on")
        with books() as session:
            number = register.get(
                session, household_id, digits=scope.own_digits(session, actor())
            ).number
            asked = house().surveys.at(survey_code(), surveyed_on or ledger.open_day(session))
        answers = answers_of(asked)
        deed = identifying.survey(
            house(), actor(), number=number, survey=asked.code, answers=answers,
            surveyed_on=surveyed_on,
        )  # fmt: skip
        body = [household_id, asked.code, str(surveyed_on or ""), answers]
        once(identifying.OPEN, deed, key=key, body=body)
        flash(t("已保存调查表"))
        return redirect(url_for("identification_surveys.form", household_id=household_id))

    return forms.attempt(act, lambda refused: _form(household_id, refused))


def survey_code() -> str:
    """The survey that is asked; there is one."""
    return house().surveys.versions[0].code


def answers_of(asked: Survey) -> dict[str, object]:
    """What was typed, question by question; blank ones are left out, and refused by the survey."""
    given = {one.code: _typed(one) for one in asked.questions}
    return {code: value for code, value in given.items() if value is not None}


def _typed(one: Question) -> object:
    text = request.form.get(one.code, "").strip()
    if not text:
        return None
    if one.kind == "yes_no":
        return {"yes": True, "no": False}.get(text, text)
    if one.kind == "count":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else text
    return plain_amount(text) if one.kind == "amount" else text


def _form(household_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    by, here = actor(), house()
    with books() as session:
        on = ledger.open_day(session)
        household = register.get(session, household_id, digits=scope.own_digits(session, by))
        head = register.head(session, household_id, on=on)
        before = reads.surveys_of(session, household_id)
    asked = here.surveys.at(survey_code(), on)
    return forms.page(
        "identification_survey.html",
        refused,
        household=household,
        head=head.name,
        village=places.shown(household.village_code),
        survey=asked,
        areas=[(area, asked.questions_of(area)) for area in asked.areas],
        before=[(one, _areas(one.areas)) for one in before],
        names=area_names(here),
        line=here.poverty_lines.line(on.year),
        on=on,
        sent=forms.entries(),
        may_survey=rights.may(by, identifying.OPEN),
        zh=language() == "zh",
        request_key=forms.kept_key(),
    )


def _areas(text: str) -> dict[str, Any]:
    areas: dict[str, Any] = json.loads(text)
    return areas
