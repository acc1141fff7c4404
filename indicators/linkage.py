"""Snapshots of linkage: how many households of each village an organisation is linked with.

An organisation is counted once in any region, so its villages must be told apart. On a day only
those organisations are counted again of whose households something moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from sqlalchemy import (
    BindParameter,
    Date,
    FromClause,
    Insert,
    Select,
    bindparam,
    func,
    insert,
    literal,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from indicators import links
from indicators.people_models import LinkageDay, StandingDay
from indicators.states import Day, Rows
from indicators.treasury import Difference
from kernel.database import sum_of
from kernel.regions import code_range
from kernel.seals import table_of

_LINKAGE_DAYS = table_of(LinkageDay)
_DAY: BindParameter[date] = bindparam("day", type_=Date())


def take(session: Session, day: date) -> None:
    """Write what moved on ``day``, once its ``standing_days`` are written."""
    session.connection().execute(_moved_rows(), {"day": day})


def differing(session: Session, day: date) -> Iterator[Difference]:
    """Where the rows of a closed or closing day differ from the agreements."""
    parts = union_all(_now(day), _last(day)).subquery("parts")
    for organisation, village, now, last in session.execute(_compared(parts)):
        yield Difference("linkage_days", f"{organisation} {village}", "households", last, now)


def organisations(session: Session, digits: str, on: date) -> int:
    """How many organisations are linked with a household of a scope, each counted once."""
    last = _last_rows(on, digits).subquery("last")
    query = select(func.count(last.c.organisation_id.distinct())).where(last.c.households > 0)
    return session.scalar(query) or 0


def at(session: Session, on: date) -> dict[tuple[int, str], int]:
    """(organisation, village) -> linked households, where there are any, at the close of a day."""
    return {(row[0], row[1]): row[2] for row in session.execute(_last_rows(on)) if row[2]}


class Course:
    """The organisations linked in a scope, asked for in the order of days."""

    def __init__(self, session: Session, digits: str, since: date, until: date) -> None:
        self._households = {
            (row[0], row[1]): row[2] for row in session.execute(_last_rows(since, digits))
        }
        low, high = code_range(digits)
        rows = session.scalars(
            select(LinkageDay)
            .where(LinkageDay.village_code >= low, LinkageDay.village_code < high)
            .where(LinkageDay.on_day > since, LinkageDay.on_day <= until)
        )
        self._moved: dict[date, list[LinkageDay]] = {}
        for row in rows:
            self._moved.setdefault(row.on_day, []).append(row)
        self._count = self._counted()

    def on(self, day: date) -> int:
        """How many at the close of a day."""
        if moved := self._moved.get(day):
            for row in moved:
                self._households[row.organisation_id, row.village_code] = row.households
            self._count = self._counted()
        return self._count

    def _counted(self) -> int:
        return len({organisation for (organisation, _), n in self._households.items() if n > 0})


@lru_cache(maxsize=1)
def _moved_rows() -> Insert:
    """Built once, as those of ``operations`` are."""
    touched = union(
        *links.touched(_DAY),
        select(StandingDay.household_id).where(StandingDay.on_day == _DAY, StandingDay.linked),
    ).subquery("touched")
    of = links.organisations_of(touched).cte("of")
    parts = union_all(_now(_DAY, of), _last(_DAY, of)).subquery("parts")
    moved = _compared(parts).subquery("moved")
    return insert(_LINKAGE_DAYS).from_select(
        ["organisation_id", "village_code", "on_day", "households"],
        select(moved.c.organisation_id, moved.c.village_code, _DAY, moved.c.now_linked),
    )


def _compared(parts: FromClause) -> Rows:
    """(organisation, village, now, last) where the two are not one."""
    now, last = sum_of(parts.c.now_linked), sum_of(parts.c.last_linked)
    return (
        select(
            parts.c.organisation_id,
            parts.c.village_code,
            now.label("now_linked"),
            last.label("last_linked"),
        )
        .group_by(parts.c.organisation_id, parts.c.village_code)
        .having(now != last)
        .order_by(parts.c.organisation_id, parts.c.village_code)
    )


def _now(day: Day, only: FromClause | None = None) -> Rows:
    """What the agreements say, each household where its last row has it."""
    linked = links.links(day)
    if only is not None:
        linked = linked.where(links.organisation().in_(select(only.c[0])))
    rows, stands, later = linked.subquery("linked"), aliased(StandingDay), aliased(StandingDay)
    last_day = (
        select(func.max(later.on_day))
        .where(later.household_id == stands.household_id, later.on_day <= day)
        .scalar_subquery()
    )
    return (
        select(
            rows.c.organisation_id,
            stands.village_code,
            func.count(rows.c.household_id.distinct()).label("now_linked"),
            literal(0).label("last_linked"),
        )
        .join(stands, stands.household_id == rows.c.household_id)
        .where(stands.on_day == last_day)
        .group_by(rows.c.organisation_id, stands.village_code)
    )


def _last(day: Day, only: FromClause | None = None) -> Rows:
    """What was written last, on ``day`` at the latest."""
    rows = _last_rows(day)
    if only is not None:
        rows = rows.where(LinkageDay.organisation_id.in_(select(only.c[0])))
    last = rows.subquery("last_rows")
    return select(
        last.c.organisation_id, last.c.village_code, literal(0), last.c.households
    ).select_from(last)


def _last_rows(day: Day, digits: str | None = None) -> Select[int, str, int]:
    later = aliased(LinkageDay)
    last_day = (
        select(func.max(later.on_day))
        .where(
            later.organisation_id == LinkageDay.organisation_id,
            later.village_code == LinkageDay.village_code,
            later.on_day <= day,
        )
        .scalar_subquery()
    )
    query = select(
        LinkageDay.organisation_id, LinkageDay.village_code, LinkageDay.households
    ).where(LinkageDay.on_day == last_day)
    if digits is None:
        return query
    low, high = code_range(digits)
    return query.where(LinkageDay.village_code >= low, LinkageDay.village_code < high)
