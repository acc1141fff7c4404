"""财政看板: every figure with its target, its gap and what was printed, down to the village."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import indicators
import ledger
from indicators import FIGURES, Figures
from indicators.definitions import Value, ratio
from kernel.dates import parse_date
from kernel.regions import Region, scope_digits
from loans import explaining
from loans.migration import scope_of
from office import rights
from office.refusals import NotEntitled
from policy import Targets
from policy.sourced import Sourced
from web import scope
from web.access import needs
from web.context import actor, house, reading
from web.fields import row_id
from web.pages import forms
from web.published import Published, published
from web.words import language, money, percent

blueprint = Blueprint("dashboard", __name__)

#: figures in the order a county's desk reads them, under their headings
GROUPS: Final = (
    ("评级授信", (
        "rating_coverage", "effective_credit_rate", "borrowing_rate", "credit_lines",
    )),
    ("建档立卡", (
        "households_registered", "persons_registered", "households_rated", "households_credited",
    )),
    ("贷款", ("loans_count", "loans_disbursed", "average_loan", "loans_outstanding")),
    ("逾期与不良", ("overdue_balance", "overdue_ratio", "bad_balance", "bad_ratio")),
    ("其中分贷统还", (
        "loans_entrusted_count", "disbursed_entrusted", "outstanding_entrusted",
    )),
    ("财政贴息", (
        "subsidy_accrued", "subsidy_claimed", "subsidy_paid", "subsidy_to_recover",
    )),
    ("风险补偿金", (
        "fund_balance", "leverage_cumulative", "headroom_cumulative", "leverage_outstanding",
        "headroom_outstanding",
    )),
    ("统贷统还（单列，不计入以上指标）", (
        "loans_pooled_count", "disbursed_pooled", "outstanding_pooled", "households_in_pooled",
    )),
)  # fmt: skip
#: columns of the table of regions below
BELOW: Final = (
    "households_registered", "households_rated", "rating_coverage", "effective_credit_rate",
    "households_borrowing", "borrowing_rate", "loans_disbursed", "loans_outstanding",
    "overdue_balance",
)  # fmt: skip
_TARGETS: Final = {
    "rating_coverage": "rating_coverage_ppm",
    "effective_credit_rate": "effective_credit_rate_ppm",
}
#: ratios of which more is better, drawn as a bar
_REACHED: Final = frozenset({"rating_coverage", "effective_credit_rate", "borrowing_rate"})
#: a region this deep has nothing below
_VILLAGE: Final = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as a card shows it."""

    name: str
    title: str
    meaning: str
    kind: str
    value: str
    #: target in percent, the households it still takes, and the clause
    target: str | None
    gap: int
    clause: str
    #: whole percent reached, for the bar
    reached: int | None
    printed: list[Published]


@blueprint.get("/dashboard")
@needs("indicators.read")
def show() -> ResponseReturnValue:
    """The figures of a region at the close of a day."""
    by = actor()
    regions = house().regions
    with reading() as session:
        region = request.args.get("region") or scope.own_region(session, by)
        rights.allow(by, "indicators.read", region=region)
        here = regions.get(region)
        last = ledger.last_closed_day(session)
        if last is None:
            return forms.page("dashboard_empty.html", here=here)
        on = parse_date(request.args["on"], field="on") if request.args.get("on") else last
        found = indicators.figures(session, regions=regions, region=region, on=on)
        below = _below(session, here, on)
        corrected = explaining.corrected_since(session, on, *scope_of(by, scope_digits(region)))
    return forms.page(
        "dashboard.html",
        here=here,
        crumbs=_crumbs(here, by.region_scope),
        on=on,
        last=last,
        corrected=corrected,
        opens=by.institution_ids is None,
        groups=[(title, [_shown(found, name, on) for name in names]) for title, names in GROUPS],
        below=below,
        columns=[FIGURES[name] for name in BELOW],
    )


def _shown(found: Figures, name: str, on: date) -> Shown:
    figure = FIGURES[name]
    target = _target(found.region, name, on)
    value = found.value(name)
    return Shown(
        name=name,
        title=figure.zh if language() == "zh" else figure.en,
        meaning=figure.meaning_zh,
        kind=figure.kind,
        value=form(figure.kind, value),
        target=None if target is None else percent(ratio(target.value, 1_000_000)),
        gap=0 if target is None else found.gap(name, target.value),
        clause="" if target is None else target.cite,
        reached=_whole_percent(value) if name in _REACHED else None,
        printed=published(house().settings.config_dir, found.region, name),
    )


def form(kind: str, value: Value) -> str:
    """A figure as people read it."""
    if value is None:
        return "—"
    if kind == "count":
        return f"{value:,}"
    if kind == "multiple":
        return str(value)
    return percent(str(value)) if kind == "ratio" else money(str(value))


@blueprint.get("/dashboard/<figure>")
@needs("indicators.read")
def rows(figure: str) -> ResponseReturnValue:
    """What a figure of a closed day is made of, row by row."""
    by, regions = actor(), house().regions
    with reading() as session:
        region = request.args.get("region") or scope.own_region(session, by)
        rights.allow(by, "indicators.read", region=region)
        if by.institution_ids is not None:
            # Figures are the county's; rows of other lenders are not a lender's to see.
            raise NotEntitled(command="indicators.read")
        here = regions.get(region)
        last = ledger.last_closed_day(session)
        if last is None:
            return forms.page("dashboard_empty.html", here=here)
        on = parse_date(request.args["on"], field="on") if request.args.get("on") else last
        found = indicators.figures(session, regions=regions, region=region, on=on)
        page = indicators.rows_behind(
            session, figure, regions=regions, region=region, on=on,
            cursor=row_id(request.args.get("cursor")),
        )  # fmt: skip
    return forms.page(
        "dashboard_rows.html",
        here=here,
        on=on,
        figure=_shown(found, figure, on),
        kind=page.kind,
        money=FIGURES[figure].counter.endswith("_fen"),
        rows=[(row, regions.full_name(row.village_code, below=2)) for row in page.rows],
        cursor=page.cursor,
    )


def _whole_percent(value: Value) -> int | None:
    return None if value is None else min(100, int(str(value).replace(".", "")) // 100)


def _target(region: str, name: str, on: date) -> Sourced[int] | None:
    if name not in _TARGETS:
        return None
    targets: Targets = house().rulebook.targets(on=on, region=region)
    found: Sourced[int] | None = getattr(targets, _TARGETS[name])
    return found


def _below(session: Session, here: Region, on: date) -> list[tuple[Region, list[str]]]:
    if here.level == _VILLAGE:
        return []
    regions = house().regions
    rows = []
    for region in regions.children(here.code):
        found = indicators.figures(session, regions=regions, region=region.code, on=on)
        if found.value("households_registered"):
            cells = [form(FIGURES[name].kind, found.value(name)) for name in BELOW]
            rows.append((region, cells))
    return rows


def _crumbs(here: Region, region_scope: str) -> list[Region]:
    """The regions above that this person may see, the highest first."""
    above = house().regions.ancestors(here.code)
    return [region for region in reversed(above) if region.code.startswith(region_scope)]
