"""Many clients at once: threads that wait at a barrier and then all knock together."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event, Thread
from time import monotonic, sleep
from typing import Any, Generic, TypeVar

from sqlalchemy import text

from kernel.refusals import Refusal
from kernel.unit_of_work import Books

Answer = TypeVar("Answer")

CLIENTS = int(os.environ.get("FUPIN_PROOF_CLIENTS", "32"))


class Crowd(Generic[Answer]):
    """What each of the clients got: an answer, or the refusal."""

    def __init__(self, knocks: Sequence[Callable[[], Answer]]) -> None:
        barrier = Barrier(len(knocks))

        def knock(at: int) -> Answer | Refusal:
            barrier.wait()
            try:
                return knocks[at]()
            except Refusal as refusal:
                return refusal

        with ThreadPoolExecutor(len(knocks)) as pool:
            self.got = list(pool.map(knock, range(len(knocks))))

    @property
    def answers(self) -> list[Answer]:
        """What was answered."""
        return [one for one in self.got if not isinstance(one, Refusal)]

    @property
    def refused(self) -> Counter[str]:
        """Codes of the refusals."""
        return Counter(one.code for one in self.got if isinstance(one, Refusal))


@contextmanager
def watching(read: Callable[[], int]) -> Iterator[list[int]]:
    """Read something again and again meanwhile; everything that was seen."""
    seen: list[int] = []
    over = Event()

    def look() -> None:
        while not over.is_set():
            seen.append(read())

    thread = Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def is_held_up(books: Books, command: Future[Any]) -> bool:
    """Whether a command waits for another; known once it was seen waiting, or is done.

    On SQLite it waits for the one writer, and is not seen at it.
    """
    if books.engine.dialect.name != "postgresql":
        return not command.done()
    until = monotonic() + 30
    while not command.done() and monotonic() < until:
        with books.read() as session:
            waiting = session.scalar(text(_WAITING))
        if waiting:
            return not command.done()
        sleep(0.01)
    return False


_WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
