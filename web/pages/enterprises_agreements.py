"""协议: agreements with their lists, who joins and leaves, and the unwinding of 户贷企用."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

import enterprises
import ledger
import organisations
from enterprises import File, Stake, queries
from enterprises.asked import FORMS, REPAYERS, RHYTHMS, ROLES, SOURCES
from enterprises.refusals import LinkageListRefused
from kernel.money import format_share, format_yuan
from kernel.refusals import Refusal
from loans.files import SheetFile
from office import rights
from organisations import Kind, Organisation
from web import agreement_view, enterprise_view, exports, linking_deeds, scope, uploads
from web.access import needs
from web.agreement_forms import TERMS_MAX, TYPED_ROLES, asked_of
from web.agreement_view import BASES, STATES, term_said
from web.context import actor, house, once, reading
from web.dividend_view import STATES as ROUND_STATES
from web.enterprise_view import DECISIONS, EXCEPTIONS
from web.fields import row_id
from web.pages import forms
from web.pages.enterprises import day, text
from web.words import t

blueprint = Blueprint("enterprises_agreements", __name__)

PAGE: Final = 50
_LOT: Final = 500
#: faults of a list that a page shows
FAULTS_MAX: Final = 200
TITLES: Final = (
    "协议编号", "企业", "联结形式", "签订日", "起", "止（不含）", "户数", "人数", "入股额（元）",
    "状态",
)  # fmt: skip
STAKE_TITLES: Final = (
    "序号", "户编号", "户主", "乡镇村", "入股来源", "入股额（元）", "借款合同号", "土地（亩）",
    "人口", "联结日", "退出日",
)  # fmt: skip


# --- the list of agreements -----------------------------------------------------------------------


@blueprint.get("/enterprises/agreements")
@needs("enterprises.read")
def listed() -> ResponseReturnValue:
    """Agreements, searched and narrowed."""
    after = row_id(request.args.get("after"))
    with reading() as session:
        found = _found(session, after, PAGE + 1)
    return forms.page(
        "agreements.html",
        rows=found[:PAGE],
        following=found[PAGE - 1][0].id if len(found) > PAGE else None,
        first=after == 0,
        asked=_asked(),
        forms=FORMS,
        states=STATES,
        may=rights.may(actor(), "enterprises.agree"),
    )


@blueprint.get("/enterprises/agreements.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The same list as a file."""
    with reading() as session:
        rows: list[list[object]] = []
        after = 0
        while lot := _found(session, after, _LOT):
            rows += [_cells(*row) for row in lot]
            after = lot[-1][0].id
    return exports.send_table(t("利益联结协议清单"), [t(one) for one in TITLES], rows, form)


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("q", "kind", "state")}


def _found(session: Session, after: int, limit: int) -> Sequence[Row[Any, Any, str]]:
    asked = _asked()
    scope.own_digits(session, actor())
    return queries.agreements(
        session,
        text=asked["q"].strip()[:40],
        form=asked["kind"] if asked["kind"] in FORMS else "",
        state=asked["state"] if asked["state"] in STATES else "",
        after=after,
        limit=limit,
    )


def _cells(agreement: Any, position: Any, name: str) -> list[object]:
    return [
        agreement.number,
        name,
        t(FORMS[agreement.form]),
        agreement.signed_on.isoformat(),
        agreement.from_on.isoformat(),
        agreement.to_on.isoformat(),
        position.households,
        position.persons,
        exports.amount(position.stake_fen),
        t(STATES[position.state]),
    ]


# --- a new one ------------------------------------------------------------------------------------


@blueprint.get("/enterprises/agreements/template.xlsx")
@needs("enterprises.agree")
def template() -> ResponseReturnValue:
    """The empty list of households."""
    with tempfile.TemporaryFile() as file:
        enterprises.write_list_template(file)
        file.seek(0)
        return exports.send_workbook("联结农户清单模板.xlsx", file.read())


@blueprint.get("/enterprises/<int:organisation_id>/agreements/new")
@needs("enterprises.agree")
def new(organisation_id: int) -> ResponseReturnValue:
    """The form of an agreement."""
    return _new(organisation_id)


@blueprint.post("/enterprises/<int:organisation_id>/agreements")
@needs("enterprises.agree")
def agree(organisation_id: int) -> ResponseReturnValue:
    """Hand in an agreement with its list."""
    read: list[SheetFile[Stake]] = []

    def act() -> ResponseReturnValue:
        with reading() as session:
            one = enterprise_view.seen(session, organisation_id, actor())
        asked = asked_of(request.form, one)
        stakes, file = _list_of(read)
        deed = linking_deeds.agree(asked, stakes, file)
        content = [*forms.body(), file.sha256]
        done = once("enterprises.agree", deed, key=forms.sent_key(), body=content)["handed"]
        flash(t("协议和名单已提交，待另一人审批"))
        return redirect(url_for("enterprises_agreements.one", agreement_id=done["agreement_id"]))

    return forms.attempt(act, lambda refused: _new(organisation_id, refused, read))


def _list_of(read: list[SheetFile[Stake]]) -> tuple[list[Stake], File]:
    """The list that came with a form, whole."""
    with uploads.received() as upload:
        sheet = enterprises.read_list(upload.path, name=upload.name)
    read.append(sheet)
    return sheet.taken(), File(sheet.name, sheet.sha256)


def _new(
    organisation_id: int,
    refused: Refusal | None = None,
    read: list[SheetFile[Stake]] | None = None,
) -> ResponseReturnValue:
    with reading() as session:
        one = enterprise_view.seen(session, organisation_id, actor())
        lenders = _lenders(session)
    return forms.page(
        "agreement_new.html",
        refused,
        one=one,
        lenders=lenders,
        forms=FORMS,
        repayers=REPAYERS,
        rhythms=RHYTHMS,
        roles={role: ROLES[role] for role in TYPED_ROLES},
        bases=BASES,
        terms=range(1, TERMS_MAX + 1),
        typed=forms.entries(),
        request_key=forms.kept_key(),
        **_faults(refused, read),
    )


def _lenders(session: Session) -> list[Organisation]:
    digits = scope.own_digits(session, actor())[:6]
    found = organisations.listed(session, region_digits=digits, kind=Kind.LENDER.value)
    return list(found)


def _faults(refused: Refusal | None, read: list[SheetFile[Stake]] | None) -> dict[str, Any]:
    """What is wrong with a list: cells of its file, and rows that break a rule."""
    broken = refused.rows if isinstance(refused, LinkageListRefused) else []
    return {
        "faults": read[0].faults[:FAULTS_MAX] if read else [],
        "lines": read[0].lines if read else [],
        "broken": broken[:FAULTS_MAX],
    }


# --- one agreement --------------------------------------------------------------------------------


@blueprint.get("/enterprises/agreements/<int:agreement_id>")
@needs("enterprises.read")
def one(agreement_id: int) -> ResponseReturnValue:
    """One agreement."""
    return _page(agreement_id)


@blueprint.get("/enterprises/agreements/<int:agreement_id>/households.<any(xlsx, csv):form>")
@needs("exports.read")
def households_exported(agreement_id: int, form: str) -> ResponseReturnValue:
    """Its households as a file."""
    rows: list[list[object]] = []
    with reading() as session:
        number = agreement_view.seen(session, agreement_id, actor()).agreement.number
        after = 0
        on = ledger.open_day(session)
        while lot := _stakes(session, agreement_id, after, _LOT):
            heads = agreement_view.heads_of(session, [row[1].id for row in lot], on)
            rows += [_stake_cells(row, heads.get(row[1].id, "")) for row in lot]
            after = lot[-1][0].id
    name = t("协议{number}联结农户", number=number)
    return exports.send_table(name, [t(title) for title in STAKE_TITLES], rows, form)


@blueprint.post("/enterprises/agreements/<int:agreement_id>/lists")
@needs("enterprises.agree")
def join(agreement_id: int) -> ResponseReturnValue:
    """Hand in a further list."""
    read: list[SheetFile[Stake]] = []

    def act() -> ResponseReturnValue:
        from_on = day("from_on")
        stakes, file = _list_of(read)
        deed = linking_deeds.join(agreement_id, from_on, stakes, file)
        return _done(
            agreement_id, "enterprises.agree", deed, "名单已提交，待另一人审批", file.sha256
        )

    return forms.attempt(act, lambda refused: _page(agreement_id, refused, read))


@blueprint.post("/enterprises/agreements/<int:agreement_id>/leavings")
@needs("enterprises.leave")
def leave(agreement_id: int) -> ResponseReturnValue:
    """A household leaves."""

    def act() -> ResponseReturnValue:
        deed = linking_deeds.leave(
            agreement_id, text("household", 40), day("left_on"), text("reason")
        )
        return _done(agreement_id, "enterprises.leave", deed, "已登记退出")

    return forms.attempt(act, lambda refused: _page(agreement_id, refused))


@blueprint.post("/enterprises/agreements/<int:agreement_id>/unwindings")
@needs("enterprises.unwind")
def unwind(agreement_id: int) -> ResponseReturnValue:
    """Ask that it be unwound."""

    def act() -> ResponseReturnValue:
        deed = linking_deeds.unwind(
            agreement_id, day("from_on"), text("document_no", 60), text("reason")
        )
        return _done(agreement_id, "enterprises.unwind", deed, "已提交，待另一人决定")

    return forms.attempt(act, lambda refused: _page(agreement_id, refused))


@blueprint.post("/enterprises/agreements/<int:agreement_id>/conversions")
@needs("enterprises.unwind")
def convert(agreement_id: int) -> ResponseReturnValue:
    """Ask that a loan behind a stake become the household's own use."""
    deed = linking_deeds.convert(
        agreement_id,
        text("loan", 40),
        text("household", 40),
        text("document_no", 60),
        text("purpose", 100),
    )
    return forms.attempt(
        lambda: _done(agreement_id, "enterprises.unwind", deed, "已提交，待另一人决定"),
        lambda refused: _page(agreement_id, refused),
    )


@blueprint.post("/enterprises/agreements/<int:agreement_id>/end")
@needs("enterprises.approve_unwind")
def end(agreement_id: int) -> ResponseReturnValue:
    """The unwinding is done."""
    deed = linking_deeds.end_agreement(agreement_id, text("document_no", 60))
    return forms.attempt(
        lambda: _done(agreement_id, "enterprises.approve_unwind", deed, "协议已终止"),
        lambda refused: _page(agreement_id, refused),
    )


def _done(
    agreement_id: int, command: str, deed: Any, said: str, more: str = ""
) -> ResponseReturnValue:
    once(command, deed, key=forms.sent_key(), body=[*forms.body(), more])
    flash(t(said))
    return redirect(url_for("enterprises_agreements.one", agreement_id=agreement_id))


def _page(
    agreement_id: int,
    refused: Refusal | None = None,
    read: list[SheetFile[Stake]] | None = None,
) -> ResponseReturnValue:
    by, regions = actor(), house().regions
    after = row_id(request.args.get("after"))
    with reading() as session:
        on = ledger.open_day(session)
        shown = agreement_view.shown(session, agreement_id, on, by=by)
        rows = _stakes(session, agreement_id, after, PAGE + 1)
        heads = agreement_view.heads_of(session, [row[1].id for row in rows], on)
        behind = (
            agreement_view.loans_open(
                session, agreement_id, on, by=by, after=request.args.get("behind", "")[:40]
            )
            if shown.unwinding is not None
            else []
        )
    return forms.page(
        "agreement.html",
        refused,
        one=shown,
        on=on,
        terms=[(term, term_said(term)) for term in shown.page.terms],
        rows=[(row, regions.full_name(row[1].village_code, below=3)) for row in rows[:PAGE]],
        following=rows[PAGE - 1][0].id if len(rows) > PAGE else None,
        heads=heads,
        behind=[(row, regions.full_name(row.village_code, below=3)) for row in behind],
        asked=_asked_stakes(),
        words={
            "forms": FORMS, "repayers": REPAYERS, "rhythms": RHYTHMS, "roles": ROLES,
            "sources": SOURCES, "states": STATES, "rounds": ROUND_STATES,
            "decisions": DECISIONS, "exceptions": EXCEPTIONS,
        },
        mu=format_yuan,
        fee=format_share(shown.page.agreement.service_fee_bp),
        may={
            name: rights.may(by, f"enterprises.{name}")
            for name in ("agree", "leave", "unwind", "approve_unwind")
        },
        typed=forms.entries(),
        request_key=forms.kept_key(),
        **_faults(refused, read),
    )  # fmt: skip


def _asked_stakes() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:40] for name in ("q", "list")}


def _stakes(
    session: Session, agreement_id: int, after: int, limit: int
) -> Sequence[Row[Any, Any, str | None, Any]]:
    asked = _asked_stakes()
    return agreement_view.households(
        session,
        agreement_id,
        by=actor(),
        list_id=row_id(asked["list"]),
        text=asked["q"],
        after=after,
        limit=limit,
    )


def _stake_cells(row: Row[Any, Any, str | None, Any], head: str) -> list[object]:
    stake, household, loan, left_on = row
    return [
        stake.nr,
        household.number,
        head,
        house().regions.full_name(household.village_code, below=3),
        t(SOURCES[stake.source]),
        exports.amount(stake.stake_fen),
        loan or "",
        format_yuan(stake.land_mu_hundredths) if stake.land_mu_hundredths else "",
        stake.persons,
        stake.from_on.isoformat(),
        left_on.isoformat() if left_on else "",
    ]
