"""The verbs of the register beside the import: who leaves a household.

What a household is found to be is written by ``households.identification`` alone.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from households import queries
from households.applying import record_changes
from households.models import Person
from households.refusals import PersonLeftAlready, RegisteredAfterTheDay
from kernel.actor import Actor
from kernel.refusals import NotFound
from office import rights


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
