"""Tables as they stand in a database, whatever revision it is at.

A backup is of a revision, and so are its tables: the database is asked for them. The models of
today help only where it does not tell, for SQLite keeps days, instants and truths as text and
numbers. A column that no model has any more is what it is stored as; a revision that drops a day,
an instant or a truth says so in ``RETIRED``, and a test walks the revisions to see that it does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    inspect,
)
from sqlalchemy.types import TypeEngine

from kernel.database import Base, BigInt, UtcDateTime

#: table -> column -> what it holds
Kinds = Mapping[str, Mapping[str, str]]

TYPES: Final[Mapping[str, Any]] = {
    "number": BigInt,
    "text": Text(),
    "truth": Boolean(),
    "day": Date(),
    "instant": UtcDateTime(),
    "bytes": LargeBinary(),
}
#: columns that a later revision dropped, and SQLite does not tell what they held
RETIRED: Final[Kinds] = {}

_MARKS: Final = (
    ("truth", Boolean),
    ("instant", (UtcDateTime, DateTime)),
    ("day", Date),
    ("bytes", LargeBinary),
    ("number", Integer),
)
_ALEMBICS_OWN: Final = "alembic_version"


def tables(connection: Connection) -> list[Table]:
    """Every table with its columns in their order, those that others name first."""
    look, metadata = inspect(connection), MetaData()
    columns, keys = look.get_multi_columns(), look.get_multi_pk_constraint()
    exact = connection.dialect.name == "postgresql"
    names = (name for name, _ in look.get_sorted_table_and_fkc_names() if name is not None)
    return [
        Table(
            name,
            metadata,
            *(_column(name, column, exact=exact) for column in columns[None, name]),
            PrimaryKeyConstraint(*_key(keys[None, name])),
        )
        for name in names
        if name != _ALEMBICS_OWN
    ]


def kinds(table: Table) -> list[tuple[str, str]]:
    """The columns of a table in their order, each with what it holds."""
    return [(column.name, kind_of(column.type)) for column in table.columns]


def kind_of(type_: TypeEngine[Any]) -> str:
    """What a column of this type holds."""
    return next((kind for kind, types in _MARKS if isinstance(type_, types)), "text")


def known_kind(table: str, column: str) -> str | None:
    """What the models, or the revisions that dropped it, say of a column."""
    model = Base.metadata.tables.get(table)
    if model is not None and column in model.columns:
        return kind_of(model.columns[column].type)
    return RETIRED.get(table, {}).get(column)


def _column(table: str, stored: Any, *, exact: bool) -> Column[Any]:
    found = kind_of(stored["type"])
    kind = found if exact else known_kind(table, stored["name"]) or found
    return Column(stored["name"], TYPES[kind])


def _key(constraint: Any) -> Sequence[str]:
    names: Sequence[str] = constraint["constrained_columns"]
    return names
