"""The four levels and help over the API: books, files, the platform; measures, helpers, funds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ledger
from households.helping import figures, project_figures
from households.helping import queries as reads
from households.helping.forms import MeasureRow, PairRow, VisitRow
from households.helping.funds import FundEntered, UseEntered
from households.levels import Platform, TownshipFile, VillageBook
from kernel.refusals import NotFound
from web import helping, levels, places, scope
from web.api import help_lists_schemas as lists
from web.api import levels_schemas as schemas
from web.api import paging
from web.api.routes import Routes, do_once
from web.context import actor, house, reading
from web.helping import FUNDS, HELP
from web.levels import Level

routes = Routes("levels", "四级台账与帮扶 · card, book, file, platform; measures, helpers, funds")


def _level(code: str, kind: type[Level], what: str) -> Any:
    with reading() as session:
        on = levels.day_asked(session)
        found = levels.level_of(session, house(), code, on=on, by=actor())
    if not isinstance(found, kind):
        raise NotFound(field="code", what=what)
    return found


@routes.get(
    "/villages/<code>/book",
    command="households.read",
    query=schemas.LevelQuery,
    answers=schemas.VillageBookAnswer,
)
def book(_query: dict[str, Any], code: str) -> Any:
    """村册：每户一行。A village's book, a row for each household."""
    return _level(code, VillageBook, "村")


@routes.get(
    "/townships/<code>/file",
    command="households.read",
    query=schemas.LevelQuery,
    answers=schemas.TownshipFileAnswer,
)
def file(_query: dict[str, Any], code: str) -> Any:
    """乡镇档案：各村、程序和公示。A township's file: villages, steps, notices."""
    return _level(code, TownshipFile, "乡镇")


@routes.get(
    "/regions/<code>/platform",
    command="households.read",
    query=schemas.LevelQuery,
    answers=schemas.CountyPlatformAnswer,
)
def platform(_query: dict[str, Any], code: str) -> Any:
    """县（市）平台：各乡镇。A county's or prefecture's platform."""
    return _level(code, Platform, "县市")


@routes.get(
    "/households/<int:household_id>/help",
    command="households.read",
    query=schemas.LevelQuery,
    answers=schemas.HelpAnswer,
)
def help_of(_query: dict[str, Any], household_id: int) -> Any:
    """一户的帮扶措施、责任人、走访、项目。The help of a household."""
    with reading() as session:
        on = levels.day_asked(session)
        return levels.card_seen(session, house(), household_id, on=on, by=actor()).help


@routes.post(
    "/help/measures",
    command=HELP,
    body=schemas.MeasuresBody,
    answers=schemas.RowsAnswer,
    status=201,
    keyed=True,
)
def note_measures(body: dict[str, Any]) -> dict[str, Any]:
    """记录帮扶措施，整批。Record measures, all of them or none."""
    rows = [MeasureRow(**row) for row in body["rows"]]
    return do_once(HELP, helping.note_measures(rows), body=_plain("measures", body))


@routes.post(
    "/help/pairs",
    command=HELP,
    body=schemas.PairsBody,
    answers=schemas.RowsAnswer,
    status=201,
    keyed=True,
)
def pair(body: dict[str, Any]) -> dict[str, Any]:
    """结对帮扶，整批；新结对接替旧结对。Pair helpers with households."""
    rows = [PairRow(**row) for row in body["rows"]]
    return do_once(HELP, helping.pair(rows), body=_plain("pairs", body))


@routes.post(
    "/help/pairs/<int:pair_id>/end",
    command=HELP,
    body=schemas.EndPairBody,
    answers=schemas.HelperPairEnded,
    keyed=True,
)
def end_pair(body: dict[str, Any], pair_id: int) -> dict[str, Any]:
    """结束结对。End a pair."""
    return do_once(HELP, helping.end_pair(pair_id, **body), body=_plain(f"end {pair_id}", body))


@routes.post(
    "/help/visits",
    command=HELP,
    body=schemas.VisitsBody,
    answers=schemas.RowsAnswer,
    status=201,
    keyed=True,
)
def note_visits(body: dict[str, Any]) -> dict[str, Any]:
    """记录走访，整批。Record visits, all of them or none."""
    rows = [VisitRow(**row) for row in body["rows"]]
    return do_once(HELP, helping.note_visits(rows), body=_plain("visits", body))


@routes.post(
    "/help/withdrawals",
    command=HELP,
    body=schemas.WithdrawBody,
    answers=schemas.HelpWithdrawn,
    status=201,
    keyed=True,
)
def withdraw(body: dict[str, Any]) -> dict[str, Any]:
    """撤销写错的一条。Withdraw what was written by mistake."""
    deed = helping.withdraw(body["kind"], body["id"], reason=body["reason"])
    return do_once(HELP, deed, body=body)


@routes.get(
    "/help/helpers",
    command="households.read",
    query=lists.HelpersQuery,
    answers=paging.page_of(lists.HelperRow),
)
def helpers(query: dict[str, Any]) -> dict[str, Any]:
    """帮扶责任人，分页。Helpers with their households now, a page at a time."""
    limit = query["limit"]
    with reading() as session:
        found = reads.helpers(
            session, digits=places.digits_asked(session), level=query["level"] or None,
            text=query["q"], after=paging.after(query.get("cursor")), limit=limit + 1,
        )  # fmt: skip
    return paging.page(found, limit, found[limit - 1].id if len(found) > limit else None)


@routes.get(
    "/help/unvisited",
    command="households.read",
    query=lists.UnvisitedQuery,
    answers=paging.page_of(lists.UnvisitedRow),
)
def unvisited(query: dict[str, Any]) -> dict[str, Any]:
    """久未走访的户，最久的在前，分页。Households that nobody visited for long, a page at a time."""
    limit = query["limit"]
    with reading() as session:
        on = ledger.open_day(session)
        found = reads.unvisited(
            session, digits=places.digits_asked(session), since=on - timedelta(query["days"]),
            on=on, text=query["q"], after=paging.after(query.get("cursor")), limit=limit + 1,
        )  # fmt: skip
    last = found[limit - 1].household_id if len(found) > limit else None
    return paging.page(found, limit, last)


@routes.get("/industry-projects", command="households.read", answers=schemas.ProjectsAnswer)
def projects() -> dict[str, Any]:
    """产业项目及其覆盖（上报数与名册数）。Industry projects and whom they reach."""
    with reading() as session:
        on, digits = ledger.open_day(session), scope.own_digits(session, actor())
        return {
            "total": project_figures.projects_total(session, digits=digits),
            "items": project_figures.projects(session, digits=digits, on=on),
        }


@routes.get(
    "/special-funds",
    command="households.read",
    query=schemas.YearQuery,
    answers=schemas.FundsAnswer,
)
def funds(query: dict[str, Any]) -> dict[str, Any]:
    """专项资金：文件、安排、占比。Special funds of a year, and how they are shared."""
    with reading() as session:
        on = ledger.open_day(session)
        year = query.get("year", on.year)
        return {
            "shares": levels.shares_of(session, house(), year=year, on=on),
            "items": figures.funds(session, year=year),
        }


@routes.post(
    "/special-funds",
    command=FUNDS,
    body=schemas.FundBody,
    answers=schemas.FundEnteredAnswer,
    status=201,
    keyed=True,
)
def enter_fund(body: dict[str, Any]) -> dict[str, Any]:
    """录入资金文件。Enter a fund by its document."""
    return do_once(FUNDS, helping.enter_fund(FundEntered(**body)), body=body)


@routes.post(
    "/special-funds/<int:fund_id>/uses",
    command=FUNDS,
    body=schemas.FundUseBody,
    answers=schemas.FundUseAnswer,
    status=201,
    keyed=True,
)
def use_fund(body: dict[str, Any], fund_id: int) -> dict[str, Any]:
    """安排资金。Give part of a fund to a purpose."""
    deed = helping.use_fund(UseEntered(fund_id=fund_id, **body))
    return do_once(FUNDS, deed, body=_plain(f"use {fund_id}", body))


@routes.post(
    "/special-funds/uses/<int:use_id>/back",
    command=FUNDS,
    body=schemas.TakeBackBody,
    answers=schemas.FundUseAnswer,
    status=201,
    keyed=True,
)
def take_back(body: dict[str, Any], use_id: int) -> dict[str, Any]:
    """收回一笔安排。Take a use back."""
    return do_once(FUNDS, helping.take_back(use_id, **body), body=_plain(f"back {use_id}", body))


def _plain(of: str, body: dict[str, Any]) -> dict[str, Any]:
    """What makes two requests the same."""
    return {"of": of} | {name: _said(value) for name, value in body.items()}


def _said(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [{name: _said(one) for name, one in row.items()} for row in value]
    return value
