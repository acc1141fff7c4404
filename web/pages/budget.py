"""预算指标: the lines that subsidies are paid from, their amounts by two people; and the rules."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.dates import parse_date
from kernel.money import typed_yuan
from kernel.refusals import BadValue, NotFound, Refusal
from office import approvals, rights
from office.models import Decision, Proposal
from office.models import Person as Staff
from subsidies import budget
from subsidies.budget import LineEntered, LineStanding
from subsidies.models import BudgetChange, Claim, FileDiscard, PaymentFile, PaymentLine
from subsidies.programmes import Programme, programme
from web import deeds, exports, scope
from web.access import needs
from web.context import actor, house, once, reading
from web.fields import row_id
from web.pages import forms, typing
from web.treasury import change_line, enter_line
from web.words import language, t

blueprint = Blueprint("budget", __name__, url_prefix="/subsidies")

#: more than any county's subsidies of a year
_MAX_FEN: Final = 10**13
#: payment files shown of a line
FILES_MAX: Final = 200
_TITLES: Final = (
    "年度", "资金文号", "项目代码", "资金层级", "出资单位", "预算（元）", "已安排（元）",
    "已支付（元）", "可用（元）", "录入日",
)  # fmt: skip


@blueprint.get("/budget")
@needs("subsidies.read")
def listed() -> ResponseReturnValue:
    """The lines of a year, or of all."""
    return _listed()


@blueprint.post("/budget")
@needs("subsidies.budget")
def enter() -> ResponseReturnValue:
    """Enter a line, and ask for its first amount."""
    sent = request.form

    def act() -> ResponseReturnValue:
        line = LineEntered(
            document_no=sent.get("document_no", "").strip()[:80],
            code=sent.get("code", "").strip()[:40],
            level=sent.get("level", ""),
            year=_year_typed(sent.get("year", "")),
            funder=sent.get("funder", "").strip()[:80],
            amount_fen=typed_yuan(sent.get("amount", ""), field="amount", maximum=_MAX_FEN),
        )
        body = list(_said(line).values())
        answer = once("subsidies.budget", enter_line(line), key=forms.sent_key(), body=body)
        asked = answer["proposal_id"] is not None
        flash(t("已录入预算指标，金额待另一人审批") if asked else t("已录入预算指标"))
        return redirect(url_for("budget.one", line_id=answer["line_id"]))

    return forms.attempt(act, _listed)


def _year_typed(text: str) -> int:
    if not re.fullmatch(r"[0-9]{4}", text.strip(), re.ASCII):
        raise BadValue(
            field="year", name="year", value=text[:20], rule_zh="预算年度须为四位数字",
            rule_en="a budget year has four digits",
        )  # fmt: skip
    return int(text)


def _said(line: LineEntered) -> dict[str, object]:
    return {name: getattr(line, name) for name in line.__slots__}


@blueprint.get("/budget.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The same as a file."""
    with reading() as session:
        found = budget.lines(session, by=actor(), year=_year())
    rows = (_cells(line) for line in found)
    return exports.send_table(t("预算指标"), [t(title) for title in _TITLES], rows, form)


def _cells(line: LineStanding) -> list[object]:
    amounts = (line.amount_fen, line.committed_fen, line.paid_fen, line.free_fen)
    return [
        str(line.year),
        line.document_no,
        line.code,
        t(budget.LEVELS[line.level]),
        line.funder,
        *(exports.amount(fen) for fen in amounts),
        line.entered_on.isoformat(),
    ]


def _year() -> int | None:
    return row_id(request.args.get("year")) or None


def _listed(refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        every = budget.lines(session, by=by)
        waiting = budget.waiting(session, by=by)
    year = _year()
    lines = [line for line in every if year is None or line.year == year]
    names = ("amount_fen", "committed_fen", "paid_fen", "free_fen")
    return forms.page(
        "budget.html",
        refused,
        lines=lines,
        waiting=waiting,
        totals={name: sum(getattr(line, name) for line in lines) for name in names},
        years=sorted({line.year for line in every}, reverse=True),
        year=year,
        on=on,
        levels=budget.LEVELS,
        sent=forms.entries(),
        may_enter=rights.may(by, "subsidies.budget"),
        request_key=forms.kept_key(),
    )


# --- one line -------------------------------------------------------------------------------------


@blueprint.get("/budget/<int:line_id>")
@needs("subsidies.read")
def one(line_id: int) -> ResponseReturnValue:
    """A line, what was asked of it, and the files paid from it."""
    return _one(line_id)


@blueprint.post("/budget/<int:line_id>/changes")
@needs("subsidies.budget")
def propose(line_id: int) -> ResponseReturnValue:
    """Ask for more or less."""
    sent = request.form

    def act() -> ResponseReturnValue:
        fen = typed_yuan(sent.get("amount", ""), field="amount", maximum=_MAX_FEN)
        amount_fen = -fen if sent.get("sign") == "less" else fen
        document_no = sent.get("document_no", "").strip()[:80]
        reason = sent.get("reason", "").strip()[:200]
        deed = change_line(line_id, amount_fen=amount_fen, document_no=document_no, reason=reason)
        body = [line_id, amount_fen, document_no, reason]
        once("subsidies.budget", deed, key=forms.sent_key(), body=body)
        flash(t("已提交，等待另一人审批"))
        return redirect(url_for("budget.one", line_id=line_id))

    return forms.attempt(act, lambda refused: _one(line_id, refused))


@blueprint.post("/budget/<int:line_id>/changes/<int:proposal_id>")
@needs("subsidies.approve_budget")
def decide(line_id: int, proposal_id: int) -> ResponseReturnValue:
    """Agree or send back."""
    reason = request.form.get("reason", "")[:200]

    def act() -> ResponseReturnValue:
        approved = typing.approved()
        with reading() as session:
            proposal = deeds.proposal_seen(session, proposal_id)
            if proposal.subject_kind != budget.CHANGES:
                raise NotFound(field="proposal_id", what="预算指标变更")
        deed = deeds.decide(proposal, approved=approved, reason=reason)
        body = [proposal_id, approved, reason]
        once("subsidies.approve_budget", deed, key=forms.sent_key(), body=body)
        flash(t("已同意") if approved else t("已退回"))
        return redirect(url_for("budget.one", line_id=line_id))

    return forms.attempt(act, lambda refused: _one(line_id, refused))


def _one(line_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        line = budget.line(session, line_id, by=by)
        changes = _changes(session, line_id)
        files = _files(session, line_id, by)
    may = rights.may(by, "subsidies.approve_budget")
    return forms.page(
        "budget_line.html",
        refused,
        line=line,
        first=budget.FIRST,
        changes=changes,
        decidable={
            proposal.id
            for _, proposal, decision, _ in changes
            if may and decision is None and proposal.proposed_by != by.person_id
        },
        files=files,
        levels=budget.LEVELS,
        sent=forms.entries(),
        may_enter=rights.may(by, "subsidies.budget"),
        request_key=forms.kept_key(),
    )


def _changes(session: Session, line_id: int) -> list[Any]:
    """Changes with their proposals, the last first: change, proposal, decision, who asked."""
    query = (
        select(BudgetChange, Proposal, Decision, Staff.name)
        .join(Proposal, approvals.about(budget.CHANGES, BudgetChange.id))
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
        .outerjoin(Staff, Staff.id == Proposal.proposed_by)
        .where(BudgetChange.line_id == line_id)
        .order_by(BudgetChange.id.desc())
    )
    return [tuple(row) for row in session.execute(query)]


def _files(session: Session, line_id: int, by: Actor) -> list[Any]:
    """Payment files on the line, the last first: file, claim, how much of it, the day it was void.

    A lender's people see those of their own claims.
    """
    query = (
        select(PaymentFile, Claim, PaymentLine.amount_fen, FileDiscard.discarded_on)
        .join(PaymentFile, PaymentFile.id == PaymentLine.file_id)
        .join(Claim, Claim.id == PaymentFile.claim_id)
        .outerjoin(FileDiscard, FileDiscard.file_id == PaymentFile.id)
        .where(PaymentLine.line_id == line_id)
        .order_by(PaymentFile.id.desc())
        .limit(FILES_MAX)
    )
    if by.institution_ids is not None:
        query = query.where(Claim.lender_id.in_(by.institution_ids))
    return [tuple(row) for row in session.execute(query)]


# --- the rules ------------------------------------------------------------------------------------


@blueprint.get("/programmes")
@needs("subsidies.read")
def programmes() -> ResponseReturnValue:
    """What the subsidies of a day and a place are."""
    return forms.attempt(_programmes, _programmes)


def _programmes(refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    regions = house().regions
    with reading() as session:
        on = ledger.open_day(session)
        own = scope.own_region(session, by)
    region = own
    if refused is None:
        on = parse_date(request.args["on"], field="on") if request.args.get("on") else on
        region = regions.get(request.args.get("region") or own).code
    told: Programme = programme(house().rulebook, on=on, region=region)
    return forms.page(
        "budget_programmes.html",
        refused,
        told=told,
        here=regions.full_name(region, below=2),
        places=[(own, regions.get(own).name)]
        + [(place.code, place.name) for place in regions.children(own)],
        zh=language() == "zh",
    )
