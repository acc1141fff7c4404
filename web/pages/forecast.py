"""贴息测算: what the subsidies will cost by quarter and year, beside what the budget holds."""

from __future__ import annotations

import tempfile
from datetime import date
from typing import Final

from flask import Blueprint, Response, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import ledger
import organisations
from kernel.dates import add_months
from kernel.money import plain_amount
from kernel.refusals import Refusal
from kernel.tables import Sheet, write_xlsx
from policy.documents import Document
from subsidies.foreseeing import Quarter, QuarterLine
from subsidies.foreseeing.asked import MONTHS_MAX, QUARTERS_MAX
from web import exports
from web.access import needs
from web.assumed import in_english
from web.context import actor, house, reading
from web.forecasting import NAMES, Told, asked_of, assumptions, tell
from web.pages import forms
from web.words import language, t

blueprint = Blueprint("forecast", __name__, url_prefix="/subsidies")

#: what the form holds before anything was typed
_OFFERED: Final = {"quarters": "12", "size": "50000.00", "term": "36", "months": "12"}


#: what a place may rule on the subsidy of a contract
_SUBSIDY_RULES: Final = frozenset(
    {"interest_bearers", "fixed_subsidy_rate_ppm", "subsidy_months_max"}
)


@blueprint.get("/forecast")
@needs("subsidies.read")
def show() -> ResponseReturnValue:
    """The form, and the forecast that it asks for."""
    return forms.attempt(_page, _page)


@blueprint.get("/forecast.xlsx")
@needs("subsidies.read")
def exported() -> ResponseReturnValue:
    """The same as a workbook: by quarter, by year, and what was supposed."""
    with reading() as session:
        told = _told(session)
    return _workbook(told)


def _page(refused: Refusal | None = None) -> ResponseReturnValue:
    with reading() as session:
        on = ledger.open_day(session)
        told = _told(session) if refused is None else None
        lenders = _lenders(session, on)
    return forms.page(
        "forecast.html",
        refused,
        told=told,
        assumed=[] if told is None else _assumed(told),
        highest=1 if told is None else _highest(told),
        said={name: request.args.get(name, "") for name in NAMES},
        offered=_OFFERED | {"share_from": _next_quarter(on).isoformat()},
        lenders=lenders,
        policies=_policies(),
        names={document.id: _name(document) for document in house().rulebook.documents.values()},
        quarters_max=QUARTERS_MAX,
        months_max=MONTHS_MAX,
        quarter=quarter_title,
    )


def _told(session: Session) -> Told:
    said = {name: request.args.get(name, "") for name in NAMES}
    said |= {name: plain_amount(said[name]) for name in ("monthly", "size")}
    asked, against = asked_of(said)
    lender = said["lender"][:40]
    return tell(session, house(), asked, against=against, lender=lender, by=actor())


def quarter_title(quarter: Quarter) -> str:
    """2016年第四季度, or 2016 Q4."""
    return quarter.title if language() == "zh" else f"{quarter.year} Q{quarter.nr}"


def _next_quarter(on: date) -> date:
    return add_months(on.replace(day=1), 3 - (on.month - 1) % 3)


def _highest(told: Told) -> int:
    """The largest quarter, for the bars."""
    costs = [line.total_fen for line in told.forecast.quarters]
    if told.beside is not None:
        costs += [line.total_fen for line in told.beside.quarters]
    return max(1, *costs)


def _lenders(session: Session, on: date) -> list[tuple[str, str]]:
    by = actor()
    found = organisations.listed(
        session, region_digits=by.region_scope, kind=organisations.Kind.LENDER, on=on
    )
    seen = by.institution_ids
    return [(one.credit_code, one.name) for one in found if seen is None or one.id in seen]


def _policies() -> list[tuple[str, str]]:
    documents = sorted(
        (one for one in house().rulebook.documents.values() if _subsidises(one)),
        key=lambda one: one.start,
    )
    return [(one.id, f"{one.id} {_name(one)}") for one in documents]


def _subsidises(document: Document) -> bool:
    """A programme, or a place's own rule on who bears the interest: what loans are lent under."""
    rules = document.sections.get("contract", {})
    return document.kind == "programme" or (
        document.kind == "local" and not _SUBSIDY_RULES.isdisjoint(rules)
    )


def _name(document: object) -> str:
    name: str = getattr(document, "title_zh" if language() == "zh" else "title_en")
    return name


def _assumed(told: Told) -> list[str]:
    return assumptions(told) if language() == "zh" else in_english(told)


def _workbook(told: Told) -> Response:
    beside = told.beside is not None
    amount = exports.amount
    titles = [t(title) for title in ("季度", "存量贷款（元）", "新增贷款（元）", "合计（元）")]
    if beside:
        titles += [t("对照（元）"), t("差额（元）")]

    def cells(line: QuarterLine) -> list[object]:
        row: list[object] = [
            quarter_title(line.quarter),
            *(amount(fen) for fen in (line.standing_fen, line.new_fen, line.total_fen)),
        ]
        if beside:
            other = told.beside_fen(line.quarter)
            row += [amount(other), amount(line.total_fen - other)]
        return row

    years = [
        t(title)
        for title in (
            "年度", "期初未拨付（元）", "测算贴息（元）", "预算（元）", "已安排（元）",
            "已支付（元）", "可用（元）", "缺口（元）",
        )
    ]  # fmt: skip
    rows = [
        [
            str(one.year),
            *(
                amount(fen)
                for fen in (
                    one.unpaid_fen, one.cost_fen, one.budget_fen, one.committed_fen, one.paid_fen,
                    one.free_fen, one.short_fen,
                )
            ),
        ]
        for one in told.forecast.years
    ]  # fmt: skip
    sheets = [
        Sheet(t("按季度"), titles, map(cells, told.forecast.quarters), widths=[18] * len(titles)),
        Sheet(t("按年度"), years, rows, widths=[18] * len(years)),
        Sheet(t("测算假定"), [t("测算假定")], [[one] for one in _assumed(told)], widths=[110]),
    ]
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    write_xlsx(file, sheets)
    file.seek(0)
    name = f"{t('贴息测算')}{told.forecast.on}.xlsx"
    return send_file(file, mimetype=exports.XLSX, as_attachment=True, download_name=name)
