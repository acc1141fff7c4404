"""Migrations: tables equal models, the record is guarded, every way up and down keeps the rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
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
from kernel.database import Base, UtcDateTime, open_engine, recorded_tables
from kernel.digests import ADDED
from kernel.unit_of_work import Books
from migrations import draft, models, rights, runner
from migrations.changing import changing
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
    context = MigrationContext.configure(connection, opts=draft.OPTIONS)
    return list(compare_metadata(context, models.METADATA))


def tables_of(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_tables_equal_models(engine: Engine) -> None:
    """Before the first release ``python -m migrations.draft`` mends this; afterwards a revision."""
    with engine.connect() as connection:
        assert differences(connection) == []


def test_rules_of_tables_equal_those_of_models(engine: Engine) -> None:
    """Alembic compares neither CHECKs nor primary keys."""
    assert list(draft.unlike_rules(engine)) == []


def made_of(engine: Engine) -> dict[str, dict[str, object]]:
    """Of each table everything that the database itself tells, in no order."""
    look = inspect(engine)
    return {
        table: {
            "columns": sorted(
                (str(c["name"]), str(c["type"]), c["nullable"], str(c["default"]))
                for c in look.get_columns(table)
            ),
            "checks": sorted(
                (str(c["name"]), str(c["sqltext"])) for c in look.get_check_constraints(table)
            ),
            "key": look.get_pk_constraint(table)["constrained_columns"],
            "keys": sorted(
                (str(k["name"]), k["constrained_columns"], k["referred_table"])
                for k in look.get_foreign_keys(table)
            ),
            "unique": sorted(
                (str(u["name"]), u["column_names"]) for u in look.get_unique_constraints(table)
            ),
            "indexes": sorted(
                (str(i["name"]), str(i["column_names"]), bool(i["unique"]))
                for i in look.get_indexes(table)
            ),
        }
        for table in look.get_table_names()
        if table != "alembic_version"
    }


def test_revisions_and_models_make_the_same_tables(engine: Engine, blank: Engine) -> None:
    """Each rule in the database's own words, on PostgreSQL too, which puts them anew."""
    models.METADATA.create_all(blank)
    migrated, modelled = made_of(engine), made_of(blank)
    assert migrated.keys() == modelled.keys()
    for table, wanted in modelled.items():
        assert migrated[table] == wanted, table


@pytest.mark.damaged("a rule is changed")
def test_a_rule_that_differs_is_seen(engine: Engine, blank: Engine) -> None:
    with (
        engine.begin() as connection,
        Operations.context(MigrationContext.configure(connection)),
        changing("dues") as batch,
    ):
        batch.drop_constraint("ck_dues_kind_known", type_="check")
        batch.create_check_constraint("ck_dues_kind_known", text("kind <> 'interest'"))
    if engine.dialect.name == "sqlite":
        assert any("ck_dues_kind_known" in line for line in draft.unlike_rules(engine))
    with pytest.raises(AssertionError, match="dues"):
        test_revisions_and_models_make_the_same_tables(engine, blank)


def columns_at_birth(engine: Engine) -> dict[str, list[str]]:
    """Of each table the columns of the revision that made it."""
    born: dict[str, list[str]] = {}
    for revision in migrations.revisions():
        migrations.upgrade(engine, revision)
        look = inspect(engine)
        for table in look.get_table_names():
            born.setdefault(table, [str(c["name"]) for c in look.get_columns(table)])
    return born


#: tables of current rows that a recorded row seals with the digest of their line
SEALED = ("households", "people", "organisations")


def unmarked(born: dict[str, list[str]]) -> Iterator[str]:
    """Tables whose rows written before would get another line."""
    for name in (*recorded_tables(), *SEALED):
        table = Base.metadata.tables[name]
        lined = [c.name for c in table.columns if ADDED not in c.info and c.name != "trail_id"]
        wanted = [column for column in born[name] if column != "trail_id"]
        if lined != wanted:
            yield f"{name}: {lined}, and the revision that made it has {wanted}"


def test_a_column_of_later_is_marked_as_such(blank: Engine) -> None:
    """``kernel.digests.added`` says what old rows stand for; older columns keep their order."""
    assert list(unmarked(columns_at_birth(blank))) == []


def test_a_column_of_later_without_a_mark_is_seen(blank: Engine) -> None:
    born = columns_at_birth(blank)
    early = Base.metadata.tables["repayments"].c.early
    before = early.info.pop(ADDED)
    try:
        assert [line.split(":")[0] for line in unmarked(born)] == ["repayments"]
    finally:
        early.info[ADDED] = before


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
        assert len(name) <= 32, "Alembic's own table holds 32 characters"


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


def test_the_newest_revision_lacks_nothing_of_the_models() -> None:
    """Where it does, ``python -m migrations.draft`` prints the steps that are missing."""
    assert draft.draft() == ""


def test_the_draft_prints_what_a_revision_lacks() -> None:
    opening = migrations.revisions()[0]
    drafted = draft.draft(opening)
    assert "op.create_table('corrections'" in drafted
    assert "op.drop_table('household_credits')" in drafted
    assert "op.add_column('repayments', sa.Column('early', sa.Boolean()" in drafted
    assert "# dues: ck_dues_amount_positive is left over" in drafted
    assert "# segments: ck_segments_state_known should be: state IN ('regular', " in drafted
    assert "# allocations: the primary key should be repayment_id, due_id, correction" in drafted


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
