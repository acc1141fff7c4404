"""追偿款返还: what lenders have recovered for others, by when it goes back, and giving it back."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import ledger
from kernel.money import typed_yuan
from kernel.refusals import Refusal
from loans.forms import CHANNELS
from office import rights
from risk_fund import claim_queries
from risk_fund.claim_queries import DueBack
from web import exports, funding
from web.access import needs
from web.context import actor, once, reading
from web.pages import forms
from web.pages.fund_claims import party, said, transfer_of, voucher
from web.words import t

blueprint = Blueprint("fund_recoveries", __name__, url_prefix="/fund")

_MAX_FEN: Final = 10**13
_BACK_TITLES: Final = (
    "返还期限", "合同号", "机构", "应返还给", "金额（元）", "追回入账日", "是否逾期",
)  # fmt: skip


@blueprint.get("/recoveries")
@needs("risk_fund.read")
def listed() -> ResponseReturnValue:
    """What lenders have recovered for others and not given back."""
    return _recoveries()


@blueprint.get("/recoveries.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The same as a file."""
    with reading() as session:
        on = ledger.open_day(session)
        found = _due(session, on)
    rows = (
        [
            one.return_by.isoformat(), one.number, one.lender, party(one.party),
            exports.amount(one.amount_fen), one.booked_on.isoformat(),
            t("逾期") if one.is_late(on) else "",
        ]
        for one in found
    )  # fmt: skip
    return exports.send_table(t("应返还追偿款"), [t(x) for x in _BACK_TITLES], rows, form)


@blueprint.post("/accounts/<int:account_id>/returns")
@needs("risk_fund.return")
def give_back(account_id: int) -> ResponseReturnValue:
    """Give back by voucher, to the fen."""
    sent = request.form

    def act() -> ResponseReturnValue:
        fen = typed_yuan(sent.get("amount", ""), field="amount", maximum=_MAX_FEN)
        to, transfer = sent.get("party", "")[:60], transfer_of()
        voucher_no = voucher("fund_voucher_no")
        deed = funding.give_back(account_id, fen, transfer, voucher_no, to)
        body = [account_id, fen, to, *said(transfer), voucher_no]
        once("risk_fund.return", deed, key=forms.sent_key(), body=body)
        flash(t("已返还"))
        return redirect(url_for("fund_recoveries.listed"))

    return forms.attempt(act, _recoveries)


def _due(session: Session, on: date) -> list[DueBack]:
    late = request.args.get("late") == "yes"
    return claim_queries.due_back(session, by=actor(), on=on, late_only=late)


def _recoveries(refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        found = _due(session, on)
        every = claim_queries.due_back(session, by=by, on=on)

    def of(one: DueBack) -> tuple[int, str, str]:
        return one.account_id, one.lender, one.party

    sums = [
        (*key, sum(one.amount_fen for one in rows))
        for key, rows in groupby(sorted(every, key=of), key=of)
    ]
    return forms.page(
        "fund_recoveries.html",
        refused,
        rows=found,
        sums=sums,
        late=request.args.get("late", ""),
        on=on,
        party=party,
        channels=CHANNELS,
        may_return=rights.may(by, "risk_fund.return"),
        sent=forms.entries(),
        request_key=forms.kept_key(),
    )
