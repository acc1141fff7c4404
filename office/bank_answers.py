"""The bank's answer to a payment file (回盘), as a file: read whole, judged cell by cell.

Each row repeats batch, number, holder, account and amount, and says 成功 or 失败 and why; the
last line is the bank's own count and total. Every fault is told by line, column, value and rule; a
file with a fault is taken in not at all, and neither is one that is not, to the row, what was sent.
Nothing here asks the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from kernel.identity import mask_account, parse_bank_account
from kernel.money import format_yuan, typed_yuan
from kernel.refusals import Refusal
from kernel.table_faults import RowFault
from kernel.table_files import sha256_of
from kernel.tables import Table, bare_header, open_table
from kernel.vault import Keyring
from office.models import PayoutAccount
from office.payment_files import REASONS, Head
from office.payouts import index_of
from office.refusals.paying import (
    ReturnFileHasFaults,
    ReturnRowDiffers,
    ReturnRowTwice,
    ReturnTotalDiffers,
    ReturnTotalMissing,
    ReturnValueUnknown,
)

_COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "batch_no": "批次号",
        "nr": "序号",
        "holder": "户名",
        "number": "账号",
        "amount": "金额",
        "result": "结果",
        "reason": "原因",
        "bank_no": "流水号",
    }
)
#: titles that banks use beside ours
_ALIASES: Final = MappingProxyType(
    {"批号": "batch_no", "卡号": "number", "处理结果": "result", "失败原因": "reason",
     "交易流水号": "bank_no", "笔号": "nr"}
)  # fmt: skip
_NEEDED: Final = ("batch_no", "nr", "holder", "number", "amount", "result")
_RESULTS: Final = MappingProxyType(
    {
        "成功": "paid",
        "交易成功": "paid",
        "已发放": "paid",
        "失败": "returned",
        "交易失败": "returned",
        "退回": "returned",
        "退票": "returned",
    }
)
_REASON_OF: Final = MappingProxyType({zh: code for code, (zh, _en) in REASONS.items()})
_TOTAL: Final = frozenset({"合计", "总计"})
_TOTAL_MAX_FEN: Final = 10**17


@dataclass(frozen=True, slots=True)
class Answered:
    """What the bank says of one payment."""

    nr: int
    holder: str
    number: str
    amount_fen: int
    result: str
    reason: str
    bank_no: str


@dataclass(slots=True)
class AnswerFile:
    """A bank's file as read: good rows, faults, and what it says of itself."""

    name: str
    #: SHA-256 of the content, hex
    sha256: str
    batches: set[str] = field(default_factory=set)
    rows: list[Answered] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    #: count and total of the bank's own last line
    stated: tuple[int, int] | None = None

    @property
    def total_fen(self) -> int:
        """Sum of the rows."""
        return sum(row.amount_fen for row in self.rows)

    @property
    def returned_fen(self) -> int:
        """Sum of the rows that were not paid."""
        return sum(row.amount_fen for row in self.rows if row.result == "returned")

    def taken(self) -> list[Answered]:
        """The rows, if nothing is wrong with the file."""
        if self.faults:
            first = self.faults[0]
            raise ReturnFileHasFaults(
                field="file",
                count=len(self.faults),
                line=first.line,
                first=first.refusal.message("zh"),
                first_en=first.refusal.message("en"),
            )
        return self.rows

    def as_dict(self) -> dict[str, object]:
        """Control totals and faults, for JSON and pages."""
        return {
            "file": self.name,
            "sha256": self.sha256,
            "rows": len(self.rows),
            "total": format_yuan(self.total_fen),
            "faults": [fault.as_dict() for fault in self.faults],
        }


def read_answer(path: Path, *, name: str = "") -> AnswerFile:
    """Read and judge a bank's file."""
    file = AnswerFile(name or path.name, sha256_of(path))
    headers = {title: key for key, title in _COLUMNS.items()} | dict(_ALIASES)
    with open_table(path, headers, needed=_NEEDED) as table:
        _Reader(file, table).read()
    return file


class _Reader:
    """Reads the rows of one file, in order."""

    def __init__(self, file: AnswerFile, table: Table) -> None:
        self._file = file
        self._table = table
        self._seen: set[int] = set()

    def read(self) -> None:
        """Every row; faults are noted, never raised."""
        line = self._table.header_line
        for line, cells in self._table:
            if not any(cells):
                continue
            if bare_header(next(filter(None, cells))) in _TOTAL:
                self._read_total(line, cells)
            else:
                self._read_row(line, cells)
        if self._file.stated is None:
            self._find(line, "nr", "", ReturnTotalMissing(field="file"))

    def _read_total(self, line: int, cells: list[str]) -> None:
        amount, count = self._cell(cells, "amount"), self._cell(cells, "nr")
        total = self._parsed(line, "amount", amount, maximum=_TOTAL_MAX_FEN)
        if not (count.isascii() and count.isdigit()):
            self._find(line, "nr", count, _unknown(count, "笔数", "count"))
        elif total is not None:
            self._file.stated = (int(count), total)

    def _read_row(self, line: int, cells: list[str]) -> None:
        before = len(self._file.faults)
        nr = self._nr(line, self._cell(cells, "nr"))
        fen = self._parsed(line, "amount", self._cell(cells, "amount"))
        number = self._number(line, self._cell(cells, "number"))
        result, reason = self._result(line, cells)
        if len(self._file.faults) > before or fen is None:
            return
        self._file.batches.add(self._cell(cells, "batch_no"))
        holder, bank_no = self._cell(cells, "holder"), self._cell(cells, "bank_no")
        self._file.rows.append(
            Answered(nr, holder, number, fen, result, reason, bank_no if result == "paid" else "")
        )

    def _nr(self, line: int, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            self._find(line, "nr", text, _unknown(text, "序号", "number"))
            return 0
        nr = int(text)
        if nr in self._seen:
            self._find(line, "nr", text, ReturnRowTwice(field="nr", nr=nr))
        self._seen.add(nr)
        return nr

    def _number(self, line: int, text: str) -> str:
        try:
            return parse_bank_account(text, field="number")
        except Refusal as refusal:
            self._find(line, "number", mask_account(text), refusal)
            return ""

    def _result(self, line: int, cells: list[str]) -> tuple[str, str]:
        said, why = self._cell(cells, "result"), self._cell(cells, "reason")
        result = _RESULTS.get(said, "")
        if not result:
            self._find(line, "result", said, _unknown(said, "结果", "result"))
        if result != "returned":
            return result, ""
        if not why:
            self._find(line, "reason", why, _unknown(why, "原因", "reason"))
        return result, _REASON_OF.get(why, "other")

    def _parsed(self, line: int, key: str, text: str, **bounds: int) -> int | None:
        try:
            return typed_yuan(text, field=_COLUMNS[key], **bounds)
        except Refusal as refusal:
            self._find(line, key, text, refusal)
            return None

    def _cell(self, cells: list[str], key: str) -> str:
        place = self._table.places.get(key)
        return cells[place] if place is not None else ""

    def _find(self, line: int, key: str, text: str, refusal: Refusal) -> None:
        self._file.faults.append(RowFault(line, _COLUMNS[key], text[:40], refusal))


def _unknown(value: str, what_zh: str, what_en: str) -> ReturnValueUnknown:
    return ReturnValueUnknown(field="file", value=value[:20], what_zh=what_zh, what_en=what_en)


# --- compared with what was sent ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """A payment as it was sent."""

    #: its row in the room that pays
    id: int
    amount_fen: int
    account: PayoutAccount


def compare(head: Head, answer: AnswerFile, sent: Mapping[int, Sent], *, keyring: Keyring) -> None:
    """Refuse an answer that is not to what was sent, to the row."""
    own = (len(answer.rows), answer.total_fen)
    for count, total_fen in (answer.stated or own, own):
        if (count, total_fen) != (head.rows, head.total_fen):
            raise ReturnTotalDiffers(
                field="file",
                count=count,
                total=format_yuan(total_fen),
                rows=head.rows,
                sent=format_yuan(head.total_fen),
            )
    for row in answer.rows:
        compare_row(row, sent.get(row.nr), keyring)


def compare_row(row: Answered, sent: Sent | None, keyring: Keyring) -> None:
    """Refuse an answer to a payment that was not sent, or sent otherwise."""
    if sent is None:
        raise ReturnRowDiffers(field="file", nr=row.nr, what_zh="序号", what_en="number")
    if row.amount_fen != sent.amount_fen:
        raise ReturnRowDiffers(field="file", nr=row.nr, what_zh="金额", what_en="amount")
    if row.holder != sent.account.holder:
        raise ReturnRowDiffers(field="file", nr=row.nr, what_zh="户名", what_en="holder")
    if index_of(row.number, keyring) != sent.account.number_index:
        raise ReturnRowDiffers(field="file", nr=row.nr, what_zh="账号", what_en="account")
