"""The kinds of value a policy document may hold, and how each is read and written.

A ``Kind`` reads one plain value (as TOML or JSON gives it) and refuses any other form with a
``FormBroken`` naming the rule; it writes the value back so that ``read(plain(v)) == v``, which is
what freezes contract terms into a contract and thaws them again. Money, rates and shares are
strings in the files, never floats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final, Generic, TypeVar, cast

from kernel.dates import parse_date
from kernel.money import (
    format_rate,
    format_share,
    format_yuan,
    parse_rate,
    parse_share,
    parse_yuan,
    round_half_up,
)
from kernel.refusals import BadValue

V = TypeVar("V")


class FormBroken(ValueError):
    """A plain value is not of its kind; the rule in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


#: who the programmes serve, by the household's standing on the signing day (``households.Status``)
HOUSEHOLD_KINDS: Final[Mapping[str, str]] = {
    "registered": "建档立卡贫困户",
    "lifted": "脱贫户",
    "fallen_back": "返贫户",
    "monitored": "监测对象（边缘易致贫户）",
    "needs_help": "有帮扶需要的农村人口",
    "general": "其他农户",
}

#: uses a programme loan may not be put to
PURPOSES: Final[Mapping[str, str]] = {
    "wedding": "婚丧嫁娶",
    "housing": "建房购房",
    "wealth_product": "购买理财产品",
    "household_goods": "购置家庭用品",
    "pooled_platform": "集中用于政府融资平台",
    "real_estate": "房地产开发",
    "infrastructure": "基础设施建设",
    "enterprise_use": "户贷企用",
    "lent_on": "转借他人",
}

PARTS: Final[Mapping[str, str]] = {
    "compound": "复利",
    "penalty": "罚息",
    "interest": "利息",
    "principal": "本金",
}

GRADES: Final[Mapping[int, str]] = {1: "正常", 2: "关注", 3: "次级", 4: "可疑", 5: "损失"}

BEARERS: Final[Mapping[str, str]] = {"treasury": "财政", "enterprise": "企业"}
ROUTES: Final[Mapping[str, str]] = {
    "lender": "经由贷款机构",
    "household": "先付后补，直达农户",
    "enterprise": "企业垫付，补付企业",
}
#: reference rates that a subsidy may be held to
RATE_CAPS: Final[Mapping[str, str]] = {
    "benchmark": "贷款基准利率",
    "lpr": "贷款市场报价利率（LPR）",
}
REFERENCES: Final[Mapping[str, str]] = {
    "benchmark": "贷款基准利率",
    "lpr": "贷款市场报价利率（LPR）",
    "none": "不设上限",
}
TENORS: Final[Mapping[str, str]] = {
    "1y": "一年期",
    "3y": "一至三年期",
    "5y": "五年期",
    "over-5y": "五年期以上",
}
DAY_COUNTS: Final[Mapping[str, str]] = {
    name: name for name in ("act/360", "act/365", "30/360", "act/act", "by-month")
}


@dataclass(frozen=True, slots=True)
class Bearer:
    """Someone other than the household who bears a share of the interest of a period.

    The days are those on which the interest arises, half-open; an open end is None. The share is
    counted on the part of the principal up to the cap (None: on all of it), and at the contract's
    rate, or at ``rate_ppm`` or the reference rate ``rate_cap`` of the signing day where that is
    lower.
    """

    bearer: str
    share_bp: int
    principal_cap_fen: int | None
    route: str
    arises_from: date | None = None
    arises_to: date | None = None
    #: the row holds for contracts signed in these days, half-open
    signed_from: date | None = None
    signed_to: date | None = None
    #: fixed rate of the subsidy (固定贴息率)
    rate_ppm: int | None = None
    #: reference rate that it is held to (按基准、LPR封顶)
    rate_cap: str | None = None

    def covers_signing(self, on: date) -> bool:
        """Whether a contract signed on ``on`` has this row."""
        return (self.signed_from is None or self.signed_from <= on) and (
            self.signed_to is None or on < self.signed_to
        )

    def covers_interest_of(self, day: date) -> bool:
        """Whether interest arising on ``day`` is shared by this row."""
        return (self.arises_from is None or self.arises_from <= day) and (
            self.arises_to is None or day < self.arises_to
        )


@dataclass(frozen=True, slots=True)
class GradeThreshold:
    """From so many days overdue on, a loan is graded no better than this."""

    grade: int
    overdue_days_from: int


@dataclass(frozen=True)
class Kind(Generic[V]):
    """How one sort of value is read, written back and shown in Chinese."""

    name: str
    read: Callable[[object], V]
    plain: Callable[[V], object]
    show: Callable[[V], str]


def _border(parse: Callable[..., int], raw: object) -> int:
    """A kernel parser used on a file's value: its refusal becomes the rule that was broken."""
    try:
        return parse(raw, field="value")
    except BadValue as refusal:
        raise FormBroken(str(refusal.facts["rule_zh"]), str(refusal.facts["rule_en"])) from refusal


def _whole(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= 100_000:
        raise FormBroken("须为0至100000的整数", "a whole number, 0 to 100000")
    return raw


def _truth(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise FormBroken("须为true或false", "true or false")
    return raw


def _day(raw: object) -> date:
    if type(raw) is date:
        return raw
    try:
        return parse_date(cast("str", raw), field="value")
    except BadValue as refusal:
        raise FormBroken(str(refusal.facts["rule_zh"]), str(refusal.facts["rule_en"])) from refusal


def _ratio(raw: object) -> int:
    """A fraction of one with four decimals, in parts per million: "0.8500" is 850 000."""
    whole, dot, decimals = raw.partition(".") if isinstance(raw, str) else ("", "", "")
    if not (dot and len(decimals) == 4 and decimals.isascii() and decimals.isdigit()):
        raise FormBroken("须为四位小数的比率，如0.8500", "a fraction with four decimals, as 0.8500")
    if whole not in {"0", "1"} or (whole == "1" and int(decimals)):
        raise FormBroken("比率须在0与1之间", "a fraction lies between 0 and 1")
    return int(whole + decimals) * 100


def _show_ratio(ppm: int) -> str:
    percent = round_half_up(ppm, 100)
    return f"{percent // 100}.{percent % 100:02d}%"


def _plain_ratio(ppm: int) -> str:
    return f"{ppm // 1_000_000}.{ppm % 1_000_000 // 100:04d}"


MONEY: Final = Kind[int](
    "money", lambda raw: _border(parse_yuan, raw), format_yuan, lambda v: f"{format_yuan(v)}元"
)
RATE: Final = Kind[int](
    "rate", lambda raw: _border(parse_rate, raw), format_rate, lambda v: f"{format_rate(v)}%"
)
SHARE: Final = Kind[int](
    "share", lambda raw: _border(parse_share, raw), format_share, lambda v: f"{format_share(v)}%"
)
RATIO: Final = Kind[int]("ratio", _ratio, _plain_ratio, _show_ratio)
WHOLE: Final = Kind[int]("whole", _whole, lambda v: v, str)
TRUTH: Final = Kind[bool]("truth", _truth, lambda v: v, lambda v: "是" if v else "否")
DAY: Final = Kind[date]("day", _day, date.isoformat, date.isoformat)


def counted(unit: str) -> Kind[int]:
    """A whole number shown with its unit."""
    return Kind("whole", _whole, lambda v: v, lambda v: f"{v}{unit}")


def one_of(names: Mapping[str, str]) -> Kind[str]:
    """One name of a closed list."""

    def read(raw: object) -> str:
        if not isinstance(raw, str) or raw not in names:
            raise FormBroken(f"只能是 {'、'.join(names)} 之一", f"one of {', '.join(names)}")
        return raw

    return Kind("name", read, lambda v: v, lambda v: names[v])


def several_of(names: Mapping[str, str], *, joint: str = "、") -> Kind[tuple[str, ...]]:
    """Different names of a closed list, in the order given."""
    each = one_of(names)

    def read(raw: object) -> tuple[str, ...]:
        if not isinstance(raw, list):
            raise FormBroken("须为列表", "a list")
        values = tuple(each.read(item) for item in raw)
        if len(set(values)) != len(values):
            raise FormBroken("列表中有重复项", "no value twice in a list")
        return values

    return Kind("names", read, list, lambda v: joint.join(names[name] for name in v) or "无")


def table(raw: object, needed: set[str], allowed: set[str]) -> Mapping[str, object]:
    """A table with all the needed keys and none that is not allowed."""
    if not isinstance(raw, dict):
        raise FormBroken("须为表", "a table")
    row = cast("dict[str, object]", raw)
    missing, unknown = sorted(needed - set(row)), sorted(set(row) - needed - allowed)
    if missing or unknown:
        raise FormBroken(f"缺少{missing}，未知{unknown}", f"missing {missing}, unknown {unknown}")
    return row


def rows_of(read_one: Callable[[object], V]) -> Callable[[object], tuple[V, ...]]:
    """A reader of a list of tables."""

    def read(raw: object) -> tuple[V, ...]:
        if not isinstance(raw, list):
            raise FormBroken("须为表的列表", "a list of tables")
        return tuple(read_one(item) for item in raw)

    return read


_BEARER_DAYS: Final = ("arises_from", "arises_to", "signed_from", "signed_to")


def _read_bearer(raw: object) -> Bearer:
    row = table(
        raw, {"bearer", "share", "route"}, {"principal_cap", "rate", "rate_cap", *_BEARER_DAYS}
    )
    days = {name: _day(row[name]) for name in _BEARER_DAYS if name in row}
    for start, end in (("arises_from", "arises_to"), ("signed_from", "signed_to")):
        if start in days and end in days and days[start] >= days[end]:
            raise FormBroken(f"{start}须早于{end}", f"{start} lies before {end}")
    cap, rate, rate_cap = (row.get(name) for name in ("principal_cap", "rate", "rate_cap"))
    return Bearer(
        bearer=one_of(BEARERS).read(row["bearer"]),
        share_bp=SHARE.read(row["share"]),
        principal_cap_fen=None if cap is None else MONEY.read(cap),
        route=one_of(ROUTES).read(row["route"]),
        rate_ppm=None if rate is None else RATE.read(rate),
        rate_cap=None if rate_cap is None else one_of(RATE_CAPS).read(rate_cap),
        **days,
    )


def _read_bearers(raw: object) -> tuple[Bearer, ...]:
    """The rows; on no day may the shares of one contract add up to more than the interest, and
    all of one contract go one way.
    """
    rows = rows_of(_read_bearer)(raw)
    signings = {row.signed_from or date.min for row in rows}
    starts = {row.arises_from or date.min for row in rows}
    for signed in signings:
        if len({row.route for row in rows if row.covers_signing(signed)}) > 1:
            raise FormBroken(
                "同一合同的贴息发放方式须一致", "the shares of one contract all take one route"
            )
        for day in starts:
            if sum(_share_on(row, signed, day) for row in rows) > 10_000:
                raise FormBroken(
                    "同一日各方分担之和超过100%",
                    "shares of one day never add up to more than 100 %",
                )
    return rows


def _share_on(row: Bearer, signed: date, day: date) -> int:
    return row.share_bp if row.covers_signing(signed) and row.covers_interest_of(day) else 0


def _plain_bearer(row: Bearer) -> dict[str, object]:
    days = {name: getattr(row, name) for name in _BEARER_DAYS}
    cap = row.principal_cap_fen
    return {
        "bearer": row.bearer,
        "share": format_share(row.share_bp),
        "route": row.route,
        **({} if cap is None else {"principal_cap": format_yuan(cap)}),
        **({} if row.rate_ppm is None else {"rate": format_rate(row.rate_ppm)}),
        **({} if row.rate_cap is None else {"rate_cap": row.rate_cap}),
        **{name: day.isoformat() for name, day in days.items() if day is not None},
    }


def _show_bearer(row: Bearer) -> str:
    period = ""
    if row.arises_from or row.arises_to:
        start = row.arises_from.isoformat() if row.arises_from else "起始"
        end = f"{row.arises_to.isoformat()}前" if row.arises_to else "到期"
        period = f"{start}至{end}产生的利息"
    cap = row.principal_cap_fen
    part = "" if cap is None else f"（本金{format_yuan(cap)}元以内部分）"
    share = format_share(row.share_bp)
    return f"{period}{BEARERS[row.bearer]}承担{share}%{part}{_show_rate(row)}，{ROUTES[row.route]}"


def _show_rate(row: Bearer) -> str:
    """The rate at which the interest is shared, where it is not the contract's."""
    fixed = "" if row.rate_ppm is None else f"按年利率{format_rate(row.rate_ppm)}%"
    cap = "" if row.rate_cap is None else f"不超过同期{RATE_CAPS[row.rate_cap]}"
    both = "、".join(one for one in (fixed, cap) if one)
    return f"，{both}计算" if both else ""


BEARER_ROWS: Final = Kind[tuple[Bearer, ...]](
    "bearers",
    _read_bearers,
    lambda rows: [_plain_bearer(row) for row in rows],
    lambda rows: "；".join(_show_bearer(row) for row in rows) or "全部由农户承担",
)


def _read_grade(raw: object) -> GradeThreshold:
    row = table(raw, {"grade", "overdue_days_from"}, set())
    grade = _whole(row["grade"])
    if grade not in GRADES or grade == 1:
        raise FormBroken("分类等级须为2至5", "a grade from 2 to 5")
    return GradeThreshold(grade, _whole(row["overdue_days_from"]))


def _read_grades(raw: object) -> tuple[GradeThreshold, ...]:
    rows = rows_of(_read_grade)(raw)
    days = [row.overdue_days_from for row in rows]
    if [row.grade for row in rows] != [2, 3, 4, 5]:
        raise FormBroken(
            "须依次给出关注、次级、可疑、损失四级", "grades 2, 3, 4 and 5 in this order"
        )
    if days[0] < 1 or any(one >= two for one, two in pairwise(days)):
        raise FormBroken(
            "各级起始逾期天数须逐级增大，且不小于1", "days overdue rise from grade to grade, from 1"
        )
    return rows


GRADE_ROWS: Final = Kind[tuple[GradeThreshold, ...]](
    "grades",
    _read_grades,
    lambda rows: [{"grade": r.grade, "overdue_days_from": r.overdue_days_from} for r in rows],
    lambda rows: "；".join(f"逾期{r.overdue_days_from}天起{GRADES[r.grade]}" for r in rows),
)
