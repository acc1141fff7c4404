"""SQL: what stands of a loan's file, as columns and conditions beside a loan in any query.

``Loan`` and ``Position`` are in the query around. Each expression is one correlated look-up by an
index; the queue and the loan's page are made of the same ones.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import aliased

from kernel.database import days_later, sum_of
from loans.models import BorrowerChange, Loan, OpenDue, Position, Repayment, Reversal
from loans.models.kept import Contact, LifeEvent, PostCheck, Way

#: uses found that are a misuse of the loan
MISUSES = ("misused", "lent_on")
#: what repayments of a loan are money brought in
MONEY_IN = ("payment", "recovery")


def borrower_id() -> ColumnElement[int]:
    """Who answers for the loan now: the last change of borrower, else who signed."""
    last = (
        select(BorrowerChange.borrower_id)
        .where(BorrowerChange.loan_id == Loan.id)
        .order_by(BorrowerChange.id.desc())
        .limit(1)
        .correlate(Loan)
        .scalar_subquery()
    )
    return func.coalesce(last, Loan.borrower_id)


def _of_last_check(column: Any) -> ScalarSelect[Any]:
    return (
        select(column)
        .where(PostCheck.loan_id == Loan.id)
        .order_by(PostCheck.value_date.desc(), PostCheck.id.desc())
        .limit(1)
        .correlate(Loan)
        .scalar_subquery()
    )


def check_due_on(first_days: int) -> ColumnElement[date]:
    """The day by which the loan is to be looked at next."""
    first = days_later(Position.drawn_on, first_days)
    return func.coalesce(_of_last_check(PostCheck.next_due_on), first)


def open_finding(column: Any) -> ScalarSelect[Any]:
    """A column of the last finding of misuse that no later check took back; NULL without one."""
    later = aliased(PostCheck)
    answered = (
        select(later.id)
        .where(
            later.loan_id == PostCheck.loan_id,
            later.use_found == "matches",
            or_(
                later.value_date > PostCheck.value_date,
                and_(later.value_date == PostCheck.value_date, later.id > PostCheck.id),
            ),
        )
        .correlate(PostCheck)
        .exists()
    )
    return (
        select(column)
        .where(PostCheck.loan_id == Loan.id, PostCheck.use_found.in_(MISUSES), ~answered)
        .order_by(PostCheck.value_date.desc(), PostCheck.id.desc())
        .limit(1)
        .correlate(Loan)
        .scalar_subquery()
    )


def last_life_event(column: Any) -> ScalarSelect[Any]:
    """A column of the last thing known of the borrower's life."""
    return (
        select(column)
        .where(LifeEvent.person_id == borrower_id())
        .order_by(LifeEvent.value_date.desc(), LifeEvent.id.desc())
        .limit(1)
        .correlate(Loan)
        .scalar_subquery()
    )


def way_since(trail_id: Any) -> ColumnElement[bool]:
    """Whether a way forward was proposed in or after a unit of work."""
    return (
        select(Way.id).where(Way.loan_id == Loan.id, Way.trail_id >= trail_id).correlate(Loan)
    ).exists()


def last_way(column: Any) -> ScalarSelect[Any]:
    """A column of the last way proposed for the maturity in force."""
    return (
        select(column)
        .where(Way.loan_id == Loan.id, Way.matures_on == Position.matures_on)
        .order_by(Way.id.desc())
        .limit(1)
        .correlate(Loan, Position)
        .scalar_subquery()
    )


def overdue_since(day: date) -> ScalarSelect[date]:
    """Oldest day on which something of the household's fell due and is still unpaid."""
    return (
        select(func.min(OpenDue.payable_on))
        .where(
            OpenDue.loan_id == Loan.id,
            OpenDue.payable_on < day,
        )
        .correlate(Loan)
        .scalar_subquery()
    )


def last_contact_on() -> ScalarSelect[date]:
    """Day of the last step of collection."""
    return (
        select(func.max(Contact.value_date))
        .where(Contact.loan_id == Loan.id)
        .correlate(Loan)
        .scalar_subquery()
    )


def broken_promise(column: Any, day: date) -> ScalarSelect[Any]:
    """A column of the last contact, where it is a promise whose day went by unkept."""
    last = aliased(Contact)
    newest = (
        select(func.max(last.id)).where(last.loan_id == Contact.loan_id).correlate(Contact)
    ).scalar_subquery()
    return (
        select(column)
        .where(
            Contact.loan_id == Loan.id,
            Contact.kind == "promise",
            Contact.promised_on < day,
            Contact.id == newest,
            _paid_for_promise() < Contact.promised_fen,
        )
        .correlate(Loan)
        .scalar_subquery()
    )


def _paid_for_promise() -> ColumnElement[int]:
    undone = select(Reversal.id).where(Reversal.repayment_id == Repayment.id).correlate(Repayment)
    return (
        select(sum_of(Repayment.amount_fen))
        .where(
            Repayment.loan_id == Contact.loan_id,
            Repayment.kind.in_(MONEY_IN),
            Repayment.value_date >= Contact.value_date,
            Repayment.value_date <= Contact.promised_on,
            ~undone.exists(),
        )
        .correlate(Contact)
        .scalar_subquery()
    )
