"""What a cell of a loans' sheet may say: readers that take its text and its column's title.

Each gives the value, or refuses it under the column's title as the sheet prints it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from kernel.dates import parse_date
from kernel.identity import parse_credit_code, parse_identity
from kernel.money import parse_rate, typed_yuan
from kernel.refusals import BadValue
from loans.refusals import AmountNotPositive

Read = Callable[[str, str], Any]

#: a whole number of months
_WHOLE: Final = re.compile(r"0|[1-9][0-9]{0,2}", re.ASCII)
#: what a spreadsheet leaves of a long number
_SPOILT: Final = re.compile(r"[0-9.]+[eE][+-]?[0-9]+", re.ASCII)
#: a yearly rate below half a percent is a percent cell read as a fraction: 4.35% as 0.0435
_RATE_MIN_PPM: Final = 5_000
#: a date as people write it, or as a date cell of a workbook reads
_DAY: Final = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T]00:00:00)?", re.ASCII
)
_TEXT_MAX: Final = 100
YES_NO: Final = {"是": True, "否": False}
#: how much of a value a fault shows
VALUE_SHOWN: Final = 60


def bad(text: str, title: str, rule_zh: str, rule_en: str) -> BadValue:
    """The fault of a cell."""
    return BadValue(
        field=title, name=title, value=text[:VALUE_SHOWN], rule_zh=rule_zh, rule_en=rule_en
    )


def amount(text: str, title: str) -> int:
    """Money above zero."""
    fen = typed_yuan(text, field=title)
    if fen == 0:
        raise AmountNotPositive(field=title)
    return fen


def rate(text: str, title: str) -> int:
    """A rate per year, in percent."""
    ppm = parse_rate(text.removesuffix("%"), field=title)
    if 0 < ppm < _RATE_MIN_PPM:
        rule_zh = "按百分数填写，如4.35；此值疑为百分比格式的单元格"
        raise bad(text, title, rule_zh, "write percent, as 4.35; this looks like a fraction")
    return ppm


def months(lowest: int) -> Read:
    """A whole number of months, from ``lowest`` on."""

    def read(text: str, title: str) -> int:
        if not _WHOLE.fullmatch(text) or int(text) < lowest:
            rule_zh = f"须为{lowest}至999的整数月数"
            raise bad(text, title, rule_zh, f"a whole number of months from {lowest} to 999")
        return int(text)

    return read


def words(text: str, title: str) -> str:
    """One line of text."""
    if len(text) > _TEXT_MAX or not text.isprintable():
        raise bad(text, title, f"最多{_TEXT_MAX}个字，不能换行", f"one line of {_TEXT_MAX} at most")
    return text


def number(text: str, title: str) -> str:
    """A number as printed on a paper: no blank inside, not spoilt by a spreadsheet."""
    if _SPOILT.fullmatch(text):
        raise bad(text, title, "号码被表格软件改写，请按文本格式重填", "spoilt by a spreadsheet")
    if any(map(str.isspace, text)):
        raise bad(text, title, "号码中不能有空格", "a number holds no blanks")
    return words(text, title)


def identity(text: str, title: str) -> str:
    """An identity number with a right check digit."""
    return parse_identity(text, field=title).number


def credit_code(text: str, title: str) -> str:
    """A unified social credit code with a right check character."""
    return parse_credit_code(text, field=title)


def one_of(titles: Mapping[str, str], others: Mapping[str, str]) -> Read:
    """One of these titles, or of what else people write for them."""
    known = {**others, **{title: key for key, title in titles.items()}, **{k: k for k in titles}}
    listed = "、".join(titles.values())

    def read(text: str, title: str) -> str:
        if text not in known:
            raise bad(text, title, f"须为：{listed}", f"one of {', '.join(titles)}")
        return known[text]

    return read


def yes(text: str, title: str) -> bool:
    """是 or 否."""
    if text not in YES_NO:
        raise bad(text, title, "须为是或否", "是 (yes) or 否 (no)")
    return YES_NO[text]


def day(text: str, title: str) -> date:
    """A date: 2017-06-21, 2017/6/21 or 2017年6月21日."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise bad(text, title, "写作2017-06-21", "write 2017-06-21")
    year, month, of_month = found.groups()
    return parse_date(f"{year}-{int(month):02d}-{int(of_month):02d}", field=title)
