"""企业: who may link up with households, what each pledged, owes and uses, and its money."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
import organisations
from enterprises import Pledge, Wish
from enterprises.asked import FORMS
from enterprises.dividends.surplus import Refund, surplus
from enterprises.pledging import KINDS as PLEDGES
from enterprises.recognising import LINKABLE
from kernel.dates import ONE_DAY, parse_date
from kernel.money import typed_yuan
from kernel.refusals import Refusal
from loans.eligibility import MODES
from loans.forms import CHANNELS
from office import rights
from organisations import KIND_TITLES, Kind, Organisation
from risk_fund.models import FundAccount
from web import dividend_deeds, enterprise_view, exports, linking_deeds, scope
from web.access import needs
from web.agreement_view import STATES as AGREEMENT_STATES
from web.context import actor, house, once, reading
from web.dividend_view import STATES as ROUND_STATES
from web.enterprise_view import DECISIONS, EXCEPTIONS, ONLY, Line
from web.fields import row_id
from web.pages import forms
from web.words import LOAN_STATES, t

blueprint = Blueprint("enterprises", __name__)

PAGE: Final = 50
KINDS: Final = {kind.value: KIND_TITLES[kind] for kind in sorted(LINKABLE)}
TITLES: Final = (
    "名称", "统一社会信用代码", "类型", "认定有效至", "联结户数", "联结人数", "入股额（元）",
    "有效协议", "反抵押价值（元）", "欠付分红（元）", "欠付起始日", "分红专户可用（元）",
)  # fmt: skip


def text(name: str, longest: int = 200) -> str:
    """What was typed into a field."""
    return request.form.get(name, "").strip()[:longest]


def day(name: str) -> date:
    """A day of a form."""
    return parse_date(text(name, 10), field=name)


@blueprint.get("/enterprises")
@needs("enterprises.read")
def overview() -> ResponseReturnValue:
    """Enterprises and co-operatives, those that link most households first."""
    return _overview()


@blueprint.get("/enterprises.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The list as a file."""
    with reading() as session:
        found = _found(session, ledger.open_day(session))
    rows = (_cells(one) for one in found)
    return exports.send_table(t("扶贫经营组织清单"), [t(title) for title in TITLES], rows, form)


@blueprint.post("/enterprises")
@needs("enterprises.recognise")
def recognise() -> ResponseReturnValue:
    """Put a recognition before a second person."""
    organisation_id = row_id(request.form.get("organisation_id"))

    def act() -> ResponseReturnValue:
        villages = tuple(text("villages", 4000).replace("，", " ").replace(",", " ").split())
        wish = Wish(
            organisation_id=organisation_id,
            from_on=day("from_on"),
            to_on=day("to_on") + ONE_DAY,
            document_no=text("document_no", 60),
            operating_since=day("operating_since"),
            industry=text("industry", 60),
            project=text("project", 60),
            villages=villages,
            exception_reason=text("exception_reason"),
        )
        deed = linking_deeds.recognise(wish)
        once("enterprises.recognise", deed, key=forms.sent_key(), body=forms.body())
        flash(t("已提交，待另一人决定"))
        return redirect(url_for("enterprises.one", organisation_id=organisation_id))

    on_page = row_id(request.form.get("on_page"))
    again = (lambda refused: enterprise_page(on_page, refused)) if on_page else _overview
    return forms.attempt(act, again)


@blueprint.get("/enterprises/<int:organisation_id>")
@needs("enterprises.read")
def one(organisation_id: int) -> ResponseReturnValue:
    """One enterprise."""
    return enterprise_page(organisation_id)


@blueprint.post("/enterprises/<int:organisation_id>/recognitions/<int:recognition_id>/withdrawal")
@needs("enterprises.approve_recognition")
def withdraw(organisation_id: int, recognition_id: int) -> ResponseReturnValue:
    """Take a recognition back."""
    deed = linking_deeds.withdraw(recognition_id, text("document_no", 60), text("reason"))
    return _do(organisation_id, "enterprises.approve_recognition", deed, "认定已取消")


@blueprint.post("/enterprises/<int:organisation_id>/securities")
@needs("enterprises.pledge")
def pledge(organisation_id: int) -> ResponseReturnValue:
    """Enter a counter-security."""

    def act() -> ResponseReturnValue:
        pledged = Pledge(
            organisation_id=organisation_id,
            fund_account_id=row_id(request.form.get("fund_account_id")),
            kind=text("kind", 20),
            description=text("description"),
            value_fen=typed_yuan(text("value"), field="value"),
            document_no=text("document_no", 60),
            from_on=day("from_on"),
        )
        deed = linking_deeds.pledge(pledged)
        return _done(organisation_id, "enterprises.pledge", deed, "反抵押已登记")

    return forms.attempt(act, lambda refused: enterprise_page(organisation_id, refused))


@blueprint.post("/enterprises/<int:organisation_id>/securities/<int:security_id>/release")
@needs("enterprises.pledge")
def release(organisation_id: int, security_id: int) -> ResponseReturnValue:
    """Give a counter-security back."""
    deed = linking_deeds.release(security_id, text("document_no", 60), text("reason"))
    return _do(organisation_id, "enterprises.pledge", deed, "反抵押已解除")


@blueprint.post("/enterprises/<int:organisation_id>/refunds")
@needs("enterprises.refund")
def refund(organisation_id: int) -> ResponseReturnValue:
    """Ask that its pool's surplus go back to it."""

    def act() -> ResponseReturnValue:
        channel = text("channel", 20)
        asked = Refund(
            organisation_id=organisation_id,
            amount_fen=typed_yuan(text("amount"), field="amount"),
            payee_account=text("payee_account", 40),
            voucher_no=text("voucher_no", 64),
            reason=text("reason"),
            channel=channel if channel in CHANNELS else "transfer",
        )
        deed = dividend_deeds.ask_refund(asked)
        return _done(organisation_id, "enterprises.refund", deed, "已提交，待另一人决定")

    return forms.attempt(act, lambda refused: enterprise_page(organisation_id, refused))


# --- the list -------------------------------------------------------------------------------------


def _overview(refused: Refusal | None = None) -> ResponseReturnValue:
    start = row_id(request.args.get("after"))
    may = rights.may(actor(), "enterprises.recognise")
    with reading() as session:
        on = ledger.open_day(session)
        found = _found(session, on)
        candidates = _candidates(session) if may else []
    return forms.page(
        "enterprises.html",
        refused,
        rows=found[start : start + PAGE],
        following=start + PAGE if len(found) > start + PAGE else None,
        first=start == 0,
        totals=_totals(found),
        asked=_asked(),
        only=ONLY,
        kinds=KINDS,
        on=on,
        may=may,
        candidates=candidates,
        typed=forms.entries(),
        request_key=forms.kept_key(),
    )


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("q", "only")}


def _found(session: Session, on: date) -> list[Line]:
    asked = _asked()
    return enterprise_view.lines(
        session, on, by=actor(), text=asked["q"].strip()[:40], only=asked["only"]
    )


def _totals(found: list[Line]) -> dict[str, int]:
    return {
        "enterprises": len(found),
        "recognised": sum(one.recognised_to is not None for one in found),
        "linking": sum(one.standing.households > 0 for one in found),
        "owed_fen": sum(one.owed_fen for one in found),
        "pledged_fen": sum(one.standing.pledged_fen for one in found),
    }


def _cells(one: Line) -> list[object]:
    stands = one.standing
    return [
        stands.name,
        stands.credit_code,
        t(KINDS.get(stands.kind, "企业")),
        (one.recognised_to - ONE_DAY).isoformat() if one.recognised_to else "",
        stands.households,
        stands.persons,
        exports.amount(stands.stake_fen),
        stands.agreements,
        exports.amount(stands.pledged_fen),
        exports.amount(one.owed_fen),
        one.owed_since.isoformat() if one.owed_since else "",
        exports.amount(one.free_fen),
    ]


def _candidates(session: Session) -> list[Organisation]:
    """Organisations that may be put forward."""
    digits = scope.own_digits(session, actor())[:6]
    return [
        one
        for kind in sorted(LINKABLE)
        for one in organisations.listed(session, region_digits=digits, kind=kind.value)
    ]


# --- one enterprise -------------------------------------------------------------------------------


def enterprise_page(organisation_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    """The page of an enterprise, with a refusal on top if there is one."""
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        shown = enterprise_view.shown(session, organisation_id, on, by=by)
        surplus_fen = surplus(session, organisation_id)
        may_pledge = rights.may(by, "enterprises.pledge")
        accounts = session.scalars(select(FundAccount)).all() if may_pledge else []
        channels = _channels(session) if rights.may(by, "enterprises.chain") else []
    return forms.page(
        "enterprise.html",
        refused,
        one=shown,
        on=on,
        place=house().regions.full_name(shown.organisation.region_code, below=2),
        kinds=KINDS,
        forms=FORMS,
        agreement_states=AGREEMENT_STATES,
        round_states=ROUND_STATES,
        loan_states=LOAN_STATES,
        modes=MODES,
        pledges=PLEDGES,
        decisions=DECISIONS,
        exceptions=EXCEPTIONS,
        channels=CHANNELS,
        accounts=accounts,
        surplus_fen=surplus_fen,
        sellers=channels,
        may={
            name: rights.may(by, f"enterprises.{name}")
            for name in (
                "recognise",
                "approve_recognition",
                "pledge",
                "chain",
                "agree",
                "fund",
                "refund",
            )
        },
        typed=forms.entries(),
        request_key=forms.kept_key(),
    )


def _channels(session: Session) -> list[Organisation]:
    """Who may sell what a chain makes."""
    digits = scope.own_digits(session, actor())[:6]
    kinds = (Kind.ENTERPRISE, Kind.CO_OPERATIVE)
    return [
        one
        for kind in kinds
        for one in organisations.listed(session, region_digits=digits, kind=kind.value)
    ]


def _do(organisation_id: int, command: str, deed: Any, said: str) -> ResponseReturnValue:
    return forms.attempt(
        lambda: _done(organisation_id, command, deed, said),
        lambda refused: enterprise_page(organisation_id, refused),
    )


def _done(organisation_id: int, command: str, deed: Any, said: str) -> ResponseReturnValue:
    once(command, deed, key=forms.sent_key(), body=forms.body())
    flash(t(said))
    return redirect(url_for("enterprises.one", organisation_id=organisation_id))
