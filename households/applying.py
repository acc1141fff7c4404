"""Writing a judged file into the register: all good households, in one unit of work.

Order matters where one person moves between two households of the same file: who leaves goes
first, so that nobody is present twice at any statement. New rows are written by INSERT … SELECT
from the staged ones, changed rows one by one from their differences; every row that is new, changed
or left gets its recorded change with the seal of the row as it then stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from households import family_heads
from households.comparing import good, joining_people, leaving_people, new_households
from households.differences import Difference, household_differences, person_differences
from households.models import (
    Household,
    HouseholdFacts,
    HouseholdStatus,
    Person,
    PersonFacts,
    RegisterChange,
    Status,
)
from households.staging import ImportBatch, StagedHousehold, StagedPerson
from kernel.database import Base
from kernel.seals import CHUNK, seal_of, seals, table_of
from kernel.vault import Keyring

LEFT_BY_IMPORT: Final = "导入名册中已无此人"

_STATUS_DAYS: Final = {
    Status.REGISTERED: StagedHousehold.registered_on,
    Status.LIFTED: StagedHousehold.lifted_on,
    Status.MONITORED: StagedHousehold.monitored_on,
    Status.NEEDS_HELP: None,
}


def write(session: Session, batch: ImportBatch, keyring: Keyring, on: date) -> None:
    """Write every good household of a judged batch."""
    _write_leaving(session, batch.id, on)
    _write_new_households(session, batch.id)
    for households in household_differences(session, batch, keyring):
        _write_differences(session, Household, households, on)
    _write_joining(session, batch.id, on)
    for people in person_differences(session, batch, keyring):
        _write_differences(session, Person, people, on)
    for status in _STATUS_DAYS:
        _write_status(session, batch.id, status, on)
    # A household that somebody heads who has left another one: whatever file says so, its caps are
    # not new ones.
    family_heads.link_heads(session, _heard_of(batch.id), since=on)
    seal_new_rows(session, on)


def _heard_of(batch_id: int) -> Select[int]:
    """SQL: the good households of the batch."""
    return (
        select(Household.id)
        .join(StagedHousehold, StagedHousehold.number == Household.number)
        .where(StagedHousehold.batch_id == batch_id, good(batch_id, StagedHousehold.number))
    )


def new_statuses(batch_id: int, status: Status, on: date) -> Select[int, date]:
    """SQL: (household, from) of good households that get this status by the file.

    A day that the file gives is a row of its own; without a day, a status once held is not given
    again. A blank kind means registered for a household that is new, and nothing for another.
    """
    told = _STATUS_DAYS[status]
    given: ColumnElement[Any] = null() if told is None else told.expression
    registered_since = func.coalesce(
        StagedHousehold.registered_on, StagedHousehold.lifted_on, literal(on, Date)
    )
    day = (
        registered_since if status is Status.REGISTERED else func.coalesce(given, literal(on, Date))
    )
    held = (
        select(HouseholdStatus.id)
        .where(HouseholdStatus.household_id == Household.id, HouseholdStatus.status == status)
        .where(or_(given.is_(None), HouseholdStatus.from_on == day))
        .exists()
    )
    return (
        select(Household.id, day.label("from_on"))
        .join(StagedHousehold, StagedHousehold.number == Household.number)
        .where(
            StagedHousehold.batch_id == batch_id,
            good(batch_id, StagedHousehold.number),
            or_(_is_kind(status), given.is_not(None)),
            ~held,
        )
        .order_by(StagedHousehold.line)
    )


def _is_kind(status: Status) -> ColumnElement[bool]:
    unsealed = ~exists().where(RegisterChange.household_id == Household.id)
    kind = case(
        (and_(StagedHousehold.kind.is_(None), unsealed), Status.REGISTERED.value),
        else_=StagedHousehold.kind,
    )
    # Whoever is lifted out was registered before.
    kinds = [status.value, *([Status.LIFTED.value] if status is Status.REGISTERED else [])]
    return func.coalesce(kind, "").in_(kinds)


def seal_new_rows(session: Session, on: date) -> None:
    """Record every household and person that has no recorded change yet."""
    _seal_new(session, Household, Household.id, null(), RegisterChange.household_id, on)
    _seal_new(session, Person, Person.household_id, Person.id, RegisterChange.person_id, on)


def _seal_new(
    session: Session,
    entity: type[Household] | type[Person],
    household_id: InstrumentedAttribute[int],
    person_id: Any,
    key: InstrumentedAttribute[Any],
    on: date,
) -> None:
    rows = (
        select(
            household_id,
            person_id,
            literal("new", Text),
            literal(on, Date),
            literal("{}", Text),
            seal_of(entity),
        )
        .where(~exists().where(key == entity.id))
        .group_by(entity.id)
        .order_by(entity.id)
    )
    columns = ["household_id", "person_id", "what", "booked_on", "fields", "seal"]
    session.execute(insert(table_of(RegisterChange)).from_select(columns, rows))


def _write_leaving(session: Session, batch_id: int, on: date) -> None:
    ids = [row.id for row in session.execute(leaving_people(batch_id))]
    table = table_of(Person)
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        gone = {"left_on": on, "left_reason": LEFT_BY_IMPORT}
        session.execute(update(table).where(table.c.id.in_(some)).values(gone))
        rows = session.execute(select(table.c.id, table.c.household_id).where(table.c.id.in_(some)))
        households = {row.id: row.household_id for row in rows}
        fields: dict[str, list[object]] = {"left_on": [None, on]}
        record_changes(session, Person, [(i, households[i], fields) for i in some], "left", on)


def _write_new_households(session: Session, batch_id: int) -> None:
    names = [*_own_columns(HouseholdFacts), "village_code"]
    rows = new_households(batch_id).with_only_columns(
        *(getattr(StagedHousehold, name) for name in names)
    )
    rows = rows.order_by(StagedHousehold.line)
    session.execute(insert(table_of(Household)).from_select(names, rows))


def _write_joining(session: Session, batch_id: int, on: date) -> None:
    known = exists().where(RegisterChange.household_id == Household.id)
    since = case(
        (known, literal(on, Date)),
        else_=func.coalesce(
            StagedHousehold.registered_on,
            StagedHousehold.lifted_on,
            StagedHousehold.monitored_on,
            literal(on, Date),
        ),
    )
    names = _own_columns(PersonFacts)
    rows = (
        joining_people(batch_id)
        .with_only_columns(*(getattr(StagedPerson, name) for name in names), Household.id, since)
        .join(Household, Household.number == StagedPerson.number)
        .join(
            StagedHousehold,
            and_(StagedHousehold.batch_id == batch_id, StagedHousehold.number == Household.number),
        )
        .order_by(StagedPerson.line)
    )
    columns = [*names, "household_id", "joined_on"]
    session.execute(insert(table_of(Person)).from_select(columns, rows))


def _write_status(session: Session, batch_id: int, status: Status, on: date) -> None:
    rows = new_statuses(batch_id, status, on).add_columns(
        literal(status.value, Text), literal(on, Date), literal("名册导入", Text)
    )
    columns = ["household_id", "from_on", "status", "booked_on", "reason"]
    session.execute(insert(table_of(HouseholdStatus)).from_select(columns, rows))


def _write_differences(
    session: Session, entity: type[Base], differences: Sequence[Difference], on: date
) -> None:
    table = table_of(entity)
    for difference in differences:
        changed = update(table).where(table.c.id == difference.row_id)
        session.execute(changed.values(difference.update))
    rows = [(d.row_id, d.household_id, d.fields) for d in differences]
    record_changes(session, entity, rows, "changed", on)


def record_changes(
    session: Session,
    entity: type[Base],
    rows: Iterable[tuple[int, int, dict[str, list[object]]]],
    what: str,
    on: date,
) -> None:
    """Recorded changes for rows as they stand now: (row id, household id, fields)."""
    found = list(rows)
    sealed = seals(session, entity, [row_id for row_id, _household_id, _fields in found])
    session.execute(
        insert(table_of(RegisterChange)),
        [
            {
                "household_id": household_id,
                "person_id": row_id if entity is Person else None,
                "what": what,
                "booked_on": on,
                "fields": canonical_json(fields),
                "seal": sealed[row_id],
            }
            for row_id, household_id, fields in found
        ],
    )


def canonical_json(content: object) -> str:
    """JSON that is the same for the same content."""
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
    )


def _own_columns(facts: type) -> list[str]:
    return list(facts.__annotations__)
