"""A desk that keeps the files of the town's loans, for tests: its verbs, its queue, its days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import Session

import ledger
import loans
from kernel.actor import Actor
from loans.dossier import queue
from loans.dossier.kinds import Asked, Deadlines
from loans.dossier.page import Dossier, dossier_of
from loans.dossier.paper_file import load_papers, parse
from loans.dossier.papers import PaperRules
from loans.dossier.queue import QueueLine
from tests.loans.town import OFFICER, Town

Answer = TypeVar("Answer")

CONFIG = Path(__file__).resolve().parents[2] / "config"
JPEG = b"\xff\xd8\xff\xe0 a photograph"
PDF = b"%PDF-1.7 a scan"
#: the list as it ships asks from 2017 on
COMMON = load_papers(CONFIG / "papers")


def a_list(*papers: dict[str, object], **head: object) -> PaperRules:
    """Rules of one list that asks of every application."""
    rows = [{"zh": f"资料{row['code']}", "en": f"paper {row['code']}", **row} for row in papers]
    whole = {
        "id": "test", "title_zh": "目录", "title_en": "List", "since": date(2016, 1, 1),
        "default": True, **head,
    }  # fmt: skip
    found = parse("test.toml", {"list": whole, "paper": rows})
    return PaperRules({found.credit_code: found})


@dataclass
class Desk:
    """The town, and what a desk does with its files."""

    town: Town
    rules: PaperRules
    by: Actor = OFFICER

    @property
    def deadlines(self) -> Deadlines:
        """As the policy ships: 30 days, 6 months, 60 days."""
        conduct = self.town.rulebook.conduct(on=self.town.today, region="431022000000")
        return Deadlines.of(conduct)

    def paper(self, number: str, paper: str, **more: Any) -> int:
        """Put a paper on file."""
        return self._do(
            "loans.note_paper",
            lambda s, on: loans.note_paper(
                s,
                loans.PaperNoted(paper, **more),
                rules=self.rules,
                keyring=self.town.keyring,
                number=number,
                on=on,
                by=self.by,
            ),
        )

    def application_paper(self, application_id: int, paper: str, **more: Any) -> int:
        """Put a paper of an application on file."""
        return self._do(
            "loans.note_paper",
            lambda s, on: loans.note_paper(
                s,
                loans.PaperNoted(paper, **more),
                rules=self.rules,
                keyring=self.town.keyring,
                application_id=application_id,
                on=on,
                by=self.by,
            ),
        )

    def check(self, number: str, use_found: str = "matches", **more: Any) -> int:
        """Make a check today, unless told otherwise."""
        made = {"value_date": self.town.today, "note": "已到户", **more}
        return self._do(
            "loans.post_check",
            lambda s, on: (
                loans.make_check(
                    s,
                    loans.CheckMade(use_found=use_found, **made),
                    number=number,
                    every_months=self.deadlines.check_every_months,
                    keyring=self.town.keyring,
                    on=on,
                    by=self.by,
                ).id
            ),
        )

    def contact(self, number: str, kind: str = "call", **more: Any) -> str:
        """Make a contact today, unless told otherwise; the notice's number."""
        made = {"value_date": self.town.today, "met": "本人", "note": "", **more}
        return self._do(
            "loans.contact",
            lambda s, on: (
                loans.make_contact(
                    s,
                    loans.ContactMade(kind, **made),
                    number=number,
                    keyring=self.town.keyring,
                    on=on,
                    by=self.by,
                ).notice_number
                or ""
            ),
        )

    def promise(self, number: str, promised_on: date, fen: int) -> None:
        """Take a promise today."""
        self.contact(number, "promise", promised_on=promised_on, promised_fen=fen)

    def life(self, number: str, kind: str, **more: Any) -> int:
        """Tell what became of the borrower today, unless told otherwise."""
        told = {"value_date": self.town.today, "reported_by": "村主任", "note": "", **more}
        return self._do(
            "loans.life_event",
            lambda s, on: loans.tell_life(
                s,
                loans.LifeTold(kind, **told),
                number=number,
                keyring=self.town.keyring,
                on=on,
                by=self.by,
            ),
        )

    def way(self, number: str, way: str = "repay", planned_on: date | None = None) -> int:
        """Propose a way for today, unless told otherwise."""
        return self._do(
            "loans.way",
            lambda s, on: loans.propose_way(
                s,
                loans.WayProposed(way, planned_on or on),
                number=number,
                on=on,
                by=self.by,
            ),
        )

    def file(self, number: str) -> Dossier:
        """The whole file of a loan."""
        with self.town.books.read() as session:
            return dossier_of(
                session,
                number=number,
                rules=self.rules,
                deadlines=self.deadlines,
                by=self.by,
                on=ledger.open_day(session),
            )

    def asked(self, **more: Any) -> Asked:
        """Today's queue."""
        return Asked(
            **{
                "by": self.by,
                "on": self.town.today,
                "deadlines": self.deadlines,
                "papers": self.rules,
                **more,
            }
        )

    def queue(self, kind: str, **more: Any) -> list[QueueLine]:
        """The lines of a kind; its count agrees."""
        asked = self.asked(**more)
        with self.town.books.read() as session:
            lines = queue.listed(session, kind, asked)
            assert queue.count(session, kind, asked) == len(lines)
        return lines

    def due(self, kind: str) -> dict[str, str]:
        """Contract numbers on a kind's list, and the day of each."""
        return {line.number: line.due_on.isoformat() for line in self.queue(kind)}

    def _do(self, command: str, verb: Callable[[Session, date], Answer]) -> Answer:
        with self.town.books.write(command, by=self.by) as session:
            return verb(session, ledger.open_day(session))


@contextmanager
def statements(town: Town) -> Iterator[list[str]]:
    """The statements that run inside."""
    noted: list[str] = []

    def note(_c: object, _cur: object, sql: str, *_rest: object) -> None:
        noted.append(sql)

    event.listen(town.books.engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(town.books.engine, "before_cursor_execute", note)
