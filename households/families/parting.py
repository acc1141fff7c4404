"""A household splits, or is merged into another: people move, findings follow, the caps are one.

Loans stay with the household that signed. A household that splits off begins with what the old one
was found to be, on the day of the split. A household that is merged is no more; what it owes counts
in the one it joined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from households import family_heads, slips
from households import family_lines as lines
from households.applying import record_changes
from households.families import recording
from households.families.members import Successor, related, succeed
from households.families.recording import HEAD, Desk, Told
from households.families.refusals import (
    HeadHasOneRelation,
    HouseholdNumberTaken,
    MergesWithItself,
    NobodyGoes,
    NobodyStays,
    RelationMissing,
)
from households.form import BY_KEY
from households.models import Household, HouseholdStatus, Person, Status
from households.models.families import EventKind, HouseholdLink
from kernel.actor import Actor

#: what a household that splits off takes over of the old one's answers
_INHERITED: Final = ("group_name", "standard", "family_planning", "attribute", "cause")
#: findings that stand beside the one that says whether a household is registered
_BESIDE: Final = frozenset({Status.MONITORED, Status.NEEDS_HELP, Status.RISK_REMOVED})


def split(
    session: Session,
    *,
    household_id: int,
    number: str,
    members: Mapping[int, str],
    told: Told,
    on: date,
    by: Actor,
    successor: Successor | None = None,
) -> int:
    """Some of a household become one of their own; its id.

    ``members``: who goes, with the relation to the new head, who is 户主. ``successor``: who heads
    the old household where its head goes.
    """
    desk = Desk(session, EventKind.SPLIT, told, on, by)
    (old,) = recording.open_households(desk, household_id)
    people = recording.present(session, old.id)
    goers = recording.chosen(desk, old.id, people, members)
    stayers = [one for one in people if one not in goers]
    relations = _check_parting(goers, stayers, members)
    recording.refuse_later_findings(desk, old.id)
    new = _found(desk, old, number)
    recording.leave(desk, goers)
    pairs = [(recording.copied(one), relations[one.id]) for one in goers]
    ids = recording.join(desk, new.id, pairs)
    _copy_findings(desk, old.id, new.id)
    moved = zip([one.id for one in goers], ids, strict=True)
    event_id = recording.record(desk, old.id, moved, other_household_id=new.id)
    link(desk, new.id, old.id, "split", event_id)
    family_heads.link_heads(session, [new.id], since=desk.day, event_id=event_id)
    succeed(desk, old, goers, stayers, successor)
    slips.end(session, old.id, on)
    return new.id


def merge(
    session: Session,
    *,
    household_id: int,
    into_id: int,
    relations: Mapping[int, str],
    told: Told,
    on: date,
    by: Actor,
) -> int:
    """All of a household go into another, and it is no more; the event's number.

    ``relations``: each person's relation to the head of the household that goes on.
    """
    if household_id == into_id:
        raise MergesWithItself(field="into_id")
    desk = Desk(session, EventKind.MERGE, told, on, by)
    ended, into = recording.open_households(desk, household_id, into_id)
    people = recording.present(session, ended.id)
    recording.chosen(desk, ended.id, people, [one.id for one in people])
    pairs = [(recording.copied(one), related(one.id, relations)) for one in people]
    recording.leave(desk, people)
    ids = recording.join(desk, into.id, pairs)
    recording.close(desk, ended.id)
    moved = zip([one.id for one in people], ids, strict=True)
    event_id = recording.record(desk, ended.id, moved, other_household_id=into.id)
    link(desk, into.id, ended.id, "merge", event_id)
    slips.end(session, ended.id, on)
    return event_id


def link(desk: Desk, household_id: int, origin_id: int, kind: str, event_id: int) -> None:
    """From the day of the event the two are one family line and share their caps."""
    desk.session.add(
        HouseholdLink(
            household_id=household_id,
            origin_id=origin_id,
            kind=kind,
            event_id=event_id,
            since=desk.day,
        )
    )
    lines.rebuild(desk.session, [household_id, origin_id])


def _check_parting(
    goers: Sequence[Person], stayers: Sequence[Person], members: Mapping[int, str]
) -> dict[int, str]:
    """Somebody goes and somebody stays; one of those who go is the head."""
    if not goers:
        raise NobodyGoes(field="members")
    if not stayers:
        raise NobodyStays(field="members")
    relations = {key: relation.strip() for key, relation in members.items()}
    for person_id, relation in relations.items():
        if not relation:
            raise RelationMissing(field="members", person=person_id)
    if list(relations.values()).count(HEAD) != 1:
        raise HeadHasOneRelation(field="members")
    return relations


def _found(desk: Desk, old: Household, number: str) -> Household:
    """The household that splits off, in the old one's village."""
    column = BY_KEY["number"]
    number = str(column.parse(number, column.title))
    new = Household(
        number=number,
        village_code=old.village_code,
        **{name: getattr(old, name) for name in _INHERITED},
    )
    try:
        with desk.session.begin_nested():
            desk.session.add(new)
            desk.session.flush()
    except IntegrityError as error:
        raise HouseholdNumberTaken(field="number", number=number) from error
    record_changes(desk.session, Household, [(new.id, new.id, {})], "new", desk.on)
    return new


def _copy_findings(desk: Desk, old_id: int, new_id: int) -> None:
    for row in _in_force(desk, old_id):
        desk.session.add(
            HouseholdStatus(
                household_id=new_id,
                status=row.status,
                from_on=desk.day,
                booked_on=desk.on,
                reason=desk.why,
                # The case or list was about the old household and never about this one.
                monitored_kind=row.monitored_kind,
            )
        )
        desk.session.flush()


def _in_force(desk: Desk, household_id: int) -> list[HouseholdStatus]:
    """What a household is on the day: registered or not, and what stands beside that."""
    rows = desk.session.scalars(
        select(HouseholdStatus)
        .where(HouseholdStatus.household_id == household_id, HouseholdStatus.from_on <= desk.day)
        .order_by(HouseholdStatus.from_on, HouseholdStatus.id)
    )
    deciding: HouseholdStatus | None = None
    beside: dict[str, HouseholdStatus] = {}
    for row in rows:
        if row.status == Status.RISK_REMOVED:
            beside.pop(Status.MONITORED, None)
        elif row.status in _BESIDE:
            beside[row.status] = row
        else:
            deciding, beside = row, {}
    found = [*([] if deciding is None else [deciding]), *beside.values()]
    return sorted(found, key=lambda row: (row.from_on, row.id))
