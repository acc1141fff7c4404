"""Undoing (冲正): a disbursement, a repayment or a change that should not be on the books.

What was recorded stays; the loan is lived again without it, and the books receive the difference
as entries of the open day. A reversal is never reversed: the event is entered anew.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.calendar import HolidayTable
from ledger.refusals import ReversalOfReversal
from loans import booking, mutual, record
from loans.models import Change, Disbursement, Repayment, Reversal
from loans.operations.correcting import Cause, correct
from loans.operations.covering import lift, refuse_compensated
from loans.operations.finding import require_idle
from loans.record import Loaded
from loans.refusals import (
    ChangeUnknown,
    DisbursementUnknown,
    EventAlreadyReversed,
    RepaymentUnknown,
)
from loans.replay import Event
from office import rights
from office.refusals import ReasonMissing


def reverse_disbursement(
    session: Session,
    *,
    slip_number: str,
    reason: str,
    calendar: HolidayTable,
    on: date,
    by: Actor,
) -> None:
    """Undo a disbursement; the mirror image of its entry is booked on the open day."""
    slip = session.scalar(select(Disbursement).where(Disbursement.slip_number == slip_number))
    if slip is None:
        raise DisbursementUnknown(field="slip_number", number=slip_number)
    one = _begin(session, slip.loan_id, reason, on, by)
    refuse_compensated(session, one)
    event = _event(session, one, ("draw", slip.id), f"借据{slip_number}")
    reversal = _undo(session, on, reason, disbursement_id=slip.id)
    entry_id = ledger.entry_of(session, "disbursements", slip.id)
    assert entry_id is not None
    ledger.reverse(
        session,
        entry_id=entry_id,
        source_kind="reversals",
        source_id=reversal.id,
        booking_date=on,
        value_date=on,
    )
    _live_without(session, one, event, reason, on, calendar)
    lift(session, one, slip.id, on=on)


def reverse_repayment(
    session: Session,
    *,
    repayment_id: int,
    reason: str,
    calendar: HolidayTable,
    on: date,
    by: Actor,
) -> None:
    """Undo a payment, a refund, a write-off or a recovery: the money goes back the way it came."""
    repayment = session.get(Repayment, repayment_id)
    if repayment is None or repayment.kind == "credit":
        raise RepaymentUnknown(field="repayment_id", number=repayment_id)
    one = _begin(session, repayment.loan_id, reason, on, by)
    event = _event(session, one, ("repayment", repayment_id), f"第{repayment_id}号还款")
    if one.loan.mode == mutual.MODE and repayment.kind in {"payment", "recovery"}:
        # A village fund has no other money than its own: what was lent again cannot go back.
        mutual.take_money(session, one.loan.lender_id, repayment.amount_fen)
    _undo(session, on, reason, repayment_id=repayment_id)
    _live_without(session, one, event, reason, on, calendar)


def reverse_change(
    session: Session,
    *,
    change_id: int,
    reason: str,
    calendar: HolidayTable,
    on: date,
    by: Actor,
) -> None:
    """Undo a change, a finding of misuse among them: it never had effect."""
    change = session.get(Change, change_id)
    if change is None:
        raise ChangeUnknown(field="change_id", number=change_id)
    one = _begin(session, change.loan_id, reason, on, by)
    event = _event(session, one, ("change", change_id), f"第{change_id}号变更")
    _undo(session, on, reason, change_id=change_id)
    _live_without(session, one, event, reason, on, calendar)


def refuse_reversal_of_reversal(session: Session, reversal_id: int) -> None:
    """Whoever asks to undo a reversal is told what to do instead."""
    if session.get(Reversal, reversal_id) is not None:
        raise ReversalOfReversal(field="reversal_id")


def _begin(session: Session, loan_id: int, reason: str, on: date, by: Actor) -> Loaded:
    ledger.require_bookable(session, on)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    one = record.load(session, [loan_id])[loan_id]
    loan = one.loan
    rights.allow(by, "loans.reverse", region=loan.village_code, institution_id=loan.lender_id)
    require_idle(session, [one])
    return one


def _event(session: Session, one: Loaded, key: tuple[str, int], what: str) -> Event:
    """The event as it stands; one that does not was undone before."""
    for event in record.events_of(session, one.loan.id):
        if event.key == key:
            return event
    raise EventAlreadyReversed(field=f"{key[0]}_id", number=one.loan.number, what=what)


def _undo(session: Session, on: date, reason: str, **which: int) -> Reversal:
    reversal = Reversal(booking_date=on, reason=reason.strip(), **which)
    session.add(reversal)
    session.flush()
    return reversal


def _live_without(
    session: Session,
    one: Loaded,
    event: Event,
    reason: str,
    on: date,
    calendar: HolidayTable,
) -> None:
    correct(
        session,
        one,
        record.events_of(session, one.loan.id),
        Cause("reversal", event.on, reason.strip()),
        on=on,
        calendar=calendar,
        undone=event,
    )
    booking.book_settlements(session, on)
    booking.book_repayments(session, on)
