"""Migrations: tables equal models, the record is guarded, every way up and down keeps the rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    CheckConstraint,
    Connection,
    Engine,
    Executable,
    Table,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

import migrations
from jobs import archive
from jobs.close import Closer
from kernel.append_only import append_only_tables, guarded_tables, unprotect
from kernel.database import Base, UtcDateTime, open_engine
from kernel.unit_of_work import Books
from migrations import draft, models, rights, runner
from tests.jobs.conftest import FIRST_DAY, closer, fees, held_books

__all__ = ["closer", "held_books"]


@pytest.fixture
def blank(blank_database_url: str) -> Iterator[Engine]:
    """An engine on a database without a table."""
    engine = open_engine(blank_database_url)
    yield engine
    engine.dispose()


def differences(connection: Connection) -> list[object]:
    """What Alembic would still change."""
    options = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, models.METADATA))


def tables_of(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_tables_equal_models(engine: Engine) -> None:
    """Before the first release ``python -m migrations.draft`` mends this; afterwards a revision."""
    with engine.connect() as connection:
        assert differences(connection) == []


def rules_of_models(table: Table) -> dict[str, str]:
    return {
        str(rule.name): str(rule.sqltext)
        for rule in table.constraints
        if isinstance(rule, CheckConstraint)
    }


def test_rules_of_tables_equal_those_of_models(engine: Engine) -> None:
    """Alembic compares no CHECK. SQLite keeps its words as they are; PostgreSQL puts them anew."""
    for table in Base.metadata.sorted_tables:
        stand = {
            str(rule["name"]): str(rule["sqltext"])
            for rule in inspect(engine).get_check_constraints(table.name)
        }
        wanted = rules_of_models(table)
        assert stand.keys() == wanted.keys(), table.name
        if engine.dialect.name == "sqlite":
            assert stand == wanted, table.name


def test_a_missing_column_is_seen(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE business_days ADD COLUMN weather TEXT"))
        assert len(differences(connection)) == 1


def test_every_module_with_tables_is_listed(root: Path) -> None:
    listed = {module.__name__ for module in models.MODULES}
    for room in root.glob("*/__init__.py"):
        for file in room.parent.rglob("*.py"):
            inside = file.relative_to(root).with_suffix("").parts
            if inside[0] != "tests" and "    __tablename__ = " in file.read_text("utf-8"):
                # The module itself, or a package that brings it along.
                names = {".".join(inside[:length]) for length in range(1, len(inside) + 1)}
                assert names & listed, f"{file} has tables and migrations do not know it"


def test_every_revision_has_a_dated_name(root: Path) -> None:
    files = {file.stem for file in (root / "migrations" / "versions").glob("*.py")}
    assert set(migrations.revisions()) == files
    for name in files:
        assert re.fullmatch(r"20\d\d_\d\d_\d\d_[a-z0-9_]+", name)


def test_there_is_one_line_of_revisions() -> None:
    assert len(runner.script_folder().get_heads()) == 1


def test_up_and_down_of_an_empty_database(blank: Engine) -> None:
    assert migrations.current(blank) is None
    migrations.upgrade(blank)
    assert migrations.current(blank) == migrations.revisions()[-1]
    assert tables_of(blank) == set(Base.metadata.tables)
    migrations.downgrade(blank)
    assert tables_of(blank) == set()
    assert migrations.current(blank) is None
    migrations.upgrade(blank)
    with blank.connect() as connection:
        assert guarded_tables(connection) == set(append_only_tables())


def test_every_step_down_and_up_again_keeps_the_rows(
    held_books: Books, closer: Callable[..., Closer]
) -> None:
    """From each revision down one and up again, on books with rows; a new revision joins by itself.

    The first revision is left out: below it there is no table.
    """
    closer(fees(7)).close_to(FIRST_DAY + timedelta(days=3))
    engine = held_books.engine
    before = archive.digests(engine)
    for revision in reversed(migrations.revisions()[1:]):
        migrations.downgrade(engine, f"{revision}-1")
        migrations.upgrade(engine)
        assert archive.digests(engine) == before
        with engine.connect() as connection:
            assert differences(connection) == []
            assert guarded_tables(connection) == set(append_only_tables())


def test_a_failed_migration_leaves_nothing(blank: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_connection: Connection) -> None:
        raise runner.ForeignKeysBroken

    monkeypatch.setattr(runner, "_check_foreign_keys", fails)
    with pytest.raises(runner.ForeignKeysBroken):
        migrations.upgrade(blank)
    assert tables_of(blank) == set()


def test_an_orphan_stops_a_migration_on_sqlite(blank: Engine) -> None:
    if blank.dialect.name != "sqlite":
        return
    with blank.begin() as connection:
        for statement in (
            "CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT",
            "CREATE TABLE children (parent INTEGER REFERENCES parents (id)) STRICT",
        ):
            connection.execute(text(statement))
    driver = blank.raw_connection()
    driver.execute("PRAGMA foreign_keys=OFF")
    driver.execute("INSERT INTO children VALUES (7)")
    driver.close()
    blank.dispose()
    with pytest.raises(runner.ForeignKeysBroken, match="children"):
        migrations.upgrade(blank)


# --- the record -----------------------------------------------------------------------------------

SAMPLES: dict[type, object] = {
    int: 1,
    str: "x",
    bool: True,
    bytes: b"x",
    date: date(2017, 1, 31),
    datetime: datetime(2017, 1, 31, tzinfo=UTC),
}


def loosen(connection: Connection) -> None:
    """Lift every rule but the triggers, so that a row of no meaning can stand in any table."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA ignore_check_constraints=ON"))
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        return
    rules = connection.execute(
        text(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace"
        )
    ).all()
    for table, rule in rules:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {rule}"))


def sample_row(table: Table) -> dict[str, object]:
    return {
        column.name: SAMPLES[datetime]
        if isinstance(column.type, UtcDateTime)
        else SAMPLES[column.type.python_type]
        for column in table.columns
    }


def let_itself_be_changed(connection: Connection, table: Table) -> Iterator[str]:
    """The verbs that a table does not refuse."""
    column = next(iter(table.columns))
    verbs: list[Executable] = [table.update().values({column: column}), table.delete()]
    if connection.dialect.name == "postgresql":
        verbs.append(text(f"TRUNCATE {table.name} CASCADE"))
    for verb in verbs:
        savepoint = connection.begin_nested()
        try:
            connection.execute(verb)
            yield f"{table.name}: {verb}"
        except DBAPIError as refused:
            if "append-only" not in str(refused):
                raise
        savepoint.rollback()


def test_no_row_of_the_record_is_changed_or_removed(engine: Engine) -> None:
    faults: list[str] = []
    with engine.connect() as connection:
        loosen(connection)
        for name in append_only_tables():
            table = Base.metadata.tables[name]
            connection.execute(table.insert().values(sample_row(table)))
            faults += let_itself_be_changed(connection, table)
        connection.rollback()
    assert faults == []


@pytest.mark.damaged("a trigger is dropped")
def test_a_row_that_lets_itself_be_changed_is_seen(engine: Engine) -> None:
    with engine.begin() as connection:
        unprotect(connection, ["postings"])
    with pytest.raises(AssertionError, match="postings"):
        test_no_row_of_the_record_is_changed_or_removed(engine)


# --- the draft ------------------------------------------------------------------------------------


def test_the_draft_tells_every_table_and_guards_the_record() -> None:
    engine = open_engine("sqlite://")
    with engine.begin() as connection:
        drafted = draft.draft(connection)
    engine.dispose()
    created = re.findall(r'create_table\(\s*[\'"](\w+)', drafted)
    assert sorted(created) == sorted(Base.metadata.tables)
    assert drafted.count("sqlite_strict=True") == len(created)
    compile(drafted, "draft", "exec")


def test_the_drafted_tables_equal_the_models(blank: Engine) -> None:
    empty = open_engine("sqlite://")
    with empty.begin() as connection:
        drafted = draft.draft(connection)
    empty.dispose()
    revision: dict[str, Any] = {}
    exec(compile(drafted, "draft", "exec"), revision)  # noqa: S102
    with blank.begin() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": models.METADATA})
        with Operations.context(context):
            revision["upgrade"]()
        assert differences(connection) == []
        assert guarded_tables(connection) == set(append_only_tables())
        with Operations.context(context):
            revision["downgrade"]()
    assert tables_of(blank) == set()


# --- rights on PostgreSQL -------------------------------------------------------------------------


def test_on_postgresql_the_application_may_not_touch_the_record(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        connection.execute(text("CREATE ROLE fupin_application_of_tests"))
        rights.grant(connection, "fupin_application_of_tests")
        for table in Base.metadata.sorted_tables:
            may = {
                right
                for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
                if connection.scalar(
                    select(
                        func.has_table_privilege(
                            "fupin_application_of_tests", f"public.{table.name}", right
                        )
                    )
                )
            }
            changing = set() if table.name in append_only_tables() else {"UPDATE", "DELETE"}
            assert may == {"SELECT", "INSERT"} | changing, table.name
        connection.rollback()
