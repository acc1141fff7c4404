"""Seals: digests that let a table of changeable rows be checked against recorded ones.

A current row may change; every change is a recorded row that holds the digest of the whole current
row after it. The trail covers the recorded row, the recorded row covers the current one: whoever
edits a current row behind the house's back leaves a seal that no longer fits.

The digest is taken by the database, over the same canonical line that the trail uses, so that a
hundred thousand rows are sealed by one statement and both databases agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, Table, func, or_, select
from sqlalchemy.orm import Session

from kernel.database import Base
from kernel.digests import canonical_line, digest_lines, may_lack_bytes
from kernel.lots import lots

#: ids in one IN list, below every driver's limit of parameters
CHUNK = 5_000


def table_of(entity: type[Base]) -> Table:
    """The table of a mapped class."""
    table = entity.__table__
    assert isinstance(table, Table)
    return table


@lru_cache(maxsize=64)
def seal_of(entity: type[Base], *, of_old: bool = False) -> ColumnElement[str]:
    """SQL: the seal of a row, in a query grouped by the table's id.

    Told by the table alone, so built once.
    """
    table = table_of(entity)
    return digest_lines(canonical_line(table, of_old=of_old), table.c.id)


def _seal_of_old(entity: type[Base]) -> ColumnElement[str]:
    """SQL: the seal that the row may have had from SQLite before the second revision."""
    lacks = any(may_lack_bytes(column) for column in table_of(entity).columns)
    return seal_of(entity, of_old=lacks)


def seals(session: Session, entity: type[Base], ids: Sequence[int]) -> dict[int, str]:
    """The seals of some rows as they stand now."""
    row_id = table_of(entity).c.id
    found: dict[int, str] = {}
    for some in lots(ids, CHUNK):
        query = select(row_id, seal_of(entity).label("seal")).group_by(row_id)
        rows = session.execute(query.where(row_id.in_(some)))
        found |= {row.id: row.seal for row in rows}
    return found


def broken_seals(
    session: Session, entity: type[Base], changes: type[Base], key: str, *where: ColumnElement[bool]
) -> Iterator[tuple[int, bool]]:
    """Ids of rows whose seal does not fit, each with whether the row still stands.

    ``changes`` names the row in its column ``key``; ``where`` picks the changes that seal this
    table. A row without a change and a change without a row are found too.
    """
    row_id, log = table_of(entity).c.id, table_of(changes)
    last = (
        select(log.c[key].label("key"), func.max(log.c.id).label("last"))
        .where(log.c[key].is_not(None), *where)
        .group_by(log.c[key])
        .subquery()
    )
    recorded = select(last.c.key, log.c.seal).join(log, log.c.id == last.c.last).subquery()
    now = (
        select(row_id, seal_of(entity).label("seal"), _seal_of_old(entity).label("before"))
        .group_by(row_id)
        .subquery()
    )
    fits = recorded.c.seal.in_((now.c.seal, now.c.before))
    unlike = or_(recorded.c.seal.is_(None), ~fits)
    altered = (
        select(now.c.id).outerjoin(recorded, recorded.c.key == now.c.id).where(unlike)
    ).order_by(now.c.id)
    deleted = select(recorded.c.key).where(~select(row_id).where(row_id == recorded.c.key).exists())
    for found in session.scalars(altered):
        yield found, True
    for found in session.scalars(deleted):
        yield found, False
