"""What ``fupin verify`` reads back of families: lines by their links, events by the register."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, case, exists, or_, select
from sqlalchemy.orm import Session, aliased

from households import family_lines
from households.models import HouseholdStatus, Person, Status
from households.models.families import (
    EVENT_TITLES,
    EventKind,
    FamilyEvent,
    FamilyEventPerson,
    FamilyLine,
    HouseholdLink,
)
from kernel.findings import Finding

#: events by which a person's row ends on the day
_ENDING = ("death", "marriage_out", "moved_away", "split", "merge")
#: events by which a person's row begins on the day
_BEGINNING = ("birth", "marriage_in", "moved_in")


def check(session: Session) -> Iterator[Finding]:
    """Family lines that differ from links and decisions; events that the register does not show."""
    yield from _lines(session)
    yield from _people(session)
    yield from _merged(session)


def _lines(session: Session) -> Iterator[Finding]:
    wanted = family_lines.lines_of(family_lines.links(session))
    found = {
        row.household_id: (row.line_id, row.cap_id) for row in session.scalars(select(FamilyLine))
    }
    for household_id in sorted(wanted.keys() | found.keys()):
        if wanted.get(household_id) != found.get(household_id):
            yield Finding(
                "households.family_line",
                "family_lines",
                f"household_id={household_id}",
                f"农户{household_id}的合并核算关系与分户并户记录不符",
                f"household {household_id}: its family line is not that of its links",
            )


def _people(session: Session) -> Iterator[Finding]:
    """Who came or went by an event does so in the register, on its day."""
    moved = aliased(Person)
    shown = or_(
        and_(FamilyEvent.kind.in_(_ENDING), Person.left_on == FamilyEvent.happened_on),
        and_(FamilyEvent.kind.in_(_BEGINNING), Person.joined_on == FamilyEvent.happened_on),
        FamilyEvent.kind.in_((EventKind.NEW_HEAD, EventKind.IDENTITY_CORRECTED)),
    )
    arrived: ColumnElement[bool] = or_(
        FamilyEvent.other_household_id.is_(None),
        and_(
            moved.household_id == FamilyEvent.other_household_id,
            moved.joined_on == FamilyEvent.happened_on,
        ),
    )
    rows = session.execute(
        select(FamilyEvent.id, FamilyEvent.kind, FamilyEventPerson.person_id)
        .join(FamilyEventPerson, FamilyEventPerson.event_id == FamilyEvent.id)
        .join(Person, Person.id == FamilyEventPerson.person_id)
        .outerjoin(moved, moved.id == FamilyEventPerson.new_person_id)
        # NULL, as of somebody who has not left at all, fits nothing.
        .where(case((and_(shown, arrived), 0), else_=1) == 1)
        .order_by(FamilyEvent.id)
    )
    for event_id, kind, person_id in rows:
        yield Finding(
            "households.family_event",
            "family_events",
            f"id={event_id}",
            f"第{event_id}号家庭变动（{EVENT_TITLES[EventKind(kind)]}）与第{person_id}号成员的登记不符",
            f"family event {event_id} is not what the register shows of person {person_id}",
        )


def _merged(session: Session) -> Iterator[Finding]:
    """A household that was merged is no more, and nobody is in it."""
    closed = exists().where(
        HouseholdStatus.household_id == HouseholdLink.origin_id,
        HouseholdStatus.status == Status.CLOSED,
    )
    peopled = exists().where(
        Person.household_id == HouseholdLink.origin_id, Person.left_on.is_(None)
    )
    rows = session.scalars(
        select(HouseholdLink.origin_id)
        .where(HouseholdLink.kind == "merge", or_(~closed, peopled))
        .order_by(HouseholdLink.id)
    )
    for household_id in rows:
        yield Finding(
            "households.merged",
            "household_links",
            f"origin_id={household_id}",
            f"农户{household_id}已并户，名册上却仍有成员或未自然减少",
            f"household {household_id} was merged, yet stands in the register",
        )
