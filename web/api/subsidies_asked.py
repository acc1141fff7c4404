"""What the subsidies' routes take."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from loans.forms import CHANNELS
from policy.values import ROUTES
from subsidies import lifecycle, payment
from subsidies.payment.accounts import HOUSEHOLDS, ORGANISATIONS
from web.api import paging
from web.claim_view import GROUP_TITLES
from web.fields import WHOLE_MAX, Count, Day, Money, RegionCode, Text, Whole

#: contracts left out or taken in again by one draft
NAMED_MAX: Final = 2_000
_PAYEE_KINDS: Final = (HOUSEHOLDS, ORGANISATIONS)
_ROW: Final = validate.Range(1, WHOLE_MAX)
_YES_NO: Final[dict[str, Any]] = {"truthy": {True}, "falsy": {False}}


class ClaimsQuery(paging.PageQuery):
    """Claims, narrowed."""

    state = fields.String(validate=validate.OneOf(tuple(lifecycle.TITLES)))
    lender_id = Count(validate=_ROW)
    route = fields.String(validate=validate.OneOf(tuple(ROUTES)))
    period_to = Day()


class RowsQuery(paging.PageQuery):
    """Rows of a claim, narrowed."""

    q = Text(load_default="", longest=40)
    village = RegionCode(load_default="")
    which = fields.String(
        data_key="only",
        load_default="",
        validate=validate.OneOf(("", "differing", "negative", "bank_returned")),
    )


class AgesQuery(Schema):
    """By whom."""

    by = fields.String(load_default="lender", validate=validate.OneOf(tuple(GROUP_TITLES)))


class NotClaimedRow(Schema):
    """A contract that is not claimed, and why."""

    number = Text(required=True, longest=64)
    reason = Text(required=True, longest=200)


class DraftBody(Schema):
    """A claim to be drafted, or the next version of one."""

    lender_id = Whole(required=True, validate=_ROW)
    route = fields.String(load_default="lender", validate=validate.OneOf(tuple(ROUTES)))
    period_to = Day(required=True)
    left_out = fields.List(
        fields.Nested(NotClaimedRow), load_default=list, validate=validate.Length(0, NAMED_MAX)
    )
    taking_again = fields.List(
        Text(longest=64), load_default=list, validate=validate.Length(0, NAMED_MAX)
    )


class ReasonBody(Schema):
    """Why."""

    reason = Text(required=True, longest=200)


class ConfirmBody(Schema):
    """Why, where rows differ."""

    reason = Text(load_default="", longest=200)


class NoticeBody(Schema):
    """Where it hangs and whom to call; its number, if it has one already."""

    place = Text(required=True, longest=200)
    number = Text(load_default="", longest=60)


class ObjectionBody(Schema):
    """Who objects, to what."""

    raised_by = Text(required=True, longest=60)
    words = Text(required=True, longest=500)
    nr = Whole(load_default=None, allow_none=True, validate=_ROW)


class AnswerBody(Schema):
    """The office's answer to an objection."""

    upheld = fields.Boolean(required=True, **_YES_NO)
    words = Text(required=True, longest=500)


class FromLineRow(Schema):
    """What a file takes from a budget line."""

    line_id = Whole(required=True, validate=_ROW)
    amount_fen = Money(required=True, data_key="amount")


class FileBody(Schema):
    """A payment file; without lines those that the policy's shares propose."""

    lines = fields.List(
        fields.Nested(FromLineRow), load_default=list, validate=validate.Length(0, 200)
    )
    encoding = fields.String(load_default="gb18030", validate=validate.OneOf(payment.ENCODINGS))
    remark = Text(load_default="", longest=20)
    ready_only = fields.Boolean(load_default=False, **_YES_NO)


class ReceiptBody(Schema):
    """How the money came."""

    channel = fields.String(load_default="transfer", validate=validate.OneOf(tuple(CHANNELS)))
    voucher_no = Text(load_default="", longest=64)


class AccountBody(Schema):
    """An account to be confirmed by a second person."""

    payee_kind = fields.String(required=True, validate=validate.OneOf(_PAYEE_KINDS))
    payee_id = Whole(required=True, validate=_ROW)
    holder = Text(required=True, longest=60)
    number = Text(required=True, longest=40)
    bank = Text(required=True, longest=60)
    reason = Text(required=True, longest=200)


class AccountsQuery(Schema):
    """Whose."""

    payee_kind = fields.String(required=True, validate=validate.OneOf(_PAYEE_KINDS))
    payee_id = Count(required=True, validate=_ROW)


class GiveBackBody(Schema):
    """What the bank sent back, to be given up."""

    payment_row_id = Whole(required=True, validate=_ROW)
    reason = Text(required=True, longest=200)


class BackBody(Schema):
    """A voucher by which somebody pays back."""

    lender_id = Whole(required=True, validate=_ROW)
    route = fields.String(required=True, validate=validate.OneOf(tuple(ROUTES)))
    payer_kind = fields.String(required=True, validate=validate.OneOf(_PAYEE_KINDS))
    payer_id = Whole(required=True, validate=_ROW)
    amount_fen = Money(required=True, data_key="amount")
    channel = fields.String(required=True, validate=validate.OneOf(tuple(CHANNELS)))
    voucher_no = Text(required=True, longest=64)
    line_id = Whole(required=True, validate=_ROW)
    reason = Text(required=True, longest=200)


class FileQuery(Schema):
    """In which form."""

    form = fields.String(load_default="csv", validate=validate.OneOf(("csv", "txt")))
