"""Sheets of loans from files: applications, lists, disbursements, repayments; xlsx or csv.

A file is read whole and judged cell by cell. Every fault is told by line, column, value and rule,
all of them and not only the first; a file with a fault is taken in not at all. What it holds is
told by its number of rows, its sum to the fen and the SHA-256 of its content: the control totals
that a person compares with the paper before anything is booked, and that the trail keeps. A line
that begins with 合计 is the sheet's own total, and has to agree.

Nothing here knows the database: whether a household, a contract or a voucher is known, and what
the rules say of it, is the operation's affair (``loans.operations``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Generic

from kernel.money import format_yuan, typed_yuan
from kernel.refusals import Refusal
from kernel.table_faults import RowFault
from kernel.table_files import TableFile, sha256_of, write_form
from kernel.tables import Table, bare_header, open_table
from loans.cells import VALUE_SHOWN
from loans.eligibility import Asked, Share
from loans.forms import (
    APPLICATIONS,
    DISBURSEMENTS,
    REPAYMENTS,
    RHYTHMS,
    SHARES,
    Column,
    Form,
    Row,
)
from loans.operations import Draw, Payment
from loans.refusals import ControlTotalDiffers, LoanFileHasFaults, LoanSheetEmpty, RowBelowTotal

#: how the line of the sheet's own total begins
_TOTAL: Final = frozenset({"合计", "总计"})
#: the largest total that a sheet may state; beyond any county
_TOTAL_MAX_FEN: Final = 10**17


@dataclass(slots=True)
class SheetFile(TableFile[Row]):
    """A file as read: good rows, faults, and the totals a person compares with the paper."""

    #: sum of every amount that could be read, fen
    total_fen: int = 0

    def taken(self) -> list[Row]:
        """The rows, if there are any and nothing is wrong with the file."""
        if self.faults:
            raise LoanFileHasFaults(field="file", count=len(self.faults))
        if not self.rows:
            raise LoanSheetEmpty(field="file")
        return self.rows

    def totals(self) -> dict[str, object]:
        """The sum, beside the number of rows."""
        return {"total": format_yuan(self.total_fen)}


def read_applications(path: Path, *, name: str = "") -> SheetFile[Asked]:
    """A sheet of applications (贷款申请清单)."""
    return read_sheet(path, APPLICATIONS, name=name)


def read_shares(path: Path, *, name: str = "") -> SheetFile[Share]:
    """The list of households for which an organisation borrows (分户清单)."""
    return read_sheet(path, SHARES, name=name)


def asked_for_list(file: SheetFile[Share], *, method: str, **header: Any) -> Asked:
    """What an organisation asks for with a list of households as its file."""
    return Asked(
        household_number="",
        mode="pooled",
        method=method,
        every_months=RHYTHMS[method],
        shares=tuple(file.taken()),
        **header,
    )


def read_disbursements(path: Path, *, name: str = "") -> SheetFile[Draw]:
    """A list of disbursements (放款清单)."""
    return read_sheet(path, DISBURSEMENTS, name=name)


def read_repayments(path: Path, *, name: str = "") -> SheetFile[Payment]:
    """A list of repayments (还款清单)."""
    return read_sheet(path, REPAYMENTS, name=name)


def read_sheet(path: Path, form: Form[Row], *, name: str = "") -> SheetFile[Row]:
    """Read and judge a file; ``name`` is what the sender called it, else the path's own."""
    file: SheetFile[Row] = SheetFile(name or path.name, sha256_of(path))
    needed = [column.key for column in form.columns if column.needed]
    with open_table(path, form.headers(), needed=needed, sheet=form.title) as table:
        file.unknown = table.unknown
        _Reader(form, file, table).read()
    return file


def write_template(target: Path | IO[bytes], form: Form[Any]) -> None:
    """An empty workbook to fill in: titles, choices, notes, and which columns are needed."""
    write_form(target, form.title, form.columns)


class _Reader(Generic[Row]):
    """Reads the rows of one file, in order."""

    def __init__(self, form: Form[Row], file: SheetFile[Row], table: Table) -> None:
        self._form = form
        self._file = file
        self._table = table
        self._seen: set[tuple[object, ...]] = set()
        self._ended = False

    def read(self) -> None:
        """Every row; its faults are noted, never raised."""
        for line, cells in self._table:
            if not any(cells):
                continue
            if bare_header(next(filter(None, cells))) in _TOTAL:
                self._check_total(line, cells)
                continue
            if self._ended:
                self._find(line, self._form.columns[0], cells[0], RowBelowTotal(field="file"))
            self._file.count += 1
            self._read_row(line, cells)

    def _read_row(self, line: int, cells: list[str]) -> None:
        before = len(self._file.faults)
        values: dict[str, object] = {}
        for column in self._form.columns:
            text = self._cell(cells, column)
            try:
                values[column.key] = column.value(text)
            except Refusal as refusal:
                self._find(line, column, text, refusal)
        amount = values.get("amount_fen")
        self._file.total_fen += amount if isinstance(amount, int) else 0
        self._check_once(line, cells, values)
        if len(self._file.faults) == before:
            self._file.rows.append(self._form.make(values))
            self._file.lines.append(line)

    def _check_once(self, line: int, cells: list[str], values: Mapping[str, Any]) -> None:
        for keys, title, refusal in self._form.once:
            if not all(values.get(key) for key in keys):
                continue
            key = (title, *(values[key] for key in keys))
            if key in self._seen:
                column = next(one for one in self._form.columns if one.title == title)
                self._find(line, column, self._cell(cells, column), refusal(values))
            self._seen.add(key)

    def _check_total(self, line: int, cells: list[str]) -> None:
        self._ended = True
        column = next(one for one in self._form.columns if one.key == "amount_fen")
        text = self._cell(cells, column)
        try:
            stated = typed_yuan(text, field=column.title, maximum=_TOTAL_MAX_FEN)
        except Refusal as refusal:
            self._find(line, column, text, refusal)
            return
        if stated != self._file.total_fen:
            total = format_yuan(self._file.total_fen)
            differs = ControlTotalDiffers(field=column.title, stated=format_yuan(stated), sum=total)
            self._find(line, column, text, differs)

    def _cell(self, cells: list[str], column: Column) -> str:
        place = self._table.places.get(column.key)
        return cells[place] if place is not None else ""

    def _find(self, line: int, column: Column, text: str, refusal: Refusal) -> None:
        shown = column.mask(text) if column.mask and text else text
        self._file.faults.append(RowFault(line, column.title, shown[:VALUE_SHOWN], refusal))
