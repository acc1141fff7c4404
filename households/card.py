"""The household card (户有卡): a household as one page shows it, secrets masked.

The card is for the file, not for the public: it names the cause of poverty. What a public notice
may show is ``notice_name`` and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from households import queries, standing
from households.form import HOUSEHOLD_COLUMNS, PERSON_COLUMNS, shown
from households.helping.queries import Help, help_of
from households.models import STATUS_TITLES, Household, Person, Status
from households.reading import identity_place, secret_place
from kernel.identity import mask_account, mask_identity, mask_mobile, mask_name
from kernel.regions import COUNTY, RegionTree
from kernel.vault import Keyring

#: answers about a member that the line does not show by itself
_MEMBER_KEYS: Final = [c.key for c in PERSON_COLUMNS if c.key not in {"name", "relation"}]


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member on the card."""

    person_id: int
    name: str
    relation: str
    identity: str
    born_on: date
    #: title -> answer, those that were given
    answers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Card:
    """A household on a day."""

    household_id: int
    number: str
    village: str
    group_name: str
    status: str
    #: (status, from, reason), in order
    statuses: tuple[tuple[str, date, str], ...]
    phone: str
    bank_account: str
    #: title -> answer, those that were given
    answers: dict[str, str]
    members: tuple[MemberLine, ...]
    #: poor, lifted, removed or none
    standing: str
    #: watched as unstable, edge or sudden; blank: not told as what; None: not watched
    monitored: str | None
    #: measures, helper, visits, projects
    help: Help


def card(
    session: Session,
    household_id: int,
    *,
    on: date,
    digits: str,
    regions: RegionTree,
    keyring: Keyring,
) -> Card:
    """The card of a household of a scope, on a day."""
    household = queries.get(session, household_id, digits=digits)
    status = queries.status_on(session, household_id, on=on)
    people = queries.members(session, household_id, on=on)
    stands, watched, watched_as = _stands(session, household_id, on)
    return Card(
        household_id=household.id,
        number=household.number,
        village=regions.full_name(household.village_code, below=COUNTY),
        group_name=household.group_name or "",
        status=STATUS_TITLES[status] if status else "其他农户",
        statuses=tuple(
            (STATUS_TITLES[Status(row.status)], row.from_on, row.reason)
            for row in queries.statuses(session, household_id)
        ),
        phone=phone_of(household, keyring),
        bank_account=account_of(household, keyring),
        answers=_answers(household, [column.key for column in HOUSEHOLD_COLUMNS]),
        members=tuple(_member(person, keyring) for person in people),
        standing=stands,
        monitored=(watched_as or "") if watched else None,
        help=help_of(session, household_id, keyring=keyring, on=on),
    )


def _stands(session: Session, household_id: int, on: date) -> tuple[str, bool, str | None]:
    row = session.execute(
        select(
            standing.standing_of(on).label("stands"),
            standing.is_watched(on).label("watched"),
            standing.watched_as(on).label("watched_as"),
        ).where(Household.id == household_id)
    ).one()
    return row.stands, row.watched, row.watched_as


def phone_of(household: Household, keyring: Keyring) -> str:
    """The phone number, masked; blank where there is none."""
    place = secret_place("phone", household.number)
    return mask_mobile(_opened(household.phone_sealed, place, keyring))


def account_of(household: Household, keyring: Keyring) -> str:
    """The bank account, masked; blank where there is none."""
    place = secret_place("bank_account", household.number)
    return mask_account(_opened(household.bank_account_sealed, place, keyring))


def identity_of(person: Person, keyring: Keyring) -> str:
    """The whole identity number, for a check that needs it; never for a page."""
    return keyring.open(person.identity_sealed, place=identity_place(person.identity_index))


def notice_name(person: Person) -> str:
    """All that a public notice shows of a person."""
    return mask_name(person.name)


def _opened(envelope: bytes | None, place: str, keyring: Keyring) -> str:
    return keyring.open(envelope, place=place) if envelope else ""


def _member(person: Person, keyring: Keyring) -> MemberLine:
    return MemberLine(
        person_id=person.id,
        name=person.name,
        relation=person.relation,
        identity=mask_identity(identity_of(person, keyring)),
        born_on=person.born_on,
        answers=_answers(
            person, [c.key for c in PERSON_COLUMNS if c.key not in {"name", "relation"}]
        ),
    )


def _answers(row: Household | Person, keys: list[str]) -> dict[str, str]:
    titles = {column.key: column.title for column in (*HOUSEHOLD_COLUMNS, *PERSON_COLUMNS)}
    told = {key: getattr(row, key, None) for key in keys}
    return {titles[key]: shown(key, value) for key, value in told.items() if value is not None}
