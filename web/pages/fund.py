"""风险补偿金: the special accounts, their two leverages, and money in and out by two people."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
import organisations
from kernel.actor import Actor
from kernel.dates import ONE_DAY, parse_date
from kernel.money import typed_yuan
from kernel.refusals import NotFound, Refusal
from office import approvals, rights
from office.models import Person as Staff
from office.models import Proposal
from policy import ConductRules
from risk_fund import Order, accounts, queries, total_of
from risk_fund.explaining import WhyLeverage, why_leverage
from risk_fund.figures import AccountFigures, seen_figures
from risk_fund.models import FundOrder
from risk_fund.queries import MovementLine
from risk_fund.refusals import FundAccountUnknown
from risk_fund.words import MOVEMENTS, ORDERS, SOURCES
from web import deeds, exports, funding
from web.access import needs
from web.context import actor, house, once, reading
from web.fields import row_id
from web.pages import forms, typing
from web.words import t

blueprint = Blueprint("fund", __name__, url_prefix="/fund")

#: beyond any county's fund
_MAX_FEN: Final = 10**13
_LOT: Final = 500
_TITLES: Final = (
    "入账日", "发生日", "类别", "资金来源", "资金文号", "凭证号", "金额（元）", "备注",
)  # fmt: skip


# --- every account --------------------------------------------------------------------------------


@blueprint.get("")
@needs("risk_fund.read")
def overview() -> ResponseReturnValue:
    """Every account that one may see, now or at a close."""
    return forms.attempt(_overview, _overview)


@blueprint.post("/accounts")
@needs("risk_fund.open")
def open_account() -> ResponseReturnValue:
    """Open a lender's account."""
    sent = request.form

    def act() -> ResponseReturnValue:
        said = (row_id(sent.get("lender_id")), sent.get("number", "").strip()[:40],
                sent.get("name", "").strip()[:80])  # fmt: skip
        deed = funding.open_account(*said)
        answer = once("risk_fund.open", deed, key=forms.sent_key(), body=list(said))
        flash(t("专户已开立"))
        return redirect(url_for("fund.one", account_id=answer["account_id"]))

    return forms.attempt(act, _overview)


def _overview(refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        day = _day(session) if refused is None else None
        found = seen_figures(session, rulebook=house().rulebook, on=on, by=by, day=day)
        lenders = _without_account(session, on, by, {one.lender_id for one in found})
        conduct = _conduct(session, day or on)
        last = ledger.last_closed_day(session)
    return forms.page(
        "fund_overview.html",
        refused,
        accounts=found,
        total=total_of(found),
        day=day,
        last=last,
        conduct=conduct,
        lenders=lenders,
        sent=forms.entries(),
        may_open=rights.may(by, "risk_fund.open"),
        request_key=forms.kept_key(),
    )


def _day(session: Session) -> date | None:
    """The closed day that is asked about; None: now."""
    if not request.args.get("on"):
        return None
    day = parse_date(request.args["on"], field="on")
    ledger.require_closed(session, day)
    return day


def _conduct(session: Session, on: date) -> ConductRules:
    return house().rulebook.conduct(on=on, region=ledger.books(session).region_code)


def _without_account(
    session: Session, on: date, by: Actor, having: set[int]
) -> list[tuple[int, str]]:
    if not rights.may(by, "risk_fund.open"):
        return []
    found = organisations.listed(
        session, region_digits=by.region_scope, kind=organisations.Kind.LENDER, on=on
    )
    return [(one.id, one.name) for one in found if one.id not in having]


# --- one account ----------------------------------------------------------------------------------


@blueprint.get("/accounts/<int:account_id>")
@needs("risk_fund.read")
def one(account_id: int) -> ResponseReturnValue:
    """An account: what is in it, what is lent over it, what moved, what waits."""
    return forms.attempt(
        lambda: account_page(account_id), lambda refused: account_page(account_id, refused)
    )


@blueprint.get("/accounts/<int:account_id>/movements.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(account_id: int, form: str) -> ResponseReturnValue:
    """The movements that the page lists, as a file."""
    with reading() as session:
        _figures(session, account_id)
        rows = map(_cells, _every_movement(session, account_id))
        return exports.send_table(t("专户流水"), [t(title) for title in _TITLES], rows, form)


@blueprint.get("/accounts/<int:account_id>/why")
@needs("risk_fund.read")
def why(account_id: int) -> ResponseReturnValue:
    """Both leverages, reckoned from what they are made of."""
    with reading() as session:
        day = _day(session)
        told = _why(session, account_id, day)
    return forms.page(
        "fund_why.html", told=told, one=told.figures, day=day, sources=SOURCES, movements=MOVEMENTS
    )


@blueprint.post("/accounts/<int:account_id>/orders")
@needs("risk_fund.contribute")
def order(account_id: int) -> ResponseReturnValue:
    """Ask for a contribution or withdrawal."""
    sent = request.form

    def act() -> ResponseReturnValue:
        asked = Order(
            account_id,
            sent.get("kind", ""),
            sent.get("source", ""),
            sent.get("document_no", "").strip()[:80],
            typed_yuan(sent.get("amount", ""), field="amount", maximum=_MAX_FEN),
            parse_date(sent.get("value_date", ""), field="value_date"),
            sent.get("voucher_no", "").strip()[:64],
            sent.get("remark", "").strip()[:200],
        )
        body = [str(getattr(asked, name)) for name in asked.__slots__]
        once("risk_fund.contribute", funding.order(asked), key=forms.sent_key(), body=body)
        flash(t("已提交，等待另一人审批"))
        return redirect(url_for("fund.one", account_id=account_id))

    return forms.attempt(act, lambda refused: account_page(account_id, refused))


@blueprint.post("/orders/<int:proposal_id>")
@needs("risk_fund.approve_contribution")
def decide(proposal_id: int) -> ResponseReturnValue:
    """Agree to a contribution or withdrawal, or send it back."""
    reason = request.form.get("reason", "")[:200]
    with reading() as session:
        proposal = deeds.proposal_seen(session, proposal_id)
        if proposal.subject_kind != accounts.SUBJECT:
            raise NotFound(field="proposal_id", what="送审事项")
        account_id = session.get_one(FundOrder, proposal.subject_id).account_id

    def act() -> ResponseReturnValue:
        approved = typing.approved()
        deed = deeds.decide(proposal, approved=approved, reason=reason)
        body = [proposal_id, approved, reason]
        once("risk_fund.approve_contribution", deed, key=forms.sent_key(), body=body)
        flash(t("已入账") if approved else t("已退回"))
        return redirect(url_for("fund.one", account_id=account_id))

    return forms.attempt(act, lambda refused: account_page(account_id, refused))


@blueprint.post("/accounts/<int:account_id>/interest")
@needs("risk_fund.interest")
def interest(account_id: int) -> ResponseReturnValue:
    """Book the interest that the bank credited."""
    sent = request.form

    def act() -> ResponseReturnValue:
        fen = typed_yuan(sent.get("amount", ""), field="amount", maximum=_MAX_FEN)
        day = parse_date(sent.get("value_date", ""), field="value_date")
        voucher_no = sent.get("voucher_no", "").strip()[:64]
        deed = funding.interest(account_id, fen, day, voucher_no)
        body = [account_id, fen, day.isoformat(), voucher_no]
        once("risk_fund.interest", deed, key=forms.sent_key(), body=body)
        flash(t("已入账"))
        return redirect(url_for("fund.one", account_id=account_id))

    return forms.attempt(act, lambda refused: account_page(account_id, refused))


def account_page(account_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    """The page of an account, with a refusal on top if there is one."""
    by = actor()
    before = row_id(request.args.get("before")) or None
    with reading() as session:
        on = ledger.open_day(session)
        told = _why(session, account_id, None)
        moved = _movements(session, account_id, before, queries.PAGE + 1, plain=refused is not None)
        waiting = _orders(session, account_id)
        statements = queries.statements(session, by=by, account_id=account_id)
        conduct = _conduct(session, on)
    names = ("contribute", "approve_contribution", "interest", "statement", "return")
    return forms.page(
        "fund_account.html",
        refused,
        told=told,
        one=told.figures,
        on=on,
        conduct=conduct,
        moved=moved[: queries.PAGE],
        following=moved[queries.PAGE - 1].id if len(moved) > queries.PAGE else None,
        asked=_asked(),
        kinds=MOVEMENTS,
        orders=ORDERS,
        sources=SOURCES,
        waiting=waiting,
        statements=statements,
        me=by.person_id,
        may={name: rights.may(by, f"risk_fund.{name}") for name in names},
        sent=forms.entries(),
        request_key=forms.kept_key(),
    )


def _why(session: Session, account_id: int, day: date | None) -> WhyLeverage:
    return why_leverage(
        session,
        account_id=account_id,
        rulebook=house().rulebook,
        on=ledger.open_day(session),
        by=actor(),
        day=day,
    )


def _figures(session: Session, account_id: int) -> AccountFigures:
    """The account, for whoever may see it."""
    on = ledger.open_day(session)
    for one in seen_figures(session, rulebook=house().rulebook, on=on, by=actor()):
        if one.account_id == account_id:
            return one
    raise FundAccountUnknown(field="account_id", number=account_id)


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("q", "kind", "from", "to")}


def _movements(
    session: Session, account_id: int, before: int | None, limit: int, *, plain: bool = False
) -> list[MovementLine]:
    asked = dict.fromkeys(_asked(), "") if plain else _asked()
    to_on = parse_date(asked["to"], field="to") + ONE_DAY if asked["to"] else None
    return queries.movements(
        session,
        by=actor(),
        account_id=account_id,
        kind=asked["kind"][:20],
        text=asked["q"][:40],
        from_on=parse_date(asked["from"], field="from") if asked["from"] else None,
        to_on=to_on,
        before_id=before,
        limit=limit,
    )


def _every_movement(session: Session, account_id: int) -> list[MovementLine]:
    rows: list[MovementLine] = []
    while lot := _movements(session, account_id, rows[-1].id if rows else None, _LOT):
        rows += lot
    return rows


def _cells(row: MovementLine) -> list[object]:
    return [
        row.booking_date.isoformat(),
        row.value_date.isoformat(),
        t(MOVEMENTS[row.kind]),
        t(SOURCES[row.source]) if row.source else "",
        row.document_no,
        row.voucher_no,
        exports.amount(row.amount_fen),
        row.remark,
    ]


def _orders(session: Session, account_id: int) -> list[Any]:
    """Orders that nobody has decided: order, proposal, who asked."""
    query = (
        select(FundOrder, Proposal, Staff.name)
        .join(Proposal, approvals.about(accounts.SUBJECT, FundOrder.id))
        .outerjoin(Staff, Staff.id == Proposal.proposed_by)
        .where(FundOrder.account_id == account_id, approvals.undecided())
        .order_by(FundOrder.id)
    )
    return [tuple(row) for row in session.execute(query)]
