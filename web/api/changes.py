"""Changes of loans over the API: propose, list, show, decide; pay credit back; renew."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from flask import request
from marshmallow import Schema, fields, validate

import ledger
from loans import ChangeAsked, Refund, files
from loans.changes import KINDS, WHYS
from loans.changes.forms import FORMS
from loans.changes.page import changes_of_loan, listed
from loans.changes.sheets import commands_of
from loans.forms import CHANNELS, RHYTHMS
from loans.queries import line_of
from loans.schedule import METHODS
from web import changing, uploads
from web.api.routes import Routes, do_once
from web.context import actor, reading
from web.fields import Count, Day, Money, Text, Whole

routes = Routes("changes", "贷款变更 · changes decided by two people, refunds, renewals")

#: rows of one JSON sheet; a longer one comes as a file
_ROWS_MAX: Final = 2_000
_KIND: Final = validate.OneOf(tuple(KINDS))


class ChangeRow(Schema):
    """A change of one loan; what its kind does not need is left out."""

    number = Text(required=True, longest=64)
    reason = Text(required=True, longest=200)
    value_date = Day(load_default=None, allow_none=True)
    matures_on = Day(load_default=None, allow_none=True)
    method = fields.String(load_default="", validate=validate.OneOf(("", *METHODS)))
    every_months = Whole(load_default=None, allow_none=True, validate=validate.Range(0, 999))
    evidence = Text(load_default="", longest=200)
    check_id = Whole(load_default=None, allow_none=True, validate=validate.Range(1))
    why = fields.String(load_default="", validate=validate.OneOf(("", *WHYS)))
    grade = Whole(load_default=0, validate=validate.Range(0, 5))
    borrower_identity = Text(load_default="", longest=18)
    exception_reason = Text(load_default="", longest=100)


class ChangeSheetBody(Schema):
    """Changes of one kind, decided on together."""

    kind = fields.String(required=True, validate=_KIND)
    rows = fields.List(
        fields.Nested(ChangeRow), required=True, validate=validate.Length(1, _ROWS_MAX)
    )


class ChangeForm(Schema):
    """Beside the file."""

    kind = fields.String(required=True, validate=_KIND)


class ChangesProposed(Schema):
    """A sheet that waits for the director."""

    sheet_id = fields.Integer(required=True)
    proposal_id = fields.Integer(required=True)
    loans = fields.Integer(required=True)


class LeftOutRow(Schema):
    """A loan that the director takes out."""

    number = Text(required=True, longest=64)
    reason = Text(required=True, longest=200)


class ChangeDecision(Schema):
    """The answer; sending back needs its reason."""

    decision = fields.String(required=True, validate=validate.OneOf(("approved", "rejected")))
    reason = Text(load_default="", longest=200)
    left_out = fields.List(
        fields.Nested(LeftOutRow), load_default=list, validate=validate.Length(0, _ROWS_MAX)
    )


class ChangesDecided(Schema):
    """As it was recorded."""

    sheet_id = fields.Integer(required=True)
    decision = fields.String(required=True)
    decided_on = fields.String(required=True)
    changed = fields.Integer(required=True)


class SheetsQuery(Schema):
    """A page of sheets."""

    before = Count(load_default=None, allow_none=True)
    limit = Count(load_default=50, validate=validate.Range(1, 200))


class SheetLineAnswer(Schema):
    """A sheet in a list."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    kind_title = fields.String(required=True)
    lender = fields.String(required=True)
    proposed_on = Day(required=True)
    proposer = fields.String(required=True)
    loans = fields.Integer(required=True)
    state = fields.String(required=True)


class TermMovedAnswer(Schema):
    """What is moved, before and after."""

    title = fields.String(required=True)
    old = fields.String(required=True)
    new = fields.String(required=True)


class SheetRowAnswer(Schema):
    """A loan on a sheet."""

    number = fields.String(required=True)
    household_number = fields.String(required=True)
    borrower = fields.String(required=True)
    value_date = Day(required=True, allow_none=True)
    moved = fields.List(fields.Nested(TermMovedAnswer), required=True)
    reason = fields.String(required=True)
    evidence = fields.String(required=True)
    check_id = fields.Integer(required=True, allow_none=True)
    why = fields.String(required=True)
    exceptions = fields.List(fields.String(), required=True)
    exception_reason = fields.String(required=True)
    left_out = fields.String(required=True)
    change_id = fields.Integer(required=True, allow_none=True)
    reversed = fields.Boolean(required=True)


class SheetAnswer(Schema):
    """A sheet with everything on it."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    kind_title = fields.String(required=True)
    lender = fields.String(required=True)
    region_code = fields.String(required=True)
    proposal_id = fields.Integer(required=True)
    proposed_on = Day(required=True)
    proposer = fields.String(required=True)
    decision = fields.String(required=True, allow_none=True)
    decided_on = Day(required=True, allow_none=True)
    decider = fields.String(required=True)
    decision_reason = fields.String(required=True)
    digest = fields.String(required=True)
    rows = fields.List(fields.Nested(SheetRowAnswer), required=True)


class LoanChangeAnswer(Schema):
    """A change that was asked for, of one loan."""

    sheet_id = fields.Integer(required=True)
    kind_title = fields.String(required=True)
    proposed_on = Day(required=True)
    state = fields.String(required=True)
    row = fields.Nested(SheetRowAnswer, required=True)


class RefundBody(Schema):
    """Credit to be paid back."""

    number = Text(required=True, longest=64)
    amount_fen = Money(required=True, data_key="amount")
    channel = fields.String(required=True, validate=validate.OneOf(tuple(CHANNELS)))
    voucher_no = Text(required=True, longest=64)
    value_date = Day(load_default=None, allow_none=True)


class Refunded(Schema):
    """As it was booked."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    amount = fields.String(required=True)
    booked_on = fields.String(required=True)


class RenewalBody(Schema):
    """The contract signed to renew another."""

    number = Text(required=True, longest=64)


class Renewed(Schema):
    """As it was booked."""

    number = fields.String(required=True)
    slip_number = fields.String(required=True)
    renewed = fields.String(required=True)
    principal = fields.String(required=True)
    interest = fields.String(required=True)


def _asked(row: dict[str, Any]) -> ChangeAsked:
    every = row.pop("every_months")
    if every is None:
        every = RHYTHMS.get(row["method"], 0)
    return ChangeAsked(**row, every_months=every)


@routes.post(
    "/loans/changes",
    command="loans.propose_change",
    body=ChangeSheetBody,
    answers=ChangesProposed,
    status=201,
    keyed=True,
)
def propose(sheet: dict[str, Any]) -> dict[str, Any]:
    """提出变更（一张清单，同一种类，一次送审）。Propose changes of one kind on one sheet."""
    deed = changing.propose(sheet["kind"], [_asked(row) for row in sheet["rows"]])
    return do_once(commands_of(sheet["kind"])[0], deed, body=request.get_json())


@routes.post(
    "/loans/changes/file",
    command="loans.propose_change",
    form=ChangeForm,
    answers=ChangesProposed,
    status=201,
    keyed=True,
)
def propose_file(form: dict[str, Any]) -> dict[str, Any]:
    """变更清单文件（xlsx、csv）。The same from a file."""
    kind = form["kind"]
    with uploads.received() as upload:
        file = files.read_sheet(upload.path, FORMS[kind], name=upload.name)
    deed = changing.propose(kind, file.taken())
    return do_once(commands_of(kind)[0], deed, body=[kind, file.sha256])


@routes.get(
    "/loans/changes", command="loans.read", query=SheetsQuery, answers=SheetLineAnswer(many=True)
)
def sheets(query: dict[str, Any]) -> list[Any]:
    """变更清单。Sheets of changes, the last first."""
    with reading() as session:
        return listed(session, by=actor(), before_id=query["before"], limit=query["limit"])


@routes.get("/loans/changes/<int:sheet_id>", command="loans.read", answers=SheetAnswer)
def sheet(sheet_id: int) -> dict[str, Any]:
    """一张变更清单：每笔的原条款和新条款、经办、审批、例外。One sheet, as it is printed."""
    return asdict(changing.sheet_seen(sheet_id))


@routes.post(
    "/loans/changes/<int:sheet_id>/decision",
    command="proposals.decide",
    body=ChangeDecision,
    answers=ChangesDecided,
    status=201,
    keyed=True,
)
def decide(asked: dict[str, Any], sheet_id: int) -> dict[str, Any]:
    """审批变更清单，可逐笔列为例外。Decide, with exceptions taken out; never one's own."""
    kind = changing.sheet_seen(sheet_id).kind
    deed = changing.decide(
        sheet_id,
        approved=asked["decision"] == "approved",
        reason=asked["reason"],
        left_out={row["number"]: row["reason"] for row in asked["left_out"]},
    )
    return do_once(commands_of(kind)[1], deed, body=[sheet_id, request.get_json()])


@routes.get("/loans/<number>/changes", command="loans.read", answers=LoanChangeAnswer(many=True))
def of_loan(number: str) -> list[Any]:
    """一笔贷款的历次变更。The changes of one loan; the terms before stay readable."""
    with reading() as session:
        on = ledger.open_day(session)
        loan_id = line_of(session, number=number, by=actor(), open_day=on).id
        return list(changes_of_loan(session, loan_id))


@routes.post(
    "/loans/refunds",
    command="loans.repay",
    body=RefundBody,
    answers=Refunded,
    status=201,
    keyed=True,
)
def refund(asked: dict[str, Any]) -> dict[str, Any]:
    """退还溢缴款。Pay credit back against a voucher."""
    return do_once("loans.repay", changing.refund(Refund(**asked)), body=request.get_json())


@routes.post(
    "/loans/renewals",
    command="loans.renew",
    body=RenewalBody,
    answers=Renewed,
    status=201,
    keyed=True,
)
def renew(asked: dict[str, Any]) -> dict[str, Any]:
    """无还本续贷：新合同归还原贷款本金。The new contract's draw repays the old principal."""
    return do_once("loans.renew", changing.renew(asked["number"]), body=request.get_json())
