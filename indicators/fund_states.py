"""What stands in the special accounts at the close of a day, and what is lent over them.

Money is counted from the accounts' few movements. Lending moves: of the loans that the day touched,
what they count for now less what they counted for before (``moved``); ``whole`` counts all of them.
Covered is the part of a loan's principal up to its cap; a list's loan is covered like any other,
and counts for nothing in what was ever disbursed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, case, exists, func, select, union
from sqlalchemy.orm import Session

from indicators.models import FUND_STATE, FundDay
from indicators.states import last_loan_day
from kernel.database import least, sum_of
from kernel.dates import ONE_DAY
from loans.covered import cap_in_force, contract_cap, covered_by_lender, disbursed_ever
from loans.models import CoverExclusion, Loan, LoanDay, Position, Reversal
from risk_fund.figures import balances_until, pledges_until
from risk_fund.models import FundAccount

#: lender -> (ever disbursed, covered)
Lending = Mapping[int, tuple[int, int]]
_NONE = (0, 0)


@dataclass(frozen=True, slots=True)
class Account:
    """A special account with what its last snapshot says; nothing before the first."""

    id: int
    lender_id: int
    last: tuple[int, ...] | None


def accounts(session: Session, day: date, *, inclusive: bool = False) -> list[Account]:
    """The accounts open at a close, each with its last row before it; ``inclusive``: or of it."""
    before = FundDay.on_day <= day if inclusive else FundDay.on_day < day
    last_day = (
        select(func.max(FundDay.on_day))
        .where(FundDay.account_id == FundAccount.id, before)
        .correlate(FundAccount)
        .scalar_subquery()
    )
    rows = session.execute(
        select(FundAccount.id, FundAccount.lender_id, *(getattr(FundDay, n) for n in FUND_STATE))
        .outerjoin(FundDay, (FundDay.account_id == FundAccount.id) & (FundDay.on_day == last_day))
        .where(FundAccount.opened_on <= day)
        .order_by(FundAccount.id)
    )
    return [Account(row[0], row[1], None if row[2] is None else tuple(row[2:])) for row in rows]


def states(
    session: Session, day: date, found: Sequence[Account], lending: Lending, multiple: int
) -> dict[int, tuple[int, ...]]:
    """What ``fund_days`` says of each account at the close of a day."""
    balances = {row[0]: (row[1], row[2]) for row in session.execute(balances_until(day))}
    pledges: dict[int, int] = {row[0]: row[1] for row in session.execute(pledges_until(day))}
    told: dict[int, tuple[int, ...]] = {}
    for one in found:
        balance_fen, contributed_fen = balances.get(one.id, _NONE)
        lent = lending.get(one.lender_id, _NONE)
        told[one.id] = (balance_fen, pledges.get(one.id, 0), contributed_fen, *lent, multiple)
    return told


def whole(session: Session, day: date) -> Lending:
    """Every lender's lending at the close of a day, counted from all its loans."""
    disbursed = {row[0]: row[1] for row in session.execute(disbursed_ever(day=day))}
    covered = {row[0]: row[1] for row in session.execute(covered_by_lender(day=day))}
    return {
        lender: (disbursed.get(lender, 0), covered.get(lender, 0))
        for lender in disbursed.keys() | covered.keys()
    }


def moved(session: Session, day: date) -> Lending:
    """By how much each lender's lending moved on a day, counted from the loans it touched."""
    touched = _touched(day).subquery("touched")
    now, before = (_loans(at, touched).subquery() for at in (day, day - ONE_DAY))
    parts = (
        select(now.c.lender_id, now.c.disbursed_fen, now.c.covered_fen),
        select(before.c.lender_id, -before.c.disbursed_fen, -before.c.covered_fen),
    )
    both = parts[0].union_all(parts[1]).subquery("both")
    rows = session.execute(
        select(both.c.lender_id, sum_of(both.c.disbursed_fen), sum_of(both.c.covered_fen)).group_by(
            both.c.lender_id
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def counts_of_loans(day: date) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Of a ``Loan``, its ``Position`` and its last figures: what it counts for, disbursed and
    covered, at the close of a day.
    """
    ever = case(((Loan.mode != "pooled") & (contract_cap() > 0), LoanDay.drawn_fen), else_=0)
    return ever, least(LoanDay.outstanding_fen, cap_in_force(day))


def _loans(day: date, touched: FromClause) -> Select[*tuple[Any, ...]]:
    disbursed, covered = counts_of_loans(day)
    return (
        select(Loan.lender_id, disbursed.label("disbursed_fen"), covered.label("covered_fen"))
        .join(Position, Position.loan_id == Loan.id)
        .join(LoanDay, LoanDay.loan_id == Loan.id)
        .where(
            Loan.id.in_(select(touched.c.loan_id)),
            LoanDay.on_day == last_loan_day(Loan.id.expression, day),
        )
    )


def _touched(day: date) -> Any:
    """Loans whose figures moved, or that came nearer to or out of cover, on a day."""
    undone = exists().where(
        Reversal.disbursement_id == CoverExclusion.disbursement_id, Reversal.booking_date == day
    )
    return union(
        select(LoanDay.loan_id).where(LoanDay.on_day == day),
        select(CoverExclusion.loan_id).where(CoverExclusion.from_on == day),
        select(CoverExclusion.loan_id).where(undone),
    )
