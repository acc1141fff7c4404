"""公布数对照: what was printed beside what the books say, and pairs that cannot both be true."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

import ledger
from indicators import FIGURES
from indicators.reconciling import Held
from web import exports, reconciled
from web.access import needs
from web.context import actor, house, reading
from web.figures import title_of
from web.pages import forms
from web.pages.dashboard import asked_day, asked_region, crumbs
from web.published import pairs
from web.reconciled import VERDICT_TITLES
from web.words import language, t

blueprint = Blueprint("reconciliation", __name__)

TITLES: Final = (
    "地区", "指标", "公布数", "所属时间", "来源", "账上数", "日终日期", "差额（账上−公布）", "结论",
    "说明",
)  # fmt: skip


@blueprint.get("/reconciliation")
@needs("indicators.read")
def show() -> ResponseReturnValue:
    """Every print of a region, and the pairs about it."""
    by = actor()
    with reading() as session:
        here = asked_region(session, by)
        last = ledger.last_closed_day(session)
        if last is None:
            return forms.page("dashboard_empty.html", here=here)
        on = asked_day(last)
        every = reconciled.held(session, here.code, on)
    return forms.page(
        "reconciliation.html",
        here=here,
        crumbs=crumbs(here, by.region_scope),
        on=on,
        last=last,
        rows=[_row(one, last) for one in every if _is_asked(one)],
        counts={code: sum(one.verdict == code for one in every) for code in VERDICT_TITLES},
        verdicts=VERDICT_TITLES,
        asked=_asked(),
        pairs=pairs(house().settings.config_dir, here.code),
        titles={name: title_of(figure) for name, figure in FIGURES.items()},
        opens=by.institution_ids is None,
    )


@blueprint.get("/reconciliation.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The same as a file."""
    by = actor()
    with reading() as session:
        here = asked_region(session, by)
        on = asked_day(ledger.last_closed_day(session) or ledger.open_day(session))
        every = reconciled.held(session, here.code, on)
    name = t("公布数对照")
    cells = (_cells(one, on) for one in every if _is_asked(one))
    return exports.send_table(name, [t(title) for title in TITLES], cells, form)


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:40] for name in ("q", "verdict")}


def _is_asked(one: Held) -> bool:
    asked = _asked()
    if asked["verdict"] in VERDICT_TITLES and one.verdict != asked["verdict"]:
        return False
    figure, told = FIGURES[one.published.name], one.published
    words = (figure.zh, figure.en, told.source_zh, told.source_en, _place(told.region))
    return not asked["q"] or any(asked["q"].lower() in word.lower() for word in words)


def _place(region: str) -> str:
    return house().regions.full_name(region, below=2)


def _row(one: Held, last: date) -> dict[str, object]:
    theirs, ours = reconciled.shown(one)
    return {
        "held": one,
        "place": _place(one.published.region),
        "theirs": theirs,
        "ours": ours,
        "day": reconciled.day_of(one.published.as_of, last),
        "source": _said(one.published.source_zh, one.published.source_en),
        "why": _said(one.published.why_zh, one.published.why_en),
    }


def _said(zh: str, en: str) -> str:
    return zh if language() == "zh" else en


def _cells(one: Held, on: date) -> list[object]:
    told = one.published
    return [
        _place(told.region),
        title_of(FIGURES[told.name]),
        told.value,
        told.as_of,
        _said(told.source_zh, told.source_en),
        "" if one.computed is None else one.computed,
        on.isoformat(),
        one.difference or "",
        t(VERDICT_TITLES[one.verdict]),
        _said(told.why_zh, told.why_en),
    ]
