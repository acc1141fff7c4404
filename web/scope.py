"""Which regions a visitor looks at: their own scope inside these books, and what lies below."""

from __future__ import annotations

from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.regions import scope_digits


def own_digits(session: Session, by: Actor) -> str:
    """The digits this person sees of these books: the narrower of the two scopes."""
    books = scope_digits(ledger.books(session).region_code)
    return max(books, by.region_scope, key=len)


def own_region(session: Session, by: Actor) -> str:
    """The code of the region this person begins with."""
    return own_digits(session, by).ljust(12, "0")
