"""五级分类迁徙表 over the API."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, fields

import ledger
from kernel.regions import scope_digits
from loans import explaining
from loans.migration import Migration, migration, scope_of
from web.api.routes import Routes
from web.context import actor, house, reading
from web.fields import Day, Money, RegionCode

routes = Routes("grades", "五级分类迁徙 · from grade to grade between two closed days")


class MigrationQuery(Schema):
    """Between which closed days, and where."""

    start = Day(required=True, data_key="from")
    end = Day(required=True, data_key="to")
    region = RegionCode()


class CellRow(Schema):
    """The loans that went one way."""

    before = fields.String(required=True)
    after = fields.String(required=True)
    loans = fields.Integer(required=True)
    before_fen = Money(required=True, data_key="before_balance")
    after_fen = Money(required=True, data_key="after_balance")


class AgeRow(Schema):
    """Loans overdue by so many days."""

    days_from = fields.Integer(required=True)
    days_to = fields.Integer(required=True, allow_none=True)
    loans = fields.Integer(required=True)
    outstanding_fen = Money(required=True, data_key="outstanding")


class CorrectedSince(Schema):
    """Corrections booked after a closed day with value of it or of a day before."""

    loans = fields.Integer(required=True)
    corrections = fields.Integer(required=True)


class MigrationAnswer(Schema):
    """The matrix, and ages at its second close."""

    start = Day(required=True, data_key="from")
    end = Day(required=True, data_key="to")
    cells = fields.List(fields.Nested(CellRow), required=True)
    ages = fields.List(fields.Nested(AgeRow), required=True)
    corrected_since = fields.Nested(CorrectedSince, required=True)


def found(start: date, end: date, digits: str) -> tuple[Migration, dict[str, int]]:
    """The matrix, and what has changed its figures since."""
    with reading() as session:
        matrix = migration(
            session,
            start=start,
            end=end,
            last_closed=ledger.last_closed_day(session),
            calendar=house().calendar,
            by=actor(),
            region_digits=digits,
        )
        since = explaining.corrected_since(session, end, *scope_of(actor(), digits))
    return matrix, {"loans": since[0], "corrections": since[1]}


@routes.get(
    "/grades/migration", command="loans.read", query=MigrationQuery, answers=MigrationAnswer
)
def matrix(query: dict[str, Any]) -> dict[str, Any]:
    """迁徙表：户数、余额从一级到另一级。Loans and balances from grade to grade."""
    region = query.get("region")
    told, since = found(query["start"], query["end"], scope_digits(region) if region else "")
    return {
        "start": told.start,
        "end": told.end,
        "cells": told.cells,
        "ages": told.ages,
        "corrected_since": since,
    }
