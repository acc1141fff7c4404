"""机构名录: banks, enterprises, co-operatives, village funds and offices, and entering another."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import ledger
import organisations
from kernel.dates import parse_date
from kernel.refusals import Refusal
from kernel.regions import COUNTY, Region
from office import rights
from organisations import KIND_TITLES, Kind, Organisation
from web import exports, scope
from web.access import needs
from web.context import actor, house, once, reading
from web.pages import forms
from web.words import t

blueprint = Blueprint("organisations", __name__)

KINDS: Final = {kind.value: title for kind, title in KIND_TITLES.items()}
TITLES: Final = ("名称", "统一社会信用代码", "类型", "地区", "开办日", "停止日")
#: where one of a kind goes on from here
_NEXT: Final = {
    Kind.ENTERPRISE.value: "enterprises.one",
    Kind.CO_OPERATIVE.value: "enterprises.one",
}


@blueprint.get("/organisations")
@needs("organisations.read")
def listed() -> ResponseReturnValue:
    """Everybody in the directory of the visitor's region."""
    return _page()


@blueprint.get("/organisations.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The list as a file."""
    with reading() as session:
        found = _found(session)
    cells = (
        [
            one.name,
            one.credit_code,
            t(KIND_TITLES[Kind(one.kind)]),
            _place(one),
            one.opened_on.isoformat(),
            one.closed_on.isoformat() if one.closed_on else "",
        ]
        for one in found
    )
    return exports.send_table(t("机构名录"), [t(title) for title in TITLES], cells, form)


@blueprint.post("/organisations")
@needs("organisations.register")
def register() -> ResponseReturnValue:
    """Enter one."""

    def act() -> ResponseReturnValue:
        asked = {
            name: request.form.get(name, "").strip()[:100]
            for name in ("credit_code", "name", "kind", "region_code")
        }
        opened = request.form.get("opened_on", "").strip()
        since = parse_date(opened, field="opened_on") if opened else None

        def deed(session: Session) -> int:
            return organisations.register(
                session,
                credit_code=asked["credit_code"],
                name=asked["name"],
                kind=asked["kind"],
                region_code=asked["region_code"],
                regions=house().regions,
                opened_on=since,
                on=ledger.open_day(session),
                by=actor(),
            )

        found = once("organisations.register", deed, key=forms.sent_key(), body=[asked, opened])
        flash(t("“{name}”已登入机构名录", name=asked["name"]))
        following = _NEXT.get(asked["kind"])
        if following is None:
            return redirect(url_for("organisations.listed", kind=asked["kind"]))
        return redirect(url_for(following, organisation_id=found))

    return forms.attempt(act, _page)


def _page(refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        found = _found(session)
        own = house().regions.get(ledger.books(session).region_code)
        pages = {kind: bool(rights.may(by, "enterprises.read")) for kind in _NEXT}
    return forms.page(
        "organisations.html",
        refused,
        rows=[(one, _place(one)) for one in found],
        asked=_asked(),
        kinds=KINDS,
        pages=pages,
        may=rights.may(by, "organisations.register"),
        regions=_regions(own),
        own=own,
        typed=forms.entries(),
        request_key=forms.kept_key(),
    )


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:40] for name in ("q", "kind")}


def _found(session: Session) -> list[Organisation]:
    asked, by = _asked(), actor()
    rights.allow(by, "organisations.read")
    digits = scope.own_digits(session, by)
    kind = asked["kind"] if asked["kind"] in KINDS else None
    return [
        one
        for one in organisations.listed(session, region_digits=digits, kind=kind)
        if asked["q"].upper() in f"{one.name}\n{one.credit_code}".upper()
    ]


def _regions(own: Region) -> list[Region]:
    """Where one may be at home: the county, its townships and villages."""
    tree = house().regions
    if own.level < COUNTY:
        return tree.inside(own.code, COUNTY)
    return [own, *(one for depth in (4, 5) for one in tree.inside(own.code, depth))]


def _place(one: Organisation) -> str:
    return house().regions.full_name(one.region_code, below=2)
