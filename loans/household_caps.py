"""What a household's open contracts, at any lender, take of a cap that is one for all of them.

Two caps are counted like this: on principal with a subsidy, and on principal under cover. Of each
of its loans, and of its share of each list, it is what is out or may still be drawn, but no more
than the cap frozen for it. Households that share their caps are counted together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from households.family_lines import pair, sharing
from households.models import Household
from kernel.database import sum_of
from loans import mutual
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


def exposure(on: date) -> ColumnElement[int]:
    """SQL: principal out, and agreed and still to be drawn before maturity, at every lender but the
    village's fund, whose money is outside the programmes: of the household of the query around it,
    and of all that share its caps.
    """
    return _owing(on, _itself) + _owing(on, _others)


def held_shares(on: date) -> ColumnElement[int]:
    """SQL: shares of organisations' loans that are out, or agreed and may still be drawn: of the
    household of the query around it, and of all that share its caps.
    """
    return _on_lists(on, _itself) + _on_lists(on, _others)


#: SQL: a SELECT that starts from those who are meant, and their id in it
_Begun = tuple[Select[int], ColumnElement[int]]


def _itself(query: Select[int]) -> _Begun:
    own = aliased(Household)
    return query.select_from(own).where(own.id == Household.id), own.id.expression


def _others(query: Select[int]) -> _Begun:
    two = pair()
    begun = query.select_from(two.mine).join(two.others, two.on)
    return begun.where(two.mine.household_id == Household.id), two.others.household_id.expression


def _owing(on: date, begin: Callable[[Select[int]], _Begun]) -> ScalarSelect[int]:
    begun, household_id = begin(select(sum_of(owed(on))))
    return (
        begun.join(Loan, Loan.household_id == household_id)
        .join(Position, Position.loan_id == Loan.id)
        .where(
            Loan.mode != mutual.MODE,
            or_(Position.state == "signed", Position.state == "active"),
        )
        .correlate(Household)
        .scalar_subquery()
    )


def _on_lists(on: date, begin: Callable[[Select[int]], _Begun]) -> ScalarSelect[int]:
    begun, household_id = begin(select(sum_of(LoanShare.share_fen)))
    return (
        begun.join(LoanShare, LoanShare.household_id == household_id)
        .join(Loan, Loan.application_id == LoanShare.application_id)
        .join(Position, Position.loan_id == Loan.id)
        .where(is_open(on))
        .correlate(Household)
        .scalar_subquery()
    )


def cap_taken(
    session: Session, household_ids: Sequence[int], *, on: date, without: Sequence[int] = ()
) -> dict[int, int]:
    """What the open subsidised loans of each household, and of those that share its caps, take of
    the cap on subsidised principal.

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
    """What the open contracts of each household, and of those that share its caps, take of the cap
    on covered principal.
    """
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
        of = sharing(ids)
        own = (
            select(of.c.asked_id, owed(on), caps.c.cap_fen)
            .join(Loan, Loan.household_id == of.c.household_id)
            .join(Position, Position.loan_id == Loan.id)
            .join(caps, caps.c.loan_id == Loan.id)
            .where(is_open(on), Loan.id.not_in(without))
        )
        shared = (
            select(of.c.asked_id, LoanShare.share_fen, caps.c.cap_fen)
            .join(LoanShare, LoanShare.household_id == of.c.household_id)
            .join(Loan, Loan.application_id == LoanShare.application_id)
            .join(Position, Position.loan_id == Loan.id)
            .join(caps, caps.c.loan_id == Loan.id)
            .where(is_open(on))
        )
        for query in (own, shared):
            for household_id, fen, cap_fen in session.execute(query):
                taken[household_id] = taken.get(household_id, 0) + min(fen, cap_fen)
    return taken
