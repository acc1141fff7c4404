"""Founding a set of books: whose they are, how they move, and the first stone of the trail."""

from __future__ import annotations

from datetime import date

from sqlalchemy import inspect
from sqlalchemy.orm import Session

import ledger
from config.wiring import House
from jobs.close import COUNTY_TIME
from jobs.refusals import BooksAlreadyFounded, DayNotOver
from kernel.actor import system_actor
from kernel.database import reading
from kernel.regions import Region, scope_digits
from kernel.unit_of_work import found_trail
from ledger.refusals import BooksNotOpened


def found(
    house: House, *, region: str, first_day: date, mode: str, demo: str | None = None
) -> Region:
    """Open the books of a region on their first business day, in one unit of work."""
    place = house.regions.get(region)
    today = house.clock().astimezone(COUNTY_TIME).date()
    if mode == "live" and first_day > today:
        raise DayNotOver(field="first_day", day=first_day, today=today)
    with house.books.write("books.found", by=system_actor(scope_digits(region))) as session:
        _refuse_twice(session)
        found_trail(session)
        ledger.open_books(session, region_code=region, mode=mode, first_day=first_day, demo=demo)
    return place


def is_founded(house: House) -> bool:
    """Whether the database holds books."""
    if not inspect(house.engine).has_table("set_of_books"):
        return False
    # Whatever revision it is at: who asks may be about to upgrade it.
    with reading(house.engine) as connection, Session(connection) as session:
        return _books(session) is not None


def _refuse_twice(session: Session) -> None:
    known = _books(session)
    if known is not None:
        raise BooksAlreadyFounded(region=known, open_day=ledger.open_day(session))


def _books(session: Session) -> str | None:
    try:
        return ledger.books(session).region_code
    except BooksNotOpened:
        return None
