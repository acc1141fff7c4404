"""公示: the lists that hang, for anybody's phone: no login, no script, no number of anybody."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

import ledger
from policy.values import ROUTES
from subsidies.claims import notice_rows, published
from web.access import open_to_all
from web.context import house, reading
from web.fields import row_id
from web.pages import forms
from web.periods import period_name

blueprint = Blueprint("notices", __name__)

#: so that a page stays below 50 kB
PAGE: Final = 100


@blueprint.get("/notices")
@open_to_all
def hanging() -> ResponseReturnValue:
    """Every notice that hangs."""
    with reading() as session:
        on = ledger.open_day(session)
        found = published.hanging(session, on=on)
        demo = ledger.books(session).demo is not None
    told = [(one, period_name(one.period_from, one.period_to)) for one in found]
    return forms.page("subsidy_notices.html", found=told, on=on, demo=demo, routes=ROUTES)


@blueprint.get("/notices/<path:number>")
@open_to_all
def one(number: str) -> ResponseReturnValue:
    """One of them, a page at a time."""
    after = row_id(request.args.get("after"))
    with reading() as session:
        told = published.hanging_notice(session, number, on=ledger.open_day(session))
        rows = notice_rows(session, told.claim_id, after_nr=after, limit=PAGE + 1)
        demo = ledger.books(session).demo is not None
    regions = house().regions
    return forms.page(
        "subsidy_notice.html",
        told=told,
        title=period_name(told.period_from, told.period_to),
        rows=[(row, regions.full_name(row.village_code, below=3)) for row in rows[:PAGE]],
        following=rows[PAGE - 1].nr if len(rows) > PAGE else None,
        first=after == 0,
        demo=demo,
        routes=ROUTES,
    )
