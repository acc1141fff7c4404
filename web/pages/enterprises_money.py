"""A round's money: the file for the bank, its rows, the bank's answer, corrected accounts."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import ledger
from enterprises import payment
from enterprises.dividends import reading as dividends
from enterprises.payment.owed import last_file
from kernel.identity import mask_account
from kernel.refusals import NotFound, Refusal
from office import payouts
from office.payouts import HOUSEHOLDS
from web import dividend_deeds, dividend_view, enterprise_view, exports, uploads
from web.access import needs
from web.bank_answers import template_of
from web.context import actor, house, once, reading
from web.fields import row_id
from web.pages import forms
from web.pages.enterprises import body
from web.pages.enterprises_dividends import REASONS, RESULTS, round_page
from web.words import t

blueprint = Blueprint("enterprises_money", __name__)

PAGE: Final = 100
_ROUND: Final = "/enterprises/dividends/<int:round_id>"


@blueprint.get(f"{_ROUND}/payment.<any(csv, txt):form>")
@needs("enterprises.pay")
def content(round_id: int, form: str) -> ResponseReturnValue:
    """The file for the bank, with whole numbers of accounts."""
    with reading() as session:
        name, found = payment.file_content(
            session, round_id=round_id, keyring=house().keyring, by=actor(), form=form
        )
    return exports.send_file_of(name, found)


@blueprint.get(f"{_ROUND}/bank-return.csv")
@needs("enterprises.pay")
def answer_template(round_id: int) -> ResponseReturnValue:
    """An answer to the file for a bank that gives none: results are filled in by hand."""
    with reading() as session:
        name, found = payment.file_content(
            session, round_id=round_id, keyring=house().keyring, by=actor()
        )
        file = last_file(session, round_id)
    if file is None:
        raise NotFound(field="round_id", what="付款文件")
    answer = f"{name.removesuffix('.csv')}-回盘.csv"
    return exports.send_file_of(answer, template_of(found, file.encoding))


@blueprint.get(f"{_ROUND}/files/<int:nr>")
@needs("enterprises.read")
def rows(round_id: int, nr: int) -> ResponseReturnValue:
    """A payment file, row by row, accounts masked."""
    after = row_id(request.args.get("after"))
    with reading() as session:
        dividend_view.seen(session, round_id, actor())
        file = dividends.file_of(session, round_id, nr, by=actor())
        found = dividends.payments(
            session, file.id, keyring=house().keyring, by=actor(), after_nr=after, limit=PAGE + 1
        )
    return forms.page(
        "dividend_file.html",
        file=file,
        rows=found[:PAGE],
        following=found[PAGE - 1].nr if len(found) > PAGE else None,
        results=RESULTS,
        reasons=REASONS,
    )


@blueprint.post(f"{_ROUND}/bank-return")
@needs("enterprises.bank_return")
def take_answer(round_id: int) -> ResponseReturnValue:
    """Take in the bank's answer; its faults are shown line by line."""
    faults: list[dict[str, object]] = []

    def act() -> ResponseReturnValue:
        with uploads.received() as upload:
            answer = payment.read_answer(upload.path, name=upload.name)
        faults.extend(fault.as_dict() for fault in answer.faults)
        deed = dividend_deeds.take_answer(round_id, answer)
        sent = [round_id, answer.sha256]
        done = once("enterprises.bank_return", deed, key=forms.sent_key(), body=sent)
        flash(t("银行已付{paid}元，退票{returned}元", paid=done["paid"], returned=done["returned"]))
        return redirect(url_for("enterprises_dividends.one", round_id=round_id))

    return forms.attempt(act, lambda refused: round_page(round_id, refused, faults=faults))


@blueprint.post(f"{_ROUND}/releases")
@needs("enterprises.release")
def release(round_id: int) -> ResponseReturnValue:
    """Ask that a dividend nobody can have go back into the pool."""
    given = request.form.get

    def act() -> ResponseReturnValue:
        asked = payment.Release(
            round_id=round_id,
            household_id=row_id(given("household_id")),
            cause=given("cause", "")[:20],
            reason=given("reason", "").strip()[:200],
            document_no=given("document_no", "").strip()[:60],
        )
        deed = dividend_deeds.ask_release(asked)
        once("enterprises.release", deed, key=forms.sent_key(), body=body())
        flash(t("已提交，待另一人决定"))
        return redirect(url_for("enterprises_dividends.one", round_id=round_id))

    return forms.attempt(act, lambda refused: round_page(round_id, refused))


@blueprint.get(f"{_ROUND}/accounts/<int:household_id>")
@needs("enterprises.account")
def accounts_of(round_id: int, household_id: int) -> ResponseReturnValue:
    """A household's accounts, masked, and the form to note another."""
    return _accounts(round_id, household_id)


@blueprint.post(f"{_ROUND}/accounts/<int:household_id>")
@needs("enterprises.account")
def note_account(round_id: int, household_id: int) -> ResponseReturnValue:
    """Note another account."""

    def act() -> ResponseReturnValue:
        typed = {
            name: request.form.get(name, "").strip()[:longest]
            for name, longest in (("holder", 60), ("number", 40), ("bank", 60), ("reason", 200))
        }
        noted = payment.AccountNoted(HOUSEHOLDS, household_id, **typed)
        deed = dividend_deeds.note_account(noted)
        once("enterprises.account", deed, key=forms.sent_key(), body=body())
        flash(t("已提交，待另一人复核"))
        return redirect(
            url_for("enterprises_money.accounts_of", round_id=round_id, household_id=household_id)
        )

    return forms.attempt(act, lambda refused: _accounts(round_id, household_id, refused))


def _accounts(
    round_id: int, household_id: int, refused: Refusal | None = None
) -> ResponseReturnValue:
    by, keyring = actor(), house().keyring
    with reading() as session:
        on = ledger.open_day(session)
        dividend_view.seen(session, round_id, by)
        version = dividends.round_page(session, round_id, by=by).told.version
        told = dividends.row_of(session, round_id, version, household_id, on=on, by=by)
        noted = payouts.noted_of(session, (HOUSEHOLDS, household_id))
        words = enterprise_view.words_of(session, payouts.SUBJECT, [one.id for one in noted])
        found: list[tuple[Any, str, Any]] = [
            (one, mask_account(payouts.number_of(one, keyring)), words.get(one.id)) for one in noted
        ]
    return forms.page(
        "dividend_account.html",
        refused,
        round_id=round_id,
        told=told,
        found=found,
        decisions=enterprise_view.DECISIONS,
        typed=forms.entries(),
        request_key=forms.kept_key(),
    )
