"""财政看板: every figure with its target, its gap and what was printed, down to one household."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import indicators
import ledger
from indicators import FIGURES, Page
from kernel.actor import Actor
from kernel.dates import parse_date
from kernel.regions import Region, scope_digits
from loans import explaining
from loans.migration import scope_of
from office import rights
from office.refusals import NotEntitled
from web import exports, figure_rows, figures, handed, scope
from web.access import needs
from web.context import actor, house, reading
from web.fields import row_id
from web.figures import BELOW, GROUPS
from web.pages import forms
from web.words import t

blueprint = Blueprint("dashboard", __name__)

_LOT: Final = 2_000


@blueprint.get("/dashboard")
@needs("indicators.read")
def show() -> ResponseReturnValue:
    """The figures of a region at the close of a day."""
    by = actor()
    regions = house().regions
    with reading() as session:
        here = asked_region(session, by)
        last = ledger.last_closed_day(session)
        if last is None:
            return forms.page("dashboard_empty.html", here=here)
        on = asked_day(last)
        found = indicators.figures(session, regions=regions, region=here.code, on=on)
        below = _below(session, here, on)
        counties = handed.handed(session, here, on)
        corrected = explaining.corrected_since(session, on, *scope_of(by, scope_digits(here.code)))
    return forms.page(
        "dashboard.html",
        here=here,
        crumbs=crumbs(here, by.region_scope),
        on=on,
        last=last,
        corrected=corrected,
        opens=by.institution_ids is None,
        groups=[
            (key, title, [figures.shown(found, name, on) for name in names])
            for key, title, names in GROUPS
        ],
        below=below,
        columns=[FIGURES[name] for name in BELOW],
        handed=counties,
        hands_in=rights.may(by, "indicators.export"),
    )


def asked_region(session: Session, by: Actor) -> Region:
    """The region that is asked for, or the visitor's own."""
    region = request.args.get("region") or scope.own_region(session, by)
    rights.allow(by, "indicators.read", region=region)
    return house().regions.get(region)


def asked_day(last: date) -> date:
    """The closed day that is asked for, or the last one."""
    asked = request.args.get("on")
    return parse_date(asked, field="on") if asked else last


# --- rows -----------------------------------------------------------------------------------------


@blueprint.get("/dashboard/<figure>")
@needs("indicators.read")
def rows(figure: str) -> ResponseReturnValue:
    """What a figure of a closed day is made of, row by row."""
    by, regions = actor(), house().regions
    with reading() as session:
        here = asked_region(session, by)
        _require_whole(by)
        last = ledger.last_closed_day(session)
        if last is None:
            return forms.page("dashboard_empty.html", here=here)
        on = asked_day(last)
        found = indicators.figures(session, regions=regions, region=here.code, on=on)
        page = indicators.rows_behind(
            session, figure, regions=regions, region=here.code, on=on,
            cursor=row_id(request.args.get("cursor")),
        )  # fmt: skip
        shown = _shown(session, page, by, on)
    return forms.page(
        "dashboard_rows.html",
        here=here,
        crumbs=crumbs(here, by.region_scope),
        on=on,
        figure=figures.shown(found, figure, on),
        kind=page.kind,
        number=figure_rows.NUMBERS[page.kind],
        named=page.kind in figure_rows.OF_HOUSEHOLDS and _may_name(by),
        money=_is_money(figure),
        rows=shown,
        cursor=page.cursor,
        first=not request.args.get("cursor"),
    )


@blueprint.get("/dashboard/<figure>/rows.<any(xlsx, csv):form>")
@needs("exports.read")
def rows_exported(figure: str, form: str) -> ResponseReturnValue:
    """All of them as a file."""
    by = actor()
    with reading() as session:
        here = asked_region(session, by)
        _require_whole(by)
        on = asked_day(ledger.last_closed_day(session) or ledger.open_day(session))
        kind = FIGURES[figure].opens if figure in FIGURES else ""
        titles = [figure_rows.NUMBERS.get(kind, "编号"), "户主", "地区", "计入"]
        cells = _cells(session, figure, here, by, on)
        name = f"{figures.title_of(indicators.definition(figure))}-{here.name}-{on.isoformat()}"
        return exports.send_table(name, [t(title) for title in titles], cells, form)


def _cells(
    session: Session, figure: str, here: Region, by: Actor, on: date
) -> Iterator[list[object]]:
    cursor: int | None = 0
    while cursor is not None:
        page = indicators.rows_behind(
            session, figure, regions=house().regions, region=here.code, on=on, cursor=cursor,
            limit=_LOT,
        )  # fmt: skip
        for row in _shown(session, page, by, on):
            amount = exports.amount(row.amount) if _is_money(figure) else row.amount
            yield [row.number, row.name, row.place, amount]
        cursor = page.cursor


def _shown(session: Session, page: Page, by: Actor, on: date) -> list[figure_rows.RowShown]:
    return figure_rows.shown(
        session, page, on=on, open_on=ledger.open_day(session), names=_may_name(by)
    )


def _may_name(by: Actor) -> bool:
    return rights.may(by, "households.read")


def _require_whole(by: Actor) -> None:
    """Figures are the county's; rows of other lenders are not a lender's to see."""
    if by.institution_ids is not None:
        raise NotEntitled(command="indicators.read")


def _is_money(figure: str) -> bool:
    return FIGURES[figure].counter.endswith("_fen")


# --- regions --------------------------------------------------------------------------------------


def _below(session: Session, here: Region, on: date) -> list[tuple[Region, list[str]]]:
    regions = house().regions
    each = indicators.figures_below(session, regions=regions, region=here.code, on=on)
    return [
        (
            regions.get(code),
            [figures.form(FIGURES[name].kind, found.value(name)) for name in BELOW],
        )
        for code, found in each.items()
    ]


def crumbs(here: Region, region_scope: str) -> list[Region]:
    """The regions above that this person may see, the highest first."""
    above = house().regions.ancestors(here.code)
    return [region for region in reversed(above) if region.code.startswith(region_scope)]
