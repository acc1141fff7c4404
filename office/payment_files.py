"""The payment file in 一卡通 form, and the encodings that banks read.

One row for each payee: number in the batch, holder, account, bank, amount, project code, remark of
at most four characters; above them the batch with its count and total. As csv or as text with bars
between. A text that the encoding does not have, that would break the form, or that a spreadsheet
would take for a formula, is refused before a file is made.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from kernel.money import format_yuan
from kernel.refusals import Refusal
from kernel.tables import neutral
from office import approvals
from office.models import PayoutAccount
from office.refusals.paying import EncodingUnknown, NameNotHeld, RemarkTooLong

ENCODINGS: Final = ("gb18030", "gbk", "utf-8")
FORMS: Final = ("csv", "txt")
TITLES: Final = ("序号", "户名", "账号", "开户行", "金额", "项目代码", "摘要")
REMARK_MAX: Final = 4
#: the bank's answer
ANSWER_TITLES: Final = ("批次号", "序号", "户名", "账号", "金额", "结果", "原因", "流水号")

#: why a bank sends a payment back -> (Chinese, English)
REASONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "name_differs": ("户名不符", "another name"),
        "closed": ("销户", "account closed"),
        "deceased": ("死亡", "deceased"),
        "other": ("其他", "other"),
    }
)


@dataclass(frozen=True, slots=True)
class Paid:
    """A row of a payment file, as its digest sees it."""

    nr: int
    payee_kind: str
    payee_id: int
    attempt: int
    holder: str
    number_index: str
    amount_fen: int
    remark: str

    @classmethod
    def on(
        cls, account: PayoutAccount, *, nr: int, attempt: int, amount_fen: int, remark: str
    ) -> Paid:
        """The row by which an account's owner is paid."""
        return cls(
            nr,
            account.payee_kind,
            account.payee_id,
            attempt,
            account.holder,
            account.number_index.hex(),
            amount_fen,
            remark,
        )


@dataclass(frozen=True, slots=True)
class Head:
    """What a payment file says of itself."""

    #: number of the batch (批次号), which the bank's answer repeats
    batch_no: str
    rows: int
    total_fen: int
    #: project code (项目代码) that its rows carry
    code: str
    encoding: str


def digest_of(rows: Iterable[Paid]) -> str:
    """The digest of a file's rows."""
    return approvals.digest_of(
        [
            [
                row.nr,
                row.payee_kind,
                row.payee_id,
                row.attempt,
                row.holder,
                row.number_index,
                row.amount_fen,
                row.remark,
            ]
            for row in rows
        ]
    )


def check_encoding(encoding: str) -> None:
    """Refuse an encoding that is none of the banks'."""
    if encoding not in ENCODINGS:
        raise EncodingUnknown(field="encoding", encoding=encoding[:20], known="、".join(ENCODINGS))


def check_remark(remark: str, encoding: str) -> None:
    """Refuse a remark that is too long, or that the encoding does not hold."""
    if len(remark) > REMARK_MAX:
        raise RemarkTooLong(field="remark", remark=remark[:20])
    fault = not_held(remark, encoding)
    if fault is not None:
        raise fault


def not_held(text: str, encoding: str) -> Refusal | None:
    """What is wrong with a text for a file in an encoding; None: nothing."""
    broken = [
        one for one in text if one in "|,\"'" or not one.isprintable() or not _has(one, encoding)
    ]
    if not broken and neutral(text) == text:
        return None
    shown = " ".join(f"{one}（U+{ord(one):04X}）" for one in dict.fromkeys(broken or text[:1]))
    return NameNotHeld(field="holder", text=text[:40], encoding=encoding, characters=shown)


def _has(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def write(file: Head, rows: Sequence[tuple[Paid, str, str]], form: str) -> tuple[str, bytes]:
    """Name and content of a file; ``rows``: each with the number in clear and the bank."""
    head = ("批次号", file.batch_no, "笔数", str(file.rows), "总金额", format_yuan(file.total_fen))
    lines = [
        (
            str(row.nr), row.holder, number, bank, format_yuan(row.amount_fen), file.code,
            row.remark,
        )
        for row, number, bank in rows
    ]  # fmt: skip
    text = io.StringIO(newline="")
    if form == "txt":
        text.writelines("|".join(line) + "\r\n" for line in (head, TITLES, *lines))
    else:
        csv.writer(text).writerows((head, TITLES, *lines))
    return f"{file.batch_no}.{form}", text.getvalue().encode(file.encoding)


def write_answer(
    file: Head, rows: Sequence[tuple[Paid, str, str]], returned: Mapping[int, str]
) -> str:
    """A bank's answer to a file, as text; ``returned``: number -> why it came back."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(ANSWER_TITLES)
    for row, number, _bank in rows:
        why = returned.get(row.nr, "")
        writer.writerow(
            (
                file.batch_no,
                row.nr,
                row.holder,
                number,
                format_yuan(row.amount_fen),
                "失败" if why else "成功",
                why,
                "" if why else f"{file.batch_no}-{row.nr:05d}",
            )
        )
    writer.writerow(("合计", file.rows, "", "", format_yuan(file.total_fen), "", "", ""))
    return text.getvalue()
