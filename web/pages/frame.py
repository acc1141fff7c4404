"""What stands around every staff page: menu, name, the books' day, the other language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import Flask, current_app, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

import ledger
from ledger.refusals import BooksNotOpened
from office import rights
from web.addresses import page_address
from web.context import Visitor, house, reading, visitor_or_none

#: endpoint, title, the command one must be able to do
MENU: Final = (
    ("dashboard.show", "财政看板", "indicators.read"),
    ("queue.overview", "工作台", "loans.read"),
    ("households.listed", "农户", "households.read"),
    ("levels.show", "四级台账", "households.read"),
    ("helping.overview", "帮扶", "households.read"),
    ("loans.listed", "贷款", "loans.read"),
    ("changes.overview", "变更", "loans.read"),
    ("subsidies.overview", "财政贴息", "subsidies.read"),
    ("proposals.listed", "待办", "proposals.read"),
    ("fund.overview", "风险补偿金", "risk_fund.read"),
    ("watch.fuse", "风险监测", "risk_fund.read"),
    ("imports.form", "登记导入", "households.import"),
    ("batches.overview", "批量办理", "loans.apply"),
)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu."""

    endpoint: str
    title: str
    here: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What the frame shows."""

    name: str
    menu: tuple[MenuItem, ...]
    region: str
    open_day: date | None
    last_closed: date | None
    demo: str | None


def register(app: Flask) -> None:
    """Draw the frame around every template that extends it."""
    app.context_processor(_frame)
    app.jinja_env.globals.update(here_in=here_in)


def here_in(language: str) -> str:
    """The address of the page in another language; of a form's answer, of the page it stands on."""
    arguments = MultiDict(request.args)
    path = request.path if request.method == "GET" else page_address(request.path) or "/"
    arguments["lang"] = language
    pairs = "&".join(f"{iri_to_uri(k)}={iri_to_uri(v)}" for k, v in arguments.items(multi=True))
    return f"{iri_to_uri(path)}?{pairs}"


def _frame() -> dict[str, Any]:
    who = visitor_or_none()
    return {"desk": None if who is None else _desk(who), "refused": None}


def _desk(who: Visitor) -> Desk:
    menu = tuple(
        MenuItem(endpoint, title, _is_here(endpoint))
        for endpoint, title, command in MENU
        if rights.may(who.actor, command) and endpoint in current_app.view_functions
    )
    try:
        with reading() as session:
            return _of_books(session, who, menu)
    except BooksNotOpened:
        return Desk(who.name, menu, "—", None, None, None)


def _of_books(session: Session, who: Visitor, menu: tuple[MenuItem, ...]) -> Desk:
    books = ledger.books(session)
    return Desk(
        name=who.name,
        menu=menu,
        region=house().regions.full_name(books.region_code, below=2),
        open_day=ledger.open_day(session),
        last_closed=ledger.last_closed_day(session),
        demo=books.demo,
    )


def _is_here(endpoint: str) -> bool:
    room = (request.endpoint or "").split(".", maxsplit=1)[0]
    first = endpoint.split(".", maxsplit=1)[0]
    return room == first or room.startswith(f"{first}_")
