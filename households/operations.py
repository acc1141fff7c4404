"""The verbs of the register beside the import: what a household is found to be, who leaves it."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from households import queries
from households.applying import record_changes
from households.models import STATUS_TITLES, HouseholdStatus, Person, Status
from households.refusals import (
    PersonLeftAlready,
    RegisteredAfterTheDay,
    StatusAlreadySo,
    StatusNeedsRegistration,
)
from kernel.actor import Actor
from kernel.refusals import NotFound
from office import rights

#: statuses that only a registered household can get
_OF_REGISTERED: Final = (Status.LIFTED, Status.FALLEN_BACK, Status.REMOVED)


def set_status(
    session: Session,
    *,
    household_id: int,
    status: Status,
    from_on: date,
    reason: str,
    on: date,
    by: Actor,
) -> int:
    """Record a finding about a household from a day on; the id of the row."""
    household = queries.get(session, household_id, digits=by.region_scope)
    rights.allow(by, "households.change", region=household.village_code)
    if from_on > on:
        raise RegisteredAfterTheDay(field="from_on", title=STATUS_TITLES[status], on=on)
    now = queries.status_on(session, household_id, on=from_on)
    title = STATUS_TITLES[status]
    if now == status:
        raise StatusAlreadySo(field="status", from_on=from_on, status=title)
    if status in _OF_REGISTERED and not queries.registered(session, household_id, on=from_on):
        raise StatusNeedsRegistration(field="status", on=from_on, status=title)
    row = HouseholdStatus(
        household_id=household_id,
        status=status,
        from_on=from_on,
        booked_on=on,
        reason=reason.strip(),
    )
    session.add(row)
    session.flush()
    return row.id


def leave(
    session: Session, *, person_id: int, left_on: date, reason: str, on: date, by: Actor
) -> None:
    """End a person's time in a household: death, marriage, a household of their own."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(field="person_id", what="成员")
    household = queries.get(session, person.household_id, digits=by.region_scope)
    rights.allow(by, "households.change", region=household.village_code)
    if person.left_on is not None:
        raise PersonLeftAlready(field="person_id", left_on=person.left_on)
    if left_on > on or left_on < person.joined_on:
        raise RegisteredAfterTheDay(field="left_on", title="离户日期", on=on)
    person.left_on, person.left_reason = left_on, reason.strip()
    session.flush()
    fields: dict[str, list[object]] = {"left_on": [None, left_on]}
    record_changes(session, Person, [(person_id, household.id, fields)], "left", on)
