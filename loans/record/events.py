"""The events of one loan that stand: everything that happened to it and was not undone."""

from __future__ import annotations

from typing import cast

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from loans.models import Allocation, Change, Disbursement, Due, Repayment, Reversal
from loans.replay import Event
from loans.schedule import Method

#: kinds of repayments that people make; credit is put to use by the close itself
MADE_BY_PEOPLE = ("payment", "refund", "write_off", "recovery")


def events_of(session: Session, loan_id: int) -> list[Event]:
    """Draws, changes and payments of a loan, without those reversed."""
    return [
        *_draws(session, loan_id),
        *_changes(session, loan_id),
        *_repayments(session, loan_id),
    ]


def _draws(session: Session, loan_id: int) -> list[Event]:
    rows = session.execute(
        select(Disbursement.id, Disbursement.value_date, Disbursement.amount_fen).where(
            Disbursement.loan_id == loan_id,
            ~exists().where(Reversal.disbursement_id == Disbursement.id),
        )
    )
    return [Event("draw", on, key, fen) for key, on, fen in rows]


def _changes(session: Session, loan_id: int) -> list[Event]:
    rows = session.scalars(
        select(Change).where(
            Change.loan_id == loan_id, ~exists().where(Reversal.change_id == Change.id)
        )
    )
    return [event_of(change) for change in rows]


def event_of(change: Change) -> Event:
    """A change as an event."""
    return Event(
        change.kind,
        change.value_date,
        change.id,
        matures_on=change.matures_on,
        method=cast("Method", change.method),
        every_months=change.every_months,
        settle_on_day=change.settle_on_day,
    )


def _is_early() -> ColumnElement[bool]:
    """Of a repayment: what was over paid principal before its time.

    Before the second revision no row said so. There it shows in what the payment did: it took a
    principal due that its own unit of work raised, which no other payment does.
    """
    shown = exists().where(
        Allocation.repayment_id == Repayment.id,
        Allocation.correction == 0,
        Due.id == Allocation.due_id,
        Due.kind == "principal",
        Due.correction == 0,
        Due.trail_id == Repayment.trail_id,
    )
    return or_(Repayment.early, shown & (Repayment.kind == "payment"))


def _repayments(session: Session, loan_id: int) -> list[Event]:
    rows = session.execute(
        select(
            Repayment.kind,
            _is_early(),
            Repayment.value_date,
            Repayment.id,
            Repayment.amount_fen,
        ).where(
            Repayment.loan_id == loan_id,
            Repayment.kind.in_(MADE_BY_PEOPLE),
            ~exists().where(Reversal.repayment_id == Repayment.id),
        )
    )
    return [
        Event("early_payment" if early else kind, on, key, fen)
        for kind, early, on, key, fen in rows
    ]
