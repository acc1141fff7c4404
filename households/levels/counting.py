"""How many households of which standing are where, who helps them, and whom a visit reached.

One statement over the households of a scope, whatever their number. A household is told here if it
has a standing on the day, or is watched; people are those present in it on the day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from sqlalchemy import CTE, ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from households import standing
from households.helping.noting import standing_rows
from households.models import Household, Person
from households.models.helping import HelperPair, HelperPairEnd, HelperVisit, HouseholdMeasure
from households.queries import is_present
from kernel.regions import in_scope

VILLAGE_DIGITS: Final = 12
TOWNSHIP_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """What a place holds on a day."""

    #: digits of the village or township
    place: str
    poor: int = 0
    poor_persons: int = 0
    lifted: int = 0
    lifted_persons: int = 0
    removed: int = 0
    #: watched households, whatever their standing
    monitored: int = 0
    monitored_persons: int = 0
    #: poor, lifted or watched: those that help is for
    helped: int = 0
    helped_persons: int = 0
    #: of those: with a helper
    paired: int = 0
    #: of those: visited since the first day of the year
    visited: int = 0
    #: of those: reached by a measure of the year
    measured: int = 0


def counts(
    session: Session, *, digits: str, on: date, by_digits: int = VILLAGE_DIGITS
) -> dict[str, PlaceCounts]:
    """Each village (or township) of a scope that has households to tell of."""
    told = _households(digits, on)
    place = func.substr(told.c.village_code, 1, by_digits)
    poor = told.c.standing == standing.POOR
    lifted = told.c.standing == standing.LIFTED
    watched = told.c.watched
    helped = or_(poor, lifted, watched)
    columns = {
        "poor": _count(poor),
        "poor_persons": _persons(told.c.persons, poor),
        "lifted": _count(lifted),
        "lifted_persons": _persons(told.c.persons, lifted),
        "removed": _count(told.c.standing == standing.REMOVED),
        "monitored": _count(watched),
        "monitored_persons": _persons(told.c.persons, watched),
        "helped": _count(helped),
        "helped_persons": _persons(told.c.persons, helped),
        "paired": _count(and_(helped, told.c.paired)),
        "visited": _count(and_(helped, told.c.visited)),
        "measured": _count(and_(helped, told.c.measured)),
    }
    rows = session.execute(
        select(place.label("place"), *(one.label(name) for name, one in columns.items()))
        .group_by(place)
        .order_by(place)
    )
    found = {}
    for row in rows:
        found[row.place] = PlaceCounts(
            row.place, **{name: int(getattr(row, name)) for name in columns}
        )
    return found


def total_of(place: str, parts: Iterable[PlaceCounts]) -> PlaceCounts:
    """The counts of places together."""
    names = [one.name for one in fields(PlaceCounts) if one.name != "place"]
    listed = list(parts)
    return PlaceCounts(place, **{n: sum(getattr(one, n) for one in listed) for n in names})


def paired_on(day: date) -> ColumnElement[bool]:
    """SQL: a pair that holds on a day, its end beside it."""
    ended = HelperPairEnd.to_on
    return and_(HelperPair.from_on <= day, or_(ended.is_(None), ended > day))


def told_of(day: date) -> ColumnElement[bool]:
    """SQL: the household of the query around it has a standing on a day, or is watched."""
    return or_(standing.standing_of(day) != standing.NONE, standing.is_watched(day))


def _households(digits: str, on: date) -> CTE:
    """SQL: the households of a scope, each with what is counted of it."""
    persons = (
        select(func.count(Person.id))
        .where(Person.household_id == Household.id, is_present(on))
        .correlate(Household)
        .scalar_subquery()
    )
    paired = (
        select(HelperPair.id)
        .outerjoin(HelperPairEnd, HelperPairEnd.pair_id == HelperPair.id)
        .where(HelperPair.household_id == Household.id, paired_on(on))
        .correlate(Household)
        .exists()
    )
    new_year = date(on.year, 1, 1)
    visited = (
        select(HelperVisit.id)
        .join(HelperPair, HelperPair.id == HelperVisit.pair_id)
        .where(
            HelperPair.household_id == Household.id,
            HelperVisit.visited_on >= new_year,
            HelperVisit.visited_on <= on,
            standing_rows("visit"),
        )
        .correlate(Household)
        .exists()
    )
    measured = (
        select(HouseholdMeasure.id)
        .where(
            HouseholdMeasure.household_id == Household.id,
            HouseholdMeasure.year == on.year,
            HouseholdMeasure.from_on <= on,
            standing_rows("measure"),
        )
        .correlate(Household)
        .exists()
    )
    return (
        select(
            Household.village_code,
            standing.standing_of(on).label("standing"),
            standing.is_watched(on).label("watched"),
            persons.label("persons"),
            paired.label("paired"),
            visited.label("visited"),
            measured.label("measured"),
        )
        .where(in_scope(Household.village_code, digits))
        .cte("told")
        # Each household is looked at once, and not once for every counter.
        .prefix_with("MATERIALIZED")
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _persons(persons: ColumnElement[int], condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, persons), else_=0))
