"""帮扶责任人和未走访户: every helper of a place, and whom nobody visited, searched and kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import ledger
from households.helping import queries as reads
from households.helping.queries import HelperLine, Unvisited
from households.models.helping import LEVELS
from web import exports, places
from web.access import needs
from web.context import reading
from web.fields import row_id
from web.pages import forms
from web.pages.helping import UNVISITED_DAYS
from web.words import t

blueprint = Blueprint("helping_lists", __name__)

PAGE: Final = 50
_HELPERS: Final = ("姓名", "单位", "隶属", "结对户数", "最近走访")
_UNVISITED: Final = (
    "户编号", "户主", "村", "帮扶责任人", "单位", "结对日期", "最近走访",
)  # fmt: skip


@blueprint.get("/helping/helpers")
@needs("households.read")
def helpers() -> ResponseReturnValue:
    """Helpers of a place, with how many households each has now."""
    after = row_id(request.args.get("after"))
    with reading() as session:
        found = _helpers(session, after=after, limit=PAGE + 1)
        choices = places.choices(session)
    return forms.page(
        "helpers.html",
        rows=found[:PAGE],
        following=found[PAGE - 1].id if len(found) > PAGE else None,
        first=after == 0,
        asked=_asked("q", "region", "level"),
        levels=LEVELS,
        choices=[(key, t(title)) for key, title in LEVELS.items()],
        places=choices,
    )


@blueprint.get("/helping/helpers.<any(xlsx, csv):form>")
@needs("exports.read")
def helpers_exported(form: str) -> Response:
    """The same as a file."""
    with reading() as session:
        found = _helpers(session)
    rows = [
        (one.name, one.unit, t(LEVELS[one.level]), one.households, one.visited_on or "")
        for one in found
    ]
    return exports.send_table(t("帮扶责任人"), [t(title) for title in _HELPERS], rows, form)


@blueprint.get("/helping/unvisited")
@needs("households.read")
def unvisited() -> ResponseReturnValue:
    """Households whom nobody visited for long, the longest alone first."""
    after = row_id(request.args.get("after"))
    with reading() as session:
        found = _unvisited(session, after=after, limit=PAGE + 1)
        choices = places.choices(session)
    return forms.page(
        "unvisited.html",
        rows=[(one, places.shown(one.village_code)) for one in found[:PAGE]],
        following=found[PAGE - 1].household_id if len(found) > PAGE else None,
        first=after == 0,
        asked=_asked("q", "region"),
        days=UNVISITED_DAYS,
        places=choices,
    )


@blueprint.get("/helping/unvisited.<any(xlsx, csv):form>")
@needs("exports.read")
def unvisited_exported(form: str) -> Response:
    """The same as a file."""
    with reading() as session:
        found = _unvisited(session)
    rows = [
        (
            one.number, one.head, places.shown(one.village_code), one.helper, one.unit,
            one.from_on, one.visited_on or "",
        )
        for one in found
    ]  # fmt: skip
    return exports.send_table(t("未走访户"), [t(title) for title in _UNVISITED], rows, form)


def _asked(*names: str) -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:40] for name in names}


def _helpers(session: Session, *, after: int = 0, limit: int | None = None) -> list[HelperLine]:
    asked = _asked("q", "level")
    return reads.helpers(
        session,
        digits=places.digits_asked(session),
        level=asked["level"] if asked["level"] in LEVELS else None,
        text=asked["q"],
        after=after,
        limit=limit,
    )


def _unvisited(
    session: Session, *, after: int = 0, limit: int | None = None
) -> Sequence[Unvisited]:
    on = ledger.open_day(session)
    return reads.unvisited(
        session,
        digits=places.digits_asked(session),
        since=on - timedelta(days=UNVISITED_DAYS),
        on=on,
        text=_asked("q")["q"],
        after=after,
        limit=limit,
    )
