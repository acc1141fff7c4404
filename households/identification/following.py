"""Which finding may follow on what a household stands as: one table, asked for whole lists in SQL.

=============== ==========================================================
finding         may be found of a household that is
=============== ==========================================================
registered      none, or removed (re-admitted)
lifted          poor
fallen back     lifted
removed         poor or lifted
monitored       not watched yet; unstable: lifted; edge: none or removed; sudden: not poor
risk removed    watched
needs help      anything, unless that is what it is found to be already
=============== ==========================================================

What was found later stands on what was found before: no finding but that help is needed goes in
beneath a later one. Of a household that is no more nothing is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, func, not_, select
from sqlalchemy.orm import Session, aliased

from households.families.refusals import HouseholdClosed
from households.identification.refusals import (
    FoundOtherwiseLater,
    MonitoredKindDoesNotFit,
    MonitoredKindMissing,
    StatusDoesNotFollow,
)
from households.models import (
    MONITORED_KINDS,
    STATUS_TITLES,
    Household,
    HouseholdStatus,
    Status,
)
from households.refusals import StatusAlreadySo
from households.standing import (
    LIFTED,
    NONE,
    POOR,
    REMOVED,
    STANDING_TITLES,
    is_watched,
    last_status,
    standing_of,
)

#: finding -> standings on which it may follow
AFTER: Final[Mapping[Status, tuple[str, ...]]] = MappingProxyType(
    {
        Status.REGISTERED: (NONE, REMOVED),
        Status.LIFTED: (POOR,),
        Status.FALLEN_BACK: (LIFTED,),
        Status.REMOVED: (POOR, LIFTED),
        Status.MONITORED: (LIFTED, NONE, REMOVED),
        Status.RISK_REMOVED: (POOR, LIFTED, REMOVED, NONE),
        Status.NEEDS_HELP: (POOR, LIFTED, REMOVED, NONE),
    }
)

#: kind of watching -> standings of whom it is
WATCHED_FROM: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"unstable": (LIFTED,), "edge": (NONE, REMOVED), "sudden": (LIFTED, NONE, REMOVED)}
)


def require_kind(status: Status, monitored_kind: str | None) -> None:
    """Watching names its kind, and no other finding does."""
    known = monitored_kind in MONITORED_KINDS
    if known != (status is Status.MONITORED) or (monitored_kind is not None and not known):
        raise MonitoredKindMissing(field="monitored_kind")


def hold(session: Session, households: Select[Any]) -> None:
    """Let nobody else find anything of the households that a SELECT gives, until the end.

    Two lists with one household, or a list and a case, decide one after the other.
    """
    held = (
        select(Household.id)
        .where(Household.id.in_(households))
        .order_by(Household.id)
        .with_for_update(key_share=True, of=Household)
    )
    session.execute(select(func.count()).select_from(held.subquery("held"))).all()


def require_following(
    session: Session,
    households: Select[Any],
    status: Status,
    *,
    monitored_kind: str | None = None,
    on: date,
) -> None:
    """Refuse a finding that cannot follow for one of the households that a SELECT gives."""
    _require_living(session, households)
    standing, watched = standing_of(on), is_watched(on)
    found = session.execute(
        select(Household.number, standing, watched, last_status(on))
        .where(
            Household.id.in_(households),
            not_(_fits(status, monitored_kind, standing, watched, on)),
        )
        .order_by(Household.id)
        .limit(1)
    ).one_or_none()
    if found is None:
        if status is not Status.NEEDS_HELP:
            _require_last(session, households, on)
        return
    number, stands, is_now_watched, last = found
    title = STATUS_TITLES[status]
    if last == status or (status is Status.MONITORED and is_now_watched):
        raise StatusAlreadySo(field="status", number=number, on=on, status=title)
    if status is Status.MONITORED and monitored_kind and stands in AFTER[status]:
        raise MonitoredKindDoesNotFit(
            field="monitored_kind", number=number, on=on, standing=STANDING_TITLES[stands],
            kind=MONITORED_KINDS[monitored_kind],
        )  # fmt: skip
    said = "未列为监测对象" if status is Status.RISK_REMOVED else STANDING_TITLES[stands]
    raise StatusDoesNotFollow(field="status", number=number, on=on, standing=said, status=title)


def _require_living(session: Session, households: Select[Any]) -> None:
    closed = session.execute(
        _findings_of(households).where(HouseholdStatus.status == Status.CLOSED)
    ).first()
    if closed is not None:
        raise HouseholdClosed(field="number", number=closed[0], from_on=closed[2])


def _require_last(session: Session, households: Select[Any], on: date) -> None:
    later = session.execute(
        _findings_of(households).where(
            HouseholdStatus.from_on > on, HouseholdStatus.status != Status.NEEDS_HELP
        )
    ).first()
    if later is not None:
        number, status, from_on = later
        raise FoundOtherwiseLater(
            field="from_on", number=number, status=STATUS_TITLES[Status(status)], from_on=from_on
        )


def _findings_of(households: Select[Any]) -> Select[str, str, date]:
    """The findings of households, each household's last one first."""
    return (
        select(Household.number, HouseholdStatus.status, HouseholdStatus.from_on)
        .join(HouseholdStatus, HouseholdStatus.household_id == Household.id)
        .where(Household.id.in_(households))
        .order_by(Household.id, HouseholdStatus.from_on.desc())
        .limit(1)
    )


def _fits(
    status: Status,
    monitored_kind: str | None,
    standing: ColumnElement[str],
    watched: ColumnElement[bool],
    on: date,
) -> ColumnElement[bool]:
    fits = standing.in_(AFTER[status]) & ~_said_that_day(status, on)
    if status is Status.MONITORED:
        kinds = WATCHED_FROM[monitored_kind] if monitored_kind else AFTER[status]
        return fits & standing.in_(kinds) & ~watched
    if status is Status.RISK_REMOVED:
        return fits & watched
    return fits


def _said_that_day(status: Status, on: date) -> ColumnElement[bool]:
    """It is the finding in force, or was found from that very day already."""
    said = aliased(HouseholdStatus)
    same_day = exists().where(
        said.household_id == Household.id, said.status == status, said.from_on == on
    )
    if status is Status.NEEDS_HELP:
        return same_day | last_status(on).is_not_distinct_from(status.value)
    return same_day
