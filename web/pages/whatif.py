"""假如: a form on the loan that answers what would be if, and writes nothing."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kernel.dates import parse_date
from kernel.money import typed_yuan
from kernel.refusals import Refusal
from loans import whatif
from loans.explaining import Answer
from web.access import needs
from web.context import house, reading
from web.explained import case_of
from web.pages import forms
from web.pages.loans import DUES
from web.words import language

blueprint = Blueprint("whatif", __name__)


@blueprint.get("/loans/<number>/what-if")
@needs("loans.read")
def show(number: str) -> ResponseReturnValue:
    """The form, with the answer to what it was sent with."""
    return forms.attempt(lambda: _page(number), lambda refused: _page(number, refused))


def _page(number: str, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading() as session:
        on = case_of(session, number).on
        told = None if refused else _answer(session, number)
    zh = language() == "zh"
    return forms.page(
        "whatif.html",
        refused,
        number=number,
        told=told,
        on=on,
        asked={name: request.args.get(name, "") for name in ("repay", "on", "policy", "until")},
        early=request.args.get("early", "yes") == "yes",
        policies=[
            (one.id, one.title_zh if zh else one.title_en)
            for one in sorted(house().rulebook.documents.values(), key=lambda one: one.start)
        ],
        dues=DUES,
    )


def _answer(session: Session, number: str) -> Answer | None:
    asked = request.args
    case = case_of(session, number)
    if asked.get("repay"):
        return whatif.if_repaid(
            case,
            amount_fen=typed_yuan(asked["repay"], field="repay"),
            day=parse_date(asked["on"], field="on") if asked.get("on") else case.on,
            early=asked.get("early", "yes") == "yes",
        )
    if asked.get("until"):
        return whatif.if_unpaid(case, until=parse_date(asked["until"], field="until"))
    if asked.get("policy"):
        return whatif.if_under(case, policy=asked["policy"][:60], rulebook=house().rulebook)
    return None
