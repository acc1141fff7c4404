"""Subsidies to come over the API: the forecast, the budget lines, the rules in force."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

import ledger
from subsidies import budget, programmes
from subsidies.budget import LEVELS, LineEntered
from subsidies.foreseeing import Asked, NewLending, ShareFrom
from subsidies.foreseeing.asked import QUARTERS_MAX
from subsidies.refusals import ForecastBadShare, LendingIncomplete
from web.api.routes import Routes, do_once
from web.context import actor, house, reading
from web.fields import Count, Day, Money, Portion, Rate, RegionCode, Share, Text, Whole
from web.forecasting import as_data, tell
from web.refusals import PolicyWithoutLending
from web.treasury import change_line, enter_line

routes = Routes("forecast", "贴息测算与预算 · what subsidies will cost, budget lines")


class ForecastQuery(Schema):
    """Everything supposed; nothing at all: what is out, under its own terms."""

    quarters = Count(load_default=12, validate=validate.Range(1, QUARTERS_MAX))
    lender = Text(longest=18, metadata={"description": "机构信用代码"})
    share = Share(metadata={"description": "财政承担比例（%），与share_from一起给出"})
    share_from = Day()
    early = Portion(load_default=0, metadata={"description": "每月提前归还比例（%）"})
    monthly = Money(metadata={"description": "新增投放：每月金额，与size、term、months一起给出"})
    size = Money()
    term = Count()
    months = Count()
    rate = Rate(load_default=None, allow_none=True)
    policy = Text(load_default="", longest=60)
    against = Text(load_default="", longest=60, metadata={"description": "新增投放与另一政策对照"})


class QuarterRow(Schema):
    """A quarter's cost."""

    year = fields.Integer(required=True)
    quarter = fields.Integer(required=True)
    standing = fields.String(required=True)
    new = fields.String(required=True)
    total = fields.String(required=True)
    beside = fields.String(required=True, allow_none=True)


class YearRow(Schema):
    """A year's cost beside its budget."""

    year = fields.Integer(required=True)
    unpaid = fields.String(required=True)
    cost = fields.String(required=True)
    budget = fields.String(required=True)
    committed = fields.String(required=True)
    paid = fields.String(required=True)
    free = fields.String(required=True)
    short = fields.String(required=True)


class QuarterName(Schema):
    """A quarter."""

    year = fields.Integer(required=True)
    quarter = fields.Integer(required=True)


class ForecastAnswer(Schema):
    """The forecast and what it rests on."""

    on = fields.String(required=True)
    unpaid_as_of = fields.String(required=True, allow_none=True)
    loans = fields.Integer(required=True)
    total = fields.String(required=True)
    beside_total = fields.String(required=True, allow_none=True)
    against = fields.String(required=True, allow_none=True)
    quarters = fields.List(fields.Nested(QuarterRow), required=True)
    years = fields.List(fields.Nested(YearRow), required=True)
    runs_out = fields.Nested(QuarterName, required=True, allow_none=True)
    assumptions = fields.List(fields.String(), required=True)


@routes.get(
    "/subsidies/forecast", command="subsidies.read", query=ForecastQuery, answers=ForecastAnswer
)
def forecast(query: dict[str, Any]) -> dict[str, Any]:
    """贴息测算：按季度、年度，与预算对照。Cost by quarter and year; nothing is written."""
    asked = Asked(
        quarters=query["quarters"],
        share=_share(query),
        lending=_lending(query),
        early_ppm=query["early"],
    )
    if asked.lending is None and (query["against"] or query.get("policy")):
        raise PolicyWithoutLending(field="monthly")
    with reading() as session:
        told = tell(
            session,
            house(),
            asked,
            against=query["against"],
            lender=query.get("lender", ""),
            by=actor(),
        )
    return as_data(told)


def _share(query: dict[str, Any]) -> ShareFrom | None:
    if "share" not in query and "share_from" not in query:
        return None
    if "share" not in query or "share_from" not in query:
        raise ForecastBadShare(field="share")
    return ShareFrom(query["share_from"], query["share"])


def _lending(query: dict[str, Any]) -> NewLending | None:
    if "monthly" not in query:
        return None
    if not {"size", "term", "months"} <= set(query):
        raise LendingIncomplete(field="monthly", months=60)
    return NewLending(
        monthly_fen=query["monthly"],
        loan_fen=query["size"],
        term_months=query["term"],
        months=query["months"],
        policy=query["policy"],
        annual_rate_ppm=query["rate"],
    )


# --- budget lines ---------------------------------------------------------------------------------


class BudgetQuery(Schema):
    """A year, or all."""

    year = Count()


class BudgetLineBody(Schema):
    """A line as its document gives it; the amount is on it once another person agrees."""

    document_no = Text(required=True, longest=80)
    code = Text(required=True, longest=40)
    level = fields.String(required=True, validate=validate.OneOf(tuple(LEVELS)))
    year = Whole(required=True)
    funder = Text(required=True, longest=80)
    amount_fen = Money(required=True, data_key="amount")


class BudgetLineAnswer(Schema):
    """A line and what is left of it."""

    id = fields.Integer(required=True)
    document_no = fields.String(required=True)
    code = fields.String(required=True)
    level = fields.String(required=True)
    year = fields.Integer(required=True)
    funder = fields.String(required=True)
    entered_on = fields.String(required=True)
    amount = fields.String(required=True)
    committed = fields.String(required=True)
    paid = fields.String(required=True)
    free = fields.String(required=True)


class BudgetAnswer(Schema):
    """The lines of a year, or all."""

    items = fields.List(fields.Nested(BudgetLineAnswer), required=True)


class LineEnteredAnswer(Schema):
    """The line's number, and the proposal of its first amount; null where none was asked for."""

    line_id = fields.Integer(required=True)
    proposal_id = fields.Integer(required=True, allow_none=True)


class LineChangeBody(Schema):
    """More or less on a line."""

    direction = fields.String(required=True, validate=validate.OneOf(("more", "less")))
    amount_fen = Money(required=True, data_key="amount")
    document_no = Text(required=True, longest=80)
    reason = Text(load_default="", longest=200)


class LineChangeAnswer(Schema):
    """A proposal that another person decides."""

    line_id = fields.Integer(required=True)
    proposal_id = fields.Integer(required=True)


@routes.get("/subsidies/budget", command="subsidies.read", query=BudgetQuery, answers=BudgetAnswer)
def budget_lines(query: dict[str, Any]) -> dict[str, Any]:
    """预算指标及其余额。Budget lines and what is left of them."""
    with reading() as session:
        found = budget.lines(session, by=actor(), year=query.get("year"))
    return {"items": [line.as_data() for line in found]}


@routes.post(
    "/subsidies/budget",
    command="subsidies.budget",
    body=BudgetLineBody,
    answers=LineEnteredAnswer,
    status=201,
    keyed=True,
)
def enter(body: dict[str, Any]) -> dict[str, Any]:
    """录入预算指标；金额由另一人在待办中决定。Enter a line; its amount is decided as a proposal."""
    return do_once("subsidies.budget", enter_line(LineEntered(**body)), body=body)


@routes.post(
    "/subsidies/budget/<int:line_id>/changes",
    command="subsidies.budget",
    body=LineChangeBody,
    answers=LineChangeAnswer,
    status=201,
    keyed=True,
)
def change(body: dict[str, Any], line_id: int) -> dict[str, Any]:
    """追加或调减，由另一人在待办中决定。More or less on a line, decided as a proposal."""
    sign = -1 if body["direction"] == "less" else 1
    deed = change_line(
        line_id,
        amount_fen=sign * body["amount_fen"],
        document_no=body["document_no"],
        reason=body["reason"],
    )
    return do_once("subsidies.budget", deed, body={"line_id": line_id, **body})


# --- the rules ------------------------------------------------------------------------------------


class ProgrammeQuery(Schema):
    """A day and a place; left out: the books' own."""

    on = Day()
    region = RegionCode()


class Titles(Schema):
    """In both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class ProgrammeLine(Schema):
    """A rule with its clause."""

    name = fields.String(required=True)
    title = fields.Nested(Titles, required=True)
    value = fields.String(required=True)
    cite = fields.String(required=True)
    default = fields.Boolean(required=True)
    note = fields.String(required=True)


class ProgrammeAnswer(Schema):
    """The subsidies of a day and a place."""

    on = fields.String(required=True)
    region = fields.String(required=True)
    document = fields.String(required=True)
    cited_as = fields.String(required=True)
    subsidised = fields.Boolean(required=True)
    contract = fields.List(fields.Nested(ProgrammeLine), required=True)
    conduct = fields.List(fields.Nested(ProgrammeLine), required=True)


@routes.get(
    "/subsidies/programme", command="subsidies.read", query=ProgrammeQuery, answers=ProgrammeAnswer
)
def programme(query: dict[str, Any]) -> dict[str, Any]:
    """某日某地执行的贴息政策。What the subsidies of a day and a place are."""
    with reading() as session:
        on = query.get("on") or ledger.open_day(session)
        region = house().regions.get(query.get("region") or ledger.books(session).region_code).code
    return programmes.programme(house().rulebook, on=on, region=region).as_data()
