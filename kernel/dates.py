"""Business dates: plain ``date`` values, months that clamp, periods that are half-open.

A month step is always counted from its anchor, never from the step before, so that 31 January goes
to 28 February and then to 31 March. A ``Period`` holds its first day and not its last (算头不算尾):
neighbouring periods share a border and never a day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kernel.refusals import BadValue

#: business dates outside these years are slips of the pen
YEAR_MIN: Final = 1900
YEAR_MAX: Final = 2100

ONE_DAY: Final = timedelta(days=1)

_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from ``start`` up to and not including ``end``; empty when they are equal."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a period cannot end before it starts: {self.start} to {self.end}")

    @property
    def days(self) -> int:
        """How many days the period holds."""
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def overlap(self, other: Period) -> Period:
        """The days that both hold; an empty period when they share none."""
        start = max(self.start, other.start)
        return Period(start, max(start, min(self.end, other.end)))


def parse_date(text: str, *, field: str) -> date:
    """The date of "2016-05-30"; any other form, a day that is none, an absurd year are refused."""
    try:
        day = date.fromisoformat(text) if _ISO.fullmatch(text) else None
    except (TypeError, ValueError):
        day = None
    if day is None or not YEAR_MIN <= day.year <= YEAR_MAX:
        raise BadValue(
            field=field,
            name=field,
            value=str(text)[:40],
            rule_zh=f"日期须写作 年-月-日（如 2016-05-30），年份在{YEAR_MIN}至{YEAR_MAX}之间",
            rule_en=f"a date is written 2016-05-30, its year between {YEAR_MIN} and {YEAR_MAX}",
        )
    return day


def month_end(day: date) -> date:
    """The last day of the month of ``day``."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def is_month_end(day: date) -> bool:
    """Whether ``day`` is the last of its month."""
    return day == month_end(day)


def day_of_month(year: int, month: int, day: int) -> date:
    """Day ``day`` of a month, clamped to its end."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def add_months(start: date, months: int) -> date:
    """``months`` after (or before) ``start``, on the same day, clamped to the month's end."""
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    return day_of_month(year, month0 + 1, start.day)


def whole_months(start: date, end: date) -> int:
    """The largest n for which ``add_months(start, n)`` is not after ``end``."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1
