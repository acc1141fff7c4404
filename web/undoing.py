"""Undoing over the API and the pages: one deed for a draw, a payment, a change, whatever it was."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
import loans
from loans.models import Change, Correction, Disbursement, Loan, Repayment
from loans.operations.reversing import refuse_reversal_of_reversal
from loans.refusals import ChangeUnknown, DisbursementUnknown, LoanUnknown, RepaymentUnknown
from web.context import actor, house
from web.deeds import Deed

#: what can be undone, by the table it stands in; a reversal cannot, and says so
KINDS: Final = ("disbursements", "repayments", "changes", "reversals")


def undo(number: str, kind: str, key: int, reason: str) -> Deed:
    """Undo an event of a loan: it is lived again as if it had never happened."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        loan_id = session.scalar(select(Loan.id).where(Loan.number == number))
        if loan_id is None:
            raise LoanUnknown(field="number", number=number)
        how: dict[str, Any] = {
            "reason": reason, "calendar": house().calendar, "on": on, "by": by,
        }  # fmt: skip
        _UNDO[kind](session, loan_id, key, how)
        nr = session.scalar(select(func.max(Correction.nr)).where(Correction.loan_id == loan_id))
        return {
            "number": number,
            "kind": kind,
            "id": key,
            "booked_on": on.isoformat(),
            "correction": nr,
        }

    return work


def _draw(session: Session, loan_id: int, key: int, how: dict[str, Any]) -> None:
    slip = session.get(Disbursement, key)
    if slip is None or slip.loan_id != loan_id:
        raise DisbursementUnknown(field="id", number=key)
    loans.reverse_disbursement(session, slip_number=slip.slip_number, **how)


def _payment(session: Session, loan_id: int, key: int, how: dict[str, Any]) -> None:
    row = session.get(Repayment, key)
    if row is None or row.loan_id != loan_id:
        raise RepaymentUnknown(field="id", number=key)
    loans.reverse_repayment(session, repayment_id=key, **how)


def _change(session: Session, loan_id: int, key: int, how: dict[str, Any]) -> None:
    row = session.get(Change, key)
    if row is None or row.loan_id != loan_id:
        raise ChangeUnknown(field="id", number=key)
    loans.reverse_change(session, change_id=key, **how)


def _reversal(session: Session, _loan_id: int, key: int, _how: dict[str, Any]) -> None:
    refuse_reversal_of_reversal(session, key)
    raise RepaymentUnknown(field="id", number=key)


_UNDO: Final = {
    "disbursements": _draw,
    "repayments": _payment,
    "changes": _change,
    "reversals": _reversal,
}
