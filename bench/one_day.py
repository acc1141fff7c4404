"""How fast the database itself closes a quiet day: the few rows of that unit of work, once more.

All rows that name the unit of work, of the record and of the running state, are fetched first; then
they are written in one durable transaction, into bare tables (``naked``) or, with every key moved
on by a constant, into the real ones (``same``).
"""

from __future__ import annotations

from datetime import date, timedelta
from statistics import median
from time import perf_counter
from typing import Any, Final

from sqlalchemy import Date, Engine, Integer, MetaData, Table, delete, insert, select

from bench.limits import bare
from jobs.models import Closing
from kernel.database import Base
from kernel.trail import TrailHead, TrailRow

_RUNS: Final = 9
_SHIFT: Final = 1_000_000_000

Rows = dict[str, list[dict[str, Any]]]


def one_close(engine: Engine, day: date) -> tuple[float, float, int]:
    """Seconds in bare tables and in the real ones, and how many rows it takes."""
    rows = _rows_of(engine, day)
    count = sum(map(len, rows.values()))
    return _naked(engine, rows), _same(engine, rows), count


def _rows_of(engine: Engine, day: date) -> Rows:
    """What the unit of work that closed a day wrote, by table; in the order of references."""
    found: Rows = {}
    with engine.begin() as connection:
        trail_id = connection.scalar(select(Closing.trail_id).where(Closing.day == day))
        for table in Base.metadata.sorted_tables:
            name = table.c.id if table.name == TrailRow.__tablename__ else table.c.get("trail_id")
            if name is None or table.name == TrailHead.__tablename__:
                continue
            rows = connection.execute(select(table).where(name == trail_id)).mappings().all()
            if rows:
                found[table.name] = [dict(row) for row in rows]
    return found


def _naked(engine: Engine, rows: Rows) -> float:
    metadata = MetaData()
    targets = {name: bare(Base.metadata.tables[name], metadata) for name in rows}
    metadata.create_all(engine)
    runs = []
    for _ in range(_RUNS):
        runs.append(_timed(engine, targets, rows))
        with engine.begin() as connection:
            for table in targets.values():
                connection.execute(delete(table))
    return median(runs)


def _same(engine: Engine, rows: Rows) -> float:
    targets = {name: Base.metadata.tables[name] for name in rows}
    return median(
        _timed(engine, targets, {n: _moved(targets[n], rows[n], run) for n in rows})
        for run in range(1, _RUNS + 1)
    )


def _timed(engine: Engine, targets: dict[str, Table], rows: Rows) -> float:
    began = perf_counter()
    with engine.begin() as connection:
        for name, table in targets.items():
            connection.execute(insert(table), rows[name])
    return perf_counter() - began


def _moved(table: Table, rows: list[dict[str, Any]], run: int) -> list[dict[str, Any]]:
    """The rows under keys that nothing has."""
    keys = [c for c in table.primary_key.columns if isinstance(c.type, Date | Integer)]
    if table.name == TrailRow.__tablename__:
        keys.append(table.c.position)
    return [
        row
        | {
            c.name: row[c.name]
            + (timedelta(days=1_000 * run) if isinstance(c.type, Date) else _SHIFT * run)
            for c in keys
        }
        for row in rows
    ]
