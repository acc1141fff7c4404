"""Append-only by trigger: the database itself refuses to change what is recorded.

Migrations create the triggers; a batch recreate of a table on SQLite drops them, so the revision
that recreates a table calls ``protect`` again, and a test asserts that every one stands. On
PostgreSQL TRUNCATE is refused as well.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from kernel.database import recorded_tables
from kernel.trail import TrailRow

MESSAGE = "append-only"

_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION fupin_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{MESSAGE}: %% on %%', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def append_only_tables() -> list[str]:
    """Names of the tables that triggers must guard."""
    return [*recorded_tables(), TrailRow.__tablename__]


def protect(connection: Connection, tables: Iterable[str]) -> None:
    """Create the triggers of these tables."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_POSTGRESQL_FUNCTION)
        for table in tables:
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION fupin_refuse()"
            )
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION fupin_refuse()"
            )
        return
    for table in tables:
        for verb in ("update", "delete"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}: {verb.upper()} on {table}'); END"
            )


def unprotect(connection: Connection, tables: Iterable[str]) -> None:
    """Drop the triggers of these tables (for a migration on its way down)."""
    for table in tables:
        if connection.dialect.name == "postgresql":
            for suffix in ("append_only", "no_truncate"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_{suffix} ON {table}")
        else:
            for verb in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")


def guarded_tables(connection: Connection) -> set[str]:
    """Tables whose triggers all stand in this database."""
    if connection.dialect.name == "postgresql":
        rows = connection.exec_driver_sql(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'"
        )
        wanted: tuple[str, ...] = ("append_only", "no_truncate")
    else:
        rows = connection.exec_driver_sql(
            "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
        )
        wanted = ("no_update", "no_delete")
    standing = {(str(table), str(trigger)) for table, trigger in rows}
    return {
        table
        for table, _ in standing
        if all((table, f"{table}_{suffix}") in standing for suffix in wanted)
    }
