"""What comes back every year: a day, such as the treasury's closing day ("12-20"), and a rhythm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from policy.values import FormBroken, Kind, counted

#: 29 February does not come every year
_FORM: Final = re.compile(r"(0[1-9]|1[0-2])-([0-2][0-9]|3[01])", re.ASCII)
_ORDINARY_YEAR: Final = 2001


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A month and a day of it."""

    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.month:02d}-{self.day:02d}"

    def of(self, year: int) -> date:
        """The day of a year."""
        return date(year, self.month, self.day)


def _read(raw: object) -> MonthDay:
    match = _FORM.fullmatch(raw) if isinstance(raw, str) else None
    if match is None:
        raise _broken()
    one = MonthDay(int(match[1]), int(match[2]))
    try:
        one.of(_ORDINARY_YEAR)
    except ValueError as error:
        raise _broken() from error
    return one


def _broken() -> FormBroken:
    return FormBroken("须为每年都有的月日，如12-20", "a month and day of every year, as 12-20")


MONTH_DAY: Final = Kind[MonthDay](
    "month_day", _read, str, lambda value: f"{value.month}月{value.day}日"
)

_MONTHS: Final = counted("个月")


def _read_rhythm(raw: object) -> int:
    months = _MONTHS.read(raw)
    if months not in {1, 3, 6, 12}:
        raise FormBroken("须为1、3、6或12个月", "1, 3, 6 or 12 months")
    return months


#: months between the ends of periods, as settlements know them
RHYTHM_MONTHS: Final = Kind[int]("whole", _read_rhythm, _MONTHS.plain, _MONTHS.show)
