"""逾期贷款催收通知书: what the household owes past due on the open day, with a receipt to sign.

Only what has fallen due counts: amounts that were settled and are payable before the open day.
Penalty and interest that run on between two settlements are named as such and not guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from loans.documents.parties import Agreed, Desk, Parties, agreed, find, parties
from loans.documents.refusals import NothingOverdue
from loans.documents.settled import PAID_ORDER
from loans.models import Loan, OpenSegment, Position
from loans.page import dues_of
from policy.values import PARTS


@dataclass(frozen=True, slots=True)
class OverdueLine:
    """A due that is past."""

    kind: str
    due_on: date
    payable_on: date
    overdue_days: int
    amount_fen: int
    left_fen: int


@dataclass(frozen=True, slots=True)
class KindTotal:
    """What is owed of one kind."""

    kind: str
    left_fen: int


@dataclass(frozen=True, slots=True)
class NoticePaper:
    """A notice, ready to be drawn."""

    on: date
    loan: Agreed
    parties: Parties
    dues: tuple[OverdueLine, ...]
    totals: tuple[KindTotal, ...]
    overdue_fen: int
    overdue_days_max: int
    #: last day in force
    matures_on: date
    #: principal outstanding, due or not
    outstanding_fen: int
    #: rate that overdue principal bears now; None where no principal is overdue
    penalty_rate_ppm: int | None


def notice(desk: Desk, number: str) -> NoticePaper:
    """A notice over everything that is past due on the open day."""
    line, loan = find(desk, number)
    dues = _overdue(desk, loan)
    if not dues:
        raise NothingOverdue(field="number", number=number)
    return NoticePaper(
        on=desk.on,
        loan=agreed(loan),
        parties=parties(desk, loan),
        dues=dues,
        totals=_totals(dues),
        overdue_fen=sum(due.left_fen for due in dues),
        overdue_days_max=max(due.overdue_days for due in dues),
        matures_on=desk.session.get_one(Position, loan.id).matures_on,
        outstanding_fen=line.outstanding_fen,
        penalty_rate_ppm=desk.session.scalar(
            select(OpenSegment.rate_ppm).where(
                OpenSegment.loan_id == loan.id, OpenSegment.state == "overdue"
            )
        ),
    )


def _overdue(desk: Desk, loan: Loan) -> tuple[OverdueLine, ...]:
    return tuple(
        OverdueLine(
            kind=PARTS[due.kind],
            due_on=due.due_on,
            payable_on=due.payable_on,
            overdue_days=(desk.on - due.payable_on).days,
            amount_fen=due.amount_fen,
            left_fen=due.left_fen,
        )
        for due in dues_of(desk.session, loan.id)
        if due.bearer == "household"
        and due.left_fen
        and due.payable_on is not None
        and due.payable_on < desk.on
    )


def _totals(dues: tuple[OverdueLine, ...]) -> tuple[KindTotal, ...]:
    kinds = [PARTS[kind] for kind in PAID_ORDER]
    return tuple(
        KindTotal(kind, sum(due.left_fen for due in dues if due.kind == kind))
        for kind in kinds
        if any(due.kind == kind for due in dues)
    )
