"""What one person proposes and another decides: ratings from a file, the queue, the decision."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import Schema, fields, validate

import credit
import ledger
from credit.refusals import SchemeUnknown
from office import approvals
from web import deeds, uploads
from web.api.routes import Routes, do_once
from web.context import actor, house, reading
from web.fields import Day, Text

routes = Routes("decisions", "评级与审批 · ratings, proposals, decisions")


class RatingForm(Schema):
    """Beside the file."""

    scheme = fields.String(load_default="hunan-433")
    accept_good = fields.Boolean(load_default=False)


class RatedSheet(Schema):
    """A village's sheet, waiting."""

    sheet_id = fields.Integer(required=True)
    proposal_id = fields.Integer(required=True)
    village = fields.String(required=True)
    households = fields.Integer(required=True)
    credited = fields.Integer(required=True)
    line = fields.String(required=True)


class RatedSheets(Schema):
    """All sheets of a file."""

    sheets = fields.List(fields.Nested(RatedSheet), required=True)


class ProposalRow(Schema):
    """Something to decide."""

    id = fields.Integer(required=True)
    command = fields.String(required=True)
    summary = fields.String(required=True)
    region_code = fields.String(required=True)
    institution_id = fields.Integer(required=True, allow_none=True)
    proposed_on = Day(required=True)
    proposed_by = fields.Integer(required=True)
    digest = fields.String(required=True)


class DecisionBody(Schema):
    """The answer; a rejection needs its reason."""

    decision = fields.String(required=True, validate=validate.OneOf(("approved", "rejected")))
    reason = Text(load_default="", longest=200)


class DecisionAnswer(Schema):
    """As it was recorded."""

    proposal_id = fields.Integer(required=True)
    decision = fields.String(required=True)
    decided_on = fields.String(required=True)


@routes.post(
    "/ratings/sheets",
    command="credit.propose",
    form=RatingForm,
    answers=RatedSheets,
    status=201,
    keyed=True,
)
def propose_ratings(form: dict[str, Any]) -> dict[str, Any]:
    """评级表文件：每村一张，提交复核。Ratings from a file: a sheet a village, to be confirmed."""
    scheme = scheme_named(form["scheme"])
    with uploads.received() as upload, reading() as session:
        on = ledger.open_day(session)
        file = credit.read_file(
            session, upload.path, scheme=scheme, name=upload.name, on=on, by=actor()
        )
        sha256 = upload.sha256()
    deed = deeds.rate(scheme, file, accept_good=form["accept_good"])
    return do_once("credit.propose", deed, body=[scheme.id, form["accept_good"], sha256])


@routes.get("/proposals", command="proposals.read", answers=ProposalRow(many=True))
def waiting() -> list[Any]:
    """本人可决定的待办。What waits for this person's decision."""
    with reading() as session:
        return list(approvals.waiting(session, actor()))


@routes.post(
    "/proposals/<int:proposal_id>/decision",
    command="proposals.decide",
    body=DecisionBody,
    answers=DecisionAnswer,
    status=201,
    keyed=True,
)
def decide(asked: dict[str, Any], proposal_id: int) -> dict[str, Any]:
    """决定一件送审事项（提交人本人不得决定）。Decide; never one's own proposal."""
    with reading() as session:
        proposal = deeds.proposal_seen(session, proposal_id)
    approved = asked["decision"] == "approved"
    deed = deeds.decide(proposal, approved=approved, reason=asked["reason"])
    return do_once(proposal.command, deed, body=[proposal_id, request.get_json()])


def scheme_named(name: str) -> credit.Scheme:
    """A rating scheme of the configuration."""
    schemes = credit.load_schemes(house().settings.config_dir / "ratings")
    if name not in schemes:
        raise SchemeUnknown(field="scheme", scheme=name[:40])
    return schemes[name]
