"""The indicators' reads: the figures of a closed day, and their course over days.

A region's figures are the sum over its villages of the last snapshot row on or before the day. The
villages are found by hopping from one to the next in the key, so that neither the number of days
nor that of other villages costs anything. The fund's are those of the county's special accounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, select
from sqlalchemy.orm import Session, aliased

import ledger
from indicators import fund_figures, imported, linkage, yearly
from indicators.definitions import Figures
from indicators.models import COUNTERS, SUBSIDY_COUNTERS, SubsidyDay, VillageDay
from indicators.people_models import PEOPLE_COUNTERS, VillageStandingDay
from indicators.places import Places, combined
from indicators.refusals import RegionOutsideBooks
from indicators.states import Rows
from kernel.database import sum_of
from kernel.refusals import BadValue
from kernel.regions import RegionTree, code_range, scope_digits, within

Snapshots = type[VillageDay] | type[SubsidyDay] | type[VillageStandingDay]
#: snapshots by village: columns, and the counters that they are
_TABLES: tuple[tuple[Snapshots, Mapping[str, str]], ...] = (
    (VillageDay, {name: name for name in COUNTERS}),
    (SubsidyDay, {name: f"subsidy_{name}" for name in SUBSIDY_COUNTERS}),
    (VillageStandingDay, {name: name for name in PEOPLE_COUNTERS}),
)
#: longest course that is read at once: five years
DAYS_MAX = 5 * 366


def figures(session: Session, *, regions: RegionTree, region: str, on: date) -> Figures:
    """The figures of a region at the close of a day; a day that is not closed is refused."""
    digits = digits_of(session, regions, region)
    ledger.require_closed(session, on)
    if imported.of_counties(session):
        return Figures(region, on, imported.counters(session, digits, on))
    return Figures(region, on, counters(session, region, digits, on))


def figures_below(
    session: Session, *, regions: RegionTree, region: str, on: date
) -> dict[str, Figures]:
    """The figures of each region right below one where households are registered, by its code.

    They are those that villages add up to: none of the fund, of organisations or of the year. In a
    county's books one question a table tells them, however many regions there are.
    """
    digits = digits_of(session, regions, region)
    ledger.require_closed(session, on)
    below = {scope_digits(one.code): one.code for one in regions.children(region)}
    if imported.of_counties(session):
        each = {part: imported.counters(session, part, on) for part in below}
    elif below:
        each = _added_up_below(session, digits, on, len(next(iter(below))))
    else:
        each = {}
    told = ((code, Figures(code, on, each[part])) for part, code in below.items() if part in each)
    return {code: found for code, found in told if found.value("households_registered")}


def series(
    session: Session, *, regions: RegionTree, region: str, since: date, until: date
) -> list[Figures]:
    """The figures of every day from ``since`` to ``until``, both closed, both included."""
    digits = digits_of(session, regions, region)
    _require_order(since, until)
    ledger.require_closed(session, since)
    ledger.require_closed(session, until)
    if imported.of_counties(session):
        days = imported.course(session, digits, list(_days(since, until)))
    else:
        days = _course(session, region, digits, since, until)
    return [Figures(region, day, found) for day, found in days]


def counters(session: Session, region: str, digits: str, on: date) -> dict[str, int]:
    """Every counter of a region at the close of a day."""
    found = _added_up(session, digits, on)
    if fund_figures.has_fund(digits):
        found |= fund_figures.counters(fund_figures.at(session, digits, on).values())
    found["enterprises_linked"] = linkage.organisations(session, digits, on)
    first = yearly.first_told(session)
    if not yearly.is_told(session, first, on):
        found = yearly.without_people(found)
    else:
        start = yearly.year_start(first, on)
        found |= yearly.of_the_year(found, _people(session, digits, start) if start else {})
    found |= Places(session, region, digits, on).on(on)
    return found | combined(found)


def _course(
    session: Session, region: str, digits: str, since: date, until: date
) -> Iterator[tuple[date, dict[str, int]]]:
    moved: dict[date, dict[str, int]] = {}
    for table, names in _TABLES:
        for day, *by in session.execute(_movements(table, names, digits, since, until)):
            moved.setdefault(day, {}).update(zip(names.values(), by, strict=True))
    now = _added_up(session, digits, since)
    funds = _Funds(session, digits, since, until)
    places = Places(session, region, digits, until)
    linked = linkage.Course(session, digits, since, until)
    first = yearly.first_told(session)
    starts: dict[date | None, dict[str, int]] = {}
    for day in _days(since, until):
        if day > since and (by_name := moved.get(day)):
            now = {name: counter + by_name.get(name, 0) for name, counter in now.items()}
        found = now | funds.on(day) | {"enterprises_linked": linked.on(day)}
        if not yearly.is_told(session, first, day):
            found = yearly.without_people(found)
        else:
            start = yearly.year_start(first, day)
            if start not in starts:
                starts[start] = _people(session, digits, start) if start else {}
            found |= yearly.of_the_year(found, starts[start])
        found |= places.on(day)
        yield day, found | combined(found)


class _Funds:
    """The fund's counters day after day; none below the county."""

    def __init__(self, session: Session, digits: str, since: date, until: date) -> None:
        self._there = fund_figures.has_fund(digits)
        self._told: dict[str, int] = {}
        if self._there:
            self._now = fund_figures.at(session, digits, since)
            self._moved = fund_figures.between(session, digits, since, until)
            self._told = fund_figures.counters(self._now.values())

    def on(self, day: date) -> dict[str, int]:
        """The counters at the close of a day, asked for in the order of days."""
        if self._there and day in self._moved:
            self._now |= self._moved[day]
            self._told = fund_figures.counters(self._now.values())
        return self._told


def digits_of(session: Session, regions: RegionTree, region: str) -> str:
    """The scope of a region that is in the list and in these books."""
    digits = scope_digits(regions.get(region).code)
    own = ledger.books(session).region_code
    if not within(region, scope_digits(own)):
        raise RegionOutsideBooks(field="region", region=region, books=own)
    return digits


def villages(digits: str, table: Snapshots = VillageDay) -> Select[str]:
    """The villages of a scope that have any snapshot, in order: one look into the key for each."""
    low, high = code_range(digits)
    first = (
        select(func.min(table.village_code).label("code"))
        .where(table.village_code >= low, table.village_code < high)
        .cte("villages", recursive=True)
    )
    following = (
        select(func.min(table.village_code))
        .where(table.village_code > first.c.code, table.village_code < high)
        .scalar_subquery()
    )
    every = first.union_all(select(following).where(first.c.code.is_not(None)))
    return select(every.c.code).where(every.c.code.is_not(None))


def _added_up(session: Session, digits: str, on: date) -> dict[str, int]:
    """The counters that villages add up to."""
    found: dict[str, int] = {}
    for table, names in _TABLES:
        sums = session.execute(_sums(table, names, digits, on)).one()
        found.update(zip(names.values(), sums, strict=True))
    return found


def _added_up_below(
    session: Session, digits: str, on: date, length: int
) -> dict[str, dict[str, int]]:
    """The same by the first so many digits of the villages."""
    every = [counter for _, names in _TABLES for counter in names.values()]
    found: dict[str, dict[str, int]] = {}
    for table, names in _TABLES:
        for part, *sums in session.execute(_sums_below(table, names, digits, on, length)):
            now = found.setdefault(part, dict.fromkeys(every, 0))
            now.update(zip(names.values(), sums, strict=True))
    if yearly.is_told(session, yearly.first_told(session), on):
        return found
    return {part: yearly.without_people(now) for part, now in found.items()}


def _people(session: Session, digits: str, on: date) -> dict[str, int]:
    names = {name: name for name in PEOPLE_COUNTERS}
    sums = session.execute(_sums(VillageStandingDay, names, digits, on)).one()
    return dict(zip(names, sums, strict=True))


def _sums(table: Snapshots, names: Mapping[str, str], digits: str, on: date) -> Rows:
    """Over the villages of a scope, their last row on or before a day."""
    known = villages(digits, table).subquery()
    return (
        select(*(sum_of(getattr(table, name)) for name in names))
        .select_from(known)
        .join(table, _is_last(table, known, on))
    )


def _sums_below(
    table: Snapshots, names: Mapping[str, str], digits: str, on: date, length: int
) -> Rows:
    """The same by the first so many digits of the villages."""
    every = villages(digits, table).subquery()
    known = select(every.c.code, func.substr(every.c.code, 1, length).label("part")).subquery()
    return (
        select(known.c.part, *(sum_of(getattr(table, name)) for name in names))
        .select_from(known)
        .join(table, _is_last(table, known, on))
        .group_by(known.c.part)
    )


def _is_last(table: Snapshots, known: Subquery, on: date) -> ColumnElement[bool]:
    last = aliased(table)
    last_day = (
        select(func.max(last.on_day))
        .where(last.village_code == known.c.code, last.on_day <= on)
        .scalar_subquery()
    )
    return and_(table.village_code == known.c.code, table.on_day == last_day)


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
