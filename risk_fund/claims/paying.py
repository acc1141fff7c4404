"""Paying a claim (代偿): out of the special account by voucher, into the lender's books.

The fund pays first, and the claim is paid with it; guarantee companies pay their parts when they
do. The household's debt does not change: it is held in shares from now on, and the lender's own
balance is less by what it received. Principal that was paid for is under no cover any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.database import sum_of
from loans import record
from loans.cover import covered_fen
from loans.models import Loan, Repayment
from loans.operations.covering import COMPENSATED, exclude_from_cover
from office import approvals
from office.payments import VoucherSlip, book_vouchers
from policy import FUND, GUARANTEE, Rulebook
from risk_fund import accounts
from risk_fund.accounts import Movement
from risk_fund.claims.deciding import move, not_in_state, pledged, require_still_owed
from risk_fund.claims.record import find, households_of, makers_of, shares_of, step
from risk_fund.models import (
    Compensation,
    FundAccount,
    FundClaim,
    FundMovement,
    Recovery,
    RecoveryShare,
)
from risk_fund.refusals import FundPartyUnknown, PartyHasPaid


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money that reaches the lender: its channel and voucher, and the day it moved."""

    channel: str
    voucher_no: str
    value_date: date


def pay_claim(
    session: Session,
    *,
    claim_id: int,
    transfer: Transfer,
    fund_voucher_no: str,
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> int:
    """Pay the fund's part of an approved claim; the movement of the special account."""
    ledger.require_bookable(session, on)
    claim, loan, position = find(session, claim_id, by, "risk_fund.pay")
    if position.state != "approved":
        raise not_in_state(claim, position, "代偿", "paid")
    approvals.require_other(by, makers_of(session, claim_id), households_of(session, loan, by))
    accounts.require_past(transfer.value_date, on)
    require_still_owed(session, claim, on=on)
    move(session, claim, position, "paid")
    step(session, claim, "paid", on=on, by=by)
    account = session.get_one(FundAccount, claim.account_id)
    fund_fen = pledged(session, claim)
    movement = accounts.record(
        session,
        account,
        Movement("compensation", -fund_fen, transfer.value_date, fund_voucher_no),
        on=on,
    )
    accounts.change(
        session,
        account,
        balance_fen=-fund_fen,
        pledged_fen=-fund_fen,
        conduct=rulebook.conduct(on=on, region=account.region_code),
    )
    _book_fund(session, account, movement, loan)
    compensation = _receive(
        session, claim, loan, transfer, party=FUND, amount_fen=fund_fen, movement=movement, on=on
    )
    _book_lender(session, compensation, loan, transfer, recovered_fen=0)
    _spend_cover(session, claim, on)
    return movement.id


def _book_fund(session: Session, account: FundAccount, movement: FundMovement, loan: Loan) -> None:
    owed = accounts.account_of(session, account, "fund_compensation")
    cash = accounts.account_of(session, account, "fund_cash")
    accounts.post(
        session,
        movement,
        [
            ledger.Line(owed, -movement.amount_fen, loan.id),
            ledger.Line(cash, movement.amount_fen),
        ],
    )


def _receive(
    session: Session,
    claim: FundClaim,
    loan: Loan,
    transfer: Transfer,
    *,
    party: str,
    amount_fen: int,
    movement: FundMovement | None = None,
    on: date,
) -> Compensation:
    (voucher_id,) = book_vouchers(
        session,
        [VoucherSlip(loan.lender_id, transfer.channel, transfer.voucher_no, "in", amount_fen)],
        on=on,
    )
    row = Compensation(
        claim_id=claim.id,
        party=party,
        amount_fen=amount_fen,
        paid_on=on,
        movement_id=movement.id if movement is not None else None,
        voucher_id=voucher_id,
        repayments_before=_last_repayment(session, loan),
    )
    session.add(row)
    session.flush()
    return row


def _last_repayment(session: Session, loan: Loan) -> int:
    """The loan is locked: a repayment that is booked later gets a higher number."""
    return session.scalar(select(func.max(Repayment.id)).where(Repayment.loan_id == loan.id)) or 0


def _book_lender(
    session: Session, row: Compensation, loan: Loan, transfer: Transfer, *, recovered_fen: int
) -> None:
    """The lender's side; what was recovered before a late party paid is owed to it at once."""

    def account(kind: str) -> int:
        return accounts.lender_account(session, loan.lender_id, kind)

    ledger.post(
        session,
        source_kind="fund_compensations",
        source_id=row.id,
        booking_date=row.paid_on,
        value_date=transfer.value_date,
        lines=[
            ledger.Line(account("funds"), row.amount_fen),
            ledger.Line(account("compensated"), recovered_fen - row.amount_fen, loan.id),
            ledger.Line(account("recovery_payable"), -recovered_fen, loan.id),
        ],
    )


def _spend_cover(session: Session, claim: FundClaim, on: date) -> None:
    """Principal that was compensated is not covered again.

    What the cap leaves above the principal out covers nothing: it is not what is spent.
    """
    one = record.load(session, [claim.loan_id])[claim.loan_id]
    covered = covered_fen(one.course.principal_fen, one.position.cover_cap_fen)
    if claim.principal_fen and covered:
        exclude_from_cover(
            session,
            loan_id=claim.loan_id,
            cap_fen=max(0, covered - claim.principal_fen),
            clause=f"第{claim.id}号代偿申请已代偿本金",
            on=on,
            reason=COMPENSATED,
        )


def note_compensation(
    session: Session, *, claim_id: int, party: str, transfer: Transfer, on: date, by: Actor
) -> int:
    """Note that a guarantee company has paid the lender its part of a paid claim."""
    ledger.require_bookable(session, on)
    claim, loan, position = find(session, claim_id, by, "risk_fund.return")
    if position.state != "paid":
        raise not_in_state(claim, position, "登记担保代偿", "paid by others")
    accounts.require_past(transfer.value_date, on)
    share = next((row for row in shares_of(session, claim_id) if row.party == party), None)
    if share is None or not party.startswith(GUARANTEE) or not share.amount_fen:
        raise FundPartyUnknown(field="party", party=party[:40])
    paid = select(Compensation.id).where(
        Compensation.claim_id == claim_id, Compensation.party == party
    )
    if session.scalar(paid) is not None:
        raise PartyHasPaid(field="party", party=party, number=claim_id)
    row = _receive(session, claim, loan, transfer, party=party, amount_fen=share.amount_fen, on=on)
    recovered = (
        select(sum_of(RecoveryShare.amount_fen))
        .join(Recovery, Recovery.id == RecoveryShare.recovery_id)
        .where(Recovery.claim_id == claim_id, RecoveryShare.party == party)
    )
    _book_lender(session, row, loan, transfer, recovered_fen=session.scalar(recovered) or 0)
    return row.id
