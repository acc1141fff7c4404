"""Desks that help: a registrar of a county and one of a township, the offices, and households."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

import ledger
from households import Status, helping, queries
from households.helping.forms import MeasureRow, PairRow, VisitRow
from households.models import HouseholdStatus
from kernel.actor import Actor
from kernel.regions import RegionTree
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from tests.register import enter_household

DAY = date(2017, 1, 3)
COUNTY = "431022000000"
#: 白石渡镇高龙桥村, and 杨梅山镇香花村
VILLAGE = "431022101202"
OTHER_VILLAGE = "431022102201"
RULES = helping.load_measures(Path(__file__).parents[2] / "config" / "measures.toml")

Got = TypeVar("Got")


def person(number: int, role: str, scope: str = "431022") -> Actor:
    """Somebody at a desk."""
    return Actor(number, f"{role}-{number}", frozenset({role}), scope)


REGISTRAR = person(7, "registrar")
TOWNSHIP = person(8, "registrar", "431022102")
POVERTY_OFFICE = person(14, "poverty_office")
FINANCE = person(21, "finance")
OFFICER = person(5, "loan_officer")


@dataclass
class HelpDesk:
    """Books with households, on an open day."""

    books: Books
    keyring: Keyring
    regions: RegionTree
    day: date = DAY

    def open(self, region: str = COUNTY) -> HelpDesk:
        """Found the books."""
        with self.books.write("books.open", by=person(1, "system", "43")) as session:
            ledger.open_books(session, region_code=region, mode="held", first_day=self.day)
        return self

    def household(self, nr: int, village: str = VILLAGE, status: Status = Status.REGISTERED) -> str:
        """A household of three, registered since 2014; its number."""
        with self.books.write("households.import", by=REGISTRAR) as session:
            enter_household(session, village, nr, on=self.day, status=status, keyring=self.keyring)
        return f"{village}{nr:04d}"

    def find(self, number: str, status: Status, from_on: date) -> None:
        """A finding about a household, as a list of the county says it."""
        with self.books.write("households.change", by=POVERTY_OFFICE) as session:
            session.add(
                HouseholdStatus(
                    household_id=self.id_of(number, session),
                    status=status,
                    from_on=from_on,
                    booked_on=self.day,
                    reason="县级审定公告",
                )
            )

    def id_of(self, number: str, session: Session | None = None) -> int:
        """The household's number in the books."""
        if session is not None:
            return queries.by_number(session, number, digits="431022").id
        with self.books.read() as reading:
            return queries.by_number(reading, number, digits="431022").id

    def pair(self, *rows: PairRow, by: Actor = REGISTRAR) -> int:
        """Pair helpers."""
        return self.write(
            lambda session: helping.pair(session, rows, keyring=self.keyring, on=self.day, by=by),
            by,
        )

    def visit(self, *rows: VisitRow, by: Actor = REGISTRAR) -> int:
        """Note visits."""
        return self.write(
            lambda session: helping.note_visits(session, rows, on=self.day, by=by), by
        )

    def note(self, *rows: MeasureRow, by: Actor = REGISTRAR) -> int:
        """Note measures."""
        return self.write(
            lambda session: helping.note_measures(session, rows, rules=RULES, on=self.day, by=by),
            by,
        )

    def write(self, work: Callable[[Session], Got], by: Actor, command: str = "help") -> Got:
        """One unit of work."""
        with self.books.write(command, by=by) as session:
            return work(session)

    def read(self, work: Callable[[Session], Got]) -> Got:
        """One look."""
        with self.books.read() as session:
            return work(session)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def helper(number: str, name: str = "王建国", **more: object) -> PairRow:
    """A pair with a cadre of the county's tax office, from 2016 on."""
    told: dict[str, object] = {
        "unit": "宜章县税务局",
        "level": "county",
        "from_on": date(2016, 1, 1),
    }
    return PairRow(number=number, name=name, **(told | more))  # type: ignore[arg-type]


def measure(number: str, what: str = "产业扶持", **more: object) -> MeasureRow:
    """A measure of 2016."""
    told: dict[str, object] = {
        "year": 2016,
        "from_on": date(2016, 3, 1),
        "detail": "脐橙苗200株",
        "amount_fen": 120_000,
    }
    return MeasureRow(number=number, measure=what, **(told | more))  # type: ignore[arg-type]
