"""风险监测: where the fuse has stopped lending and how it is lifted, guarantee platforms beside the
fund, and the stress.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import ledger
import organisations
from kernel.dates import parse_date
from kernel.money import typed_yuan
from kernel.refusals import Refusal
from loans.forms import CHANNELS
from office import rights
from risk_fund import total_of
from risk_fund.figures import seen_figures
from risk_fund.fuse import longest_lift
from risk_fund.platforms import Given, Money
from risk_fund.stress.assumed import SEED
from risk_fund.stress.history import PRIOR, ROWS
from risk_fund.stress.telling import COLUMNS, LIMITS, ROW_TITLES, chances
from risk_fund.watch_queries import guarantees, platforms, watched
from web import watching
from web.access import needs
from web.context import actor, house, once, reading
from web.deeds import Deed
from web.fields import row_id
from web.pages import forms, typing
from web.words import t

blueprint = Blueprint("watch", __name__, url_prefix="/fund")


@blueprint.context_processor
def _tabs() -> dict[str, object]:
    return {"may_stress": rights.may(actor(), "risk_fund.stress")}


#: entries that a refused form keeps
_KEPT: Final = ("credit_code", "capital", "multiple", "clause", "number", "amount", "letter_no")


# --- the fuse -------------------------------------------------------------------------------------


@blueprint.get("/fuse")
@needs("risk_fund.read")
def fuse() -> ResponseReturnValue:
    """Where lending is stopped, or near it."""
    return _fuse()


@blueprint.post("/fuse/lifts")
@needs("risk_fund.lift_fuse")
def ask_for_lift() -> ResponseReturnValue:
    """Ask that lending goes on somewhere."""
    asked = request.form

    def act() -> ResponseReturnValue:
        scope = (asked.get("scope_kind", ""), asked.get("scope", ""))
        until = parse_date(asked.get("until", ""), field="until")
        reason = asked.get("reason", "")[:200]
        deed = watching.ask_for_lift(scope, until_on=until, reason=reason)
        _once("risk_fund.lift_fuse", deed, [*scope, until.isoformat(), reason])
        flash(t("已提交，等待另一人审批"))
        return redirect(url_for("watch.fuse"))

    return forms.attempt(act, _fuse)


@blueprint.post("/fuse/lifts/<int:proposal_id>")
@needs("risk_fund.approve_lift")
def decide_on_lift(proposal_id: int) -> ResponseReturnValue:
    """Let lending go on, or not."""
    reason = request.form.get("reason", "")[:200]

    def act() -> ResponseReturnValue:
        approved = typing.approved()
        deed = watching.decide_on_lift(proposal_id, approved=approved, reason=reason)
        _once("risk_fund.approve_lift", deed, [proposal_id, approved, reason])
        flash(t("已解除熔断") if approved else t("已退回解除熔断的申请"))
        return redirect(url_for("watch.fuse"))

    return forms.attempt(act, _fuse)


def _fuse(refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        rules = watching.rules_of(session, on)
        found = watched(session, conduct=rules, by=by)
    return forms.page(
        "fuse.html",
        refused,
        rows=[(one, watching.place_of(one, house().regions)) for one in found],
        rules=rules,
        on=on,
        longest=longest_lift(on, rules.fuse_lift_days.value),
        may_ask=rights.may(by, "risk_fund.lift_fuse"),
        may_decide=rights.may(by, "risk_fund.approve_lift"),
        request_key=forms.kept_key(),
    )


def _once(command: str, deed: Deed, body: list[Any]) -> None:
    """Do it once for the key of the form."""
    once(command, deed, key=forms.sent_key(), body=body)


# --- platforms ------------------------------------------------------------------------------------


@blueprint.get("/platforms")
@needs("risk_fund.read")
def guarantee_platforms() -> ResponseReturnValue:
    """Platforms beside the fund, and the guarantees one may see."""
    return _platforms()


@blueprint.post("/platforms")
@needs("risk_fund.platform")
def set_platform() -> ResponseReturnValue:
    """Capital and multiple of a platform."""
    asked = request.form

    def act() -> ResponseReturnValue:
        said: dict[str, Any] = {
            "credit_code": asked.get("credit_code", "").strip(),
            "capital_fen": typed_yuan(asked.get("capital", ""), field="capital", maximum=10**13),
            "multiple": row_id(asked.get("multiple")),
            "clause": asked.get("clause", "")[:200],
        }
        return _done("risk_fund.platform", watching.set_platform(**said), list(said.values()))

    return forms.attempt(act, _platforms)


@blueprint.post("/guarantees")
@needs("risk_fund.guarantee")
def give() -> ResponseReturnValue:
    """A letter of guarantee."""
    asked = request.form

    def act() -> ResponseReturnValue:
        given = Given(
            asked.get("number", "").strip(),
            asked.get("credit_code", "").strip(),
            typed_yuan(asked.get("amount", ""), field="amount"),
            asked.get("letter_no", "")[:64],
        )
        said = [given.number, given.credit_code, given.amount_fen, given.letter_no]
        return _done("risk_fund.guarantee", watching.guarantee(given), said)

    return forms.attempt(act, _platforms)


@blueprint.post("/guarantees/<any(call, release):deed>")
@needs("risk_fund.call_guarantee")
def call_or_release(deed: Literal["call", "release"]) -> ResponseReturnValue:
    """The company pays, or is let go."""
    return forms.attempt(lambda: _moved(deed, "risk_fund.call_guarantee"), _platforms)


@blueprint.post("/guarantees/recovery")
@needs("risk_fund.return")
def recover() -> ResponseReturnValue:
    """The lender gives back what it got in."""
    return forms.attempt(lambda: _moved("recover", "risk_fund.return"), _platforms)


def _moved(deed: watching.Moved, command: str) -> ResponseReturnValue:
    asked = request.form
    money = Money(
        asked.get("letter_no", ""),
        typed_yuan(asked.get("amount", ""), field="amount"),
        asked.get("channel", "transfer"),
        asked.get("voucher_no", "").strip()[:64],
        asked.get("reason", "")[:200],
    )

    body = [deed, money.letter_no, money.amount_fen, money.channel, money.voucher_no, money.reason]
    return _done(command, watching.move(deed, money), body)


def _done(command: str, deed: Deed, body: list[Any]) -> ResponseReturnValue:
    _once(command, deed, body)
    flash(t("已入账"))
    return redirect(url_for("watch.guarantee_platforms"))


def _platforms(refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        accounts = seen_figures(session, rulebook=house().rulebook, on=on, by=by)
        found, letters = platforms(session, by=by), guarantees(session, by=by)
        companies = organisations.listed(
            session,
            region_digits=by.region_scope,
            kind=organisations.Kind.GUARANTEE_COMPANY,
            on=on,
        )
        choices = [(one.credit_code, one.name) for one in companies]
    return forms.page(
        "platforms.html",
        refused,
        fund=total_of(accounts) if accounts else None,
        platforms=found,
        guarantees=letters,
        companies=choices,
        channels=CHANNELS,
        sent={name: request.form.get(name, "") for name in _KEPT},
        may={
            name: rights.may(by, f"risk_fund.{name}")
            for name in ("platform", "guarantee", "call_guarantee", "return")
        },
        request_key=forms.kept_key(),
    )


# --- the stress -----------------------------------------------------------------------------------


@blueprint.get("/stress")
@needs("risk_fund.stress")
def stress() -> ResponseReturnValue:
    """What a bad year would cost; asked for, since it takes a while."""
    return forms.attempt(_stress, _stress)


def _stress(refused: Refusal | None = None) -> ResponseReturnValue:
    asked = request.args
    told = names = None
    if "runs" in asked and refused is None:
        runs, seed = watching.asked_for(asked)
        with reading() as session:
            told = watching.stressed(session, runs=runs, seed=seed)
            names = {
                one.lender_id: organisations.get(session, one.lender_id).name
                for one in told.outcome.accounts
                if one.lender_id is not None
            }
    return forms.page(
        "stress.html",
        refused,
        told=told,
        names=names,
        runs=asked.get("runs", watching.RUNS),
        seed=asked.get("seed", SEED),
        most=watching.RUNS_MAX,
        matrix=[] if told is None else [(row, chances(told, row)) for row in ROWS],
        row_titles=ROW_TITLES,
        columns=COLUMNS,
        limits=LIMITS,
        prior=PRIOR,
    )
