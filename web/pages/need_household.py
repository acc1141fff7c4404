"""贷款需求 of one household: what it answered, round by round, and its answer now."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import ledger
from households import queries as register
from households.need import Need, queries
from kernel.money import typed_yuan
from kernel.refusals import NotFound, Refusal
from office import rights
from web import needing, places, scope
from web.access import needs
from web.context import actor, once, reading
from web.needing import ANSWERS, NEED
from web.pages import forms, typing
from web.words import t

blueprint = Blueprint("need_household", __name__)


@blueprint.get("/households/<int:household_id>/need")
@needs("households.read")
def household(household_id: int) -> ResponseReturnValue:
    """What a household answered in each round."""
    return _household(household_id)


@blueprint.post("/households/<int:household_id>/need")
@needs("households.need")
def answer(household_id: int) -> ResponseReturnValue:
    """Record its answer."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        with reading() as session:
            number = request.form.get("round", "")
            one = needing.round_asked(session, number, ledger.open_day(session))
        if one is None:
            raise NotFound(field="round", what="需求摸排轮次")
        amount = request.form.get("amount", "").strip()
        said = Need(
            household_id=household_id,
            answer=typing.one_of("answer", ANSWERS),
            answered_on=typing.day("answered_on"),
            reason=typing.words("reason"),
            amount_fen=typed_yuan(amount, field="amount") if amount else None,
            purpose=typing.words("purpose", 60),
        )
        body = [one.number, *(str(getattr(said, name)) for name in said.__slots__)]
        once(NEED, needing.answer(actor(), number=one.number, said=said), key=key, body=body)
        flash(t("已登记答复"))
        return redirect(url_for("need_household.household", household_id=household_id))

    return forms.attempt(act, lambda refused: _household(household_id, refused))


def _household(household_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        found = register.get(session, household_id, digits=scope.own_digits(session, by))
        head = register.head(session, household_id, on=on)
        said = queries.answers_of(session, household_id)
        rounds = [(row.id, row.number) for row in queries.rounds(session)]
        one = needing.round_asked(session, request.form.get("round", ""), on)
    return forms.page(
        "need_household.html",
        refused,
        household=found,
        head=head.name,
        village=places.shown(found.village_code),
        rows=said,
        answers=ANSWERS,
        rounds=rounds,
        current=one.id if one else "",
        on=on,
        sent=forms.entries(),
        may_answer=rights.may(by, NEED),
        request_key=forms.kept_key(),
    )
