"""Why is it this amount? Each answer can be recomputed from what it prints, by pocket calculator.

A settlement answers with its segments (from, to, days, balance, rate, 积数), the divisor, the
rounding, the split between treasury and household, the clauses frozen in the contract, and what
corrections made of it. A payment answers with what was due then, the order it was used in and what
each due took; a grade with the days overdue and the thresholds in force; a balance with its
movements. Only what is in force counts.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.calendar import HolidayTable
from loans.explaining import balances, grades, payments, plans, settlements
from loans.explaining.case import Answer, Case, case_of, open_case
from loans.explaining.corrected import corrected_since, corrections
from loans.explaining.grades import RulesOf
from loans.explaining.statement import in_force, statement
from loans.models import Due, Repayment, Settlement

__all__ = [
    "Answer",
    "Case",
    "RulesOf",
    "balances",
    "corrected_since",
    "corrections",
    "grades",
    "in_force",
    "open_case",
    "payments",
    "plans",
    "settlements",
    "statement",
    "why_due",
    "why_grade",
    "why_repayment",
    "why_settlement",
]


def why_settlement(
    session: Session, *, settlement_id: int, by: Actor, calendar: HolidayTable
) -> Answer:
    """Why interest, penalty or compound interest of a settlement is what it is."""
    row = session.get(Settlement, settlement_id)
    case = case_of(session, None if row is None else row.loan_id, by=by, calendar=calendar)
    assert row is not None
    return settlements.settlement(case, row)


def why_repayment(
    session: Session, *, repayment_id: int, by: Actor, calendar: HolidayTable
) -> Answer:
    """Why a payment, refund, write-off or recovery was used the way it was."""
    row = session.get(Repayment, repayment_id)
    case = case_of(session, None if row is None else row.loan_id, by=by, calendar=calendar)
    assert row is not None
    return payments.repayment(case, row)


def why_due(session: Session, *, due_id: int, by: Actor, calendar: HolidayTable) -> Answer:
    """Why a due is what it is, and what was paid of it."""
    row = session.get(Due, due_id)
    case = case_of(session, None if row is None else row.loan_id, by=by, calendar=calendar)
    return balances.due(case, due_id)


def why_grade(
    session: Session, *, number: str, by: Actor, calendar: HolidayTable, rules: RulesOf
) -> Answer:
    """Why a loan stands graded as it does."""
    return grades.grade(open_case(session, number=number, by=by, calendar=calendar), rules)
