"""The indicators' reads: the figures of a closed day, and their course over days.

A region's figures are the sum over its villages of the last snapshot row on or before the day. The
villages are found by hopping from one to the next in the key, so that neither the number of days
nor that of other villages costs anything. The fund's are those of the county's special accounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

import ledger
from indicators import fund_figures
from indicators.definitions import Figures
from indicators.models import COUNTERS, SUBSIDY_COUNTERS, SubsidyDay, VillageDay
from indicators.refusals import RegionOutsideBooks
from indicators.states import Rows
from kernel.database import sum_of
from kernel.refusals import BadValue
from kernel.regions import RegionTree, code_range, scope_digits, within

Snapshots = type[VillageDay] | type[SubsidyDay]
#: snapshots by village: columns, and the counters that they are
_TABLES: tuple[tuple[Snapshots, Mapping[str, str]], ...] = (
    (VillageDay, {name: name for name in COUNTERS}),
    (SubsidyDay, {name: f"subsidy_{name}" for name in SUBSIDY_COUNTERS}),
)
#: longest course that is read at once
DAYS_MAX = 3 * 366


def figures(session: Session, *, regions: RegionTree, region: str, on: date) -> Figures:
    """The figures of a region at the close of a day; a day that is not closed is refused."""
    digits = digits_of(session, regions, region)
    ledger.require_closed(session, on)
    return Figures(region, on, _counters(session, digits, on))


def series(
    session: Session, *, regions: RegionTree, region: str, since: date, until: date
) -> list[Figures]:
    """The figures of every day from ``since`` to ``until``, both closed, both included."""
    digits = digits_of(session, regions, region)
    _require_order(since, until)
    ledger.require_closed(session, since)
    ledger.require_closed(session, until)
    moved: dict[date, dict[str, int]] = {}
    for table, names in _TABLES:
        for day, *by in session.execute(_movements(table, names, digits, since, until)):
            moved.setdefault(day, {}).update(zip(names.values(), by, strict=True))
    now = _counters(session, digits, since)
    funds = _Funds(session, digits, since, until)
    course = []
    for day in _days(since, until):
        if day > since:
            now = {name: count + moved.get(day, {}).get(name, 0) for name, count in now.items()}
            now |= funds.on(day)
        course.append(Figures(region, day, now))
    return course


class _Funds:
    """The fund's counters day after day; none below the county."""

    def __init__(self, session: Session, digits: str, since: date, until: date) -> None:
        self._there = fund_figures.has_fund(digits)
        if self._there:
            self._now = fund_figures.at(session, digits, since)
            self._moved = fund_figures.between(session, digits, since, until)

    def on(self, day: date) -> dict[str, int]:
        """The counters at the close of a day, asked for in the order of days."""
        if not self._there:
            return {}
        self._now |= self._moved.get(day, {})
        return fund_figures.counters(self._now.values())


def digits_of(session: Session, regions: RegionTree, region: str) -> str:
    """The scope of a region that is in the list and in these books."""
    digits = scope_digits(regions.get(region).code)
    own = ledger.books(session).region_code
    if not within(region, scope_digits(own)):
        raise RegionOutsideBooks(field="region", region=region, books=own)
    return digits


def villages(digits: str) -> Select[str]:
    """The villages of a scope that have any snapshot, in order: one look into the key for each."""
    low, high = code_range(digits)
    first = (
        select(func.min(VillageDay.village_code).label("code"))
        .where(VillageDay.village_code >= low, VillageDay.village_code < high)
        .cte("villages", recursive=True)
    )
    following = (
        select(func.min(VillageDay.village_code))
        .where(VillageDay.village_code > first.c.code, VillageDay.village_code < high)
        .scalar_subquery()
    )
    every = first.union_all(select(following).where(first.c.code.is_not(None)))
    return select(every.c.code).where(every.c.code.is_not(None))


def _counters(session: Session, digits: str, on: date) -> dict[str, int]:
    found: dict[str, int] = {}
    for table, names in _TABLES:
        sums = session.execute(_sums(table, names, digits, on)).one()
        found.update(zip(names.values(), sums, strict=True))
    if fund_figures.has_fund(digits):
        found |= fund_figures.counters(fund_figures.at(session, digits, on).values())
    return found


def _sums(table: Snapshots, names: Mapping[str, str], digits: str, on: date) -> Rows:
    """Over the villages of a scope, their last row on or before a day."""
    known = villages(digits).subquery()
    last = aliased(table)
    last_day = (
        select(func.max(last.on_day))
        .where(last.village_code == known.c.code, last.on_day <= on)
        .scalar_subquery()
    )
    return (
        select(*(sum_of(getattr(table, name)) for name in names))
        .select_from(known)
        .join(table, (table.village_code == known.c.code) & (table.on_day == last_day))
    )


def _movements(
    table: Snapshots, names: Mapping[str, str], digits: str, since: date, until: date
) -> Rows:
    """By day: how much each counter of the scope moved."""
    low, high = code_range(digits)
    now, before, earlier = table, aliased(table), aliased(table)
    day_before = (
        select(func.max(earlier.on_day))
        .where(earlier.village_code == now.village_code, earlier.on_day < now.on_day)
        .scalar_subquery()
    )
    moved = (sum_of(getattr(now, name) - func.coalesce(getattr(before, name), 0)) for name in names)
    return (
        select(now.on_day, *moved)
        .outerjoin(
            before, (before.village_code == now.village_code) & (before.on_day == day_before)
        )
        .where(now.village_code >= low, now.village_code < high)
        .where(now.on_day > since, now.on_day <= until)
        .group_by(now.on_day)
    )


def _require_order(since: date, until: date) -> None:
    if not since <= until or (until - since).days > DAYS_MAX:
        raise BadValue(
            field="since",
            name="since",
            value=since.isoformat(),
            rule_zh=f"不得晚于{until}，相距不超过{DAYS_MAX}天",
            rule_en=f"not after {until}, and no more than {DAYS_MAX} days before it",
        )


def _days(since: date, until: date) -> Iterator[date]:
    return (since + timedelta(days=n) for n in range((until - since).days + 1))
