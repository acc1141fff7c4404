"""Limits of their own: a household that split off shares its caps until two persons decide.

One asks, with a reason and a document; another of the poverty office, who is not of the family
line, decides. Then the link counts no more for the caps. What the household borrows from that day
on is counted by itself; what a contract has frozen stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from households import family_lines as lines
from households import queries
from households.families.refusals import OwnLimitAsked, OwnLimitUnfounded, SharesNoCaps
from households.models import Household
from households.models.families import HouseholdLink, OwnLimit
from kernel.actor import Actor
from kernel.refusals import NotFound
from office import approvals, rights
from office.models import Proposal

ASK = "households.propose_own_limit"
DECIDE = "households.approve_own_limit"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question before a second person."""

    own_limit_id: int
    proposal_id: int


def propose_own_limit(
    session: Session, *, household_id: int, reason: str, document: str, on: date, by: Actor
) -> Asked:
    """Ask that a household which split off is counted by itself."""
    ledger.require_bookable(session, on)
    household = queries.get(session, household_id, digits=by.region_scope)
    rights.allow(by, ASK, region=household.village_code)
    if not reason.strip() or not document.strip():
        raise OwnLimitUnfounded(field="reason" if not reason.strip() else "document")
    lines.hold_line(session, [household.id])
    link = _counting_link(session, household)
    _refuse_waiting(session, link, household)
    row = OwnLimit(link_id=link.id, asked_on=on, reason=reason.strip(), document=document.strip())
    session.add(row)
    session.flush()
    proposal_id = approvals.propose(
        session,
        command=DECIDE,
        subject_kind=lines.OWN_LIMITS,
        subject_id=row.id,
        digest=approvals.digest_of(_content(row, link)),
        summary=f"农户{household.number}分户后单独核算额度：{row.reason}",
        region_code=household.village_code,
        on=on,
        by=by,
    )
    return Asked(row.id, proposal_id)


def decide_own_limit(
    session: Session, *, proposal_id: int, approved: bool, on: date, by: Actor, reason: str = ""
) -> None:
    """A second person decides; approved, the household's caps are its own."""
    ledger.require_bookable(session, on)
    row, link = _asked(session, proposal_id)
    pair = [link.household_id, link.origin_id]
    # Held first: who signs for one side meanwhile is counted before or after, never between.
    lines.hold_line(session, pair)
    approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=approvals.digest_of(_content(row, link)),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=lines.own_index(session, by.identity_index, lines.line_of(session, pair)),
    )
    if approved:
        lines.rebuild(session, pair)


def _counting_link(session: Session, household: Household) -> HouseholdLink:
    """The link to where the household split off from, if it still counts."""
    found = session.scalar(
        select(HouseholdLink).where(
            HouseholdLink.household_id == household.id,
            HouseholdLink.kind == "split",
            ~lines.released(),
        )
    )
    if found is None:
        raise SharesNoCaps(field="household_id", number=household.number)
    return found


def _refuse_waiting(session: Session, link: HouseholdLink, household: Household) -> None:
    waiting = session.scalar(
        select(OwnLimit.id)
        .join(Proposal, approvals.about(lines.OWN_LIMITS, OwnLimit.id))
        .where(
            OwnLimit.link_id == link.id,
            approvals.undecided(),
        )
    )
    if waiting is not None:
        raise OwnLimitAsked(field="household_id", number=household.number)


def _asked(session: Session, proposal_id: int) -> tuple[OwnLimit, HouseholdLink]:
    found: Sequence[Any] | None = session.execute(
        select(OwnLimit, HouseholdLink)
        .join(HouseholdLink, HouseholdLink.id == OwnLimit.link_id)
        .join(Proposal, approvals.about(lines.OWN_LIMITS, OwnLimit.id))
        .where(Proposal.id == proposal_id)
    ).first()
    if found is None:
        raise NotFound(field="proposal_id", what="送审事项")
    return found[0], found[1]


def _content(row: OwnLimit, link: HouseholdLink) -> dict[str, object]:
    """What is decided on."""
    return {
        "household": link.household_id,
        "origin": link.origin_id,
        "since": link.since.isoformat(),
        "reason": row.reason,
        "document": row.document,
    }
