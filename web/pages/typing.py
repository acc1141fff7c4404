"""What pages read out of a form beside plain text: days, whole numbers, one of a list, files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from flask import request

from kernel.dates import parse_date
from kernel.money import plain_amount
from kernel.refusals import BadValue
from web import uploads
from web.identifying import Scan

_DECISIONS: Final = ("approved", "rejected")


def words(name: str, most: int = 200) -> str:
    """One line of text, blanks at its ends cut; it may be empty."""
    text = request.form.get(name, "").strip()
    if len(text) > most or not text.isprintable():
        raise BadValue(
            field=name, name=name, value=text[:20], rule_zh=f"最多{most}个字，不能换行",
            rule_en=f"one line of at most {most} characters",
        )  # fmt: skip
    return text


def day(name: str) -> date:
    """A day that must be given."""
    return parse_date(request.form.get(name, "").strip(), field=name)


def day_or_none(name: str) -> date | None:
    """A day that may be left out."""
    return day(name) if request.form.get(name, "").strip() else None


def whole(name: str, *, low: int = 0, high: int = 100_000_000, blank: int | None = None) -> int:
    """A whole number; ``blank`` is what an empty field means."""
    text = plain_amount(request.form.get(name, ""))
    if not text.strip() and blank is not None:
        return blank
    found = re.fullmatch(r"[0-9]{1,9}", text, re.ASCII)
    if not found or not low <= int(text) <= high:
        raise BadValue(
            field=name, name=name, value=text[:20], rule_zh=f"须为{low}至{high}的整数",
            rule_en=f"a whole number from {low} to {high}",
        )  # fmt: skip
    return int(text)


def one_of(name: str, among: Iterable[str]) -> str:
    """One of a closed list."""
    text, known = request.form.get(name, ""), list(among)
    if text not in known:
        raise BadValue(
            field=name, name=name, value=text[:20], rule_zh="须从列表中选择",
            rule_en="one of the list",
        )  # fmt: skip
    return text


def approved() -> bool:
    """Which of the two buttons of a decision was pressed; neither is no sending back."""
    pressed = request.form.get("decision", "")
    if pressed not in _DECISIONS:
        raise BadValue(
            field="decision", name="decision", value=pressed[:20], rule_zh="请选择同意或退回",
            rule_en="choose to approve or to return",
        )  # fmt: skip
    return pressed == "approved"


def scans(name: str = "papers") -> tuple[Scan, ...]:
    """The files of a field that takes several."""
    sent = [file for file in request.files.getlist(name) if file.filename]
    return tuple(Scan(uploads.clean_name(file.filename or ""), file.read()) for file in sent)


def has_file(name: str = "file") -> bool:
    """Whether a file was chosen."""
    file = request.files.get(name)
    return file is not None and bool(file.filename)


def day_asked(name: str) -> date | None:
    """A day of the address; None where none is named."""
    text = request.args.get(name, "").strip()
    return parse_date(text, field=name) if text else None
