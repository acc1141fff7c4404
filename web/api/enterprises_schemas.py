"""What the enterprises' routes give."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from enterprises.dividends import lifecycle
from web.agreement_view import term_said
from web.fields import Day, Money, Rate, Share


def money_of(name: str, attribute: str = "", **more: Any) -> Money:
    """An amount under its plain name."""
    return Money(required=True, data_key=name, attribute=attribute or f"{name}_fen", **more)


def round_title(one: Any) -> str:
    """What the state of a round is called."""
    return lifecycle.TITLES[one.state][0]


def whole_of(attribute: str = "", **more: Any) -> fields.Integer:
    """A whole number."""
    options: dict[str, Any] = {"attribute": attribute or None, **more}
    return fields.Integer(required=True, **options)


def text_of(attribute: str = "", **more: Any) -> fields.String:
    """A text."""
    options: dict[str, Any] = {"attribute": attribute or None, **more}
    return fields.String(required=True, **options)


def day_of(attribute: str = "", **more: Any) -> Day:
    """A day."""
    return Day(required=True, attribute=attribute or None, **more)


class EnterpriseLine(Schema):
    """An enterprise in the list."""

    id = whole_of("standing.organisation_id")
    name = text_of("standing.name")
    credit_code = text_of("standing.credit_code")
    kind = text_of("standing.kind")
    region_code = text_of("standing.region_code")
    recognised_to = day_of(allow_none=True)
    households = whole_of("standing.households")
    persons = whole_of("standing.persons")
    stake = money_of("stake", "standing.stake_fen")
    agreements = whole_of("standing.agreements")
    pledged = money_of("pledged", "standing.pledged_fen")
    owed = money_of("owed")
    owed_since = day_of(allow_none=True)
    free = money_of("free")


class WordAnswer(Schema):
    """What a second person said."""

    proposal_id = whole_of()
    state = text_of()


class RecognitionAnswer(Schema):
    """A recognition."""

    id = whole_of("recognition.id")
    document_no = text_of("recognition.document_no")
    from_on = day_of("recognition.from_on", data_key="from")
    to_on = day_of("recognition.to_on", data_key="to")
    industry = text_of("recognition.industry")
    project = text_of("recognition.project")
    operating_since = day_of("recognition.operating_since")
    years_operating = whole_of("recognition.years_operating")
    local = fields.Boolean(required=True, attribute="recognition.local")
    exceptions = text_of("recognition.exceptions")
    exception_reason = text_of("recognition.exception_reason")
    villages = fields.List(fields.String(), required=True)
    granted_on = day_of(allow_none=True)
    withdrawn_from = day_of("withdrawal.from_on", allow_none=True, dump_default=None)
    in_force = fields.Boolean(required=True)
    word = fields.Nested(WordAnswer, required=True, allow_none=True)


class PledgeAnswer(Schema):
    """A counter-security."""

    id = whole_of("pledge.id")
    fund_account_id = whole_of("pledge.fund_account_id")
    kind = text_of("pledge.kind")
    description = text_of("pledge.description")
    value = money_of("value", "pledge.value_fen")
    document_no = text_of("pledge.document_no")
    from_on = day_of("pledge.from_on", data_key="from")
    released_on = day_of("release.released_on", allow_none=True, dump_default=None)


class ChainAnswer(Schema):
    """A chain, read whole (4+1)."""

    id = whole_of("chain.id")
    name = text_of("chain.name")
    product = text_of("chain.product")
    organisation_id = whole_of("organisation.id")
    enterprise = text_of("organisation.name")
    sales_channel = text_of("chain.sales_channel")
    seller = text_of("channel.name", allow_none=True, dump_default=None)
    project_number = text_of("chain.project_number")
    from_on = day_of("chain.from_on", data_key="from")
    ended_on = day_of(allow_none=True)
    fund_account_ids = fields.List(fields.Integer(), required=True)
    pledged = money_of("pledged")
    loans = whole_of()
    lent = money_of("lent")
    outstanding = money_of("outstanding")
    households = whole_of()
    persons = whole_of()
    stake = money_of("stake")


class FrameworkAnswer(Schema):
    """A framework agreement and how far it is used."""

    id = whole_of()
    name = text_of()
    document_no = text_of()
    signed_on = day_of()
    to_on = day_of(data_key="to")
    institutions = fields.List(fields.String(), required=True)
    amount = fields.String(required=True)
    used_by_organisations = fields.String(required=True)
    used_all = fields.String(required=True)


class AgreementLine(Schema):
    """An agreement in a list."""

    id = whole_of("Agreement.id")
    number = text_of("Agreement.number")
    organisation_id = whole_of("Agreement.organisation_id")
    enterprise = text_of("name")
    form = text_of("Agreement.form")
    parties = whole_of("Agreement.parties")
    signed_on = day_of("Agreement.signed_on")
    from_on = day_of("Agreement.from_on", data_key="from")
    to_on = day_of("Agreement.to_on", data_key="to")
    state = text_of("AgreementPosition.state")
    households = whole_of("AgreementPosition.households")
    persons = whole_of("AgreementPosition.persons")
    stake = money_of("stake", "AgreementPosition.stake_fen")


class ArrearAnswer(Schema):
    """A round that is due and not paid."""

    round_id = whole_of()
    organisation_id = whole_of()
    enterprise = text_of("organisation")
    agreement_id = whole_of()
    agreement = text_of("agreement_number")
    nr = whole_of()
    due_on = day_of()
    days = whole_of()
    state = text_of()
    state_title = fields.Function(round_title, metadata={"type": "string"})
    amount = money_of("amount")
    declared = fields.Boolean(required=True)


class PoolAnswer(Schema):
    """What an enterprise has paid in, and what became of it."""

    organisation_id = whole_of()
    enterprise = text_of("organisation")
    declared = money_of("declared")
    funded = money_of("funded")
    reserved = money_of("reserved")
    paid = money_of("paid")
    given_back = money_of("given_back")
    free = money_of("free")


class FundingAnswer(Schema):
    """A payment into a pool."""

    id = whole_of()
    funded_on = day_of()
    amount = money_of("amount")
    voucher_no = text_of()
    payer_code = text_of()
    payer_account = text_of()


class LoanUsedAnswer(Schema):
    """A loan that an enterprise uses."""

    number = text_of()
    mode = text_of()
    village_code = text_of()
    state = text_of()
    drawn = money_of("drawn")
    outstanding = money_of("outstanding")


class EnterpriseAnswer(Schema):
    """An enterprise with everything about it."""

    line = fields.Nested(EnterpriseLine, required=True)
    recognitions = fields.List(fields.Nested(RecognitionAnswer), required=True)
    pledges = fields.List(fields.Nested(PledgeAnswer), required=True)
    agreements = fields.List(fields.Nested(AgreementLine), required=True)
    chains = fields.List(fields.Nested(ChainAnswer), required=True)
    arrears = fields.List(fields.Nested(ArrearAnswer), required=True)
    pool = fields.Nested(PoolAnswer, required=True, allow_none=True)
    fundings = fields.List(fields.Nested(FundingAnswer), required=True)
    loans = fields.List(fields.Nested(LoanUsedAnswer), required=True)


# --- agreements -----------------------------------------------------------------------------------


class PartyAnswer(Schema):
    """Who signed."""

    role = text_of()
    name = text_of()
    organisation_id = whole_of(allow_none=True)


class TermAnswer(Schema):
    """A term."""

    year_from = whole_of()
    year_to = whole_of()
    basis = text_of()
    annual_rate = Rate(required=True, attribute="rate_ppm")
    yearly = money_of("yearly", "amount_fen")
    cash_share = Share(required=True, attribute="cash_bp")
    profit_share = Share(required=True, attribute="profit_share_bp")
    said = fields.Function(term_said, metadata={"type": "string"})


class ListAnswer(Schema):
    """A list, and the day on which it was approved."""

    id = whole_of("list.id")
    nr = whole_of("list.nr")
    from_on = day_of("list.from_on", data_key="from")
    households = whole_of("list.households")
    persons = whole_of("list.persons")
    stake = money_of("stake", "list.stake_fen")
    file = text_of("list.file_name")
    digest = text_of("list.digest")
    approved_on = day_of(allow_none=True)


class RoundLine(Schema):
    """A round in a list."""

    id = whole_of()
    organisation_id = whole_of()
    enterprise = text_of("organisation")
    agreement_id = whole_of()
    agreement = text_of("agreement_number")
    nr = whole_of()
    revision = whole_of()
    period_from = day_of(data_key="from")
    counted_to = day_of(data_key="to")
    due_on = day_of()
    state = text_of()
    state_title = fields.Function(round_title, metadata={"type": "string"})
    version = whole_of()
    rows = whole_of()
    amount = money_of("amount")
    cash = money_of("cash")
    reinvested = money_of("reinvested")


class ConditionsAnswer(Schema):
    """What is still open of an unwinding."""

    dividends = whole_of()
    principal = whole_of()
    subsidy = whole_of()
    hold = fields.Boolean(required=True)


class AgreementAnswer(Schema):
    """An agreement with everything that belongs to it."""

    id = whole_of("page.agreement.id")
    number = text_of("page.agreement.number")
    organisation_id = whole_of("page.agreement.organisation_id")
    enterprise = text_of("page.organisation.name")
    form = text_of("page.agreement.form")
    state = text_of("page.position.state")
    signed_on = day_of("page.agreement.signed_on")
    from_on = day_of("page.agreement.from_on", data_key="from")
    to_on = day_of("page.agreement.to_on", data_key="to")
    principal_repaid_by = text_of("page.agreement.principal_repaid_by")
    rhythm_months = whole_of("page.agreement.rhythm_months")
    in_advance = fields.Boolean(required=True, attribute="page.agreement.in_advance")
    service_fee = Share(required=True, attribute="page.agreement.service_fee_bp")
    exceptions = text_of("page.agreement.exceptions")
    exception_reason = text_of("page.agreement.exception_reason")
    digest = text_of("page.agreement.digest")
    households = whole_of("page.position.households")
    persons = whole_of("page.position.persons")
    stake = money_of("stake", "page.position.stake_fen")
    left = whole_of("page.left")
    parties = fields.List(fields.Nested(PartyAnswer), required=True, attribute="page.parties")
    terms = fields.List(fields.Nested(TermAnswer), required=True, attribute="page.terms")
    lists = fields.List(fields.Nested(ListAnswer), required=True)
    rounds = fields.List(fields.Nested(RoundLine), required=True)
    unwound_from = day_of("unwinding.from_on", allow_none=True, dump_default=None)
    conditions = fields.Nested(ConditionsAnswer, required=True, allow_none=True)
    ended_on = day_of("end.ended_on", allow_none=True, dump_default=None)


class StakeAnswer(Schema):
    """A stake: row, household, loan, day it left."""

    id = whole_of("AgreementHousehold.id")
    nr = whole_of("AgreementHousehold.nr")
    list_id = whole_of("AgreementHousehold.list_id")
    household_id = whole_of("Household.id")
    household = text_of("Household.number")
    village_code = text_of("Household.village_code")
    source = text_of("AgreementHousehold.source")
    stake = money_of("stake", "AgreementHousehold.stake_fen")
    loan = text_of("loan_number", allow_none=True)
    land_mu_hundredths = whole_of("AgreementHousehold.land_mu_hundredths")
    persons = whole_of("AgreementHousehold.persons")
    from_on = day_of("AgreementHousehold.from_on", data_key="from")
    left_on = day_of(allow_none=True)


class LoanOpenAnswer(Schema):
    """A loan behind a stake of an agreement that is unwound."""

    household = text_of("household_number")
    head = text_of()
    village_code = text_of()
    loan = text_of("loan_number")
    stake = money_of("stake")
    recovered = fields.Boolean(required=True)
    converted = fields.Boolean(required=True)
    subsidy_ended = fields.Boolean(required=True)
