"""The four sheets of help: 帮扶措施 measures, 结对帮扶 pairs, 走访记录 visits, 产业项目 projects.

A line of the sheet of projects is a project in a village; lines of one project say the same of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from households.form import (
    Column,
    cell_amount,
    cell_choice,
    cell_day,
    cell_household_number,
    cell_name,
    cell_text,
    cell_whole,
    cell_yes_no,
)
from households.models.helping import LEVELS
from households.sheets import HOUSEHOLD_NUMBER, SheetForm
from kernel.identity import parse_credit_code, parse_mobile
from kernel.refusals import BadValue
from kernel.regions import VILLAGE, level

LEVEL_CODES: Final = {title: code for code, title in LEVELS.items()}
_YEARS: Final = (2000, 2199)
_COUNT_MAX: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure that reached a household."""

    number: str
    #: code or name
    measure: str
    year: int
    from_on: date
    detail: str
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True)
class PairRow:
    """A helper for a household."""

    number: str
    name: str
    unit: str
    #: province, city, county, township or village
    level: str
    from_on: date
    reason: str = ""
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit of the helper whom the household had that day."""

    number: str
    visited_on: date
    done: str


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project in a village."""

    number: str
    name: str
    industry: str
    is_key: bool
    document: str
    approved_on: date
    amount_fen: int
    village_code: str
    households: int
    persons: int
    #: who runs it: a credit code of the register of organisations
    credit_code: str | None = None


def _village(text: str, title: str) -> str:
    if level(text) != VILLAGE:
        raise BadValue(
            field=title,
            name=title,
            value=text,
            rule_zh="须为12位村代码",
            rule_en="the 12 digits of a village",
        )
    return text


_level: Final = partial(cell_choice, LEVEL_CODES)


def _mobile(text: str, title: str) -> str:
    return parse_mobile(text, field=title)


def _credit_code(text: str, title: str) -> str:
    return parse_credit_code(text, field=title)


def _measure(values: Mapping[str, Any]) -> MeasureRow:
    return MeasureRow(**values)


def _pair(values: Mapping[str, Any]) -> PairRow:
    return PairRow(**{**values, "reason": values["reason"] or ""})


def _visit(values: Mapping[str, Any]) -> VisitRow:
    return VisitRow(**values)


def _project(values: Mapping[str, Any]) -> ProjectRow:
    return ProjectRow(**{**values, "is_key": bool(values["is_key"])})


MEASURES: Final = SheetForm(
    "measures",
    "帮扶措施",
    (
        HOUSEHOLD_NUMBER,
        Column("measure", "帮扶措施", partial(cell_text, 40), True, ("措施",)),
        Column("year", "年度", partial(cell_whole, *_YEARS), True),
        Column("from_on", "起始日期", cell_day, True, ("实施日期",)),
        Column("detail", "具体内容", partial(cell_text, 200), True, ("内容",), width=40),
        Column("amount_fen", "金额", cell_amount, note="元；不以金额计的留空"),
    ),
    _measure,
)

PAIRS: Final = SheetForm(
    "pairs",
    "结对帮扶",
    (
        HOUSEHOLD_NUMBER,
        Column("name", "帮扶责任人", cell_name, True, ("帮扶人",)),
        Column("unit", "帮扶单位", partial(cell_text, 100), True, ("单位",), width=24),
        Column(
            "level", "隶属", partial(cell_choice, LEVEL_CODES), True, choices=tuple(LEVEL_CODES)
        ),
        Column("from_on", "起始日期", cell_day, True, ("结对日期",)),
        Column("reason", "依据", partial(cell_text, 200), width=24),
        Column("phone", "联系电话", _mobile, note="加密保存，页面只显示首尾", width=14),
    ),
    _pair,
)

VISITS: Final = SheetForm(
    "visits",
    "走访记录",
    (
        HOUSEHOLD_NUMBER,
        Column("visited_on", "走访日期", cell_day, True),
        Column("done", "工作内容", partial(cell_text, 400), True, ("走访内容",), width=50),
    ),
    _visit,
)

PROJECTS: Final = SheetForm(
    "projects",
    "产业项目",
    (
        Column("number", "项目编号", cell_household_number, True, width=16),
        Column("name", "项目名称", partial(cell_text, 100), True, width=28),
        Column("industry", "产业类型", partial(cell_text, 40), True),
        Column("is_key", "重点项目", cell_yes_no, choices=("是", "否")),
        Column("document", "依据文件", partial(cell_text, 100), True, width=24),
        Column("approved_on", "批准日期", cell_day, True),
        Column("amount_fen", "投资额", cell_amount, True, note="元，全项目"),
        Column("credit_code", "实施主体信用代码", _credit_code, width=22),
        Column("village_code", "村代码", _village, True, note="12位", width=16),
        Column("households", "覆盖贫困户数", partial(cell_whole, 0, _COUNT_MAX), True, ("户数",)),
        Column("persons", "覆盖人数", partial(cell_whole, 0, _COUNT_MAX), True, ("人数",)),
    ),
    _project,
)
