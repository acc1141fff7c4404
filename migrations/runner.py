"""Alembic run from code: up, down, and where a database stands.

All revisions of a run share one transaction, on SQLite too. There, foreign keys are off while it
runs, because a table is changed by making it anew, and are checked before it commits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from kernel.database import open_engine
from migrations.models import METADATA

FOLDER = Path(__file__).resolve().parent

Target = str | Engine
Steps = Callable[[str, ScriptDirectory], Any]


class ForeignKeysBroken(RuntimeError):
    """A revision left rows that name no other row; nothing was committed."""


def upgrade(target: Target, revision: str = "head") -> None:
    """Bring a database up to a revision."""
    _run(target, lambda at, script: script._upgrade_revs(revision, at))  # noqa: SLF001


def downgrade(target: Target, revision: str = "base") -> None:
    """Take a database back to a revision; ``base`` is a database without tables.

    On the way to another revision nothing may be lost, and a revision refuses where something
    would; on the way to ``base`` everything is.
    """
    _run(
        target,
        lambda at, script: script._downgrade_revs(revision, at),  # noqa: SLF001
        to_nothing=revision == "base",
    )


def current(target: Target) -> str | None:
    """The revision a database stands at; None for one that was never migrated."""
    with _connected(target) as connection, connection.begin():
        return MigrationContext.configure(connection).get_current_revision()


def revisions() -> list[str]:
    """All revisions, oldest first."""
    return [step.revision for step in script_folder().walk_revisions()][::-1]


def script_folder() -> ScriptDirectory:
    """The revisions as Alembic sees them."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def _run(target: Target, steps: Steps, *, to_nothing: bool = False) -> None:
    script = script_folder()
    context = EnvironmentContext(Config(), script, fn=lambda at, _context: steps(at, script))
    with _connected(target) as connection, _foreign_keys_off(connection), connection.begin():
        with context:
            context.configure(
                connection=connection,
                target_metadata=METADATA,
                transactional_ddl=True,
                to_nothing=to_nothing,
            )
            context.run_migrations()
        _check_foreign_keys(connection)


@contextmanager
def _connected(target: Target) -> Iterator[Connection]:
    engine = open_engine(target) if isinstance(target, str) else target
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        if isinstance(target, str):
            engine.dispose()


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    """SQLite minds this switch outside transactions alone, so the driver is told directly."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise ForeignKeysBroken(", ".join(str(tuple(row)) for row in broken[:10]))
