"""A claim's money: the file for the bank, its rows, the answer, accounts, what is given up."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import ledger
from kernel.refusals import Refusal
from subsidies.payment import accounts
from subsidies.payment import reading as payments
from web import claim_money
from web.access import needs
from web.context import actor, house, once, reading
from web.fields import row_id
from web.pages import forms, staged
from web.pages.subsidies_claim import PAGES, claim_page
from web.words import t

blueprint = Blueprint("subsidy_money", __name__)

#: where an account comes from, or what a second person said of it
ACCOUNT_STATES: Final = {
    "register": "取自名册",
    "waiting": "待复核",
    "approved": "已复核",
    "rejected": "未通过",
}


staged.offer_files(blueprint, PAGES, "subsidy_file.html")


@blueprint.post("/subsidies/give-backs")
@needs("subsidies.give_back")
def give_back() -> ResponseReturnValue:
    """Ask that what came back be given up."""
    given = request.form.get
    claim_id, row = row_id(given("claim_id")), row_id(given("payment_row_id"))
    reason = given("reason", "").strip()[:200]

    def act() -> ResponseReturnValue:
        deed = claim_money.ask_give_back(row, reason)
        once("subsidies.give_back", deed, key=forms.sent_key(), body=[row, reason])
        flash(t("已提交，待另一人决定"))
        return redirect(url_for("subsidy_claim.one", claim_id=claim_id))

    return forms.attempt(act, lambda refused: claim_page(claim_id, refused))


@blueprint.get("/subsidies/accounts/<any(households, organisations):kind>/<int:payee_id>")
@needs("subsidies.account")
def accounts_of(kind: str, payee_id: int) -> ResponseReturnValue:
    """A payee's accounts, masked, and the form to note another."""
    return _accounts(kind, payee_id)


@blueprint.post("/subsidies/accounts/<any(households, organisations):kind>/<int:payee_id>")
@needs("subsidies.account")
def note_account(kind: str, payee_id: int) -> ResponseReturnValue:
    """Note another account."""

    def act() -> ResponseReturnValue:
        deed = claim_money.note_account(staged.typed_account(kind, payee_id))
        once("subsidies.account", deed, key=forms.sent_key(), body=forms.body())
        flash(t("已提交，待另一人复核"))
        return redirect(url_for("subsidy_money.accounts_of", kind=kind, payee_id=payee_id))

    return forms.attempt(act, lambda refused: _accounts(kind, payee_id, refused))


def _accounts(kind: str, payee_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    payee = (kind, payee_id)
    with reading() as session:
        found = payments.accounts(session, payee, keyring=house().keyring, by=actor())
        name = accounts.names_of(session, [payee], on=ledger.open_day(session)).get(payee, "—")
    return forms.page(
        "subsidy_account.html",
        refused,
        kind=kind,
        payee_id=payee_id,
        name=name,
        found=found,
        states=ACCOUNT_STATES,
        typed=request.form,
        claim_id=row_id(request.args.get("claim")),
        request_key=forms.kept_key(),
    )
