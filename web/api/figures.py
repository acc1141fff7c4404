"""The indicators over the API: one object of figures of a region at the close of a day."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields

import indicators
from indicators import FIGURES
from indicators.reconciling import VERDICTS, Held
from indicators.rows import PAGE
from kernel.money import format_yuan
from office import rights
from office.refusals import NotEntitled
from web import published, reconciled
from web.api import paging
from web.api.routes import Routes
from web.context import actor, house, reading
from web.fields import Day, RegionCode

routes = Routes("indicators", "指标 · coverage, lending and arrears")

_HEAD: Final = {
    "region": fields.String(required=True),
    "on": fields.String(required=True),
}
_KINDS: Final = {"count": fields.Integer, "money": fields.String, "average": fields.String}

FiguresAnswer = Schema.from_dict(
    _HEAD
    | {
        figure.name: _KINDS.get(figure.kind, fields.String)(
            required=True,
            allow_none=figure.may_be_none,
            metadata={"title": figure.zh, "description": figure.meaning_zh},
        )
        for figure in FIGURES.values()
    },
    name="Figures",
)


class FiguresQuery(Schema):
    """A region and a closed day."""

    region = RegionCode(required=True)
    on = Day(required=True)


@routes.get("/indicators", command="indicators.read", query=FiguresQuery, answers=FiguresAnswer)
def figures(query: dict[str, Any]) -> dict[str, Any]:
    """已日终某日某地区的全部指标。Every figure of a region at the close of a day."""
    rights.allow(actor(), "indicators.read", region=query["region"])
    with reading() as session:
        found = indicators.figures(
            session, regions=house().regions, region=query["region"], on=query["on"]
        )
        return found.as_dict()


# --- rows -----------------------------------------------------------------------------------------


class FigureRowAnswer(Schema):
    """A household, loan, payment or whatever else counts, and what it counts for."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    village_code = fields.String(required=True)
    household_id = fields.Integer(required=True, allow_none=True)
    amount = fields.String(required=True, metadata={"description": "金额为元；其他为整数"})


class FigureRowsAnswer(Schema):
    """A page of what a figure is made of."""

    kind = fields.String(required=True, metadata={"description": "households、payments等"})
    items = fields.List(fields.Nested(FigureRowAnswer), required=True)
    next = fields.String(required=True, allow_none=True)


class FigureRowsQuery(FiguresQuery):
    """A page of the rows of a region and a closed day."""

    cursor = fields.String(metadata={"description": "上一页给出的 next"})


@routes.get(
    "/indicators/<figure>/rows",
    command="indicators.read",
    query=FigureRowsQuery,
    answers=FigureRowsAnswer,
)
def rows(query: dict[str, Any], figure: str) -> dict[str, Any]:
    """一个指标逐行的明细。What a figure is made of; a ratio opens into the rows above its line."""
    rights.allow(actor(), "indicators.read", region=query["region"])
    if actor().institution_ids is not None:
        raise NotEntitled(command="indicators.read")
    with reading() as session:
        page = indicators.rows_behind(
            session, figure, regions=house().regions, region=query["region"], on=query["on"],
            cursor=paging.after(query.get("cursor")), limit=PAGE,
        )  # fmt: skip
    is_money = FIGURES[figure].counter.endswith("_fen")
    return {
        "kind": page.kind,
        "items": [
            {
                "id": row.id,
                "number": row.number,
                "village_code": row.village_code,
                "household_id": row.household_id,
                "amount": format_yuan(row.amount) if is_money else str(row.amount),
            }
            for row in page.rows
        ],
        "next": None if page.cursor is None else paging.cursor_of(page.cursor),
    }


# --- printed and computed -------------------------------------------------------------------------


class PrintedFigureAnswer(Schema):
    """A printed figure beside the books'."""

    region = fields.String(required=True)
    figure = fields.String(required=True)
    printed = fields.String(required=True)
    as_of = fields.String(required=True)
    source = fields.String(required=True)
    computed = fields.String(required=True, allow_none=True)
    difference = fields.String(required=True, allow_none=True)
    verdict = fields.String(required=True, metadata={"enum": list(VERDICTS)})
    why = fields.String(required=True)


class PrintedPairAnswer(Schema):
    """Two printed statements that cannot both be true, with the arithmetic and the reason."""

    code = fields.String(required=True)
    region = fields.String(required=True)
    title = fields.String(required=True, attribute="zh")
    one = fields.String(required=True, attribute="one_zh")
    other = fields.String(required=True, attribute="other_zh")
    arithmetic = fields.List(fields.String(), required=True)
    why = fields.String(required=True, attribute="why_zh")
    figures = fields.List(fields.String(), required=True)


class ReconciliationAnswer(Schema):
    """Every print of a region, and the pairs about it."""

    prints = fields.List(fields.Nested(PrintedFigureAnswer), required=True)
    pairs = fields.List(fields.Nested(PrintedPairAnswer), required=True)


@routes.get(
    "/reconciliation",
    command="indicators.read",
    query=FiguresQuery,
    answers=ReconciliationAnswer,
)
def reconciliation(query: dict[str, Any]) -> dict[str, Any]:
    """公布数与账上数逐项对照。What was printed beside what the books say at the close of a day."""
    rights.allow(actor(), "indicators.read", region=query["region"])
    region = house().regions.get(query["region"]).code
    with reading() as session:
        held = reconciled.held(session, region, query["on"])
    return {
        "prints": [_print(one) for one in held],
        "pairs": published.pairs(house().settings.config_dir, region),
    }


def _print(one: Held) -> dict[str, Any]:
    return {
        "region": one.published.region,
        "figure": one.published.name,
        "printed": one.published.value,
        "as_of": one.published.as_of,
        "source": one.published.source_zh,
        "computed": None if one.computed is None else str(one.computed),
        "difference": one.difference,
        "verdict": one.verdict,
        "why": one.published.why_zh,
    }
