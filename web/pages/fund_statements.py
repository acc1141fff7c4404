"""专户对账: a month's statement of the bank against the books, confirmed by two people."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.refusals import NotFound, Refusal
from office import approvals, rights
from office.models import Person as Staff
from office.models import Proposal
from risk_fund import compare, reconciling
from risk_fund.models import FundAccount, Reconciliation, Statement
from risk_fund.reconciling import Compared
from risk_fund.statement_file import write_template
from risk_fund.words import MOVEMENTS
from web import deeds, exports, funding, uploads
from web.access import needs
from web.context import actor, once, reading
from web.pages import forms, typing
from web.pages.fund import account_page
from web.words import t

blueprint = Blueprint("fund_statements", __name__, url_prefix="/fund")


@blueprint.get("/statements/template.xlsx")
@needs("risk_fund.statement")
def template() -> ResponseReturnValue:
    """An empty statement to fill in."""
    with tempfile.TemporaryDirectory(prefix="fupin-") as folder:
        path = Path(folder) / "statement.xlsx"
        write_template(path)
        return exports.send_workbook(f"{t('专户对账单')}.xlsx", path.read_bytes())


@blueprint.post("/accounts/<int:account_id>/statements")
@needs("risk_fund.statement")
def take(account_id: int) -> ResponseReturnValue:
    """Take a month's statement in."""

    def act() -> ResponseReturnValue:
        month = funding.month_of(request.form.get("month", ""))
        with uploads.received() as file:
            deed = funding.statement(account_id, month, file)
            body = [account_id, month.isoformat(), file.sha256()]
            answer = once("risk_fund.statement", deed, key=forms.sent_key(), body=body)
        return redirect(url_for("fund_statements.one", statement_id=answer["statement_id"]))

    return forms.attempt(act, lambda refused: account_page(account_id, refused))


@blueprint.get("/statements/<int:statement_id>")
@needs("risk_fund.read")
def one(statement_id: int) -> ResponseReturnValue:
    """A statement against the books."""
    return _one(statement_id)


@blueprint.post("/statements/<int:statement_id>/proposal")
@needs("risk_fund.statement")
def propose(statement_id: int) -> ResponseReturnValue:
    """Propose the month as reconciled."""
    reason = request.form.get("reason", "").strip()[:200]

    def act() -> ResponseReturnValue:
        deed = funding.reconcile(statement_id, reason)
        once("risk_fund.statement", deed, key=forms.sent_key(), body=[statement_id, reason])
        flash(t("已提交，等待另一人确认"))
        return redirect(url_for("fund_statements.one", statement_id=statement_id))

    return forms.attempt(act, lambda refused: _one(statement_id, refused))


@blueprint.post("/statements/<int:statement_id>/decision/<int:proposal_id>")
@needs("risk_fund.approve_statement")
def decide(statement_id: int, proposal_id: int) -> ResponseReturnValue:
    """Confirm the month, or send it back."""
    reason = request.form.get("reason", "")[:200]

    def act() -> ResponseReturnValue:
        approved = typing.approved()
        with reading() as session:
            proposal = deeds.proposal_seen(session, proposal_id)
        if (proposal.subject_kind, proposal.subject_id) != (reconciling.SUBJECT, statement_id):
            raise NotFound(field="proposal_id", what="送审事项")
        deed = deeds.decide(proposal, approved=approved, reason=reason)
        body = [proposal_id, approved, reason]
        once("risk_fund.approve_statement", deed, key=forms.sent_key(), body=body)
        flash(t("本月已对账") if approved else t("已退回"))
        return redirect(url_for("fund_statements.one", statement_id=statement_id))

    return forms.attempt(act, lambda refused: _one(statement_id, refused))


def _one(statement_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        told: Compared = compare(session, statement_id, by=by)
        statement = session.get_one(Statement, statement_id)
        account = session.get_one(FundAccount, told.account_id)
        waiting = _waiting(session, statement_id)
        confirmed = session.get(Reconciliation, statement_id)
        lines = {item.key: item for item in reconciling.lines_of(session, statement_id)}
    return forms.page(
        "fund_statement.html",
        refused,
        told=told,
        statement=statement,
        account=account,
        lines=lines,
        waiting=waiting,
        confirmed=confirmed,
        kinds=MOVEMENTS,
        me=by.person_id,
        may_propose=rights.may(by, "risk_fund.statement"),
        may_decide=rights.may(by, "risk_fund.approve_statement"),
        sent=forms.entries(),
        request_key=forms.kept_key(),
    )


def _waiting(session: Session, statement_id: int) -> list[Any]:
    """Proposals that nobody has decided, with who asked."""
    query = (
        select(Proposal, Staff.name)
        .outerjoin(Staff, Staff.id == Proposal.proposed_by)
        .where(approvals.about(reconciling.SUBJECT, statement_id), approvals.undecided())
        .order_by(Proposal.id)
    )
    return [tuple(row) for row in session.execute(query)]
