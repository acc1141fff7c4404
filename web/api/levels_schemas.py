"""What crosses the border about the four levels and about help."""

from __future__ import annotations

from dataclasses import fields as fields_of
from typing import Final

from marshmallow import Schema, fields, validate

from households.levels import PlaceCounts
from households.models.helping import FUND_LEVELS, LEVELS, PURPOSES
from web.fields import Count, Day, Money, RegionCode, Text, Whole

_NUMBER: Final = 32
_ROWS: Final = validate.Length(1, 5_000)
_YEAR: Final = validate.Range(2000, 2199)


class LevelQuery(Schema):
    """Of which day; left out: the open one."""

    on = Day()


class YearQuery(Schema):
    """Of which year; left out: that of the open day."""

    year = Count(validate=_YEAR)


#: what a place holds: households by standing and by the help that reached them
CountsAnswer = Schema.from_dict(
    {
        one.name: fields.String(required=True)
        if one.name == "place"
        else fields.Integer(required=True)
        for one in fields_of(PlaceCounts)
    },
    name="CountsAnswer",
)


class BookRowAnswer(Schema):
    """A household in its village's book."""

    nr = fields.Integer(required=True)
    household_id = fields.Integer(required=True)
    number = fields.String(required=True)
    group_name = fields.String(required=True)
    head = fields.String(required=True)
    persons = fields.Integer(required=True)
    standing = fields.String(required=True)
    monitored = fields.String(required=True, allow_none=True)
    registered_on = Day(required=True, allow_none=True)
    lifted_on = Day(required=True, allow_none=True)
    measures = fields.List(fields.String(), required=True)
    helper = fields.String(required=True)
    helper_unit = fields.String(required=True)
    visits = fields.Integer(required=True)
    visited_on = Day(required=True, allow_none=True)


class VillageBookAnswer(Schema):
    """村册."""

    village_code = fields.String(required=True)
    on = Day(required=True)
    totals = fields.Nested(CountsAnswer, required=True)
    rows = fields.List(fields.Nested(BookRowAnswer), required=True)


class VillageAnswer(Schema):
    """A village in its township's file."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    standing = fields.String(required=True)
    counts = fields.Nested(CountsAnswer, required=True)
    projects = fields.Integer(required=True)


class FilePaperAnswer(Schema):
    """A paper of the file."""

    procedure = fields.String(required=True)
    step = fields.String(required=True)
    region_code = fields.String(required=True)
    held_on = Day(required=True)
    document = fields.String(required=True)
    households = fields.Integer(required=True)
    eligible = fields.Integer(required=True, allow_none=True)
    present = fields.Integer(required=True, allow_none=True)
    notice = fields.String(required=True)
    notice_from = Day(required=True, allow_none=True)
    notice_to = Day(required=True, allow_none=True)


class TownshipFileAnswer(Schema):
    """乡镇档案."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    on = Day(required=True)
    totals = fields.Nested(CountsAnswer, required=True)
    villages = fields.List(fields.Nested(VillageAnswer), required=True)
    papers = fields.List(fields.Nested(FilePaperAnswer), required=True)


class TownshipAnswer(Schema):
    """A township on the platform."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    counts = fields.Nested(CountsAnswer, required=True)


class MeasureCountAnswer(Schema):
    """A measure, and whom it reached."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    times = fields.Integer(required=True)
    households = fields.Integer(required=True)
    amount_fen = Money(required=True, data_key="amount")


class ProjectsTotalAnswer(Schema):
    """What projects add up to, as reported."""

    projects = fields.Integer(required=True)
    villages = fields.Integer(required=True)
    households = fields.Integer(required=True)
    persons = fields.Integer(required=True)


class FundShareAnswer(Schema):
    """A share of money with its limit; ``kept`` null: no rule, or nothing to divide by."""

    numerator_fen = Money(required=True, data_key="numerator")
    denominator_fen = Money(required=True, data_key="denominator")
    limit_bp = fields.Integer(required=True, allow_none=True)
    kept = fields.Boolean(required=True, allow_none=True)
    missing_fen = Money(required=True, data_key="missing")


class FundSharesAnswer(Schema):
    """How a year's special money is shared."""

    year = fields.Integer(required=True)
    funds_fen = Money(required=True, data_key="funds")
    given_fen = Money(required=True, data_key="given")
    purposes = fields.Dict(keys=fields.String(), values=Money(), required=True)
    industry = fields.Nested(FundShareAnswer, required=True)
    linked = fields.Nested(FundShareAnswer, required=True)


class CountyPlatformAnswer(Schema):
    """县级平台."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    on = Day(required=True)
    totals = fields.Nested(CountsAnswer, required=True)
    townships = fields.List(fields.Nested(TownshipAnswer), required=True)
    measures = fields.List(fields.Nested(MeasureCountAnswer), required=True)
    projects = fields.Nested(ProjectsTotalAnswer, required=True)
    shares = fields.Nested(FundSharesAnswer, required=True)


# --- help -----------------------------------------------------------------------------------------


class MeasureAnswer(Schema):
    """A measure that reached a household; ``withdrawn``: why, blank while it stands."""

    id = fields.Integer(required=True)
    measure = fields.String(required=True)
    year = fields.Integer(required=True)
    from_on = Day(required=True)
    detail = fields.String(required=True)
    amount_fen = Money(required=True, allow_none=True, data_key="amount")
    withdrawn = fields.String(required=True)


class PairAnswer(Schema):
    """A helper whom the household has or had; the phone is masked."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    level = fields.String(required=True)
    phone = fields.String(required=True)
    from_on = Day(required=True)
    to_on = Day(required=True, allow_none=True)
    reason = fields.String(required=True)


class VisitAnswer(Schema):
    """A visit."""

    id = fields.Integer(required=True)
    visited_on = Day(required=True)
    name = fields.String(required=True)
    done = fields.String(required=True)
    withdrawn = fields.String(required=True)


class HouseholdProjectAnswer(Schema):
    """A project that lists the household."""

    id = fields.Integer(required=True)
    project_id = fields.Integer(required=True)
    number = fields.String(required=True)
    name = fields.String(required=True)
    industry = fields.String(required=True)
    from_on = Day(required=True)


class HelpAnswer(Schema):
    """All help of a household."""

    measures = fields.List(fields.Nested(MeasureAnswer), required=True)
    pairs = fields.List(fields.Nested(PairAnswer), required=True)
    visits = fields.List(fields.Nested(VisitAnswer), required=True)
    projects = fields.List(fields.Nested(HouseholdProjectAnswer), required=True)


class MeasureBodyRow(Schema):
    """A measure to record."""

    number = Text(required=True, longest=_NUMBER)
    measure = Text(required=True, longest=40)
    year = Whole(required=True, validate=_YEAR)
    from_on = Day(required=True)
    detail = Text(required=True, validate=validate.Length(1))
    amount_fen = Money(load_default=None, allow_none=True, data_key="amount")


class MeasuresBody(Schema):
    """Measures, all of them or none."""

    rows = fields.List(fields.Nested(MeasureBodyRow), required=True, validate=_ROWS)


class PairBodyRow(Schema):
    """A helper for a household."""

    number = Text(required=True, longest=_NUMBER)
    name = Text(required=True, longest=30, validate=validate.Length(2))
    unit = Text(required=True, longest=100, validate=validate.Length(2))
    level = fields.String(required=True, validate=validate.OneOf(tuple(LEVELS)))
    from_on = Day(required=True)
    reason = Text(load_default="")


class PairsBody(Schema):
    """Pairs, all of them or none."""

    rows = fields.List(fields.Nested(PairBodyRow), required=True, validate=_ROWS)


class VisitBodyRow(Schema):
    """A visit of the helper of that day."""

    number = Text(required=True, longest=_NUMBER)
    visited_on = Day(required=True)
    done = Text(required=True, longest=400, validate=validate.Length(1))


class VisitsBody(Schema):
    """Visits, all of them or none."""

    rows = fields.List(fields.Nested(VisitBodyRow), required=True, validate=_ROWS)


class RowsAnswer(Schema):
    """How many rows were taken."""

    rows = fields.Integer(required=True)


class WithdrawBody(Schema):
    """What was written by mistake, and why it is withdrawn."""

    kind = fields.String(
        required=True, validate=validate.OneOf(("measure", "visit", "project_household"))
    )
    id = Whole(required=True, validate=validate.Range(1))
    reason = Text(required=True, validate=validate.Length(1))


class HelpWithdrawn(Schema):
    """What was withdrawn."""

    kind = fields.String(required=True)
    id = fields.Integer(required=True)


class EndPairBody(Schema):
    """From when on a pair no longer holds, and why."""

    to_on = Day(required=True)
    reason = Text(required=True, validate=validate.Length(1))


class HelperPairEnded(Schema):
    """Which pair ended."""

    pair_id = fields.Integer(required=True)


class ProjectAnswer(Schema):
    """A project and whom it reaches."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    name = fields.String(required=True)
    industry = fields.String(required=True)
    is_key = fields.Boolean(required=True)
    document = fields.String(required=True)
    region_code = RegionCode(required=True)
    organisation_id = fields.Integer(required=True, allow_none=True)
    amount_fen = Money(required=True, data_key="amount")
    approved_on = Day(required=True)
    given_fen = Money(required=True, data_key="given")
    villages = fields.Integer(required=True)
    households = fields.Integer(required=True)
    persons = fields.Integer(required=True)
    listed_households = fields.Integer(required=True)
    listed_persons = fields.Integer(required=True)


class ProjectsAnswer(Schema):
    """The projects of one's scope, and what they add up to."""

    total = fields.Nested(ProjectsTotalAnswer, required=True)
    items = fields.List(fields.Nested(ProjectAnswer), required=True)


class FundLineAnswer(Schema):
    """A fund and what is left of it."""

    id = fields.Integer(required=True)
    year = fields.Integer(required=True)
    document_no = fields.String(required=True)
    level = fields.String(required=True)
    title = fields.String(required=True)
    amount_fen = Money(required=True, data_key="amount")
    used_fen = Money(required=True, data_key="used")
    free_fen = Money(required=True, data_key="free")


class FundsAnswer(Schema):
    """The funds of a year, and how they are shared."""

    shares = fields.Nested(FundSharesAnswer, required=True)
    items = fields.List(fields.Nested(FundLineAnswer), required=True)


class FundBody(Schema):
    """A fund to enter."""

    year = Whole(required=True, validate=_YEAR)
    document_no = Text(required=True, longest=80, validate=validate.Length(1))
    level = fields.String(required=True, validate=validate.OneOf(tuple(FUND_LEVELS)))
    title = Text(required=True, longest=80, validate=validate.Length(1))
    amount_fen = Money(required=True, data_key="amount")


class FundEnteredAnswer(Schema):
    """Its number."""

    fund_id = fields.Integer(required=True)


class FundUseBody(Schema):
    """What a document gives to a purpose."""

    purpose = fields.String(required=True, validate=validate.OneOf(tuple(PURPOSES)))
    amount_fen = Money(required=True, data_key="amount")
    used_on = Day(required=True)
    document = Text(required=True, validate=validate.Length(1))
    linked = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    project_id = Whole(load_default=None, allow_none=True, validate=validate.Range(1))


class FundUseAnswer(Schema):
    """The number of the use, or of the entry against it."""

    use_id = fields.Integer(required=True)


class TakeBackBody(Schema):
    """Why a use is taken back."""

    reason = Text(required=True, validate=validate.Length(1))
