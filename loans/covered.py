"""SQL: principal under cover, beside a loan and summed over lenders and regions.

Now it is counted from open segments and the cap in force; at a closed day from that day's figures,
the contract's cap and the exclusions that stood then. The rule itself is ``loans.cover``.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from kernel.database import least, sum_of
from loans.balances import is_principal, principal_out
from loans.models import (
    CoverExclusion,
    Disbursement,
    Loan,
    LoanDay,
    OpenSegment,
    Position,
    Reversal,
)


def covered_of(loan_id: InstrumentedAttribute[int]) -> ColumnElement[int]:
    """Covered principal of the loan around, fen."""
    cap = (
        select(Position.cover_cap_fen)
        .where(Position.loan_id == loan_id)
        .correlate(loan_id.class_)
        .scalar_subquery()
    )
    return least(principal_out(loan_id), cap)


def covered_of_scope(session: Session, scope: tuple[str, str]) -> int:
    """Covered principal out in a scope, counted from the loans."""
    kind, code = scope
    loans = _now()
    query = select(sum_of(loans.c.covered_fen))
    if kind == "institution":
        query = query.where(loans.c.lender_id == int(code))
    else:
        query = query.where(loans.c.village_code.startswith(code, autoescape=True))
    return session.scalar(query) or 0


def covered_by_lender(*, day: date | None = None) -> Select[int, int, int]:
    """(lender, covered, outstanding) of every lender with principal out."""
    loans = _loans(day)
    return (
        select(loans.c.lender_id, sum_of(loans.c.covered_fen), sum_of(loans.c.out_fen))
        .group_by(loans.c.lender_id)
        .order_by(loans.c.lender_id)
    )


def covered_by_region(digits: int, *, day: date | None = None) -> Select[str, int, int]:
    """(region, covered, outstanding) of every region of so many digits with principal out."""
    loans = _loans(day)
    region = func.substr(loans.c.village_code, 1, digits)
    return (
        select(region, sum_of(loans.c.covered_fen), sum_of(loans.c.out_fen))
        .group_by(region)
        .order_by(region)
    )


def disbursed_ever(*, day: date | None = None) -> Select[int, int]:
    """(lender, disbursed) over all contracts with something under cover, a list's outside.

    Draws that stand, each with the whole of what was paid out; ``day``: booked by then, and not
    undone by then.
    """
    undone = select(Reversal.disbursement_id).where(Reversal.disbursement_id.is_not(None))
    drawn = select(Loan.lender_id, sum_of(Disbursement.amount_fen))
    if day is not None:
        undone = undone.where(Reversal.booking_date <= day)
        drawn = drawn.where(Disbursement.booking_date <= day)
    return (
        drawn.join(Loan, Loan.id == Disbursement.loan_id)
        .join(Position, Position.loan_id == Loan.id)
        .where(
            Loan.mode != "pooled",
            contract_cap() > 0,
            Disbursement.id.not_in(undone),
        )
        .group_by(Loan.lender_id)
        .order_by(Loan.lender_id)
    )


def contract_cap() -> ColumnElement[int]:
    """Of a ``Loan`` and its ``Position``: the cap before any exclusion.

    A contract that carries none was signed before there were caps: its first exclusion says what
    its terms gave, or the position does.
    """
    was = (
        select(func.max(CoverExclusion.was_fen))
        .where(CoverExclusion.loan_id == Loan.id)
        .correlate(Loan)
        .scalar_subquery()
    )
    return func.coalesce(Loan.cover_cap_fen, was, Position.cover_cap_fen)


def cap_in_force(day: date | None = None) -> ColumnElement[int]:
    """Of a ``Loan`` and its ``Position``: the contract's cap, or the least exclusion that stands
    (``day``: that stood at the close of a day).
    """
    undone = Reversal.disbursement_id == CoverExclusion.disbursement_id
    stands = [CoverExclusion.loan_id == Loan.id]
    if day is not None:
        undone = and_(undone, Reversal.booking_date <= day)
        stands.append(CoverExclusion.from_on <= day)
    lowest = (
        select(func.min(CoverExclusion.cap_fen))
        .where(*stands, ~exists().where(undone).correlate(CoverExclusion))
        .correlate(Loan)
        .scalar_subquery()
    )
    return least(func.coalesce(lowest, contract_cap()), contract_cap())


def _loans(day: date | None) -> Subquery:
    return _now() if day is None else _at(day)


def _now() -> Subquery:
    """Every loan with principal out: where it belongs, what is out, what of it is covered."""
    out = (
        select(OpenSegment.loan_id, sum_of(OpenSegment.principal_fen).label("out_fen"))
        .where(is_principal())
        .group_by(OpenSegment.loan_id)
        .subquery("out")
    )
    return _placed(out, least(out.c.out_fen, Position.cover_cap_fen))


def _at(day: date) -> Subquery:
    """The same at the close of a day: a loan's last figures on or before it."""
    last = (
        select(LoanDay.loan_id, func.max(LoanDay.on_day).label("on_day"))
        .where(LoanDay.on_day <= day)
        .group_by(LoanDay.loan_id)
        .subquery("last")
    )
    out = (
        select(LoanDay.loan_id, LoanDay.outstanding_fen.label("out_fen"))
        .join(last, and_(last.c.loan_id == LoanDay.loan_id, last.c.on_day == LoanDay.on_day))
        .where(LoanDay.outstanding_fen > 0)
        .subquery("out")
    )
    return _placed(out, least(out.c.out_fen, cap_in_force(day)))


def _placed(out: Subquery, covered: Any) -> Subquery:
    return (
        select(Loan.lender_id, Loan.village_code, out.c.out_fen, covered.label("covered_fen"))
        .join(out, out.c.loan_id == Loan.id)
        .join(Position, Position.loan_id == Loan.id)
        .subquery("loans")
    )
