"""Figures as the dashboard shows them: under which heading, with which denominator, beside what.

A ratio or an average says what stands above and below its line, each with its value: the press
often prints "a head" and leaves out of whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from indicators import FIGURES, Figures
from indicators.definition import Definition
from indicators.definitions import Value, ratio
from kernel.money import format_yuan
from policy import Targets
from policy.sourced import Sourced
from web.context import house
from web.published import Published, published
from web.words import language, money, percent, t

#: figures in the order a county's desk reads them: where on the page, heading, names
GROUPS: Final = (
    ("credit", "评级授信", (
        "rating_coverage", "effective_credit_rate", "borrowing_rate", "credit_lines",
    )),
    ("register", "建档立卡", (
        "households_registered", "persons_registered", "households_rated", "households_credited",
    )),
    ("poverty", "贫困人口与脱贫", (
        "persons_poor", "households_poor", "poverty_incidence", "rural_population",
        "persons_lifted_in_year", "lifting_rate", "persons_lifted_ever", "persons_lifted",
        "villages_exited", "villages_poor",
    )),
    ("changes", "动态调整与监测", (
        "falling_back_rate", "persons_fallen_back_in_year", "persons_removed_ever",
        "persons_readmitted_ever", "households_monitored", "persons_monitored",
    )),
    ("samples", "抽查核查", (
        "wrong_exit_rate", "missed_rate", "identification_accuracy",
        "village_identification_accuracy", "approval_rate", "combined_poverty_incidence",
    )),
    ("enterprises", "企业联结与分红", (
        "enterprises_linked", "households_linked", "persons_linked", "dividends_paid",
        "households_paid", "persons_paid", "dividend_per_person_linked",
        "dividend_per_person_paid",
    )),
    ("need", "贷款需求", ("households_in_need", "households_need_met", "need_met_rate")),
    ("loans", "贷款", ("loans_count", "loans_disbursed", "average_loan", "loans_outstanding")),
    ("overdue", "逾期与不良", (
        "overdue_balance", "overdue_ratio", "bad_balance", "bad_ratio",
    )),
    ("entrusted", "其中分贷统还", (
        "loans_entrusted_count", "disbursed_entrusted", "outstanding_entrusted",
    )),
    ("subsidy", "财政贴息", (
        "subsidy_accrued", "subsidy_claimed", "subsidy_paid", "subsidy_to_recover",
    )),
    ("fund", "风险补偿金", (
        "fund_balance", "leverage_cumulative", "headroom_cumulative", "leverage_outstanding",
        "headroom_outstanding",
    )),
    ("pooled", "统贷统还（单列，不计入以上指标）", (
        "loans_pooled_count", "disbursed_pooled", "outstanding_pooled", "households_in_pooled",
    )),
    ("mutual", "村级互助资金（单列，不计入以上指标）", (
        "village_funds", "mutual_loans_count", "mutual_disbursed", "mutual_outstanding",
    )),
)  # fmt: skip
#: columns of the table of regions below
BELOW: Final = (
    "households_registered", "persons_poor", "households_rated", "rating_coverage",
    "effective_credit_rate", "households_borrowing", "borrowing_rate", "loans_disbursed",
    "loans_outstanding", "overdue_balance", "households_linked", "dividends_paid",
)  # fmt: skip
#: counters that are no figure of their own, where they stand in a ratio
COUNTER_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "persons_poor@start": "年初贫困人口",
        "persons_lifted@start": "年初已脱贫人口",
        "combined_poor": "贫困、漏评和错退人口",
        "sample_exited": "抽查脱贫人口",
        "sample_wrongly_exited": "错退人口",
        "sample_unregistered": "抽查未建档立卡人口",
        "sample_missed": "漏评人口",
        "sample_people": "核查人口",
        "sample_people_right": "核查无误人口",
        "sample_villages": "核查村数",
        "sample_villages_right": "核查无误村数",
        "sample_surveyed": "调查户数",
        "sample_approving": "认可户数",
        "fund_disbursed_fen": "累计发放的在保贷款",
        "fund_contributed_fen": "累计出资",
        "fund_covered_fen": "在保本金余额",
        "fund_free_fen": "可用余额",
    }
)
_TARGETS: Final = {
    "rating_coverage": "rating_coverage_ppm",
    "effective_credit_rate": "effective_credit_rate_ppm",
}
#: ratios of which more is better, drawn as a bar
_REACHED: Final = frozenset(
    {"rating_coverage", "effective_credit_rate", "borrowing_rate", "need_met_rate"}
)
_OF_COUNTERS: Final = {one.counter: one for one in reversed([*FIGURES.values()]) if not one.over}


@dataclass(frozen=True, slots=True)
class Part:
    """What stands above or below the line of a ratio."""

    title: str
    value: str
    #: the figure that it is; empty where it is none of its own
    figure: str


@dataclass(frozen=True, slots=True)
class Printed:
    """What was printed of a figure."""

    value: str
    source: str
    #: why another print, or the books, say otherwise; which denominator the print left out
    why: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as a card shows it."""

    name: str
    title: str
    meaning: str
    kind: str
    value: str
    #: above and below the line; empty for a figure that is none
    parts: tuple[Part, ...]
    #: target in percent, the households it still takes, and the clause
    target: str | None
    gap: int
    clause: str
    #: whole percent reached, for the bar
    reached: int | None
    printed: list[Printed]


def shown(found: Figures, name: str, on: date) -> Shown:
    """A figure of a region and day."""
    figure = FIGURES[name]
    target = _target(found.region, name, on)
    value = found.value(name)
    return Shown(
        name=name,
        title=title_of(figure),
        meaning=figure.meaning_zh,
        kind=figure.kind,
        value=form(figure.kind, value),
        parts=_parts(found, figure) if figure.over and value is not None else (),
        target=None if target is None else percent(ratio(target.value, 1_000_000)),
        gap=0 if target is None else found.gap(name, target.value),
        clause="" if target is None else target.cite,
        reached=_whole_percent(value) if name in _REACHED else None,
        printed=[
            _printed(one, figure.kind)
            for one in published(house().settings.config_dir, found.region, name)
        ],
    )


def title_of(figure: Definition) -> str:
    """What a figure is called in the language of the request."""
    return figure.zh if language() == "zh" else figure.en


def form(kind: str, value: Value) -> str:
    """A figure as people read it."""
    if value is None:
        return "—"
    if kind == "count":
        return f"{int(value):,}"
    if kind == "multiple":
        return str(value)
    return percent(str(value)) if kind == "ratio" else money(str(value))


def _printed(one: Published, kind: str) -> Printed:
    zh = language() == "zh"
    return Printed(
        form(kind, one.value),
        one.source_zh if zh else one.source_en,
        one.why_zh if zh else one.why_en,
    )


def _parts(found: Figures, figure: Definition) -> tuple[Part, ...]:
    return tuple(_part(found, counter) for counter in (figure.counter, figure.over))


def _part(found: Figures, counter: str) -> Part:
    own = _OF_COUNTERS.get(counter)
    amount = found.counters[counter]
    shown_as = money(format_yuan(amount)) if counter.endswith("_fen") else f"{amount:,}"
    if own is None:
        return Part(t(COUNTER_TITLES[counter]), shown_as, "")
    return Part(title_of(own), shown_as, own.name)


def _whole_percent(value: Value) -> int | None:
    return None if value is None else min(100, int(str(value).replace(".", "")) // 100)


def _target(region: str, name: str, on: date) -> Sourced[int] | None:
    if name not in _TARGETS:
        return None
    targets: Targets = house().rulebook.targets(on=on, region=region)
    found: Sourced[int] | None = getattr(targets, _TARGETS[name])
    return found
