"""Books of 宜章 with a registrar, and a way to import rows into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

import ledger
from households import imports
from households.identification import load_lines, load_procedures, load_surveys
from households.models import Household, HouseholdStatus, Person, RegisterChange
from households.reporting import Report
from kernel.actor import Actor
from kernel.regions import RegionTree
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from tests.households import county, registers

DAY = date(2017, 1, 3)
CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="session")
def regions() -> RegionTree:
    """The shipped list."""
    return RegionTree.load(Path(__file__).parents[2] / "config" / "regions" / "hunan.csv")


@pytest.fixture
def registrar() -> Actor:
    """Who keeps the register."""
    return Actor(7, "registrar", frozenset({"registrar"}), "431022")


@dataclass
class Desk:
    """A registrar's desk: rows in, report out."""

    office: imports.Office
    by: Actor
    folder: Path
    day: date = DAY
    _numbers: Any = field(default_factory=lambda: count(1))

    def file(self, rows: Iterable[Mapping[str, str]], suffix: str = ".csv") -> Path:
        return registers.write(self.folder / f"名册{next(self._numbers)}{suffix}", rows)

    def bring(self, rows: Iterable[Mapping[str, str]], **options: Any) -> Report:
        by = options.pop("by", self.by)
        return imports.import_file(self.office, self.file(rows), on=self.day, by=by, **options)

    def turn_to(self, day: date) -> None:
        """Close the days until this one is open."""
        with self.office.books.write("close", by=self.by) as session:
            while self.day < day:
                ledger.begin_close(session, self.day)
                ledger.finish_close(session, self.day)
                self.day += timedelta(days=1)

    def totals(self) -> tuple[int, int, int, int]:
        """Households, people (left ones too), statuses, recorded changes."""
        with self.office.books.read() as session:
            tables = (Household, Person, HouseholdStatus, RegisterChange)
            one, two, three, four = (
                session.scalar(select(func.count()).select_from(table)) or 0 for table in tables
            )
            return one, two, three, four


@pytest.fixture
def desk(
    books: Books, regions: RegionTree, keyring: Keyring, registrar: Actor, tmp_path: Path
) -> Desk:
    """The desk, on fresh books, their first day open."""
    with books.write("books.open", by=registrar) as session:
        ledger.open_books(session, region_code=registers.COUNTY, mode="held", first_day=DAY)
    return Desk(imports.Office(books, regions, keyring, registers.COUNTY), registrar, tmp_path)


@pytest.fixture
def office(
    books: Books,
    system: Actor,
    keyring: Keyring,
    regions: RegionTree,
) -> county.Office:
    """An office that finds households, on fresh books, with the rules that are shipped."""
    return county.Office(
        books,
        system,
        keyring,
        regions,
        load_procedures(CONFIG / "procedures"),
        load_surveys(CONFIG / "surveys"),
        load_lines(CONFIG / "lines" / "poverty-lines.toml"),
    )
