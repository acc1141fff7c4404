"""How households stand at the close of a day, as SELECTs: the sources of ``standing_days``.

As in ``states``, everything is read from rows that never change, by the day they were booked on.
What came to pass is seen in two rows of a household that follow each other: it was poor and is
lifted out. A household that stands in its first row as it did in the family it split off from did
not come to stand so by itself, and counts for nothing that came to pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    ScalarSelect,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union,
)
from sqlalchemy.orm import aliased

from households.models import Household, HouseholdStatus, RegisterChange
from households.models.families import FamilyEvent, NeedAnswer, NeedRound
from households.standing import is_watched, standing_of
from indicators import links, paid, states
from indicators.people_models import FLOWS, STANDING, STOCKS, StandingDay
from indicators.states import Day, Moves, Rows
from loans.models import Disbursement, Loan, LoanDay, Reversal

#: what came to pass -> how the household stood before, and how it stands
TURNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "lifted": (("none", "poor"), ("lifted",)),
    "fallen_back": (("lifted",), ("poor",)),
    "removed": (("none", "poor", "lifted"), ("removed",)),
    "readmitted": (("removed",), ("poor", "lifted")),
}


def touched(day: Day) -> CompoundSelect[int]:
    """Households of which anything told here was booked on ``day``, or began or ended with it;
    all of them where nothing was ever told.
    """
    ever_told = exists(select(literal(1)).select_from(StandingDay))
    asked = exists().where(NeedAnswer.household_id == Loan.household_id)
    return union(
        select(HouseholdStatus.household_id).where(HouseholdStatus.booked_on == day),
        select(RegisterChange.household_id).where(RegisterChange.booked_on == day),
        select(NeedAnswer.household_id).where(NeedAnswer.booked_on == day),
        select(Loan.household_id)
        .join(LoanDay, LoanDay.loan_id == Loan.id)
        .where(LoanDay.on_day == day, Loan.household_id.is_not(None), asked),
        *links.touched(day),
        *paid.touched(day),
        select(Household.id).where(~ever_told),
    )


def households(day: Day, moves: Moves, only: FromClause | None = None) -> Rows:
    """One row for each household (of ``only``): the columns of ``standing_days`` but its day."""
    plain = _answers(day, moves, only).cte("standings").prefix_with("MATERIALIZED")
    wants = func.coalesce(NeedAnswer.answer == "wants", False)
    drawn = _drawn_since(plain.c.household_id, NeedRound.from_on.expression, day)
    return (
        select(
            plain.c.household_id,
            plain.c.village_code,
            plain.c.persons,
            plain.c.standing,
            plain.c.monitored,
            plain.c.linked,
            wants.label("in_need"),
            case((wants, or_(plain.c.with_balance, drawn)), else_=False).label("need_met"),
            plain.c.dividends_fen,
        )
        .outerjoin(NeedAnswer, NeedAnswer.id == plain.c.answer_id)
        .outerjoin(NeedRound, NeedRound.id == NeedAnswer.round_id)
    )


def differs(now: FromClause, day: Day, *, inclusive: bool = False) -> ColumnElement[bool]:
    """Whether ``now`` is not what the household's last row before ``day`` says; without one there
    is nothing to tell of it. ``inclusive``: a row of the day itself is the last one.
    """
    rows = aliased(StandingDay)
    last = (
        select(states.in_words([getattr(rows, name) for name in STANDING]))
        .where(
            rows.household_id == now.c.household_id,
            rows.on_day <= day if inclusive else rows.on_day < day,
        )
        .order_by(rows.on_day.desc())
        .limit(1)
        .scalar_subquery()
    )
    said = states.in_words([now.c[name] for name in STANDING])
    counts = or_(
        now.c.standing != "none",
        now.c.monitored,
        now.c.linked,
        now.c.in_need,
        now.c.dividends_fen != 0,
    )
    return said != func.coalesce(last, case((counts, literal("")), else_=said))


def stocks(rows: FromClause) -> list[ColumnElement[int]]:
    """The counters ``STOCKS`` of rows as ``standing_days`` has them, to add up."""
    so = (
        rows.c.standing == "poor",
        rows.c.standing == "lifted",
        rows.c.monitored,
        rows.c.linked,
        rows.c.dividends_fen > 0,
    )
    pairs = [part for one in so for part in (_one(one), case((one, rows.c.persons), else_=0))]
    return [*pairs, rows.c.dividends_fen, _one(rows.c.in_need), _one(rows.c.need_met)]


def flows(rows: FromClause, before: ColumnElement[str]) -> list[ColumnElement[int]]:
    """The counters ``FLOWS`` of rows, each beside how its household stood ``before``."""
    parts: list[ColumnElement[int]] = []
    for were, are in TURNS.values():
        turned = and_(before.in_(were), rows.c.standing.in_(are))
        parts += [case((turned, 1), else_=0), case((turned, rows.c.persons), else_=0)]
    return parts


def stood_before(rows: FromClause) -> ColumnElement[str]:
    """How the household of a row stood in the row before; of its first row, see above."""
    earlier = aliased(StandingDay)
    before = (
        select(earlier.standing)
        .where(earlier.household_id == rows.c.household_id, earlier.on_day < rows.c.on_day)
        .order_by(earlier.on_day.desc())
        .limit(1)
        .correlate(rows)
        .scalar_subquery()
    )
    split_off = exists().where(
        FamilyEvent.other_household_id == rows.c.household_id,
        FamilyEvent.kind == "split",
        FamilyEvent.booked_on <= rows.c.on_day,
    )
    return func.coalesce(before, case((split_off, rows.c.standing), else_="none"))


def named_stocks(rows: FromClause) -> dict[str, ColumnElement[int]]:
    """``stocks`` by name."""
    return dict(zip(STOCKS, stocks(rows), strict=True))


def named_flows(rows: FromClause, before: ColumnElement[str]) -> dict[str, ColumnElement[int]]:
    """``flows`` by name."""
    return dict(zip(FLOWS, flows(rows, before), strict=True))


def _one(flag: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(flag, Integer) if isinstance(flag.type, Boolean) else case((flag, 1), else_=0)


def _answers(day: Day, moves: Moves, only: FromClause | None) -> Rows:
    query = select(
        Household.id.label("household_id"),
        states.village_then(moves).label("village_code"),
        states.persons(day).label("persons"),
        standing_of(day, booked_by=day).label("standing"),
        is_watched(day, booked_by=day).label("monitored"),
        links.is_linked(Household.id.expression, day).label("linked"),
        states.has_loan(day, LoanDay.outstanding_fen > 0).label("with_balance"),
        _last_answer(day).label("answer_id"),
        paid.paid_to(Household.id.expression, day).label("dividends_fen"),
    )
    if only is None:
        return query
    return query.where(Household.id.in_(select(only.c[0])))


def _last_answer(day: Day) -> ScalarSelect[int]:
    """What it said last: in the last round it was asked in, and there the last row."""
    return (
        select(NeedAnswer.id)
        .join(NeedRound, NeedRound.id == NeedAnswer.round_id)
        .where(NeedAnswer.household_id == Household.id, NeedAnswer.booked_on <= day)
        .order_by(NeedRound.from_on.desc(), NeedAnswer.id.desc())
        .limit(1)
        .correlate(Household)
        .scalar_subquery()
    )


def _drawn_since(
    household_id: ColumnElement[int], since: ColumnElement[Any], day: Day
) -> ColumnElement[bool]:
    undone = exists().where(
        Reversal.disbursement_id == Disbursement.id, Reversal.booking_date <= day
    )
    return exists(
        select(literal(1))
        .select_from(Loan)
        .join(Disbursement, Disbursement.loan_id == Loan.id)
        .where(
            Loan.household_id == household_id,
            Loan.mode.in_(states.COUNTY_MODES),
            Disbursement.booking_date >= since,
            Disbursement.booking_date <= day,
            ~undone,
        )
    )
