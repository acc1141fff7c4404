"""A database of a measurement alone: beside the one that is named, durable, gone afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import create_engine, make_url

import migrations
from config.settings import Settings
from config.wiring import House
from kernel.refusals import Refusal
from kernel.vault import Keyring


class ServerNotDurable(Refusal):
    """A measurement without fsync says nothing about service."""

    status = 409
    zh = "数据库服务器的{setting}为{value}，测得的速度不作数"
    en = "the server runs with {setting}={value}: what it measures does not count"


@contextmanager
def throwaway(settings: Settings, *, durable: bool = True) -> Iterator[House]:
    """A house on a new, migrated database: a file beside SQLite's, a database of the server."""
    url = make_url(settings.database_url)
    name = f"fupin_bench_{secrets.token_hex(4)}"
    on_sqlite = url.drivername.startswith("sqlite")
    made = (
        _file(str(url.database), name)
        if on_sqlite
        else _database(settings.database_url, name, durable=durable)
    )
    with made as own:
        keys = Keyring.generate().to_json()
        house = House(replace(settings, database_url=own, keys=keys))
        migrations.upgrade(house.engine)
        try:
            yield house
        finally:
            house.engine.dispose()


@contextmanager
def _file(database: str, name: str) -> Iterator[str]:
    path = Path(database).parent / f"{name}.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield f"sqlite:///{path}"
    finally:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)


@contextmanager
def _database(server: str, name: str, *, durable: bool) -> Iterator[str]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                value = str(connection.exec_driver_sql(f"SHOW {setting}").scalar_one())
                if durable and value == "off":
                    raise ServerNotDurable(setting=setting, value=value)
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        engine.dispose()
