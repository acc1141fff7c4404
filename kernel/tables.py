"""Tables in and out: xlsx and csv with Chinese headers, as rows of text.

In: ``open_table`` judges a file by its first bytes, finds the row of headers (a title may stand
above it) and gives the rows as a stream; memory does not grow with the file. csv is read as UTF-8
(with or without BOM) or GB18030, by trying: UTF-8 is strict enough to fail on anything else.

Out: no cell ever becomes a formula. In xlsx every text is a text, long numbers stay text when they
are edited, and a cell that begins like a formula carries the quote prefix; in csv it gets an
apostrophe in front, which reading takes off again.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Protocol

import xlsxwriter

from kernel.refusals import Refusal
from kernel.sheet_xml import LIMITS, Limits, TableSuspicious, TableTooLarge, TableUnreadable
from kernel.workbook import Workbook

__all__ = [
    "LIMITS",
    "Limits",
    "Sheet",
    "Table",
    "TableEmpty",
    "TableHeadersMissing",
    "TableHeadersTwice",
    "TableSuspicious",
    "TableTooLarge",
    "TableUnreadable",
    "neutral",
    "open_table",
    "write_csv",
    "write_xlsx",
]

#: how far down the row of headers may stand
_HEADER_ROWS: Final = 10
_DANGEROUS: Final = tuple("=+-@\t\r\n＝＋－＠|%")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_HEADER_NOISE: Final = re.compile(r"[\s*＊:：]+|[（(].*?[）)]")


class TableHeadersMissing(Refusal):
    """No row of the file holds the headers that are needed."""

    zh = "缺少列：{columns}（请用下载的模板）"
    en = "columns are missing: {columns} (use the template)"


class TableEmpty(Refusal):
    """The file has not one row."""

    zh = "文件是空的，没有任何内容"
    en = "the file is empty"


class TableHeadersTwice(Refusal):
    """Two columns say the same."""

    zh = "列名重复：{columns}"
    en = "columns stand twice: {columns}"


class _Source(Protocol):
    total: int
    consumed: int

    def rows(self) -> Iterator[tuple[int, list[str]]]: ...

    def close(self) -> None: ...


class Table:
    """An open table: its headers as they are known to the caller, and its rows."""

    def __init__(self, source: _Source, headers: Mapping[str, str], needed: Iterable[str]) -> None:
        self._source = source
        self._rows = source.rows()
        #: line of the header row in the file
        self.header_line, self.titles = self._find_headers(headers, set(needed))
        keys = [headers.get(bare_header(title), "") for title in self.titles]
        #: column key -> place in the row
        self.places = {key: place for place, key in enumerate(keys) if key}
        #: titles of columns that nobody knows; they are not read
        self.unknown = [t for t, key in zip(self.titles, keys, strict=True) if t and not key]
        twice = sorted(
            {t for t, key in zip(self.titles, keys, strict=True) if keys.count(key) > 1 and key}
        )
        if twice:
            raise TableHeadersTwice(field="file", columns="、".join(twice))

    @property
    def total(self) -> int:
        """Size of the work, in bytes."""
        return self._source.total

    @property
    def consumed(self) -> int:
        """How many of them are done."""
        return min(self._source.consumed, self._source.total)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each row below the headers, padded to the headers' width."""
        width = len(self.titles)
        for line, cells in self._rows:
            if len(cells) < width:
                cells.extend([""] * (width - len(cells)))
            yield line, cells

    def _find_headers(self, headers: Mapping[str, str], needed: set[str]) -> tuple[int, list[str]]:
        missing: set[str] | None = None
        for _, (line, cells) in zip(range(_HEADER_ROWS), self._rows, strict=False):
            known = {headers.get(bare_header(cell), "") for cell in cells}
            if needed <= known:
                return line, cells
            missing = min(missing or needed, needed - known, key=len)
        if missing is None:
            raise TableEmpty(field="file")
        names = {key: title for title, key in reversed(list(headers.items()))}
        columns = "、".join(sorted(names[key] for key in missing))
        raise TableHeadersMissing(field="file", columns=columns)


@contextmanager
def open_table(
    path: Path,
    headers: Mapping[str, str],
    *,
    needed: Iterable[str],
    sheet: str | None = None,
    limits: Limits = LIMITS,
) -> Iterator[Table]:
    """The table of a file. ``headers`` maps bare titles (aliases too) to the caller's keys.

    Of a workbook it is the sheet called ``sheet``, else the first one.
    """
    size = path.stat().st_size
    if size > limits.file_bytes:
        limit = f"{limits.file_bytes // 1_000_000} MB"
        raise TableTooLarge(field="file", what="文件体积 / size", limit=limit)
    with path.open("rb") as file:
        magic = file.read(8)
    if magic.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableUnreadable(field="file", what="旧 xls 格式或加密文件 / old .xls or encrypted")
    source: _Source = (
        Workbook(path, limits, sheet) if magic.startswith(b"PK") else _Csv(path, limits)
    )
    try:
        yield Table(source, headers, needed)
    finally:
        source.close()


class _Csv:
    """A csv file, decoded and split as a stream."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self.total = path.stat().st_size
        self.consumed = 0
        self._encoding = _encoding_of(path)
        self._file = path.open(encoding=self._encoding, newline="")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each record that has text: the line it ends on, its cells."""
        reader = csv.reader(self._lines(), delimiter=self._delimiter())
        try:
            for cells in reader:
                if reader.line_num > self._limits.rows:
                    limit = self._limits.rows
                    raise TableTooLarge(field="file", what="行数 / rows", limit=limit)
                if any(cells):
                    yield reader.line_num, self._clean(cells)
        except csv.Error as error:
            raise TableUnreadable(field="file", what=f"csv: {error}") from None

    def _lines(self) -> Iterator[str]:
        for line in self._file:
            self.consumed += len(line.encode(self._encoding))
            yield line

    def _delimiter(self) -> str:
        start = self._file.read(4_096)
        self._file.seek(0)
        first = start.split("\n", 1)[0]
        return max(",\t;", key=first.count)

    def _clean(self, cells: list[str]) -> list[str]:
        if len(cells) > self._limits.columns:
            raise TableTooLarge(field="file", what="列数 / columns", limit=self._limits.columns)
        if max(map(len, cells)) > self._limits.cell_characters:
            limit = self._limits.cell_characters
            raise TableTooLarge(field="file", what="单元格字数 / characters", limit=limit)
        return [_unquoted(cell.strip()) for cell in cells]


def _encoding_of(path: Path) -> str:
    """UTF-8 if every byte allows it, else GB18030, else a refusal. NUL bytes are no text."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as file:
                while text := file.read(1 << 20):
                    if "\0" in text:
                        raise TableUnreadable(field="file", what="不是文本 / not text")
            return encoding
        except UnicodeDecodeError:
            continue
    raise TableUnreadable(field="file", what="编码 / encoding")


def bare_header(title: str) -> str:
    """A title without blanks, colons, stars, and what stands in brackets."""
    return _HEADER_NOISE.sub("", title)


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula; plain numbers stay as they are."""
    if text.startswith(_DANGEROUS) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def _unquoted(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:].startswith(_DANGEROUS) else text


@dataclass(frozen=True)
class Sheet:
    """A sheet to write: titles, rows, and what helps the person who fills it in."""

    name: str
    titles: Sequence[str]
    rows: Iterable[Sequence[object]] = ()
    #: width of each column in characters
    widths: Sequence[int] = ()
    #: place of a column -> values to choose from
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    #: place of a column -> a note on its title
    notes: Mapping[int, str] = field(default_factory=dict)
    #: places of columns whose titles are marked as needed
    needed: frozenset[int] = frozenset()
    #: (row from 0 below the titles, column) -> why the cell is marked
    marks: Mapping[tuple[int, int], str] = field(default_factory=dict)


def write_xlsx(target: Path | IO[bytes], sheets: Iterable[Sheet]) -> None:
    """Write sheets as a stream; texts stay texts, whole numbers are numbers."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
    formats = {
        "text": book.add_format({"num_format": "@"}),
        "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),
        "title": book.add_format({"bold": True, "bg_color": "#DDE8E4", "border": 1}),
        "needed": book.add_format({"bold": True, "bg_color": "#F6E3C5", "border": 1}),
        "mark": book.add_format({"num_format": "@", "bg_color": "#F8CBAD", "quote_prefix": True}),
    }
    for sheet in sheets:
        _write_sheet(book.add_worksheet(sheet.name), sheet, formats)
    book.close()


def _write_sheet(worksheet: Any, sheet: Sheet, formats: Mapping[str, Any]) -> None:
    for place, title in enumerate(sheet.titles):
        width = sheet.widths[place] if place < len(sheet.widths) else 12
        worksheet.set_column(place, place, width, formats["text"])
        worksheet.write_string(
            0, place, title, formats["needed" if place in sheet.needed else "title"]
        )
        if place in sheet.notes:
            worksheet.write_comment(0, place, sheet.notes[place])
    for place, values in sheet.choices.items():
        rule = {"validate": "list", "source": list(values), "ignore_blank": True}
        worksheet.data_validation(1, place, 100_000, place, rule)
    worksheet.freeze_panes(1, 0)
    for number, row in enumerate(sheet.rows):
        for place, value in enumerate(row):
            mark = sheet.marks.get((number, place))
            _write_cell(worksheet, number + 1, place, value, formats, mark)


def _write_cell(
    worksheet: Any,
    row: int,
    place: int,
    value: object,
    formats: Mapping[str, Any],
    mark: str | None,
) -> None:
    if isinstance(value, int) and not isinstance(value, bool) and mark is None:
        worksheet.write_number(row, place, value)
        return
    text = "" if value is None else str(value)
    if mark is not None:
        worksheet.write_string(row, place, text, formats["mark"])
        worksheet.write_comment(row, place, mark)
    elif text:
        quoted = neutral(text) != text
        worksheet.write_string(row, place, text, formats["quoted" if quoted else "text"])


def write_csv(target: IO[str], titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write csv with every text made harmless; the caller opens it as utf-8-sig or gb18030."""
    writer = csv.writer(target)
    writer.writerow(titles)
    for row in rows:
        writer.writerow(["" if v is None else neutral(v) if isinstance(v, str) else v for v in row])
