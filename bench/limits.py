"""How fast the database itself is: the rows of a settlement again, without any of its work.

``naked``: the same rows, of the same width, in the same chunks, as durable, into tables that have a
primary key and nothing else; and the same rows of the running state set to constants. ``same``: the
same into the real tables, with their indexes, constraints and triggers, every key moved on by a
constant so that the rows are new. Neither adds, joins, checks, groups or digests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Date,
    Engine,
    MetaData,
    Table,
    func,
    insert,
    literal,
    select,
    update,
)

from kernel.database import Base
from kernel.trail import TrailRow
from loans.models import OpenDue, OpenSegment, Position, Settlement

#: added to keys, so that a row written again is a new one; more than any portfolio has
_SHIFT: Final = 1_000_000_000
#: columns that hold such a key
_KEYS: Final = {
    "segments": ("id",),
    "settlements": ("id",),
    "dues": ("id", "settlement_id"),
    "open_dues": ("due_id",),
    "entries": ("id", "source_id"),
    "postings": ("entry_id",),
}
#: columns whose day is part of a unique key
_DAYS: Final = {"settlements": ("to_on",)}
#: what a settlement writes for its loans; what is written once for the day is left out
_WRITTEN: Final = frozenset(
    {"segments", "settlements", "dues", "open_dues", "entries", "postings", "trail"}
)
_LATER: Final = date(2016, 9, 21)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One unit of work of a settlement: what it is called in the trail, and its loans."""

    trail_id: int
    low: int
    high: int


def chunks_of(engine: Engine, day: date) -> list[Chunk]:
    """The units of work that settled a day, in order."""
    loan_id = Settlement.loan_id
    found = (
        select(Settlement.trail_id, func.min(loan_id), func.max(loan_id))
        .where(Settlement.booked_on == day)
        .group_by(Settlement.trail_id)
        .order_by(Settlement.trail_id)
    )
    with engine.begin() as connection:
        return [Chunk(*row) for row in connection.execute(found)]


def naked(engine: Engine, chunks: Sequence[Chunk]) -> float:
    """Seconds for the same rows into tables with a primary key alone."""
    metadata = MetaData()
    copies = {name: bare(table, metadata) for name, table in _written(engine, chunks).items()}
    running = {
        table.name: bare(table, metadata)
        for table in (Position.__table__, OpenSegment.__table__)
        if isinstance(table, Table)
    }
    metadata.create_all(engine)
    with engine.begin() as connection:
        for name, copy in running.items():
            connection.execute(
                insert(copy).from_select(list(copy.c), Base.metadata.tables[name].select())
            )
    return _timed(engine, chunks, copies, running, shifted=False)


def same(engine: Engine, chunks: Sequence[Chunk]) -> float:
    """Seconds for such rows into the real tables."""
    tables = {n: t for n, t in _written(engine, chunks).items() if n != TrailRow.__tablename__}
    running = {
        name: Base.metadata.tables[name]
        for name in (Position.__tablename__, OpenSegment.__tablename__)
    }
    return _timed(engine, chunks, tables, running, shifted=True)


def rows_written(engine: Engine, chunks: Sequence[Chunk]) -> int:
    """How many rows these units of work added."""
    counts = [
        select(func.count()).select_from(_rows(name, chunk).subquery())
        for name in _written(engine, chunks)
        for chunk in chunks
    ]
    with engine.begin() as connection:
        return sum(connection.execute(count).scalar_one() for count in counts)


def _timed(
    engine: Engine,
    chunks: Sequence[Chunk],
    targets: dict[str, Table],
    running: dict[str, Table],
    *,
    shifted: bool,
) -> float:
    began = perf_counter()
    for chunk in chunks:
        with engine.begin() as connection:
            for name, target in targets.items():
                rows = _rows(name, chunk, shifted=shifted)
                connection.execute(insert(target).from_select(list(target.c), rows))
            for table in running.values():
                _set_constants(connection, table, chunk)
    return perf_counter() - began


def _set_constants(connection: Connection, table: Table, chunk: Chunk) -> None:
    days = [c.name for c in table.c if isinstance(c.type, Date) and c.name != "drawn_on"]
    values: dict[str, Any] = dict.fromkeys(days, _LATER)
    values["trail_id"] = chunk.trail_id
    connection.execute(
        update(table).where(table.c.loan_id.between(chunk.low, chunk.high)).values(values)
    )


def _rows(name: str, chunk: Chunk, *, shifted: bool = False) -> Any:
    """The rows that a chunk wrote to a table, as they are or moved on by constants."""
    table = Base.metadata.tables[name]
    keys = _KEYS.get(name, ()) if shifted else ()
    days = _DAYS.get(name, ()) if shifted else ()
    rows = select(
        *(
            (c + _SHIFT).label(c.name)
            if c.name in keys
            else literal(_LATER, c.type).label(c.name)
            if c.name in days
            else c
            for c in table.c
        )
    )
    if name == OpenDue.__tablename__:
        # Running state has no index on the trail; its loans lead to it.
        rows = rows.where(table.c.loan_id.between(chunk.low, chunk.high))
    which = table.c.id if name == TrailRow.__tablename__ else table.c.trail_id
    return rows.where(which == chunk.trail_id)


def _written(engine: Engine, chunks: Sequence[Chunk]) -> dict[str, Table]:
    """Tables that these units of work added rows to, in the order in which rows name each other."""
    in_order = [table for table in Base.metadata.sorted_tables if table.name in _WRITTEN]
    with engine.begin() as connection:
        return {
            table.name: table
            for table in in_order
            if connection.execute(_rows(table.name, chunks[0]).limit(1)).first() is not None
        }


def bare(table: Table, metadata: MetaData) -> Table:
    """The same columns, a primary key, and nothing else."""
    columns: list[Column[Any]] = [
        Column(c.name, c.type, primary_key=c.primary_key, nullable=c.nullable, autoincrement=False)
        for c in table.c
    ]
    return Table(f"naked_{table.name}", metadata, *columns)
