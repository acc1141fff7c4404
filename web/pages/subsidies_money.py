"""A claim's money: the file for the bank, its rows, the answer, accounts, what is given up."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import ledger
from kernel.refusals import Refusal
from subsidies import payment
from subsidies.payment import accounts
from subsidies.payment import reading as payments
from subsidies.payment.owed import last_file
from web import claim_money, claiming, exports, uploads
from web.access import needs
from web.bank_answers import template_of
from web.context import actor, house, once, reading
from web.fields import row_id
from web.pages import forms
from web.pages.subsidies_claim import REASONS, RESULTS, claim_page
from web.words import t

blueprint = Blueprint("subsidy_money", __name__)

PAGE: Final = 100
#: where an account comes from, or what a second person said of it
ACCOUNT_STATES: Final = {
    "register": "取自名册",
    "waiting": "待复核",
    "approved": "已复核",
    "rejected": "未通过",
}


@blueprint.get("/subsidies/claims/<int:claim_id>/payment.<any(csv, txt):form>")
@needs("subsidies.pay")
def content(claim_id: int, form: str) -> ResponseReturnValue:
    """The file for the bank, with whole numbers of accounts."""
    with reading() as session:
        name, found = payment.file_content(
            session, claim_id=claim_id, keyring=house().keyring, by=actor(), form=form
        )
    return exports.send_file_of(name, found)


@blueprint.get("/subsidies/claims/<int:claim_id>/bank-return.csv")
@needs("subsidies.pay")
def answer_template(claim_id: int) -> ResponseReturnValue:
    """An answer to the file for a bank that gives none: results are filled in by hand."""
    with reading() as session:
        name, found = payment.file_content(
            session, claim_id=claim_id, keyring=house().keyring, by=actor()
        )
        encoding = last_file(session, claim_id).encoding
    batch_no = name.removesuffix(".csv")
    return exports.send_file_of(f"{batch_no}-回盘.csv", template_of(found, encoding))


@blueprint.get("/subsidies/claims/<int:claim_id>/files/<int:nr>")
@needs("subsidies.read")
def rows(claim_id: int, nr: int) -> ResponseReturnValue:
    """A payment file, row by row, accounts masked."""
    after = row_id(request.args.get("after"))
    with reading() as session:
        file = payments.file_of(session, claim_id, nr, by=actor())
        found = payments.payments(
            session, file, keyring=house().keyring, after_nr=after, limit=PAGE + 1
        )
    return forms.page(
        "subsidy_file.html",
        file=file,
        rows=found[:PAGE],
        following=found[PAGE - 1].nr if len(found) > PAGE else None,
        results=RESULTS,
        reasons=REASONS,
    )


@blueprint.post("/subsidies/claims/<int:claim_id>/bank-return")
@needs("subsidies.bank_return")
def take_answer(claim_id: int) -> ResponseReturnValue:
    """Take in the bank's answer; its faults are shown line by line."""
    faults: list[dict[str, object]] = []

    def act() -> ResponseReturnValue:
        with uploads.received() as upload:
            answer = payment.read_answer(upload.path, name=upload.name)
        faults.extend(fault.as_dict() for fault in answer.faults)
        deed = claiming.take_answer(claim_id, answer)
        body = [claim_id, answer.sha256]
        done = once("subsidies.bank_return", deed, key=forms.sent_key(), body=body)
        flash(t("银行已付{paid}元，退票{returned}元", paid=done["paid"], returned=done["returned"]))
        return redirect(url_for("subsidy_claim.one", claim_id=claim_id))

    return forms.attempt(act, lambda refused: claim_page(claim_id, refused, faults=faults))


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
        typed = {
            name: request.form.get(name, "").strip()[:longest]
            for name, longest in (("holder", 60), ("number", 40), ("bank", 60), ("reason", 200))
        }
        noted = payment.AccountNoted(kind, payee_id, **typed)
        body: list[Any] = [kind, payee_id, sorted(typed.items())]
        deed = claim_money.note_account(noted)
        once("subsidies.account", deed, key=forms.sent_key(), body=body)
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
