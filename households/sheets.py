"""Sheets about households from files: a row names a household and what is told of it; xlsx or csv.

A file is read whole and judged cell by cell. Every fault is told by line, column, value and rule;
a file with a fault is taken in not at all. Its SHA-256 is what a room keeps, so that the same file
is not taken in twice. Nothing here knows the database: whether the household is known, and what the
rules say of it, is the operation's affair, which may add its faults by line (``SheetFile.find``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Generic

from households.form import Column, cell_household_number
from households.refusals import HouseholdSheetEmpty, HouseholdSheetHasFaults, ValueMissing
from kernel.refusals import Refusal
from kernel.table_faults import RowFault
from kernel.table_files import Row, TableFile, sha256_of, write_form
from kernel.tables import Table, open_table

#: how much of a value a fault shows
_VALUE_SHOWN: Final = 60
#: the column that every sheet about single households has
HOUSEHOLD_NUMBER: Final = Column(
    "number", "户编号", cell_household_number, True, ("户号", "家庭编号"), width=16
)


@dataclass(frozen=True, slots=True)
class SheetForm(Generic[Row]):
    """A kind of sheet: its columns, and how a row is made of what they say (blank: None)."""

    kind: str
    title: str
    columns: tuple[Column, ...]
    make: Callable[[Mapping[str, Any]], Row]

    def headers(self) -> dict[str, str]:
        """Titles and aliases -> keys."""
        return {
            **{column.title: column.key for column in self.columns},
            **{alias: column.key for column in self.columns for alias in column.aliases},
        }


@dataclass(slots=True)
class SheetFile(TableFile[Row]):
    """A file as read: good rows, and every fault."""

    def taken(self) -> list[Row]:
        """The rows, if there are any and nothing is wrong with the file."""
        if self.faults:
            one = self.faults[0]
            first = f"第{one.line}行“{one.title}”{one.refusal.message('zh')}"
            raise HouseholdSheetHasFaults(field="file", count=len(self.faults), first=first)
        if not self.rows:
            raise HouseholdSheetEmpty(field="file")
        return self.rows

    def find(self, place: int, title: str, value: object, refusal: Refusal) -> None:
        """A fault that an operation found in the row at ``place`` of ``rows``."""
        shown = str(value)[:_VALUE_SHOWN]
        self.faults.append(RowFault(self.lines[place], title, shown, refusal))


def read_sheet(path: Path, form: SheetForm[Row], *, name: str = "") -> SheetFile[Row]:
    """Read and judge a file; ``name`` is what the sender called it, else the path's own."""
    file: SheetFile[Row] = SheetFile(name or path.name, sha256_of(path))
    needed = [column.key for column in form.columns if column.needed]
    with open_table(path, form.headers(), needed=needed, sheet=form.title) as table:
        file.unknown = table.unknown
        for line, cells in table:
            if any(cells):
                file.count += 1
                _read_row(file, form, table, line, cells)
    return file


def write_template(target: Path | IO[bytes], form: SheetForm[Any]) -> None:
    """An empty workbook to fill in: titles, choices, notes, and which columns are needed."""
    write_form(target, form.title, form.columns)


def _read_row(
    file: SheetFile[Row], form: SheetForm[Row], table: Table, line: int, cells: list[str]
) -> None:
    before = len(file.faults)
    values: dict[str, object] = {}
    for column in form.columns:
        place = table.places.get(column.key)
        text = cells[place] if place is not None else ""
        try:
            values[column.key] = _value(column, text)
        except Refusal as refusal:
            file.faults.append(RowFault(line, column.title, text[:_VALUE_SHOWN], refusal))
    if len(file.faults) == before:
        file.rows.append(form.make(values))
        file.lines.append(line)


def _value(column: Column, text: str) -> object:
    if text:
        return column.parse(text, column.title)
    if column.needed:
        raise ValueMissing(field=column.title, title=column.title)
    return None
