"""What the routes of rounds of dividends give, and what every deed of enterprises answers."""

from __future__ import annotations

from marshmallow import Schema, fields

from web.api.enterprises_schemas import (
    RoundLine,
    TermAnswer,
    day_of,
    money_of,
    round_title,
    text_of,
    whole_of,
)


class DividendStepRow(Schema):
    """What happened to a round."""

    nr = whole_of()
    state = text_of()
    state_title = fields.Function(round_title, metadata={"type": "string"})
    version = whole_of()
    on = day_of("on_day")
    posted_on = day_of(allow_none=True)
    reason = text_of()
    digest = text_of()


class DeclarationAnswer(Schema):
    """A version."""

    version = whole_of()
    declared_on = day_of()
    document_no = text_of()
    profit = money_of("profit")
    extra = money_of("extra")
    rows = whole_of()
    amount = money_of("amount")
    cash = money_of("cash")
    reinvested = money_of("reinvested")
    digest = text_of()


class DividendFileRow(Schema):
    """A payment file."""

    nr = whole_of("file.nr")
    batch_no = text_of("file.batch_no")
    made_on = day_of("file.made_on")
    rows = whole_of("file.rows")
    total = money_of("total", "file.total_fen")
    discarded = text_of()
    answered_on = day_of("answer.received_on", allow_none=True, dump_default=None)
    paid = money_of("paid", "answer.paid_fen", allow_none=True, dump_default=None)
    returned = money_of("returned", "answer.returned_fen", allow_none=True, dump_default=None)


class DividendReturnedRow(Schema):
    """A household whose payment came back."""

    household_id = whole_of()
    household = text_of("household_number")
    holder = text_of()
    account = text_of()
    bank = text_of()
    amount = money_of("amount")
    attempts = whole_of()
    reason = text_of()
    corrected = fields.Boolean(required=True)
    waits = whole_of(allow_none=True)


class RoundAnswer(Schema):
    """A round with all that happened to it."""

    round = fields.Nested(RoundLine, required=True, attribute="page.told")
    term = fields.Nested(TermAnswer, required=True)
    expected = money_of("expected")
    free = money_of("free")
    moves = fields.List(fields.String(), required=True)
    declarations = fields.List(
        fields.Nested(DeclarationAnswer), required=True, attribute="page.declarations"
    )
    steps = fields.List(fields.Nested(DividendStepRow), required=True, attribute="page.steps")
    files = fields.List(fields.Nested(DividendFileRow), required=True)
    returned = fields.List(fields.Nested(DividendReturnedRow), required=True)
    received_on = day_of("page.receipt.received_on", allow_none=True, dump_default=None)


class DividendRowAnswer(Schema):
    """What a household gets."""

    nr = whole_of("row.nr")
    household_id = whole_of("row.household_id")
    household = text_of("household_number")
    head = text_of()
    village_code = text_of()
    persons = whole_of("row.persons")
    stake = money_of("stake", "row.stake_fen")
    linked_days = whole_of("row.linked_days")
    floor = money_of("floor", "row.floor_fen")
    profit = money_of("profit", "row.profit_fen")
    before = money_of("before", "row.before_fen")
    amount = money_of("amount", "row.amount_fen")
    cash = money_of("cash", "row.cash_fen")
    reinvested = money_of("reinvested", "row.reinvested_fen")
    attempts = whole_of()
    paid_on = day_of(allow_none=True)
    released_on = day_of(allow_none=True)


class DividendPaymentAnswer(Schema):
    """A row of a payment file; the account by its last four digits."""

    id = whole_of()
    nr = whole_of()
    household_id = whole_of("payee_id")
    holder = text_of()
    account = text_of()
    bank = text_of()
    amount = money_of("amount")
    attempt = whole_of()
    result = text_of()
    reason = text_of()
    bank_no = text_of()


# --- deeds ----------------------------------------------------------------------------------------


class LinkageProposed(Schema):
    """What waits for a second person."""

    proposal_id = whole_of()
    on = text_of()


class Entered(Schema):
    """What was entered, by its number."""

    recognition_id = fields.Integer()
    security_id = fields.Integer()
    chain_id = fields.Integer()
    framework_id = fields.Integer()
    agreement_id = fields.Integer()
    funding_id = fields.Integer()
    on = text_of()


class HandedAnswer(Schema):
    """An agreement or a list that was handed in."""

    agreement_id = whole_of("handed.agreement_id")
    list_id = whole_of("handed.list_id")
    proposal_id = whole_of("handed.proposal_id")
    rows = whole_of("handed.rows")
    on = text_of()


class DividendStepAnswer(Schema):
    """Where a round stands after a step, and what the step came to."""

    round_id = whole_of()
    state = text_of()
    state_title = text_of()
    on = text_of()
    version = fields.Integer()
    rows = fields.Integer()
    amount = fields.String()
    cash = fields.String()
    reinvested = fields.String()
    file_id = fields.Integer()
    batch_no = fields.String()
    paid = fields.String()
    returned = fields.String()
