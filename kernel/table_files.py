"""A sheet that is taken in: its rows and faults as read, its digest, and its empty form.

Every room's sheets are read whole, each fault told by line, column, value and rule. A room adds to
``TableFile`` what it refuses, and what totals a person compares with the paper.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Generic, Protocol, TypeVar

from kernel.table_faults import RowFault
from kernel.tables import Sheet, write_xlsx

Row = TypeVar("Row")


class _Column(Protocol):
    """What an empty form says of a column."""

    @property
    def title(self) -> str: ...
    @property
    def needed(self) -> bool: ...
    @property
    def choices(self) -> tuple[str, ...]: ...
    @property
    def note(self) -> str: ...
    @property
    def width(self) -> int: ...


@dataclass(slots=True)
class TableFile(Generic[Row]):
    """A file as read: good rows, and every fault."""

    name: str
    #: SHA-256 of the content, hex
    sha256: str
    #: the good rows, in the file's order
    rows: list[Row] = field(default_factory=list)
    #: line in the file of each of them
    lines: list[int] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    #: rows of the file that are not empty, good or not; a line of totals is none
    count: int = 0
    #: titles of columns that were not read
    unknown: list[str] = field(default_factory=list)

    def totals(self) -> dict[str, object]:
        """What is compared with the paper, beside the number of rows."""
        return {}

    def as_dict(self) -> dict[str, object]:
        """Totals and faults, for JSON and pages: what is shown before anything is booked."""
        return {
            "file": self.name,
            "sha256": self.sha256,
            "rows": self.count,
            **self.totals(),
            "unknown_columns": self.unknown,
            "faults": [fault.as_dict() for fault in self.faults],
        }


def sha256_of(path: Path) -> str:
    """SHA-256 (hex) of a file's content."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def write_form(target: Path | IO[bytes], title: str, columns: Sequence[_Column]) -> None:
    """An empty workbook to fill in: titles, choices, notes, and which columns are needed."""
    sheet = Sheet(
        name=title,
        titles=[column.title for column in columns],
        widths=[column.width for column in columns],
        choices={place: one.choices for place, one in enumerate(columns) if one.choices},
        notes={place: one.note for place, one in enumerate(columns) if one.note},
        needed=frozenset(place for place, one in enumerate(columns) if one.needed),
    )
    write_xlsx(target, [sheet])
