"""What crosses the border about village funds."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from mutual_aid.voting import CHOICES
from web.fields import Day, Money, Rate, RegionCode, Text, Whole
from web.mutual_steps import FIELDS, Field, Step
from web.mutual_view import STATES

#: month of a list
MONTH: Final = r"^[0-9]{4}-[0-9]{2}$"


class MutualFundsQuery(Schema):
    """Funds, narrowed."""

    q = Text(load_default="", longest=40)
    state = fields.String(load_default="", validate=validate.OneOf(("", *STATES)))


class MutualFundLineAnswer(Schema):
    """A fund in a list."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    village_code = fields.String(required=True)
    opened_on = Day(required=True, allow_none=True)
    closed_on = Day(required=True, allow_none=True)
    members = fields.Integer(required=True)
    held_fen = Money(required=True, data_key="held")


class MutualFundMemberAnswer(Schema):
    """A member: what it has in the fund and where it stands."""

    household_number = fields.String(required=True)
    joined_on = Day(required=True)
    left_on = Day(required=True, allow_none=True)
    stake_fen = Money(required=True, data_key="stake")
    base_fen = Money(required=True, data_key="base_stake")
    group_nr = fields.Integer(required=True, allow_none=True, data_key="group")


class MutualFundVoteAnswer(Schema):
    """A vote with its result; what is not counted yet has none."""

    id = fields.Integer(required=True)
    nr = fields.Integer(required=True)
    subject = fields.String(required=True)
    question = fields.String(required=True)
    held_on = Day(required=True)
    eligible = fields.Integer(required=True)
    present = fields.Integer(required=True, allow_none=True)
    voted_for = fields.Integer(required=True, allow_none=True, data_key="for")
    against = fields.Integer(required=True, allow_none=True)
    abstained = fields.Integer(required=True, allow_none=True)
    passed = fields.Boolean(required=True, allow_none=True)


class MutualFundLoanAnswer(Schema):
    """A loan of a fund, and the agreement behind it."""

    number = fields.String(required=True)
    household_number = fields.String(required=True)
    signed_on = Day(required=True)
    matures_on = Day(required=True)
    amount_fen = Money(required=True, data_key="amount")
    outstanding_fen = Money(required=True, data_key="outstanding")
    fee_rate_ppm = Rate(required=True, data_key="fee_rate")
    state = fields.String(required=True)
    agreement_number = fields.String(required=True, data_key="agreement")


class MutualFundMovementAnswer(Schema):
    """What moved beside the loans."""

    kind = fields.String(required=True)
    booked_on = Day(required=True)
    amount_fen = Money(required=True, data_key="amount")
    document = fields.String(required=True)


class MutualFundFeeAnswer(Schema):
    """Usage fee: due is taken, written off or owed."""

    due_fen = Money(required=True, data_key="due")
    taken_fen = Money(required=True, data_key="taken")
    written_off_fen = Money(required=True, data_key="written_off")
    owed_fen = Money(required=True, data_key="owed")


class MutualFundListAnswer(Schema):
    """A monthly list as it was posted."""

    id = fields.Integer(required=True)
    month_from = Day(required=True, data_key="month")
    version = fields.Integer(required=True)
    posted_on = Day(required=True)
    place = fields.String(required=True)
    digest = fields.String(required=True)


class MutualGoneAnswer(Schema):
    """A member household with nobody in it."""

    household_number = fields.String(required=True)
    into_number = fields.String(required=True)
    stake_fen = Money(required=True, data_key="stake")
    base_fen = Money(required=True, data_key="base_stake")


class MutualMembersTaken(Schema):
    """A list of members that was taken in."""

    id = fields.Integer(required=True)
    members = fields.Integer(required=True)
    on = fields.String(required=True)


class VillageFundAnswer(Schema):
    """A fund with its books."""

    id = fields.Integer(required=True, attribute="fund.id")
    name = fields.String(required=True)
    village_code = fields.String(required=True, attribute="fund.village_code")
    state = fields.String(required=True)
    registration_no = fields.String(required=True, attribute="fund.registration_no")
    constitution = fields.String(required=True, attribute="fund.constitution")
    accounts = fields.Dict(keys=fields.String(), values=Money(), required=True)
    members = fields.List(fields.Nested(MutualFundMemberAnswer), required=True)
    gone = fields.List(fields.Nested(MutualGoneAnswer), required=True)
    votes = fields.List(fields.Nested(MutualFundVoteAnswer), required=True)
    loans = fields.List(fields.Nested(MutualFundLoanAnswer), required=True)
    fee = fields.Nested(MutualFundFeeAnswer, required=True)
    lists = fields.List(fields.Nested(MutualFundListAnswer), required=True)


class MutualFundMonthAnswer(Schema):
    """The public list of a month."""

    fund = fields.Integer(required=True)
    village = fields.String(required=True)
    month = fields.String(required=True)
    members = fields.Integer(required=True)
    accounts = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    moved = fields.List(fields.Dict(), required=True)
    fee_due = fields.String(required=True)
    fee_taken = fields.String(required=True)
    fee_owed = fields.String(required=True)
    loans = fields.List(fields.Dict(), required=True)
    votes = fields.List(fields.Dict(), required=True)


class MutualBallotAnswer(Schema):
    """A household's ballot; empty: none yet."""

    household = fields.String(required=True)
    choice = fields.String(required=True)


class MutualVoteAnswer(Schema):
    """A vote with its ballots."""

    id = fields.Integer(required=True)
    fund_id = fields.Integer(required=True)
    subject = fields.String(required=True)
    question = fields.String(required=True)
    eligible = fields.Integer(required=True)
    passed = fields.Boolean(required=True, allow_none=True)
    ballots = fields.List(fields.Nested(MutualBallotAnswer), required=True)


class MutualFundBody(Schema):
    """A fund that is to begin."""

    organisation_id = Whole(required=True)
    village_code = RegionCode(required=True)
    registration_no = Text(required=True, longest=60)
    constitution = Text(required=True, longest=100)
    fee_rate_ppm = Rate(required=True, data_key="fee_rate")
    stake_unit_fen = Money(required=True, data_key="stake_unit")
    wording = fields.String(load_default="stake", validate=validate.OneOf(("stake", "share")))


class MutualBallotsBody(Schema):
    """Ballots by household number."""

    ballots = fields.Dict(
        keys=Text(longest=30), values=fields.String(validate=validate.OneOf(CHOICES)),
        required=True,
    )  # fmt: skip


class MutualStepDone(Schema):
    """What a step made: the number of a movement, group, vote or list; else of what it is of."""

    id = fields.Integer(required=True)
    on = fields.String(required=True)


def body_of(name: str, step: Step) -> type[Schema]:
    """The body of a step, from its row of the table."""
    return Schema.from_dict(
        {one: _field(FIELDS[one]) for one in step.fields},
        name=f"Mutual{name.title().replace('-', '')}Body",
    )


def _field(asked: Field) -> Any:
    more: dict[str, Any] = {"required": asked.required}
    if not asked.required:
        more = {"load_default": None, "allow_none": True}
    if asked.kind in _KINDS:
        return _KINDS[asked.kind](**more)
    if asked.kind == "choice":
        return fields.String(validate=validate.OneOf(tuple(asked.options or ())), **more)
    if asked.kind == "month":
        return fields.String(validate=validate.Regexp(MONTH), **more)
    if asked.kind == "numbers":
        return fields.List(Text(longest=30), validate=validate.Length(1, 20), **more)
    return Text(longest=asked.longest, **more)


_KINDS: Final = {"yuan": Money, "rate": Rate, "day": Day, "whole": Whole}
