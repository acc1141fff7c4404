"""What the enterprises' routes take."""

from __future__ import annotations

from typing import Any, Final, cast

from marshmallow import Schema, fields, post_load, validate

from enterprises import Asked, Chain, Framework, Party, Pledge, Stake, Term, Wish, payment
from enterprises.asked import FORMS, REPAYERS, RHYTHMS, ROLES, SOURCES
from enterprises.dividends import lifecycle
from enterprises.dividends.funding import Funded
from enterprises.dividends.surplus import Refund
from enterprises.pledging import KINDS
from loans.forms import CHANNELS
from web.agreement_view import BASES, STATES
from web.api import paging
from web.dividend_view import ONLY as ROWS
from web.enterprise_view import ONLY
from web.fields import WHOLE_MAX, Count, Day, Money, Rate, RegionCode, Share, Text, Whole

_ROW: Final = validate.Range(1, WHOLE_MAX)
_FLAG: Final[dict[str, Any]] = {"truthy": {True}, "falsy": {False}}
#: stakes of one list by the API; a longer list comes as a file on the page
STAKES_MAX: Final = 20_000


class EnterprisesQuery(Schema):
    """Enterprises, narrowed."""

    q = Text(load_default="", longest=40)
    which = fields.String(data_key="only", load_default="", validate=validate.OneOf(("", *ONLY)))


class AgreementsQuery(paging.PageQuery):
    """Agreements, narrowed."""

    q = Text(load_default="", longest=40)
    form = fields.String(load_default="", validate=validate.OneOf(("", *FORMS)))
    state = fields.String(load_default="", validate=validate.OneOf(("", *STATES)))
    organisation_id = Count(validate=_ROW)


class HouseholdsQuery(paging.PageQuery):
    """Households of an agreement, narrowed."""

    q = Text(load_default="", longest=40)
    list_id = Count(validate=_ROW, load_default=0)


class RoundsQuery(paging.PageQuery):
    """Rounds, narrowed."""

    state = fields.String(load_default="", validate=validate.OneOf(("", *lifecycle.TITLES)))
    organisation_id = Count(validate=_ROW)
    agreement_id = Count(validate=_ROW)


class ArrearsQuery(Schema):
    """Of one enterprise, or all."""

    organisation_id = Count(validate=_ROW)


class RowsQuery(paging.PageQuery):
    """Rows of a round, narrowed."""

    q = Text(load_default="", longest=40)
    village = RegionCode(load_default="")
    which = fields.String(data_key="only", load_default="", validate=validate.OneOf(("", *ROWS)))
    version = Count(validate=_ROW)


class VersionQuery(Schema):
    """Which version; the one that counts where none is named."""

    version = Count(validate=_ROW)


class FileQuery(Schema):
    """In which form."""

    form = fields.String(load_default="csv", validate=validate.OneOf(("csv", "txt")))


class WishBody(Schema):
    """A recognition."""

    organisation_id = Whole(required=True, validate=_ROW)
    from_on = Day(required=True, data_key="from")
    to_on = Day(required=True, data_key="to")
    document_no = Text(required=True, longest=60)
    operating_since = Day(required=True)
    industry = Text(required=True, longest=60)
    project = Text(load_default="", longest=60)
    villages = fields.List(RegionCode(), load_default=list, validate=validate.Length(0, 1000))
    exception_reason = Text(load_default="", longest=200)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Wish:
        return Wish(**data | {"villages": tuple(data["villages"])})


class DocumentBody(Schema):
    """A document, and why."""

    document_no = Text(required=True, longest=60)
    reason = Text(required=True, longest=200)


class WhyBody(Schema):
    """Why."""

    reason = Text(required=True, longest=200)


class NumberBody(Schema):
    """A document."""

    document_no = Text(required=True, longest=60)


class PledgeBody(Schema):
    """A counter-security."""

    organisation_id = Whole(required=True, validate=_ROW)
    fund_account_id = Whole(required=True, validate=_ROW)
    kind = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)))
    description = Text(required=True, longest=200)
    value_fen = Money(required=True, data_key="value")
    document_no = Text(required=True, longest=60)
    from_on = Day(required=True, data_key="from")

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Pledge:
        return Pledge(**data)


class ChainBody(Schema):
    """A chain."""

    organisation_id = Whole(required=True, validate=_ROW)
    name = Text(required=True, longest=60)
    product = Text(required=True, longest=60)
    sales_channel = Text(required=True, longest=200)
    channel_id = Whole(load_default=None, allow_none=True, validate=_ROW)
    project_number = Text(load_default="", longest=60)
    from_on = Day(required=True, data_key="from")

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Chain:
        return Chain(**data)


class FrameworkBody(Schema):
    """A framework agreement."""

    name = Text(required=True, longest=100)
    signed_on = Day(required=True)
    to_on = Day(required=True, data_key="to")
    amount_fen = Money(required=True, data_key="amount")
    document_no = Text(required=True, longest=60)
    institution_ids = fields.List(
        Whole(validate=_ROW), required=True, validate=validate.Length(1, 200)
    )

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Framework:
        return Framework(**data | {"institution_ids": tuple(data["institution_ids"])})


class StakeRow(Schema):
    """A household and what it puts in."""

    household_number = Text(required=True, longest=40)
    source = fields.String(required=True, validate=validate.OneOf(tuple(SOURCES)))
    stake_fen = Money(load_default=0, data_key="stake")
    loan_number = Text(load_default="", longest=40)
    land_mu_hundredths = Whole(load_default=0, validate=validate.Range(0, 10_000_000))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Stake:
        return Stake(**data)


class PartyRow(Schema):
    """Who signs."""

    role = fields.String(required=True, validate=validate.OneOf(tuple(ROLES)))
    name = Text(required=True, longest=60)
    organisation_id = Whole(load_default=None, allow_none=True, validate=_ROW)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Party:
        return Party(**data)


class TermRow(Schema):
    """What is paid in some years."""

    year_from = Whole(required=True, validate=validate.Range(1, 99))
    year_to = Whole(required=True, validate=validate.Range(1, 99))
    basis = fields.String(required=True, validate=validate.OneOf(tuple(BASES)))
    rate_ppm = Rate(load_default=0, data_key="annual_rate")
    amount_fen = Money(load_default=0, data_key="yearly")
    cash_bp = Share(load_default=10_000, data_key="cash_share")
    profit_share_bp = Share(load_default=0, data_key="profit_share")

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Term:
        return Term(**data)


def _stakes() -> fields.Field[Any]:
    return fields.List(
        fields.Nested(StakeRow), required=True, validate=validate.Length(1, STAKES_MAX)
    )


class AgreementBody(Schema):
    """An agreement with its first list."""

    number = Text(required=True, longest=60)
    organisation_id = Whole(required=True, validate=_ROW)
    form = fields.String(required=True, validate=validate.OneOf(tuple(FORMS)))
    parties = fields.List(fields.Nested(PartyRow), required=True, validate=validate.Length(1, 6))
    terms = fields.List(fields.Nested(TermRow), required=True, validate=validate.Length(1, 30))
    signed_on = Day(required=True)
    from_on = Day(required=True, data_key="from")
    to_on = Day(required=True, data_key="to")
    principal_repaid_by = fields.String(
        load_default="enterprise", validate=validate.OneOf(tuple(REPAYERS))
    )
    rhythm_months = Whole(load_default=12, validate=validate.OneOf(tuple(RHYTHMS)))
    in_advance = fields.Boolean(load_default=False, **_FLAG)
    service_fee_bp = Share(load_default=0, data_key="service_fee")
    document_no = Text(load_default="", longest=60)
    exception_reason = Text(load_default="", longest=200)
    stakes = _stakes()

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> tuple[Asked, list[Stake]]:
        stakes = cast("list[Stake]", data.pop("stakes"))
        data |= {"parties": tuple(data["parties"]), "terms": tuple(data["terms"])}
        return Asked(**data), stakes


class ListBody(Schema):
    """A further list."""

    from_on = Day(required=True, data_key="from")
    stakes = _stakes()


class LeaveBody(Schema):
    """Who leaves, from when, why."""

    household_number = Text(required=True, longest=40, data_key="household")
    from_on = Day(required=True, data_key="from")
    reason = Text(required=True, longest=200)


class UnwindBody(Schema):
    """From when, by which document, why."""

    from_on = Day(required=True, data_key="from")
    document_no = Text(required=True, longest=60)
    reason = Text(required=True, longest=200)


class ConvertBody(Schema):
    """Which loan becomes whose own use."""

    loan_number = Text(required=True, longest=40, data_key="loan")
    household_number = Text(required=True, longest=40, data_key="household")
    document_no = Text(required=True, longest=60)
    purpose = Text(required=True, longest=100)


class FundingBody(Schema):
    """What an enterprise paid in."""

    organisation_id = Whole(required=True, validate=_ROW)
    amount_fen = Money(required=True, data_key="amount")
    payer_code = Text(required=True, longest=40)
    payer_account = Text(required=True, longest=40)
    voucher_no = Text(required=True, longest=64)
    channel = fields.String(load_default="transfer", validate=validate.OneOf(tuple(CHANNELS)))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Funded:
        return Funded(**data)


class PoolRefundBody(Schema):
    """A surplus that goes back to the enterprise."""

    organisation_id = Whole(required=True, validate=_ROW)
    amount_fen = Money(required=True, data_key="amount")
    payee_account = Text(required=True, longest=40)
    voucher_no = Text(required=True, longest=64)
    reason = Text(required=True, longest=200)
    channel = fields.String(load_default="transfer", validate=validate.OneOf(tuple(CHANNELS)))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Refund:
        return Refund(**data)


class DividendReleaseBody(Schema):
    """A dividend that nobody can have."""

    household_id = Whole(required=True, validate=_ROW)
    cause = fields.String(required=True, validate=validate.OneOf(tuple(payment.CAUSES)))
    reason = Text(required=True, longest=200)
    document_no = Text(required=True, longest=60)


class DeclareBody(Schema):
    """What the enterprise declares."""

    document_no = Text(required=True, longest=60)
    profit_fen = Money(load_default=0, data_key="profit")
    extra_fen = Money(load_default=0, data_key="extra")


class CheckBody(Schema):
    """Since when the list hangs in the village."""

    posted_on = Day(required=True)


class MakeFileBody(Schema):
    """How the file is made."""

    encoding = fields.String(
        load_default="gb18030", validate=validate.OneOf(tuple(payment.ENCODINGS))
    )
    remark = Text(load_default="", longest=20)
    ready_only = fields.Boolean(load_default=False, **_FLAG)


class HouseholdAccountBody(Schema):
    """A household's account."""

    household_id = Whole(required=True, validate=_ROW)
    holder = Text(required=True, longest=60)
    number = Text(required=True, longest=40)
    bank = Text(required=True, longest=60)
    reason = Text(required=True, longest=200)
