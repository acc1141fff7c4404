"""What a claim's period is called on a page: 2016年第一季度, or 2016 Q1."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from kernel.dates import parse_date
from subsidies.documents.sheet import period_title
from web.words import language

_MONTH: Final = len("2017-01")
_QUARTER: Final = re.compile(r"([0-9]{4})年第([一二三四])季度")


def period_name(period_from: date, period_to: date) -> str:
    """A period's name in the language of the page; papers keep the Chinese one."""
    title = period_title(period_from, period_to)
    if language() == "zh":
        return title
    quarter = _QUARTER.fullmatch(title)
    if quarter is not None:
        return f"{quarter[1]} Q{'一二三四'.index(quarter[2]) + 1}"
    return title.replace("至", " to ")


def month_of(typed: str, field: str = "month") -> date:
    """The first day of a month as typed: 2017-01 is 2017-01-01."""
    return parse_date(f"{typed[:_MONTH]}-01", field=field)
