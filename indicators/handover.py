"""A county's closed day as a file, for the books of its prefecture or province.

The file is one JSON object: what it is, which county and closed day, by which version of the
definitions it was counted, the counters as rows of region, counter and value, and last the SHA-256
of everything before it, canonical. It holds numbers alone, no household and no name; zeros are left
out. Whoever takes it in computes the digest again; whoever handed it in prints it, so that the two
can be compared over another way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from indicators.refusals import SnapshotFileChanged, SnapshotFileUnreadable
from kernel.refusals import Refusal

FORMAT: Final = "fupin-snapshot-1"
#: what counters mean; raised whenever one is counted in another way
DEFINITIONS: Final = 1
#: counters of one county's day: its villages and townships, each with all it can have
ROWS_MAX: Final = 500_000
#: a counter of a file: region, name, value
Counter = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Handover:
    """What a file says."""

    region: str
    on: date
    definitions: int
    counters: tuple[Counter, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of what it says, canonical."""
        return sha256(_canonical(self._said())).hexdigest()

    def content(self) -> bytes:
        """The file."""
        return _canonical(self._said() | {"digest": self.digest}) + b"\n"

    def _said(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "region": self.region,
            "on": self.on.isoformat(),
            "definitions": self.definitions,
            "counters": [list(one) for one in self.counters],
        }


def handover(region: str, on: date, counters: Mapping[tuple[str, str], int]) -> Handover:
    """The counters of a closed day by (region, counter), in order and without zeros."""
    rows = ((code, name, value) for (code, name), value in sorted(counters.items()) if value)
    return Handover(region, on, DEFINITIONS, tuple(rows))


def read(content: bytes) -> Handover:
    """What a file says; one that is no such file, or was changed since, is refused."""
    try:
        said = json.loads(content)
        if said["format"] != FORMAT:
            raise ValueError(said["format"])
        found = Handover(
            region=_text(said["region"]),
            on=date.fromisoformat(said["on"]),
            definitions=_number(said["definitions"]),
            counters=tuple(_counters(said["counters"])),
        )
        stated = _text(said["digest"])
    except Refusal:
        raise
    except (ValueError, TypeError, KeyError, RecursionError) as broken:
        raise SnapshotFileUnreadable(field="file") from broken
    if found.digest != stated:
        raise SnapshotFileChanged(field="file", stated=stated[:64], counted=found.digest)
    return found


def _counters(rows: Iterable[Any]) -> Iterable[Counter]:
    seen = set()
    for number, row in enumerate(rows):
        code, name, value = row
        if number >= ROWS_MAX or (code, name) in seen:
            raise SnapshotFileUnreadable(field="file")
        seen.add((code, name))
        yield _text(code), _text(name), _number(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 1 << 63:
        raise ValueError(value)
    return value


def _canonical(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
