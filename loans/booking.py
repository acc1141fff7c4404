"""From what happened to the books: the entries of disbursements, settlements and repayments.

Each function books whatever this unit of work has recorded and not booked yet, as one set, so that
a payment at the counter and the close of a hundred thousand loans pass through the same lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Select, Subquery, case, literal, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

import ledger
from kernel.database import sum_of, trail_id_of
from loans.models import Allocation, Disbursement, Due, Loan, Repayment, Settlement

ACCOUNTS = (
    "loan_principal",
    "interest_receivable",
    "treasury_interest_receivable",
    "penalty_receivable",
    "interest_income",
    "penalty_income",
    "household_credit",
    "funds",
)

#: kind of a due -> account of the lender that it stands on
RECEIVABLE = {
    "principal": "loan_principal",
    "interest": "interest_receivable",
    "penalty": "penalty_receivable",
}

Lines = Select[int, int, str, int, int]


def open_accounts(session: Session, lender_ids: Iterable[int]) -> None:
    """Open a lender's accounts before its first loan."""
    ledger.open_accounts(
        session, owner_kind="organisations", owner_ids=set(lender_ids), kinds=ACCOUNTS
    )


def book_disbursements(session: Session, on: date) -> None:
    """Principal out, funds out."""
    new = (
        select(Disbursement.id, Disbursement.loan_id, Disbursement.amount_fen, Loan.lender_id)
        .join(Loan, Loan.id == Disbursement.loan_id)
        .where(Disbursement.trail_id == trail_id_of(session))
        .cte("new_disbursements")
    )
    lines = union_all(
        _line(new.c.id, new.c.lender_id, "loan_principal", new.c.loan_id, new.c.amount_fen),
        _line(new.c.id, new.c.lender_id, "funds", literal(0), -new.c.amount_fen),
    )
    _post(session, "disbursements", on, lines.subquery())


def book_settlements(session: Session, on: date, *, closing: bool = False) -> None:
    """Interest and penalty earned: due from the household and the treasury."""
    new = (
        select(
            Settlement.id,
            Settlement.loan_id,
            Settlement.kind,
            Settlement.amount_fen,
            Settlement.treasury_fen,
            Settlement.household_fen,
            Loan.lender_id,
        )
        .join(Loan, Loan.id == Settlement.loan_id)
        .where(Settlement.trail_id == trail_id_of(session))
        .cte("new_settlements")
    )
    interest = new.c.kind == "interest"
    receivable = case((interest, "interest_receivable"), else_="penalty_receivable")
    income = case((interest, "interest_income"), else_="penalty_income")
    lines = union_all(
        _line(new.c.id, new.c.lender_id, receivable, new.c.loan_id, new.c.household_fen),
        _line(
            new.c.id,
            new.c.lender_id,
            "treasury_interest_receivable",
            new.c.loan_id,
            new.c.treasury_fen,
        ),
        _line(new.c.id, new.c.lender_id, income, literal(0), -new.c.amount_fen),
    )
    _post(session, "settlements", on, lines.subquery(), closing=closing)


def book_repayments(session: Session, on: date, *, closing: bool = False) -> None:
    """Funds in, or the household's credit; dues paid; what is over becomes credit."""
    trail_id = trail_id_of(session)
    new = (
        select(
            Repayment.id,
            Repayment.loan_id,
            Repayment.kind,
            Repayment.amount_fen,
            Repayment.to_credit_fen,
            Loan.lender_id,
            Loan.household_id,
        )
        .join(Loan, Loan.id == Repayment.loan_id)
        .where(Repayment.trail_id == trail_id)
        .cte("new_repayments")
    )
    taken = (
        select(
            new.c.id,
            new.c.lender_id,
            case(RECEIVABLE, value=Due.kind).label("account"),
            new.c.loan_id,
            sum_of(Allocation.amount_fen).label("amount_fen"),
        )
        .join(Allocation, Allocation.repayment_id == new.c.id)
        .join(Due, Due.id == Allocation.due_id)
        .group_by(new.c.id, new.c.lender_id, Due.kind, new.c.loan_id)
        .cte("taken")
    )
    paid = new.c.kind == "payment"
    # Credit put to use and credit newly kept stand on one account, so they are one line.
    credit = case((paid, -new.c.to_credit_fen), else_=new.c.amount_fen - new.c.to_credit_fen)
    lines = union_all(
        _line(
            new.c.id,
            new.c.lender_id,
            "funds",
            literal(0),
            case((paid, new.c.amount_fen), else_=0),
        ),
        _line(new.c.id, new.c.lender_id, "household_credit", new.c.household_id, credit),
        _line(taken.c.id, taken.c.lender_id, taken.c.account, taken.c.loan_id, -taken.c.amount_fen),
    )
    _post(session, "repayments", on, lines.subquery(), closing=closing)


def _line(
    source_id: ColumnElement[int],
    owner_id: ColumnElement[int],
    kind: ColumnElement[str] | str,
    subject_id: ColumnElement[int],
    amount_fen: ColumnElement[int],
) -> Lines:
    return select(
        source_id.label("source_id"),
        owner_id.label("owner_id"),
        (literal(kind) if isinstance(kind, str) else kind).label("kind"),
        subject_id.label("subject_id"),
        amount_fen.label("amount_fen"),
    )


def _post(
    session: Session, source_kind: str, on: date, lines: Subquery, *, closing: bool = False
) -> None:
    ledger.post_many(
        session,
        source_kind=source_kind,
        booking_date=on,
        value_date=on,
        lines=select(
            lines.c.source_id,
            lines.c.owner_id,
            lines.c.kind,
            lines.c.subject_id,
            lines.c.amount_fen,
        ),
        closing=closing,
    )
