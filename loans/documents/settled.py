"""贷款结清证明: nothing is owed any more. Given for a settled loan, refused for any other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Select, func, select

from kernel.database import sum_of
from loans.documents.parties import Agreed, Desk, Parties, agreed, find, parties
from loans.documents.refusals import LoanNotSettled
from loans.models import (
    Allocation,
    Due,
    Loan,
    LoanCredit,
    Position,
    Repayment,
    Reversal,
    Settlement,
)
from loans.routes import LENDER
from policy.values import PARTS

#: principal first
PAID_ORDER: Final = ("principal", "interest", "penalty", "compound")


@dataclass(frozen=True, slots=True)
class PaidLine:
    """What was paid of one kind, by whom."""

    kind: str
    household_fen: int
    treasury_fen: int


@dataclass(frozen=True, slots=True)
class SettledPaper:
    """A certificate, ready to be drawn."""

    on: date
    loan: Agreed
    parties: Parties
    drawn_fen: int
    drawn_on: date
    #: value date of the payment that settled it
    settled_on: date
    paid: tuple[PaidLine, ...]
    #: the borrower's side has paid the treasury's part too, and is refunded it
    refunded: bool
    #: what was paid too much and waits to be given back
    credit_fen: int


def settled(desk: Desk, number: str) -> SettledPaper:
    """A certificate for a loan that is settled."""
    line, loan = find(desk, number)
    if line.state != "settled":
        raise LoanNotSettled(field="number", number=number)
    position = desk.session.get_one(Position, loan.id)
    settled_on = desk.session.scalar(
        select(func.max(Repayment.value_date))
        .outerjoin(Reversal, Reversal.repayment_id == Repayment.id)
        .where(
            Repayment.loan_id == loan.id,
            Repayment.kind.in_(("payment", "credit")),
            Reversal.id.is_(None),
        )
    )
    if settled_on is None:  # nothing was ever drawn and paid back
        raise LoanNotSettled(field="number", number=number)
    return SettledPaper(
        on=desk.on,
        loan=agreed(loan),
        parties=parties(desk, loan),
        drawn_fen=position.drawn_fen,
        drawn_on=position.drawn_on,
        settled_on=settled_on,
        paid=_paid(desk, loan),
        refunded=loan.subsidy_route != LENDER,
        credit_fen=_credit(desk, loan),
    )


def _paid(desk: Desk, loan: Loan) -> tuple[PaidLine, ...]:
    """What the household paid, and what the treasury bears, by kind; principal first."""
    household = _by_kind(
        desk,
        select(Due.kind, sum_of(Allocation.amount_fen))
        .join(Due, Due.id == Allocation.due_id)
        .where(Due.loan_id == loan.id)
        .group_by(Due.kind),
    )
    treasury = _by_kind(
        desk,
        select(Settlement.kind, sum_of(Settlement.treasury_fen))
        .where(Settlement.loan_id == loan.id)
        .group_by(Settlement.kind),
    )
    return tuple(
        PaidLine(PARTS[kind], household.get(kind, 0), treasury.get(kind, 0))
        for kind in PAID_ORDER
        if kind in household or kind in treasury
    )


def _credit(desk: Desk, loan: Loan) -> int:
    held = select(LoanCredit.amount_fen).where(LoanCredit.loan_id == loan.id)
    return desk.session.scalar(held) or 0


def _by_kind(desk: Desk, query: Select[*tuple[str, int]]) -> dict[str, int]:
    return {row[0]: row[1] for row in desk.session.execute(query)}
