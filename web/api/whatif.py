"""假如 over the API: what a payment, a delay or another policy would make of a loan."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from loans import whatif
from loans.explaining import Answer
from loans.refusals import WhatIfUnclear
from web.api.lending_schemas import Why
from web.api.routes import Routes
from web.context import house, reading
from web.explained import case_of
from web.fields import Day, Money, Text

routes = Routes("whatif", "假如 · what would be if, without touching the books")


class WhatIfQuery(Schema):
    """``repay`` with ``on``, or ``policy``, or ``unpaid_until``."""

    repay = Money()
    on = Day()
    early = fields.Boolean(load_default=True)
    policy = Text(longest=60)
    unpaid_until = Day()


@routes.get("/loans/<number>/what-if", command="loans.read", query=WhatIfQuery, answers=Why)
def ask(query: dict[str, Any], number: str) -> Answer:
    """假如还款、假如不还、假如适用另一政策。What would be if; nothing is written."""
    with reading() as session:
        case = case_of(session, number)
        if "policy" in query:
            return whatif.if_under(case, policy=query["policy"], rulebook=house().rulebook)
        if "unpaid_until" in query:
            return whatif.if_unpaid(case, until=query["unpaid_until"])
        if "repay" not in query:
            raise WhatIfUnclear(field="repay")
        day = query.get("on", case.on)
        return whatif.if_repaid(case, amount_fen=query["repay"], day=day, early=query["early"])
