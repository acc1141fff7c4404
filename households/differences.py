"""Differences, field by field: what a staged file says otherwise than the register.

The same rows serve the preview, which shows them, and the import, which writes them. They come in
chunks by line, so that a file that changes every household takes no more memory than one that
changes none. Secrets are shown masked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import RowMapping, Select
from sqlalchemy.orm import Session

from households.comparing import (
    changed_households,
    changed_people,
    household_columns,
    person_columns,
)
from households.models import Household, Person
from households.reading import secret_place
from households.staging import ImportBatch, StagedHousehold, StagedPerson
from kernel.identity import mask_account, mask_mobile
from kernel.vault import Keyring

CHUNK: Final = 2_000

#: a blind index -> the envelope beside it, the key of its place, its mask
_SECRETS: Final[dict[str, tuple[str, str, Callable[[str], str]]]] = {
    "phone_index": ("phone_sealed", "phone", mask_mobile),
    "bank_account_index": ("bank_account_sealed", "bank_account", mask_account),
}
#: columns that follow another when it changes
_FOLLOWERS: Final = {"name": ("pinyin", "initials")}


@dataclass(frozen=True, slots=True)
class Difference:
    """One current row that will change."""

    #: id of the household or person
    row_id: int
    household_id: int
    number: str
    line: int
    #: name of the person, blank for the household's own row
    person: str
    #: column -> [old, new], as they may be shown
    fields: dict[str, list[object]]
    #: column -> new value, as it is written
    update: dict[str, Any]


def household_differences(
    session: Session, batch: ImportBatch, keyring: Keyring
) -> Iterator[list[Difference]]:
    """Chunks of households that change."""
    columns = household_columns(batch)
    envelopes = [_SECRETS[column][0] for column in columns if column in _SECRETS]
    query = changed_households(batch).with_only_columns(
        Household.id.label("row_id"),
        Household.id.label("household_id"),
        Household.number,
        StagedHousehold.line,
        *_pairs(Household, StagedHousehold, [*columns, *envelopes]),
    )
    for rows in _chunks(session, query, StagedHousehold):
        yield [_difference(row, columns, "", keyring) for row in rows]


def person_differences(
    session: Session, batch: ImportBatch, keyring: Keyring
) -> Iterator[list[Difference]]:
    """Chunks of people that change."""
    columns = person_columns(batch)
    followers = [f for column in columns for f in _FOLLOWERS.get(column, ())]
    query = changed_people(batch).with_only_columns(
        Person.id.label("row_id"),
        Person.household_id,
        StagedPerson.number,
        StagedPerson.line,
        StagedPerson.name.label("person"),
        *_pairs(Person, StagedPerson, [*columns, *followers]),
    )
    for rows in _chunks(session, query, StagedPerson):
        yield [_difference(row, columns, row["person"], keyring) for row in rows]


def _pairs(ours: type, theirs: type, columns: Sequence[str]) -> Iterator[Any]:
    for column in columns:
        yield getattr(ours, column).label(f"old_{column}")
        yield getattr(theirs, column).label(f"new_{column}")


def _chunks(
    session: Session, query: Select[*tuple[Any, ...]], staged: type
) -> Iterator[Sequence[RowMapping]]:
    """By line, each chunk a query of its own: the caller may write between two of them."""
    line = -1
    while True:
        after = query.where(staged.line > line)  # type: ignore[attr-defined]
        rows = session.execute(after.limit(CHUNK)).mappings().all()
        if not rows:
            return
        line = rows[-1]["line"]
        yield rows


def _difference(
    row: RowMapping, columns: Sequence[str], person: str, keyring: Keyring
) -> Difference:
    fields: dict[str, list[object]] = {}
    update: dict[str, Any] = {}
    for column in columns:
        old, new = row[f"old_{column}"], row[f"new_{column}"]
        if old == new:
            continue
        update[column] = new
        if column in _SECRETS:
            envelope, key, mask = _SECRETS[column]
            update[envelope] = row[f"new_{envelope}"]
            fields[key] = [
                _shown(row[f"{side}_{envelope}"], key, row["number"], mask, keyring)
                for side in ("old", "new")
            ]
        else:
            fields[column] = [old, new]
        for follower in _FOLLOWERS.get(column, ()):
            update[follower] = row[f"new_{follower}"]
    return Difference(
        row_id=row["row_id"],
        household_id=row["household_id"],
        number=row["number"],
        line=row["line"],
        person=person,
        fields=fields,
        update=update,
    )


def _shown(
    envelope: bytes | None, key: str, number: str, mask: Callable[[str], str], keyring: Keyring
) -> str | None:
    if envelope is None:
        return None
    return mask(keyring.open(envelope, place=secret_place(key, number)))
