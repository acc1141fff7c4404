"""Changing tables that stand: one way for both databases, with the triggers of the record kept.

PostgreSQL alters a table where it stands. SQLite makes it anew under another name, copies the rows
and takes the name over (Alembic's batch), and its triggers are lost on the way; so they are dropped
before and created after. No row of the record is written: a new column of it gets its value from a
default of the column, which the databases fill in themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from kernel.append_only import protect, unprotect
from kernel.database import BigInt
from migrations.refusals import RowsOfLaterVersion

#: kinds of columns that tables get
KINDS: Mapping[str, Any] = {"number": BigInt, "text": sa.Text, "truth": sa.Boolean, "day": sa.Date}


@dataclass(frozen=True, slots=True)
class New:
    """A column that a table gets. ``before``: what the rows stand for that are there already."""

    name: str
    kind: str
    #: None: the column may be empty, and is
    before: str | int | bool | None = None

    def column(self) -> sa.Column[Any]:
        """The column, as it is added to rows that stand."""
        return sa.Column(
            self.name,
            KINDS[self.kind]() if isinstance(KINDS[self.kind], type) else KINDS[self.kind],
            nullable=self.before is None,
            server_default=self.default(),
        )

    def default(self) -> Any:
        """What the databases fill in for the rows that are there."""
        if self.before is None:
            return None
        if isinstance(self.before, bool):
            return sa.true() if self.before else sa.false()
        return sa.text(f"'{self.before}'" if isinstance(self.before, str) else str(self.before))

    def differs(self) -> sa.ColumnElement[bool]:
        """SQL: a row holds something else than the rows before the column."""
        column: sa.ColumnClause[Any] = sa.column(self.name)
        if self.before is None:
            return column.is_not(None)
        return column.is_distinct_from(sa.literal(self.before))


def add_columns(table: str, columns: Iterable[New]) -> None:
    """Add columns to the rows that stand; ``changing`` takes their defaults away again."""
    for new in columns:
        op.add_column(table, new.column())


@contextmanager
def changing(table: str, columns: Iterable[New] = ()) -> Iterator[BatchOperations]:
    """Change what a table is made of; columns added before stay without the default they had."""
    with op.batch_alter_table(
        table,
        table_kwargs={"sqlite_strict": True},
        # The tables that it names stay as they are, and need not be read.
        reflect_kwargs={"resolve_fks": False},
    ) as batch:
        for new in columns:
            if new.before is not None:
                batch.alter_column(new.name, server_default=None)
        yield batch


@contextmanager
def unguarded(tables: Iterable[str]) -> Iterator[None]:
    """While the tables of the record are changed their triggers are off."""
    names = tuple(tables)
    unprotect(op.get_bind(), names)
    yield
    protect(op.get_bind(), names)


def rules(batch: BatchOperations, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    """Put other CHECKs in the place of the old."""
    for name in old:
        batch.drop_constraint(op.f(name), type_="check")
    for name, rule in new.items():
        batch.create_check_constraint(op.f(name), sa.text(rule))


def require_none(table: str, what: str, *which: sa.ColumnElement[bool]) -> None:
    """Refuse to go back where a table holds such rows."""
    found = sa.select(sa.literal(1)).select_from(sa.table(table)).where(*which).limit(1)
    if op.get_bind().scalar(found) is not None:
        raise RowsOfLaterVersion(field="revision", table=table, what=what)


def require_before(table: str, columns: Iterable[New]) -> None:
    """Refuse to go back where a new column says anything that the old rows do not."""
    for new in columns:
        require_none(table, new.name, new.differs())


def to_nothing() -> bool:
    """Whether this run goes down to a database without tables, whatever they hold."""
    return bool(op.get_context().opts.get("to_nothing"))
