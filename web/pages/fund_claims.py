"""代偿: claims on the fund from filing to payment, the one debt held in shares, what goes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from kernel.dates import parse_date
from kernel.money import typed_yuan
from kernel.refusals import Refusal
from loans.dossier.forms import CONTACT_TITLES
from loans.forms import CHANNELS
from office import rights
from office.models import Person as Staff
from policy import GUARANTEE, LEVEL_TITLES, PARTY_TITLES
from risk_fund import ClaimAsked, Transfer, claim_queries
from risk_fund.claim_queries import ClaimLine
from risk_fund.claims.filing import PAPERS
from risk_fund.claims.preview import preview
from risk_fund.explaining import why_claim
from risk_fund.lifecycle import NEXT, STATES, WAITS_FOR
from risk_fund.models import Compensation
from risk_fund.refusals import FundClaimUnknown
from web import exports, funding
from web.access import needs
from web.context import actor, house, once, reading
from web.fields import row_id
from web.pages import forms, typing
from web.words import language, t

blueprint = Blueprint("fund_claims", __name__, url_prefix="/fund")

_LOT: Final = 500
_MAX_FEN: Final = 10**13
#: how a part of a claim is called
PARTS: Final = {"principal": "本金", "interest": "利息", "penalty": "罚息和复利"}
#: step of an office -> its command
STEPS: Final = {
    "check": "risk_fund.check_claim", "review": "risk_fund.review", "approve": "risk_fund.approve",
}  # fmt: skip
STEP_TITLES: Final = {"check": "复核", "review": "审核", "approve": "批准"}
_TITLES: Final = (
    "申请号", "合同号", "借款人", "乡镇村", "机构", "状态", "申请日", "逾期天数", "本金（元）",
    "利息（元）", "罚息和复利（元）", "合计（元）", "补偿金承担（元）", "已追回（元）", "办理期限",
)  # fmt: skip


def party(code: str) -> str:
    """A party of a sharing table, or a level of the fund, in words."""
    if code in PARTY_TITLES:
        return t(PARTY_TITLES[code])
    if code.startswith(GUARANTEE):
        return t("担保机构{code}", code=code.removeprefix(GUARANTEE))
    level = code.rpartition("/")[2]
    return t("其中{level}", level=t(LEVEL_TITLES.get(level, level)))


# --- lists ----------------------------------------------------------------------------------------


@blueprint.get("/claims")
@needs("risk_fund.read")
def listed() -> ResponseReturnValue:
    """Claims that one may see, the last first."""
    before = row_id(request.args.get("before")) or None
    size = claim_queries.PAGE
    with reading() as session:
        on = ledger.open_day(session)
        found = _found(session, on, before, size + 1)
    return forms.page(
        "fund_claims.html",
        rows=[(row, house().regions.full_name(row.village_code, below=3)) for row in found[:size]],
        following=found[size - 1].id if len(found) > size else None,
        asked=_asked(),
        states=STATES,
        on=on,
    )


@blueprint.get("/claims.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The same list as a file."""
    with reading() as session:
        on = ledger.open_day(session)
        rows: list[ClaimLine] = []
        while lot := _found(session, on, rows[-1].id if rows else None, _LOT):
            rows += lot
    titles = [t(title) for title in _TITLES]
    return exports.send_table(t("代偿申请清单"), titles, map(_cells, rows), form)


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("q", "state", "late")}


def _found(session: Session, on: date, before: int | None, limit: int) -> list[ClaimLine]:
    asked = _asked()
    return claim_queries.claims(
        session,
        by=actor(),
        on=on,
        state=asked["state"][:20],
        text=asked["q"][:40],
        overdue_only=asked["late"] == "yes",
        before_id=before,
        limit=limit,
    )


def _cells(row: ClaimLine) -> list[object]:
    amounts = (
        row.principal_fen, row.interest_fen, row.penalty_fen, row.total_fen, row.fund_fen,
        row.recovered_fen,
    )  # fmt: skip
    return [
        str(row.id),
        row.number,
        row.borrower,
        house().regions.full_name(row.village_code, below=3),
        row.lender,
        t(STATES[row.state]),
        row.filed_on.isoformat(),
        row.overdue_days,
        *(exports.amount(fen) for fen in amounts),
        row.review_by.isoformat(),
    ]


# --- filing ---------------------------------------------------------------------------------------


@blueprint.get("/claims/new/<number>")
@needs("risk_fund.claim")
def new(number: str) -> ResponseReturnValue:
    """What a claim for a loan would be, and what is missing for it."""
    return _new(number)


@blueprint.post("/claims/new/<number>")
@needs("risk_fund.claim")
def file(number: str) -> ResponseReturnValue:
    """File it."""

    def act() -> ResponseReturnValue:
        wanted = {name: _amount(name) for name in PARTS}
        asked = ClaimAsked(number, wanted["principal"], wanted["interest"], wanted["penalty"])
        body = [number, *wanted.values()]
        deed = funding.file_claim(asked)
        answer = once("risk_fund.claim", deed, key=forms.sent_key(), body=body)
        flash(t("代偿申请已提交，补偿金已冻结"))
        return redirect(url_for("fund_claims.one", claim_id=answer["claim_id"]))

    return forms.attempt(act, lambda refused: _new(number, refused))


def _amount(name: str) -> int | None:
    """An amount of the form; blank for as much as can be asked."""
    text = request.form.get(name, "").strip()
    return typed_yuan(text, field=name, maximum=_MAX_FEN) if text else None


def _new(number: str, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading() as session:
        on = ledger.open_day(session)
        told = preview(session, number=number, rulebook=house().rulebook, on=on, by=actor())
    zh = language() == "zh"
    why_not = told.refused
    return forms.page(
        "fund_claim_new.html",
        refused,
        told=told,
        on=on,
        parts=PARTS,
        party=party,
        contacts=CONTACT_TITLES,
        missing=[zh_text if zh else en_text for zh_text, en_text in told.evidence.missing],
        papers={code: titles[0 if zh else 1] for code, titles in PAPERS.items()},
        why_not="" if why_not is None else why_not.message("zh" if zh else "en"),
        sent=forms.entries(),
        request_key=forms.kept_key(),
    )


# --- one claim ------------------------------------------------------------------------------------


@blueprint.get("/claims/<int:claim_id>")
@needs("risk_fund.read")
def one(claim_id: int) -> ResponseReturnValue:
    """A claim with its reckoning, its shares, its steps, and the debt behind it."""
    return _one(claim_id)


def _step(name: str) -> Callable[[int], ResponseReturnValue]:
    """The view of an office's step."""

    def judge(claim_id: int) -> ResponseReturnValue:
        approved = typing.approved()
        reason = request.form.get("reason", "").strip()[:200]
        deed = funding.judge(claim_id, STEPS[name], approved=approved, reason=reason)
        return _act(claim_id, STEPS[name], deed, [name, approved, reason])

    return judge


for _name, _command in STEPS.items():
    blueprint.add_url_rule(
        f"/claims/<int:claim_id>/{_name}", _name, needs(_command)(_step(_name)), methods=["POST"]
    )


@blueprint.post("/claims/<int:claim_id>/withdraw")
@needs("risk_fund.claim")
def withdraw(claim_id: int) -> ResponseReturnValue:
    """The lender takes it back."""
    reason = request.form.get("reason", "").strip()[:200]
    return _act(claim_id, "risk_fund.claim", funding.withdraw(claim_id, reason), [reason])


@blueprint.post("/claims/<int:claim_id>/pay")
@needs("risk_fund.pay")
def pay(claim_id: int) -> ResponseReturnValue:
    """Pay it out of the special account."""

    def act() -> ResponseReturnValue:
        transfer, voucher_no = transfer_of(), voucher("fund_voucher_no")
        deed = funding.pay(claim_id, transfer, voucher_no)
        return _done(claim_id, "risk_fund.pay", deed, [*said(transfer), voucher_no])

    return forms.attempt(act, lambda refused: _one(claim_id, refused))


@blueprint.post("/claims/<int:claim_id>/companies")
@needs("risk_fund.return")
def company_paid(claim_id: int) -> ResponseReturnValue:
    """Note that a guarantee company has paid."""

    def act() -> ResponseReturnValue:
        transfer, who = transfer_of(), request.form.get("party", "")[:60]
        deed = funding.company_paid(claim_id, who, transfer)
        return _done(claim_id, "risk_fund.return", deed, [who, *said(transfer)])

    return forms.attempt(act, lambda refused: _one(claim_id, refused))


def transfer_of() -> Transfer:
    """The lender's money of a form: channel, voucher, day."""
    sent = request.form
    channel = sent.get("channel", "transfer")
    return Transfer(
        channel if channel in CHANNELS else "transfer",
        voucher("voucher_no"),
        parse_date(sent.get("value_date", ""), field="value_date"),
    )


def voucher(name: str) -> str:
    """A voucher's number of the form."""
    return request.form.get(name, "").strip()[:64]


def said(transfer: Transfer) -> list[str]:
    """The transfer as a request's content."""
    return [transfer.channel, transfer.voucher_no, transfer.value_date.isoformat()]


def _act(claim_id: int, command: str, deed: Any, body: list[Any]) -> ResponseReturnValue:
    return forms.attempt(
        lambda: _done(claim_id, command, deed, body), lambda refused: _one(claim_id, refused)
    )


def _done(claim_id: int, command: str, deed: Any, body: list[Any]) -> ResponseReturnValue:
    once(command, deed, key=forms.sent_key(), body=[claim_id, *body])
    flash(t("已办理"))
    return redirect(url_for("fund_claims.one", claim_id=claim_id))


def _one(claim_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        told = why_claim(session, claim_id=claim_id, by=by)
        line = _line(session, told.number, claim_id, on)
        steps = claim_queries.steps_of(session, claim_id)
        names = _names(session, {step.by_person for step in steps})
        debt = claim_queries.debt_of(session, number=told.number, on=on, by=by)
        paid = _paid(session, claim_id)
        due = claim_queries.due_back(session, by=by, on=on)
    waits = WAITS_FOR.get(line.state)
    mine = by.person_id in {step.by_person for step in steps}
    step = next((n for n, c in STEPS.items() if waits is not None and c == waits.command), None)
    return forms.page(
        "fund_claim.html",
        refused,
        told=told,
        line=line,
        place=house().regions.full_name(line.village_code, below=3),
        steps=steps,
        names=names,
        debt=debt,
        paid=paid,
        due=[one for one in due if one.claim_id == claim_id],
        on=on,
        states=STATES,
        parts=PARTS,
        party=party,
        contacts=CONTACT_TITLES,
        papers={code: titles[0 if language() == "zh" else 1] for code, titles in PAPERS.items()},
        channels=CHANNELS,
        step_titles=STEP_TITLES,
        step=step if step is not None and not mine and rights.may(by, STEPS[step]) else None,
        mine=mine,
        may_pay=line.state == "approved" and not mine and rights.may(by, "risk_fund.pay"),
        may_withdraw=bool(NEXT[line.state]) and rights.may(by, "risk_fund.claim"),
        unpaid=_companies(told.shares, paid) if line.state == "paid" else [],
        may_note=rights.may(by, "risk_fund.return"),
        sent=forms.entries(),
        request_key=forms.kept_key(),
    )


def _line(session: Session, number: str, claim_id: int, on: date) -> ClaimLine:
    found = claim_queries.claims(
        session, by=actor(), on=on, before_id=claim_id + 1, text=number, limit=1
    )
    if not found or found[0].id != claim_id:
        raise FundClaimUnknown(field="claim_id", number=claim_id)
    return found[0]


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _paid(session: Session, claim_id: int) -> dict[str, Compensation]:
    rows = session.scalars(select(Compensation).where(Compensation.claim_id == claim_id))
    return {row.party: row for row in rows}


def _companies(shares: Any, paid: dict[str, Compensation]) -> list[Any]:
    """Guarantee companies whose part has not come."""
    return [
        one
        for one in shares
        if one.party.startswith(GUARANTEE) and one.amount_fen and one.party not in paid
    ]
