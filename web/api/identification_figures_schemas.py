"""What the routes of lists, rounds, samples, populations and villages take and give."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields, validate

from households.identification import VILLAGE_STANDINGS, Sampled
from households.models import MONITORED_KINDS, Status
from web.api import paging
from web.fields import Count, Day, RegionCode, Text, Whole

_ROWS: Final = validate.Length(1, 20_000)
_MONITORED: Final = validate.OneOf(tuple(MONITORED_KINDS))
_STATUS_CODES: Final = [one.value for one in Status if one is not Status.CLOSED]
_STATUSES: Final = validate.OneOf(_STATUS_CODES)
_NUMBER: Final = 40


class DecidedListBody(Schema):
    """A list that the county decided on paper."""

    document = Text(required=True)
    status = fields.String(required=True, validate=_STATUSES)
    from_on = Day(required=True)
    numbers = fields.List(Text(longest=_NUMBER), required=True, validate=_ROWS)
    monitored_kind = fields.String(validate=_MONITORED)
    round_id = Whole()
    reason = Text(load_default="")


class ListHandedIn(Schema):
    """A list that waits for a second person."""

    list_id = fields.Integer(required=True)
    proposal_id = fields.Integer(required=True)
    households = fields.Integer(required=True)


class DecidedListAnswer(Schema):
    """A list of the county."""

    id = fields.Integer(required=True)
    document = fields.String(required=True)
    status = fields.String(required=True)
    from_on = Day(required=True)
    handed_in_on = Day(required=True)
    households = fields.Integer(required=True)
    decision = fields.String(required=True, allow_none=True)


class DecidedListsQuery(paging.PageQuery):
    """A page of lists, narrowed."""

    q = Text(load_default="", longest=40)
    status = fields.String(load_default="", validate=validate.OneOf(("", *_STATUS_CODES)))
    decision = fields.String(
        load_default="", validate=validate.OneOf(("", "waiting", "approved", "rejected"))
    )


class ListHouseholdsQuery(paging.PageQuery):
    """A page of a list's households."""

    q = Text(load_default="", longest=_NUMBER)


class ListHouseholdRow(Schema):
    """A household on a list; ``line``: of the file that it came in by."""

    line = fields.Integer(required=True)
    number = fields.String(required=True)
    village_code = fields.String(required=True)


class ReviewRoundBody(Schema):
    """A round of review."""

    number = Text(required=True, longest=40)
    year = Whole(required=True, validate=validate.Range(1980, 2100))
    title = Text(required=True, longest=80)
    from_on = Day(required=True)
    to_on = Day(required=True)
    document = Text(required=True)


class RoundBegun(Schema):
    """The round's id."""

    round_id = fields.Integer(required=True)


class ReviewRoundAnswer(Schema):
    """A round, and what it found."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    year = fields.Integer(required=True)
    title = fields.String(required=True)
    from_on = Day(required=True)
    to_on = Day(required=True)
    document = fields.String(required=True)
    found = fields.Dict(required=True)


class _SampleBody(Schema):
    region = RegionCode(required=True)
    checked_on = Day(required=True)
    unit = Text(load_default="", longest=80)
    document = Text(required=True)
    round_id = Whole(load_default=None, allow_none=True)


SampleBody = type(
    "SampleBody",
    (_SampleBody,),
    {name: Whole(load_default=0) for name in Sampled.__slots__},
)


class SampleRecorded(Schema):
    """The sample's id."""

    sample_id = fields.Integer(required=True)


class RateAnswer(Schema):
    """A rate with both its numbers named, and the limit on it."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    numerator = fields.Integer(required=True)
    numerator_of = fields.String(required=True)
    denominator = fields.Integer(required=True)
    denominator_of = fields.String(required=True)
    ppm = fields.Integer(required=True, allow_none=True)
    clause = fields.String(required=True, allow_none=True)
    met = fields.Boolean(required=True, allow_none=True)


class SamplesQuery(paging.PageQuery):
    """A page of sampling checks, narrowed."""

    q = Text(load_default="", longest=40)
    region = RegionCode()
    round = Count()


class SampleAnswer(Schema):
    """A sampling check."""

    id = fields.Integer(required=True)
    region_code = fields.String(required=True)
    checked_on = Day(required=True)
    unit = fields.String(required=True)
    document = fields.String(required=True)
    rates = fields.List(fields.Nested(RateAnswer), required=True)


class PopulationBody(Schema):
    """A region's rural population from a day on."""

    region = RegionCode(required=True)
    from_on = Day(required=True)
    people = Whole(required=True)
    source = Text(required=True)
    derived = fields.Boolean(load_default=False)


class PopulationRecorded(Schema):
    """The row's id."""

    population_id = fields.Integer(required=True)


class VillagesBody(Schema):
    """Villages found poor, or out of poverty."""

    villages = fields.List(RegionCode(), required=True, validate=validate.Length(1, 1000))
    standing = fields.String(required=True, validate=validate.OneOf(tuple(VILLAGE_STANDINGS)))
    from_on = Day(required=True)
    document = Text(required=True)


class VillagesSet(Schema):
    """How many villages."""

    villages = fields.Integer(required=True)


class VillageStandingAnswer(Schema):
    """A village that is or was poor."""

    village_code = fields.String(required=True)
    standing = fields.String(required=True)
    from_on = Day(required=True)
    document = fields.String(required=True)
