"""The rows behind a figure: every count and every sum opens into its households or loans.

A ratio opens into the rows above its line. Rows come in the order of their numbers, a page at a
time; the cursor is the last number seen. Names and identity numbers are the business of the rooms
that keep them: here are numbers, villages and amounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

import ledger
from households.models import Household
from indicators.definitions import definition
from indicators.models import HOUSEHOLD_COUNTERS, LOAN_COUNTERS, HouseholdDay
from indicators.queries import digits_of
from indicators.states import household_counters, last_loan_day, loan_counters
from kernel.regions import RegionTree, in_scope
from loans.models import Loan, LoanDay

PAGE = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A household or loan that counts, and what it counts for."""

    id: int
    #: number of the household in the register, or of the contract
    number: str
    village_code: str
    #: None where an organisation borrows
    household_id: int | None
    #: its part of the figure: 1, people, or fen
    amount: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the rows; ``cursor`` asks for the next ones and is None after the last."""

    #: ``households`` or ``loans``
    kind: str
    rows: tuple[Row, ...]
    cursor: int | None


def rows_behind(
    session: Session,
    figure: str,
    *,
    regions: RegionTree,
    region: str,
    on: date,
    cursor: int = 0,
    limit: int = PAGE,
) -> Page:
    """A page of what a figure of a closed day is made of."""
    known = definition(figure)
    digits = digits_of(session, regions, region)
    ledger.require_closed(session, on)
    query: Select[*tuple[Any, ...]] = (
        _loans(known.counter, digits, on, cursor)
        if known.opens_loans
        else _households(known.counter, digits, on, cursor)
    )
    rows = [Row(*row) for row in session.execute(query.limit(limit + 1))]
    more = len(rows) > limit
    return Page(
        kind="loans" if known.opens_loans else "households",
        rows=tuple(rows[:limit]),
        cursor=rows[limit - 1].id if more else None,
    )


def _households(
    counter: str, digits: str, on: date, cursor: int
) -> Select[int, str, str, int, int]:
    rows, earlier = HouseholdDay.__table__, aliased(HouseholdDay)
    last = (
        select(func.max(earlier.on_day))
        .where(earlier.household_id == rows.c.household_id, earlier.on_day <= on)
        .scalar_subquery()
    )
    part = dict(zip(HOUSEHOLD_COUNTERS, household_counters(rows), strict=True))[counter]
    return (
        select(rows.c.household_id, Household.number, rows.c.village_code, Household.id, part)
        .select_from(rows)
        .join(Household, Household.id == rows.c.household_id)
        .where(in_scope(rows.c.village_code, digits), rows.c.on_day == last, part != 0)
        .where(rows.c.household_id > cursor)
        .order_by(rows.c.household_id)
    )


def _loans(
    counter: str, digits: str, on: date, cursor: int
) -> Select[int, str, str, int | None, int]:
    rows = LoanDay.__table__
    part = dict(zip(LOAN_COUNTERS, loan_counters(rows, Loan.mode), strict=True))[counter]
    return (
        select(Loan.id, Loan.number, Loan.village_code, Loan.household_id, part)
        .join(rows, rows.c.loan_id == Loan.id)
        .where(in_scope(Loan.village_code, digits), part != 0, Loan.id > cursor)
        .where(rows.c.on_day == last_loan_day(Loan.id.expression, on))
        .order_by(Loan.id)
    )
