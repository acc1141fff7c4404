"""What a household's open contracts, at any lender, take of a cap that is one for all of them.

Two caps are counted like this: on principal with a subsidy, and on principal under cover. Of each
of its loans, and of its share of each list, it is what is out or may still be drawn, but no more
than the cap frozen for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from loans.balances import principal_out
from loans.models import Loan, LoanBearer, LoanShare, Position
from loans.record import lots


def owed(on: date) -> ColumnElement[int]:
    """Of a ``Loan`` and its ``Position``: what is out or may still be drawn; on a contract that
    revolves what was repaid may be drawn again.
    """
    out = principal_out(Loan.id)
    undrawn = Loan.amount_fen - Position.drawn_fen
    may_be_out = case((Loan.revolving, Loan.amount_fen), else_=out + undrawn)
    return case((Position.matures_on > on, may_be_out), else_=out)


def is_open(on: date) -> ColumnElement[bool]:
    """Of a ``Loan`` and its ``Position``: money is out, or may still be drawn."""
    return or_(Position.state == "active", and_(Position.state == "signed", Loan.matures_on > on))


def cap_taken(
    session: Session, household_ids: Sequence[int], *, on: date, without: Sequence[int] = ()
) -> dict[int, int]:
    """What each household's open subsidised loans take of the cap on subsidised principal.

    ``without``: loans that end where others begin.
    """
    caps = (
        select(LoanBearer.loan_id, func.max(LoanBearer.cap_fen).label("cap_fen"))
        .where(LoanBearer.to_on > on)
        .group_by(LoanBearer.loan_id)
        .subquery("caps")
    )
    return _taken(session, household_ids, caps, on, without)


def cover_taken(
    session: Session, household_ids: Sequence[int], *, on: date, without: Sequence[int] = ()
) -> dict[int, int]:
    """What each household's open contracts take of the cap on covered principal."""
    caps = (
        select(Position.loan_id, Position.cover_cap_fen.label("cap_fen"))
        .where(Position.cover_cap_fen > 0)
        .subquery("caps")
    )
    return _taken(session, household_ids, caps, on, without)


def _taken(
    session: Session, household_ids: Sequence[int], caps: Subquery, on: date, without: Sequence[int]
) -> dict[int, int]:
    taken: dict[int, int] = {}
    for ids in lots(household_ids):
        own = (
            select(Loan.household_id, owed(on), caps.c.cap_fen)
            .join(Position, Position.loan_id == Loan.id)
            .join(caps, caps.c.loan_id == Loan.id)
            .where(Loan.household_id.in_(ids), is_open(on), Loan.id.not_in(without))
        )
        shared = (
            select(LoanShare.household_id, LoanShare.share_fen, caps.c.cap_fen)
            .join(Loan, Loan.application_id == LoanShare.application_id)
            .join(Position, Position.loan_id == Loan.id)
            .join(caps, caps.c.loan_id == Loan.id)
            .where(LoanShare.household_id.in_(ids), is_open(on))
        )
        for query in (own, shared):
            for household_id, fen, cap_fen in session.execute(query):
                taken[household_id] = taken.get(household_id, 0) + min(fen, cap_fen)
    return taken
