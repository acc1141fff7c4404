"""Corrections over the API: undo an event, and what each correction changed."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import Schema, fields, validate

from loans import explaining
from web import undoing
from web.api.routes import Routes, do_once
from web.context import reading
from web.explained import case_of
from web.fields import Text, Whole

routes = Routes("corrections", "更正 · undoing, and what each correction changed")


class ToUndo(Schema):
    """Which event, by the time line's ``source_kind`` and ``source_id``, and why."""

    kind = fields.String(required=True, validate=validate.OneOf(undoing.KINDS))
    id = Whole(required=True, validate=validate.Range(1))
    reason = Text(required=True, longest=200)


class Undone(Schema):
    """What was undone, and the correction that it made."""

    number = fields.String(required=True)
    kind = fields.String(required=True)
    id = fields.Integer(required=True)
    booked_on = fields.String(required=True)
    correction = fields.Integer(required=True)


class CorrectionRow(Schema):
    """What one correction changed."""

    correction = fields.Integer(required=True)
    cause = fields.String(required=True)
    cause_title = fields.String(required=True)
    value_date = fields.String(required=True)
    booked_on = fields.String(required=True)
    reason = fields.String(required=True)
    closed_days = fields.Dict(required=True, allow_none=True)
    settlements = fields.List(fields.Dict(), required=True)
    dues = fields.List(fields.Dict(), required=True)
    taken = fields.List(fields.Dict(), required=True)
    totals = fields.Dict(required=True)


class Corrections(Schema):
    """All of a loan, the latest first."""

    number = fields.String(required=True)
    corrections = fields.List(fields.Nested(CorrectionRow), required=True)


@routes.post(
    "/loans/<number>/reversals",
    command="loans.reverse",
    body=ToUndo,
    answers=Undone,
    status=201,
    keyed=True,
)
def undo(asked: dict[str, Any], number: str) -> dict[str, Any]:
    """冲正一笔放款、还款、退还、收回或变更。Undo an event; the loan is lived again without it."""
    deed = undoing.undo(number, asked["kind"], asked["id"], asked["reason"])
    return do_once("loans.reverse", deed, body=[number, request.get_json()])


@routes.get("/loans/<number>/corrections", command="loans.read", answers=Corrections)
def corrections(number: str) -> dict[str, Any]:
    """更正清单：改了什么、差多少、涉及哪些已日结的日子。What each correction changed."""
    with reading() as session:
        return {
            "number": number,
            "corrections": explaining.corrections(case_of(session, number)),
        }
