"""Frozen books on a blank database, to be brought to the newest revision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine

import migrations
from jobs import archive
from kernel.database import open_engine
from tests import verification
from tests.migrations.opening_books import Table


@dataclass
class Old:
    """Books of an earlier revision on a database of the test's kind."""

    engine: Engine
    tables: dict[str, Table]

    def migrate(self) -> None:
        """To the newest revision; new rows are numbered after those that were written raw."""
        migrations.upgrade(self.engine)
        with self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                archive._move_sequences(connection)


@pytest.fixture
def blank(blank_database_url: str) -> Iterator[Engine]:
    """An engine on a database without a table."""
    engine = open_engine(blank_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def verify(blank_database_url: str, keyring: Any) -> Callable[[], None]:
    """Everything that the product can verify: trail, ledger, loans, register, indicators."""
    return lambda: verification.verify(blank_database_url, keyring)
