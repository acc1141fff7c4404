"""A month's statement of the special account as the bank gives it: xlsx or csv, judged whole.

Columns (other columns are not read):

====== ======================================================
账号    the special account's number, on every line
日期    day of the movement, in the month
凭证号   number of the voucher
摘要    the bank's words; 期初余额 on the first line, 期末余额 on the last
收入    money in; empty where money goes out
支出    money out; empty where money comes in
余额    balance after the line
====== ======================================================

The first line is the balance before the month, the last one the balance at its end. Every line's
balance follows from the one before, or the file is not taken; all faults are told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from kernel.dates import month_end
from kernel.money import format_yuan, typed_yuan
from kernel.refusals import BadValue, Refusal
from kernel.table_faults import RowFault
from kernel.table_files import sha256_of
from kernel.tables import Sheet, Table, open_table, write_xlsx
from loans import cells
from risk_fund.refusals import StatementFileHasFaults

OPENING: Final = "期初余额"
CLOSING: Final = "期末余额"
COLUMNS: Final = {
    "账号": "account",
    "日期": "on_day",
    "凭证号": "voucher_no",
    "摘要": "words",
    "收入": "in",
    "支出": "out",
    "余额": "balance",
}
#: key -> title
_TITLES: Final = {key: title for title, key in COLUMNS.items()}
#: largest balance read; beyond any county
_MAX_FEN: Final = 10**15


@dataclass(frozen=True, slots=True)
class Line:
    """A movement on a statement."""

    on_day: date
    voucher_no: str
    #: in above zero, out below
    amount_fen: int
    balance_fen: int
    words: str


@dataclass(slots=True)
class StatementFile:
    """A file as read."""

    name: str
    sha256: str
    opening_fen: int | None = None
    closing_fen: int | None = None
    lines: list[Line] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)

    def taken(self) -> StatementFile:
        """The file, if nothing is wrong with it."""
        if self.faults:
            first = self.faults[0]
            raise StatementFileHasFaults(
                field="file",
                count=len(self.faults),
                first=f"第{first.line}行“{first.title}” {first.refusal.message('zh')}",
            )
        return self


def read_statement(
    path: Path, *, account_number: str, month: date, name: str = ""
) -> StatementFile:
    """Read and judge the statement of an account for the month that begins on ``month``."""
    file = StatementFile(name or path.name, sha256_of(path))
    with open_table(path, COLUMNS, needed=COLUMNS.values()) as table:
        _Reader(file, table, account_number, month).read()
    return file


def write_template(path: Path) -> None:
    """An empty statement to fill in."""
    write_xlsx(path, [Sheet(name="专户对账单", titles=list(COLUMNS), widths=[22] * len(COLUMNS))])


class _Reader:
    def __init__(self, file: StatementFile, table: Table, account_number: str, month: date) -> None:
        self._file = file
        self._table = table
        self._number = account_number
        self._month = month
        #: what the next line's balance follows from; None once it is not known
        self._running: int | None = None
        self._line = 0

    def read(self) -> None:
        """Every line in order."""
        for line, row in self._table:
            if not any(row):
                continue
            self._line = line
            said = {key: row[place] for key, place in self._table.places.items()}
            try:
                self._take(said)
            except Refusal as refusal:
                self._find(refusal.field or "file", said, refusal)
        if self._file.opening_fen is None:
            self._miss("balance", OPENING)
        if self._file.closing_fen is None:
            self._miss("balance", CLOSING)

    def _take(self, said: dict[str, str]) -> None:
        if said["account"] != self._number:
            raise _bad("account", said["account"], "不是本专户的账号", "another account")
        if self._file.closing_fen is not None:
            raise _bad(
                "words", said["words"], "期末余额须为最后一行", "the closing balance is last"
            )
        if said["words"] == OPENING:
            self._open(said)
        elif said["words"] == CLOSING:
            self._close(said)
        else:
            self._move(said)

    def _open(self, said: dict[str, str]) -> None:
        if self._file.opening_fen is not None or self._file.lines:
            raise _bad("words", said["words"], "期初余额须为第一行", "the opening balance is first")
        self._file.opening_fen = self._running = _yuan(said, "balance")

    def _close(self, said: dict[str, str]) -> None:
        self._file.closing_fen = _yuan(said, "balance")
        self._follows(said, self._file.closing_fen, 0)

    def _move(self, said: dict[str, str]) -> None:
        if self._file.opening_fen is None:
            raise _bad("words", said["words"], "第一行须为期初余额", "the opening balance is first")
        on_day: date = cells.day(said["on_day"], _TITLES["on_day"])
        if not self._month <= on_day <= month_end(self._month):
            raise _bad("on_day", said["on_day"], "不在对账月份内", "outside the month")
        if not said["voucher_no"]:
            raise _bad("voucher_no", "", "不能为空", "must not be empty")
        coming, going = (_yuan(said, key) if said[key] else 0 for key in ("in", "out"))
        if bool(coming) == bool(going):
            raise _bad("in", said["in"], "收入、支出须填且只填一项", "in or out, one of them")
        balance = _yuan(said, "balance")
        self._file.lines.append(
            Line(on_day, said["voucher_no"], coming - going, balance, said["words"])
        )
        self._follows(said, balance, coming - going)

    def _follows(self, said: dict[str, str], balance: int, moved: int) -> None:
        """A balance is the one before and the line; after a fault it is believed."""
        wanted = None if self._running is None else self._running + moved
        self._running = balance
        if wanted is not None and wanted != balance:
            sign = "-" if wanted < 0 else ""
            zh = f"按上一行和本行收支，余额应为{sign}{format_yuan(abs(wanted))}元"
            raise _bad("balance", said["balance"], zh, "does not follow from the line before")

    def _miss(self, key: str, what: str) -> None:
        self._find(_TITLES[key], {}, _bad(key, "", f"缺少{what}一行", f"no line {what}"))

    def _find(self, title: str, said: dict[str, str], refusal: Refusal) -> None:
        key = COLUMNS.get(title, "")
        shown = said.get(key, "")[: cells.VALUE_SHOWN]
        self._file.faults.append(RowFault(self._line, title, shown, refusal))


def _yuan(said: dict[str, str], key: str) -> int:
    return typed_yuan(said[key], field=_TITLES[key], maximum=_MAX_FEN)


def _bad(key: str, text: str, rule_zh: str, rule_en: str) -> BadValue:
    return cells.bad(text, _TITLES[key], rule_zh, rule_en)
