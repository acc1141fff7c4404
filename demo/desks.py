"""Who takes a step in the demo, and when: every step its own unit of work, at somebody's desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.wiring import House
from demo.county import County
from demo.people import Family
from demo.staff import Lender
from households.models import Household
from kernel.actor import Actor

#: something done on its day
Task = Callable[[date], None]
#: a step: what is done, on which day, by whom
Step = Callable[[Session, date, Actor], object]
_Got = TypeVar("_Got")


class Agenda(Protocol):
    """What puts tasks on days: the demo's ``Maker``."""

    house: House
    county: County
    folder: Path
    lenders: dict[str, Lender]

    def put(self, day: date, task: Task) -> None:
        """Do this on that day."""
        ...

    def actor(self, login: str) -> Actor:
        """The person behind an account."""
        ...


@dataclass(frozen=True, slots=True)
class Signed:
    """A loan that was signed and paid out."""

    family: Family
    number: str
    amount_fen: int
    on: date
    ends_on: date


class Borrowing(Agenda, Protocol):
    """An agenda that knows who has borrowed so far."""

    signed: list[Signed]


@dataclass(frozen=True, slots=True)
class Desks:
    """Logins of those who take the steps."""

    office: str = "fupinban"
    second_office: str = "fupinban2"
    finance: str = "caizheng"
    second_finance: str = "caizheng2"
    registrar: str = "jiandang"
    #: of the villages that live (``demo.village_life``)
    village: str = "cunwen"
    township: str = "xiangzhen"
    #: of the village fund that lends
    keeper: str = "huzhu"
    chair: str = "lishizhang"


DESKS: Final = Desks()


class AtDesks:
    """Puts steps on the demo's agenda."""

    def __init__(self, maker: Agenda) -> None:
        self._maker = maker
        self._house: House = maker.house
        self._county: County = maker.county

    def _before(self, days: int) -> date:
        """The first working day so many days before the last one, or after."""
        return self._house.calendar.roll_forward(self._county.closes_on - timedelta(days=days))

    def _do(
        self, command: str, login: str, step: Callable[[Session, date, Actor], _Got], on: date
    ) -> _Got:
        """A step as its own unit of work, by the person whose desk it is."""
        by = self._maker.actor(login)
        with self._house.books.write(command, by=by) as session:
            return step(session, on, by)

    def _at(self, day: date, command: str, login: str, step: Step) -> None:
        def task(on: date) -> None:
            self._do(command, login, step, on)

        self._maker.put(day, task)

    def _later(self, day: date, command: str, login: str, step: Step) -> date:
        """Put a step on the working day after; that day."""
        following = self._house.calendar.next_working_day(day)
        self._at(following, command, login, step)
        return following


def ids_of(session: Session, families: Sequence[Family]) -> list[int]:
    """The households' ids in the register, in the order of the families."""
    numbers = [family.number for family in families]
    rows = session.execute(
        select(Household.number, Household.id).where(Household.number.in_(numbers))
    )
    known = {row[0]: row[1] for row in rows}
    return [known[number] for number in numbers]
