"""What holds for every table, whichever room it stands in."""

from __future__ import annotations

import pytest
from sqlalchemy import CheckConstraint, Engine, String, Text, UniqueConstraint, delete, text
from sqlalchemy.exc import DBAPIError

from kernel.actor import Actor
from kernel.append_only import append_only_tables, guarded_tables
from kernel.database import Base, Recorded, Running
from kernel.trail import TrailRow
from kernel.unit_of_work import Books

#: the trail is what the others name: it names none itself
NEITHER = {TrailRow.__tablename__}


def test_every_table_is_recorded_or_running(engine: Engine) -> None:
    for mapper in Base.registry.mappers:
        kinds = [kind for kind in (Recorded, Running) if issubclass(mapper.class_, kind)]
        if mapper.class_.__tablename__ not in NEITHER:
            assert len(kinds) == 1, f"{mapper.class_.__name__} is {kinds}"


def test_every_recorded_table_is_guarded_by_its_triggers(engine: Engine) -> None:
    with engine.connect() as connection:
        assert guarded_tables(connection) == set(append_only_tables())


def test_a_recorded_row_cannot_be_removed(books: Books, system: Actor) -> None:
    with pytest.raises(DBAPIError, match="append-only"), books.engine.begin() as connection:
        connection.execute(delete(TrailRow))


@pytest.mark.damaged("a trigger is dropped, which the test above would name")
def test_a_missing_trigger_is_seen(engine: Engine) -> None:
    table = TrailRow.__tablename__
    on_sqlite = engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        drop = f"{table}_no_delete" if on_sqlite else f"{table}_no_truncate ON {table}"
        connection.execute(text(f"DROP TRIGGER {drop}"))
        assert set(append_only_tables()) - guarded_tables(connection) == {table}


def test_every_rule_of_a_table_has_a_name(engine: Engine) -> None:
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint | UniqueConstraint):
                assert constraint.name, f"{table.name}: a rule without a name"


def test_an_amount_is_a_whole_number(engine: Engine) -> None:
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if column.name.endswith(("_fen", "_ppm", "_bp", "_days", "days_max")):
                assert column.type.python_type is int, f"{table.name}.{column.name}"
            assert column.type.python_type is not float, f"{table.name}.{column.name}"


def test_on_sqlite_every_table_is_strict(engine: Engine) -> None:
    """A column of whole numbers refuses 1.5; PostgreSQL would round it or refuse by itself."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        loose = connection.execute(
            text("SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0")
        ).scalars()
        assert {n for n in loose if not n.startswith(("sqlite_", "alembic_"))} == set()


def test_no_text_is_cut(engine: Engine) -> None:
    """A length belongs in a named CHECK: SQLite ignores it and PostgreSQL words its own refusal."""
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if type(column.type) in {String, Text}:
                assert column.type.length is None, f"{table.name}.{column.name}"  # type: ignore[attr-defined]
