"""What each correction changed: which amounts, by how much, of which days, and why."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kernel.dates import ONE_DAY
from kernel.money import format_yuan
from loans.explaining.case import Answer, Case
from loans.explaining.settlements import correction_facts
from loans.models import Correction, Due, Loan


def corrections(case: Case) -> list[Answer]:
    """All corrections of a loan, the latest first."""
    return [_told(case, one) for one in reversed(case.corrections)]


def _told(case: Case, one: Correction) -> Answer:
    dues = [due for due in case.dues if due.correction == one.nr]
    settled = [row for row in case.settlements if case.correction_of(row) is one]
    taken = [row for row in case.allocations if row.correction == one.nr]
    return {
        **correction_facts(one),
        "booked_on": one.booking_date.isoformat(),
        "closed_days": _days(one),
        "settlements": [
            {
                "id": row.id,
                "kind": row.kind,
                "from": row.from_on.isoformat(),
                "to": row.to_on.isoformat(),
                "difference": format_yuan(row.amount_fen),
                "treasury": format_yuan(row.treasury_fen),
                "household": format_yuan(row.household_fen),
            }
            for row in settled
        ],
        "dues": [
            {
                "id": due.id,
                "kind": due.kind,
                "bearer": due.bearer,
                "due_on": due.due_on.isoformat(),
                "difference": format_yuan(due.amount_fen),
            }
            for due in dues
        ],
        "taken": [
            {
                "repayment_id": row.repayment_id,
                "kind": case.due_of[row.due_id].kind,
                "due_on": case.due_of[row.due_id].due_on.isoformat(),
                "difference": format_yuan(row.amount_fen),
            }
            for row in taken
        ],
        "totals": {
            bearer: format_yuan(
                sum(d.amount_fen for d in dues if d.bearer == bearer and d.kind != "principal")
            )
            for bearer in ("household", "treasury")
        },
    }


def _days(one: Correction) -> Answer | None:
    """The closed days whose figures it would have made different; None: none was closed."""
    last = one.booking_date - ONE_DAY
    if one.value_date > last:
        return None
    return {"from": one.value_date.isoformat(), "to": last.isoformat()}


def reaches_back(day: date) -> ColumnElement[bool]:
    """Of a correction: booked after a day was closed, with value of it or of a day before."""
    return (Correction.booking_date > day) & (Correction.value_date <= day)


def corrected_since(session: Session, day: date, *wanted: ColumnElement[bool]) -> tuple[int, int]:
    """How many loans, by how many corrections, have changed the figures of a closed day since.

    ``wanted`` narrows the loans.
    """
    row = session.execute(
        select(func.count(func.distinct(Correction.loan_id)), func.count(Correction.id))
        .join(Loan, Loan.id == Correction.loan_id)
        .where(reaches_back(day), *wanted)
    ).one()
    return row[0], row[1]


def corrected_by_loan(session: Session, loan_id: int, day: date) -> int:
    """How much of household's interest and penalty corrections since added to a closed day, fen."""
    return int(
        session.scalar(
            select(func.coalesce(func.sum(Due.amount_fen), 0))
            .join(
                Correction,
                (Correction.loan_id == Due.loan_id) & (Correction.nr == Due.correction),
            )
            .where(
                Due.loan_id == loan_id,
                Due.bearer == "household",
                Due.kind != "principal",
                Due.due_on <= day,
                reaches_back(day),
            )
        )
        or 0
    )
