"""Books that are open for business, and a close with something to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from config.settings import ROOT, Settings
from config.wiring import House
from jobs.close import Closer, Program, Step
from kernel.actor import Actor
from kernel.outbox import OutboxMessage
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from ledger import Line
from tests.conftest import Clock

#: two days before the leap day
FIRST_DAY = date(2020, 2, 27)
NO_RULES = "0" * 64


@pytest.fixture
def held_books(books: Books, system: Actor) -> Books:
    """Books of 宜章县 on 27 February 2020 that move only when told."""
    with books.write("books.open", by=system) as session:
        ledger.open_books(session, region_code="431022000000", mode="held", first_day=FIRST_DAY)
    return books


def fees(items: int) -> Step:
    """A step that books one fee for each of ``items`` documents, each once a day."""

    def work(session: Session, day: date, limit: int) -> int:
        number = day.toordinal() * 1_000
        booked = set(
            session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == f"fee {day}"))
        )
        waiting = [i for i in range(items) if str(i) not in booked][:limit]
        funds = ledger.account_id(session, owner_kind="organisations", owner_id=1, kind="funds")
        income = ledger.account_id(
            session, owner_kind="organisations", owner_id=1, kind="interest_income"
        )
        for i in waiting:
            session.add(OutboxMessage(kind=f"fee {day}", payload=str(i)))
            ledger.post(
                session,
                source_kind="fees",
                source_id=number + i,
                booking_date=day,
                value_date=day,
                lines=[Line(funds, 100 + i), Line(income, -100 - i)],
                closing=True,
            )
        return len(waiting)

    return Step("fees", work)


@pytest.fixture
def closer(held_books: Books, system: Actor) -> Callable[..., Closer]:
    """A closer of these books whose program is given steps."""

    def make(*steps: Step, owner: str = "first", chunk: int = 3) -> Closer:
        return Closer(
            held_books, system, lambda _: Program(steps, NO_RULES), owner=owner, chunk=chunk
        )

    return make


@pytest.fixture
def house(
    database_url: str, keyring: Keyring, clock: Clock, tmp_path: Path, shelf: dict[str, object]
) -> Iterator[House]:
    """A house over an empty database; its reports go to a folder of the test."""
    settings = Settings(
        database_url=database_url,
        key_file=tmp_path / "keys" / "fupin.json",
        keys=keyring.to_json(),
        config_dir=ROOT / "config",
        reports_dir=tmp_path / "reports",
        listen="127.0.0.1:0",
    )
    made = House(settings, clock)
    vars(made).update(shelf)
    yield made
    made.engine.dispose()
