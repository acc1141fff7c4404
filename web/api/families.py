"""Families over the API: who comes and goes, splits and mergers, identities, own limits."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

import ledger
from households import families
from households import queries as register
from households.families import EventKind, Newcomer, Successor, Told
from households.families import queries as reads
from households.families.members import ARRIVALS, DEPARTURES
from kernel.refusals import NotFound
from web import family_deeds, places, scope
from web.api import paging
from web.api.routes import Routes, do_once
from web.context import actor, house, reading
from web.family_deeds import ASK_LIMIT, FAMILY
from web.fields import Day, RegionCode, Text, Whole

routes = Routes("families", "家庭变动 · families: births to mergers, limits of their own")

_PEOPLE: Final = validate.Length(1, 50)


class ToldBody(Schema):
    """What is told of every event."""

    happened_on = Day(required=True)
    document = Text(load_default="")
    reason = Text(load_default="")


class RelationBody(Schema):
    """A person, and what they are to the head."""

    person_id = Whole(required=True)
    relation = Text(required=True, longest=20)


class SuccessorBody(Schema):
    """Who heads the household from now on, and what everybody else is to them."""

    person_id = Whole(required=True)
    relations = fields.List(fields.Nested(RelationBody), load_default=list)


class ArrivalBody(ToldBody):
    """Somebody is born, marries in or moves in."""

    kind = fields.String(required=True, validate=validate.OneOf([one.value for one in ARRIVALS]))
    name = Text(required=True, longest=30)
    identity_number = Text(required=True, longest=18)
    relation = Text(required=True, longest=20)


class DepartureBody(ToldBody):
    """Somebody dies, marries out or moves away."""

    kind = fields.String(required=True, validate=validate.OneOf([one.value for one in DEPARTURES]))
    person_ids = fields.List(Whole(), required=True, validate=_PEOPLE)
    successor = fields.Nested(SuccessorBody, load_default=None)


class HeadBody(ToldBody):
    """Somebody else heads the household."""

    successor = fields.Nested(SuccessorBody, required=True)


class SplitBody(ToldBody):
    """Some of a household become one of their own."""

    number = Text(required=True, longest=32)
    members = fields.List(fields.Nested(RelationBody), required=True, validate=_PEOPLE)
    successor = fields.Nested(SuccessorBody, load_default=None)


class MergeBody(ToldBody):
    """All of a household go into another."""

    into_id = Whole(required=True)
    relations = fields.List(fields.Nested(RelationBody), required=True, validate=_PEOPLE)


class IdentityBody(ToldBody):
    """The right identity number of a person."""

    person_id = Whole(required=True)
    identity_number = Text(required=True, longest=18)


class OwnLimitBody(Schema):
    """Why a household that split off should have limits of its own."""

    reason = Text(required=True)
    document = Text(required=True)


class EventRecorded(Schema):
    """The event's number."""

    event_id = fields.Integer(required=True)


class HouseholdSplit(Schema):
    """The new household."""

    household_id = fields.Integer(required=True)


class OwnLimitAskedAnswer(Schema):
    """The question, and the proposal that waits."""

    own_limit_id = fields.Integer(required=True)
    proposal_id = fields.Integer(required=True)


class EventAnswer(Schema):
    """An event; nobody's number is in it."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True)
    other_number = fields.String(required=True)
    people = fields.String(required=True)
    happened_on = Day(required=True)
    booked_on = Day(required=True)
    document = fields.String(required=True)
    reason = fields.String(required=True)


class LinkAnswer(Schema):
    """A household that another came from, or that came from it."""

    household_id = fields.Integer(required=True)
    number = fields.String(required=True)
    kind = fields.String(required=True)
    since = Day(required=True)
    younger = fields.Boolean(required=True)
    counts = fields.Boolean(required=True)


class FamilyAnswer(Schema):
    """A household's events, links, and those that share its caps."""

    events = fields.List(fields.Nested(EventAnswer), required=True)
    links = fields.List(fields.Nested(LinkAnswer), required=True)
    shares_caps_with = fields.List(fields.Integer(), required=True)


class EventsQuery(paging.PageQuery):
    """A page of events, narrowed."""

    q = Text(load_default="", longest=40)
    region = RegionCode()
    kind = fields.String(load_default="")
    since = Day()
    until = Day()


def _told(body: dict[str, Any]) -> Told:
    return Told(body["happened_on"], body["document"], body["reason"])


def _relations(rows: list[dict[str, Any]]) -> dict[int, str]:
    return {row["person_id"]: row["relation"] for row in rows}


def _successor(said: dict[str, Any] | None) -> Successor | None:
    return None if said is None else Successor(said["person_id"], _relations(said["relations"]))


def _plain(of: str, household_id: int, body: dict[str, Any]) -> list[Any]:
    """What makes two requests the same; an identity number by its blind index alone."""
    sealed = dict(body)
    if "identity_number" in sealed:
        number = sealed["identity_number"]
        sealed["identity_number"] = house().keyring.blind_index(number, kind="identity").hex()
    return [of, household_id, {name: str(value) for name, value in sealed.items()}]


def _event(one: reads.EventLine) -> dict[str, Any]:
    names = ("id", "kind", "happened_on", "booked_on", "document", "reason")
    beside = {"number": one.number, "other_number": one.other_number, "people": one.people}
    return {name: getattr(one.event, name) for name in names} | beside


@routes.get(
    "/family-events",
    command="households.read",
    query=EventsQuery,
    answers=paging.page_of(EventAnswer),
)
def events(query: dict[str, Any]) -> dict[str, Any]:
    """家庭变动，分页。Events of families, the latest first."""
    limit = query["limit"]
    with reading() as session:
        wanted = reads.Wanted(
            digits=places.digits_asked(session),
            on=ledger.open_day(session),
            text=query["q"],
            kind=query["kind"],
            since=query.get("since"),
            until=query.get("until"),
        )
        after = paging.after(query.get("cursor"))
        found = reads.events(session, wanted, after=after, limit=limit + 1)
    last = found[limit - 1].event.id if len(found) > limit else None
    return paging.page([_event(one) for one in found], limit, last)


@routes.get(
    "/households/<int:household_id>/family", command="households.read", answers=FamilyAnswer
)
def family(household_id: int) -> dict[str, Any]:
    """一户的变动、分并户和合用额度的户。A household's events and links."""
    with reading() as session:
        on, digits = ledger.open_day(session), scope.own_digits(session, actor())
        register.get(session, household_id, digits=digits)
        group = families.cap_group(session, household_id) - {household_id}
        return {
            "events": [
                _event(one) for one in reads.events_of(session, household_id, digits=digits, on=on)
            ],
            "links": reads.links_of(session, household_id, on=on),
            "shares_caps_with": sorted(group),
        }


@routes.post(
    "/households/<int:household_id>/family/arrivals",
    command=FAMILY,
    body=ArrivalBody,
    answers=EventRecorded,
    status=201,
    keyed=True,
)
def arrive(body: dict[str, Any], household_id: int) -> dict[str, Any]:
    """出生、婚入、迁入。Somebody comes."""
    newcomer = Newcomer(body["name"], body["identity_number"], body["relation"])
    deed = family_deeds.arrive(
        actor(), house().keyring, kind=EventKind(body["kind"]), household_id=household_id,
        newcomers=[newcomer], told=_told(body),
    )  # fmt: skip
    return do_once(FAMILY, deed, body=_plain("arrive", household_id, body))


@routes.post(
    "/households/<int:household_id>/family/departures",
    command=FAMILY,
    body=DepartureBody,
    answers=EventRecorded,
    status=201,
    keyed=True,
)
def depart(body: dict[str, Any], household_id: int) -> dict[str, Any]:
    """死亡、婚出、迁出。Somebody goes."""
    deed = family_deeds.depart(
        actor(), kind=EventKind(body["kind"]), household_id=household_id,
        person_ids=body["person_ids"], told=_told(body), successor=_successor(body["successor"]),
    )  # fmt: skip
    return do_once(FAMILY, deed, body=_plain("depart", household_id, body))


@routes.post(
    "/households/<int:household_id>/family/head",
    command=FAMILY,
    body=HeadBody,
    answers=EventRecorded,
    status=201,
    keyed=True,
)
def new_head(body: dict[str, Any], household_id: int) -> dict[str, Any]:
    """变更户主。Somebody else heads the household."""
    successor = _successor(body["successor"])
    assert successor is not None
    deed = family_deeds.new_head(
        actor(), household_id=household_id, successor=successor, told=_told(body)
    )
    return do_once(FAMILY, deed, body=_plain("head", household_id, body))


@routes.post(
    "/households/<int:household_id>/family/split",
    command=FAMILY,
    body=SplitBody,
    answers=HouseholdSplit,
    status=201,
    keyed=True,
)
def split(body: dict[str, Any], household_id: int) -> dict[str, Any]:
    """分户；两户合用额度，直到另一人同意单独核算。Split a household."""
    deed = family_deeds.split(
        actor(), household_id=household_id, number=body["number"],
        members=_relations(body["members"]), told=_told(body),
        successor=_successor(body["successor"]),
    )  # fmt: skip
    return do_once(FAMILY, deed, body=_plain("split", household_id, body))


@routes.post(
    "/households/<int:household_id>/family/merge",
    command=FAMILY,
    body=MergeBody,
    answers=EventRecorded,
    status=201,
    keyed=True,
)
def merge(body: dict[str, Any], household_id: int) -> dict[str, Any]:
    """并户。Merge a household into another."""
    deed = family_deeds.merge(
        actor(), household_id=household_id, into_id=body["into_id"],
        relations=_relations(body["relations"]), told=_told(body),
    )  # fmt: skip
    return do_once(FAMILY, deed, body=_plain("merge", household_id, body))


@routes.post(
    "/households/<int:household_id>/family/identity",
    command=FAMILY,
    body=IdentityBody,
    answers=EventRecorded,
    status=201,
    keyed=True,
)
def correct_identity(body: dict[str, Any], household_id: int) -> dict[str, Any]:
    """更正身份证号。Give a person the right identity number."""
    with reading() as session:
        on, digits = ledger.open_day(session), scope.own_digits(session, actor())
        register.get(session, household_id, digits=digits)
        present = {one.id for one in register.members(session, household_id, on=on)}
    if body["person_id"] not in present:
        raise NotFound(field="person_id", what="成员")
    deed = family_deeds.correct_identity(
        actor(), house().keyring, person_id=body["person_id"], number=body["identity_number"],
        told=_told(body),
    )  # fmt: skip
    return do_once(FAMILY, deed, body=_plain("identity", household_id, body))


@routes.post(
    "/households/<int:household_id>/own-limit",
    command=ASK_LIMIT,
    body=OwnLimitBody,
    answers=OwnLimitAskedAnswer,
    status=201,
    keyed=True,
)
def ask_own_limit(body: dict[str, Any], household_id: int) -> dict[str, Any]:
    """申请单独核算额度，由另一人审定。Ask for limits of its own."""
    deed = family_deeds.ask_own_limit(actor(), household_id=household_id, **body)
    return do_once(ASK_LIMIT, deed, body=[household_id, *body.values()])
