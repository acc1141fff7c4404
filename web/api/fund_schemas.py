"""What crosses the border about the fund: accounts, orders, statements, claims, recoveries."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from loans.forms import CHANNELS
from risk_fund.words import MOVEMENTS, ORDERS, SOURCES
from web.fields import Count, Day, Money, Text, Whole

_AMOUNT = fields.String
_ROW = validate.Range(1)


class FundQuery(Schema):
    """A closed day; left out: now."""

    on = Day()


class LeverageAnswer(Schema):
    """A ratio with everything it is made of."""

    ratio = fields.String(required=True, allow_none=True)
    lent = _AMOUNT(required=True)
    fund = _AMOUNT(required=True)
    multiple = fields.Integer(required=True)
    headroom = _AMOUNT(required=True, metadata={"description": "负数为已超过"})


class FundAccountAnswer(Schema):
    """An account; ``account_id`` 0: all of them together."""

    account_id = fields.Integer(required=True)
    lender_id = fields.Integer(required=True)
    lender = fields.String(required=True)
    number = fields.String(required=True)
    balance = _AMOUNT(required=True)
    pledged = _AMOUNT(required=True)
    contributed = _AMOUNT(required=True)
    covered = _AMOUNT(required=True)
    clause = fields.String(required=True)
    leverage_cumulative = fields.Nested(LeverageAnswer, required=True)
    leverage_outstanding = fields.Nested(LeverageAnswer, required=True)


class FundAnswer(Schema):
    """The accounts that one may see, and their sum."""

    on = fields.String(required=True, allow_none=True)
    accounts = fields.List(fields.Nested(FundAccountAnswer), required=True)
    total = fields.Nested(FundAccountAnswer, required=True)


class FundSumRow(Schema):
    """A part of a sum."""

    name = fields.String(required=True)
    amount = _AMOUNT(required=True)


class WhyFund(Schema):
    """An account's leverage with every operand."""

    account = fields.Nested(FundAccountAnswer, required=True)
    contributions = fields.List(fields.Nested(FundSumRow), required=True)
    movements = fields.List(fields.Nested(FundSumRow), required=True)
    limit = _AMOUNT(required=True, allow_none=True)
    stopped = fields.Boolean(required=True)
    when_full = fields.String(required=True)


class FundAccountBody(Schema):
    """An account to open."""

    lender_id = Whole(required=True, validate=_ROW)
    number = Text(required=True, longest=40)
    name = Text(required=True, longest=80)


class FundAccountOpened(Schema):
    """Its number."""

    account_id = fields.Integer(required=True)
    booked_on = fields.String(required=True)


class FundOrderBody(Schema):
    """A contribution or withdrawal; another person decides it as a proposal."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(ORDERS)))
    source = fields.String(required=True, validate=validate.OneOf(tuple(SOURCES)))
    document_no = Text(required=True, longest=80)
    amount_fen = Money(required=True, data_key="amount")
    value_date = Day(required=True)
    voucher_no = Text(required=True, longest=64)
    remark = Text(load_default="", longest=200)


class FundProposed(Schema):
    """A proposal that another person decides."""

    proposal_id = fields.Integer(required=True)
    booked_on = fields.String(required=True)


class FundInterestBody(Schema):
    """Interest that the bank credited."""

    amount_fen = Money(required=True, data_key="amount")
    value_date = Day(required=True)
    voucher_no = Text(required=True, longest=64)


class FundMoved(Schema):
    """A movement of the special account."""

    movement_id = fields.Integer(required=True)
    booked_on = fields.String(required=True)


class MovementsQuery(Schema):
    """Narrowed; the last first; ``to`` is not included."""

    kind = fields.String(load_default="", validate=validate.OneOf(("", *MOVEMENTS)))
    q = Text(load_default="", longest=40)
    start = Day(data_key="from")
    end = Day(data_key="to")
    before = Count(load_default=None, allow_none=True)
    limit = Count(load_default=50, validate=validate.Range(1, 200))


class MovementRow(Schema):
    """Money in (above zero) or out."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    source = fields.String(required=True)
    document_no = fields.String(required=True)
    amount = _AMOUNT(required=True)
    value_date = Day(required=True)
    booking_date = Day(required=True)
    voucher_no = fields.String(required=True)
    remark = fields.String(required=True)


class MovementsAnswer(Schema):
    """Movements; ``before`` asks for the next page."""

    items = fields.List(fields.Nested(MovementRow), required=True)
    before = fields.Integer(required=True, allow_none=True)


class StatementForm(Schema):
    """Beside the file."""

    month = fields.String(
        required=True, validate=validate.Regexp(r"^[0-9]{4}-[0-9]{2}$"),
        metadata={"examples": ["2017-05"]},
    )  # fmt: skip


class StatementTaken(Schema):
    """Its number."""

    statement_id = fields.Integer(required=True)
    booked_on = fields.String(required=True)


class StatementItem(Schema):
    """A line of a statement, or a movement."""

    key = fields.Integer(required=True)
    on = Day(required=True, attribute="on_day")
    voucher_no = fields.String(required=True)
    amount = _AMOUNT(required=True)
    words = fields.String(required=True)


class StatementAnswer(Schema):
    """A statement against the books."""

    statement_id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    month = fields.String(required=True)
    bank = _AMOUNT(required=True)
    books = _AMOUNT(required=True)
    difference = _AMOUNT(required=True)
    matched = fields.Integer(required=True)
    bank_only = fields.List(fields.Nested(StatementItem), required=True)
    books_only = fields.List(fields.Nested(StatementItem), required=True)


class ReconciliationBody(Schema):
    """What explains a difference; needed where there is one."""

    reason = Text(load_default="", longest=200)


# --- recoveries ---------------------------------------------------------------------------------


class FundTransferBody(Schema):
    """Money to or from the lender."""

    channel = fields.String(load_default="transfer", validate=validate.OneOf(tuple(CHANNELS)))
    voucher_no = Text(required=True, longest=64)
    value_date = Day(required=True)


class FundRecoveriesQuery(Schema):
    """Those that are late alone, or all."""

    late = fields.Boolean(load_default=False)


class DueBackRow(Schema):
    """A party's part of a recovery that has not gone back."""

    recovery_id = fields.Integer(required=True)
    claim_id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    number = fields.String(required=True)
    lender = fields.String(required=True)
    party = fields.String(required=True)
    amount = _AMOUNT(required=True)
    booked_on = Day(required=True)
    return_by = Day(required=True)
    late = fields.Boolean(required=True)


class FundRecoveriesAnswer(Schema):
    """The oldest deadline first."""

    items = fields.List(fields.Nested(DueBackRow), required=True)


class FundReturnBody(FundTransferBody):
    """Recovered money given back, to the fen."""

    amount_fen = Money(required=True, data_key="amount")
    party = Text(load_default="fund", longest=60)
    fund_voucher_no = Text(load_default="", longest=64)


class FundReturned(Schema):
    """Its number."""

    return_id = fields.Integer(required=True)
    booked_on = fields.String(required=True)
