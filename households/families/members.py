"""Who comes and who goes: birth, marriage, moving, death; and who heads the household.

When the head goes, somebody who stays comes after, and everybody's relation is told anew. When the
last one goes the household is no more; what it owes is owed still.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from households import family_heads, slips
from households.families import identities, recording
from households.families.recording import HEAD, Desk, Told
from households.families.refusals import (
    HeadHasOneRelation,
    HeadNeedsSuccessor,
    HeadUnchanged,
    NewbornTooOld,
    NobodyGoes,
    RelationMissing,
)
from households.models import Household, Person
from households.models.families import EventKind
from households.names import clean_name, pinyin_of
from households.reading import identity_place
from households.refusals import BornAfterTheDay, PersonInAnotherHousehold
from kernel.actor import Actor
from kernel.identity import Identity, parse_identity
from kernel.regions import within
from kernel.vault import Keyring

#: events by which people come
ARRIVALS = (EventKind.BIRTH, EventKind.MARRIAGE_IN, EventKind.MOVED_IN)
#: events by which people go
DEPARTURES = (EventKind.DEATH, EventKind.MARRIAGE_OUT, EventKind.MOVED_AWAY)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who comes into a household."""

    name: str
    identity_number: str
    #: to the head
    relation: str
    #: other answers of the form, by column
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Successor:
    """Who heads a household from now on, and what everybody else is to them."""

    person_id: int
    #: person -> relation to the new head
    relations: Mapping[int, str] = field(default_factory=dict)


def arrive(
    session: Session,
    *,
    kind: EventKind,
    household_id: int,
    newcomers: Sequence[Newcomer],
    told: Told,
    keyring: Keyring,
    on: date,
    by: Actor,
) -> int:
    """Somebody is born, marries in or moves in; the event's number."""
    if kind not in ARRIVALS:
        raise ValueError(f"nobody comes by {kind}")
    desk = Desk(session, kind, told, on, by)
    (household,) = recording.open_households(desk, household_id)
    if not newcomers:
        raise NobodyGoes(field="newcomers")
    rows = [(_facts(desk, one, keyring), _relation(one)) for one in newcomers]
    try:
        with session.begin_nested():
            ids = recording.join(desk, household.id, rows)
    except IntegrityError as error:
        # Another clerk entered the same person a moment ago.
        raise PersonInAnotherHousehold(field="identity_number", village="—", number="—") from error
    return recording.record(desk, household.id, [(one, None) for one in ids])


def depart(
    session: Session,
    *,
    kind: EventKind,
    household_id: int,
    person_ids: Sequence[int],
    told: Told,
    on: date,
    by: Actor,
    successor: Successor | None = None,
) -> int:
    """Somebody dies, marries out or moves away; the event's number.

    ``successor`` is needed where the head goes and somebody stays.
    """
    if kind not in DEPARTURES:
        raise ValueError(f"nobody goes by {kind}")
    desk = Desk(session, kind, told, on, by)
    (household,) = recording.open_households(desk, household_id)
    members = recording.present(session, household.id)
    goers = recording.chosen(desk, household.id, members, person_ids)
    if not goers:
        raise NobodyGoes(field="person_ids")
    stayers = [one for one in members if one not in goers]
    recording.leave(desk, goers)
    event_id = recording.record(desk, household.id, [(one.id, None) for one in goers])
    if not stayers:
        recording.close(desk, household.id)
    else:
        succeed(desk, household, goers, stayers, successor)
    if kind != EventKind.DEATH:
        # Who lives elsewhere now looks no longer into what this household has.
        slips.end(session, household.id, on)
    return event_id


def new_head(
    session: Session,
    *,
    household_id: int,
    successor: Successor,
    told: Told,
    on: date,
    by: Actor,
) -> int:
    """Somebody else heads the household; the event's number."""
    desk = Desk(session, EventKind.NEW_HEAD, told, on, by)
    (household,) = recording.open_households(desk, household_id)
    members = recording.present(session, household.id)
    return _crown(desk, household, members, successor)


def succeed(
    desk: Desk,
    household: Household,
    goers: Sequence[Person],
    stayers: Sequence[Person],
    successor: Successor | None,
) -> None:
    """Where the head is among those who go, somebody comes after."""
    if not any(one.is_head for one in goers):
        return
    if successor is None:
        raise HeadNeedsSuccessor(field="successor")
    _crown(replace(desk, kind=EventKind.NEW_HEAD), household, stayers, successor)


def _crown(
    desk: Desk, household: Household, members: Sequence[Person], successor: Successor
) -> int:
    (head,) = recording.chosen(desk, household.id, members, [successor.person_id])
    if head.is_head:
        raise HeadUnchanged(field="successor")
    others = [one for one in members if one is not head]
    told = [(one, related(one.id, successor.relations)) for one in others]
    recording.relate(desk, [(head, HEAD), *told])
    event_id = recording.record(desk, household.id, [(head.id, None)])
    family_heads.link_heads(desk.session, [household.id], since=desk.day, event_id=event_id)
    return event_id


def related(person_id: int, relations: Mapping[int, str]) -> str:
    """What a person who is not the head is to the head."""
    relation = relations.get(person_id, "").strip()
    if not relation:
        raise RelationMissing(field="relations", person=person_id)
    if relation == HEAD:
        raise HeadHasOneRelation(field="relations")
    return relation


def _relation(one: Newcomer) -> str:
    relation = one.relation.strip()
    if relation in {"", HEAD}:
        raise HeadHasOneRelation(field="relation")
    return relation


def _facts(desk: Desk, one: Newcomer, keyring: Keyring) -> dict[str, Any]:
    """What a newcomer's row says: as it was where they were before, and what is told now."""
    identity = parse_identity(one.identity_number)
    _check_birth(desk, identity)
    index = keyring.blind_index(identity.number, kind="identity")
    identities.refuse_corrected(desk.session, index)
    _refuse_elsewhere(desk, index)
    before = desk.session.scalars(
        select(Person).where(Person.identity_index == index).order_by(Person.id.desc()).limit(1)
    ).first()
    name = clean_name(one.name)
    pinyin, initials = pinyin_of(name)
    return {
        **({} if before is None else recording.copied(before)),
        **one.answers,
        "name": name,
        "pinyin": pinyin,
        "initials": initials,
        "sex": identity.sex,
        "born_on": identity.born_on,
        "identity_index": index,
        "identity_sealed": keyring.seal(identity.number, place=identity_place(index)),
    }


def _check_birth(desk: Desk, identity: Identity) -> None:
    if identity.born_on > desk.day:
        raise BornAfterTheDay(field="identity_number")
    if desk.kind == EventKind.BIRTH and identity.born_on != desk.day:
        raise NewbornTooOld(field="happened_on", born_on=identity.born_on, day=desk.day)


def _refuse_elsewhere(desk: Desk, identity_index: bytes) -> None:
    """Who comes has left where they were; another township's household is not named."""
    there = desk.session.execute(
        select(Household.number, Household.village_code)
        .join(Person, Person.household_id == Household.id)
        .where(Person.identity_index == identity_index, Person.left_on.is_(None))
    ).first()
    if there is not None:
        seen = there.number if within(there.village_code, desk.by.region_scope) else "—"
        raise PersonInAnotherHousehold(
            field="identity_number", village=there.village_code, number=seen
        )
