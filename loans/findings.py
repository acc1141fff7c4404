"""How the loans' checks say what they found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from kernel.findings import Finding


def found(check: str, table: str, key: object, zh: str, en: str) -> Finding:
    """A finding of the loans."""
    return Finding(f"loans.{check}", table, str(key), zh, en)


def rows(
    session: Session, query: Select[*tuple[Any, ...]], check: str, table: str, zh: str, en: str
) -> Iterator[Finding]:
    """A finding for each row of a query that should have none; the first column is the key."""
    for row in session.execute(query):
        key = row[0]
        yield found(check, table, key, zh.format(*row), en.format(*row))
