"""待办: what another person has proposed, looked at whole, and decided."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from credit import queries as ratings
from credit import show_points
from households.models import Household, Person
from kernel.money import format_rate
from kernel.refusals import Refusal
from loans.changes.sheets import SUBJECT as CHANGES
from loans.eligibility import MODES
from loans.forms import METHOD_TITLES
from loans.models import Application
from loans.operations.applying import SUBJECT as APPLICATIONS
from loans.operations.applying import shares_of
from office import approvals, rights
from office.models import Person as Staff
from office.models import Proposal
from organisations.models import Organisation
from risk_fund.claims.record import SUBJECT as CLAIMS
from risk_fund.lifting import SUBJECT as LIFTS
from risk_fund.reconciling import SUBJECT as STATEMENTS
from subsidies.payment.accounts import SUBJECT as ACCOUNTS
from web import account_proposal, deeds, enterprise_proposals, people_proposals
from web.access import needs
from web.context import actor, house, once, reading
from web.pages import forms, typing
from web.words import t, yuan

blueprint = Blueprint("proposals", __name__)

#: rows shown of what is proposed; the rest is in the file that was handed in
ROWS_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Content:
    """What is proposed, as a table."""

    titles: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    #: how many rows there are in all
    count: int
    #: where more of it is: title, address
    links: tuple[tuple[str, str], ...] = ()


@blueprint.get("/proposals")
@needs("proposals.read")
def listed() -> ResponseReturnValue:
    """What waits for this person's decision."""
    regions = house().regions
    with reading() as session:
        waiting = approvals.waiting(session, actor())
        names = _names(session, {proposal.proposed_by for proposal in waiting})
    return forms.page(
        "proposals.html",
        waiting=[
            (proposal, regions.full_name(proposal.region_code, below=3), names)
            for proposal in waiting
        ],
    )


@blueprint.get("/proposals/<int:proposal_id>")
@needs("proposals.read")
def one(proposal_id: int) -> ResponseReturnValue:
    """One proposal with everything in it."""
    with reading() as session:
        proposal = deeds.proposal_seen(session, proposal_id)
    if proposal.subject_kind == CHANGES:
        return redirect(url_for("changes.sheet", sheet_id=proposal.subject_id))
    if proposal.subject_kind == LIFTS:
        return redirect(url_for("watch.fuse"))
    if proposal.subject_kind == CLAIMS:
        return redirect(url_for("fund_claims.one", claim_id=proposal.subject_id))
    if proposal.subject_kind == STATEMENTS:
        return redirect(url_for("fund_statements.one", statement_id=proposal.subject_id))
    return _proposal(proposal_id)


@blueprint.post("/proposals/<int:proposal_id>")
@needs("proposals.decide")
def decide(proposal_id: int) -> ResponseReturnValue:
    """The decision."""
    reason = request.form.get("reason", "")[:200]

    def act() -> ResponseReturnValue:
        approved = typing.approved()
        with reading() as session:
            proposal = deeds.proposal_seen(session, proposal_id)
        deed = deeds.decide(proposal, approved=approved, reason=reason)
        body = [proposal_id, approved, reason]
        once(proposal.command, deed, key=forms.sent_key(), body=body)
        done = t("已同意：{what}", what=proposal.summary)
        flash(done if approved else t("已退回：{what}", what=proposal.summary))
        return redirect(url_for("proposals.listed"))

    return forms.attempt(act, lambda refused: _proposal(proposal_id, refused, reason))


def _proposal(
    proposal_id: int, refused: Refusal | None = None, reason: str = ""
) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        proposal = deeds.proposal_seen(session, proposal_id)
        content = _content(session, proposal)
        decision = approvals.decision_of(session, proposal_id)
        names = _names(session, {proposal.proposed_by})
    mine = proposal.proposed_by == by.person_id
    return forms.page(
        "proposal.html",
        refused,
        proposal=proposal,
        proposer=names.get(proposal.proposed_by, "—"),
        place=house().regions.full_name(proposal.region_code, below=3),
        content=content,
        decision=decision,
        mine=mine,
        may_decide=decision is None and not mine and rights.may(by, proposal.command),
        reason=reason,
        request_key=forms.kept_key(),
    )


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _content(session: Session, proposal: Proposal) -> Content:
    if proposal.command == "credit.confirm":
        return _rating_sheet(session, proposal.id)
    if proposal.subject_kind == APPLICATIONS:
        return _applications(session, proposal.subject_id)
    if proposal.subject_kind == ACCOUNTS:
        return _account(session, proposal.subject_id)
    if proposal.subject_kind in enterprise_proposals.CONTENTS:
        shown = enterprise_proposals.CONTENTS[proposal.subject_kind]
        return Content(*shown(session, proposal.subject_id, ROWS_MAX))
    if proposal.subject_kind in people_proposals.CONTENTS:
        told = people_proposals.CONTENTS[proposal.subject_kind]
        return Content(*told(session, proposal.subject_id, ROWS_MAX))
    # The summary says all of it.
    return Content((), (), 0)


def _account(session: Session, account_id: int) -> Content:
    """The account that holds beside the new one, with the way to the claim it was asked for."""
    by = actor()
    found = account_proposal.rows(session, account_id, keyring=house().keyring)
    claim_id = account_proposal.claim_of(session, account_proposal.payee_of(session, account_id))
    links: tuple[tuple[str, str], ...] = ()
    if claim_id is not None and rights.may(by, "subsidies.read"):
        where = url_for("subsidy_claim.one", claim_id=claim_id)
        links = ((t("第{claim}号贴息申报", claim=claim_id), where),)
    return Content(account_proposal.TITLES, found, len(found), links)


def _rating_sheet(session: Session, proposal_id: int) -> Content:
    sheet = ratings.sheet_of_proposal(session, proposal_id)
    scheme = ratings.recorded(session, sheet.scheme_id)
    entries = json.loads(sheet.content)
    shown = entries[:ROWS_MAX]
    numbers = _households(session, [household_id for household_id, _answers in shown])
    rows = []
    for household_id, answers in shown:
        assessed = scheme.assess(answers)
        rows.append(
            (
                *numbers[household_id],
                *(one.answer for one in assessed.items),
                show_points(assessed.score_x10),
                assessed.grade.name,
                yuan(assessed.line_fen),
            )
        )
    titles = ("户编号", "户主", *(i.title_zh for i in scheme.items), "得分", "等级", "授信额度")
    return Content(titles, rows, len(entries))


def _applications(session: Session, sheet_id: int) -> Content:
    found = session.scalars(
        select(Application).where(Application.sheet_id == sheet_id).order_by(Application.id)
    ).all()
    lines = [
        line
        for one, shares in zip(found, _shares(session, found), strict=True)
        for line in ((one, None), *((one, share) for share in shares))
    ]
    shown = lines[:ROWS_MAX]
    ids = [share[0] if share else one.household_id for one, share in shown]
    numbers = _households(session, [key for key in ids if key is not None])
    users = _organisations(session, found)
    rows = [
        _share_row(numbers[share[0]], share[1]) if share else _row(one, numbers, users)
        for one, share in shown
    ]
    return Content(_APPLICATION_TITLES, rows, len(lines))


_APPLICATION_TITLES: Final = (
    "户编号",
    "户主",
    "金额（元）",
    "期限（月）",
    "年利率",
    "用途",
    "还款方式",
    "贷款模式",
    "用款单位",
    "追加",
    "例外理由",
)


def _row(
    one: Application, numbers: dict[int, tuple[str, str]], users: dict[int, str]
) -> tuple[str, ...]:
    """An application. A second loan of a household is marked, with what it owes already."""
    household = numbers[one.household_id] if one.household_id is not None else ("—", "—")
    top_up = t("已有{amount}元", amount=yuan(one.exposure_fen)) if one.exposure_fen else ""
    return (
        *household,
        yuan(one.amount_fen),
        str(one.term_months),
        f"{format_rate(one.annual_rate_ppm)}%",
        one.purpose,
        t(METHOD_TITLES.get(one.method, one.method)),
        t(MODES[one.mode]),
        users.get(one.organisation_id or 0, ""),
        top_up,
        one.exception_reason,
    )


def _share_row(household: tuple[str, str], share_fen: int) -> tuple[str, ...]:
    """A household on the list of the application above."""
    return (*household, yuan(share_fen), *([""] * 4), t("份额"), "", "", "")


def _shares(session: Session, found: Sequence[Application]) -> list[list[tuple[int, int]]]:
    shares = shares_of(session, found)
    return [shares.get(one.id, []) for one in found]


def _organisations(session: Session, found: Sequence[Application]) -> dict[int, str]:
    ids = {one.organisation_id for one in found if one.organisation_id is not None}
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    )
    return {row.id: row.name for row in rows}


def _households(session: Session, ids: list[int]) -> dict[int, tuple[str, str]]:
    rows = session.execute(
        select(Household.id, Household.number, Person.name)
        .outerjoin(
            Person,
            (Person.household_id == Household.id)
            & Person.is_head.is_(True)
            & Person.left_on.is_(None),
        )
        .where(Household.id.in_(ids))
    )
    return {row.id: (row.number, row.name or "") for row in rows}
