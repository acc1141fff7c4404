"""What stands in the rooms' records at the close of a day, as SELECTs: the snapshot's sources.

Everything is read from rows that never change, by the day they were booked on, so that what is
booked on the next day, already open while this one closes, is not seen. The one running answer,
the village a household lives in, comes with the moves booked after the day undone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from credit.models import Rating
from households.models import Household, HouseholdStatus, RegisterChange
from households.standing import is_registered
from indicators.models import STATE, HouseholdDay
from kernel.database import sum_of
from loans.models import Disbursement, Loan, LoanDay, LoanShare, Reversal

#: modes whose loans are the county's lending to households
COUNTY_MODES = ("credit", "entrusted")

#: a SELECT of many columns
Rows = Select[*tuple[Any, ...]]
#: a day, or a place in a statement that is built once and given its day later
Day = date | BindParameter[date]
#: household -> the village it lived in at the close, where it has moved since
Moves = Mapping[int, str]


def moved_since(session: Session, day: date) -> dict[int, str]:
    """Households whose village was changed by what was booked after ``day``, and where they were.

    Only the open day and the one closing matter, so there is next to nothing to read.
    """
    # Sorted here: asked for in order, SQLite walks the whole table and leaves the index of days.
    rows = session.execute(
        select(RegisterChange.id, RegisterChange.household_id, RegisterChange.fields).where(
            RegisterChange.booked_on > day, RegisterChange.fields.contains('"village_code"')
        )
    )
    later_first = sorted(rows, key=lambda row: -row.id)
    # The first change after the day comes last and wins.
    return {row.household_id: json.loads(row.fields)["village_code"][0] for row in later_first}


def touched(day: Day) -> CompoundSelect[int]:
    """Households of which anything that counts was booked on ``day``, or began or ended on it."""
    return union(
        select(HouseholdStatus.household_id).where(HouseholdStatus.booked_on == day),
        select(RegisterChange.household_id).where(RegisterChange.booked_on == day),
        select(Rating.household_id).where(Rating.valid_from == day),
        select(Rating.household_id).where(Rating.valid_to == day),
        select(Loan.household_id)
        .join(LoanDay, LoanDay.loan_id == Loan.id)
        .where(LoanDay.on_day == day, Loan.household_id.is_not(None)),
        select(LoanShare.household_id)
        .join(Loan, Loan.application_id == LoanShare.application_id)
        .join(LoanDay, LoanDay.loan_id == Loan.id)
        .where(LoanDay.on_day == day),
    )


def households(day: Day, moves: Moves, only: FromClause | None = None) -> Rows:
    """One row for each household (of ``only``): the columns of ``household_days`` but its day."""
    # Written out once: folded into what reads it, each answer would be looked up several times.
    plain = _answers(day, moves, only).cte("answers").prefix_with("MATERIALIZED")
    counts = plain.c.registered
    return select(
        plain.c.household_id,
        plain.c.village_code,
        counts.label("registered"),
        case((counts, plain.c.persons), else_=0).label("persons"),
        case((counts, plain.c.line_fen.is_not(None)), else_=False).label("rated"),
        case((counts, func.coalesce(plain.c.line_fen, 0) > 0), else_=False).label("credited"),
        case((counts, func.coalesce(plain.c.line_fen, 0)), else_=0).label("line_fen"),
        case((counts, plain.c.borrowing), else_=False).label("borrowing"),
        case((counts, plain.c.with_balance), else_=False).label("with_balance"),
        case((counts, plain.c.in_pooled), else_=False).label("in_pooled"),
    )


def differs(now: FromClause, day: Day, *, inclusive: bool = False) -> ColumnElement[bool]:
    """Whether ``now`` is not what the household's last row before ``day`` says; without one, nobody
    counts. ``inclusive``: a row of the day itself is the last one.
    """
    rows = aliased(HouseholdDay)
    # One look into the key for each household: a join would tempt a database to read all of them.
    last = (
        select(in_words([getattr(rows, name) for name in STATE]))
        .where(
            rows.household_id == now.c.household_id,
            rows.on_day <= day if inclusive else rows.on_day < day,
        )
        .order_by(rows.on_day.desc())
        .limit(1)
        .scalar_subquery()
    )
    nothing = case((now.c.registered, literal("")), else_=in_words(_state(now)))
    return in_words(_state(now)) != func.coalesce(last, nothing)


def _state(rows: FromClause) -> list[ColumnElement[Any]]:
    return [rows.c[name] for name in STATE]


def in_words(columns: Sequence[ColumnElement[Any]]) -> ColumnElement[str]:
    """SQL: the columns as one text, to be compared as a whole."""
    words = [
        cast(_whole(column) if isinstance(column.type, Boolean) else column, Text)
        for column in columns
    ]
    line: ColumnElement[str] = words[0]
    for word in words[1:]:
        line = line + "|" + word
    return line


def household_counters(rows: FromClause) -> list[ColumnElement[int]]:
    """The household counters of rows as ``household_days`` has them, as whole numbers to add up."""
    return [
        _whole(rows.c.registered),
        rows.c.persons,
        _whole(rows.c.rated),
        _whole(rows.c.credited),
        _whole(rows.c.borrowing),
        _whole(rows.c.with_balance),
        rows.c.line_fen,
        _whole(rows.c.in_pooled),
    ]


def loan_counters(
    rows: FromClause, mode: ColumnElement[str] | InstrumentedAttribute[str]
) -> list[ColumnElement[int]]:
    """The loan counters of rows as ``loan_days`` has them, of loans in a mode: what organisations
    borrow for lists of households, and what village funds lend, is in counters of its own alone.
    """
    overdue = (rows.c.overdue_principal_fen > 0) | (rows.c.overdue_interest_fen > 0)
    drawn = case((rows.c.drawn_fen > 0, 1), else_=0)
    of_households = [
        drawn,
        rows.c.drawn_fen,
        rows.c.outstanding_fen,
        rows.c.overdue_principal_fen,
        rows.c.overdue_interest_fen,
        case((overdue, rows.c.outstanding_fen), else_=0),
        case((rows.c.grade >= 3, rows.c.outstanding_fen), else_=0),
    ]
    amounts = [drawn, rows.c.drawn_fen, rows.c.outstanding_fen]
    return [
        *(case((mode.in_(COUNTY_MODES), counter), else_=0) for counter in of_households),
        *(case((mode == "entrusted", counter), else_=0) for counter in amounts),
        *(case((mode == "pooled", counter), else_=0) for counter in amounts),
        *(case((mode == "mutual", counter), else_=0) for counter in amounts),
    ]


def last_loan_day(loan_id: ColumnElement[int], until: Day) -> ScalarSelect[date]:
    """The day of a loan's last figures on or before ``until``."""
    rows = aliased(LoanDay)
    return (
        select(func.max(rows.on_day))
        .where(rows.loan_id == loan_id, rows.on_day <= until)
        .scalar_subquery()
    )


def drawn(day: date) -> Rows:
    """By loan: what was paid out and not reversed by the close, from the record of payments."""
    reversed_by_then = exists().where(
        Reversal.disbursement_id == Disbursement.id, Reversal.booking_date <= day
    )
    return (
        select(Disbursement.loan_id, sum_of(Disbursement.amount_fen).label("drawn_fen"))
        .where(Disbursement.booking_date <= day, ~reversed_by_then)
        .group_by(Disbursement.loan_id)
    )


def _answers(day: Day, moves: Moves, only: FromClause | None) -> Rows:
    query = select(
        Household.id.label("household_id"),
        village_then(moves).label("village_code"),
        _registered(day).label("registered"),
        persons(day).label("persons"),
        _line(day).label("line_fen"),
        has_loan(day, LoanDay.drawn_fen > 0).label("borrowing"),
        has_loan(day, LoanDay.outstanding_fen > 0).label("with_balance"),
        _has_share(day).label("in_pooled"),
    )
    if only is None:
        return query
    return query.where(Household.id.in_(select(only.c[0])))


def _registered(day: Day) -> ColumnElement[bool]:
    return func.coalesce(is_registered(day, booked_by=day), False)


def village_then(moves: Moves) -> ColumnElement[str]:
    """Where a ``Household`` lived, with the moves of later days undone."""
    if moves:
        return case(moves, value=Household.id, else_=Household.village_code)
    return Household.village_code.expression


def persons(day: Day) -> ScalarSelect[int]:
    """Who was entered, less who left."""
    # Days are told apart here and not in WHERE: by household is the one right way to look.
    known = and_(RegisterChange.person_id.is_not(None), RegisterChange.booked_on <= day)
    by = case(
        (and_(known, RegisterChange.what == "new"), 1),
        (and_(known, RegisterChange.what == "left"), -1),
        else_=0,
    )
    return (
        select(sum_of(by))
        .where(RegisterChange.household_id == Household.id)
        .correlate(Household)
        .scalar_subquery()
    )


def _line(day: Day) -> ScalarSelect[int]:
    """The line of the rating in force, 0 where it earned none; NULL without a rating."""
    last = aliased(Rating)
    begun_last = (
        select(last.id)
        .where(last.household_id == Household.id, last.valid_from <= day)
        .order_by(last.valid_from.desc(), last.id.desc())
        .limit(1)
        .correlate(Household)
        .scalar_subquery()
    )
    return (
        select(Rating.line_fen)
        .where(Rating.id == begun_last, Rating.valid_to > day)
        .correlate(Household)
        .scalar_subquery()
    )


def has_loan(day: Day, which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a ``Household`` has a loan, not of a village fund, whose last figures are such."""
    return exists(
        select(literal(1))
        .select_from(Loan)
        .join(LoanDay, LoanDay.loan_id == Loan.id)
        .where(
            and_(
                Loan.household_id == Household.id,
                Loan.mode != "mutual",
                LoanDay.on_day == last_loan_day(Loan.id.expression, day),
                which,
            )
        )
        .correlate(Household)
    )


def _has_share(day: Day) -> ColumnElement[bool]:
    """A share of an organisation's loan that was drawn."""
    return exists(
        select(literal(1))
        .select_from(LoanShare)
        .join(Loan, Loan.application_id == LoanShare.application_id)
        .join(LoanDay, LoanDay.loan_id == Loan.id)
        .where(
            and_(
                LoanShare.household_id == Household.id,
                LoanDay.on_day == last_loan_day(Loan.id.expression, day),
                LoanDay.drawn_fen > 0,
            )
        )
        .correlate(Household)
    )


def _whole(flag: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(flag, Integer)
