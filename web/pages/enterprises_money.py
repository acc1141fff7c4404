"""A round's money: the file for the bank, its rows, the bank's answer, corrected accounts."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import ledger
from enterprises import payment
from enterprises.dividends import reading as dividends
from enterprises.dividends.funding import Funded
from kernel.identity import mask_account
from kernel.money import typed_yuan
from kernel.refusals import Refusal
from loans.forms import CHANNELS
from office import payouts
from office.payouts import HOUSEHOLDS
from web import dividend_deeds, dividend_view, enterprise_view
from web.access import needs
from web.context import actor, house, once, reading
from web.fields import row_id
from web.pages import forms, staged
from web.pages.enterprises import enterprise_page, text
from web.pages.enterprises_dividends import PAGES, round_page
from web.words import t

blueprint = Blueprint("enterprises_money", __name__)

_ROUND: Final = PAGES.way.path


staged.offer_files(blueprint, PAGES, "dividend_file.html")


@blueprint.post("/enterprises/<int:organisation_id>/fundings")
@needs("enterprises.fund")
def receive(organisation_id: int) -> ResponseReturnValue:
    """Book what an enterprise paid into its pool; back to the round that it was entered at."""
    round_id = row_id(request.form.get("round_id"))
    at = (
        url_for("enterprises_dividends.one", round_id=round_id)
        if round_id
        else url_for("enterprises.one", organisation_id=organisation_id)
    )

    def act() -> ResponseReturnValue:
        channel = text("channel", 20)
        funded = Funded(
            organisation_id=organisation_id,
            amount_fen=typed_yuan(text("amount"), field="amount"),
            payer_code=text("payer_code", 40),
            payer_account=text("payer_account", 40),
            voucher_no=text("voucher_no", 64),
            channel=channel if channel in CHANNELS else "transfer",
        )
        deed = dividend_deeds.receive(funded)
        once("enterprises.fund", deed, key=forms.sent_key(), body=forms.body())
        flash(t("缴存已入账"))
        return redirect(at)

    def again(refused: Refusal) -> ResponseReturnValue:
        if round_id:
            return round_page(round_id, refused)
        return enterprise_page(organisation_id, refused)

    return forms.attempt(act, again)


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
        once("enterprises.release", deed, key=forms.sent_key(), body=forms.body())
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
        deed = dividend_deeds.note_account(staged.typed_account(HOUSEHOLDS, household_id))
        once("enterprises.account", deed, key=forms.sent_key(), body=forms.body())
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
