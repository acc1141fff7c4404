"""The reads of families: what happened, to whom, who came from where, and what is asked for.

An event is told with the households it touched; of a household outside the scope of whoever asks
the number alone is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from households import family_lines as lines
from households.models import Household, Person
from households.models.families import (
    FamilyEvent,
    FamilyEventPerson,
    HouseholdLink,
    OwnLimit,
)
from households.need.queries import head_name
from kernel.regions import in_scope
from office import approvals
from office.models import Decision, Proposal

#: rows fetched at once while a list is exported
LOT: Final = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of events is narrowed to; blank: not."""

    #: digits of the region
    digits: str
    on: date
    #: number of a household, or name of somebody in the event
    text: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event in a list."""

    event: FamilyEvent
    number: str
    village_code: str
    #: the other household of a split or a merger; blank: there is none, or it is not seen
    other_number: str
    #: who it was about
    people: str


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A household that another came from, or that came from it."""

    household_id: int
    number: str
    head: str
    #: split or merge
    kind: str
    since: date
    #: whether it came from this household; else this one came from it
    younger: bool
    #: whether the link counts for the caps
    counts: bool


@dataclass(frozen=True, slots=True)
class AskedLimit:
    """A question whether a household has limits of its own; decision None: it waits."""

    one: OwnLimit
    proposal_id: int
    proposed_by: int
    decision: str | None
    decided_by: int | None
    decided_on: date | None
    reason: str | None


def events(session: Session, wanted: Wanted, *, after: int = 0, limit: int = 50) -> list[EventLine]:
    """Events before a number, the latest first."""
    query = _narrowed(wanted)
    if after:
        query = query.where(FamilyEvent.id < after)
    rows = session.execute(query.order_by(FamilyEvent.id.desc()).limit(limit)).all()
    people = _people(session, [row[0].id for row in rows])
    return [
        EventLine(event, number, village, other or "", people.get(event.id, ""))
        for event, number, village, other in rows
    ]


def all_events(session: Session, wanted: Wanted) -> Iterator[EventLine]:
    """Every event, a lot at a time."""
    after = 0
    while rows := events(session, wanted, after=after, limit=LOT):
        yield from rows
        after = rows[-1].event.id


def events_of(session: Session, household_id: int, *, digits: str, on: date) -> list[EventLine]:
    """Every event of a household, the latest first."""
    own = or_(
        FamilyEvent.household_id == household_id, FamilyEvent.other_household_id == household_id
    )
    rows = session.execute(
        _narrowed(Wanted(digits, on)).where(own).order_by(FamilyEvent.id.desc())
    ).all()
    people = _people(session, [row[0].id for row in rows])
    return [
        EventLine(event, number, village, other or "", people.get(event.id, ""))
        for event, number, village, other in rows
    ]


def _narrowed(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    other = aliased(Household)
    query = (
        select(FamilyEvent, Household.number, Household.village_code, other.number)
        .join(Household, Household.id == FamilyEvent.household_id)
        .outerjoin(
            other,
            (other.id == FamilyEvent.other_household_id)
            & in_scope(other.village_code, wanted.digits),
        )
        .where(in_scope(Household.village_code, wanted.digits))
    )
    return query.where(*_filters(wanted))


def _filters(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.kind:
        yield FamilyEvent.kind == wanted.kind
    if wanted.since is not None:
        yield FamilyEvent.happened_on >= wanted.since
    if wanted.until is not None:
        yield FamilyEvent.happened_on <= wanted.until
    text = "".join(wanted.text.split())
    if text:
        named = (
            select(FamilyEventPerson.event_id)
            .join(Person, Person.id == FamilyEventPerson.person_id)
            .where(Person.name.startswith(text, autoescape=True))
        )
        number = Household.number.startswith(text.upper(), autoescape=True)
        yield or_(number, FamilyEvent.id.in_(named))


def _people(session: Session, ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        select(FamilyEventPerson.event_id, Person.name)
        .join(Person, Person.id == FamilyEventPerson.person_id)
        .where(FamilyEventPerson.event_id.in_(ids))
        .order_by(FamilyEventPerson.event_id, Person.id)
    )
    found: dict[int, list[str]] = {}
    for event_id, name in rows:
        names = found.setdefault(event_id, [])
        if name not in names:
            names.append(name)
    return {event_id: "、".join(names) for event_id, names in found.items()}


def links_of(session: Session, household_id: int, *, on: date) -> list[LinkLine]:
    """Whom a household came from, and who came from it."""
    found = []
    for mine, other, younger in (
        (HouseholdLink.household_id, HouseholdLink.origin_id, False),
        (HouseholdLink.origin_id, HouseholdLink.household_id, True),
    ):
        rows = session.execute(
            select(
                Household.id, Household.number, head_name(on), HouseholdLink.kind,
                HouseholdLink.since, ~lines.released(),
            )
            .select_from(HouseholdLink)
            .join(Household, Household.id == other)
            .where(mine == household_id)
            .order_by(HouseholdLink.id)
        )  # fmt: skip
        found += [
            LinkLine(key, number, head, kind, since, younger, bool(counts))
            for key, number, head, kind, since, counts in rows
        ]
    return found


def own_limits_of(session: Session, household_id: int) -> list[AskedLimit]:
    """What was asked about a household's own limits, the latest first."""
    rows = session.execute(
        select(
            OwnLimit, Proposal.id, Proposal.proposed_by, Decision.decision, Decision.decided_by,
            Decision.decided_on, Decision.reason,
        )
        .join(HouseholdLink, HouseholdLink.id == OwnLimit.link_id)
        .join(Proposal, approvals.about(lines.OWN_LIMITS, OwnLimit.id))
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
        .where(HouseholdLink.household_id == household_id)
        .order_by(OwnLimit.id.desc())
    )  # fmt: skip
    return [AskedLimit(row[0], *row[1:]) for row in rows]


def count_events(session: Session, wanted: Wanted) -> int:
    """How many events there are."""
    ids = _narrowed(wanted).with_only_columns(FamilyEvent.id).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0
