"""SQL: money of loans that moved on a booking day, what was undone on it with its sign turned.

Payments and recoveries came in, refunds went out. Credit put to use by the close and write-offs
move none. A reversal stands on its own booking day, whatever the day of what it undoes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import CompoundSelect, Integer, Select, case, cast, null, select, union_all
from sqlalchemy.orm import Session

from loans.models import Repayment, Reversal

#: kinds of repayments that are money, each with its sign
_SIGNS: Final = {"payment": 1, "recovery": 1, "refund": -1}


@dataclass(frozen=True, slots=True)
class Moved:
    """Money in (above zero) or out on a loan."""

    loan_id: int
    repayment_id: int
    #: what undid it; None for the repayment itself
    reversal_id: int | None
    #: payment, recovery or refund
    kind: str
    fen: int


def money_moved(day: date) -> CompoundSelect[Any]:
    """(loan_id, repayment_id, reversal_id, kind, fen) of everything booked on a day."""
    sign = case(_SIGNS, value=Repayment.kind)
    booked = select(
        Repayment.loan_id.label("loan_id"),
        Repayment.id.label("repayment_id"),
        cast(null(), Integer).label("reversal_id"),
        Repayment.kind.label("kind"),
        (sign * Repayment.amount_fen).label("fen"),
    ).where(Repayment.booking_date == day, Repayment.kind.in_(_SIGNS))
    undone = (
        select(
            Repayment.loan_id, Repayment.id, Reversal.id, Repayment.kind,
            -sign * Repayment.amount_fen,
        )
        .join(Reversal, Reversal.repayment_id == Repayment.id)
        .where(Reversal.booking_date == day, Repayment.kind.in_(_SIGNS))
    )  # fmt: skip
    return union_all(booked, undone)


def money_moved_of(session: Session, loan_ids: Select[int], *, day: date) -> list[Moved]:
    """The same for the loans of a SELECT: by repayment, what undid it after it."""
    moved = money_moved(day).subquery("moved")
    rows = session.execute(select(moved).where(moved.c.loan_id.in_(loan_ids)))
    found = [Moved(*row) for row in rows]
    return sorted(found, key=lambda one: (one.repayment_id, one.reversal_id or 0))
