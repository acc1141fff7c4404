"""The indicators over the API: one object of figures of a region at the close of a day."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields

import indicators
from indicators import FIGURES
from office import rights
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
