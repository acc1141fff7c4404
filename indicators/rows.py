"""The rows behind a figure: every count and every sum opens into its households, loans, payments
or whatever else counts; in a prefecture's books into the regions that were handed in.

A ratio opens into the rows above its line, a headroom into the loans that take of it. Rows come in
the order of their numbers, a page at a time; the cursor is the last number seen. Names and identity
numbers are the business of the rooms that keep them: here are numbers, villages and amounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, null, select
from sqlalchemy.orm import Session, aliased

import ledger
from households.models import Household
from indicators import fund_figures, imported, people_rows
from indicators.definition import Definition, Opens
from indicators.definitions import definition
from indicators.fund_states import counts_of_loans
from indicators.models import HOUSEHOLD_COUNTERS, LOAN_COUNTERS, HouseholdDay
from indicators.queries import digits_of
from indicators.states import household_counters, last_loan_day, loan_counters
from kernel.regions import RegionTree, code_range, in_scope
from loans.models import Loan, LoanDay, Position
from office.models import Voucher
from risk_fund.models import FundAccount, FundMovement
from subsidies import figures
from subsidies.models import Entitlement

PAGE = 100

Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """A household, loan, payment or whatever else counts, and what it counts for."""

    id: int
    #: number of the household in the register, of the contract or of the voucher; credit code of
    #: an enterprise; code of a village or another region
    number: str
    village_code: str
    #: None where the row is of no one household
    household_id: int | None
    #: its part of the figure: 1, people, or fen
    amount: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the rows; ``cursor`` asks for the next ones and is None after the last."""

    #: what the rows are, as ``Definition.opens`` says
    kind: Opens
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
    query = _query(session, known, region, digits, on, cursor)
    found = [] if query is None else session.execute(query.limit(limit + 1)).all()
    rows = [Row(*row) for row in found]
    more = len(rows) > limit
    return Page(
        kind="regions" if imported.of_counties(session) else known.opens,
        rows=tuple(rows[:limit]),
        cursor=rows[limit - 1].id if more else None,
    )


def _query(
    session: Session, known: Definition, region: str, digits: str, on: date, cursor: int
) -> Query | None:
    """All rows of a figure after the cursor; None where the region has no such figure."""
    if imported.of_counties(session):
        return imported.rows(session, known.counter, digits, on, cursor)
    if known.base in people_rows.COUNTERS:
        return people_rows.query(session, known, region, digits, on, cursor)
    if known.counter.startswith("fund_") and not fund_figures.has_fund(digits):
        return None
    if known.opens == "movements":
        return _fund_movements(digits, on, cursor)
    if known.opens == "entitlements":
        return _entitlements(known.counter.removeprefix("subsidy_"), digits, on, cursor)
    if known.counter.startswith("fund_"):
        covered = known.counter in {"fund_covered_fen", "fund_headroom_outstanding_fen"}
        return _loans_over_funds(digits, on, cursor, covered=covered)
    if known.opens == "loans":
        return _loans(known.counter, digits, on, cursor)
    return _households(known.counter, digits, on, cursor)


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


def _loans_over_funds(
    digits: str, on: date, cursor: int, *, covered: bool
) -> Select[int, str, str, int | None, int]:
    """What loans of lenders with a special account count for over the fund."""
    low, high = code_range(digits)
    ever, now = counts_of_loans(on)
    part = now if covered else ever
    lenders = select(FundAccount.lender_id).where(
        FundAccount.region_code >= low, FundAccount.region_code < high, FundAccount.opened_on <= on
    )
    return (
        select(Loan.id, Loan.number, Loan.village_code, Loan.household_id, part)
        .join(Position, Position.loan_id == Loan.id)
        .join(LoanDay, LoanDay.loan_id == Loan.id)
        .where(Loan.lender_id.in_(lenders), part != 0, Loan.id > cursor)
        .where(LoanDay.on_day == last_loan_day(Loan.id.expression, on))
        .order_by(Loan.id)
    )


def _fund_movements(digits: str, on: date, cursor: int) -> Select[int, str, str, int | None, int]:
    """Money into and out of the special accounts, each by its voucher's number."""
    low, high = code_range(digits)
    return (
        select(
            FundMovement.id,
            Voucher.voucher_no,
            FundAccount.region_code,
            null(),
            FundMovement.amount_fen,
        )
        .join(FundAccount, FundAccount.id == FundMovement.account_id)
        .join(Voucher, Voucher.id == FundMovement.voucher_id)
        .where(FundAccount.region_code >= low, FundAccount.region_code < high)
        .where(FundMovement.booking_date <= on, FundMovement.id > cursor)
        .order_by(FundMovement.id)
    )


def _entitlements(
    counter: str, digits: str, on: date, cursor: int
) -> Select[int, str, str, int | None, int]:
    """What each entitlement counts for, by its contract's number."""
    parts = figures.by_entitlement(on).subquery("parts")
    return (
        select(parts.c.id, Loan.number, parts.c.village_code, Loan.household_id, parts.c[counter])
        .join(Entitlement, Entitlement.id == parts.c.id)
        .join(Loan, Loan.id == Entitlement.loan_id)
        .where(in_scope(parts.c.village_code, digits), parts.c[counter] != 0)
        .where(parts.c.id > cursor)
        .order_by(parts.c.id)
    )
