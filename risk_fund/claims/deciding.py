"""The offices decide a claim: checked in the cooperative, reviewed, approved; or sent back.

Nobody takes two steps of a claim, under whatever account; each decides on the hash of the claim as
it stands in the books, and on what is still owed. A claim that ends without payment frees its
pledge in the same unit of work.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.money import format_yuan
from loans.models import Loan
from office import approvals
from office.models import Proposal
from office.refusals import ReasonMissing
from policy import FUND, Rulebook
from risk_fund import accounts
from risk_fund.claims.amounts import Amounts
from risk_fund.claims.filing import count, propose_next
from risk_fund.claims.record import (
    SUBJECT,
    digest_of,
    find,
    households_of,
    makers_of,
    shares_of,
    step,
)
from risk_fund.lifecycle import NEXT, STATES, WAITS_FOR
from risk_fund.models import FundAccount, FundClaim, FundClaimPosition
from risk_fund.refusals import FundClaimNoLongerOwed, FundClaimNotInState

WITHDRAWN: Final = "withdrawn"


def decide_claim(
    session: Session,
    *,
    claim_id: int,
    approved: bool,
    rulebook: Rulebook,
    on: date,
    by: Actor,
    reason: str = "",
) -> str:
    """Decide a claim at the office where it lies; the state it comes to."""
    ledger.require_bookable(session, on)
    claim, loan, position = find(session, claim_id, by, "risk_fund.read")
    waits = WAITS_FOR.get(position.state)
    # What the lender has taken back is struck off the desk where it lay: it can be sent back alone.
    gone = position.state == WITHDRAWN and not approved
    if waits is None and not gone:
        raise not_in_state(claim, position, "审核", "decided")
    own = households_of(session, loan, by)
    approvals.require_other(by, makers_of(session, claim_id), own)
    approvals.decide(
        session,
        proposal_id=_waiting(session, claim_id),
        digest=digest_of(claim, shares_of(session, claim_id)),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=own,
    )
    if waits is None:
        return position.state
    if not approved:
        return _end(session, claim, position, "rejected", rulebook, on=on, by=by, reason=reason)
    require_still_owed(session, claim, on=on)
    move(session, claim, position, waits.leads_to)
    digest = step(session, claim, waits.leads_to, on=on, by=by, reason=reason)
    propose_next(session, claim, loan, waits.leads_to, digest, on=on, by=by)
    return waits.leads_to


def withdraw_claim(
    session: Session, *, claim_id: int, reason: str, rulebook: Rulebook, on: date, by: Actor
) -> None:
    """The lender takes its claim back before it is paid."""
    ledger.require_bookable(session, on)
    claim, _, position = find(session, claim_id, by, "risk_fund.claim")
    if not reason.strip():
        raise ReasonMissing(field="reason")
    _end(session, claim, position, WITHDRAWN, rulebook, on=on, by=by, reason=reason)


def _waiting(session: Session, claim_id: int) -> int:
    """The proposal that the claim waits on."""
    return session.scalars(
        select(Proposal.id).where(approvals.about(SUBJECT, claim_id), approvals.undecided())
    ).one()


def _end(
    session: Session,
    claim: FundClaim,
    position: FundClaimPosition,
    state: str,
    rulebook: Rulebook,
    *,
    on: date,
    by: Actor,
    reason: str,
) -> str:
    """Rejected or withdrawn: what was pledged is free again."""
    move(session, claim, position, state)
    step(session, claim, state, on=on, by=by, reason=reason)
    account = session.get_one(FundAccount, claim.account_id)
    accounts.change(
        session,
        account,
        pledged_fen=-pledged(session, claim),
        conduct=rulebook.conduct(on=on, region=account.region_code),
    )
    return state


def pledged(session: Session, claim: FundClaim) -> int:
    """The fund's part of a claim."""
    return sum(row.amount_fen for row in shares_of(session, claim.id) if row.party == FUND)


def move(session: Session, claim: FundClaim, position: FundClaimPosition, state: str) -> None:
    """Bring a claim from the state in which it was read to the next, once."""
    if state not in NEXT[position.state]:
        raise not_in_state(claim, position, STATES[state], state)
    moved = session.execute(
        update(FundClaimPosition)
        .where(FundClaimPosition.claim_id == claim.id, FundClaimPosition.state == position.state)
        .values(state=state, open_loan_id=claim.loan_id if NEXT[state] else None)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise not_in_state(claim, position, STATES[state], state)


def not_in_state(
    claim: FundClaim, position: FundClaimPosition, verb_zh: str, verb_en: str
) -> FundClaimNotInState:
    """The refusal of a step that does not follow."""
    return FundClaimNotInState(
        field="claim_id",
        number=claim.id,
        state=STATES[position.state],
        verb_zh=verb_zh,
        verb_en=verb_en,
    )


def require_still_owed(session: Session, claim: FundClaim, *, on: date) -> Loan:
    """Lock the loan and refuse a claim for what has been repaid since."""
    counted = count(session, claim.loan_id, on=on, claim_id=claim.id)
    most, asked = counted.most, _amounts(claim)
    if (
        asked.principal_fen > most.principal_fen
        or asked.interest_fen > most.interest_fen
        or asked.penalty_fen > most.penalty_fen
    ):
        raise FundClaimNoLongerOwed(
            field="claim_id", number=claim.id, most=format_yuan(most.total_fen)
        )
    return counted.one.loan


def _amounts(claim: FundClaim) -> Amounts:
    return Amounts(claim.principal_fen, claim.interest_fen, claim.penalty_fen)
