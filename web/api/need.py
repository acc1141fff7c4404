"""Need over the API: rounds, answers, who answers for a township, who is in need without a loan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

import ledger
from households import need as needs_of
from households import queries as register
from households.models.families import NeedRound
from households.need import Need, queries
from households.need.queries import NeedLine
from kernel.refusals import NotFound
from loans.unmet_need import Unmet, unmet_need
from web import needing, places, scope
from web.api import paging
from web.api.routes import Routes, do_once
from web.context import actor, house, reading
from web.deeds import Deed
from web.fields import Count, Day, Money, RegionCode, Text, Whole
from web.needing import ANSWERS, NEED, OPEN_ROUND
from web.refusals import CursorInvalid

routes = Routes("need", "贷款需求 · need: rounds, answers, lead banks, the queue")

_ANSWER: Final = validate.OneOf(tuple(ANSWERS))


class NeedRoundBody(Schema):
    """A round in which every household is asked."""

    number = Text(required=True, longest=32)
    from_on = Day(required=True)
    to_on = Day(required=True)
    document = Text(load_default="")


class NeedRoundAnswer(NeedRoundBody):
    """A round."""

    id = fields.Integer(required=True)


class NeedRoundOpened(Schema):
    """The round's id."""

    round_id = fields.Integer(required=True)


class LeadBankBody(Schema):
    """The lender that answers for a township."""

    township_code = RegionCode(required=True)
    lender_id = Whole(required=True)
    from_on = Day(required=True)
    document = Text(load_default="")


class LeadBankNamed(Schema):
    """The row's id."""

    lead_bank_id = fields.Integer(required=True)


class NeedBody(Schema):
    """What a household answers."""

    round = Text(required=True, longest=32)
    answer = fields.String(required=True, validate=_ANSWER)
    answered_on = Day(required=True)
    reason = Text(load_default="")
    amount_fen = Money(load_default=None, data_key="amount")
    purpose = Text(load_default="", longest=60)


class NeedRowBody(Schema):
    """The same, of a household by its number."""

    number = Text(required=True, longest=40)
    answer = fields.String(required=True, validate=_ANSWER)
    answered_on = Day(required=True)
    reason = Text(load_default="")
    amount_fen = Money(load_default=None, data_key="amount")
    purpose = Text(load_default="", longest=60)


class NeedRowsBody(Schema):
    """Answers of a sheet, all of them or none."""

    round = Text(required=True, longest=32)
    rows = fields.List(
        fields.Nested(NeedRowBody), required=True, validate=validate.Length(1, 20_000)
    )


class NeedRecorded(Schema):
    """The answer's row."""

    answer_id = fields.Integer(required=True)


class NeedRowsRecorded(Schema):
    """How many answers."""

    rows = fields.Integer(required=True)


class NeedQuery(Schema):
    """Of which place."""

    region = RegionCode()


class _HouseholdsQuery(paging.PageQuery):
    q = Text(load_default="", longest=40, metadata={"description": "户编号或户主，前几个字"})
    region = RegionCode()


class NeedAnswersQuery(_HouseholdsQuery):
    """A page of answers: of which place, and which answer."""

    answer = fields.String(load_default="", validate=validate.OneOf(("", *ANSWERS)))


class NeedQueueQuery(_HouseholdsQuery):
    """A page of the queue: of which place, and of which lender's townships."""

    lender = Count()


class TownshipNeedAnswer(Schema):
    """A township in a round."""

    township_code = fields.String(required=True)
    bank = fields.String(required=True)
    households = fields.Integer(required=True)
    wants = fields.Integer(required=True)
    no_need = fields.Integer(required=True)
    not_eligible = fields.Integer(required=True)
    unanswered = fields.Integer(required=True)
    amount_fen = Money(required=True, data_key="amount")
    with_loan = fields.Integer(required=True)
    rate_ppm = fields.Integer(required=True, allow_none=True)


class NeedLineAnswer(Schema):
    """A household's answer in a list."""

    household_id = fields.Integer(required=True)
    number = fields.String(required=True)
    village_code = fields.String(required=True)
    head = fields.String(required=True)
    answer = fields.String(required=True)
    reason = fields.String(required=True)
    amount_fen = Money(required=True, allow_none=True, data_key="amount")
    purpose = fields.String(required=True)
    answered_on = Day(required=True)


class UnmetAnswer(Schema):
    """A household in need without a loan."""

    household_id = fields.Integer(required=True)
    number = fields.String(required=True)
    village_code = fields.String(required=True)
    head = fields.String(required=True)
    amount_fen = Money(required=True, allow_none=True, data_key="amount")
    purpose = fields.String(required=True)
    answered_on = Day(required=True)
    lender_id = fields.Integer(required=True, allow_none=True)


def _round(session: Session, round_id: int) -> NeedRound:
    found = session.get(NeedRound, round_id)
    if found is None:
        raise NotFound(field="round_id", what="需求摸排轮次")
    return found


@routes.get("/need/rounds", command="households.read", answers=NeedRoundAnswer(many=True))
def rounds() -> list[NeedRound]:
    """摸排轮次。Rounds, the last first."""
    with reading() as session:
        return list(queries.rounds(session))


@routes.post(
    "/need/rounds",
    command=OPEN_ROUND,
    body=NeedRoundBody,
    answers=NeedRoundOpened,
    status=201,
    keyed=True,
)
def open_round(body: dict[str, Any]) -> dict[str, Any]:
    """开始一轮。Order a round."""
    return do_once(OPEN_ROUND, needing.open_round(actor(), **body), body=_plain(body))


@routes.get(
    "/need/rounds/<int:round_id>/townships",
    command="households.read",
    query=NeedQuery,
    answers=TownshipNeedAnswer(many=True),
)
def townships(_query: dict[str, Any], round_id: int) -> list[dict[str, Any]]:
    """分乡镇：答复、获贷、应贷尽贷率。A round by township."""
    names = ("township_code", "households", "wants", "no_need", "not_eligible", "unanswered",
             "amount_fen")  # fmt: skip
    with reading() as session:
        on, one = ledger.open_day(session), _round(session, round_id)
        digits = places.digits_asked(session)
        return [
            {name: getattr(row.count, name) for name in names}
            | {"bank": row.bank, "with_loan": row.with_loan, "rate_ppm": row.rate_ppm}
            for row in needing.townships(session, one, digits=digits, on=on)
        ]


@routes.get(
    "/need/rounds/<int:round_id>/answers",
    command="households.read",
    query=NeedAnswersQuery,
    answers=paging.page_of(NeedLineAnswer),
)
def answers(query: dict[str, Any], round_id: int) -> dict[str, Any]:
    """需求清单，分页。What each household answered, a page at a time."""
    with reading() as session:
        on, one = ledger.open_day(session), _round(session, round_id)
        found = queries.answers(
            session,
            one.number,
            digits=places.digits_asked(session),
            on=on,
            answer=query["answer"] or None,
            text=query["q"],
            after=_behind(session, query),
            limit=query["limit"] + 1,
        )
    return _page(found, query["limit"])


@routes.get(
    "/need/rounds/<int:round_id>/queue",
    command="households.read",
    query=NeedQueueQuery,
    answers=paging.page_of(UnmetAnswer),
)
def queue(query: dict[str, Any], round_id: int) -> dict[str, Any]:
    """应贷未贷，分页。Households in need without a loan, a page at a time."""
    with reading() as session:
        on, one = ledger.open_day(session), _round(session, round_id)
        found = unmet_need(
            session,
            one.number,
            digits=places.digits_asked(session),
            on=on,
            lender_id=query.get("lender"),
            text=query["q"],
            after=_behind(session, query),
            limit=query["limit"] + 1,
        )
    return _page(found, query["limit"])


def _behind(session: Session, query: dict[str, Any]) -> tuple[str, str]:
    """Where the page begins: lists are by village and number, a cursor names a household."""
    last = paging.after(query.get("cursor"))
    place = queries.place_of(session, last) if last else ("", "")
    if place is None:
        raise CursorInvalid(field="cursor")
    return place


def _page(found: Sequence[NeedLine] | Sequence[Unmet], limit: int) -> dict[str, Any]:
    last = found[limit - 1].household_id if len(found) > limit else None
    return paging.page(found, limit, last)


@routes.post(
    "/need/lead-banks",
    command=OPEN_ROUND,
    body=LeadBankBody,
    answers=LeadBankNamed,
    status=201,
    keyed=True,
)
def name_lead_bank(body: dict[str, Any]) -> dict[str, Any]:
    """指定主责任银行。Name the lender that answers for a township."""
    house().regions.get(body["township_code"], field="township_code")
    return do_once(OPEN_ROUND, needing.name_lead_bank(actor(), **body), body=_plain(body))


@routes.post(
    "/households/<int:household_id>/need",
    command=NEED,
    body=NeedBody,
    answers=NeedRecorded,
    status=201,
    keyed=True,
)
def answer(body: dict[str, Any], household_id: int) -> dict[str, Any]:
    """登记一户的答复。Record one household's answer."""
    number = body.pop("round")
    said = Need(household_id=household_id, **body)
    deed = needing.answer(actor(), number=number, said=said)
    return do_once(NEED, deed, body=[household_id, number, _plain(body)])


@routes.post(
    "/need/answers",
    command=NEED,
    body=NeedRowsBody,
    answers=NeedRowsRecorded,
    status=201,
    keyed=True,
)
def record(body: dict[str, Any]) -> dict[str, Any]:
    """登记一批答复，整批。Record answers, all of them or none."""
    said = [_plain(row) for row in body["rows"]]
    return do_once(NEED, _record(body["round"], body["rows"]), body=[body["round"], said])


def _record(number: str, rows: list[dict[str, Any]]) -> Deed:
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        on, digits = ledger.open_day(session), scope.own_digits(session, by)
        said = [
            Need(
                household_id=register.by_number(session, row["number"], digits=digits).id,
                **{name: value for name, value in row.items() if name != "number"},
            )
            for row in rows
        ]
        return {"rows": needs_of.record(session, number=number, needs=said, on=on, by=by)}

    return work


def _plain(body: dict[str, Any]) -> dict[str, str]:
    """What makes two requests the same."""
    return {name: str(value) for name, value in body.items()}
