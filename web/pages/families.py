"""家庭变动: births, deaths, marriages, splits and mergers of a household, and limits of its own."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import ledger
from households import card as cards
from households import families
from households import queries as register
from households.families import EVENT_TITLES, EventKind, Newcomer, Successor, Told
from households.families import queries as reads
from households.families.members import ARRIVALS, DEPARTURES
from households.families.own_limits import DECIDE
from households.models import Household
from kernel.refusals import BadValue, NotFound, Refusal
from office import rights
from web import exports, family_deeds, places, scope
from web.access import needs
from web.context import actor, house, once, reading
from web.family_deeds import ASK_LIMIT, FAMILY
from web.fields import row_id
from web.pages import forms, typing
from web.pages.identification import staff_names
from web.words import t

blueprint = Blueprint("families", __name__)

PAGE: Final = 50
_TITLES: Final = (
    "日期", "事项", "户编号", "乡镇村", "涉及人员", "另一户", "文号", "说明", "登记日期",
)  # fmt: skip
#: what people usually are to the head; a form offers them and takes others
RELATIONS: Final = (
    "户主", "配偶", "之子", "之女", "之儿媳", "之女婿", "之孙子", "之孙女", "之外孙子", "之外孙女",
    "之父", "之母", "之岳父", "之岳母", "之公公", "之婆婆", "之祖父", "之祖母", "之兄弟姐妹",
    "其他",
)  # fmt: skip
DECISIONS: Final = {"": "待审定", "approved": "已同意", "rejected": "已退回"}


# --- lists ----------------------------------------------------------------------------------------


@blueprint.get("/families")
@needs("households.read")
def listed() -> ResponseReturnValue:
    """What happened to the families of a place."""
    after = row_id(request.args.get("after"))
    with reading() as session:
        wanted = _wanted(session)
        found = reads.events(session, wanted, after=after, limit=PAGE + 1)
        total = reads.count_events(session, wanted)
        choices = places.choices(session)
    return forms.page(
        "families.html",
        rows=found[:PAGE],
        following=found[PAGE - 1].event.id if len(found) > PAGE else None,
        first=after == 0,
        total=total,
        titles={kind.value: title for kind, title in EVENT_TITLES.items()},
        places=choices,
        asked=_asked(),
        place=places.shown,
    )


@blueprint.get("/families.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> Response:
    """The same as a file."""
    with reading() as session:
        rows = (
            (
                one.event.happened_on, t(EVENT_TITLES[EventKind(one.event.kind)]), one.number,
                places.shown(one.village_code), one.people, one.other_number, one.event.document,
                one.event.reason, one.event.booked_on,
            )
            for one in reads.all_events(session, _wanted(session))
        )  # fmt: skip
        return exports.send_table(t("家庭变动"), [t(title) for title in _TITLES], rows, form)


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("q", "region", "kind", "since", "until")}


def _wanted(session: Session) -> reads.Wanted:
    asked = _asked()
    return reads.Wanted(
        digits=places.digits_asked(session),
        on=ledger.open_day(session),
        text=asked["q"][:40],
        kind=asked["kind"] if asked["kind"] in set(EventKind) else "",
        since=typing.day_asked("since"),
        until=typing.day_asked("until"),
    )


# --- one household --------------------------------------------------------------------------------


@blueprint.get("/households/<int:household_id>/family")
@needs("households.read")
def one(household_id: int) -> ResponseReturnValue:
    """A household's people and what happened to it."""
    return _one(household_id)


@blueprint.post("/households/<int:household_id>/family/<any(birth, marriage_in, moved_in):kind>")
@needs("households.family")
def arrive(household_id: int, kind: str) -> ResponseReturnValue:
    """Somebody comes."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        newcomer = Newcomer(
            typing.words("name", 30), request.form.get("identity", "").strip(),
            typing.words("relation", 20),
        )  # fmt: skip
        told = _told()
        deed = family_deeds.arrive(
            actor(), house().keyring, kind=EventKind(kind), household_id=household_id,
            newcomers=[newcomer], told=told,
        )  # fmt: skip
        index = house().keyring.blind_index(newcomer.identity_number, kind="identity").hex()
        body = [kind, household_id, newcomer.name, index, newcomer.relation, *_body(told)]
        once(FAMILY, deed, key=key, body=body)
        return _back(household_id, EventKind(kind))

    return forms.attempt(act, lambda refused: _one(household_id, refused))


@blueprint.post("/households/<int:household_id>/family/<any(death, marriage_out, moved_away):kind>")
@needs("households.family")
def depart(household_id: int, kind: str) -> ResponseReturnValue:
    """Somebody goes."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        goers = [row_id(text) for text in request.form.getlist("person")]
        told, successor = _told(), _successor()
        deed = family_deeds.depart(
            actor(), kind=EventKind(kind), household_id=household_id, person_ids=goers,
            told=told, successor=successor,
        )  # fmt: skip
        body = [kind, household_id, goers, _after(successor), *_body(told)]
        once(FAMILY, deed, key=key, body=body)
        return _back(household_id, EventKind(kind))

    return forms.attempt(act, lambda refused: _one(household_id, refused))


@blueprint.post("/households/<int:household_id>/family/new_head")
@needs("households.family")
def new_head(household_id: int) -> ResponseReturnValue:
    """Somebody else heads it."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        told, successor = _told(), _successor()
        if successor is None:
            raise _choose("successor")
        deed = family_deeds.new_head(
            actor(), household_id=household_id, successor=successor, told=told
        )
        body = ["new_head", household_id, _after(successor), *_body(told)]
        once(FAMILY, deed, key=key, body=body)
        return _back(household_id, EventKind.NEW_HEAD)

    return forms.attempt(act, lambda refused: _one(household_id, refused))


@blueprint.post("/households/<int:household_id>/family/split")
@needs("households.family")
def split(household_id: int) -> ResponseReturnValue:
    """Some of it become a household of their own."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        goers = [row_id(text) for text in request.form.getlist("person")]
        members = {one: request.form.get(f"new-{one}", "").strip() for one in goers}
        told, successor = _told(), _successor()
        number = request.form.get("number", "").strip().upper()[:40]
        deed = family_deeds.split(
            actor(), household_id=household_id, number=number, members=members, told=told,
            successor=successor,
        )  # fmt: skip
        body = ["split", household_id, number, list(members.items()), _after(successor)]
        answer = once(FAMILY, deed, key=key, body=[*body, *_body(told)])
        flash(t("已登记分户，新户编号{number}", number=number))
        return redirect(url_for("families.one", household_id=answer["household_id"]))

    return forms.attempt(act, lambda refused: _one(household_id, refused))


@blueprint.post("/households/<int:household_id>/family/merge")
@needs("households.family")
def merge(household_id: int) -> ResponseReturnValue:
    """All of it go into another."""

    def act() -> ResponseReturnValue:
        key, told, by = forms.sent_key(), _told(), actor()
        with reading() as session:
            digits = scope.own_digits(session, by)
            number = request.form.get("into", "")
            into = register.by_number(session, number, digits=digits)
        relations = _relations("merged")
        deed = family_deeds.merge(
            by, household_id=household_id, into_id=into.id, relations=relations, told=told
        )
        body = ["merge", household_id, into.id, list(relations.items()), *_body(told)]
        once(FAMILY, deed, key=key, body=body)
        return _back(into.id, EventKind.MERGE)

    return forms.attempt(act, lambda refused: _one(household_id, refused))


@blueprint.post("/households/<int:household_id>/family/identity")
@needs("households.family")
def correct_identity(household_id: int) -> ResponseReturnValue:
    """The right identity number of one of its people."""

    def act() -> ResponseReturnValue:
        key, told = forms.sent_key(), _told()
        person_id = row_id(request.form.get("who"))
        with reading() as session:
            on, digits = ledger.open_day(session), scope.own_digits(session, actor())
            register.get(session, household_id, digits=digits)
            present = {one.id for one in register.members(session, household_id, on=on)}
        if person_id not in present:
            raise NotFound(field="who", what="成员")
        number = request.form.get("identity", "").strip()
        deed = family_deeds.correct_identity(
            actor(), house().keyring, person_id=person_id, number=number, told=told
        )
        index = house().keyring.blind_index(number, kind="identity").hex()
        once(FAMILY, deed, key=key, body=["identity", person_id, index, *_body(told)])
        return _back(household_id, EventKind.IDENTITY_CORRECTED)

    return forms.attempt(act, lambda refused: _one(household_id, refused))


@blueprint.post("/households/<int:household_id>/family/own-limit")
@needs("households.propose_own_limit")
def ask_own_limit(household_id: int) -> ResponseReturnValue:
    """Ask that it has limits of its own."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        reason, document = typing.words("reason"), typing.words("document")
        deed = family_deeds.ask_own_limit(
            actor(), household_id=household_id, reason=reason, document=document
        )
        once(ASK_LIMIT, deed, key=key, body=[household_id, reason, document])
        flash(t("已提交，待扶贫办另一人审定"))
        return redirect(url_for("families.one", household_id=household_id))

    return forms.attempt(act, lambda refused: _one(household_id, refused))


# --- what forms say -------------------------------------------------------------------------------


def _told() -> Told:
    return Told(typing.day("happened_on"), typing.words("document"), typing.words("reason"))


def _body(told: Told) -> list[str]:
    return [told.happened_on.isoformat(), told.document, told.reason]


def _relations(prefix: str) -> dict[int, str]:
    """Person -> relation, of the fields that say one."""
    found = {}
    for name, text in request.form.items():
        kind, _, number = name.partition("-")
        if kind == prefix and row_id(number) and text.strip():
            found[row_id(number)] = text.strip()[:20]
    return found


def _successor() -> Successor | None:
    """Who heads the household from now on, if that was chosen."""
    person_id = row_id(request.form.get("successor"))
    if not person_id:
        return None
    relations = {one: said for one, said in _relations("left").items() if one != person_id}
    return Successor(person_id, relations)


def _after(successor: Successor | None) -> list[object] | None:
    return None if successor is None else [successor.person_id, list(successor.relations.items())]


def _choose(name: str) -> BadValue:
    return BadValue(
        field=name, name=name, value="", rule_zh="须从列表中选择", rule_en="one of the list"
    )


def _back(household_id: int, kind: EventKind) -> ResponseReturnValue:
    flash(t("已登记：{what}", what=t(EVENT_TITLES[kind])))
    return redirect(url_for("families.one", household_id=household_id))


def _one(household_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    by, here = actor(), house()
    with reading() as session:
        on = ledger.open_day(session)
        digits = scope.own_digits(session, by)
        found = cards.card(
            session, household_id, on=on, digits=digits, regions=here.regions, keyring=here.keyring
        )
        asked = reads.own_limits_of(session, household_id)
        links = reads.links_of(session, household_id, on=on)
        group = families.cap_group(session, household_id)
        content: dict[str, Any] = {
            "events": reads.events_of(session, household_id, digits=digits, on=on),
            "names": staff_names(session, _staff(asked)),
            "sharing": _numbers(session, group - {household_id}, digits),
        }
    mine = rights.may(by, FAMILY)
    can_ask = any(one.kind == "split" and not one.younger and one.counts for one in links)
    waits = any(one.decision is None for one in asked)
    return forms.page(
        "family.html",
        refused,
        card=found,
        links=links,
        asked=asked,
        titles={kind.value: title for kind, title in EVENT_TITLES.items()},
        arrivals=ARRIVALS,
        departures=DEPARTURES,
        relations=RELATIONS,
        choices=[(member.person_id, member.name) for member in found.members],
        decisions=DECISIONS,
        on=on,
        sent=forms.entries(),
        picked=request.form.getlist("person"),
        may_record=mine and bool(found.members),
        may_ask=can_ask and not waits and rights.may(by, ASK_LIMIT),
        may_decide=rights.may(by, DECIDE),
        me=by.person_id,
        request_key=forms.kept_key(),
        **content,
    )


def _staff(asked: list[reads.AskedLimit]) -> set[int]:
    return {one.proposed_by for one in asked} | {one.decided_by or 0 for one in asked}


def _numbers(session: Session, ids: frozenset[int], digits: str) -> list[Household]:
    """Households of a group that this person sees."""
    found: list[Household] = []
    for one in sorted(ids):
        try:
            found.append(register.get(session, one, digits=digits))
        except NotFound:
            continue
    return found
