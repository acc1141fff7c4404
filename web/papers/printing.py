"""Making a paper out and drawing it, the same way for a page, the API and the terminal.

A paper with a masked number is a read. A contract and a slip are a unit of work of the command
``loans.print``, so that the trail names who saw the whole number; the drawing comes after it.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

import ledger
from config.wiring import House
from kernel.actor import Actor
from loans.documents import Desk
from loans.documents.parties import COMMAND
from web.papers import PRINTED, READ, Drawn, drawn


def make(house: House, kind: str, number: str, *, by: Actor) -> Drawn:
    """A paper by its kind and number, as somebody may have it."""
    if kind in READ:
        with house.books.read() as session:
            paper = READ[kind].gather(_desk(house, session, by), number)
    else:
        paper = _recorded(house, PRINTED[kind].gather, f"{PRINTED[kind].title}{number}", number, by)
    return drawn(kind, number, paper)


def _recorded(
    house: House, gather: Callable[[Desk, str], object], reason: str, number: str, by: Actor
) -> object:
    with house.books.write(COMMAND, by=by, reason=reason) as session:
        return gather(_desk(house, session, by), number)


def _desk(house: House, session: Session, by: Actor) -> Desk:
    on = ledger.open_day(session)
    return Desk(session, house.keyring, house.regions, house.calendar, on, by)
