"""The money of subsidies over the API: files and the bank's answers, accounts, what comes back."""

from __future__ import annotations

from typing import Any

from flask import request

from subsidies import payment
from subsidies.clawback import Back
from subsidies.payment import reading as payments
from web import claim_money, claim_view
from web.api import staged
from web.api import subsidies_asked as asking
from web.api import subsidies_schemas as schemas
from web.api.routes import Routes, do_once
from web.claiming import WAY
from web.context import actor, house, reading

routes = Routes("subsidies_money", "贴息拨付 · payment files, bank's answers, accounts, clawbacks")

staged.offer_files(
    routes,
    WAY,
    form=asking.FileQuery,
    row=schemas.PaymentAnswer,
    answers=schemas.StepAnswer,
)


@routes.get(
    "/subsidies/accounts",
    command="subsidies.account",
    query=asking.AccountsQuery,
    answers=schemas.AccountAnswer(many=True),
)
def accounts(query: dict[str, Any]) -> list[payments.AccountTold]:
    """收款账户，只显示末四位。A payee's accounts, masked, with what a second person said."""
    payee = (query["payee_kind"], query["payee_id"])
    with reading() as session:
        return payments.accounts(session, payee, keyring=house().keyring, by=actor())


@routes.post(
    "/subsidies/accounts",
    command="subsidies.account",
    body=asking.AccountBody,
    answers=schemas.Proposed,
    status=201,
    keyed=True,
)
def note_account(asked: dict[str, Any]) -> dict[str, Any]:
    """登记或更正收款账户，待另一人复核。Note an account; a second person confirms it."""
    deed = claim_money.note_account(payment.AccountNoted(**asked))
    return do_once("subsidies.account", deed, body=request.get_json())


@routes.post(
    "/subsidies/give-backs",
    command="subsidies.give_back",
    body=asking.GiveBackBody,
    answers=schemas.Proposed,
    status=201,
    keyed=True,
)
def give_back(asked: dict[str, Any]) -> dict[str, Any]:
    """退票退回预算，待另一人决定。Give up what the bank sent back; a second person decides."""
    deed = claim_money.ask_give_back(**asked)
    return do_once("subsidies.give_back", deed, body=request.get_json())


@routes.get(
    "/subsidies/clawbacks",
    command="subsidies.read",
    answers=schemas.OwedBackAnswer(many=True),
)
def owed_back() -> list[dict[str, Any]]:
    """待追回的贴息。Who owes what back."""
    with reading() as session:
        return [
            {
                "lender_id": owed.lender_id,
                "lender": lender,
                "route": owed.route,
                "payer_kind": owed.payer_kind,
                "payer_id": owed.payer_id,
                "payer": payer,
                "amount_fen": owed.amount_fen,
                "rows": owed.rows,
            }
            for owed, lender, payer in claim_view.owed_back(session, actor())
        ]


@routes.post(
    "/subsidies/clawbacks",
    command="subsidies.clawback",
    body=asking.BackBody,
    answers=schemas.ClawedBack,
    status=201,
    keyed=True,
)
def claw_back(asked: dict[str, Any]) -> dict[str, Any]:
    """追回贴息入账。Book what somebody pays back, all of it by one voucher."""
    deed = claim_money.claw_back(Back(**asked))
    return do_once("subsidies.clawback", deed, body=request.get_json())
