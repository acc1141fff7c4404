"""The calculator over the API: the same engine that books a contract."""

from __future__ import annotations

from typing import Any, cast

from marshmallow import Schema, fields, validate

from kernel.day_count import DAY_COUNTS
from kernel.money import ROUNDINGS
from loans.due_dates import SETTLEMENT_MONTHS, parse_rhythm
from loans.schedule import METHODS, PlanTerms, Pricing, plan
from web.api.routes import Routes
from web.commands.schedule import as_data
from web.fields import Day, Money, Rate, Whole
from web.refusals import NoSettlementRhythm, OneEndNeeded

routes = Routes("schedule", "还款计划试算 · the repayment calculator")


class ScheduleRequest(Schema):
    """As the command line takes it."""

    principal = Money(required=True)
    rate = Rate(required=True)
    method = fields.String(required=True, validate=validate.OneOf(METHODS))
    start = Day(required=True, data_key="from")
    end = Day(data_key="to")
    count = Whole(validate=validate.Range(1, 600))
    every = fields.String(required=True, metadata={"examples": ["3-month"]})
    settle_on = Whole(validate=validate.Range(1, 31), data_key="settle_on")
    day_count = fields.String(required=True, validate=validate.OneOf(DAY_COUNTS))
    grace = Whole(load_default=0, validate=validate.Range(0, 600))
    rounding = fields.String(load_default="half-up", validate=validate.OneOf(tuple(ROUNDINGS)))


class ScheduleRow(Schema):
    """One instalment."""

    nr = fields.Integer(required=True)
    due = fields.String(required=True)
    days = fields.Integer(required=True)
    principal = fields.String(required=True)
    interest = fields.String(required=True)
    total = fields.String(required=True)
    outstanding = fields.String(required=True)


@routes.post(
    "/schedule", command="policy.read", body=ScheduleRequest, answers=ScheduleRow(many=True)
)
def preview(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """试算还款计划，不入账。Work out a plan; nothing is booked."""
    if ("end" in asked) == ("count" in asked):
        raise OneEndNeeded(field="to")
    rhythm = parse_rhythm(asked["every"], field="every")
    if "settle_on" in asked and rhythm.months not in SETTLEMENT_MONTHS:
        raise NoSettlementRhythm(field="settle_on")
    terms = PlanTerms(
        principal_fen=asked["principal"],
        pricing=Pricing(asked["rate"], asked["day_count"], asked["rounding"]),
        method=asked["method"],
        start=asked["start"],
        rhythm=rhythm,
        end=asked.get("end"),
        count=asked.get("count"),
        settle_on=asked.get("settle_on"),
        grace=asked["grace"],
    )
    return [cast("dict[str, Any]", as_data(row)) for row in plan(terms)]
