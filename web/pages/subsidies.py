"""贴息: the desk of the claims: what waits for me, every claim, figures, what the treasury owes."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import ledger
import organisations
from kernel.dates import ONE_DAY, parse_date
from kernel.money import typed_yuan
from kernel.refusals import Refusal
from loans.forms import CHANNELS
from office import rights
from organisations import Kind, Organisation
from policy.values import ROUTES
from subsidies import budget, claims, lifecycle
from subsidies.budget import LEVELS
from subsidies.claims import choices
from subsidies.claims.office_steps import conduct_of
from subsidies.claims.periods import rhythm_of
from subsidies.clawback import Back
from web import claim_money, claim_view, claiming, exports, scope
from web.access import needs
from web.claim_view import AGE_TITLES, FIGURE_TITLES, GROUP_TITLES
from web.context import actor, house, once, reading
from web.fields import row_id
from web.pages import forms
from web.pages.subsidies_claim import claim_page
from web.words import t

blueprint = Blueprint("subsidies", __name__)

PAGE: Final = 50
_LOT: Final = 500
#: ended periods that a draft is offered for
_PERIODS: Final = 8
STATES: Final = {state: zh for state, (zh, _en) in lifecycle.TITLES.items()}
TITLES: Final = (
    "编号", "机构", "贴息发放方式", "申报期起", "申报期止", "版次", "笔数", "户数", "金额（元）",
    "状态", "自", "期限",
)  # fmt: skip
AGE_COLUMNS: Final = (
    "名称", "贴息发放方式", "合计（元）", *AGE_TITLES, "已过期限（元）", "最早应付日",
)  # fmt: skip


@blueprint.get("/subsidies")
@needs("subsidies.read")
def overview() -> ResponseReturnValue:
    """The desk."""
    return _overview()


@blueprint.get("/subsidies.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The list of claims as a file."""
    with reading() as session:
        rows = (_cells(one) for one in _all(session))
        return exports.send_table(t("贴息申报清单"), [t(title) for title in TITLES], rows, form)


@blueprint.get("/subsidies/ages.<any(xlsx, csv):form>")
@needs("exports.read")
def ages_exported(form: str) -> ResponseReturnValue:
    """The ages as a file."""
    group = _group()
    with reading() as session:
        found = claim_view.ages(session, group, actor())
    rows = (
        [
            one.name,
            t(ROUTES[one.route]) if one.route else "",
            exports.amount(one.line.owed_fen),
            *(exports.amount(fen) for fen in one.line.classes),
            exports.amount(one.line.over_deadline_fen),
            one.line.oldest_on.isoformat() if one.line.oldest_on else "",
        ]
        for one in found
    )
    titles = [t(title) for title in AGE_COLUMNS]
    return exports.send_table(t("应收财政贴息账龄"), titles, rows, form)


@blueprint.post("/subsidies/claims")
@needs("subsidies.draft")
def draft() -> ResponseReturnValue:
    """Draft a claim, or the next version of one."""

    def act() -> ResponseReturnValue:
        asked = _drafted()
        body = [sorted(request.form.items(multi=True))]
        done = once("subsidies.draft", claiming.draft(asked), key=forms.sent_key(), body=body)
        flash(t("已生成第{claim}号申报", claim=done["claim_id"]))
        return redirect(url_for("subsidy_claim.one", claim_id=done["claim_id"]))

    previous = row_id(request.form.get("previous"))
    # Refused, it is shown where it was asked: what was ticked and typed stays.
    again = partial(claim_page, previous) if previous else _overview
    return forms.attempt(act, again)


@blueprint.get("/subsidies/clawbacks")
@needs("subsidies.read")
def owed_back() -> ResponseReturnValue:
    """What was claimed too much and is to come back."""
    return _owed_back()


@blueprint.post("/subsidies/clawbacks")
@needs("subsidies.clawback")
def claw_back() -> ResponseReturnValue:
    """Book what came back."""

    def act() -> ResponseReturnValue:
        given = request.form.get
        back = Back(
            lender_id=row_id(given("lender_id")),
            route=given("route", "")[:20],
            payer_kind=given("payer_kind", "")[:20],
            payer_id=row_id(given("payer_id")),
            amount_fen=typed_yuan(given("amount", ""), field="amount"),
            channel=given("channel", "") if given("channel", "") in CHANNELS else "transfer",
            voucher_no=given("voucher_no", "").strip()[:64],
            line_id=row_id(given("line_id")),
            reason=given("reason", "").strip()[:200],
        )
        body = [sorted(request.form.items())]
        deed = claim_money.claw_back(back)
        done = once("subsidies.clawback", deed, key=forms.sent_key(), body=body)
        flash(t("已追回{amount}元", amount=done["amount"]))
        return redirect(url_for("subsidies.owed_back"))

    return forms.attempt(act, _owed_back)


# --- the desk -------------------------------------------------------------------------------------


def _overview(refused: Refusal | None = None) -> ResponseReturnValue:
    by, before = actor(), row_id(request.args.get("before"))
    with reading() as session:
        on = ledger.open_day(session)
        found = _found(session, before, PAGE + 1)
        drafting = rights.may(by, "subsidies.draft")
        content: dict[str, Any] = {
            "totals": claim_view.totals(session, by),
            "waiting": claims.waiting_for(session, by),
            "late": choices.overdue(session, by, on=on),
            "chosen": choices.choices(session, by),
            "ages": claim_view.ages(session, _group(), by),
            "owing": len(claim_view.owed_back(session, by)),
            "lenders": _lenders(session) if drafting else [],
            "periods": _periods(session, on) if drafting else [],
        }
    return forms.page(
        "subsidy_desk.html",
        refused,
        on=on,
        rows=found[:PAGE],
        following=found[PAGE - 1].id if len(found) > PAGE else None,
        first=before == 0,
        asked=_asked(),
        group=_group(),
        groups=GROUP_TITLES,
        age_titles=AGE_TITLES,
        figures=FIGURE_TITLES,
        routes=ROUTES,
        states=STATES,
        typed=request.form,
        drafting=drafting,
        request_key=forms.kept_key(),
        **content,
    )


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("lender", "route", "state", "period")}


def _group() -> str:
    group = request.args.get("by", "lender")
    return group if group in GROUP_TITLES else "lender"


def _found(session: Session, before: int, limit: int) -> list[claims.ListedClaim]:
    asked = _asked()
    return claims.listed(
        session,
        by=actor(),
        states=[asked["state"]] if asked["state"] in STATES else (),
        lender_id=row_id(asked["lender"]) or None,
        route=asked["route"] if asked["route"] in ROUTES else None,
        period_to=parse_date(asked["period"], field="period") if asked["period"] else None,
        before_id=before or None,
        limit=limit,
    )


def _all(session: Session) -> list[claims.ListedClaim]:
    rows: list[claims.ListedClaim] = []
    while lot := _found(session, rows[-1].id if rows else 0, _LOT):
        rows += lot
    return rows


def _cells(one: claims.ListedClaim) -> list[object]:
    return [
        one.id,
        one.lender,
        t(ROUTES[one.route]),
        one.period_from.isoformat(),
        (one.period_to - ONE_DAY).isoformat(),
        one.version,
        one.rows,
        one.households,
        exports.amount(one.total_fen),
        t(one.title),
        one.since.isoformat(),
        one.deadline_on.isoformat() if one.deadline_on else "",
    ]


# --- drafting -------------------------------------------------------------------------------------


def _drafted() -> dict[str, Any]:
    """What the form of a draft says: ticked contracts with their reasons, and lines of text."""
    given = request.form.get
    left_out = {
        number[:64]: given(f"why-{number}", "").strip()[:200]
        for number in request.form.getlist("out")
    }
    for line in given("left_out", "").splitlines()[:200]:
        number, _, reason = line.strip().partition(" ")
        if number:
            left_out[number[:64]] = reason.strip()[:200]
    return {
        "lender_id": row_id(given("lender_id")),
        "route": given("route", "")[:20],
        "period_to": parse_date(given("period_to", ""), field="period_to"),
        "left_out": left_out,
        "taking_again": [number[:64] for number in request.form.getlist("again")],
    }


def _lenders(session: Session) -> list[Organisation]:
    found = organisations.listed(
        session, region_digits=scope.own_digits(session, actor()), kind=Kind.LENDER.value
    )
    mine = actor().institution_ids
    return [one for one in found if mine is None or one.id in mine]


def _periods(session: Session, on: date) -> list[tuple[date, date]]:
    """Periods that have ended and are settled, the latest first; none before the first subsidy."""
    closed = ledger.last_closed_day(session)
    if closed is None:
        return []
    rhythm = rhythm_of(conduct_of(session, house().rulebook, on))
    found = [rhythm.last_ended(closed + ONE_DAY)]
    first = claims.first_settled(session) or found[0].end
    while len(found) < _PERIODS and first <= found[-1].start:
        found.append(rhythm.holding(found[-1].start))
    return [(one.start, one.end) for one in found]


# --- what comes back ------------------------------------------------------------------------------


def _owed_back(refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        found = claim_view.owed_back(session, by)
        may = rights.may(by, "subsidies.clawback")
        lines = budget.lines(session, by=by) if may else []
    return forms.page(
        "subsidy_clawbacks.html",
        refused,
        found=found,
        lines=lines,
        levels=LEVELS,
        may=may,
        routes=ROUTES,
        channels=CHANNELS,
        typed=request.form,
        request_key=forms.kept_key(),
    )
