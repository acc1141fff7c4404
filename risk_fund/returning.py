"""Giving recovered money back (返还追偿款): by voucher, to the fund and to guarantee companies.

Each part of a recovery goes back once. What an undone payment took back is set off against what is
given back next. Money that comes back to the fund raises its balance, and with it the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.money import format_yuan
from office.payments import VoucherSlip, book_vouchers
from policy import FUND, Rulebook
from risk_fund import accounts
from risk_fund.accounts import Movement
from risk_fund.claim_queries import not_given_back
from risk_fund.claims.paying import Transfer
from risk_fund.models import (
    FundAccount,
    FundBalance,
    FundClaim,
    FundMovement,
    FundReturn,
    FundReturnPart,
    Recovery,
    RecoveryShare,
)
from risk_fund.refusals import NothingToReturn, ReturnAmountDiffers


@dataclass(frozen=True, slots=True)
class Open:
    """A party's part of a recovery that has not gone back."""

    recovery_id: int
    loan_id: int
    amount_fen: int


def return_recoveries(
    session: Session,
    *,
    account_id: int,
    amount_fen: int,
    transfer: Transfer,
    fund_voucher_no: str = "",
    party: str = FUND,
    until: date | None = None,
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> int:
    """Give back what was recovered for a party (booked by ``until``); the return's number.

    The amount is what is due, to the fen. ``fund_voucher_no`` is the special account's voucher.
    """
    ledger.require_bookable(session, on)
    account = accounts.find(session, account_id, by, "risk_fund.return")
    accounts.require_past(transfer.value_date, on)
    # Two clerks give the same back: the second waits, and finds nothing left.
    session.get_one(FundBalance, account_id, with_for_update=True, populate_existing=True)
    parts = _due(session, account_id, party, until)
    due_fen = sum(part.amount_fen for part in parts)
    if due_fen <= 0:
        raise NothingToReturn(field="amount")
    if amount_fen != due_fen:
        raise ReturnAmountDiffers(
            field="amount", amount=format_yuan(amount_fen), owed=format_yuan(due_fen)
        )
    movement = None
    if party == FUND:
        movement = _into_fund(session, account, parts, transfer, fund_voucher_no, rulebook, on)
    row = _write(session, account, party, parts, transfer, movement, on)
    _book(session, row, account, parts, transfer)
    return row.id


def _due(session: Session, account_id: int, party: str, until: date | None) -> list[Open]:
    query = (
        not_given_back(Recovery.id, FundClaim.loan_id, RecoveryShare.amount_fen)
        .where(FundClaim.account_id == account_id, RecoveryShare.party == party)
        .order_by(Recovery.id)
    )
    if until is not None:
        query = query.where(Recovery.booked_on <= until)
    return [Open(*row) for row in session.execute(query)]


def _into_fund(
    session: Session,
    account: FundAccount,
    parts: Sequence[Open],
    transfer: Transfer,
    voucher_no: str,
    rulebook: Rulebook,
    on: date,
) -> FundMovement:
    fen = sum(part.amount_fen for part in parts)
    movement = accounts.record(
        session, account, Movement("recovery", fen, transfer.value_date, voucher_no), on=on
    )
    accounts.change(
        session,
        account,
        balance_fen=fen,
        conduct=rulebook.conduct(on=on, region=account.region_code),
    )
    cash = accounts.account_of(session, account, "fund_cash")
    owed = accounts.account_of(session, account, "fund_compensation")
    lines = [ledger.Line(owed, -part.amount_fen, part.loan_id) for part in parts]
    accounts.post(session, movement, [ledger.Line(cash, fen), *lines])
    return movement


def _write(
    session: Session,
    account: FundAccount,
    party: str,
    parts: Sequence[Open],
    transfer: Transfer,
    movement: FundMovement | None,
    on: date,
) -> FundReturn:
    fen = sum(part.amount_fen for part in parts)
    (voucher_id,) = book_vouchers(
        session,
        [VoucherSlip(account.lender_id, transfer.channel, transfer.voucher_no, "out", fen)],
        on=on,
    )
    row = FundReturn(
        account_id=account.id,
        party=party,
        amount_fen=fen,
        returned_on=on,
        movement_id=movement.id if movement is not None else None,
        voucher_id=voucher_id,
    )
    session.add(row)
    session.flush()
    session.execute(
        insert(FundReturnPart),
        [{"recovery_id": part.recovery_id, "party": party, "return_id": row.id} for part in parts],
    )
    return row


def _book(
    session: Session,
    row: FundReturn,
    account: FundAccount,
    parts: Sequence[Open],
    transfer: Transfer,
) -> None:
    def lender(kind: str) -> int:
        return accounts.lender_account(session, account.lender_id, kind)

    payable = lender("recovery_payable")
    lines = [ledger.Line(payable, part.amount_fen, part.loan_id) for part in parts]
    ledger.post(
        session,
        source_kind="fund_returns",
        source_id=row.id,
        booking_date=row.returned_on,
        value_date=transfer.value_date,
        lines=[*lines, ledger.Line(lender("funds"), -row.amount_fen)],
    )
