"""Books of the third revision, as the program of that revision left them; frozen in a file.

A county of dice (``demo random:4`` of that program) with twelve households of forty people, closed
from 2 January to 28 September 2020: twelve contracts, three of them for lists of households; draws,
payments, corrections and misuse; two claims of subsidy, one of them paid by file, a special account
with two movements, the fuse blown and lifted. All households are registered. The file holds each
table's columns and rows as they stood when that program's own ``verify`` found nothing.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from tests.migrations import opening_books
from tests.migrations.opening_books import Table

FILE = Path(__file__).with_name("treasury_books.json.gz")
TREASURY = "2026_11_23_two_hands"
#: the open day
TODAY = date(2020, 9, 29)


def read() -> dict[str, Table]:
    """Table -> its columns and rows, in an order in which they can be written."""
    return opening_books.read(FILE)


def write(engine: Engine, tables: dict[str, Table] | None = None) -> None:
    """Fill a blank database with that revision's tables and these rows."""
    opening_books.write(engine, tables or read(), TREASURY)
