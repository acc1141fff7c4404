"""A household in the register, written as an import leaves it: with status and seals."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from households.models import Household, HouseholdStatus, Person, RegisterChange, Status
from households.reading import identity_place
from kernel import seals
from kernel.identity import check_character
from kernel.vault import Keyring


def enter_household(
    session: Session,
    village: str,
    number: int,
    *,
    on: date,
    born_on: date = date(1970, 1, 1),
    members: int = 3,
    status: Status | None = Status.REGISTERED,
    keyring: Keyring | None = None,
) -> int:
    """A household of so many members, the head first, registered or found something else; its id.

    With a ``keyring`` their identity numbers (of nobody: see ``identity_number``) can be opened.
    """
    household = Household(
        number=f"{village}{number:04d}", village_code=village, income_per_person_fen=250_000
    )
    session.add(household)
    session.flush()
    if status is not None:
        find_household(session, household.id, status, date(2014, 1, 1), on=on)
    people = [_person(household.id, number, place, born_on) for place in range(members)]
    for place, one in enumerate(people):
        if keyring is not None:
            _seal_identity(one, identity_number(born_on, number, place), keyring)
    session.add_all(people)
    session.flush()
    for entity, ids in ((Household, [household.id]), (Person, [one.id for one in people])):
        for row_id, seal in seals.seals(session, entity, ids).items():
            session.add(
                RegisterChange(
                    household_id=household.id,
                    person_id=row_id if entity is Person else None,
                    what="new",
                    booked_on=on,
                    fields="{}",
                    seal=seal,
                )
            )
    session.flush()
    return household.id


def find_household(
    session: Session, household_id: int, status: Status, from_on: date, *, on: date
) -> None:
    """A finding as a list that was decided leaves it."""
    session.add(
        HouseholdStatus(
            household_id=household_id,
            status=status,
            from_on=from_on,
            booked_on=on,
            reason="建档立卡",
        )
    )
    session.flush()


def identity_number(born_on: date, number: int, place: int) -> str:
    """The number of a household's member: the county part 431099 was never given out."""
    first = f"431099{born_on:%Y%m%d}{number * 10 + place:03d}"
    return first + check_character(first)


def _seal_identity(person: Person, number: str, keyring: Keyring) -> None:
    person.identity_index = keyring.blind_index(number, kind="identity")
    person.identity_sealed = keyring.seal(number, place=identity_place(person.identity_index))


def _person(household_id: int, number: int, place: int, born_on: date) -> Person:
    return Person(
        household_id=household_id,
        joined_on=date(2014, 1, 1),
        name=f"{'王李张陈刘'[place % 5]}{'一二三四五六七八九十'[number % 10]}",
        pinyin="wang",
        initials="w",
        sex="male",
        born_on=born_on,
        identity_sealed=b"sealed",
        identity_index=f"{household_id}/{place}".encode(),
        is_head=place == 0,
        relation="户主" if place == 0 else "其他",
        labour="ordinary" if place < 2 else "none",
    )
