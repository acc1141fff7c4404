"""Public notices over the API: nobody need log in, and no number of anybody is on them."""

from __future__ import annotations

from typing import Any

import ledger
from subsidies.claims import notice_rows, published
from web.api import paging
from web.api import subsidies_schemas as schemas
from web.api.routes import Routes
from web.context import reading

routes = Routes("notices", "公示 · public notices of subsidy claims")


@routes.get("/notices", command=None, answers=schemas.HangingNotice(many=True))
def hanging() -> list[published.NoticeTold]:
    """在公示期内的贴息公示。Notices that hang today."""
    with reading() as session:
        return published.hanging(session, on=ledger.open_day(session))


@routes.get(
    "/notices/<path:number>",
    command=None,
    query=paging.PageQuery,
    answers=paging.page_of(schemas.NoticeRowAnswer),
)
def rows(query: dict[str, Any], number: str) -> dict[str, Any]:
    """一件公示的明细。The list that hangs, a page at a time."""
    limit = query["limit"]
    with reading() as session:
        told = published.hanging_notice(session, number, on=ledger.open_day(session))
        after = paging.after(query.get("cursor"))
        found = notice_rows(session, told.claim_id, after_nr=after, limit=limit + 1)
    return paging.page(found, limit, found[limit - 1].nr if len(found) > limit else None)
