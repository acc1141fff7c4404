"""Frozen books on a blank database, to be brought to the newest revision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text

import indicators
import migrations
from indicators import Figures
from jobs import archive
from jobs.close import Program, Step
from kernel.append_only import append_only_tables, guarded_tables
from kernel.database import open_engine
from kernel.regions import RegionTree
from kernel.unit_of_work import Books
from migrations.refusals import MigrationInClose, RowsOfLaterVersion
from tests import verification
from tests.conftest import Clock
from tests.loans.town import Town
from tests.migrations.opening_books import Table, rows


@dataclass
class Old:
    """Books of an earlier revision on a database of the test's kind."""

    engine: Engine
    tables: dict[str, Table]
    #: the revision that wrote them
    revision: str

    def migrate(self) -> None:
        """To the newest revision; new rows are numbered after those that were written raw."""
        migrations.upgrade(self.engine)
        with self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                archive._move_sequences(connection)

    def migrate_keeping_all_but(self, *moved: str) -> None:
        """Migrate; what was recorded stays as it was, and what is recorded now is guarded."""
        kept = {name: table for name, table in self.tables.items() if name not in moved}
        before = rows(self.engine, kept)
        self.migrate()
        assert rows(self.engine, kept) == before
        with self.engine.connect() as connection:
            assert guarded_tables(connection) == set(append_only_tables())

    def refuse_while_closing(self, day: str) -> None:
        """While a day is closed nothing is migrated."""
        with self.engine.begin() as connection:
            closing = text("UPDATE business_days SET state = 'closing' WHERE day = :day")
            connection.execute(closing, {"day": day})
        with pytest.raises(MigrationInClose, match=day):
            self.migrate()
        assert migrations.current(self.engine) == self.revision

    def migrate_back_and_again(self) -> None:
        """Up, down and up: the old rows are back, guarded, and the new books are the same."""
        before = rows(self.engine, self.tables)
        self.migrate()
        digests = archive.digests(self.engine)
        migrations.downgrade(self.engine, self.revision)
        assert rows(self.engine, self.tables) == before
        with self.engine.connect() as connection:
            kept = {name for name in append_only_tables() if name in self.tables}
            assert kept <= guarded_tables(connection)
        self.migrate()
        assert archive.digests(self.engine) == digests

    def refuse_the_way_back(self, table: str) -> None:
        """A row of this table bars the way back, which leaves everything as it is."""
        with pytest.raises(RowsOfLaterVersion) as refused:
            migrations.downgrade(self.engine, self.revision)
        assert refused.value.facts["table"] == table
        assert migrations.current(self.engine) == migrations.revisions()[-1]


def opened(old: Old, town: Town, clock: Clock, now: datetime, *steps: Step) -> Town:
    """The books migrated, and people at their desks again; closes take these steps as well."""
    old.migrate()
    clock.now = now
    town.books = Books(old.engine, town.keyring, clock)
    loans_alone = town.program

    def program(day: date) -> Program:
        return Program((*loans_alone(day).steps, *steps), "0" * 64)

    town.program = program  # type: ignore[method-assign]
    return town


def closing(town: Town, regions: RegionTree) -> Callable[[], Callable[[date], Figures]]:
    """Closes the open day with the house's own steps; asks for figures of a day."""

    def figures(on: date) -> Figures:
        with town.books.read() as session:
            return indicators.figures(session, regions=regions, region="431022000000", on=on)

    def close() -> Callable[[date], Figures]:
        town.close_to(town.today)
        return figures

    return close


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
