"""What the watch's routes take and answer."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from loans.forms import CHANNELS
from risk_fund.fuse import PLACES
from risk_fund.stress.assumed import SEED
from web.fields import Count, Day, Money, Rate, Text, Whole
from web.watching import RUNS_MAX

# --- the fuse -------------------------------------------------------------------------------------


class WatchedPlace(Schema):
    """A bank, township or village; figures as of the last close, null where one may not see."""

    place = fields.String(required=True, validate=validate.OneOf(PLACES))
    scope_kind = fields.String(required=True, metadata={"description": "institution, region"})
    scope = fields.String(required=True, metadata={"description": "机构编号，或地区代码前9、12位"})
    name = fields.String(required=True)
    event = fields.String(required=True, metadata={"description": "blown, lifted, 空：没有熔断过"})
    since = Day(required=True, allow_none=True)
    until_on = Day(required=True, allow_none=True, data_key="until")
    clause = fields.String(required=True)
    reason = fields.String(required=True)
    bad_fen = Money(required=True, allow_none=True, data_key="bad")
    outstanding_fen = Money(required=True, allow_none=True, data_key="outstanding")
    ratio_ppm = Rate(required=True, allow_none=True, data_key="ratio")
    watched = fields.Boolean(required=True, metadata={"description": "当日规定是否看此类范围"})
    reached = fields.Boolean(required=True, metadata={"description": "不良率是否达到熔断线"})
    lift_proposal = fields.Integer(required=True, allow_none=True)
    lift_until = Day(required=True, allow_none=True)
    lift_reason = fields.String(required=True)


class FuseAnswer(Schema):
    """The rule of the day, and every place."""

    on = Day(required=True)
    threshold_ppm = Rate(required=True, data_key="threshold")
    clause = fields.String(required=True)
    lift_days = fields.Integer(required=True)
    lift_clause = fields.String(required=True)
    items = fields.List(fields.Nested(WatchedPlace), required=True)


class FuseQuery(Schema):
    """Which places: all, or those alone where the fuse has spoken."""

    event = fields.String(load_default="", validate=validate.OneOf(("", "blown", "lifted")))


class ScopeQuery(Schema):
    """Of which place."""

    scope_kind = fields.String(required=True, validate=validate.OneOf(("institution", "region")))
    scope = Text(required=True, longest=15)


class FuseEventRow(Schema):
    """A stop or a lift, with the figures of its day."""

    id = fields.Integer(required=True)
    event = fields.String(required=True)
    on_day = Day(required=True, data_key="on")
    bad_fen = Money(required=True, data_key="bad")
    outstanding_fen = Money(required=True, data_key="outstanding")
    ratio_ppm = Rate(required=True, data_key="ratio")
    threshold_ppm = Rate(required=True, data_key="threshold")
    clause = fields.String(required=True)
    until_on = Day(required=True, allow_none=True, data_key="until")
    reason = fields.String(required=True)


class LiftBody(ScopeQuery):
    """Lending shall go on somewhere, up to and including a day."""

    until_on = Day(required=True, data_key="until")
    reason = Text(required=True, longest=200)


class LiftAsked(Schema):
    """The proposal that another person decides."""

    proposal_id = fields.Integer(required=True)


# --- platforms ------------------------------------------------------------------------------------


class PlatformAnswer(Schema):
    """A guarantee company as it stands; below zero, nothing more is guaranteed."""

    organisation_id = fields.Integer(required=True)
    name = fields.String(required=True)
    credit_code = fields.String(required=True)
    capital_fen = Money(required=True, data_key="capital")
    multiple = fields.Integer(required=True)
    in_force_fen = Money(required=True, data_key="in_force")
    called_fen = Money(required=True, data_key="called")
    headroom_fen = Money(required=True, data_key="headroom")
    clause = fields.String(required=True)
    from_on = Day(required=True, data_key="from")


class PlatformBody(Schema):
    """Capital and multiple of a company, from today."""

    credit_code = Text(required=True, longest=30)
    capital_fen = Money(required=True, data_key="capital")
    multiple = Whole(required=True)
    clause = Text(required=True, longest=200)


class PlatformSet(Schema):
    """Whose they are."""

    organisation_id = fields.Integer(required=True)


class GuaranteesQuery(Schema):
    """The newest so many."""

    limit = Count(load_default=200, validate=validate.Range(1, 1_000))


class GuaranteeAnswer(Schema):
    """A letter of guarantee and what became of it."""

    letter_no = fields.String(required=True)
    company = fields.String(required=True)
    number = fields.String(required=True)
    borrower = fields.String(required=True)
    lender_id = fields.Integer(required=True)
    amount_fen = Money(required=True, data_key="amount")
    given_on = Day(required=True)
    called_fen = Money(required=True, data_key="called")
    recovered_fen = Money(required=True, data_key="recovered")
    released_fen = Money(required=True, data_key="released")
    in_force_fen = Money(required=True, data_key="in_force")


class GuaranteeBody(Schema):
    """A letter of guarantee for a contract of an organisation."""

    number = Text(required=True, longest=64)
    credit_code = Text(required=True, longest=30)
    amount_fen = Money(required=True, data_key="amount")
    letter_no = Text(required=True, longest=64)


class GuaranteeGiven(Schema):
    """Its number."""

    guarantee_id = fields.Integer(required=True)


class ReleaseBody(Schema):
    """So much of a letter stands for nothing any more."""

    letter_no = Text(required=True, longest=64)
    amount_fen = Money(required=True, data_key="amount")
    reason = Text(load_default="", longest=200)


class MoneyBody(ReleaseBody):
    """Money against the lender's voucher."""

    channel = fields.String(load_default="transfer", validate=validate.OneOf(tuple(CHANNELS)))
    voucher_no = Text(required=True, longest=64)


class GuaranteeMoved(Schema):
    """On which business day."""

    letter_no = fields.String(required=True)
    on = fields.String(required=True)


# --- the stress -----------------------------------------------------------------------------------


class StressQuery(Schema):
    """How often, from which seed, of one lender alone."""

    runs = Count(load_default=RUNS_MAX, validate=validate.Range(100, RUNS_MAX))
    seed = Count(load_default=SEED)
    lender = Text(load_default="", longest=18, metadata={"description": "机构信用代码"})


class _Amounts(Schema):
    expected = fields.String(required=True)
    worst_95 = fields.String(required=True)
    worst_99 = fields.String(required=True)


class _MonthlyRow(Schema):
    origin = fields.String(required=True, data_key="from", attribute="from")
    seen = fields.Integer(required=True)
    to = fields.List(fields.String(), required=True)
    prior = fields.List(fields.String(), required=True)


class _YearKind(Schema):
    kind = fields.String(required=True)
    chance = fields.String(required=True)
    factor = fields.String(required=True)


class _Assumptions(Schema):
    seed = fields.Integer(required=True)
    runs = fields.Integer(required=True)
    months = fields.Integer(required=True)
    workout_months = fields.Integer(required=True)
    history_from = fields.String(required=True, allow_none=True)
    history_to = fields.String(required=True, allow_none=True)
    prior_loan_months = fields.Integer(required=True)
    monthly = fields.List(fields.Nested(_MonthlyRow), required=True)
    years = fields.List(fields.Nested(_YearKind), required=True)
    limits = fields.List(fields.String(), required=True)


class _Multiple(Schema):
    multiple = fields.Integer(required=True)
    needed = fields.String(required=True)
    short = fields.String(required=True)
    lasts = fields.String(required=True)


class _Standing(Schema):
    lender_id = fields.Integer(required=True, allow_none=True)
    loans = fields.Integer(required=True)
    outstanding = fields.String(required=True)
    covered = fields.String(required=True)
    fund_part = fields.String(required=True)
    available = fields.String(required=True)
    needed = fields.Nested(_Amounts, required=True)
    lasts_months_95 = fields.Integer(required=True, allow_none=True)
    lasts_months_99 = fields.Integer(required=True, allow_none=True)
    survival = fields.List(fields.String(), required=True)
    multiples = fields.List(fields.Nested(_Multiple), required=True)


class StressAnswer(Schema):
    """What ``fupin stress --json`` prints: assumptions first, then what came of them."""

    on = fields.String(required=True)
    assumptions = fields.Nested(_Assumptions, required=True)
    loss = fields.Nested(_Amounts, required=True)
    fund_loss = fields.Nested(_Amounts, required=True)
    whole = fields.Nested(_Standing, required=True)
    accounts = fields.List(fields.Nested(_Standing), required=True)
