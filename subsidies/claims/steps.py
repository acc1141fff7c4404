"""Taking a step of a claim: who may, from which state, over rows that are still the frozen ones.

Which steps there are and how a claim's place is moved: ``office.stages``, ``subsidies.lifecycle``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

import ledger
import organisations
from households.family_lines import kin_of
from kernel.actor import Actor
from kernel.calendar import HolidayTable, HolidayTableEnds
from kernel.refusals import NotFound
from loans.models import Loan, LoanShare
from office import approvals, rights
from office.stages import Course
from subsidies import lifecycle
from subsidies.claims import freezing
from subsidies.models import (
    Claim,
    ClaimPosition,
    ClaimRow,
    ClaimStep,
    Entitlement,
    EntitlementClaim,
)
from subsidies.offsetting import offset, take_turn
from subsidies.refusals.claiming import ClaimElsewhere, ClaimRowsChanged


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken."""

    claim: Claim
    step: ClaimStep


def claim_of(session: Session, claim_id: int) -> Claim:
    """A claim by its number."""
    claim = session.get(Claim, claim_id)
    if claim is None:
        raise NotFound(field="claim_id", what="贴息申报")
    return claim


def elsewhere(claim_id: int, state: str) -> ClaimElsewhere:
    """The claim stands where this is not to be done."""
    state_zh, state_en = lifecycle.TITLES[state]
    return ClaimElsewhere(field="claim_id", claim=claim_id, state_zh=state_zh, state_en=state_en)


COURSE: Final = Course("贴息申报", "claim_id", lifecycle.MOVES, ClaimStep, ClaimPosition, elsewhere)
steps_of, state_of, lock = COURSE.steps_of, COURSE.state_of, COURSE.lock
makers = COURSE.makers


def take(
    session: Session,
    name: str,
    claim_id: int,
    *,
    on: date,
    by: Actor,
    reason: str = "",
    deadline_on: date | None = None,
) -> Taken:
    """Take the step of that name, or refuse it."""
    claim, move = claim_of(session, claim_id), lifecycle.MOVES[name]
    allow(session, move.command, claim.lender_id, by)
    ledger.require_bookable(session, on)
    COURSE.go(session, claim_id, move)
    before = steps_of(session, claim_id)
    approvals.require_other(by, makers(before, move.other_than), _own_index(session, claim_id, by))
    step = ClaimStep(
        claim_id=claim_id,
        nr=len(before) + 1,
        state=move.to,
        on_day=on,
        by_person=by.person_id,
        deadline_on=deadline_on,
        digest=frozen_digest(session, claim),
        reason=reason.strip(),
    )
    session.add(step)
    session.flush()
    return Taken(claim, step)


def allow(session: Session, command: str, lender_id: int, by: Actor) -> None:
    """Refuse whoever may not do this with a lender's claims."""
    lender = organisations.get(session, lender_id)
    rights.allow(by, command, region=lender.region_code, institution_id=lender_id)


def frozen_digest(session: Session, claim: Claim) -> str:
    """The digest of a claim's rows, which is the one that was drafted."""
    digest = freezing.digest_of(session, claim.id)
    if digest != claim.digest:
        raise ClaimRowsChanged(field="claim_id", claim=claim.id)
    return digest


def free(session: Session, claim: Claim, *, on: date) -> None:
    """The entitlements of a claim that is over may be claimed again, save what is owed no more."""
    take_turn(session, claim.lender_id)
    session.execute(delete(EntitlementClaim).where(EntitlementClaim.claim_id == claim.id))
    rows = select(ClaimRow.entitlement_id).where(ClaimRow.claim_id == claim.id)
    offset(session, Entitlement.id.in_(rows), on=on)


def working_days_after(calendar: HolidayTable, day: date, days: int) -> date | None:
    """The last of so many working days after a day; None where the holiday table ends before."""
    try:
        for _ in range(days):
            day = calendar.next_working_day(day)
    except HolidayTableEnds:
        return None
    return day


def _own_index(session: Session, claim_id: int, by: Actor) -> set[bytes]:
    """The mover's own identity index, if somebody of a household in the claim has it."""
    if by.identity_index is None:
        return set()
    mine = kin_of(session, by.identity_index)
    borrowed = (
        select(ClaimRow.nr)
        .join(Loan, Loan.id == ClaimRow.loan_id)
        .outerjoin(LoanShare, LoanShare.application_id == Loan.application_id)
        .where(
            ClaimRow.claim_id == claim_id,
            Loan.household_id.in_(mine) | LoanShare.household_id.in_(mine),
        )
        .limit(1)
    )
    return {by.identity_index} if session.scalar(borrowed) is not None else set()
