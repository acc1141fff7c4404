"""The policy in force over the API."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

import policy
from web.api.routes import Routes
from web.commands.policy import what_is_in_force
from web.context import house
from web.fields import Day, RegionCode

routes = Routes("policy", "政策 · the rules in force")


class PolicyQuery(Schema):
    """A day, a place, a kind of household."""

    on = Day(required=True)
    region = RegionCode(required=True)
    kind = fields.String(validate=validate.OneOf(tuple(policy.HOUSEHOLD_KINDS)))


class PolicyAnswer(Schema):
    """Documents, terms, rules and targets, each with its clause."""

    on = fields.String(required=True)
    region = fields.String(required=True)
    kind = fields.String(required=True, allow_none=True)
    programme = fields.String(required=True)
    documents = fields.List(fields.Dict(), required=True)
    contract = fields.Dict(required=True)
    rate_caps = fields.List(fields.Dict(), required=True)
    conduct = fields.Dict(required=True)
    targets = fields.Dict(required=True)
    digest = fields.String(required=True)


@routes.get("/policy", command="policy.read", query=PolicyQuery, answers=PolicyAnswer)
def in_force(query: dict[str, Any]) -> dict[str, Any]:
    """当日当地施行的政策，逐项注明条款。The policy in force, each value with its clause."""
    return what_is_in_force(
        house().rulebook, on=query["on"], region=query["region"], kind=query.get("kind")
    )
