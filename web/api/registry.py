"""Households and organisations over the API."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

import ledger
import organisations
from households import card as cards
from households import imports
from households.models import Status
from kernel.regions import scope_digits
from office import rights
from organisations import Kind
from web import registers, scope, uploads
from web.api import paging
from web.api.lending_schemas import NoForm
from web.api.routes import Routes, do_once
from web.context import actor, house, reading
from web.fields import Day, Money, RegionCode, Text, Whole
from web.pages.imports import surroundings
from web.registers import Sought

routes = Routes("register", "农户与机构 · households and organisations")


class HouseholdRow(Schema):
    """A household in a list."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    head = fields.String(required=True)
    village_code = fields.String(required=True)
    village = fields.String(required=True)
    persons = fields.Integer(required=True)
    status = fields.String(required=True)
    line_fen = Money(required=True, allow_none=True, data_key="line")
    outstanding_fen = Money(required=True, data_key="outstanding")


class HouseholdsQuery(paging.PageQuery):
    """A page of households, narrowed."""

    q = Text(load_default="", longest=40)
    region = RegionCode()
    status = fields.String(
        load_default="", validate=validate.OneOf(("", *(status.value for status in Status)))
    )


class StatusRow(Schema):
    """What the household was found to be, from when on."""

    status = fields.String(required=True)
    since = Day(required=True)
    reason = fields.String(required=True)


class MemberRow(Schema):
    """A member; the identity number is masked."""

    person_id = fields.Integer(required=True)
    name = fields.String(required=True)
    relation = fields.String(required=True)
    identity = fields.String(required=True)
    born_on = Day(required=True)
    answers = fields.Dict(required=True)


class CardAnswer(Schema):
    """户卡."""

    household_id = fields.Integer(required=True)
    number = fields.String(required=True)
    village = fields.String(required=True)
    group_name = fields.String(required=True)
    status = fields.String(required=True)
    statuses = fields.List(fields.Nested(StatusRow), required=True)
    phone = fields.String(required=True)
    bank_account = fields.String(required=True)
    answers = fields.Dict(required=True)
    members = fields.List(fields.Nested(MemberRow), required=True)


class ImportQuery(Schema):
    """How a file is taken."""

    preview = fields.Boolean(load_default=False, metadata={"description": "只预览，不入库"})
    accept_good = fields.Boolean(load_default=False, metadata={"description": "只收合格户"})


class ImportAnswer(Schema):
    """What the file says, and what became of it."""

    file = fields.String(required=True)
    state = fields.String(required=True)
    rows = fields.Integer(required=True)
    households = fields.Dict(required=True)
    people = fields.Dict(required=True)
    findings = fields.List(fields.Dict(), required=True)
    findings_count = fields.Integer(required=True)
    questions = fields.List(fields.Dict(), required=True)
    changes = fields.List(fields.Dict(), required=True)
    unknown_columns = fields.List(fields.String(), required=True)


class OrganisationRow(Schema):
    """A legal person."""

    id = fields.Integer(required=True)
    credit_code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    region_code = fields.String(required=True)
    parent_id = fields.Integer(required=True, allow_none=True)
    opened_on = Day(required=True)
    closed_on = Day(required=True, allow_none=True)


class OrganisationsQuery(Schema):
    """Of one kind, where asked."""

    kind = fields.String(validate=validate.OneOf(tuple(kind.value for kind in Kind)))


class NewOrganisation(Schema):
    """To be registered."""

    credit_code = Text(required=True, longest=30)
    name = Text(required=True, longest=100)
    kind = fields.String(required=True, validate=validate.OneOf(tuple(k.value for k in Kind)))
    region_code = RegionCode(required=True, data_key="region")
    parent_id = Whole(load_default=None, allow_none=True)


class Registered(Schema):
    """Its number."""

    id = fields.Integer(required=True)


@routes.get(
    "/households",
    command="households.read",
    query=HouseholdsQuery,
    answers=paging.page_of(HouseholdRow),
)
def listed(query: dict[str, Any]) -> dict[str, Any]:
    """农户清单：按姓名、拼音、户编号查询。Households, searched, a page at a time."""
    by, limit = actor(), query["limit"]
    region = query.get("region")
    if region:
        rights.allow(by, "households.read", region=region)
    with reading() as session:
        digits = scope.own_digits(session, by)
        sought = Sought(
            digits=max(digits, scope_digits(region), key=len) if region else digits,
            on=ledger.open_day(session),
            text=query["q"],
            status=query["status"],
        )
        found = registers.households(
            session,
            sought,
            house().regions,
            after=paging.after(query.get("cursor")),
            limit=limit + 1,
        )
    last = found[limit - 1].id if len(found) > limit else None
    return paging.page(found, limit, last)


@routes.get("/households/<int:household_id>", command="households.read", answers=CardAnswer)
def card(household_id: int) -> dict[str, Any]:
    """户卡（身份证号、电话、账号均遮盖）。The card of a household, secrets masked."""
    with reading() as session:
        found = cards.card(
            session,
            household_id,
            on=ledger.open_day(session),
            digits=scope.own_digits(session, actor()),
            regions=house().regions,
            keyring=house().keyring,
        )
    return {name: getattr(found, name) for name in CardAnswer().fields} | {
        "statuses": [
            {"status": status, "since": since, "reason": reason}
            for status, since, reason in found.statuses
        ]
    }


@routes.post(
    "/households/import",
    command=imports.COMMAND,
    query=ImportQuery,
    form=NoForm,
    answers=ImportAnswer,
)
def import_file(query: dict[str, Any], _form: dict[str, Any]) -> dict[str, Any]:
    """导入名册文件；同一文件再导不产生变更。Import the register; twice changes nothing."""
    with reading() as session:
        on = ledger.open_day(session)
    with uploads.received() as upload:
        report = imports.import_file(
            surroundings(),
            upload.path,
            on=on,
            by=actor(),
            preview=query["preview"],
            accept_good=query["accept_good"],
        )
    return report.as_dict()


@routes.get(
    "/organisations",
    command="organisations.read",
    query=OrganisationsQuery,
    answers=OrganisationRow(many=True),
)
def organisations_listed(query: dict[str, Any]) -> list[Any]:
    """机构清单。Legal persons of the visitor's region."""
    with reading() as session:
        return list(
            organisations.listed(
                session,
                region_digits=scope.own_digits(session, actor()),
                kind=query.get("kind"),
            )
        )


@routes.post(
    "/organisations",
    command="organisations.register",
    body=NewOrganisation,
    answers=Registered,
    status=201,
    keyed=True,
)
def register(asked: dict[str, Any]) -> dict[str, Any]:
    """登记机构。Register a legal person."""
    by, regions = actor(), house().regions

    def work(session: Any) -> dict[str, Any]:
        on = ledger.open_day(session)
        return {"id": organisations.register(session, regions=regions, on=on, by=by, **asked)}

    return do_once("organisations.register", work, body=asked)
