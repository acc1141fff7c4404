"""Working days, from a holiday table that a county can edit.

The table is one TOML file per calendar year (see ``config/calendar/README.md``): the days off by
order of the State Council, and the weekend days worked in exchange (调休). Any other Saturday or
Sunday is off, any other weekday is worked.

The years of a table have no gap, and the table ends: next year's order is published late in the
year, so a day past the last one is refused, never guessed (``HolidayTableEnds``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final

from kernel.dates import ONE_DAY
from kernel.refusals import Refusal

_SATURDAY: Final = 5


class HolidayTableEnds(Refusal):
    """A day outside the years that the holiday table knows."""

    status = 409
    zh = "节假日表只到{last}（自{first}起），无法判断{day}是否工作日；请先导入{year}年的节假日表"
    en = (
        "the holiday table runs from {first} to {last} and cannot say whether {day} is a working "
        "day; import the table of {year} first"
    )


class HolidayTableInvalid(Refusal):
    """A holiday file that contradicts itself or its neighbours."""

    zh = "节假日文件{file}不合规则：{rule_zh}"
    en = "holiday file {file} is not valid: {rule_en}"


@dataclass(frozen=True, slots=True)
class HolidayTable:
    """The days off and the weekend days worked from ``first`` to ``last``, both included."""

    first: date
    last: date
    off: frozenset[date]
    worked: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        """Whether banks and offices work on ``day``."""
        if not self.first <= day <= self.last:
            raise HolidayTableEnds(
                field="due_on", first=self.first, last=self.last, day=day, year=day.year
            )
        if day in self.worked:
            return True
        return day.weekday() < _SATURDAY and day not in self.off

    def roll_forward(self, day: date) -> date:
        """``day`` itself when it is a working day, else the next one: where a due date moves."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def next_working_day(self, day: date) -> date:
        """The first working day after ``day``, never ``day`` itself."""
        return self.roll_forward(day + ONE_DAY)


def load(folder: Path) -> HolidayTable:
    """The table of every ``YYYY.toml`` in ``folder``, years without a gap."""
    files = sorted(folder.glob("[0-9][0-9][0-9][0-9].toml"))
    if not files:
        raise _invalid(folder.name, "文件夹中没有节假日文件", "the folder holds no holiday file")
    years = [int(file.stem) for file in files]
    for earlier, later in pairwise(years):
        if later != earlier + 1:
            rule_zh, rule_en = f"缺少{earlier + 1}年", f"the year {earlier + 1} is missing"
            raise _invalid(f"{later}.toml", rule_zh, rule_en)
    tables = [_read(file) for file in files]
    return HolidayTable(
        first=date(years[0], 1, 1),
        last=date(years[-1], 12, 31),
        off=frozenset().union(*(off for off, _worked in tables)),
        worked=frozenset().union(*(worked for _off, worked in tables)),
    )


def add_year(folder: Path, file: Path) -> HolidayTable:
    """Take next year's file into the folder, after the same checks, and load the longer table."""
    year = load(folder).last.year + 1
    if file.name != f"{year}.toml":
        rule_zh = f"下一份应为{year}.toml，已有年份请直接修改原文件"
        raise _invalid(file.name, rule_zh, f"the next file is {year}.toml; edit a year in place")
    _read(file)
    # A half-written file would refuse every later start: write beside it, then swap.
    draft = folder / f"{file.name}.new"
    draft.write_bytes(file.read_bytes())
    draft.replace(folder / file.name)
    return load(folder)


def _read(file: Path) -> tuple[frozenset[date], frozenset[date]]:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        off = list(_days_off(data["off"]))
        worked = list(data["worked"])
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise _invalid(file.name, f"格式不对（{problem}）", f"malformed ({problem})") from problem
    _check(file, [*off, *worked], worked)
    return frozenset(off), frozenset(worked)


def _days_off(rows: Iterable[Mapping[str, date]]) -> Iterator[date]:
    for row in rows:
        day, last = row["first"], row["last"]
        if not day <= last <= day.replace(month=12, day=31):
            raise ValueError(f"{day} … {last}")
        while day <= last:
            yield day
            day += ONE_DAY


def _check(file: Path, days: list[date], worked: list[date]) -> None:
    seen: set[date] = set()
    for day in days:
        if type(day) is not date or day.year != int(file.stem):
            raise _invalid(file.name, f"{day}不是该年的日期", f"{day} is no date of that year")
        if day in seen:
            raise _invalid(file.name, f"{day}出现两次", f"{day} stands there twice")
        seen.add(day)
    for day in worked:
        if day.weekday() < _SATURDAY:
            rule_zh, rule_en = f"{day}不是周末，不能作为调休上班日", f"{day} is no weekend day"
            raise _invalid(file.name, rule_zh, rule_en)


def _invalid(file: str, rule_zh: str, rule_en: str) -> HolidayTableInvalid:
    return HolidayTableInvalid(field="calendar", file=file, rule_zh=rule_zh, rule_en=rule_en)
