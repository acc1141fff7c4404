"""Which regions a visitor looks at: their own scope inside these books, and what lies below."""

from __future__ import annotations

from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.regions import scope_digits
from office.refusals import NotEntitled


def own_digits(session: Session, by: Actor) -> str:
    """The digits this person sees of these books; somebody of another county sees nothing."""
    books = scope_digits(ledger.books(session).region_code)
    if by.region_scope.startswith(books):
        return by.region_scope
    if books.startswith(by.region_scope):
        return books
    raise NotEntitled(command="households.read")


def own_region(session: Session, by: Actor) -> str:
    """The code of the region this person begins with."""
    return own_digits(session, by).ljust(12, "0")
