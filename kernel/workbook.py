"""Reading .xlsx as a stream: one row in memory at a time, and hostile files refused early.

A workbook is a zip of XML. The zip's own directory is judged first (sizes, ratios, encryption), the
row count announced by the sheet next, and then the XML runs through ``kernel.sheet_xml``. Nothing
is ever unpacked to disk, so names with ``../`` and zips inside the zip mean nothing here.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import IO, Final

from kernel.sheet_xml import (
    LIMITS,
    Limits,
    SheetReader,
    TableSuspicious,
    TableTooLarge,
    TableUnreadable,
    TextsReader,
    event_parser,
    feed,
    is_date_format,
)

#: bytes given to the parser at once
_CHUNK: Final = 1 << 16


class Workbook:
    """A sheet of an .xlsx file, row by row: the one of a name, else the first visible one."""

    def __init__(self, path: Path, limits: Limits = LIMITS, name: str | None = None) -> None:
        self._limits = limits
        self._name = name
        _check_directory_size(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise TableUnreadable(field="file", what=type(error).__name__) from None
        try:
            self._check_parts()
            self._sheet, self._epoch = self._find_sheet()
            self._shared = self._read_shared()
            self._date_styles = self._read_styles()
            self._check_row_count()
        except BaseException:
            self._zip.close()
            raise
        #: bytes of the sheet's XML, and how many of them are read so far
        self.total = self._zip.getinfo(self._sheet).file_size
        self.consumed = 0

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row that has cells: its number in the sheet, its texts from column A on."""
        reader = SheetReader(self._shared, self._date_styles, self._epoch, self._limits)
        with self._zip.open(self._sheet) as part:
            for chunk in self._chunks(part):
                self.consumed += len(chunk)
                reader.feed(chunk)
                yield from reader.take()

    def _chunks(self, part: IO[bytes]) -> Iterator[bytes]:
        try:
            while chunk := part.read(_CHUNK):
                yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise TableUnreadable(field="file", what=str(error)) from None

    def _check_parts(self) -> None:
        unpacked = 0
        for part in self._zip.infolist():
            unpacked += part.file_size
            if part.flag_bits & 1:
                raise TableSuspicious(field="file", what="加密 / encrypted")
            too_tight = part.file_size > self._limits.ratio * max(part.compress_size, 1)
            if too_tight and part.file_size > 1_000_000:
                raise TableSuspicious(field="file", what="压缩比异常 / compressed beyond reason")
        if unpacked > self._limits.unpacked_bytes:
            limit = f"{self._limits.unpacked_bytes // 1_000_000} MB"
            raise TableTooLarge(field="file", what="解压后体积 / unpacked", limit=limit)

    def _check_row_count(self) -> None:
        """Count the row tags first: a dimension may lie, and parsing is ten times slower."""
        rows = 0
        with self._zip.open(self._sheet) as part:
            for chunk in self._chunks(part):
                rows += chunk.count(b"<row") + chunk.count(b":row ")
                if rows > self._limits.rows:
                    raise TableTooLarge(field="file", what="行数 / rows", limit=self._limits.rows)

    def _find_sheet(self) -> tuple[str, date]:
        """The part of the sheet, and the day that serial number 0 means."""
        targets: dict[str, str] = {}
        sheets: list[str] = []
        epoch = [date(1899, 12, 30)]

        def relation(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        def sheet(name: str, attributes: dict[str, str]) -> None:
            if name == "sheet" and attributes.get("state", "visible") == "visible":
                place = 0 if attributes.get("name") == self._name else len(sheets)
                sheets.insert(
                    place, next((v for k, v in attributes.items() if k.endswith(":id")), "")
                )
            elif name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
                epoch[0] = date(1904, 1, 1)

        self._parse("xl/_rels/workbook.xml.rels", relation)
        self._parse("xl/workbook.xml", sheet)
        target = targets.get(sheets[0], "") if sheets else ""
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        if part not in self._zip.namelist():
            raise TableUnreadable(field="file", what="没有工作表 / no sheet")
        return part, epoch[0]

    def _read_shared(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self._zip.namelist():
            return []
        if self._zip.getinfo("xl/sharedStrings.xml").file_size > self._limits.shared_bytes:
            limit = f"{self._limits.shared_bytes // 1_000_000} MB"
            raise TableTooLarge(field="file", what="文字总量 / texts", limit=limit)
        reader = TextsReader(self._limits.shared_strings)
        self._parse("xl/sharedStrings.xml", reader.start, reader.end, reader.text)
        return reader.texts

    def _read_styles(self) -> frozenset[str]:
        """Indexes (as text) of the cell styles that show a number as a date."""
        if "xl/styles.xml" not in self._zip.namelist():
            return frozenset()
        own: dict[int, str] = {}
        formats: list[int] = []
        inside = [False]

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "numFmt":
                own[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
            elif name == "cellXfs":
                inside[0] = True
            elif name == "xf" and inside[0]:
                formats.append(int(attributes.get("numFmtId", "0")))

        def end(name: str) -> None:
            if name == "cellXfs":
                inside[0] = False

        self._parse("xl/styles.xml", start, end)
        return frozenset(
            str(index) for index, number in enumerate(formats) if is_date_format(number, own)
        )

    def _parse(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        parser = event_parser(start, end, text)
        try:
            with self._zip.open(part) as file:
                for chunk in self._chunks(file):
                    feed(parser, chunk)
        except KeyError:
            raise TableUnreadable(field="file", what=f"缺少 / missing {part}") from None


def _check_directory_size(path: Path) -> None:
    """The zip's directory is small: a file of a million parts would be slow to open at all."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 66_000))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        raise TableUnreadable(field="file", what="zip")
    (directory_bytes,) = struct.unpack_from("<I", tail, end + 12)
    if directory_bytes > 1_000_000:
        raise TableSuspicious(field="file", what="部件过多 / too many parts")
