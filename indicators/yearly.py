"""What the counters of people gained since the year's start, and what they were then.

A year starts with the last close of the year before. Books that were opened, or brought up to these
figures, within the year start it with their first such close: what was entered with it, of whatever
year, came to pass before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from indicators.definition import AT_START, IN_YEAR
from indicators.models import HouseholdDay
from indicators.people_models import FLOWS, PEOPLE_COUNTERS, STOCKS, VillageStandingDay
from kernel.dates import ONE_DAY


def first_told(session: Session) -> date | None:
    """The first close that told how households stand."""
    return session.scalar(select(func.min(VillageStandingDay.on_day)))


def is_told(session: Session, first: date | None, on: date) -> bool:
    """Whether a day's close tells how households stand: before, there was nobody to tell of."""
    if first is not None and first <= on:
        return True
    registered = select(HouseholdDay.household_id).where(HouseholdDay.on_day <= on)
    return session.scalar(select(literal(1)).where(registered.exists())) is None


def year_start(first: date | None, on: date) -> date | None:
    """The close that the year of a day starts with; None: there is none."""
    if first is None or first > on:
        return None
    return max(date(on.year, 1, 1) - ONE_DAY, first)


def of_the_year(now: Mapping[str, int], then: Mapping[str, int]) -> dict[str, int]:
    """What came to pass since, and what was so then; ``then`` is empty before the first close."""
    gained = {f"{name}{IN_YEAR}": now[name] - then.get(name, 0) for name in FLOWS}
    return gained | {f"{name}{AT_START}": then.get(name, 0) for name in STOCKS}


def without_people(found: Mapping[str, int]) -> dict[str, int]:
    """The counters without those that the day was not told."""
    late = {*PEOPLE_COUNTERS, "enterprises_linked"}
    return {name: counter for name, counter in found.items() if name not in late}
