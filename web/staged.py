"""What pages and API do with cases that go through stages: each step is one unit of work.

A ``Way`` holds the table of all that can be done to a kind of case: the right it takes, what is
said when it is done, the verb of the room. A page and a route of the API are made of each row, so
that the two cannot differ. What a case owes is paid by the bank's files, the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

import ledger
from config.wiring import House
from kernel.actor import Actor
from kernel.money import format_yuan
from office.bank_answers import AnswerFile
from office.paying import Booked, Desk, PaymentTold
from web.context import actor, house
from web.deeds import Deed


@dataclass(frozen=True, slots=True)
class Doing:
    """A step as somebody takes it: with what they typed."""

    session: Session
    here: House
    #: number of the case, under its name
    case: Mapping[str, int]
    asked: Mapping[str, Any]
    on: date
    by: Actor

    @property
    def plainly(self) -> dict[str, Any]:
        """What every verb takes."""
        return {**self.case, "on": self.on, "by": self.by}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that can be done to a case."""

    command: str
    title: str
    #: what is said when it is done
    done: str
    verb: Callable[[Doing], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Way:
    """A kind of case that goes through stages."""

    noun: str
    #: whose rights it takes
    room: str
    #: where one is, for pages and API
    path: str
    steps: Mapping[str, Step]
    titles: Mapping[str, tuple[str, str]]
    state_of: Callable[[Session, int], str]
    desk: Desk[Any]
    file_content: Callable[..., tuple[str, bytes]]
    book_answer: Callable[..., Booked]
    #: case and number of a file, what is asked of its rows -> the file and they, if one may look
    paid_by: Callable[..., tuple[Any, list[PaymentTold]]]

    @property
    def key(self) -> str:
        """What the number of a case is called."""
        return f"{self.noun}_id"

    def take(self, name: str, case_id: int, asked: Mapping[str, Any]) -> Deed:
        """Take the step of that name."""
        by, here, step = actor(), house(), self.steps[name]

        def work(session: Session) -> dict[str, Any]:
            on = ledger.open_day(session)
            found = step.verb(Doing(session, here, {self.key: case_id}, asked, on, by)) or {}
            return self.standing(session, found.get(self.key, case_id), on) | found

        return work

    def take_answer(self, case_id: int, answer: AnswerFile) -> Deed:
        """Book the bank's answer to a case's payment file."""
        by, here = actor(), house()

        def work(session: Session) -> dict[str, Any]:
            on = ledger.open_day(session)
            booked = self.book_answer(
                session, answer=answer, keyring=here.keyring, on=on, by=by, **{self.key: case_id}
            )
            return self.standing(session, case_id, on) | {
                "paid": format_yuan(booked.paid_fen),
                "returned": format_yuan(booked.returned_fen),
            }

        return work

    def standing(self, session: Session, case_id: int, on: date) -> dict[str, Any]:
        """Where a case stands after a deed of a day."""
        state = self.state_of(session, case_id)
        return {
            self.key: case_id,
            "state": state,
            "state_title": self.titles[state][0],
            "on": on.isoformat(),
        }
