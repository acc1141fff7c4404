"""Books with which many tests begin: made once per process through the front doors, then copied.

A fixture that begins a story (a village settled, a lender registered, a loan lived for months)
hands ``begin`` its own name and a function that does it and answers plain data. The first test that
asks lives through it; its books are kept as they are then, and later tests get a copy, with the
answer and the clock as they were. Every such test still verifies the whole of its books.

Only a beginning is kept: if somebody else wrote before, the story is lived and not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast

import pytest
from sqlalchemy import func, select

from kernel.trail import TrailRow
from kernel.unit_of_work import Books
from tests.databases import Maker

Answer = TypeVar("Answer")


class Clock(Protocol):
    """The clock of the tests' books."""

    now: datetime
    readings: int


@dataclass(frozen=True)
class Kept:
    """Books as a story left them."""

    #: what the maker knows them by
    name: str
    #: the answers of all stories that these books hold
    answers: dict[object, Any]
    #: how many units of work they hold
    position: int
    now: datetime
    readings: int


@dataclass
class Shelf:
    """What a process kept."""

    maker: Maker
    kept: dict[object, Kept] = field(default_factory=dict)

    def for_test(self, item: pytest.Item) -> Kept | None:
        """The longest story among those that a test asks for, if it was lived before."""
        names = getattr(item, "fixturenames", ())
        found = (self.kept.get(story_of(item, name)) for name in names)
        return max(filter(None, found), key=lambda kept: kept.position, default=None)


def story_of(item: pytest.Item, fixture: str) -> object | None:
    """The function behind a fixture's name: two files may call two stories alike.

    None where the test asks for the fixture only while it runs (planted bugs do).
    """
    known = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    return known[fixture][-1].func if known.get(fixture) else None


class Beginning:
    """One test's books, and the stories they began with."""

    def __init__(
        self, item: pytest.Item, shelf: Shelf, copied: Kept | None, books: Books, url: str
    ) -> None:
        self._item, self._shelf, self._books, self._url = item, shelf, books, url
        self._answers: dict[object, Any] = dict(copied.answers) if copied else {}
        #: the units of work that the stories so far account for; the first founds the books
        self._position = copied.position if copied else 1

    def __call__(self, fixture: str, live: Callable[[], Answer]) -> Answer:
        """What the story of this fixture answers: lived now, or before."""
        story = story_of(self._item, fixture)
        if story in self._answers:
            return deepcopy(cast("Answer", self._answers[story]))
        alone = story is not None and self._count() == self._position
        answer = live()
        if alone:
            self._keep(story, answer)
        return answer

    def _keep(self, story: object, answer: object) -> None:
        self._answers[story] = deepcopy(answer)
        self._position = self._count()
        self._books.engine.dispose()
        clock = cast("Clock", self._books.clock)
        self._shelf.kept[story] = Kept(
            self._shelf.maker.keep(self._url),
            dict(self._answers),
            self._position,
            clock.now,
            clock.readings,
        )

    def _count(self) -> int:
        with self._books.read() as session:
            return session.scalar(select(func.count()).select_from(TrailRow)) or 0
