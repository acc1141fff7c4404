"""What the subsidies' routes give."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from subsidies import lifecycle
from web.fields import Day, Money, Rate


def _state_title(one: Any) -> str:
    return getattr(one, "title", "") or lifecycle.TITLES[one.state][0]


def titled() -> fields.Field[str]:
    """What the state of a row is called."""
    return fields.Function(_state_title, metadata={"type": "string"})


class FiguresAnswer(Schema):
    """The four figures as of a closed day."""

    on = Day(required=True, allow_none=True)
    accrued_fen = Money(required=True, data_key="accrued")
    claimed_fen = Money(required=True, data_key="claimed")
    paid_fen = Money(required=True, data_key="paid")
    to_recover_fen = Money(required=True, data_key="to_recover")


class AgeAnswer(Schema):
    """What is owed to one, by age."""

    name = fields.String(required=True)
    route = fields.String(required=True)
    owed_fen = Money(required=True, data_key="owed", attribute="line.owed_fen")
    classes = fields.List(Money(), required=True, attribute="line.classes")
    over_deadline_fen = Money(
        required=True, data_key="over_deadline", attribute="line.over_deadline_fen"
    )
    oldest_on = Day(required=True, allow_none=True, attribute="line.oldest_on")


class ClaimLine(Schema):
    """A claim in a list."""

    id = fields.Integer(required=True)
    lender_id = fields.Integer(required=True)
    lender = fields.String(required=True)
    route = fields.String(required=True)
    period_from = Day(required=True)
    period_to = Day(required=True)
    version = fields.Integer(required=True)
    rows = fields.Integer(required=True)
    households = fields.Integer(required=True)
    total_fen = Money(required=True, data_key="total")
    state = fields.String(required=True)
    state_title = titled()
    since = Day(required=True)
    deadline_on = Day(required=True, allow_none=True)


class StepRow(Schema):
    """What happened to a claim."""

    nr = fields.Integer(required=True)
    state = fields.String(required=True)
    state_title = titled()
    on = Day(required=True, attribute="on_day")
    person = fields.String(required=True)
    deadline_on = Day(required=True, allow_none=True)
    reason = fields.String(required=True)
    digest = fields.String(required=True)


class DifferenceRow(Schema):
    """A row that the recomputation does not bear out; ``nr`` 0: it is missing."""

    nr = fields.Integer(required=True, attribute="row.nr")
    number = fields.String(required=True)
    to_on = Day(required=True, data_key="to", attribute="row.to_on")
    claimed_fen = Money(required=True, data_key="claimed", attribute="row.claimed_fen")
    recomputed_fen = Money(required=True, data_key="recomputed", attribute="row.recomputed_fen")


class LeftOutAnswer(Schema):
    """What this version does not claim."""

    number = fields.String(required=True)
    to_on = Day(required=True, data_key="to")
    amount_fen = Money(required=True, data_key="amount")
    reason = fields.String(required=True)


class NoticeAnswer(Schema):
    """The notice of a claim."""

    number = fields.String(required=True)
    posted_on = Day(required=True)
    ends_on = Day(required=True)
    place = fields.String(required=True)


class ObjectionRow(Schema):
    """An objection and its answer."""

    id = fields.Integer(required=True, attribute="objection.id")
    nr = fields.Integer(required=True, allow_none=True, attribute="objection.nr")
    raised_on = Day(required=True, attribute="objection.raised_on")
    raised_by = fields.String(required=True, attribute="objection.raised_by")
    words = fields.String(required=True, attribute="objection.words")
    answered_on = Day(
        required=True, allow_none=True, attribute="answer.answered_on", dump_default=None
    )
    upheld = fields.Boolean(
        required=True, allow_none=True, attribute="answer.upheld", dump_default=None
    )
    answer = fields.String(
        required=True, allow_none=True, attribute="answer.words", dump_default=None
    )


class LineRow(Schema):
    """What a file takes from a budget line."""

    document_no = fields.String(required=True)
    code = fields.String(required=True)
    level = fields.String(required=True)
    year = fields.Integer(required=True)
    amount_fen = Money(required=True, data_key="amount")


class FileRow(Schema):
    """A payment file."""

    nr = fields.Integer(required=True, attribute="file.nr")
    batch_no = fields.String(required=True, attribute="file.batch_no")
    made_on = Day(required=True, attribute="file.made_on")
    rows = fields.Integer(required=True, attribute="file.rows")
    total_fen = Money(required=True, data_key="total", attribute="file.total_fen")
    budget_year = fields.Integer(required=True, attribute="file.budget_year")
    crosses_year = fields.Boolean(required=True, attribute="file.crosses_year")
    code = fields.String(required=True, attribute="file.code")
    encoding = fields.String(required=True, attribute="file.encoding")
    lines = fields.List(fields.Nested(LineRow), required=True)
    discarded = fields.String(required=True)
    answered_on = Day(
        required=True, allow_none=True, attribute="answer.received_on", dump_default=None
    )
    paid_fen = Money(
        required=True, allow_none=True, data_key="paid", attribute="answer.paid_fen",
        dump_default=None,
    )  # fmt: skip
    returned_fen = Money(
        required=True, allow_none=True, data_key="returned", attribute="answer.returned_fen",
        dump_default=None,
    )  # fmt: skip


class PaymentAnswer(Schema):
    """A row of a payment file; the account by its last four digits."""

    id = fields.Integer(required=True)
    nr = fields.Integer(required=True)
    payee_kind = fields.String(required=True)
    payee_id = fields.Integer(required=True)
    holder = fields.String(required=True)
    account = fields.String(required=True)
    bank = fields.String(required=True)
    amount_fen = Money(required=True, data_key="amount")
    attempt = fields.Integer(required=True)
    remark = fields.String(required=True)
    result = fields.String(required=True)
    reason = fields.String(required=True)
    bank_no = fields.String(required=True)


class ReturnedRow(Schema):
    """What the bank sent back and nothing has come of yet."""

    payment = fields.Nested(PaymentAnswer, required=True)
    account_waits = fields.Integer(required=True, allow_none=True)
    corrected = fields.Boolean(required=True)
    give_back_waits = fields.Integer(required=True, allow_none=True)


class ClaimAnswer(Schema):
    """A claim with all that happened to it."""

    claim = fields.Nested(ClaimLine, required=True, attribute="page.listed")
    digest = fields.String(required=True, attribute="page.digest")
    previous_id = fields.Integer(required=True, allow_none=True, attribute="page.previous_id")
    next_id = fields.Integer(required=True, allow_none=True, attribute="page.next_id")
    moves = fields.List(fields.String(), required=True, attribute="page.moves")
    steps = fields.List(fields.Nested(StepRow), required=True, attribute="page.steps")
    differences = fields.List(fields.Nested(DifferenceRow), required=True)
    left_out = fields.List(fields.Nested(LeftOutAnswer), required=True, attribute="page.left_out")
    notice = fields.Nested(NoticeAnswer, required=True, allow_none=True, attribute="page.notice")
    objections = fields.List(
        fields.Nested(ObjectionRow), required=True, attribute="page.objections"
    )
    files = fields.List(fields.Nested(FileRow), required=True)
    returned = fields.List(fields.Nested(ReturnedRow), required=True)
    received_on = Day(
        required=True, allow_none=True, attribute="page.receipt.received_on", dump_default=None
    )


class RowAnswer(Schema):
    """A row of a claim."""

    nr = fields.Integer(required=True, attribute="row.nr")
    entitlement_id = fields.Integer(required=True, attribute="row.entitlement_id")
    number = fields.String(required=True)
    borrower = fields.String(required=True, attribute="row.borrower")
    village_code = fields.String(required=True, attribute="row.village_code")
    principal_fen = Money(required=True, data_key="principal", attribute="row.principal_fen")
    annual_rate_ppm = Rate(required=True, data_key="annual_rate", attribute="row.annual_rate_ppm")
    from_on = Day(required=True, data_key="from", attribute="row.from_on")
    to_on = Day(required=True, data_key="to", attribute="row.to_on")
    revision = fields.Integer(required=True, attribute="row.revision")
    interest_fen = Money(required=True, data_key="interest", attribute="row.interest_fen")
    amount_fen = Money(required=True, data_key="amount", attribute="row.amount_fen")
    payee_kind = fields.String(required=True, attribute="row.payee_kind")
    payee_id = fields.Integer(required=True, attribute="row.payee_id")
    recomputed_fen = Money(required=True, allow_none=True, data_key="recomputed")
    result = fields.String(required=True)
    reason = fields.String(required=True)


class StepAnswer(Schema):
    """Where a claim stands after a step, and what the step came to."""

    claim_id = fields.Integer(required=True)
    state = fields.String(required=True)
    state_title = fields.String(required=True)
    on = fields.String(required=True)
    total = fields.String()
    differing = fields.Integer()
    number = fields.String()
    objection_id = fields.Integer()
    file_id = fields.Integer()
    batch_no = fields.String()
    paid = fields.String()
    returned = fields.String()


class AccountAnswer(Schema):
    """An account that was noted of a payee, by its last four digits."""

    id = fields.Integer(required=True)
    holder = fields.String(required=True)
    account = fields.String(required=True)
    bank = fields.String(required=True)
    noted_on = Day(required=True)
    reason = fields.String(required=True)
    state = fields.String(required=True)
    proposal_id = fields.Integer(required=True, allow_none=True)


class Proposed(Schema):
    """What waits for a second person."""

    proposal_id = fields.Integer(required=True)


class OwedBackAnswer(Schema):
    """Somebody who owes the treasury what it claimed too much."""

    lender_id = fields.Integer(required=True)
    lender = fields.String(required=True)
    route = fields.String(required=True)
    payer_kind = fields.String(required=True)
    payer_id = fields.Integer(required=True)
    payer = fields.String(required=True)
    amount_fen = Money(required=True, data_key="amount")
    rows = fields.Integer(required=True)


class ClawedBack(Schema):
    """As it was booked."""

    clawback_id = fields.Integer(required=True)
    amount = fields.String(required=True)
    booked_on = fields.String(required=True)


class HangingNotice(Schema):
    """A notice that hangs."""

    number = fields.String(required=True)
    lender = fields.String(required=True)
    route = fields.String(required=True)
    period_from = Day(required=True)
    period_to = Day(required=True)
    posted_on = Day(required=True)
    ends_on = Day(required=True)
    place = fields.String(required=True)
    rows = fields.Integer(required=True)
    households = fields.Integer(required=True)
    total_fen = Money(required=True, data_key="total")


class NoticeRowAnswer(Schema):
    """A line of the list that hangs; no number of anybody."""

    nr = fields.Integer(required=True)
    village_code = fields.String(required=True)
    borrower = fields.String(required=True)
    principal_fen = Money(required=True, data_key="principal")
    from_on = Day(required=True, data_key="from")
    to_on = Day(required=True, data_key="to")
    days = fields.Integer(required=True)
    annual_rate_ppm = Rate(required=True, data_key="annual_rate")
    amount_fen = Money(required=True, data_key="amount")
