"""One event, the rows of the register that it moves, and their seals: what verbs are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import ledger
from households import family_lines as lines
from households import queries
from households.applying import record_changes
from households.families.refusals import (
    FamilyEventAhead,
    FindingAfterTheEvent,
    HouseholdClosed,
    MemberNamedTwice,
    NotAMember,
)
from households.models import (
    STATUS_TITLES,
    Household,
    HouseholdStatus,
    Person,
    PersonFacts,
    Status,
)
from households.models.families import (
    EVENT_TITLES,
    EventKind,
    FamilyEvent,
    FamilyEventPerson,
)
from households.refusals import PersonLeftAlready
from kernel.actor import Actor
from kernel.refusals import Refusal
from office import rights

COMMAND: Final = "households.family"
#: the relation that the head alone has
HEAD: Final = "户主"
#: what a person's row says beside who heads the household
_FACTS: Final = tuple(
    name for name in PersonFacts.__annotations__ if name not in {"is_head", "relation"}
)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of every event."""

    happened_on: date
    #: certificate or document behind it
    document: str = ""
    reason: str = ""
    attachment_id: int | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """An event at the desk: the session, what is told, the business day, who records it."""

    session: Session
    kind: EventKind
    told: Told
    on: date
    by: Actor

    @property
    def day(self) -> date:
        """The day it happened."""
        return self.told.happened_on

    @property
    def why(self) -> str:
        """The event in words, as a person's row or a finding keeps it."""
        title, reason = EVENT_TITLES[self.kind], self.told.reason.strip()
        return f"{title}：{reason}" if reason else title


def open_households(desk: Desk, *household_ids: int) -> list[Household]:
    """The households of an event: of the actor's scope, still there, and held with their lines."""
    session, by = desk.session, desk.by
    ledger.require_bookable(session, desk.on)
    households = [queries.get(session, one, digits=by.region_scope) for one in household_ids]
    for household in households:
        rights.allow(by, COMMAND, region=household.village_code)
    lines.hold_line(session, household_ids)
    if desk.day > desk.on:
        raise ahead(desk)
    for household in households:
        closed = closed_since(session, household.id)
        if closed is not None:
            raise HouseholdClosed(field="household_id", number=household.number, from_on=closed)
    return households


def ahead(desk: Desk, earliest: date | None = None) -> FamilyEventAhead:
    """The refusal of a day that does not fit."""
    return FamilyEventAhead(
        field="happened_on",
        day=desk.day,
        earliest=earliest or "—",
        on=desk.on,
    )


def closed_since(session: Session, household_id: int) -> date | None:
    """The day from which a household is no more; None while it lives."""
    return session.scalar(
        select(HouseholdStatus.from_on).where(
            HouseholdStatus.household_id == household_id, HouseholdStatus.status == Status.CLOSED
        )
    )


def refuse_later_findings(desk: Desk, household_id: int) -> None:
    """What a household was found to be later is not overtaken by an event told afterwards."""
    later = desk.session.scalars(
        select(HouseholdStatus)
        .where(HouseholdStatus.household_id == household_id, HouseholdStatus.from_on > desk.day)
        .order_by(HouseholdStatus.from_on.desc())
    ).first()
    if later is not None:
        raise FindingAfterTheEvent(
            field="happened_on",
            from_on=later.from_on,
            status=STATUS_TITLES[Status(later.status)],
        )


def present(session: Session, household_id: int) -> list[Person]:
    """Who belongs to a household and has not left it, as the rows stand now; the head first."""
    return list(
        session.scalars(
            select(Person)
            .where(Person.household_id == household_id, Person.left_on.is_(None))
            .order_by(Person.is_head.desc(), Person.id)
            .execution_options(populate_existing=True)
        )
    )


def chosen(
    desk: Desk, household_id: int, members: Sequence[Person], ids: Iterable[int]
) -> list[Person]:
    """The members meant; each is there on the day, and named once."""
    among = {one.id: one for one in members}
    found: list[Person] = []
    for person_id in ids:
        one = among.get(person_id)
        if one is None:
            raise _stranger(desk, household_id, person_id)
        if one in found:
            raise MemberNamedTwice(field="person_id", person=person_id)
        if desk.day < one.joined_on:
            raise ahead(desk, one.joined_on)
        found.append(one)
    return found


def _stranger(desk: Desk, household_id: int, person_id: int) -> Refusal:
    """The refusal of somebody who is not there: gone already, or never one of them."""
    gone = desk.session.scalar(
        select(Person.left_on).where(Person.id == person_id, Person.household_id == household_id)
    )
    if gone is not None:
        return PersonLeftAlready(field="person_id", left_on=gone)
    return NotAMember(field="person_id", person=person_id, on=desk.day)


def leave(desk: Desk, people: Sequence[Person]) -> None:
    """End these people's time in their household."""
    for one in people:
        one.left_on, one.left_reason = desk.day, desk.why
    desk.session.flush()
    fields: dict[str, list[object]] = {"left_on": [None, desk.day]}
    rows = [(one.id, one.household_id, fields) for one in people]
    record_changes(desk.session, Person, rows, "left", desk.on)


def copied(one: Person) -> dict[str, Any]:
    """A person's answers, to go on in another household."""
    return {name: getattr(one, name) for name in _FACTS}


def join(
    desk: Desk, household_id: int, people: Sequence[tuple[Mapping[str, Any], str]]
) -> list[int]:
    """Begin these people's time in a household: answers, and the relation to its head."""
    rows = [
        Person(
            household_id=household_id,
            joined_on=desk.day,
            is_head=relation == HEAD,
            relation=relation,
            **facts,
        )
        for facts, relation in people
    ]
    desk.session.add_all(rows)
    desk.session.flush()
    record_changes(
        desk.session, Person, [(one.id, household_id, {}) for one in rows], "new", desk.on
    )
    return [one.id for one in rows]


def relate(desk: Desk, people: Sequence[tuple[Person, str]]) -> None:
    """Give members another relation to the head; the one that is 户主 is the head."""
    rows: list[tuple[int, int, dict[str, list[object]]]] = []
    for one, relation in people:
        fields: dict[str, list[object]] = {}
        if one.relation != relation:
            fields["relation"] = [one.relation, relation]
        if one.is_head != (relation == HEAD):
            fields["is_head"] = [one.is_head, relation == HEAD]
        one.relation, one.is_head = relation, relation == HEAD
        if fields:
            rows.append((one.id, one.household_id, fields))
    desk.session.flush()
    if rows:
        record_changes(desk.session, Person, rows, "changed", desk.on)


def record(
    desk: Desk,
    household_id: int,
    people: Iterable[tuple[int, int | None]],
    *,
    other_household_id: int | None = None,
    old_identity_index: bytes | None = None,
) -> int:
    """The event itself, with whom it was about; its number."""
    told = desk.told
    event = FamilyEvent(
        kind=desk.kind,
        household_id=household_id,
        other_household_id=other_household_id,
        happened_on=desk.day,
        booked_on=desk.on,
        document=told.document.strip(),
        reason=told.reason.strip(),
        attachment_id=told.attachment_id,
        old_identity_index=old_identity_index,
        by_person=desk.by.person_id,
    )
    desk.session.add(event)
    desk.session.flush()
    rows = [{"event_id": event.id, "person_id": old, "new_person_id": new} for old, new in people]
    if rows:
        desk.session.execute(insert(FamilyEventPerson), rows)
    return event.id


def close(desk: Desk, household_id: int) -> None:
    """The household is no more, from the day of the event."""
    refuse_later_findings(desk, household_id)
    desk.session.add(
        HouseholdStatus(
            household_id=household_id,
            status=Status.CLOSED,
            from_on=desk.day,
            booked_on=desk.on,
            reason=desk.why,
        )
    )
    desk.session.flush()
