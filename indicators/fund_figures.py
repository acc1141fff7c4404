"""The compensation fund's counters of a county, added up from its special accounts.

Headroom is counted account by account, as each lender's own limit is, and then added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from indicators.models import FUND_STATE, FundDay
from kernel.regions import code_range
from risk_fund.models import FundAccount

#: most digits of a region that has figures of the fund: a county's
COUNTY_DIGITS = 6

#: account -> what ``fund_days`` says of it
States = Mapping[int, Mapping[str, int]]


def has_fund(digits: str) -> bool:
    """Whether a scope is a county or larger."""
    return len(digits) <= COUNTY_DIGITS


def counters(states: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The counters of all accounts together."""
    every = list(states)
    free = [one["balance_fen"] - one["pledged_fen"] for one in every]
    return {
        "fund_balance_fen": sum(one["balance_fen"] for one in every),
        "fund_free_fen": sum(free),
        "fund_contributed_fen": sum(one["contributed_fen"] for one in every),
        "fund_disbursed_fen": sum(one["disbursed_fen"] for one in every),
        "fund_covered_fen": sum(one["covered_fen"] for one in every),
        "fund_headroom_cumulative_fen": sum(
            one["multiple"] * one["contributed_fen"] - one["disbursed_fen"] for one in every
        ),
        "fund_headroom_outstanding_fen": sum(
            one["multiple"] * left - one["covered_fen"]
            for one, left in zip(every, free, strict=True)
        ),
    }


def at(session: Session, digits: str, on: date) -> dict[int, Mapping[str, int]]:
    """The last row of each account on or before a day."""
    earlier = aliased(FundDay)
    last_day = (
        select(func.max(earlier.on_day))
        .where(earlier.account_id == FundDay.account_id, earlier.on_day <= on)
        .correlate(FundDay)
        .scalar_subquery()
    )
    rows = _rows(session, digits, FundDay.on_day == last_day)
    return {account: state for _, account, state in rows}


def between(
    session: Session, digits: str, since: date, until: date
) -> dict[date, dict[int, Mapping[str, int]]]:
    """By day after ``since``: the accounts that moved."""
    moved: dict[date, dict[int, Mapping[str, int]]] = {}
    days = and_(FundDay.on_day > since, FundDay.on_day <= until)
    for day, account, state in _rows(session, digits, days):
        moved.setdefault(day, {})[account] = state
    return moved


def _rows(
    session: Session, digits: str, which: ColumnElement[bool]
) -> list[tuple[date, int, Mapping[str, int]]]:
    low, high = code_range(digits)
    query = (
        select(FundDay)
        .join(FundAccount, FundAccount.id == FundDay.account_id)
        .where(FundAccount.region_code >= low, FundAccount.region_code < high, which)
        .order_by(FundDay.on_day, FundDay.account_id)
    )
    return [
        (row.on_day, row.account_id, {name: getattr(row, name) for name in FUND_STATE})
        for row in session.scalars(query)
    ]
