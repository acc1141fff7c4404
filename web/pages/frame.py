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

#: by audience: endpoint, title, the command one must be able to do
MENUS: Final = (
    ("看板与办理", (
        ("dashboard.show", "财政看板", "indicators.read"),
        ("queue.overview", "工作台", "loans.read"),
        ("proposals.listed", "待办", "proposals.read"),
        ("imports.form", "登记导入", "households.import"),
        ("batches.overview", "批量办理", "loans.apply"),
    )),
    ("农户与帮扶", (
        ("households.listed", "农户", "households.read"),
        ("identification.overview", "识别", "households.read"),
        ("need.overview", "贷款需求", "households.read"),
        ("levels.show", "四级台账", "households.read"),
        ("helping.overview", "帮扶", "households.read"),
    )),
    ("贷款与风险", (
        ("loans.listed", "贷款", "loans.read"),
        ("changes.overview", "变更", "loans.read"),
        ("subsidies.overview", "财政贴息", "subsidies.read"),
        ("fund.overview", "风险补偿金", "risk_fund.read"),
        ("watch.fuse", "风险监测", "risk_fund.read"),
    )),
    ("联结与互助", (
        ("enterprises.overview", "企业联结", "enterprises.read"),
        ("mutual.overview", "村级互助资金", "mutual_aid.read"),
        ("organisations.listed", "机构名录", "organisations.read"),
    )),
)  # fmt: skip
#: all entries, whatever their audience
MENU: Final = tuple(entry for _title, entries in MENUS for entry in entries)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu."""

    endpoint: str
    title: str
    here: bool


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """The entries for one audience."""

    title: str
    entries: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the frame shows."""

    name: str
    menu: tuple[MenuGroup, ...]
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
    every = (MenuGroup(title, _entries(who, entries)) for title, entries in MENUS)
    menu = tuple(group for group in every if group.entries)
    try:
        with reading() as session:
            return _of_books(session, who, menu)
    except BooksNotOpened:
        return Desk(who.name, menu, "—", None, None, None)


def _entries(who: Visitor, entries: tuple[tuple[str, str, str], ...]) -> tuple[MenuItem, ...]:
    return tuple(
        MenuItem(endpoint, title, _is_here(endpoint))
        for endpoint, title, command in entries
        if rights.may(who.actor, command) and endpoint in current_app.view_functions
    )


def _of_books(session: Session, who: Visitor, menu: tuple[MenuGroup, ...]) -> Desk:
    books = ledger.books(session)
    return Desk(
        name=who.name,
        menu=menu,
        region=_named(books.region_code),
        open_day=ledger.open_day(session),
        last_closed=ledger.last_closed_day(session),
        demo=books.demo,
    )


def _named(region: str) -> str:
    """A county by its name alone, a prefecture or province by its own."""
    regions = house().regions
    return regions.full_name(region, below=2) or regions.get(region).name


def _is_here(endpoint: str) -> bool:
    room = (request.endpoint or "").split(".", maxsplit=1)[0]
    first = endpoint.split(".", maxsplit=1)[0]
    return room == first or room.startswith(f"{first}_")
