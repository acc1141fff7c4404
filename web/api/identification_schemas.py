"""What the routes of finding households take and give."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields, validate

from households.identification import KINDS
from households.identification.reading import OBJECTION_STATES
from households.models import MONITORED_KINDS
from web.api import paging
from web.fields import Count, Day, RegionCode, Text, Whole

_ROWS: Final = validate.Length(1, 20_000)
_MONITORED: Final = validate.OneOf(tuple(MONITORED_KINDS))
_NUMBER: Final = 40


class SheetRowBody(Schema):
    """A household on a sheet."""

    number = Text(required=True, longest=_NUMBER)
    outcome = fields.String(validate=validate.OneOf(("done", "refused")))
    votes_for = Whole(validate=validate.Range(0, 9999))
    votes_against = Whole(validate=validate.Range(0, 9999))
    abstained = Whole(validate=validate.Range(0, 9999))
    note = Text(load_default="")


class ScanBody(Schema):
    """A paper beside a sheet: name, and content in base64."""

    name = Text(required=True, longest=80)
    content = fields.String(required=True, validate=validate.Length(1, 14_000_000))


class OpeningBody(Schema):
    """The first step of a sheet of households."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)))
    numbers = fields.List(Text(longest=_NUMBER), required=True, validate=_ROWS)
    held_on = Day()
    monitored_kind = fields.String(validate=_MONITORED)
    round_id = Whole()
    document = Text(load_default="")


class TakingBody(Schema):
    """A later step of a sheet of households."""

    rows = fields.List(fields.Nested(SheetRowBody), required=True, validate=_ROWS)
    held_on = Day()
    document = Text(load_default="")
    eligible = Whole()
    present = Whole()
    papers = fields.List(
        fields.Nested(ScanBody), load_default=list, validate=validate.Length(0, 20)
    )
    place = Text(load_default="")


class CaseSheetTaken(Schema):
    """The sheet that a step was taken by."""

    sheet_id = fields.Integer(required=True)
    households = fields.Integer(required=True)


class ProcedureStepAnswer(Schema):
    """A step of a procedure."""

    code = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    command = fields.String(required=True)
    level = fields.String(required=True)
    other_than = fields.List(fields.String(), required=True)
    vote = fields.Boolean(required=True)
    papers = fields.Boolean(required=True)
    document = fields.Boolean(required=True)
    survey = fields.Boolean(required=True)
    notice_days = fields.Integer(required=True)


class ProcedureAnswer(Schema):
    """A procedure and its steps, in order."""

    code = fields.String(required=True)
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    document = fields.String(required=True)
    kinds = fields.List(fields.String(), required=True)
    effective_on = Day(required=True)
    ends_on = Day(required=True, allow_none=True)
    steps = fields.List(fields.Nested(ProcedureStepAnswer), required=True)


class WaitingAnswer(Schema):
    """Cases that wait for a step."""

    procedure = fields.String(required=True)
    step = fields.String(required=True)
    title = fields.String(required=True)
    cases = fields.Integer(required=True)


class CasesQuery(paging.PageQuery):
    """A page of cases, narrowed."""

    q = Text(load_default="", longest=40)
    region = RegionCode()
    kind = fields.String(load_default="")
    state = fields.String(load_default="")
    procedure = fields.String(load_default="")
    done = Count()
    round = Count()


class CaseRow(Schema):
    """A case in a list."""

    case_id = fields.Integer(required=True)
    household_id = fields.Integer(required=True)
    number = fields.String(required=True)
    head = fields.String(required=True)
    village_code = fields.String(required=True)
    kind = fields.String(required=True)
    monitored_kind = fields.String(required=True, allow_none=True)
    procedure = fields.String(required=True)
    started_on = Day(required=True)
    done = fields.Integer(required=True)
    state = fields.String(required=True)
    waits_until = Day(required=True, allow_none=True)


class TakenStepAnswer(Schema):
    """A step that was taken of a case."""

    nr = fields.Integer(required=True)
    step = fields.String(required=True)
    outcome = fields.String(required=True)
    sheet_id = fields.Integer(required=True)
    held_on = Day(required=True)
    document = fields.String(required=True)
    eligible = fields.Integer(required=True, allow_none=True)
    present = fields.Integer(required=True, allow_none=True)
    votes_for = fields.Integer(required=True, allow_none=True)
    votes_against = fields.Integer(required=True, allow_none=True)
    abstained = fields.Integer(required=True, allow_none=True)
    note = fields.String(required=True)
    notice_to = Day(required=True, allow_none=True)


class FindingAnswer(Schema):
    """What a household was found to be."""

    status = fields.String(required=True)
    from_on = Day(required=True)
    reason = fields.String(required=True)


class SurveyAnswerRow(Schema):
    """What a household answered, and what the survey made of it."""

    id = fields.Integer(required=True)
    survey = fields.String(required=True)
    version = Day(required=True)
    surveyed_on = Day(required=True)
    points = fields.Integer(required=True)
    areas = fields.Dict(required=True)


class CaseObjectionRow(Schema):
    """An objection, with what was found about it."""

    id = fields.Integer(required=True)
    sheet_id = fields.Integer(required=True)
    number = fields.String(required=True)
    raised_on = Day(required=True)
    raised_by = fields.String(required=True)
    words = fields.String(required=True)
    upheld = fields.Boolean(required=True, allow_none=True)
    answered_on = Day(required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True)


class CaseObjectionsQuery(paging.PageQuery):
    """A page of objections, narrowed."""

    q = Text(load_default="", longest=40)
    region = RegionCode()
    state = fields.String(load_default="", validate=validate.OneOf(("", *OBJECTION_STATES)))


class CaseAnswer(Schema):
    """Everything about a case."""

    case_id = fields.Integer(required=True)
    household_id = fields.Integer(required=True)
    household_number = fields.String(required=True)
    kind = fields.String(required=True)
    procedure = fields.String(required=True)
    state = fields.String(required=True)
    steps = fields.List(fields.Nested(TakenStepAnswer), required=True)
    awaited = fields.String(required=True, allow_none=True)
    surveys = fields.List(fields.Nested(SurveyAnswerRow), required=True)
    findings = fields.List(fields.Nested(FindingAnswer), required=True)


class CaseSheetLineAnswer(Schema):
    """A household on a sheet."""

    case_id = fields.Integer(required=True)
    number = fields.String(required=True)
    head = fields.String(required=True)
    village_code = fields.String(required=True)
    outcome = fields.String(required=True)
    votes_for = fields.Integer(required=True, allow_none=True)
    votes_against = fields.Integer(required=True, allow_none=True)
    abstained = fields.Integer(required=True, allow_none=True)
    note = fields.String(required=True)


class CaseSheetAnswer(Schema):
    """A sheet with the cases that are seen of it."""

    sheet_id = fields.Integer(required=True)
    procedure = fields.String(required=True)
    step = fields.String(required=True)
    held_on = Day(required=True)
    document = fields.String(required=True)
    digest = fields.String(required=True)
    notice = fields.String(required=True, allow_none=True)
    notice_from = Day(required=True, allow_none=True)
    notice_to = Day(required=True, allow_none=True)
    lines = fields.List(fields.Nested(CaseSheetLineAnswer), required=True)


class CaseObjectionBody(Schema):
    """Somebody says that a household should not be on a notice."""

    number = Text(required=True, longest=_NUMBER)
    raised_by = Text(required=True, longest=60)
    words = Text(required=True)


class ObjectionNoted(Schema):
    """The objection's number."""

    objection_id = fields.Integer(required=True)


class CaseObjectionAnswerBody(Schema):
    """What was found about an objection."""

    upheld = fields.Boolean(required=True)
    words = Text(required=True)


class ObjectionAnswered(ObjectionNoted):
    """An objection that was answered."""

    upheld = fields.Boolean(required=True)


class SurveyBody(Schema):
    """A household's answers, question by question."""

    survey = Text(required=True, longest=40)
    surveyed_on = Day()
    answers = fields.Dict(keys=fields.String(), required=True)


class SurveyRecorded(Schema):
    """The row of the answers."""

    survey_id = fields.Integer(required=True)


class PublicListAnswer(Schema):
    """A list that hangs in public."""

    sheet_id = fields.Integer(required=True)
    number = fields.String(required=True)
    title = fields.String(required=True)
    place = fields.String(required=True)
    from_on = Day(required=True)
    to_on = Day(required=True)


class PublicRowAnswer(Schema):
    """A line of it: no number of anybody, no cause of poverty."""

    village = fields.String(required=True)
    head = fields.String(required=True)
    persons = fields.Integer(required=True)
