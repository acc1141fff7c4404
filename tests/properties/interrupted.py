"""Fail at every point: the reusable loop behind "nothing happens twice, nothing gets lost".

``every_interruption`` does a piece of work once undisturbed, then again and again on fresh copies
of the same books, each time killed at a later point: before the n-th statement, before the n-th
COMMIT, and after it, when the work is done but nobody was told. Each time the work is then resumed
and the books must say what the undisturbed ones say. It ends when a run came through unharmed, so
every point there is has been tried.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from unittest import mock

from sqlalchemy import Engine, event, make_url

from kernel.database import open_engine
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from tests import verification
from tests.conftest import NOON, Clock
from tests.databases import Maker, PostgresMaker
from tests.properties.state import differences, state_of

Work = Callable[[Books], None]


class Killed(BaseException):
    """The process is gone: no ``except Exception`` sees this."""


@dataclass
class Fuse:
    """Counts the points that were passed and burns through at one of them."""

    point: int
    passed: int = 0
    where: str = ""

    def burn(self, where: str) -> None:
        """Pass one point."""
        self.passed += 1
        if self.passed == self.point:
            self.where = where
            raise Killed(where)


@contextmanager
def failing_at(engine: Engine, point: int) -> Iterator[Fuse]:
    """Everything done on the engine ends at its n-th statement or commit."""
    fuse = Fuse(point)
    commit = engine.dialect.do_commit

    def on_statement(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        fuse.burn(statement)

    def on_commit(dbapi_connection: Any) -> None:
        fuse.burn("before COMMIT")
        commit(dbapi_connection)
        fuse.burn("after COMMIT")

    event.listen(engine, "before_cursor_execute", on_statement)
    try:
        with mock.patch.object(engine.dialect, "do_commit", on_commit):
            yield fuse
    finally:
        event.remove(engine, "before_cursor_execute", on_statement)


@dataclass
class Mould:
    """Books as they stand before the work, poured out again and again into one database.

    One engine serves all copies, so that its statements are compiled once.
    """

    maker: Maker
    source: str
    copy: str
    engine: Engine
    keyring: Keyring

    @classmethod
    def of(cls, maker: Maker, prepared: Books) -> Mould:
        """The mould of these books, which are closed."""
        assert isinstance(prepared.keyring, Keyring)
        source = prepared.engine.url.render_as_string(hide_password=False)
        prepared.engine.dispose()
        copy = maker.blank()
        return cls(maker, source, copy, open_engine(copy), prepared.keyring)

    def pour(self) -> Books:
        """Fresh books, with a clock that begins at the same moment each time."""
        self.engine.dispose()
        if isinstance(self.maker, PostgresMaker):
            names = [make_url(url).database for url in (self.copy, self.source)]
            self.maker._execute(f"DROP DATABASE IF EXISTS {names[0]} WITH (FORCE)")
            self.maker._execute(
                f"CREATE DATABASE {names[0]} TEMPLATE {names[1]} STRATEGY file_copy"
            )
        else:
            self.maker.drop(self.copy)
            shutil.copyfile(str(make_url(self.source).database), str(self.engine.url.database))
        return Books(self.engine, self.keyring, Clock(NOON.replace(year=2030)))

    def verify(self) -> None:
        """What the product itself can verify."""
        self.engine.dispose()
        verification.verify(self.copy, self.keyring)

    def close(self) -> None:
        """Remove the copy."""
        self.engine.dispose()
        self.maker.drop(self.copy)


#: the product's own checks run over the resumed books of each so-many-th point
VERIFY_EVERY = 10


def every_interruption(
    maker: Maker,
    prepared: Books,
    work: Work,
    *,
    resume: Work | None = None,
    leaving_out: Iterable[str] = (),
) -> int:
    """Kill ``work`` at every point, resume, compare; how many points there were.

    ``prepared`` is closed and serves as the mould. ``resume`` is the work itself unless another way
    is given.
    """
    mould = Mould.of(maker, prepared)
    try:
        books = mould.pour()
        work(books)
        undisturbed = state_of(books, leaving_out)
        for point in count(1):
            books = mould.pour()
            fuse = _killed(books, work, point)
            if not fuse.where:
                return fuse.passed
            (resume or work)(books)
            found = differences(undisturbed, state_of(books, leaving_out))
            assert found == [], f"killed at point {point}, {fuse.where!r}:\n" + "\n".join(found)
            if point % VERIFY_EVERY == 0:
                mould.verify()
    finally:
        mould.close()
    raise AssertionError


def _killed(books: Books, work: Work, point: int) -> Fuse:
    with failing_at(books.engine, point) as fuse:
        try:
            work(books)
        except Killed:
            # A killed process leaves its connections to the database, which rolls them back.
            books.engine.dispose()
    return fuse
