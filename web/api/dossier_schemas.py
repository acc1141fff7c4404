"""What the routes of the file behind a loan take and give."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from loans.dossier.forms import CONTACT_TITLES, LIFE_TITLES, USE_FOUND_TITLES, WAY_TITLES
from web.api import paging
from web.fields import Count, Day, Money, RegionCode, Text


class PaperForm(Schema):
    """A paper put on file, or found missing; its scan beside it."""

    paper = Text(required=True, longest=40)
    on_file = fields.Boolean(load_default=True)
    remark = Text(load_default="", longest=200)


class CheckForm(Schema):
    """A check after lending; its photograph beside it."""

    value_date = Day(required=True)
    use_found = fields.String(required=True, validate=validate.OneOf(tuple(USE_FOUND_TITLES)))
    misused_fen = Money(load_default=0, data_key="misused")
    note = Text(load_default="", longest=500)


class ContactForm(Schema):
    """A step of collection; a recording or receipt beside it."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(CONTACT_TITLES)))
    value_date = Day(required=True)
    met = Text(required=True, longest=60)
    note = Text(load_default="", longest=500)
    promised_on = Day(load_default=None)
    promised_fen = Money(load_default=None, data_key="promised")


class LifeForm(Schema):
    """What became of the borrower; a certificate beside it."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(LIFE_TITLES)))
    value_date = Day(required=True)
    reported_by = Text(required=True, longest=60)
    note = Text(load_default="", longest=500)


class WayForm(Schema):
    """How the loan shall end."""

    way = fields.String(required=True, validate=validate.OneOf(tuple(WAY_TITLES)))
    planned_on = Day(required=True)
    note = Text(load_default="", longest=500)


class Noted(Schema):
    """The row."""

    id = fields.Integer(required=True)


class CheckNoted(Noted):
    """The row, and when the next one is due."""

    next_due_on = fields.String(required=True)


class ContactNoted(Noted):
    """The row, and a notice's number."""

    notice_number = fields.String(required=True, allow_none=True)


class PaperRow(Schema):
    """A paper of the lender's list."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    stage = fields.String(required=True)
    required = fields.Boolean(required=True)
    blocks = fields.Boolean(required=True)
    on_file = fields.Boolean(required=True)
    missing = fields.Boolean(required=True)
    noted_on = Day(required=True, allow_none=True)


class _Row(Schema):
    """What every noted row has."""

    id = fields.Integer(required=True)
    note = fields.String(required=True)
    noted_on = Day(required=True)
    noted_by = fields.String(required=True)


class CheckRow(_Row):
    """A check."""

    value_date = Day(required=True)
    use_found = fields.String(required=True)
    misused_fen = Money(required=True, data_key="misused")
    next_due_on = Day(required=True)


class ContactRow(_Row):
    """A step of collection; of a promise what became of it: kept, broken or open."""

    kind = fields.String(required=True)
    value_date = Day(required=True)
    met = fields.String(required=True)
    notice_number = fields.String(required=True, allow_none=True)
    promised_on = Day(required=True, allow_none=True)
    promised_fen = Money(required=True, data_key="promised")
    promise = fields.String(required=True)


class LifeRow(_Row):
    """What became of the borrower."""

    kind = fields.String(required=True)
    value_date = Day(required=True)
    reported_by = fields.String(required=True)


class WayRow(_Row):
    """A way forward, and the maturity it is for."""

    way = fields.String(required=True)
    planned_on = Day(required=True)
    matures_on = Day(required=True)


class FileAnswer(Schema):
    """The whole file of a loan."""

    number = fields.String(required=True)
    papers = fields.List(fields.Nested(PaperRow), required=True)
    check_due_on = Day(required=True, allow_none=True)
    finding_id = fields.Integer(required=True, allow_none=True)
    finding_fen = Money(required=True, allow_none=True, data_key="finding_amount")
    checks = fields.List(fields.Nested(CheckRow), required=True)
    contacts = fields.List(fields.Nested(ContactRow), required=True)
    away = fields.String(required=True)
    lives = fields.List(fields.Nested(LifeRow), required=True)
    needs_way = fields.Boolean(required=True)
    ways = fields.List(fields.Nested(WayRow), required=True)


class DeedsQuery(Schema):
    """Of one person, where asked."""

    person = Count(load_default=None)


class DeedRow(Schema):
    """What somebody did, with its place in the trail."""

    kind = fields.String(required=True)
    on = Day(required=True)
    detail = fields.String(required=True)
    amount_fen = Money(required=True, data_key="amount")
    sha256 = fields.String(required=True)
    remark = fields.String(required=True)
    command = fields.String(required=True)
    person_id = fields.Integer(required=True)
    person = fields.String(required=True)
    account = fields.String(required=True)
    roles = fields.String(required=True)
    reason = fields.String(required=True)
    done_at = fields.DateTime(required=True)
    position = fields.Integer(required=True)
    mac = fields.String(required=True)


class DeedsAnswer(Schema):
    """Who did what on a loan."""

    number = fields.String(required=True)
    deeds = fields.List(fields.Nested(DeedRow), required=True)


class KindRow(Schema):
    """A kind of the queue and how long it is."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    count = fields.Integer(required=True)


class QueueAnswer(Schema):
    """The queue of a business day."""

    on = Day(required=True)
    kinds = fields.List(fields.Nested(KindRow), required=True)


class QueueQuery(Schema):
    """Narrowed to a region."""

    region = RegionCode()


class LinesQuery(paging.PageQuery):
    """A page of a list, narrowed."""

    region = RegionCode()
    q = Text(load_default="", longest=40)


class QueueRow(Schema):
    """A line of the queue."""

    number = fields.String(required=True)
    application_id = fields.Integer(required=True)
    household_number = fields.String(required=True)
    borrower = fields.String(required=True)
    village_code = fields.String(required=True)
    lender = fields.String(required=True)
    outstanding_fen = Money(required=True, data_key="outstanding")
    matures_on = Day(required=True, allow_none=True)
    due_on = Day(required=True)
    amount_fen = Money(required=True, data_key="amount")
    detail = fields.String(required=True)
    source_id = fields.Integer(required=True)
    papers = fields.List(fields.String(), required=True)
