"""The reads of the register, for any day: who is registered, who belongs where, who is found.

What a household stands as is said in ``standing``. *Registered on a day* = poor or lifted out on
it; being watched changes nothing. A person counts while present (``joined_on`` ≤ day <
``left_on``) in a registered household.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from households.family_lines import carried
from households.models import Household, HouseholdStatus, Person, RegisterChange, Status
from households.standing import is_registered, last_status
from kernel.refusals import NotFound
from kernel.regions import in_scope

#: what a household is to the policy documents, by its last finding
POLICY_KIND: Final = {
    Status.REGISTERED: "registered",
    Status.FALLEN_BACK: "registered",
    Status.LIFTED: "lifted",
    Status.MONITORED: "monitored",
    Status.NEEDS_HELP: "needs_help",
    Status.REMOVED: "general",
    Status.CLOSED: "general",
}


@dataclass(frozen=True, slots=True)
class VillageCount:
    """Registered households of a village, and the people present in them."""

    village_code: str
    households: int
    persons: int


@dataclass(frozen=True, slots=True)
class Movements:
    """What happened to the register on a day, by the days that the findings name."""

    #: status -> households that it began for
    statuses: dict[str, int]
    joined: int
    left: int


def is_listed(day: date) -> ColumnElement[bool]:
    """SQL: the household of the query around it is one of the programmes' on a day: registered at
    some time, or watched, and neither removed nor gone.
    """
    return last_status(day).not_in((Status.REMOVED, Status.CLOSED))


def is_present(day: date) -> ColumnElement[bool]:
    """SQL: the person belongs to the household on a day."""
    return and_(Person.joined_on <= day, or_(Person.left_on.is_(None), Person.left_on > day))


def counts_by_village(session: Session, *, digits: str, on: date) -> list[VillageCount]:
    """Each village of a scope that has registered households on a day."""
    present = (
        select(func.count(Person.id))
        .where(Person.household_id == Household.id, is_present(on))
        .correlate(Household)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Household.village_code, func.count(), func.sum(present))
        .where(in_scope(Household.village_code, digits), is_registered(on))
        .group_by(Household.village_code)
        .order_by(Household.village_code)
    )
    return [VillageCount(code, households, int(persons)) for code, households, persons in rows]


def movements(session: Session, *, digits: str, on: date) -> Movements:
    """What began and ended in a scope on a day."""
    here = in_scope(Household.village_code, digits)
    statuses = session.execute(
        select(HouseholdStatus.status, func.count().label("households"))
        .join(Household, Household.id == HouseholdStatus.household_id)
        .where(here, HouseholdStatus.from_on == on)
        .group_by(HouseholdStatus.status)
    )
    people = select(func.count()).select_from(Person).join(Household).where(here)
    return Movements(
        statuses={row.status: row.households for row in statuses},
        joined=session.scalar(people.where(Person.joined_on == on)) or 0,
        left=session.scalar(people.where(Person.left_on == on)) or 0,
    )


def get(session: Session, household_id: int, *, digits: str) -> Household:
    """A household of a scope; one outside it is not found."""
    household = session.scalar(
        select(Household).where(
            Household.id == household_id, in_scope(Household.village_code, digits)
        )
    )
    if household is None:
        raise NotFound(field="household_id", what="农户")
    return household


def by_number(session: Session, number: str, *, digits: str) -> Household:
    """A household of a scope by its number."""
    household = session.scalar(
        select(Household).where(
            Household.number == number.strip().upper(), in_scope(Household.village_code, digits)
        )
    )
    if household is None:
        raise NotFound(field="number", what="农户")
    return household


def by_identity(session: Session, identity_index: bytes, *, digits: str) -> list[Person]:
    """Everywhere a person was or is, by the blind index of the number; the present place first.

    A number that was corrected finds who carried it.
    """
    return list(
        session.scalars(
            select(Person)
            .join(Household)
            .where(carried(identity_index), in_scope(Household.village_code, digits))
            .order_by(Person.left_on.is_not(None), Person.joined_on.desc(), Person.id.desc())
        )
    )


def by_name(
    session: Session, text: str, *, digits: str, on: date, limit: int = 50
) -> list[tuple[Person, Household]]:
    """People present on a day whose name, pinyin or initials begin with the text."""
    wanted = "".join(text.split())
    if not wanted:
        return []
    plain = wanted.lower()
    begins = or_(
        Person.name.startswith(wanted, autoescape=True),
        Person.pinyin.startswith(plain, autoescape=True),
        Person.initials == plain,
    )
    rows = session.execute(
        select(Person, Household)
        .join(Household)
        .where(begins, is_present(on), in_scope(Household.village_code, digits))
        .order_by(Person.pinyin, Person.id)
        .limit(limit)
    )
    return [(person, household) for person, household in rows]


def members(session: Session, household_id: int, *, on: date) -> Sequence[Person]:
    """Who belongs to a household on a day, the head first."""
    return session.scalars(
        select(Person)
        .where(Person.household_id == household_id, is_present(on))
        .order_by(Person.is_head.desc(), Person.id)
    ).all()


def head(session: Session, household_id: int, *, on: date) -> Person:
    """The head of a household on a day."""
    for person in members(session, household_id, on=on):
        if person.is_head:
            return person
    # Who heads it now came later, or nobody is left: the last who was its head.
    last = session.scalars(
        select(Person)
        .where(Person.household_id == household_id, Person.is_head)
        .order_by(Person.left_on.is_not(None), Person.left_on.desc(), Person.id.desc())
        .limit(1)
    ).first()
    if last is not None:
        return last
    raise NotFound(field="household_id", what="户主")


def status_on(session: Session, household_id: int, *, on: date) -> Status | None:
    """The finding in force on a day; None: there is none yet."""
    found = session.scalar(select(last_status(on)).where(Household.id == household_id))
    return Status(found) if found else None


def registered(session: Session, household_id: int, *, on: date) -> bool:
    """Whether a household is registered on a day."""
    query = select(Household.id).where(Household.id == household_id, is_registered(on))
    return session.scalar(query) is not None


def policy_kind(session: Session, household_id: int, *, on: date) -> str:
    """What the household is to a policy document on a day."""
    return kind_of(status_on(session, household_id, on=on))


def kind_of(status: str | None) -> str:
    """What a household of a status is to a policy document."""
    return POLICY_KIND[Status(status)] if status else "general"


def statuses(session: Session, household_id: int) -> Sequence[HouseholdStatus]:
    """All findings about a household, in the order in which they hold."""
    return session.scalars(
        select(HouseholdStatus)
        .where(HouseholdStatus.household_id == household_id)
        .order_by(HouseholdStatus.from_on, HouseholdStatus.id)
    ).all()


def history(session: Session, household_id: int) -> Sequence[RegisterChange]:
    """Every recorded change of a household and its people, the oldest first."""
    return session.scalars(
        select(RegisterChange)
        .where(RegisterChange.household_id == household_id)
        .order_by(RegisterChange.id)
    ).all()
