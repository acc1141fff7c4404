"""A county that finds its households: people at their desks, households, sheets to hand in.

The business day stands still at ``TODAY``; a sheet is handed in on its own day before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, select, text

import ledger
from households import identification, queries
from households.identification import (
    Lines,
    Meeting,
    Procedures,
    SheetRow,
    Surveys,
    Vote,
    of_numbers,
)
from households.models import CasePosition, Household, HouseholdStatus, Status
from kernel import attachments
from kernel.actor import Actor
from kernel.regions import RegionTree
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from tests.register import enter_household

COUNTY = "431022000000"
VILLAGE, OTHER_VILLAGE = "431022100201", "431022101202"
TODAY = date(2016, 12, 30)
#: since when households stand as they are entered
BEGINNING = date(2014, 1, 1)


def person(number: int, role: str, scope: str = "431022") -> Actor:
    """Somebody at a desk."""
    return Actor(number, f"{role}{number}", frozenset({role}), scope)


CLERK = person(21, "registrar", VILLAGE)
OTHER_CLERK = person(22, "registrar", VILLAGE)
TOWNSHIP = person(23, "registrar", "431022100")
OFFICE = person(31, "poverty_office")
SECOND = person(32, "poverty_office")
THIRD = person(33, "poverty_office")
AUDITOR = person(34, "auditor")

#: answers of a household in hardship of every kind
HARD: dict[str, object] = {
    "net_income_per_person": "2500.00",
    "workers": 1,
    "pupils": 2,
    "dropped_out": True,
    "chronically_ill": 1,
    "gravely_ill_or_disabled": False,
    "house": "c",
    "durable_goods": False,
    "savings": "0.00",
    "safe_water": True,
    "road": False,
}

#: step -> (who takes it, day, what else it needs)
SEVEN = {
    "group_proposal": (CLERK, date(2016, 3, 2)),
    "village_vote": (CLERK, date(2016, 3, 5)),
    "village_review": (CLERK, date(2016, 3, 10)),
    "township_review": (TOWNSHIP, date(2016, 3, 15)),
    "county_review": (OFFICE, date(2016, 3, 22)),
    "county_decision": (SECOND, date(2016, 3, 25)),
}
WATCHING = {
    "home_visit": (CLERK, date(2021, 3, 2)),
    "village_vote": (CLERK, date(2021, 3, 5)),
    "township_review": (TOWNSHIP, date(2021, 3, 12)),
    "county_decision": (OFFICE, date(2021, 3, 20)),
    "risk_removal": (SECOND, date(2021, 11, 1)),
}


@dataclass
class Office:
    """Books with households, and the verbs a test speaks."""

    books: Books
    system: Actor
    keyring: Keyring
    regions: RegionTree
    procedures: Procedures
    surveys: Surveys
    lines: Lines
    today: date = TODAY
    ids: dict[str, int] = field(default_factory=dict)
    paper_id: int = 0

    def found(self, *standings: Status | None, village: str = VILLAGE) -> Office:
        """Open the books and enter a household of each standing, H1 first."""
        with self.books.write("books.open", by=self.system) as session:
            ledger.open_books(session, region_code=COUNTY, mode="held", first_day=self.today)
        with self.books.write("households.import", by=self.system) as session:
            for place, status in enumerate(standings, 1):
                self.enter(session, f"H{place}", place, status, village)
        with self.books.write("attachments.keep", by=CLERK) as session:
            self.paper_id = attachments.keep(
                session, self.keyring, name="会议记录.jpg", content=b"minutes"
            )
        return self

    def enter(
        self, session: Any, number: str, place: int, status: Status | None, village: str = VILLAGE
    ) -> None:
        """One more household of three."""
        key = enter_household(
            session, village, place, on=self.today, status=status, keyring=self.keyring
        )
        self.ids[session.get(Household, key).number] = key

    def numbers(self, *places: int) -> list[str]:
        """The numbers of households by their places."""
        all_of_them = list(self.ids)
        return [all_of_them[place - 1] for place in places or range(1, len(all_of_them) + 1)]

    def rows(self, *places: int, **same: Any) -> list[SheetRow]:
        """Rows of households by their places."""
        return [SheetRow(number, **same) for number in self.numbers(*places)]

    def open(self, kind: str = "identify", *places: int, by: Actor = CLERK, **more: Any) -> int:
        """Open cases for households, on the first day of their story."""
        held = more.pop("held_on", date(2021 if kind == "monitor" else 2016, 3, 1))
        with self.books.write("households.identify", by=by) as session:
            return identification.open_cases(
                session, self.procedures, kind=kind, rows=of_numbers(self.numbers(*places)),
                on=self.today, held_on=held, by=by, **more,
            )  # fmt: skip

    def step(
        self, step: str, rows: Sequence[SheetRow], *, by: Actor, held_on: date, **more: Any
    ) -> int:
        """Take a step, with what an ordinary sheet of it holds."""
        procedure = more.pop("procedure", "identify-2014")
        vote = step in {"village_vote", "village_meeting"}
        ordinary = {
            "document": f"{step}号文",
            "place": "村务公开栏，电话0735-1234567",
            "papers": [self.paper_id],
            "meeting": Meeting(30, 24) if vote else None,
        }
        on = min(more.pop("entered_on", held_on), self.today)
        with self.wound_to(on), self.books.write("households.step", by=by) as session:
            return identification.take_step(
                session, self.procedures, procedure=procedure, step=step, rows=rows, by=by,
                on=on, held_on=held_on, **(ordinary | more),
            )  # fmt: skip

    @contextmanager
    def wound_to(self, day: date) -> Iterator[None]:
        """The books stand on the day on which a sheet is handed in; then on theirs again."""
        self._open_day(self.today, day)
        try:
            yield
        finally:
            self._open_day(day, self.today)

    def _open_day(self, before: date, day: date) -> None:
        if before != day:
            told = text("UPDATE business_days SET day = :day WHERE day = :before")
            days = (bindparam("day", type_=Date), bindparam("before", type_=Date))
            with self.books.engine.begin() as connection:
                connection.execute(told.bindparams(*days), {"day": day, "before": before})

    def walk(self, upto: str, *places: int, story: Any = None, procedure: str = "") -> int:
        """Take every step of a story up to one; the last sheet."""
        told = SEVEN if story is None else story
        sheet = 0
        for step, (by, day) in told.items():
            if step in {"village_review", "home_visit", "verification"}:
                self.survey(*places)
            vote = Vote(20, 3, 1) if step in {"village_vote", "village_meeting"} else None
            rows = self.rows(*places, vote=vote)
            sheet = self.step(
                step, rows, by=by, held_on=day,
                procedure=procedure or ("identify-2014" if told is SEVEN else "monitor-2021"),
            )  # fmt: skip
            if step == upto:
                break
        return sheet

    def survey(self, *places: int, by: Actor = CLERK, **changes: object) -> None:
        """Survey households."""
        with self.books.write("households.survey", by=by) as session:
            for number in self.numbers(*places):
                identification.record_survey(
                    session, self.surveys, self.lines, number=number, survey="six-areas",
                    answers=HARD | changes, on=self.today, by=by,
                )  # fmt: skip

    def member(self, place: int) -> bytes:
        """The identity of a household's second member, by blind index."""
        key = self.ids[self.numbers(place)[0]]
        with self.books.read() as session:
            return queries.members(session, key, on=self.today)[1].identity_index

    def findings(self, place: int = 1) -> list[tuple[str, date]]:
        """What a household was found to be, beside how it began."""
        key = self.ids[self.numbers(place)[0]]
        with self.books.read() as session:
            rows = session.execute(
                select(HouseholdStatus.status, HouseholdStatus.from_on)
                .where(
                    HouseholdStatus.household_id == key, HouseholdStatus.from_on > date(2014, 1, 1)
                )
                .order_by(HouseholdStatus.id)
            )
            return [(status, day) for status, day in rows]

    def states(self) -> list[tuple[int, str]]:
        """Steps done and state of every case."""
        with self.books.read() as session:
            rows = session.execute(
                select(CasePosition.done, CasePosition.state).order_by(CasePosition.case_id)
            )
            return [(done, state) for done, state in rows]
