"""Databases for tests: one template per process, one copy per test.

The template is built the way the product builds its schema. A copy costs about a millisecond on
SQLite (a file) and twenty on PostgreSQL (``CREATE DATABASE … TEMPLATE``).
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Protocol

from sqlalchemy import Column, Table, create_engine, make_url, text

from kernel.append_only import append_only_tables, protect
from kernel.database import Base, BigInt, open_engine
from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
#: URL of a PostgreSQL whose user may create databases
SERVER_VARIABLE = "FUPIN_TEST_POSTGRES"


class Maker(Protocol):
    """Makes and drops the databases of one test process."""

    def fresh(self, kept: str | None = None) -> str:
        """URL of a new database with all tables and no rows, or a copy of one that was kept."""
        ...

    def keep(self, url: str) -> str:
        """Keep a database, to which nobody is connected, as it is now; what to call it."""
        ...

    def blank(self) -> str:
        """URL of a new database with nothing in it."""
        ...

    def drop(self, url: str) -> None:
        """Remove a database; whoever is still connected is cut off."""
        ...

    def close(self) -> None:
        """Remove what is left."""
        ...


def build_schema(url: str) -> None:
    """All tables and triggers, by the product's own migrations."""
    if importlib.util.find_spec("migrations") is not None:
        importlib.import_module("migrations").upgrade(url)
        return
    _import_tables()
    _stand_in_for_tables_of_rooms_to_come()
    engine = open_engine(url)
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        protect(connection, append_only_tables())
    engine.dispose()


def import_product() -> None:
    """Import every file of the product, so that each table and each refusal is known."""
    for top in sorted(ROOT.glob("*/__init__.py")):
        for file in sorted(top.parent.rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            # Migrations are run by Alembic, and a __main__ runs when it is imported.
            if {"versions", "env", "__main__"}.isdisjoint(parts):
                importlib.import_module(".".join(parts).removesuffix(".__init__"))


def _import_tables() -> None:
    """Before migrations exist: the tables of every room that can be imported already."""
    for file in sorted(ROOT.glob("*/*.py")):
        if file.parent.name != "tests" and "__tablename__" in file.read_text("utf-8"):
            with suppress(Exception):
                importlib.import_module(f"{file.parent.name}.{file.stem}")


def _stand_in_for_tables_of_rooms_to_come() -> None:
    for table in list(Base.metadata.tables.values()):
        for key in table.foreign_keys:
            wanted = key.target_fullname.split(".")[0]
            if wanted not in Base.metadata.tables:
                Table(wanted, Base.metadata, Column("id", BigInt, primary_key=True))


class SqliteMaker:
    """Databases that are files of one folder of their own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="fupin", dir=postgres.memory()))
        self._numbers = count(1)
        self._template: Path | None = None

    def fresh(self, kept: str | None = None) -> str:
        """Copy the template's file, or one that was kept."""
        if self._template is None:
            template = self._folder / "template.db"
            build_schema(f"sqlite:///{template}")
            self._template = template
        path = self._new_path()
        shutil.copyfile(self._folder / kept if kept else self._template, path)
        return f"sqlite:///{path}"

    def keep(self, url: str) -> str:
        """Copy the file; the last to leave wrote everything into it."""
        path = Path(make_url(url).database or "")
        assert not path.with_name(path.name + "-wal").exists()
        return shutil.copyfile(path, self._new_path()).name

    def blank(self) -> str:
        """A file that is not there yet."""
        return f"sqlite:///{self._new_path()}"

    def drop(self, url: str) -> None:
        """Remove the file and what SQLite keeps beside it."""
        database = make_url(url).database or ""
        for suffix in ("", "-wal", "-shm"):
            Path(database + suffix).unlink(missing_ok=True)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _new_path(self) -> Path:
        return self._folder / f"test{next(self._numbers)}.db"


class PostgresMaker:
    """Databases of the server that all workers share; names carry the worker."""

    def __init__(self, worker: str) -> None:
        self._server = make_url(os.environ[SERVER_VARIABLE])
        self._engine = create_engine(self._server, isolation_level="AUTOCOMMIT")
        self._kept: list[str] = []
        self._prefix = f"fupin_test_{worker}"
        self._numbers = count(1)
        self._template: str | None = None

    def fresh(self, kept: str | None = None) -> str:
        """Copy the template, or one that was kept."""
        if self._template is None:
            template = f"{self._prefix}_template"
            self._execute(f"DROP DATABASE IF EXISTS {template} WITH (FORCE)")
            self._execute(f"CREATE DATABASE {template}")
            build_schema(self._url(template))
            self._template = template
        return self._create(self._new_name(), kept or self._template)

    def keep(self, url: str) -> str:
        """Copy it under another name."""
        self._kept.append(f"{self._new_name()}_kept")
        self._create(self._kept[-1], make_url(url).database)
        return self._kept[-1]

    def blank(self) -> str:
        """A database as the server makes it."""
        return self._create(self._new_name())

    def drop(self, url: str) -> None:
        """Drop one database."""
        self._execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def close(self) -> None:
        """Drop the template and what was kept."""
        for name in filter(None, (self._template, *self._kept)):
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")
        self._engine.dispose()

    def _create(self, name: str, like: str | None = None) -> str:
        how = f" TEMPLATE {like} STRATEGY file_copy" if like else ""
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._execute(f"CREATE DATABASE {name}{how}")
        return self._url(name)

    def _new_name(self) -> str:
        return f"{self._prefix}_{next(self._numbers)}"

    def _execute(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)
