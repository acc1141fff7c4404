"""五级分类: the migration matrix between two closed days, and overdue loans by age."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

import ledger
from kernel.dates import ONE_DAY, add_months, parse_date
from kernel.refusals import Refusal
from kernel.regions import scope_digits
from loans.migration import NEW, STANDS, Migration
from web import exports, scope
from web.access import needs
from web.api.grades import found
from web.context import actor, house, reading
from web.pages import forms
from web.words import t

blueprint = Blueprint("grades", __name__)

#: what a stand is called
TITLES: Final = {
    "new": "新发放", "1": "正常", "2": "关注", "3": "次级", "4": "可疑", "5": "损失",
    "paid_off": "已还清", "written_off": "已核销",
}  # fmt: skip
ROWS: Final = (NEW, *STANDS)


@blueprint.get("/grades")
@needs("loans.read")
def show() -> ResponseReturnValue:
    """The matrix."""
    return forms.attempt(_page, _page)


def _page(refused: Refusal | None = None) -> ResponseReturnValue:
    start, end, digits = _asked() if refused is None else (*_default(), "")
    matrix, since = found(start, end, digits) if refused is None else (None, None)
    with reading() as session:
        places = house().regions.children(scope.own_region(session, actor()))
    return forms.page(
        "grades.html",
        refused,
        matrix=matrix,
        since=since,
        start=start,
        end=end,
        region=request.args.get("region", ""),
        places=[(region.code, region.name) for region in places],
        rows=ROWS,
        columns=STANDS,
        titles=TITLES,
    )


@blueprint.get("/grades.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The same as a file: one line for each way, then the ages."""
    start, end, digits = _asked()
    matrix, _since = found(start, end, digits)
    titles = [
        t(title)
        for title in ("期初", "期末", "笔数", "期初余额（元）", "期末余额（元）")
    ]  # fmt: skip
    return exports.send_table(t("五级分类迁徙表"), titles, list(_lines(matrix)), form)


def _lines(matrix: Migration) -> list[list[object]]:
    ways = [(before, after) for before in ROWS for after in STANDS]
    cells = [matrix.cell(before, after) for before, after in ways]
    lines: list[list[object]] = [
        [
            t(TITLES[one.before]),
            t(TITLES[one.after]),
            one.loans,
            exports.amount(one.before_fen),
            exports.amount(one.after_fen),
        ]
        for one in cells
        if one.loans
    ]
    lines += [
        [t("逾期天数"), _days(one.days_from, one.days_to), one.loans, "",
         exports.amount(one.outstanding_fen)]
        for one in matrix.ages
    ]  # fmt: skip
    return lines


def _days(first: int, last: int | None) -> str:
    return t("{first}天以上", first=first) if last is None else f"{first}–{last}"


def _asked() -> tuple[date, date, str]:
    start, end = _default()
    asked = request.args
    if asked.get("from"):
        start = parse_date(asked["from"], field="from")
    if asked.get("to"):
        end = parse_date(asked["to"], field="to")
    digits = ""
    if region := asked.get("region"):
        house().regions.get(region)
        digits = scope_digits(region)
    return start, end, digits


def _default() -> tuple[date, date]:
    """The last closed day, and the day three months before it."""
    with reading() as session:
        last = ledger.last_closed_day(session) or ledger.open_day(session) - ONE_DAY
    return add_months(last, -3), last
