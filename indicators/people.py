"""Snapshots of how households stand: what moved on a day, and the whole again.

One pair of statements writes the households that moved and the villages they moved in, as
``operations`` does for the register and the loans; ``differing`` counts everything again. Books
that stood before there were such snapshots take all their households with the first close.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Date,
    FromClause,
    Insert,
    bindparam,
    case,
    func,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from households.models import VillageStanding
from indicators import people_states, states, village_rows
from indicators.people_models import (
    FLOWS,
    PEOPLE_COUNTERS,
    PLACES,
    STANDING,
    STOCKS,
    StandingDay,
    VillageStandingDay,
)
from indicators.states import Day, Moves, Rows
from indicators.treasury import Difference
from kernel.database import sum_of
from kernel.seals import table_of

_STANDING_DAYS = table_of(StandingDay)
_DAY: BindParameter[date] = bindparam("day", type_=Date())


def take(session: Session, day: date, moves: Moves) -> None:
    """Write what moved on ``day``, which is closing."""
    household_rows, village_rows = _statements()
    if moves:
        household_rows = _household_rows(_DAY, moves)
    # On the connection: the session takes an INSERT's parameters for rows.
    connection = session.connection()
    connection.execute(household_rows, {"day": day})
    connection.execute(village_rows, {"day": day})


def told(session: Session, day: date) -> bool:
    """Whether these books ever told how households stand, by the close of a day."""
    found = select(StandingDay.on_day).where(StandingDay.on_day <= day).exists()
    return session.scalar(select(literal(1)).where(found)) is not None


def differing(session: Session, day: date) -> Iterator[Difference]:
    """Where the villages' counters of a closed or closing day differ from the rows."""
    stated, counted = last_of_villages(session, day), _counted(session, day)
    nothing = dict.fromkeys(PEOPLE_COUNTERS, 0)
    for village in sorted(stated.keys() | counted.keys()):
        now, again = stated.get(village, nothing), counted.get(village, nothing)
        for name in PEOPLE_COUNTERS:
            if now[name] != again[name]:
                yield Difference("village_standing_days", village, name, now[name], again[name])


def households_that_differ(session: Session, day: date) -> Sequence[int]:
    """Households whose last row on or before ``day`` is not what the rooms say of them."""
    if not told(session, day):
        return []
    now = people_states.households(day, states.moved_since(session, day)).subquery("now")
    return session.scalars(
        select(now.c.household_id)
        .where(people_states.differs(now, day, inclusive=True))
        .order_by(now.c.household_id)
    ).all()


def last_of_villages(session: Session, day: date) -> dict[str, Mapping[str, int]]:
    """Every village's last row on or before a day."""
    rows = aliased(VillageStandingDay)
    last_day = (
        select(func.max(rows.on_day))
        .where(rows.village_code == VillageStandingDay.village_code, rows.on_day <= day)
        .scalar_subquery()
    )
    found = session.scalars(select(VillageStandingDay).where(VillageStandingDay.on_day == last_day))
    return {
        row.village_code: {name: getattr(row, name) for name in PEOPLE_COUNTERS} for row in found
    }


@lru_cache(maxsize=1)
def _statements() -> tuple[Insert, Insert]:
    """Built once: building them takes longer than running them on a quiet day."""
    return _household_rows(_DAY, {}), _village_rows(_DAY)


def _household_rows(day: BindParameter[date], moves: Moves) -> Insert:
    """Touched households that stand otherwise than last written."""
    touched = people_states.touched(day).subquery("touched")
    now = people_states.households(day, moves, touched).subquery("now")
    return insert(_STANDING_DAYS).from_select(
        ["household_id", "on_day", *STANDING],
        select(now.c.household_id, day, *(now.c[name] for name in STANDING)).where(
            people_states.differs(now, day)
        ),
    )


def _village_rows(day: BindParameter[date]) -> Insert:
    parts = _movements(day).subquery("parts")
    return village_rows.of_moved(VillageStandingDay, PEOPLE_COUNTERS, parts, day)


def _movements(day: BindParameter[date]) -> CompoundSelect[str]:
    """What each household written today adds to its village, less what it was before; what came to
    pass with it; and villages that became poor ones or exited.
    """
    now, before = _STANDING_DAYS, _STANDING_DAYS.alias("before")
    return union_all(
        _part(
            now,
            people_states.named_stocks(now)
            | people_states.named_flows(now, people_states.stood_before(now)),
        ).where(now.c.on_day == day),
        _part(before, {n: -part for n, part in people_states.named_stocks(before).items()})
        .join(now, now.c.household_id == before.c.household_id)
        .where(now.c.on_day == day, before.c.on_day == _day_before(now.c.household_id, day)),
        _places_moved(day),
    )


def _part(rows: FromClause, parts: Mapping[str, ColumnElement[int]]) -> Rows:
    return select(rows.c.village_code, *_all(parts)).select_from(rows)


def _all(parts: Mapping[str, ColumnElement[int]]) -> list[ColumnElement[int]]:
    return [parts.get(name, literal(0)).label(name) for name in PEOPLE_COUNTERS]


def _day_before(household_id: ColumnElement[int], day: Day) -> ColumnElement[date]:
    rows = aliased(StandingDay)
    return (
        select(func.max(rows.on_day))
        .where(rows.household_id == household_id, rows.on_day < day)
        .scalar_subquery()
    )


# --- villages themselves --------------------------------------------------------------------------


def _places_moved(day: BindParameter[date]) -> Rows:
    """Villages of which something was found today: as they stand, less what was last written."""
    found = (
        select(VillageStanding.village_code)
        .where(VillageStanding.booked_on == day)
        .distinct()
        .subquery("found")
    )
    rows = aliased(VillageStandingDay)
    parts = {}
    for name, standing in zip(PLACES, ("poor", "exited"), strict=True):
        last = (
            select(getattr(rows, name))
            .where(rows.village_code == found.c.village_code, rows.on_day < day)
            .order_by(rows.on_day.desc())
            .limit(1)
            .scalar_subquery()
        )
        now = case((_place(found.c.village_code, day) == standing, 1), else_=0)
        parts[name] = now - func.coalesce(last, 0)
    return select(found.c.village_code, *_all(parts))


def _place(village_code: ColumnElement[str], day: Day) -> ColumnElement[str]:
    """What a village was found to be last."""
    rows = aliased(VillageStanding)
    return (
        select(rows.standing)
        .where(rows.village_code == village_code, rows.booked_on <= day)
        .order_by(rows.from_on.desc(), rows.id.desc())
        .limit(1)
        .scalar_subquery()
    )


# --- the whole again ------------------------------------------------------------------------------


def _counted(session: Session, day: date) -> dict[str, dict[str, int]]:
    """Every village's counters: of now from the rooms, of what came to pass from all rows."""
    if not told(session, day):
        return {}
    counted: dict[str, dict[str, int]] = {}
    now = people_states.households(day, states.moved_since(session, day)).subquery("stand_now")
    every = _STANDING_DAYS
    turned = people_states.flows(every, people_states.stood_before(every))
    known = select(VillageStanding.village_code).where(VillageStanding.booked_on <= day)
    places = known.distinct().subquery("places")
    standing = _place(places.c.village_code, day)
    for names, query in (
        (
            STOCKS,
            select(now.c.village_code, *map(sum_of, people_states.stocks(now))).group_by(
                now.c.village_code
            ),
        ),
        (
            FLOWS,
            select(every.c.village_code, *map(sum_of, turned))
            .where(every.c.on_day <= day)
            .group_by(every.c.village_code),
        ),
        (
            PLACES,
            select(
                places.c.village_code,
                case((standing == "poor", 1), else_=0),
                case((standing == "exited", 1), else_=0),
            ),
        ),
    ):
        for village, *values in session.execute(query):
            counters = counted.setdefault(village, dict.fromkeys(PEOPLE_COUNTERS, 0))
            counters.update(zip(names, values, strict=True))
    return counted
