"""What books say, apart from how they came to say it: every table by its business content.

Two runs of the same work may number their rows differently, run at other hours and leave other
trails; what they have to agree on is what is left when these are taken away. A reference to a row
is replaced by the content of that row, also where it goes by kind and id; timestamps, leases,
envelopes and the trail are left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, select

from kernel.database import Base, UtcDateTime, reading
from kernel.unit_of_work import Books
from ledger.chart import CHART

Row = Mapping[str, Any]
State = dict[str, list[str]]

#: how work was done, and keys under which it was asked for
LEFT_OUT = {
    "trail", "trail_head", "request_keys", "login_sessions", "outbox_deliveries",
}  # fmt: skip
#: columns that name a moment of the trail, a worker, or a digest over envelopes and numbers (which
#: the product's own checks recompute)
COLUMNS_LEFT_OUT = {
    "trail_id", "owner", "fence", "lease_until", "trail_position", "trail_root", "seal",
}  # fmt: skip


def state_of(books: Books, leaving_out: Iterable[str] = ()) -> State:
    """Every table's rows as sorted lines of content; equal for equal books."""
    with reading(books.engine) as connection:
        contents = _Contents(connection)
        left_out = LEFT_OUT.union(leaving_out)
        return {
            name: sorted(contents.line(table, row) for row in contents.rows[name])
            for name, table in Base.metadata.tables.items()
            if name not in left_out
        }


class _Contents:
    """All rows in hand, and the content of any of them by table and key."""

    def __init__(self, connection: Connection) -> None:
        tables = Base.metadata.tables
        self.rows: dict[str, list[Row]] = {
            name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for name, table in tables.items()
        }
        self._by_key = {
            (name, row["id"]): row
            for name, rows in self.rows.items()
            if "id" in tables[name].columns
            for row in rows
        }
        self._known: dict[tuple[str, int], str] = {}

    def line(self, table: Table, row: Row) -> str:
        content = {
            column.name: self._value(table, column.name, row)
            for column in table.columns
            if column.name not in COLUMNS_LEFT_OUT
            and not isinstance(column.type, UtcDateTime)
            and not (column.name == "id" and column.primary_key)
            and (not isinstance(column.type, LargeBinary) or column.name.endswith("_index"))
        }
        return json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)

    def _value(self, table: Table, name: str, row: Row) -> object:
        value = row[name]
        if value is None or isinstance(value, bytes):
            return value
        target = self._target(table, name, row)
        return value if target is None else self._content(target, value)

    def _target(self, table: Table, name: str, row: Row) -> str | None:
        for key in table.columns[name].foreign_keys:
            if key.column.name == "id":
                return key.column.table.name
        if name.endswith("_id"):
            kind = row.get(f"{name.removesuffix('_id')}_kind")
            if kind in Base.metadata.tables:
                return str(kind)
        if table.name == "postings" and name == "subject_id":
            return CHART[self._by_key["accounts", row["account_id"]]["kind"]].subject
        return None

    def _content(self, table: str, key: int) -> str:
        place = (table, key)
        if place not in self._known:
            if place not in self._by_key:
                return f"nothing: {table} {key}"
            # Tables that name each other: the way back says only which table.
            self._known[place] = f"back to {table}"
            line = self.line(Base.metadata.tables[table], self._by_key[place])
            self._known[place] = hashlib.sha256(line.encode()).hexdigest()
        return self._known[place]


def differences(one: State, other: State) -> list[str]:
    """The lines that stand in one alone, for the reader of a failed test."""
    found = []
    for name in one:
        if one[name] != other[name]:
            for sign, these, those in (("-", one, other), ("+", other, one)):
                rest = list(those[name])
                for line in these[name]:
                    if line in rest:
                        rest.remove(line)
                    else:
                        found.append(f"{sign} {name}: {line[:300]}")
    return found
