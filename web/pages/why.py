"""为什么是这个数: every amount of a loan on a page of its own, and the statement to be checked."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kernel.dates import parse_date
from kernel.refusals import NotFound
from loans import explaining
from loans.explaining import Answer
from loans.page import schedule_of
from web.access import needs
from web.context import actor, house, reading
from web.explained import case_of, rules_of
from web.pages import forms
from web.pages.loans import BEARERS, DUES, GRADES

blueprint = Blueprint("why", __name__)

_ASK = {
    "settlements": lambda session, key, more: explaining.why_settlement(
        session, settlement_id=key, **more
    ),
    "repayments": lambda session, key, more: explaining.why_repayment(
        session, repayment_id=key, **more
    ),
    "dues": lambda session, key, more: explaining.why_due(session, due_id=key, **more),
}


@blueprint.get("/loans/<number>/why/<any(settlements, repayments, dues):kind>/<int:key>")
@needs("loans.read")
def amount(number: str, kind: str, key: int) -> ResponseReturnValue:
    """Why an amount is what it is."""
    with reading() as session:
        answer: Answer = _ASK[kind](session, key, {"by": actor(), "calendar": house().calendar})
    if answer["number"] != number:
        raise NotFound(field="id", what="这笔金额")
    return _page(number, answer)


@blueprint.get("/loans/<number>/why/<any(grade, balance, plan):what>")
@needs("loans.read")
def standing(number: str, what: str) -> ResponseReturnValue:
    """Why it stands graded so, and where its balance comes from."""
    with reading() as session:
        answer = _standing(session, number, what)
    return _page(number, answer)


def _standing(session: Session, number: str, what: str) -> Answer:
    case = case_of(session, number)
    if what == "grade":
        return explaining.grades.grade(case, rules_of(session))
    if what == "balance":
        return explaining.balances.balance(case)
    return explaining.plans.plan(case, schedule_of(case.one))


@blueprint.get("/loans/<number>/statement")
@needs("loans.read")
def statement(number: str) -> ResponseReturnValue:
    """The statement: to be printed, and to be checked with a pocket calculator."""
    with reading() as session:
        case = case_of(session, number)
        asked = {name: request.args.get(name, "") for name in ("from", "to")}
        start = parse_date(asked["from"], field="from") if asked["from"] else case.loan.signed_on
        end = parse_date(asked["to"], field="to") if asked["to"] else case.on
        told = explaining.statement(case, start=start, end=end)
    return forms.page("statement.html", told=told, **_words())


def _page(number: str, answer: Answer) -> ResponseReturnValue:
    return forms.page("why.html", number=number, why=answer, **_words())


def _words() -> dict[str, Any]:
    return {"dues": DUES, "bearers": BEARERS, "grades": GRADES}
