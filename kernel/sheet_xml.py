"""The XML inside a workbook, as events: shared texts, the cells of a sheet, and what is too much.

Everything runs through expat in small pieces; a document type (and with it every entity) is refused
where it is declared. Numbers keep the digits that the file holds; whole ones beyond 2^53 keep their
exponent, so that whoever reads an identity number can see that a spreadsheet has spoilt it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal
from typing import Final
from xml.parsers import expat

from kernel.refusals import Refusal

_ROW_OF: Final = re.compile(r"[0-9]+$", re.ASCII)
_DATE_LETTERS: Final = re.compile(r"[ymd年月日]", re.IGNORECASE)
_QUOTED: Final = re.compile(r"\"[^\"]*\"|\[[^\]]*\]|\\.")
#: elements that hold a cell's text
_TEXTS: Final = frozenset({"v", "t"})
_FIFTEEN_DIGITS: Final = Context(prec=15)
#: number formats of dates that every workbook knows without saying
_DATE_FORMATS: Final = frozenset({14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 59)})


class TableTooLarge(Refusal):
    """More than this house reads in one file."""

    status = 413
    zh = "文件过大：{what}，上限 {limit}"
    en = "the file is too large: {what}, at most {limit}"


class TableSuspicious(Refusal):
    """A file built to harm: compressed beyond reason, encrypted, or declaring entities."""

    zh = "文件结构可疑，不予读取：{what}"
    en = "the file is built in a suspicious way and is not read: {what}"


class TableUnreadable(Refusal):
    """Not a table that this house can read."""

    zh = "文件无法读取：{what}（请另存为 xlsx，或 UTF-8、GB18030 编码的 csv）"
    en = "the file cannot be read: {what} (save it as xlsx, or as csv in UTF-8 or GB18030)"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read at most; far above a county's register, far below what would hurt."""

    file_bytes: int = 64_000_000
    unpacked_bytes: int = 300_000_000
    shared_bytes: int = 48_000_000
    shared_strings: int = 600_000
    #: of any part above a megabyte; a real sheet compresses ten- or twentyfold
    ratio: int = 250
    rows: int = 200_000
    columns: int = 256
    cell_characters: int = 4_000


LIMITS: Final = Limits()


class TextsReader:
    """The workbook's shared texts; phonetic readings (rPh) are left out."""

    def __init__(self, count_max: int) -> None:
        self.texts: list[str] = []
        self._count_max = count_max
        self._pieces: list[str] = []
        self._taking = False
        self._phonetic = False

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "t":
            self._taking = not self._phonetic
        elif name == "rPh":
            self._phonetic = True

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "t":
            self._taking = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            if len(self.texts) >= self._count_max:
                raise TableTooLarge(field="file", what="文字条数 / texts", limit=self._count_max)
            self.texts.append("".join(self._pieces).strip())
            self._pieces.clear()

    def text(self, data: str) -> None:
        """Characters."""
        if self._taking:
            self._pieces.append(data)


class SheetReader:
    """Turns the events of a sheet's XML into rows."""

    def __init__(
        self, shared: list[str], date_styles: frozenset[str], epoch: date, limits: Limits
    ) -> None:
        self._shared = shared
        self._date_styles = date_styles
        self._epoch = epoch
        self._limits = limits
        self._rows: list[tuple[int, list[str]]] = []
        self._columns: dict[str, int] = {}
        self._number = 0
        self._cells: list[str] = []
        self._cell: dict[str, str] = {}
        self._taking = False
        self._value = ""
        self._parser = event_parser(lambda *_: None, None, self._text)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def feed(self, chunk: bytes) -> None:
        """Parse some more."""
        feed(self._parser, chunk)

    def take(self) -> list[tuple[int, list[str]]]:
        """The rows finished since the last call."""
        rows, self._rows = self._rows, []
        return rows

    # The three handlers run for every cell of the file: plain names first, no detours.

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._cell = attributes
            self._value = ""
        elif name in _TEXTS:
            self._taking = True
        elif name == "row":
            self._begin_row(attributes)
        elif name == "dimension":
            self._announced(attributes.get("ref", ""))
        elif ":" in name:
            self._start(_local(name), attributes)

    def _end(self, name: str) -> None:
        if name in _TEXTS:
            self._taking = False
        elif name == "c":
            if self._value:
                self._put(self._read(self._value))
            elif "r" not in self._cell:
                self._cells.append("")
        elif name == "row":
            if any(self._cells):
                self._rows.append((self._number, self._cells))
        elif ":" in name:
            self._end(_local(name))

    def _text(self, data: str) -> None:
        if self._taking:
            self._value += data
            # Longer texts come in pieces of eight kilobytes, so none grows far beyond the limit.
            if len(self._value) > self._limits.cell_characters:
                limit = self._limits.cell_characters
                raise TableTooLarge(field="file", what="单元格字数 / characters", limit=limit)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._number = int(attributes.get("r", self._number + 1))
        self._cells = []
        self._check_rows(self._number)

    def _announced(self, reference: str) -> None:
        last = _ROW_OF.search(reference.rpartition(":")[2])
        if last is not None:
            self._check_rows(int(last[0]))

    def _check_rows(self, number: int) -> None:
        if number > self._limits.rows:
            raise TableTooLarge(field="file", what="行数 / rows", limit=self._limits.rows)

    def _put(self, text: str) -> None:
        cells = self._cells
        reference = self._cell.get("r")
        if reference is None:
            place = len(cells)
        else:
            letters = reference.rstrip("0123456789")
            place = self._columns.get(letters, -1)
            if place < 0:
                place = self._columns[letters] = _column(letters)
        if place >= self._limits.columns:
            raise TableTooLarge(field="file", what="列数 / columns", limit=self._limits.columns)
        if place == len(cells):
            cells.append(text)
        elif place > len(cells):
            cells.extend([""] * (place - len(cells)))
            cells.append(text)
        else:
            cells[place] = text

    def _read(self, value: str) -> str:
        kind = self._cell.get("t", "n")
        if kind == "s":
            place = int(value) if value.isdigit() else len(self._shared)
            if place >= len(self._shared):
                raise TableUnreadable(field="file", what="文字索引 / index of texts")
            return self._shared[place]
        if kind == "n":
            return self._number_text(value)
        if kind == "b":
            return "是" if value == "1" else "否"
        return value.strip()

    def _number_text(self, value: str) -> str:
        number = _decimal(value)
        if self._cell.get("s") in self._date_styles and 0 < number < 3_000_000:
            return (self._epoch + timedelta(days=int(number))).isoformat()
        return _plain_number(number)


def _column(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    place = 0
    for letter in letters[:3].upper():
        place = place * 26 + ord(letter) - 64
    if not 0 < place <= 1 << 14:
        raise TableUnreadable(field="file", what=f"单元格 / cell {letters[:10]}")
    return place - 1


def _decimal(value: str) -> Decimal:
    try:
        number = Decimal(value)
    except ArithmeticError:
        raise TableUnreadable(field="file", what=f"数值 / number {value[:20]!r}") from None
    if not number.is_finite() or abs(number.adjusted()) > 400:
        raise TableUnreadable(field="file", what=f"数值 / number {value[:20]!r}")
    return number


def _plain_number(number: Decimal) -> str:
    """A number's digits as a person would type them: 5.0 is 5; what lost digits keeps its e."""
    if number.adjusted() >= 15:
        return f"{number:.15e}"
    # A spreadsheet holds fifteen digits: 2800.5500000000002 was typed as 2800.55.
    text = f"{_FIFTEEN_DIGITS.plus(number):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def is_date_format(number: int, own: dict[int, str]) -> bool:
    """Whether a number format shows a date; ``own`` are the formats the workbook defines."""
    return _shows_date(own[number]) if number in own else number in _DATE_FORMATS


def _shows_date(code: str) -> bool:
    return _DATE_LETTERS.search(_QUOTED.sub("", code)) is not None


def event_parser(
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None,
    text: Callable[[str], None] | None,
) -> expat.XMLParserType:
    """An expat parser that refuses document types and drops namespace prefixes of elements."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = lambda name, attributes: start(_local(name), attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(_local(name))
    if text is not None:
        parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    raise TableSuspicious(field="file", what="文档类型声明 / a document type")


def _local(name: str) -> str:
    return name[name.find(":") + 1 :]


def feed(parser: expat.XMLParserType, chunk: bytes) -> None:
    """Parse some more; what is no XML is refused."""
    try:
        parser.Parse(chunk, False)
    except (expat.ExpatError, ValueError) as error:
        raise TableUnreadable(field="file", what=f"XML: {error}") from None
