"""The revision whose tables this program reads and writes, and the one a database stands at.

Books are opened at the newest revision alone. It is spelled out here, under the migrations, so
that opening them costs one statement and reads no file; a test holds it to ``versions/``.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from config.refusals import DatabaseAhead, DatabaseBehind
from kernel.database import reading
from ledger.refusals import BooksNotOpened

#: every revision that this program knows, oldest first
REVISIONS: Final = (
    "2026_11_21_the_county_opens",
    "2026_11_22_loans_as_lived",
    "2026_11_23_two_hands",
    "2026_11_24_people_and_dividends",
)
NEWEST: Final = REVISIONS[-1]


def require_newest(engine: Engine) -> None:
    """Refuse a database that this program cannot work on."""
    at = require_known(engine)
    if at != NEWEST:
        raise DatabaseBehind(at=at, needed=NEWEST)


def require_known(engine: Engine) -> str:
    """The revision a database stands at; refused where there is none or a newer program made it."""
    at = _stamped(engine)
    if at is None:
        raise BooksNotOpened
    if at not in REVISIONS:
        raise DatabaseAhead(at=at, needed=NEWEST)
    return at


def _stamped(engine: Engine) -> str | None:
    """What the migrations wrote down; None where they never were."""
    try:
        with reading(engine) as connection:
            at: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return at
    except DatabaseError:
        if inspect(engine).has_table("alembic_version"):
            raise
        return None
