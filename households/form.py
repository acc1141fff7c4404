"""The national registration form as columns of a table: titles, keys, and how a cell is read.

One row per person; the columns of the household stand on the head's row. Titles are those of the
form, older spellings are aliases. A blank cell is "no answer"; what a cell may hold is one parser
per kind, each refusing with a rule of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from households.names import clean_name
from households.refusals import (
    AmountNegative,
    AmountNotNumeric,
    DateMalformed,
    HouseholdNumberInvalid,
    NotWholeNumber,
    NotYesOrNo,
    ValueNotInList,
    ValueTooLong,
)
from kernel.dates import parse_date
from kernel.money import format_yuan, typed_yuan
from kernel.refusals import BadValue

Parser = Callable[[str, str], object]

_NUMBER: Final = re.compile(r"[0-9A-Za-z-]{1,32}", re.ASCII)
_DATE: Final = re.compile(
    r"([0-9]{4})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))", re.ASCII
)
_YES: Final = frozenset({"是", "有", "1", "√", "y", "yes", "true"})
_NO: Final = frozenset({"否", "无", "没有", "0", "×", "n", "no", "false"})
_WHOLE: Final = re.compile(r"[0-9]{1,9}", re.ASCII)

KINDS: Final = {
    "建档立卡贫困户": "registered",
    "脱贫户": "lifted",
    "监测对象": "monitored",
    "有帮扶需要": "needs_help",
    "其他农户": "general",
}
STANDARDS: Final = {"国家标准": "national", "省定标准": "provincial"}
ATTRIBUTES: Final = {
    "一般贫困户": "general",
    "低保贫困户": "low_income",
    "五保贫困户": "five_guarantees",
}
HEALTH: Final = {
    "健康": "healthy",
    "长期慢性病": "chronic",
    "患有大病": "serious",
    "残疾": "disabled",
}
LABOUR: Final = {
    "普通劳动力": "ordinary",
    "技能劳动力": "skilled",
    "丧失劳动力": "lost",
    "无劳动力": "none",
}
SEXES: Final = {"男": "male", "女": "female"}


def cell_text(limit: int, text: str, title: str) -> str:
    """A text of at most ``limit`` characters."""
    if len(text) > limit:
        raise ValueTooLong(field=title, title=title, limit=limit)
    return text


def cell_choice(choices: Mapping[str, str], text: str, title: str) -> str:
    """One of the form's words, as the code behind it."""
    try:
        return choices[text]
    except KeyError:
        listed = "、".join(choices)
        raise ValueNotInList(field=title, title=title, choices=listed) from None


def cell_yes_no(text: str, title: str) -> bool:
    """Yes or no."""
    word = text.lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise NotYesOrNo(field=title, title=title)


def cell_whole(low: int, high: int, text: str, title: str) -> int:
    """A whole number in its bounds."""
    if _WHOLE.fullmatch(text) is None or not low <= int(text) <= high:
        raise NotWholeNumber(field=title, title=title, low=low, high=high)
    return int(text)


def cell_amount(text: str, title: str) -> int:
    """Money, not below zero, as fen."""
    if text[:1] in {"-", "－", "−"}:
        raise AmountNegative(field=title, title=title)
    try:
        return typed_yuan(text, field=title)
    except BadValue:
        raise AmountNotNumeric(field=title, title=title) from None


def cell_day(text: str, title: str) -> date:
    """A date, in any of the spellings that ledgers have."""
    match = _DATE.fullmatch(text.split(" ", maxsplit=1)[0])
    if match is None:
        raise DateMalformed(field=title, title=title)
    year, month, day = match[1], match[2] or match[4], match[3] or match[5]
    try:
        return parse_date(f"{year}-{int(month):02d}-{int(day):02d}", field=title)
    except BadValue:
        raise DateMalformed(field=title, title=title) from None


def cell_household_number(text: str, title: str) -> str:
    """The number of a household."""
    if _NUMBER.fullmatch(text) is None:
        raise HouseholdNumberInvalid(field=title)
    return text.upper()


def cell_name(text: str, title: str) -> str:
    """A name of a person."""
    _ = title
    return clean_name(text)


def _as_is(text: str, title: str) -> str:
    _ = title
    return text


_short: Final = partial(cell_text, 60)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the form."""

    key: str
    title: str
    parse: Parser = _short
    needed: bool = False
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    note: str = ""
    width: int = 12


def _listed(key: str, title: str, choices: Mapping[str, str], **more: str) -> Column:
    return Column(key, title, partial(cell_choice, choices), choices=tuple(choices), **more)  # type: ignore[arg-type]


def _asked(key: str, title: str) -> Column:
    return Column(key, title, cell_yes_no, choices=("是", "否"))


#: on every row: which household, and where
PLACE_COLUMNS: Final = (
    Column("number", "户编号", cell_household_number, True, ("户号", "家庭编号"), width=16),
    Column("township", "乡镇", _as_is, aliases=("乡", "镇", "乡镇名称", "乡镇街道")),
    Column("village", "村", _as_is, aliases=("行政村", "村名", "村居", "村社区"), width=14),
    Column("village_code", "村代码", _as_is, note="12位；填了代码可不填乡镇和村", width=14),
    Column("group_name", "组", partial(cell_text, 20), aliases=("自然村", "村民小组", "组别")),
)

#: of the person
PERSON_COLUMNS: Final = (
    Column("name", "姓名", cell_name, True, ("成员姓名", "家庭成员姓名")),
    Column("sex", "性别", partial(cell_choice, SEXES), choices=tuple(SEXES)),
    Column("identity_number", "身份证号", _as_is, True, ("身份证号码", "证件号码", "公民身份号码"),
           note="18位；本列请保持文本格式", width=20),
    Column("birth_date", "出生日期", cell_day, aliases=("出生年月日",)),
    Column("relation", "与户主关系", partial(cell_text, 10), True, note="户主本人填“户主”"),
    Column("nation", "民族", partial(cell_text, 10)),
    Column("schooling", "文化程度", partial(cell_text, 20)),
    Column("at_school", "在校生状况", partial(cell_text, 20), aliases=("在校生情况",)),
    _listed("health", "健康状况", HEALTH),
    _listed("labour", "劳动能力", LABOUR),
    Column("migrant", "务工状况", partial(cell_text, 20), aliases=("务工地点",)),
    Column("migrant_months", "务工月数", partial(cell_whole, 0, 12), aliases=("务工时间",)),
    _asked("low_income_guarantee", "享受低保"),
    _asked("medical_insurance", "参加医保"),
    _asked("pension", "参加养老保险"),
)  # fmt: skip

#: of the household, on the head's row
HOUSEHOLD_COLUMNS: Final = (
    _listed("kind", "户类型", KINDS, note="空白视为建档立卡贫困户"),
    Column("registered_on", "建档日期", cell_day, aliases=("识别日期", "建档时间"),
           note="空白视为导入日"),
    Column("lifted_on", "脱贫日期", cell_day, aliases=("脱贫时间",)),
    Column("monitored_on", "纳入监测日期", cell_day, aliases=("监测时间",)),
    _listed("standard", "识别标准", STANDARDS),
    _asked("family_planning", "计划生育户"),
    _listed("attribute", "贫困户属性", ATTRIBUTES),
    Column("cause", "主要致贫原因", partial(cell_text, 40), aliases=("致贫原因",), note="不公示"),
    Column("phone", "联系电话", _as_is, aliases=("手机号", "手机号码", "电话"), width=14),
    Column("bank_name", "开户银行", aliases=("开户行",), width=16),
    Column("bank_account", "银行账号", _as_is, aliases=("银行卡号", "账号"), width=22),
    Column("income_year", "收入年度", partial(cell_whole, 2000, 2100)),
    Column("wage_income_fen", "工资性收入", cell_amount),
    Column("business_income_fen", "生产经营性收入", cell_amount),
    Column("transfer_income_fen", "转移性收入", cell_amount),
    Column("property_income_fen", "财产性收入", cell_amount),
    Column("total_income_fen", "家庭总收入", cell_amount, aliases=("年收入", "总收入")),
    Column("production_cost_fen", "生产经营性支出", cell_amount),
    Column("net_income_fen", "家庭纯收入", cell_amount, aliases=("纯收入",)),
    Column("income_per_person_fen", "人均纯收入", cell_amount, aliases=("人均可支配收入",)),
    Column("house_area_m2", "住房面积", partial(cell_whole, 0, 10_000)),
    Column("house_structure", "住房结构", partial(cell_text, 20)),
    _asked("house_dangerous", "是否危房"),
    _asked("relocated", "易地搬迁户"),
    _asked("mutual_fund_member", "互助资金组织成员"),
    Column("mutual_fund_fen", "互助资金金额", cell_amount),
    Column("industry", "产业类型", partial(cell_text, 40)),
    Column("organisation_form", "组织形式", partial(cell_text, 40), aliases=("产业组织形式",)),
    Column("industry_income_fen", "产业收入", cell_amount),
    Column("enterprise_income_fen", "龙头企业带动收入", cell_amount),
    _asked("electricity", "通生活用电"),
    Column("fuel", "主要燃料", partial(cell_text, 20)),
    _asked("safe_water", "饮水安全"),
    Column("helper_name", "帮扶责任人", partial(cell_text, 30)),
    Column("helper_unit", "帮扶单位", partial(cell_text, 60), width=16),
)  # fmt: skip

COLUMNS: Final = (*PLACE_COLUMNS, *PERSON_COLUMNS, *HOUSEHOLD_COLUMNS)
BY_KEY: Final = {column.key: column for column in COLUMNS}
#: what a file must have: the rest may be left away
NEEDED: Final = tuple(column.key for column in COLUMNS if column.needed)
#: bare title -> key, the aliases behind
HEADERS: Final[Mapping[str, str]] = {
    **{column.title: column.key for column in COLUMNS},
    **{alias: column.key for column in COLUMNS for alias in column.aliases},
}

_WORDS: Final = {
    key: {code: word for word, code in choices.items()}
    for key, choices in (
        ("kind", KINDS), ("standard", STANDARDS), ("attribute", ATTRIBUTES), ("health", HEALTH),
        ("labour", LABOUR), ("sex", SEXES),
    )
}  # fmt: skip


def shown(key: str, value: object) -> str:
    """An answer as the form writes it: 是, yuan, the form's own words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if key.endswith("_fen") and isinstance(value, int):
        return format_yuan(value)
    return _WORDS.get(key, {}).get(str(value), str(value))
