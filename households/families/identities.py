"""A corrected identity number: the person stays the same, and the old number still finds them.

All rows of the person carry the right number from then on; the event keeps the blind index of the
wrong one. A search, and the rule that nobody approves for kin, ask both. A file that brings the
wrong number back is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from households import slips
from households.applying import record_changes
from households.card import identity_of
from households.families import recording
from households.families.recording import Desk, Told
from households.families.refusals import IdentityTaken, IdentityUnchanged
from households.models import Person
from households.models.families import EventKind, FamilyEvent, FamilyEventPerson
from households.reading import identity_place
from households.refusals import IdentityWasCorrected
from kernel.actor import Actor
from kernel.identity import Identity, mask_identity, parse_identity
from kernel.refusals import NotFound
from kernel.vault import Keyring


def correct_identity(
    session: Session,
    *,
    person_id: int,
    number: str,
    told: Told,
    keyring: Keyring,
    on: date,
    by: Actor,
) -> int:
    """Give a person the right identity number; the event's number."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(field="person_id", what="成员")
    desk = Desk(session, EventKind.IDENTITY_CORRECTED, told, on, by)
    (household,) = recording.open_households(desk, person.household_id)
    session.refresh(person)
    identity = parse_identity(number)
    old_index, old_number = person.identity_index, identity_of(person, keyring)
    index = keyring.blind_index(identity.number, kind="identity")
    _check_free(session, old_index, index)
    rows = list(
        session.scalars(
            select(Person).where(Person.identity_index == old_index).order_by(Person.id)
        )
    )
    sealed = keyring.seal(identity.number, place=identity_place(index))
    try:
        with session.begin_nested():
            _rewrite(desk, rows, identity, (index, sealed), old_number)
    except IntegrityError as error:
        # Another clerk entered somebody with this number a moment ago.
        raise IdentityTaken(field="number") from error
    if identity.number[-4:] != old_number[-4:]:
        # A slip opens with the last four: with the wrong ones no longer, so it ends.
        slips.end(session, household.id, on)
    return recording.record(
        desk, household.id, [(one.id, None) for one in rows], old_identity_index=old_index
    )


def _check_free(session: Session, old_index: bytes, index: bytes) -> None:
    if index == old_index:
        raise IdentityUnchanged(field="number")
    if session.scalar(select(Person.id).where(Person.identity_index == index).limit(1)) is not None:
        raise IdentityTaken(field="number")


def _rewrite(
    desk: Desk,
    rows: list[Person],
    identity: Identity,
    secret: tuple[bytes, bytes],
    old_number: str,
) -> None:
    """The right number in every row of the person, and what follows from it."""
    changes: list[tuple[int, int, dict[str, list[object]]]] = []
    for one in rows:
        fields: dict[str, list[object]] = {
            "identity_number": [mask_identity(old_number), mask_identity(identity.number)]
        }
        following: dict[str, Any] = {"born_on": identity.born_on, "sex": identity.sex}
        for name, value in following.items():
            if getattr(one, name) != value:
                fields[name] = [getattr(one, name), value]
                setattr(one, name, value)
        one.identity_index, one.identity_sealed = secret
        changes.append((one.id, one.household_id, fields))
    desk.session.flush()
    record_changes(desk.session, Person, changes, "changed", desk.on)


def present_people(session: Session, indexes: Iterable[bytes]) -> dict[bytes, int]:
    """Blind index -> person present in the register, found by the number or by a wrong one."""
    wanted = sorted(set(indexes))
    now = session.execute(
        select(Person.identity_index, Person.id).where(
            Person.identity_index.in_(wanted), Person.left_on.is_(None)
        )
    )
    found = {row[0]: row[1] for row in now}
    missing = [one for one in wanted if one not in found]
    if missing:
        before = session.execute(
            select(FamilyEvent.old_identity_index, Person.id)
            .join(FamilyEventPerson, FamilyEventPerson.event_id == FamilyEvent.id)
            .join(Person, Person.id == FamilyEventPerson.person_id)
            .where(FamilyEvent.old_identity_index.in_(missing), Person.left_on.is_(None))
            .order_by(FamilyEvent.id)
        )
        found.update({row[0]: row[1] for row in before if row[0] is not None})
    return found


def refuse_corrected(session: Session, identity_index: bytes) -> None:
    """A number that was found to be wrong, and is nobody's, is not entered again."""
    corrected = session.scalar(
        select(FamilyEvent.booked_on)
        .where(
            FamilyEvent.old_identity_index == identity_index,
            ~select(Person.id).where(Person.identity_index == identity_index).exists(),
        )
        .order_by(FamilyEvent.id.desc())
        .limit(1)
    )
    if corrected is not None:
        raise IdentityWasCorrected(field="identity_number", on=corrected)
