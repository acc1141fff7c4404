"""Where the time goes: seconds and calls of every statement, by its text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, event


@dataclass(slots=True)
class Profile:
    """Seconds and calls of each statement, and how long committing took."""

    seconds: dict[str, float] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)

    @property
    def statements(self) -> int:
        """How many statements were sent."""
        return sum(self.calls.values())

    def add(self, text: str, seconds: float) -> None:
        """Note one call."""
        self.seconds[text] = self.seconds.get(text, 0) + seconds
        self.calls[text] = self.calls.get(text, 0) + 1

    def top(self, count: int) -> list[dict[str, object]]:
        """The statements that took longest."""
        longest = sorted(self.seconds, key=lambda text: -self.seconds[text])[:count]
        return [
            {
                "seconds": round(self.seconds[text], 3),
                "calls": self.calls[text],
                "statement": " ".join(text.split())[:300],
            }
            for text in longest
        ]


@contextmanager
def profiled(engine: Engine) -> Iterator[Profile]:
    """Watch an engine; the time of reading a result's rows is not counted."""
    profile = Profile()
    began: list[float] = []

    def before(*_: Any) -> None:
        began.append(perf_counter())

    def after(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        profile.add(statement, perf_counter() - began.pop())

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield profile
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)
