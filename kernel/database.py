"""The database: one metadata, strict types, and the same behaviour on SQLite and PostgreSQL.

Two kinds of table exist, and every table is one of them:

* ``Recorded``: rows are written once. Triggers refuse UPDATE and DELETE, and every row names the
  trail row of the unit of work that wrote it, whose digest covers it.
* ``Running``: the running state beside the record (balances, queues, sessions). It may change, and
  is recomputable from recorded rows or worthless; it names the last trail row that touched it.

SQLite tables are ``STRICT``, so that a column of whole numbers holds whole numbers. Writing
connections begin with ``BEGIN IMMEDIATE``; reading ones begin plain and cannot write.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Date,
    Dialect,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    cast,
    create_engine,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Mapped,
    Session,
    mapped_column,
)
from sqlalchemy.sql import ColumnElement, Delete, Insert, Update
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import DateTime, TypeDecorator, TypeEngine

#: seconds a SQLite writer waits for another before it gives up
SQLITE_BUSY_SECONDS = 30

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: whole numbers: fen, ppm, ids; INTEGER on SQLite, where it has 64 bits and can be a rowid
BigInt = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant for the record: aware UTC in, aware UTC out; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text of fixed width on SQLite, ``timestamptz`` elsewhere."""
        return dialect.type_descriptor(
            String(27) if dialect.name == "sqlite" else DateTime(timezone=True)
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive values; on SQLite write ``2016-05-30T12:00:00.000000Z``."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive timestamp {value!r}")
        utc = value.astimezone(UTC)
        return utc.strftime(_INSTANT) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """Read both forms back as aware UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.strptime(value, _INSTANT).replace(tzinfo=UTC)
        read: datetime = value
        return read.astimezone(UTC)


_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Base(DeclarativeBase):
    """The one metadata of the house."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012
        int: BigInt,
        str: Text,
        bytes: LargeBinary,
        date: Date,
        datetime: UtcDateTime,
    }


@dataclass(slots=True)
class Work:
    """What a unit of work knows of itself while it runs; lives in the connection's ``info``."""

    trail_id: int
    #: names of tables that rows were added to
    inserted: set[str] = field(default_factory=set)
    #: whether anything at all was written
    wrote: bool = False


WORK = "fupin_work"


def trail_id_of(session: Session) -> int:
    """The number of the unit of work a session is in."""
    work: Work = session.connection().info[WORK]
    return work.trail_id


def _trail_id(context: Any) -> int:
    work: Work | None = context.root_connection.info.get(WORK)
    if work is None:
        raise RuntimeError("a row is written outside a unit of work")
    return work.trail_id


class Recorded:
    """Mixin: rows written once, covered by the digest of the trail row they name."""

    #: the unit of work that wrote this row
    trail_id: Mapped[int] = mapped_column(default=_trail_id, index=True, sort_order=999)


class Running:
    """Mixin: running state that may change; names the last unit of work that touched the row."""

    #: the unit of work that last wrote this row
    trail_id: Mapped[int] = mapped_column(default=_trail_id, onupdate=_trail_id, sort_order=999)


def recorded_tables() -> dict[str, Table]:
    """Tables whose rows never change, by name in order."""
    found: dict[str, Table] = {}
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        if issubclass(mapper.class_, Recorded) and isinstance(table, Table):
            found[table.name] = table
    return dict(sorted(found.items()))


@event.listens_for(Table, "after_parent_attach")
def _strict_on_sqlite(table: Table, _parent: object) -> None:
    if table.name != "alembic_version":
        table.dialect_options["sqlite"]["strict"] = True


# STRICT tables know INTEGER, TEXT, BLOB and REAL alone.
@compiles(Date, "sqlite")
@compiles(String, "sqlite")
def _text(_type: TypeEngine[Any], _compiler: Any, **_: object) -> str:
    return "TEXT"


@compiles(Boolean, "sqlite")
@compiles(BigInteger, "sqlite")
def _integer(_type: TypeEngine[Any], _compiler: Any, **_: object) -> str:
    return "INTEGER"


class days_between(FunctionElement[int]):  # noqa: N801
    """SQL: whole days from the first date to the second (``end - start``)."""

    type = BigInteger()
    inherit_cache = True
    name = "days_between"


@compiles(days_between, "postgresql")
def _days_postgresql(element: days_between, compiler: Any, **kw: object) -> str:
    start, end = (compiler.process(c, **kw) for c in element.clauses)
    return f"(({end})::date - ({start})::date)"


@compiles(days_between, "sqlite")
def _days_sqlite(element: days_between, compiler: Any, **kw: object) -> str:
    # The Julian day of a midnight is x.5 exactly, so the difference of two is a whole number.
    start, end = (compiler.process(c, **kw) for c in element.clauses)
    return f"CAST(julianday({end}) - julianday({start}) AS INTEGER)"


class days_later(FunctionElement[date]):  # noqa: N801
    """SQL: the date so many whole days after a date."""

    type = Date()
    inherit_cache = True
    name = "days_later"


@compiles(days_later, "postgresql")
def _later_postgresql(element: days_later, compiler: Any, **kw: object) -> str:
    day, days = (compiler.process(c, **kw) for c in element.clauses)
    return f"(({day})::date + ({days})::integer)"


@compiles(days_later, "sqlite")
def _later_sqlite(element: days_later, compiler: Any, **kw: object) -> str:
    day, days = (compiler.process(c, **kw) for c in element.clauses)
    return f"date({day}, '+' || CAST({days} AS TEXT) || ' days')"


class least(FunctionElement[int]):  # noqa: N801
    """SQL: the smaller of two values; neither may be NULL."""

    type = BigInteger()
    inherit_cache = True
    name = "least"


@compiles(least, "postgresql")
def _least_postgresql(element: least, compiler: Any, **kw: object) -> str:
    return f"least({compiler.process(element.clauses, **kw)})"


@compiles(least, "sqlite")
def _least_sqlite(element: least, compiler: Any, **kw: object) -> str:
    return f"min({compiler.process(element.clauses, **kw)})"


class _Sha256Lines:
    """SQLite's ``kernel.digests.digest_lines``: the rows come ordered from the subquery."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._first = True

    def step(self, line: str) -> None:
        """Take one line."""
        if not self._first:
            self._hash.update(b"\n")
        self._first = False
        self._hash.update(line.encode())

    def finalize(self) -> str:
        """The hex digest."""
        return self._hash.hexdigest()


def open_engine(url: str, **options: Any) -> Engine:
    """An engine with the house's habits: foreign keys on, durable, strict transactions."""
    if url.startswith("sqlite"):
        options.setdefault("connect_args", {"timeout": SQLITE_BUSY_SECONDS})
    engine = create_engine(url, **options)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "before_execute", _note_write)
    return engine


def _prepare_sqlite(dbapi: DBAPIConnection, _record: object) -> None:
    assert isinstance(dbapi, sqlite3.Connection)
    # The driver's own transactions lose updates; we begin ours.
    dbapi.isolation_level = None
    dbapi.create_aggregate("digest_lines", 1, _Sha256Lines)  # type: ignore[arg-type]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        dbapi.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("fupin_reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _note_write(
    connection: Connection, clause: Any, _multi: object, _params: object, _options: object
) -> None:
    if not isinstance(clause, Insert | Update | Delete):
        return
    work: Work | None = connection.info.get(WORK)
    if work is None:
        return
    work.wrote = True
    if isinstance(clause, Insert) and isinstance(clause.table, Table):
        work.inserted.add(clause.table.name)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that may not write."""
    options: dict[str, Any] = (
        {"postgresql_readonly": True}
        if engine.dialect.name == "postgresql"
        else {"fupin_reading": True}
    )
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def insert_many(
    session: Session, model: type[Base], rows: Sequence[Mapping[str, object]]
) -> list[int]:
    """Insert rows in one go; the ids they got, in order. ``model`` is a ``Recorded`` with an id.

    Ids rise in the order of insertion within a transaction, so they are read back by the unit of
    work they name: three statements for any number of rows, where RETURNING in order would cost
    one for each on SQLite.
    """
    if not rows:
        return []
    table = model.__table__
    assert isinstance(table, Table)
    mine = table.c.trail_id == trail_id_of(session)
    session.flush()
    last = session.scalar(select(func.coalesce(func.max(table.c.id), 0)).where(mine))
    session.connection().execute(insert(table), list(rows))
    new = select(table.c.id).where(mine, table.c.id > last).order_by(table.c.id)
    ids = list(session.scalars(new))
    assert len(ids) == len(rows), f"{len(rows)} rows, {len(ids)} ids"
    return ids


def sum_of(column: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[int]:
    """SQL ``SUM`` of whole numbers as a whole number (PostgreSQL sums BIGINT to NUMERIC)."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)
