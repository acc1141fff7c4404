"""What a household stands as on a day: poor, lifted, removed or none, and whether it is watched.

Its *findings* are the rows of ``household_statuses`` in the order of the days they name, a later
row of the same day after an earlier one.

* The **standing** is what the last *deciding* finding says: registered and fallen back are poor,
  lifted is lifted, removed is removed; without one it is none.
* It is **watched** (监测对象) while its last finding, help it needs aside, is *monitored*: removal
  of the risk ends it, and so does every later deciding finding.
* The **finding in force** is the last one; after the risk is removed, the last one beside the
  watching that it ended: a household once lifted is lifted again, one from the edge is nothing.

The same three in SQL and in Python; a test holds them against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from households.models import Household, HouseholdStatus, Status

POOR, LIFTED, REMOVED, NONE = STANDINGS = ("poor", "lifted", "removed", "none")

STANDING_TITLES: Final = MappingProxyType(
    {POOR: "未脱贫", LIFTED: "已脱贫", REMOVED: "已清退", NONE: "非建档立卡"}
)

#: findings that decide the standing; the others leave it as it was
DECIDING: Final = MappingProxyType(
    {
        Status.REGISTERED: POOR,
        Status.FALLEN_BACK: POOR,
        Status.LIFTED: LIFTED,
        Status.REMOVED: REMOVED,
        # merged, moved away or died out: there is no such household any more
        Status.CLOSED: NONE,
    }
)

Day = date | ColumnElement[date]


def standing(findings: Sequence[Status]) -> str:
    """The standing that findings leave behind, told in their order."""
    decided = [DECIDING[status] for status in findings if status in DECIDING]
    return decided[-1] if decided else NONE


def watched(findings: Sequence[Status]) -> bool:
    """Whether findings, told in their order, leave a household watched."""
    told = [status for status in findings if status is not Status.NEEDS_HELP]
    return bool(told) and told[-1] is Status.MONITORED


def in_force(findings: Sequence[Status]) -> Status | None:
    """The finding in force after findings told in their order; None: there is none."""
    ended = _last_place(findings, (Status.RISK_REMOVED,))
    for place in range(len(findings) - 1, -1, -1):
        one = findings[place]
        if one is Status.RISK_REMOVED or (one is Status.MONITORED and place < ended):
            continue
        return one
    return None


def _last_place(findings: Sequence[Status], wanted: Iterable[Status]) -> int:
    among = set(wanted)
    return max((place for place, one in enumerate(findings) if one in among), default=-1)


def standing_of(day: Day, *, booked_by: Day | None = None) -> ColumnElement[str]:
    """SQL: the standing on a day, for the household of the query around it.

    ``booked_by``: as the books knew it at the end of that day.
    """
    last = _last(_by(day, booked_by), HouseholdStatus.status.in_(list(DECIDING)))
    return case({str(status): said for status, said in DECIDING.items()}, value=last, else_=NONE)


def is_watched(day: Day, *, booked_by: Day | None = None) -> ColumnElement[bool]:
    """SQL: the household of the query around it is watched on a day."""
    last = _last(_by(day, booked_by), HouseholdStatus.status != Status.NEEDS_HELP)
    return func.coalesce(last, "") == Status.MONITORED


def is_registered(day: Day, *, booked_by: Day | None = None) -> ColumnElement[bool]:
    """SQL: the household of the query around it is registered on a day; lifted out is still in."""
    last = _last(_by(day, booked_by), HouseholdStatus.status.in_(list(DECIDING)))
    return last.in_([status for status, standing in DECIDING.items() if standing in {POOR, LIFTED}])


def last_status(day: Day, *, booked_by: Day | None = None) -> ScalarSelect[str]:
    """SQL: the finding in force on a day, for the household of the query around it."""
    later = aliased(HouseholdStatus)
    ended = exists().where(
        later.household_id == HouseholdStatus.household_id,
        later.status == Status.RISK_REMOVED,
        later.from_on <= day,
        *([] if booked_by is None else [later.booked_on <= booked_by]),
        or_(
            later.from_on > HouseholdStatus.from_on,
            and_(later.from_on == HouseholdStatus.from_on, later.id > HouseholdStatus.id),
        ),
    )
    return _last(
        _by(day, booked_by),
        HouseholdStatus.status != Status.RISK_REMOVED,
        or_(HouseholdStatus.status != Status.MONITORED, ~ended),
    )


def watched_as(day: Day, *, booked_by: Day | None = None) -> ScalarSelect[str | None]:
    """SQL: unstable, edge or sudden as the last finding of watching says; NULL: it does not say."""
    return (
        select(HouseholdStatus.monitored_kind)
        .where(
            HouseholdStatus.household_id == Household.id,
            HouseholdStatus.status == Status.MONITORED,
            _by(day, booked_by),
        )
        .order_by(HouseholdStatus.from_on.desc(), HouseholdStatus.id.desc())
        .limit(1)
        .correlate(Household)
        .scalar_subquery()
    )


def _by(day: Day, booked_by: Day | None) -> ColumnElement[bool]:
    told = HouseholdStatus.from_on <= day
    return told if booked_by is None else and_(told, HouseholdStatus.booked_on <= booked_by)


def _last(*conditions: ColumnElement[bool]) -> ScalarSelect[str]:
    return (
        select(HouseholdStatus.status)
        .where(HouseholdStatus.household_id == Household.id, *conditions)
        .order_by(HouseholdStatus.from_on.desc(), HouseholdStatus.id.desc())
        .limit(1)
        .correlate(Household)
        .scalar_subquery()
    )
