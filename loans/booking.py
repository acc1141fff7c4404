"""From what happened to the books: the entries of disbursements, settlements and repayments.

Each function books whatever this unit of work has recorded and not booked yet, as one set, so that
a payment at the counter and the close of a hundred thousand loans pass through the same lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CTE, Select, Subquery, case, func, literal, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

import ledger
from kernel.database import sum_of, trail_id_of
from loans.models import Allocation, Disbursement, Due, Loan, Repayment, Settlement
from loans.routes import owed_by_payer, owed_by_treasury

ACCOUNTS = (
    "loan_principal",
    "interest_receivable",
    "treasury_interest_receivable",
    "penalty_receivable",
    "interest_income",
    "penalty_income",
    "household_credit",
    "organisation_credit",
    "write_off_loss",
    "write_off_recovery",
    "funds",
)

#: kind of a due -> account of the lender that it stands on
RECEIVABLE = {
    "principal": "loan_principal",
    "interest": "interest_receivable",
    "penalty": "penalty_receivable",
    "compound": "penalty_receivable",
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
    """Interest and penalty earned: due from whoever repays, and from the treasury (its route)."""
    new = (
        select(
            Settlement.id,
            Settlement.loan_id,
            Settlement.kind,
            Settlement.amount_fen,
            owed_by_payer().label("payer_fen"),
            owed_by_treasury().label("treasury_fen"),
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
        _line(new.c.id, new.c.lender_id, receivable, new.c.loan_id, new.c.payer_fen),
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
    """Money in or out and credit put to use: dues paid; what is over becomes credit."""
    new = _repayments(session, Repayment.correction == 0).cte("new_repayments")
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
        .where(Allocation.correction == 0)
        # By its name: two CASEs with bound values are two expressions to PostgreSQL.
        .group_by(new.c.id, new.c.lender_id, "account", new.c.loan_id)
        .cte("taken")
    )
    # Credit put to use and credit newly kept stand on one account, so they are one line.
    credit = case(
        (new.c.kind == "payment", -new.c.to_credit_fen),
        (new.c.kind == "credit", new.c.amount_fen - new.c.to_credit_fen),
        (new.c.kind == "refund", new.c.amount_fen),
        else_=0,
    )
    lines = union_all(
        _line(new.c.id, new.c.lender_id, "funds", literal(0), _cash(new)),
        _line(new.c.id, new.c.lender_id, new.c.credit_account, new.c.credit_subject, credit),
        *_written_off(new),
        _line(taken.c.id, taken.c.lender_id, taken.c.account, taken.c.loan_id, -taken.c.amount_fen),
    )
    _post(session, "repayments", on, lines.subquery(), closing=closing)


def _repayments(session: Session, *which: ColumnElement[bool]) -> Select[Any]:
    """What this unit of work recorded of repayments, and on which account their credit stands."""
    of_household = Loan.household_id.is_not(None)
    return (
        select(
            Repayment.id,
            Repayment.loan_id,
            Repayment.kind,
            Repayment.amount_fen,
            Repayment.to_credit_fen,
            Loan.lender_id,
            case((of_household, "household_credit"), else_="organisation_credit").label(
                "credit_account"
            ),
            func.coalesce(Loan.household_id, Loan.organisation_id).label("credit_subject"),
        )
        .join(Loan, Loan.id == Repayment.loan_id)
        .where(Repayment.trail_id == trail_id_of(session), *which)
    )


def _cash(new: CTE) -> ColumnElement[int]:
    return case(
        (new.c.kind.in_(("payment", "recovery")), new.c.amount_fen),
        (new.c.kind == "refund", -new.c.amount_fen),
        else_=0,
    )


def _written_off(new: CTE) -> list[Lines]:
    """A loss where money would have come, and what comes after it."""
    lost = case((new.c.kind == "write_off", new.c.amount_fen), else_=0)
    recovered = case((new.c.kind == "recovery", -new.c.amount_fen), else_=0)
    return [
        _line(new.c.id, new.c.lender_id, "write_off_loss", new.c.loan_id, lost),
        _line(new.c.id, new.c.lender_id, "write_off_recovery", new.c.loan_id, recovered),
    ]


@dataclass(frozen=True, slots=True)
class Moved:
    """Money that a correction enters (``sign`` 1) or gives back (-1)."""

    kind: str
    amount_fen: int
    sign: int


def book_correction(
    session: Session,
    *,
    correction_id: int,
    loan: Loan,
    moved: Sequence[Moved],
    taken: Iterable[tuple[str, str, int]],
    on: date,
) -> None:
    """The one entry of a correction: money entered or given back, and dues paid otherwise.

    ``taken``: kind of repayment, kind of due, and how much more of the due it now pays. Settlements
    that the correction revises are booked as settlements, disbursements as themselves.
    """
    lines: dict[tuple[str, int], int] = {}

    def add(kind: str, subject_id: int, fen: int) -> None:
        lines[kind, subject_id] = lines.get((kind, subject_id), 0) + fen

    credit = _credit_of(loan)
    for one in moved:
        fen = one.amount_fen * one.sign
        if one.kind == "recovery":
            add("funds", 0, fen)
            add("write_off_recovery", loan.id, -fen)
        elif one.kind != "write_off":
            cash_fen = -fen if one.kind == "refund" else fen
            add("funds", 0, cash_fen)
            add(*credit, -cash_fen)
    for repayment_kind, due_kind, fen in taken:
        add(RECEIVABLE[due_kind], loan.id, -fen)
        add(*(("write_off_loss", loan.id) if repayment_kind == "write_off" else credit), fen)
    postings = [
        ledger.Line(
            ledger.account_id(
                session, owner_kind="organisations", owner_id=loan.lender_id, kind=kind
            ),
            fen,
            subject_id,
        )
        for (kind, subject_id), fen in lines.items()
        if fen
    ]
    if postings:
        ledger.post(
            session,
            source_kind="corrections",
            source_id=correction_id,
            booking_date=on,
            value_date=on,
            lines=postings,
        )


def _credit_of(loan: Loan) -> tuple[str, int]:
    """The account that a loan's credit stands on, and for whom."""
    if loan.household_id is not None:
        return "household_credit", loan.household_id
    assert loan.organisation_id is not None
    return "organisation_credit", loan.organisation_id


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
