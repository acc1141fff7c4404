"""Digests: a row as one line of text, alike on both databases, and the SHA-256 of many lines.

The trail and the seals are taken over these lines, so a line must not change when its table grows.
A column added after a release is marked with the value that the rows before it stand for::

    early: Mapped[bool] = mapped_column(default=False, info=added(before=False))

It is left out of the line of a row that holds that value, and stands at the end with its name
where the row holds another. So rows written before the column keep their line, every change of
them shows, and no two rows of a table have one line: the columns of old come first, as many in
every row, each with its end known; what follows says what it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    LargeBinary,
    String,
    Table,
    Text,
    case,
    func,
    literal,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from kernel.database import UtcDateTime

#: under this name a column's ``info`` keeps what ``added`` says
ADDED: Final = "fupin_added_before"


def added(*, before: object) -> dict[Any, Any]:
    """The ``info`` of a column added after a release; rows written before stand for ``before``."""
    return {ADDED: before}


class digest_lines(FunctionElement[str]):  # noqa: N801
    """SQL aggregate: SHA-256 (hex) of the group's lines joined by newlines, in their order."""

    type = Text()
    inherit_cache = True
    name = "digest_lines"


@compiles(digest_lines, "postgresql")
def _digest_postgresql(element: digest_lines, compiler: Any, **kw: object) -> str:
    line, *order = (compiler.process(c, **kw) for c in element.clauses)
    joined = f"string_agg({line}, E'\\n' ORDER BY {', '.join(order)})"
    return f"encode(sha256(convert_to({joined}, 'UTF8')), 'hex')"


@compiles(digest_lines, "sqlite")
def _digest_sqlite(element: digest_lines, compiler: Any, **kw: object) -> str:
    line, *_order = (compiler.process(c, **kw) for c in element.clauses)
    return f"digest_lines({line})"


class _canonical(FunctionElement[str]):  # noqa: N801
    """SQL: a column's value as text that is the same on both databases and cannot be confused."""

    type = Text()
    inherit_cache = True
    name = "canonical"


@compiles(_canonical, "postgresql")
def _canonical_postgresql(element: _canonical, compiler: Any, **kw: object) -> str:
    (clause,) = element.clauses
    column = compiler.process(clause, **kw)
    kind = clause.type
    if isinstance(kind, Date):
        text = f"to_char({column}, 'YYYY-MM-DD')"
    elif isinstance(kind, UtcDateTime):
        text = f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    elif isinstance(kind, Boolean):
        text = f"{column}::int::text"
    elif isinstance(kind, LargeBinary):
        text = f"encode({column}, 'hex')"
    elif isinstance(kind, String):
        text = f"length({column}) || ':' || {column}"
    else:
        text = f"{column}::text"
    return f"coalesce({text}, '~')"


@compiles(_canonical, "sqlite")
def _canonical_sqlite(element: _canonical, compiler: Any, **kw: object) -> str:
    (clause,) = element.clauses
    column = compiler.process(clause, **kw)
    if isinstance(clause.type, LargeBinary):
        # Of nothing ``hex`` makes an empty text, and no NULL.
        text = f"CASE WHEN {column} IS NOT NULL THEN lower(hex({column})) END"
    elif isinstance(clause.type, String):
        text = f"length({column}) || ':' || {column}"
    else:
        text = f"CAST({column} AS TEXT)"
    return f"coalesce({text}, '~')"


def canonical_line(table: Table, *, of_old: bool = False) -> ColumnElement[str]:
    """SQL: a row as one line of text, every column but ``trail_id``, alike on both databases.

    ``of_old``: as SQLite wrote it before the second revision, bytes that are missing as none.
    """
    columns = [column for column in table.columns if column.name != "trail_id"]
    first, *others = (column for column in columns if ADDED not in column.info)
    line: ColumnElement[str] = _canonical(first)
    for column in others:
        said = func.coalesce(column, b"") if of_old and may_lack_bytes(column) else column
        line = line.op("||")("|").op("||")(_canonical(said))
    for column in sorted((c for c in columns if ADDED in c.info), key=lambda c: c.name):
        line = line.op("||")(_unless_before(column))
    return line


def canonical_cells(columns: Iterable[ColumnElement[Any]]) -> ColumnElement[str]:
    """SQL: columns of a query as one line of text, alike on both databases."""
    first, *others = columns
    line: ColumnElement[str] = _canonical(first)
    for column in others:
        line = line.op("||")("|").op("||")(_canonical(column))
    return line


def may_lack_bytes(column: Column[Any]) -> bool:
    """Whether a column holds bytes or nothing."""
    return isinstance(column.type, LargeBinary) and bool(column.nullable)


def _unless_before(column: Column[Any]) -> ColumnElement[str]:
    """SQL: an added column with its name, or nothing where the row says what old rows stand for."""
    before = column.info[ADDED]
    same = (
        column.is_(None)
        if before is None
        else column.is_not_distinct_from(literal(before, column.type))
    )
    said = literal(f"|{column.name}=").op("||")(_canonical(column))
    return case((same, ""), else_=said)
