"""Taking money in: what is due first, in the contract's order; the rest early, or as credit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

import credit
import ledger
from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.database import insert_many, sum_of
from kernel.money import format_yuan
from loans import booking, limits, record
from loans.cover import covered_fen
from loans.models import FAR, Allocation, Due, Loan, Repayment, Reversal
from loans.operations.correcting import (
    Cause,
    Entered,
    correct,
    is_last,
    noted,
    require_value_date,
)
from loans.operations.finding import borrowing_household, find_by_number, require_idle
from loans.operations.paying_party import Party, parties
from loans.refusals import AmountNotPositive, LoanOver, NothingDisbursed, RecoveryAboveLoss
from loans.replay import Event, Life
from office import payments, rights

#: stands for the number of a row to come: the last of its day and kind
_TO_COME = 2**62


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received for a contract, against a voucher.

    ``early``: what is left after everything due goes to principal before its time; if not, it is
    kept as the loan's credit. On a loan that was written off every payment is a recovery.
    """

    number: str
    amount_fen: int
    channel: str
    voucher_no: str
    early: bool = False
    #: counts from this day; None: the open day
    value_date: date | None = None
    #: who brings it: an organisation's credit code or a household's number; empty: the contract's
    payer: str = ""


def repay_many(
    session: Session, *, payments_in: Sequence[Payment], calendar: HolidayTable, on: date, by: Actor
) -> list[int]:
    """Take payments in; the repayments' ids, in order.

    Raises the refusal of the first row that breaks a rule; nothing is taken then. A payment that
    is not the last event of its loan is entered by living the loan again.
    """
    ledger.require_bookable(session, on)
    ids = find_by_number(session, [payment.number for payment in payments_in])
    loaded = record.load(session, ids.values())
    for payment in payments_in:
        _check(payment, loaded[ids[payment.number]], on, by)
    require_idle(session, loaded.values())
    vouchers = _book_vouchers(session, payments_in, ids, loaded, on)
    payers = parties(
        session, [(payment.payer, loaded[ids[payment.number]].loan) for payment in payments_in]
    )
    lost_on = _lost_on(session, loaded)
    taken = [
        Taken(
            loaded[ids[payment.number]],
            _event(payment, lost_on.get(ids[payment.number], FAR), on),
            voucher_id,
            payer,
        )
        for payment, voucher_id, payer in zip(payments_in, vouchers, payers, strict=True)
    ]
    _require_loss_left(session, taken)
    take(session, taken, on=on, calendar=calendar)
    return [one.repayment_id for one in taken]


def _require_loss_left(session: Session, taken: Sequence[Taken]) -> None:
    """No more is recovered than was lost; what was lost is what the write-off's dues took."""
    recovered = {one.one.loan.id: one for one in taken if one.event.kind == "recovery"}
    for ids in record.lots(recovered):
        lost = (
            select(sum_of(Allocation.amount_fen))
            .join(Repayment, Repayment.id == Allocation.repayment_id)
            .where(Repayment.loan_id == Loan.id, Repayment.kind == "write_off")
            .correlate(Loan)
            .scalar_subquery()
        )
        back = (
            select(sum_of(Repayment.amount_fen))
            .where(
                Repayment.loan_id == Loan.id,
                Repayment.kind == "recovery",
                ~exists().where(Reversal.repayment_id == Repayment.id),
            )
            .correlate(Loan)
            .scalar_subquery()
        )
        for loan_id, left_fen in session.execute(
            select(Loan.id, lost - back).where(Loan.id.in_(ids))
        ):
            fen = recovered[loan_id].event.amount_fen
            if fen > left_fen:
                raise RecoveryAboveLoss(
                    field="amount",
                    number=recovered[loan_id].one.loan.number,
                    left=format_yuan(left_fen),
                    amount=format_yuan(fen),
                )


@dataclass(slots=True)
class Taken:
    """A repayment about to be written: its loan, the event it is, who pays against what."""

    one: record.Loaded
    event: Event
    voucher_id: int | None
    payer: Party | None
    to_credit_fen: int = 0
    repayment_id: int = 0
    #: 0 for an event entered on its day, as the last one of its loan
    correction: int = 0

    @property
    def row(self) -> dict[str, object]:
        """Its row."""
        early = self.event.kind == "early_payment"
        return {
            "loan_id": self.one.loan.id,
            "kind": "payment" if early else self.event.kind,
            "early": early,
            "amount_fen": self.event.amount_fen,
            "to_credit_fen": self.to_credit_fen,
            "payer_kind": self.payer.kind if self.payer else "",
            "payer_id": self.payer.id if self.payer else 0,
            "value_date": self.event.on,
            "voucher_id": self.voucher_id,
            "correction": self.correction,
        }


def _check(payment: Payment, one: record.Loaded, on: date, by: Actor) -> None:
    loan = one.loan
    rights.allow(by, "loans.repay", region=loan.village_code, institution_id=loan.lender_id)
    if payment.amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    require_value_date(payment.value_date or on, on)
    if not one.position.drawn_fen:
        raise NothingDisbursed(field="number", number=loan.number)
    # A payment with an earlier value date is asked of the life lived again.
    if one.position.state == "settled" and payment.value_date in {None, on}:
        raise LoanOver(field="number", number=loan.number)


def _lost_on(session: Session, loaded: dict[int, record.Loaded]) -> dict[int, date]:
    """The days on which these loans were written off, those that were."""
    lost = [loan_id for loan_id, one in loaded.items() if one.position.state == "written_off"]
    found: dict[int, date] = {}
    for ids in record.lots(lost):
        rows = session.execute(
            select(Repayment.loan_id, Repayment.value_date).where(
                Repayment.loan_id.in_(ids),
                Repayment.kind == "write_off",
                ~exists().where(Reversal.repayment_id == Repayment.id),
            )
        )
        found.update({row[0]: row[1] for row in rows})
    return found


def _event(payment: Payment, lost_on: date, on: date) -> Event:
    day = payment.value_date or on
    kind = "early_payment" if payment.early else "payment"
    return Event("recovery" if day >= lost_on else kind, day, _TO_COME, payment.amount_fen)


def _book_vouchers(
    session: Session,
    payments_in: Sequence[Payment],
    ids: dict[str, int],
    loaded: dict[int, record.Loaded],
    on: date,
) -> list[int]:
    return payments.book_vouchers(
        session,
        [
            payments.VoucherSlip(
                loaded[ids[payment.number]].loan.lender_id,
                payment.channel,
                payment.voucher_no,
                "in",
                payment.amount_fen,
            )
            for payment in payments_in
        ],
        on=on,
    )


def take(
    session: Session,
    taken: Sequence[Taken],
    *,
    on: date,
    calendar: HolidayTable,
    booked: bool = True,
) -> None:
    """Write payments, refunds, write-offs and recoveries down and book them.

    ``booked`` False: more of this unit of work follows, and the last of it books everything.
    """
    now = [one for one in taken if is_last(one.one, one.event, on)]
    late = [one for one in taken if one not in now]
    if now:
        _take_now(session, now, on)
    for one in late:
        _take_late(session, one, on, calendar)
    if booked:
        booking.book_settlements(session, on)
        booking.book_repayments(session, on)


def _take_late(session: Session, taken: Taken, on: date, calendar: HolidayTable) -> None:
    def write(life: Life) -> int:
        used_fen = sum(t.fen for t in life.course.taken if t.by == taken.event.key)
        if taken.event.kind in {"payment", "early_payment"}:
            taken.to_credit_fen = taken.event.amount_fen - used_fen
        taken.correction = taken.one.position.correction + 1
        (taken.repayment_id,) = insert_many(session, Repayment, [{**taken.row, "booking_date": on}])
        return taken.repayment_id

    day = taken.event.on
    correct(
        session,
        taken.one,
        [*record.events_of(session, taken.one.loan.id), taken.event],
        Cause("late_repayment", day, f"补记{day.isoformat()}的收付"),
        on=on,
        calendar=calendar,
        entered=Entered(taken.event, write),
    )


def _take_now(session: Session, taken: Sequence[Taken], on: date) -> None:
    """Run each event through its loan's course and write everything down."""
    lowered: list[tuple[int, str, int]] = []
    for one in taken:
        loan, course = one.one.loan, one.one.course
        cap_fen = one.one.position.cover_cap_fen
        before_fen = covered_fen(course.principal_fen, cap_fen)
        _apply(one, on)
        repaid_fen = before_fen - covered_fen(course.principal_fen, cap_fen)
        if repaid_fen:
            lowered.append((loan.lender_id, loan.village_code, -repaid_fen))
    record.write(session, [one.one for one in taken], on=on)
    repayment_ids = insert_many(
        session, Repayment, [{**one.row, "booking_date": on} for one in taken]
    )
    for one, repayment_id in zip(taken, repayment_ids, strict=True):
        one.repayment_id = repayment_id
    record.insert_allocations(
        session, list(zip(repayment_ids, [one.one for one in taken], strict=True))
    )
    limits.move(session, lowered)
    for ids in record.lots(repayment_ids):
        credit.release_lines(
            session,
            select(borrowing_household(), Allocation.amount_fen)
            .join(Due, Due.loan_id == Loan.id)
            .join(Allocation, Allocation.due_id == Due.id)
            .where(Allocation.repayment_id.in_(ids), Due.kind == "principal", Loan.uses_line),
        )


def _apply(taken: Taken, on: date) -> None:
    """The event, on the loan's running state; the close's own use of credit is none of people's."""
    course, event = taken.one.course, taken.event
    if event.kind in {"payment", "early_payment"}:
        early = event.kind == "early_payment"
        taken.to_credit_fen = course.pay(event.amount_fen, on, early=early)
    elif event.kind == "refund":
        course.refund(event.amount_fen)
    elif event.kind == "write_off":
        taken.event = replace(event, amount_fen=course.write_off(on))
        taken.one.position.state = "written_off"
    elif event.kind == "credit":
        course.taker = None
        taken.event = replace(event, amount_fen=course.use_credit(on))
    if event.kind != "credit":
        noted(taken.one, event)


def use_credits(session: Session, *, loan_ids: Sequence[int], on: date) -> int:
    """Put loans' credit to use on their dues payable by ``on``; how many loans took some.

    A step of the close: with the penalty that has run up to then.
    """
    # A first limit of a scope waits for whoever holds the day before it counts what is out.
    ledger.require_bookable(session, on, closing=True)
    loaded = record.load(session, loan_ids)
    taken = [Taken(one, Event("credit", on, _TO_COME), None, None) for one in loaded.values()]
    if taken:
        _take_now(session, taken, on)
    return len(taken)
