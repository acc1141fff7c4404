"""A loan behind a stake becomes the household's own use (转为户用), asked and granted by two.

The household has signed that it uses the money itself from then on; the contract with the lender
stands as it is. For the unwinding its principal is dealt with.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

import ledger
from enterprises.agreeing import get
from enterprises.models import (
    LinkedLoan,
    LoanConversion,
    LoanConversionGrant,
    Unwinding,
)
from enterprises.refusals import ConversionTwice, LoanNotBehindStake, UnwindingIncomplete
from enterprises.unwinding.deciding import ASK, DECIDE, unwinding_of
from households import Household
from households.family_lines import own_index
from kernel.actor import Actor
from loans.models import Loan
from office import approvals, rights
from office.models import Decision, Proposal

SUBJECT: Final = "loan_conversions"


def propose_conversion(
    session: Session,
    *,
    agreement_id: int,
    loan_number: str,
    household_number: str,
    document_no: str,
    purpose: str,
    on: date,
    by: Actor,
) -> int:
    """Ask that a loan behind a stake become the household's own use; the proposal's id."""
    agreement = get(session, agreement_id)
    rights.allow(by, ASK, region=agreement.region_code)
    ledger.require_bookable(session, on)
    unwinding = unwinding_of(session, agreement)
    if not document_no.strip() or not purpose.strip():
        raise UnwindingIncomplete(field="document_no")
    pair = session.execute(
        select(LinkedLoan.loan_id, LinkedLoan.household_id)
        .join(Loan, Loan.id == LinkedLoan.loan_id)
        .join(Household, Household.id == LinkedLoan.household_id)
        .where(
            LinkedLoan.agreement_id == agreement_id,
            Loan.number == loan_number,
            Household.number == household_number,
        )
    ).first()
    if pair is None:
        raise LoanNotBehindStake(field="loan", loan=loan_number[:40], number=agreement.number)
    _require_new(session, unwinding, pair[0], pair[1])
    row = LoanConversion(
        unwinding_id=unwinding.id,
        loan_id=pair[0],
        household_id=pair[1],
        document_no=document_no.strip(),
        purpose=purpose.strip(),
        proposed_on=on,
    )
    session.add(row)
    session.flush()
    return approvals.propose(
        session,
        command=DECIDE,
        subject_kind=SUBJECT,
        subject_id=row.id,
        digest=_digest(row),
        summary=f"协议{agreement.number}清退：贷款{loan_number}转为户用",
        region_code=agreement.region_code,
        on=on,
        by=by,
    )


def _require_new(session: Session, unwinding: Unwinding, loan_id: int, household_id: int) -> None:
    """No wish for it stands, and none was granted."""
    stands = exists().where(
        approvals.about(SUBJECT, LoanConversion.id),
        ~exists().where(Decision.proposal_id == Proposal.id, Decision.decision == "rejected"),
    )
    found = session.scalar(
        select(LoanConversion.id).where(
            LoanConversion.unwinding_id == unwinding.id,
            LoanConversion.loan_id == loan_id,
            LoanConversion.household_id == household_id,
            stands,
        )
    )
    if found is not None:
        raise ConversionTwice(field="loan")


def decide_conversion(
    session: Session, *, proposal_id: int, approved: bool, on: date, by: Actor, reason: str = ""
) -> None:
    """A second person grants it, or not."""
    ledger.require_bookable(session, on)
    asked_id = approvals.subject_of(session, proposal_id, SUBJECT, "转为户用")
    row = session.get_one(LoanConversion, asked_id)
    approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=_digest(row),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=own_index(session, by.identity_index, [row.household_id]),
    )
    if approved:
        session.add(
            LoanConversionGrant(
                conversion_id=row.id,
                unwinding_id=row.unwinding_id,
                loan_id=row.loan_id,
                household_id=row.household_id,
                granted_on=on,
            )
        )
        session.flush()


def _digest(row: LoanConversion) -> str:
    return approvals.digest_of(
        {
            "unwinding": row.unwinding_id,
            "loan": row.loan_id,
            "household": row.household_id,
            "document": row.document_no,
            "purpose": row.purpose,
        }
    )
