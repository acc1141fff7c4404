"""借据: the slip of one disbursement, part of its contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from loans.documents.parties import Agreed, Desk, Parties, agreed, find, parties
from loans.forms import CHANNELS
from loans.models import Disbursement, Loan, Reversal
from loans.refusals import DisbursementUnknown, LoanUnknown
from office.models import Voucher


@dataclass(frozen=True, slots=True)
class SlipPaper:
    """A slip, ready to be drawn."""

    on: date
    loan: Agreed
    parties: Parties
    slip_number: str
    #: which draw of the contract, from 1
    nr: int
    amount_fen: int
    value_date: date
    booking_date: date
    channel: str
    voucher_no: str
    every_months: int
    settle_on_day: int
    #: the day it was undone; None where it stands
    reversed_on: date | None
    reversed_reason: str


def slip(desk: Desk, slip_number: str) -> SlipPaper:
    """A slip with the whole identity number, for who may print it."""
    row = desk.session.execute(
        select(Disbursement, Loan.number, Voucher)
        .join(Loan, Loan.id == Disbursement.loan_id)
        .join(Voucher, Voucher.id == Disbursement.voucher_id)
        .where(Disbursement.slip_number == slip_number)
    ).one_or_none()
    if row is None:
        raise DisbursementUnknown(field="slip_number", number=slip_number)
    paid, number, voucher = row
    try:
        _line, loan = find(desk, number)
    except LoanUnknown:
        # Outside the scope the number of its contract is not told either.
        raise DisbursementUnknown(field="slip_number", number=slip_number) from None
    undone = desk.session.scalar(select(Reversal).where(Reversal.disbursement_id == paid.id))
    return SlipPaper(
        on=desk.on,
        loan=agreed(loan),
        parties=parties(desk, loan, whole=True),
        slip_number=paid.slip_number,
        nr=paid.nr,
        amount_fen=paid.amount_fen,
        value_date=paid.value_date,
        booking_date=paid.booking_date,
        channel=CHANNELS.get(voucher.channel, voucher.channel),
        voucher_no=voucher.voucher_no,
        every_months=loan.every_months,
        settle_on_day=loan.settle_on_day,
        reversed_on=None if undone is None else undone.booking_date,
        reversed_reason="" if undone is None else undone.reason,
    )


def slips_of(desk: Desk, number: str) -> list[str]:
    """The slips of a contract, in the order of its draws."""
    _line, loan = find(desk, number)
    return list(
        desk.session.scalars(
            select(Disbursement.slip_number)
            .where(Disbursement.loan_id == loan.id)
            .order_by(Disbursement.nr)
        )
    )
