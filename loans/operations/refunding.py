"""Paying credit back (退还溢缴款): what payments could not use leaves against a voucher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.money import format_yuan
from loans import mutual, record
from loans.operations.correcting import is_last, require_value_date
from loans.operations.finding import find_by_number, require_idle
from loans.operations.paying_party import payer_of
from loans.operations.repaying import Taken, take
from loans.refusals import AmountNotPositive, EventAfterWriteOff, RefundAboveCredit
from loans.replay import Event
from office import payments, rights

#: stands for the number of a row to come: the last of its day and kind
_TO_COME: Final = 2**62


@dataclass(frozen=True, slots=True)
class Refund:
    """Credit of a contract to be paid back, against a voucher."""

    number: str
    amount_fen: int
    channel: str
    voucher_no: str
    #: counts from this day; None: the open day
    value_date: date | None = None


def refund(session: Session, *, wanted: Refund, calendar: HolidayTable, on: date, by: Actor) -> int:
    """Pay credit back to whoever repays the contract; the repayment's id."""
    ledger.require_bookable(session, on)
    loan_id = find_by_number(session, [wanted.number])[wanted.number]
    one = record.load(session, [loan_id])[loan_id]
    loan = one.loan
    rights.allow(by, "loans.repay", region=loan.village_code, institution_id=loan.lender_id)
    if wanted.amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    require_value_date(wanted.value_date or on, on)
    if one.position.state == "written_off":
        raise EventAfterWriteOff(field="number", number=loan.number, day=on)
    event = Event("refund", wanted.value_date or on, _TO_COME, wanted.amount_fen)
    # What the credit was on an earlier day is asked of the life lived again.
    if is_last(one, event, on) and wanted.amount_fen > one.course.credit_fen:
        raise RefundAboveCredit(
            field="amount",
            number=loan.number,
            credit=format_yuan(one.course.credit_fen),
            amount=format_yuan(wanted.amount_fen),
        )
    require_idle(session, [one])
    slip = payments.VoucherSlip(
        loan.lender_id, wanted.channel, wanted.voucher_no, "out", wanted.amount_fen
    )
    (voucher_id,) = payments.book_vouchers(session, [slip], on=on)
    if loan.mode == mutual.MODE:
        mutual.take_money(session, loan.lender_id, wanted.amount_fen)
    taken = Taken(one, event, voucher_id, payer_of(loan))
    take(session, [taken], on=on, calendar=calendar)
    return taken.repayment_id
