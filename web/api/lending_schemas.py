"""What the loans' routes take and give."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import INCLUDE, Schema, fields, post_dump, validate

from loans.eligibility import MODES
from loans.forms import CHANNELS, USE_TITLES
from loans.schedule import METHODS
from web.api import paging
from web.fields import Count, Day, Money, Rate, RegionCode, Text, Whole

#: rows of one JSON sheet; a longer one comes as a file
ROWS_MAX: Final = 2_000
#: length of a number on paper
_NUMBER: Final = 64


class ShareRow(Schema):
    """A household on the list for which an organisation borrows."""

    household_number = Text(required=True, longest=32)
    share_fen = Money(required=True, data_key="share")


class AskedRow(Schema):
    """One application. ``pooled``: no household, an organisation and its list instead."""

    mode = fields.String(load_default="credit", validate=validate.OneOf(tuple(MODES)))
    household_number = Text(load_default="", longest=32)
    organisation_code = Text(load_default="", longest=18)
    shares = fields.List(
        fields.Nested(ShareRow), load_default=list, validate=validate.Length(0, ROWS_MAX)
    )
    amount_fen = Money(required=True, data_key="amount")
    term_months = Whole(required=True, validate=validate.Range(1, 999))
    annual_rate_ppm = Rate(required=True, data_key="annual_rate")
    purpose = Text(required=True, longest=100)
    use = fields.String(load_default="production", validate=validate.OneOf(tuple(USE_TITLES)))
    method = fields.String(required=True, validate=validate.OneOf(METHODS))
    every_months = Whole(validate=validate.Range(0, 999))
    borrower_identity = Text(load_default="", longest=18)
    collateral = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    guarantee = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    exception_reason = Text(load_default="", longest=100)
    revolving = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    renews = Text(load_default="", longest=64)


class Applications(Schema):
    """A sheet of them."""

    lender_id = Whole(required=True, validate=validate.Range(1))
    rows = fields.List(
        fields.Nested(AskedRow), required=True, validate=validate.Length(1, ROWS_MAX)
    )


class DrawRow(Schema):
    """One disbursement."""

    number = Text(required=True, longest=_NUMBER)
    amount_fen = Money(required=True, data_key="amount")
    channel = fields.String(required=True, validate=validate.OneOf(tuple(CHANNELS)))
    voucher_no = Text(required=True, longest=_NUMBER)
    #: counts from this day (起息日), not after the open day; without it: the open day
    value_date = Day()


class Draws(Schema):
    """A list of them."""

    rows = fields.List(fields.Nested(DrawRow), required=True, validate=validate.Length(1, ROWS_MAX))


class PaymentRow(DrawRow):
    """One repayment."""

    early = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    #: credit code of an organisation or number of a household; empty: the contract's payer
    payer = Text(load_default="", longest=32)


class Payments(Schema):
    """A list of them."""

    rows = fields.List(
        fields.Nested(PaymentRow), required=True, validate=validate.Length(1, ROWS_MAX)
    )


class LenderForm(Schema):
    """Beside the file of applications."""

    lender_id = Count(required=True)


class ListForm(LenderForm):
    """Beside the file with the list of households: what the organisation asks for."""

    organisation_code = Text(required=True, longest=18)
    amount_fen = Money(required=True, data_key="amount")
    term_months = Count(required=True, validate=validate.Range(1, 999))
    annual_rate_ppm = Rate(required=True, data_key="annual_rate")
    purpose = Text(required=True, longest=100)
    method = fields.String(required=True, validate=validate.OneOf(METHODS))
    exception_reason = Text(load_default="", longest=100)


class NoForm(Schema):
    """A file and nothing beside it."""


class SheetTaken(Schema):
    """What became of a sheet of applications."""

    sheet_id = fields.Integer(required=True)
    proposal_id = fields.Integer(required=True)
    applications = fields.Integer(required=True)
    total = fields.String(required=True)


class SheetToSign(Schema):
    """Which sheet."""

    sheet_id = Whole(required=True, validate=validate.Range(1))


class SheetDropAnswer(Schema):
    """A sheet that binds nobody any more."""

    sheet_id = fields.Integer(required=True)
    dropped_on = fields.String(required=True)


class Contracts(Schema):
    """Their numbers."""

    sheet_id = fields.Integer(required=True)
    contracts = fields.List(fields.String(), required=True)


class DisbursedRow(Schema):
    """One slip."""

    slip_number = fields.String(required=True)
    amount = fields.String(required=True)


class Disbursed(Schema):
    """What was paid out."""

    booked_on = fields.String(required=True)
    count = fields.Integer(required=True)
    total = fields.String(required=True)
    disbursements = fields.List(fields.Nested(DisbursedRow), required=True)


class RepaidRow(Schema):
    """One repayment."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    amount = fields.String(required=True)


class Repaid(Schema):
    """What was taken in."""

    booked_on = fields.String(required=True)
    count = fields.Integer(required=True)
    total = fields.String(required=True)
    repayments = fields.List(fields.Nested(RepaidRow), required=True)


class Reason(Schema):
    """Why."""

    reason = Text(required=True, longest=200)


class Reversed(Schema):
    """What was undone."""

    slip_number = fields.String(required=True)
    booked_on = fields.String(required=True)


class LoanRow(Schema):
    """A loan in a list."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    mode = fields.String(required=True)
    household_id = fields.Integer(required=True, allow_none=True)
    household_number = fields.String(required=True)
    borrower = fields.String(required=True)
    relation = fields.String(required=True)
    head = fields.String(required=True)
    organisation = fields.String(required=True)
    village_code = fields.String(required=True)
    lender = fields.String(required=True)
    state = fields.String(required=True)
    amount_fen = Money(required=True, data_key="amount")
    outstanding_fen = Money(required=True, data_key="outstanding")
    annual_rate_ppm = Rate(required=True, data_key="annual_rate")
    signed_on = Day(required=True)
    matures_on = Day(required=True)
    grade = fields.Integer(required=True)
    overdue_fen = Money(required=True, data_key="overdue")


class LoansQuery(paging.PageQuery):
    """A page of loans, narrowed."""

    region = RegionCode()
    q = Text(load_default="", longest=40)
    state = fields.String(
        load_default="", validate=validate.OneOf(("", "signed", "active", "settled", "written_off"))
    )
    overdue = fields.Boolean(load_default=False)
    mode = fields.String(load_default="", validate=validate.OneOf(("", *MODES)))


class EventRow(Schema):
    """A line of a time line."""

    on = Day(required=True)
    kind = fields.String(required=True)
    amount_fen = Money(required=True, data_key="amount")
    detail = fields.String(required=True)
    source_kind = fields.String(required=True)
    source_id = fields.Integer(required=True)
    booked_on = Day(required=True, allow_none=True)
    undone = fields.Boolean(required=True)
    correction = fields.Integer(required=True)


class DueRow(Schema):
    """A due."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    bearer = fields.String(required=True)
    due_on = Day(required=True)
    payable_on = Day(required=True, allow_none=True)
    amount_fen = Money(required=True, data_key="amount")
    left_fen = Money(required=True, allow_none=True, data_key="left")
    settlement_id = fields.Integer(required=True, allow_none=True)


class ShareAnswer(Schema):
    """A household on the list of a loan."""

    household_id = fields.Integer(required=True)
    household_number = fields.String(required=True)
    head = fields.String(required=True)
    village_code = fields.String(required=True)
    share_fen = Money(required=True, data_key="share")


class OutsideRow(Schema):
    """Why no more of a loan is under cover."""

    reason = fields.String(required=True)
    cap_fen = Money(required=True, data_key="cap")
    clause = fields.String(required=True)
    from_on = Day(required=True, allow_none=True)


class CoverAnswer(Schema):
    """What of a loan risk compensation stands for."""

    covered_fen = Money(required=True, data_key="covered")
    uncovered_fen = Money(required=True, data_key="uncovered")
    cap_fen = Money(required=True, data_key="cap")
    outside = fields.List(fields.Nested(OutsideRow), required=True)


class LoanAnswer(Schema):
    """Everything about one loan."""

    line = fields.Nested(LoanRow, required=True)
    purpose = fields.String(required=True)
    method = fields.String(required=True)
    every_months = fields.Integer(required=True)
    settle_on_day = fields.Integer(required=True)
    day_count = fields.String(required=True)
    term_months = fields.Integer(required=True)
    subsidy_route = fields.String(required=True)
    unsubsidised = fields.Boolean(required=True)
    drawn_on = Day(required=True, allow_none=True)
    events = fields.List(fields.Nested(EventRow), required=True)
    dues = fields.List(fields.Nested(DueRow), required=True)
    accrued_household_fen = Money(required=True, data_key="accrued_household")
    credit_fen = Money(required=True, data_key="credit")
    cover = fields.Nested(CoverAnswer, required=True)
    shares = fields.List(fields.Nested(ShareAnswer), required=True)


class Why(Schema):
    """Segments, rounding, split and clauses; what it holds depends on the amount asked about."""

    kind = fields.String(required=True)
    number = fields.String(required=True)
    rule = fields.String()
    formula = fields.String()
    amount = fields.String()
    segments = fields.List(fields.Dict())
    treasury = fields.Dict()
    household = fields.String()
    taken = fields.List(fields.Dict())
    clauses = fields.List(fields.Dict())

    class Meta:
        """An explanation may say more than this."""

        unknown = INCLUDE

    @post_dump(pass_original=True)
    def whole(self, _dumped: dict[str, Any], original: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Nothing of an explanation is left out, whatever it consists of."""
        return original
