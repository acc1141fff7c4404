"""A claim written down and read back, with the hash that every later office decides on."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from loans.models import Loan, LoanShare
from loans.operations.applying import own_index
from office import approvals, rights
from risk_fund.models import (
    FundClaim,
    FundClaimPosition,
    FundClaimShare,
    FundClaimStep,
)
from risk_fund.refusals import FundClaimUnknown

#: table of what a proposal is about
SUBJECT = "fund_claims"


def canonical(content: object) -> str:
    """JSON that is the same whenever it says the same."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def shares_of(session: Session, claim_id: int) -> list[FundClaimShare]:
    """The parties' parts in the order of the table, then the levels of the fund's part."""
    rows = session.scalars(select(FundClaimShare).where(FundClaimShare.claim_id == claim_id))
    return sorted(rows, key=lambda row: ("/" in row.party, row.nr))


def digest_of(claim: FundClaim, shares: Collection[FundClaimShare]) -> str:
    """SHA-256 of the claim as it stands in the books."""
    return approvals.digest_of(
        {
            "account": claim.account_id,
            "loan": claim.loan_id,
            "nr": claim.nr,
            "filed_on": claim.filed_on.isoformat(),
            "overdue_days": claim.overdue_days,
            "principal_fen": claim.principal_fen,
            "interest_fen": claim.interest_fen,
            "penalty_fen": claim.penalty_fen,
            "total_fen": claim.total_fen,
            "review_by": claim.review_by.isoformat(),
            "basis": claim.basis,
            "evidence": claim.evidence,
            "clause": claim.clause,
            "shares": [
                [row.party, row.nr, row.share_bp, row.amount_fen]
                for row in sorted(shares, key=lambda row: row.party)
            ],
        }
    )


def find(
    session: Session, claim_id: int, by: Actor, command: str
) -> tuple[FundClaim, Loan, FundClaimPosition]:
    """A claim for an actor who may do the command with it; its position is locked."""
    rights.allow(by, command)
    claim = session.get(FundClaim, claim_id)
    loan = session.get(Loan, claim.loan_id) if claim is not None else None
    if (
        claim is None
        or loan is None
        or not rights.sees(by, region=loan.village_code, institution_id=loan.lender_id)
    ):
        raise FundClaimUnknown(field="claim_id", number=claim_id)
    position = session.get_one(
        FundClaimPosition, claim_id, with_for_update=True, populate_existing=True
    )
    return claim, loan, position


def step(
    session: Session, claim: FundClaim, state: str, *, on: date, by: Actor, reason: str = ""
) -> str:
    """Note a step with the claim's digest as it is recomputed now; the digest."""
    last = session.scalar(
        select(func.coalesce(func.max(FundClaimStep.nr), 0)).where(
            FundClaimStep.claim_id == claim.id
        )
    )
    digest = digest_of(claim, shares_of(session, claim.id))
    session.add(
        FundClaimStep(
            claim_id=claim.id,
            nr=(last or 0) + 1,
            state=state,
            on_day=on,
            by_person=by.person_id,
            digest=digest,
            reason=reason.strip(),
        )
    )
    session.flush()
    return digest


def makers_of(session: Session, claim_id: int) -> set[int]:
    """Everybody who has taken a step of the claim."""
    steps = select(FundClaimStep.by_person).where(FundClaimStep.claim_id == claim_id)
    return set(session.scalars(steps))


def households_of(session: Session, loan: Loan, by: Actor) -> set[bytes]:
    """The actor's own identity index, if the loan is their own household's."""
    if loan.household_id is not None:
        return own_index(session, by, [loan.household_id])
    shares = select(LoanShare.household_id).where(LoanShare.application_id == loan.application_id)
    return own_index(session, by, sorted(session.scalars(shares)))
