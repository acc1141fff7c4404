"""What crosses the border about lists of help: helpers, and households that nobody visited."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from households.models.helping import LEVELS
from web.api import paging
from web.fields import Count, Day, RegionCode, Text
from web.pages.helping import UNVISITED_DAYS


class HelpersQuery(paging.PageQuery):
    """A page of helpers, narrowed."""

    q = Text(load_default="", longest=40)
    region = RegionCode()
    level = fields.String(load_default="", validate=validate.OneOf(("", *LEVELS)))


class HelperRow(Schema):
    """A helper, and the households that it has now."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    level = fields.String(required=True)
    households = fields.Integer(required=True)
    visited_on = Day(required=True, allow_none=True)


class UnvisitedQuery(paging.PageQuery):
    """A page of households not visited for so many days."""

    q = Text(load_default="", longest=40)
    region = RegionCode()
    days = Count(load_default=UNVISITED_DAYS, validate=validate.Range(1, 3650))


class UnvisitedRow(Schema):
    """A household with a helper who did not come."""

    household_id = fields.Integer(required=True)
    number = fields.String(required=True)
    head = fields.String(required=True)
    village_code = fields.String(required=True)
    helper = fields.String(required=True)
    unit = fields.String(required=True)
    from_on = Day(required=True)
    visited_on = Day(required=True, allow_none=True)
