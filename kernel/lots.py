"""Keys a few at a time: as many as one statement names, in the order in which rows are taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

Key = TypeVar("Key", int, str, tuple[int, str])

#: keys in one statement, well below SQLite's limit on bound values
LOT: Final = 500


def lots(keys: Iterable[Key], size: int = LOT) -> Iterator[list[Key]]:
    """Different keys in order, so many at a time."""
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]
