"""Comparing a staged file with the register: what is new, what differs, who joins, who leaves.

Queries alone, all over *good* households: those that no finding refuses. A file speaks only about
the columns that it has, and about a household's members as a whole: who is present in the register
and not in the file's household has left it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from households.models import Household, HouseholdFacts, Person, PersonFacts
from households.staging import ImportBatch, ImportFinding, StagedHousehold, StagedPerson

#: columns that follow others and are compared through them
_FOLLOWING = frozenset({"number", "identity_sealed", "identity_index", "pinyin", "initials"})
#: what the identity number and the relation fill, present in every file
_ALWAYS = frozenset({"sex", "born_on", "is_head"})


def good(
    batch_id: int, number: InstrumentedAttribute[str] | ColumnElement[str]
) -> ColumnElement[bool]:
    """SQL: no finding refuses the household of this number."""
    return ~exists().where(ImportFinding.batch_id == batch_id, ImportFinding.number == number)


def household_columns(batch: ImportBatch) -> list[str]:
    """Columns of the household that the file states."""
    stated = set(batch.columns.split(","))
    secrets = {"phone": "phone_index", "bank_account": "bank_account_index"}
    wanted = {secrets.get(key, key) for key in stated}
    facts = [name for name in HouseholdFacts.__annotations__ if name in wanted]
    return ["village_code", *(name for name in facts if name not in _FOLLOWING)]


def person_columns(batch: ImportBatch) -> list[str]:
    """Columns of the person that the file states."""
    wanted = set(batch.columns.split(",")) | _ALWAYS
    facts = (name for name in PersonFacts.__annotations__ if name in wanted)
    return [name for name in facts if name not in _FOLLOWING]


def differs(ours: type, theirs: type, columns: Iterable[str]) -> ColumnElement[bool]:
    """SQL: any of the columns differs between a row of the register and a staged one."""
    return or_(*(getattr(ours, c).is_distinct_from(getattr(theirs, c)) for c in columns))


def changed_households(batch: ImportBatch) -> Select[Household, StagedHousehold]:
    """SQL: households of the register that a good staged one says something else about."""
    return (
        select(Household, StagedHousehold)
        .join(StagedHousehold, StagedHousehold.number == Household.number)
        .where(
            StagedHousehold.batch_id == batch.id,
            good(batch.id, StagedHousehold.number),
            differs(Household, StagedHousehold, household_columns(batch)),
        )
        .order_by(StagedHousehold.line)
    )


def matched_people(batch: ImportBatch) -> Select[Person, StagedPerson]:
    """SQL: present people of good households, each with the staged row that is the same person."""
    return (
        select(Person, StagedPerson)
        .join(Household, Household.id == Person.household_id)
        .join(
            StagedPerson,
            and_(
                StagedPerson.number == Household.number,
                StagedPerson.identity_index == Person.identity_index,
            ),
        )
        .where(
            Person.left_on.is_(None),
            StagedPerson.batch_id == batch.id,
            good(batch.id, StagedPerson.number),
        )
        .order_by(StagedPerson.line)
    )


def changed_people(batch: ImportBatch) -> Select[Person, StagedPerson]:
    """SQL: the matched people whose answers differ."""
    return matched_people(batch).where(differs(Person, StagedPerson, person_columns(batch)))


def leaving_people(batch_id: int) -> Select[int, str]:
    """SQL: (id, household number) of present people whose household is stated without them."""
    stays = exists().where(
        StagedPerson.batch_id == batch_id,
        StagedPerson.number == Household.number,
        StagedPerson.identity_index == Person.identity_index,
    )
    return (
        select(Person.id, Household.number)
        .join(Household, Household.id == Person.household_id)
        .join(StagedHousehold, StagedHousehold.number == Household.number)
        .where(
            StagedHousehold.batch_id == batch_id,
            good(batch_id, StagedHousehold.number),
            Person.left_on.is_(None),
            ~stays,
        )
        .order_by(Person.id)
    )


def new_households(batch_id: int) -> Select[StagedHousehold]:
    """SQL: good staged households that the register does not have."""
    return select(StagedHousehold).where(
        StagedHousehold.batch_id == batch_id,
        good(batch_id, StagedHousehold.number),
        ~exists().where(Household.number == StagedHousehold.number),
    )


def joining_people(batch_id: int) -> Select[StagedPerson]:
    """SQL: good staged people who are not present in their household."""
    present = (
        select(Person.id)
        .join(Household, Household.id == Person.household_id)
        .where(
            Household.number == StagedPerson.number,
            Person.identity_index == StagedPerson.identity_index,
            Person.left_on.is_(None),
        )
        .exists()
    )
    return select(StagedPerson).where(
        StagedPerson.batch_id == batch_id, good(batch_id, StagedPerson.number), ~present
    )
