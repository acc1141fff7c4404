"""After every test that had a database: the product's own checks over what the test left.

The trail is checked by ``kernel.trail``; a room with a ``checks.py`` offers there
``check(session) -> Iterator[Finding]``, and is found by that file: no list to forget.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session

from kernel import calendar, trail
from kernel.calendar import HolidayTable
from kernel.database import open_engine, reading
from kernel.findings import Finding
from kernel.vault import Keyring

ROOT = Path(__file__).resolve().parent.parent

Check = Callable[[Session], Iterator[Finding]]


class BooksDoNotAddUp(AssertionError):
    """The test passed and left books that the product itself would not pass."""


def rooms_with_checks() -> list[str]:
    """Every room that can read its own books back."""
    return [file.parent.name for file in sorted(ROOT.glob("*/checks.py"))]


def check_of(room: str) -> Check:
    """A room's ``check``."""
    check: Check = importlib.import_module(f"{room}.checks").check
    return check


def verify(url: str, keyring: Keyring) -> None:
    """Raise if anything in these books differs from what it should be."""
    engine = open_engine(url)
    try:
        if not _founded(engine):
            return
        with reading(engine) as connection, Session(connection) as session:
            findings = list(_findings(session, keyring))
    finally:
        engine.dispose()
    if findings:
        lines = [f"{f.check} {f.table} {f.key}: {f.en}" for f in findings]
        raise BooksDoNotAddUp("the books left behind do not add up:\n" + "\n".join(lines))


def _founded(engine: Engine) -> bool:
    """Whether the trail was begun; before that, no unit of work can have written."""
    if not inspect(engine).has_table(trail.TrailHead.__tablename__):
        return False
    with reading(engine) as connection:
        return connection.scalar(select(trail.TrailHead.id)) is not None


def _findings(session: Session, keyring: Keyring) -> Iterator[Finding]:
    yield from trail.check(session, keyring.mac)
    # A room that was never imported cannot have written anything.
    for room in filter(sys.modules.__contains__, rooms_with_checks()):
        yield from check_of(room)(session)
    if "loans" in sys.modules:
        replayed = importlib.import_module("loans.replay_checks")
        yield from replayed.check(session, _holidays())


@cache
def _holidays() -> HolidayTable:
    return calendar.load(ROOT / "config" / "calendar")
