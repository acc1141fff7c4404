"""专项资金: special poverty-relief money by its documents, its uses, and how it is shared."""

from __future__ import annotations

import re
from typing import Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

import ledger
from households.helping import figures
from households.helping.funds import FundEntered, UseEntered
from households.models.helping import FUND_LEVELS, PURPOSES, IndustryProject
from kernel.dates import parse_date
from kernel.money import typed_yuan
from kernel.refusals import Refusal
from office import rights
from web import helping, levels
from web.access import needs
from web.context import actor, house, once, reading
from web.fields import row_id
from web.helping import FUNDS
from web.pages import forms
from web.words import language, t

blueprint = Blueprint("special_funds", __name__, url_prefix="/helping/funds")

#: more than any county's special money of a year
_MAX_FEN: Final = 10**13


@blueprint.get("")
@needs("households.read")
def listed() -> ResponseReturnValue:
    """The funds of a year, what they were used for, and how they are shared."""
    return _listed()


@blueprint.post("")
@needs("households.special_funds")
def enter() -> ResponseReturnValue:
    """Enter a fund."""
    sent = request.form

    def act() -> ResponseReturnValue:
        fund = FundEntered(
            year=_year(sent.get("year", "")) or 0,
            document_no=sent.get("document_no", "").strip()[:80],
            level=sent.get("level", ""),
            title=sent.get("title", "").strip()[:80],
            amount_fen=typed_yuan(sent.get("amount", ""), field="amount", maximum=_MAX_FEN),
        )
        body = [getattr(fund, name) for name in fund.__slots__]
        answer = once(FUNDS, helping.enter_fund(fund), key=forms.sent_key(), body=body)
        flash(t("已录入专项资金"))
        return redirect(url_for("special_funds.one", fund_id=answer["fund_id"]))

    return forms.attempt(act, _listed)


@blueprint.get("/<int:fund_id>")
@needs("households.read")
def one(fund_id: int) -> ResponseReturnValue:
    """A fund and its uses."""
    return _one(fund_id)


@blueprint.post("/<int:fund_id>/uses")
@needs("households.special_funds")
def use(fund_id: int) -> ResponseReturnValue:
    """Give part of it to a purpose."""
    sent = request.form

    def act() -> ResponseReturnValue:
        given = UseEntered(
            fund_id=fund_id,
            purpose=sent.get("purpose", ""),
            amount_fen=typed_yuan(sent.get("amount", ""), field="amount", maximum=_MAX_FEN),
            used_on=parse_date(sent.get("used_on", ""), field="used_on"),
            document=sent.get("document", "").strip()[:200],
            linked=sent.get("linked") == "yes",
            project_id=row_id(sent.get("project_id")) or None,
        )
        body = [str(getattr(given, name)) for name in given.__slots__]
        once(FUNDS, helping.use_fund(given), key=forms.sent_key(), body=body)
        flash(t("已记录资金安排"))
        return redirect(url_for("special_funds.one", fund_id=fund_id))

    return forms.attempt(act, lambda refused: _one(fund_id, refused))


@blueprint.post("/<int:fund_id>/uses/<int:use_id>/back")
@needs("households.special_funds")
def take_back(fund_id: int, use_id: int) -> ResponseReturnValue:
    """Take a use back."""

    def act() -> ResponseReturnValue:
        reason = request.form.get("reason", "").strip()[:200]
        deed = helping.take_back(use_id, reason=reason)
        once(FUNDS, deed, key=forms.sent_key(), body=[use_id, reason])
        flash(t("已收回"))
        return redirect(url_for("special_funds.one", fund_id=fund_id))

    return forms.attempt(act, lambda refused: _one(fund_id, refused))


def _listed(refused: Refusal | None = None) -> ResponseReturnValue:
    with reading() as session:
        on = ledger.open_day(session)
        year = _year(request.args.get("year", "")) or on.year
        report = levels.shares_of(session, house(), year=year, on=on)
        years = sorted({*figures.years(session), on.year}, reverse=True)
        funds = figures.funds(session, year=year)
    return forms.page(
        "special_funds.html",
        refused,
        report=report,
        funds=funds,
        years=years,
        year=year,
        levels=FUND_LEVELS,
        purposes=PURPOSES,
        sent=forms.entries(),
        may_enter=rights.may(actor(), FUNDS),
        zh=language() == "zh",
        request_key=forms.kept_key(),
    )


def _one(fund_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading() as session:
        on = ledger.open_day(session)
        fund = figures.fund(session, fund_id)
        uses = figures.uses(session, fund_id)
        listed = select(IndustryProject.id, IndustryProject.number, IndustryProject.name)
        projects = session.execute(listed.order_by(IndustryProject.number).limit(500)).all()
    return forms.page(
        "special_fund.html",
        refused,
        fund=fund,
        uses=uses,
        projects=projects,
        on=on,
        levels=FUND_LEVELS,
        purposes=PURPOSES,
        sent=forms.entries(),
        may_enter=rights.may(actor(), FUNDS),
        request_key=forms.kept_key(),
    )


def _year(text: str) -> int | None:
    return int(text) if re.fullmatch(r"2[01][0-9]{2}", text.strip(), re.ASCII) else None
