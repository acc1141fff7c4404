"""Many clients at once: threads that wait at a barrier and then all knock together."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event, Thread
from typing import Generic, TypeVar

from kernel.refusals import Refusal

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
