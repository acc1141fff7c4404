"""What crosses the border about claims on the fund."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from risk_fund.lifecycle import STATES
from web.api.fund_schemas import FundTransferBody
from web.fields import Count, Day, Money, Text

_AMOUNT = fields.String


class FundClaimsQuery(Schema):
    """Narrowed; the last first; ``to`` is not included."""

    state = fields.String(load_default="", validate=validate.OneOf(("", *STATES)))
    q = Text(load_default="", longest=40)
    late = fields.Boolean(load_default=False)
    before = Count(load_default=None, allow_none=True)
    limit = Count(load_default=50, validate=validate.Range(1, 200))


class FundClaimRow(Schema):
    """A claim in a list."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    nr = fields.Integer(required=True)
    lender = fields.String(required=True)
    borrower = fields.String(required=True)
    state = fields.String(required=True)
    filed_on = Day(required=True)
    overdue_days = fields.Integer(required=True)
    principal = _AMOUNT(required=True)
    interest = _AMOUNT(required=True)
    penalty = _AMOUNT(required=True)
    total = _AMOUNT(required=True)
    fund = _AMOUNT(required=True)
    recovered = _AMOUNT(required=True)
    review_by = Day(required=True)


class FundClaimsAnswer(Schema):
    """Claims; ``before`` asks for the next page."""

    items = fields.List(fields.Nested(FundClaimRow), required=True)
    before = fields.Integer(required=True, allow_none=True)


class FundShareRow(Schema):
    """What a party bears."""

    party = fields.String(required=True)
    share = fields.String(required=True, metadata={"description": "%"})
    amount = _AMOUNT(required=True)


class FundStepRow(Schema):
    """A step of a claim."""

    state = fields.String(required=True)
    on = Day(required=True, attribute="on_day")
    reason = fields.String(required=True)


class FundClaimAnswer(FundClaimRow):
    """A claim with its shares, steps and clauses."""

    shares = fields.List(fields.Nested(FundShareRow), required=True)
    steps = fields.List(fields.Nested(FundStepRow), required=True)
    clause = fields.String(required=True)
    cover_clause = fields.String(required=True)
    digest = fields.String(required=True)


class FundClaimBody(Schema):
    """A loan, and how much is asked; left out: as much as can be asked."""

    number = Text(required=True, longest=64)
    principal_fen = Money(load_default=None, allow_none=True, data_key="principal")
    interest_fen = Money(load_default=None, allow_none=True, data_key="interest")
    penalty_fen = Money(load_default=None, allow_none=True, data_key="penalty")


class FundClaimFiled(Schema):
    """Its number."""

    claim_id = fields.Integer(required=True)
    booked_on = fields.String(required=True)


class FundDecision(Schema):
    """The word of an office; sending back needs its reason."""

    decision = fields.String(required=True, validate=validate.OneOf(("approved", "rejected")))
    reason = Text(load_default="", longest=200)


class FundClaimState(Schema):
    """What it came to."""

    state = fields.String(required=True)
    booked_on = fields.String(required=True)


class FundWithdrawalBody(Schema):
    """Why it is taken back."""

    reason = Text(required=True, longest=200)


class FundPaymentBody(FundTransferBody):
    """Both vouchers: the lender's and the special account's."""

    fund_voucher_no = Text(required=True, longest=64)


class CompanyPaymentBody(FundTransferBody):
    """A guarantee company's part."""

    party = Text(required=True, longest=60)


class FundCompanyPaid(Schema):
    """Its number."""

    compensation_id = fields.Integer(required=True)
    booked_on = fields.String(required=True)


class ClaimableAnswer(Schema):
    """What a claim of a loan would be."""

    number = fields.String(required=True)
    ready = fields.Boolean(required=True)
    overdue_days = fields.Integer(required=True)
    needed_days = fields.Integer(required=True)
    missing = fields.List(fields.String(), required=True)
    principal = _AMOUNT(required=True, allow_none=True)
    interest = _AMOUNT(required=True, allow_none=True)
    penalty = _AMOUNT(required=True, allow_none=True)
    shares = fields.List(fields.Nested(FundShareRow), required=True)
    under_way = fields.Integer(required=True, allow_none=True)


class FundHeldRow(Schema):
    """What a party holds."""

    party = fields.String(required=True)
    paid = _AMOUNT(required=True)
    recovered = _AMOUNT(required=True)
    held = _AMOUNT(required=True)


class FundDebtAnswer(Schema):
    """One debt, and who holds it."""

    number = fields.String(required=True)
    total = _AMOUNT(required=True)
    lender = _AMOUNT(required=True)
    held = fields.List(fields.Nested(FundHeldRow), required=True)
