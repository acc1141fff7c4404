"""村有册: the book of a village, every household that the register tells of in a row.

A handful of statements for the whole village, joined by its code and not by lists of households.
The book is for the office's file: it names heads of households, and neither identity number nor
phone nor cause of poverty. What the public may see of it the edge masks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from households import standing
from households.helping.noting import standing_rows
from households.levels.counting import PlaceCounts, counts, paired_on, told_of
from households.models import Household, HouseholdStatus, Person, Status
from households.models.helping import (
    Helper,
    HelperPair,
    HelperPairEnd,
    HelperVisit,
    HouseholdMeasure,
)
from households.queries import is_present


@dataclass(frozen=True, slots=True)
class BookRow:
    """A household in its village's book."""

    nr: int
    household_id: int
    number: str
    group_name: str
    #: name of the head
    head: str
    persons: int
    #: poor, lifted, removed or none
    standing: str
    #: watched as unstable, edge or sudden; blank: watched and not told as what; None: not watched
    monitored: str | None
    #: first registered; None: never
    registered_on: date | None
    #: lifted out, where it is lifted now
    lifted_on: date | None
    #: codes of the measures that reached it, all years
    measures: tuple[str, ...]
    helper: str
    helper_unit: str
    #: visits of the year of the book
    visits: int
    visited_on: date | None


@dataclass(frozen=True, slots=True)
class VillageBook:
    """The book of a village on a day."""

    village_code: str
    on: date
    totals: PlaceCounts
    rows: tuple[BookRow, ...]

    @property
    def persons(self) -> int:
        """People in all rows."""
        return sum(row.persons for row in self.rows)


def village_book(session: Session, village_code: str, *, on: date) -> VillageBook:
    """The book of a village."""
    people = _people(session, village_code, on)
    days = _days(session, village_code, on)
    measures = _measures(session, village_code, on)
    helpers = _helpers(session, village_code, on)
    visits = _visits(session, village_code, on)
    rows = []
    for nr, row in enumerate(_households(session, village_code, on), 1):
        head, persons = people.get(row.id, ("", 0))
        registered_on, lifted_on = days.get(row.id, (None, None))
        helper, unit = helpers.get(row.id, ("", ""))
        visited, visited_on = visits.get(row.id, (0, None))
        rows.append(
            BookRow(
                nr=nr,
                household_id=row.id,
                number=row.number,
                group_name=row.group_name or "",
                head=head,
                persons=persons,
                standing=row.standing,
                monitored=(row.watched_as or "") if row.watched else None,
                registered_on=registered_on,
                lifted_on=lifted_on if row.standing == standing.LIFTED else None,
                measures=measures.get(row.id, ()),
                helper=helper,
                helper_unit=unit,
                visits=visited,
                visited_on=visited_on,
            )
        )
    places = counts(session, digits=village_code, on=on)
    totals = places.get(village_code, PlaceCounts(village_code))
    return VillageBook(village_code, on, totals, tuple(rows))


def _households(session: Session, village: str, on: date) -> Sequence[Row[*tuple[object, ...]]]:
    return session.execute(
        select(
            Household.id,
            Household.number,
            Household.group_name,
            standing.standing_of(on).label("standing"),
            standing.is_watched(on).label("watched"),
            standing.watched_as(on).label("watched_as"),
        )
        .where(Household.village_code == village, told_of(on))
        .order_by(Household.number)
    ).all()


def _people(session: Session, village: str, on: date) -> dict[int, tuple[str, int]]:
    """Head and number of people of each household."""
    rows = session.execute(
        select(Person.household_id, Person.name, Person.is_head)
        .join(Household, Household.id == Person.household_id)
        .where(Household.village_code == village, is_present(on))
        .order_by(Person.id)
    )
    found: dict[int, tuple[str, int]] = {}
    for row in rows:
        head, persons = found.get(row.household_id, ("", 0))
        found[row.household_id] = (row.name if row.is_head else head, persons + 1)
    return found


def _days(session: Session, village: str, on: date) -> dict[int, tuple[date | None, date | None]]:
    """First registered, last lifted."""
    rows = session.execute(
        select(HouseholdStatus.household_id, HouseholdStatus.status, HouseholdStatus.from_on)
        .join(Household, Household.id == HouseholdStatus.household_id)
        .where(
            Household.village_code == village,
            HouseholdStatus.from_on <= on,
            HouseholdStatus.status.in_([Status.REGISTERED, Status.LIFTED]),
        )
        .order_by(HouseholdStatus.from_on, HouseholdStatus.id)
    )
    found: dict[int, tuple[date | None, date | None]] = {}
    for row in rows:
        first, last = found.get(row.household_id, (None, None))
        if row.status == Status.REGISTERED:
            first = first or row.from_on
        else:
            last = row.from_on
        found[row.household_id] = (first, last)
    return found


def _measures(session: Session, village: str, on: date) -> dict[int, tuple[str, ...]]:
    rows = session.execute(
        select(
            HouseholdMeasure.household_id,
            HouseholdMeasure.measure,
            func.min(HouseholdMeasure.id).label("first"),
        )
        .join(Household, Household.id == HouseholdMeasure.household_id)
        .where(
            Household.village_code == village,
            HouseholdMeasure.from_on <= on,
            standing_rows("measure"),
        )
        .group_by(HouseholdMeasure.household_id, HouseholdMeasure.measure)
        .order_by(HouseholdMeasure.household_id, func.min(HouseholdMeasure.id))
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        found[row.household_id] = (*found.get(row.household_id, ()), row.measure)
    return found


def _helpers(session: Session, village: str, on: date) -> dict[int, tuple[str, str]]:
    rows = session.execute(
        select(HelperPair.household_id, Helper.name, Helper.unit)
        .join(Household, Household.id == HelperPair.household_id)
        .join(Helper, Helper.id == HelperPair.helper_id)
        .outerjoin(HelperPairEnd, HelperPairEnd.pair_id == HelperPair.id)
        .where(Household.village_code == village, paired_on(on))
        .order_by(HelperPair.id)
    )
    return {row.household_id: (row.name, row.unit) for row in rows}


def _visits(session: Session, village: str, on: date) -> dict[int, tuple[int, date]]:
    """Visits of the year, and the last."""
    rows = session.execute(
        select(
            HelperPair.household_id,
            func.count().label("visits"),
            func.max(HelperVisit.visited_on).label("visited_on"),
        )
        .join(HelperVisit, HelperVisit.pair_id == HelperPair.id)
        .join(Household, Household.id == HelperPair.household_id)
        .where(
            Household.village_code == village,
            and_(HelperVisit.visited_on >= date(on.year, 1, 1), HelperVisit.visited_on <= on),
            standing_rows("visit"),
        )
        .group_by(HelperPair.household_id)
    )
    return {row.household_id: (row.visits, row.visited_on) for row in rows}
