"""The money of subsidies over the API: files and the bank's answers, accounts, what comes back."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from subsidies import payment
from subsidies.clawback import Back
from subsidies.payment import reading as payments
from web import claim_money, claim_view, claiming, uploads
from web.api import paging
from web.api import subsidies_asked as asking
from web.api import subsidies_schemas as schemas
from web.api.lending_schemas import NoForm
from web.api.routes import Routes, do_once
from web.context import actor, house, reading
from web.exports import send_file_of

routes = Routes("subsidies_money", "贴息拨付 · payment files, bank's answers, accounts, clawbacks")

_CLAIM: Final = "/subsidies/claims/<int:claim_id>"


@routes.get(
    f"{_CLAIM}/files/<int:nr>/rows",
    command="subsidies.read",
    query=paging.PageQuery,
    answers=paging.page_of(schemas.PaymentAnswer),
)
def rows(query: dict[str, Any], claim_id: int, nr: int) -> dict[str, Any]:
    """付款文件明细，账号只显示末四位。Rows of a payment file, accounts masked."""
    limit = query["limit"]
    with reading() as session:
        file = payments.file_of(session, claim_id, nr, by=actor())
        found = payments.payments(
            session,
            file,
            keyring=house().keyring,
            after_nr=paging.after(query.get("cursor")),
            limit=limit + 1,
        )
    return paging.page(found, limit, found[limit - 1].nr if len(found) > limit else None)


@routes.get(
    f"{_CLAIM}/payment-file",
    command="subsidies.pay",
    query=asking.FileQuery,
    media="application/octet-stream",
)
def content(query: dict[str, Any], claim_id: int) -> Response:
    """下载付款文件（含完整账号，送银行）。The file for the bank, with whole account numbers."""
    with reading() as session:
        name, found = payment.file_content(
            session, claim_id=claim_id, keyring=house().keyring, by=actor(), form=query["form"]
        )
    return send_file_of(name, found)


@routes.post(
    f"{_CLAIM}/bank-return",
    command="subsidies.bank_return",
    form=NoForm,
    answers=schemas.StepAnswer,
    status=201,
    keyed=True,
)
def take_answer(_form: dict[str, Any], claim_id: int) -> dict[str, Any]:
    """导入银行回盘文件。Take in the bank's answer; a file with a fault is taken in not at all."""
    with uploads.received() as upload:
        answer = payment.read_answer(upload.path, name=upload.name)
    deed = claiming.take_answer(claim_id, answer)
    return do_once("subsidies.bank_return", deed, body=[claim_id, answer.sha256])


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
