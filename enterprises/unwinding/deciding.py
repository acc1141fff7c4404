"""An agreement is to be unwound (清退): proposed by one person, decided by another.

From its first day on no dividend is earned: the period it lies in is cut short, and its round falls
due on that day. The households stay linked until the unwinding is done.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from enterprises.agreeing import get
from enterprises.dividends.rounds import cut_calendar
from enterprises.linked import own_index
from enterprises.models import (
    Agreement,
    AgreementHousehold,
    AgreementPosition,
    DividendRound,
    Unwinding,
    UnwindingApproval,
)
from enterprises.refusals import (
    NotUnwinding,
    UnwindingDayWrong,
    UnwindingIncomplete,
    UnwindingTwice,
)
from kernel.actor import Actor
from office import approvals, rights

SUBJECT: Final = "unwindings"
ASK: Final = "enterprises.unwind"
DECIDE: Final = "enterprises.approve_unwind"


def propose_unwinding(
    session: Session,
    *,
    agreement_id: int,
    from_on: date,
    document_no: str,
    reason: str,
    on: date,
    by: Actor,
) -> int:
    """Put the unwinding of an agreement before a second person; the proposal's id."""
    agreement = get(session, agreement_id)
    rights.allow(by, ASK, region=agreement.region_code)
    ledger.require_bookable(session, on)
    if not document_no.strip() or not reason.strip():
        raise UnwindingIncomplete(field="document_no")
    _require_open(session, agreement, from_on)
    row = Unwinding(
        agreement_id=agreement_id,
        from_on=from_on,
        document_no=document_no.strip(),
        reason=reason.strip(),
        proposed_on=on,
        digest=digest_of(agreement.number, from_on, document_no.strip(), reason.strip()),
    )
    session.add(row)
    session.flush()
    return approvals.propose(
        session,
        command=DECIDE,
        subject_kind=SUBJECT,
        subject_id=row.id,
        digest=row.digest,
        summary=f"清退协议{agreement.number}，{from_on}起",
        region_code=agreement.region_code,
        on=on,
        by=by,
    )


def digest_of(number: str, from_on: date, document_no: str, reason: str) -> str:
    """What a second person decides on."""
    return approvals.digest_of(
        {
            "agreement": number,
            "from_on": from_on.isoformat(),
            "document": document_no,
            "reason": reason,
        }
    )


def _require_open(session: Session, agreement: Agreement, from_on: date) -> None:
    """It is in force, not unwound yet, and the day lies after every dividend that was found."""
    state = session.scalar(
        select(AgreementPosition.state)
        .where(AgreementPosition.agreement_id == agreement.id)
        .with_for_update()
    )
    if state != "in_force" or session.get(UnwindingApproval, agreement.id) is not None:
        raise UnwindingTwice(field="agreement_id", number=agreement.number)
    settled = session.scalar(
        select(func.max(DividendRound.counted_to)).where(DividendRound.agreement_id == agreement.id)
    )
    first = max(agreement.from_on, settled or agreement.from_on)
    if not first <= from_on < agreement.to_on:
        raise UnwindingDayWrong(
            field="from_on",
            day=from_on,
            start=agreement.from_on,
            end=agreement.to_on,
            settled=first,
        )


def decide_unwinding(
    session: Session, *, proposal_id: int, approved: bool, on: date, by: Actor, reason: str = ""
) -> None:
    """A second person says that the agreement is unwound, or not."""
    ledger.require_bookable(session, on)
    row = session.get_one(Unwinding, approvals.subject_of(session, proposal_id, SUBJECT, "清退"))
    agreement = get(session, row.agreement_id)
    approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=row.digest,
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=own_index(session, by, AgreementHousehold.agreement_id == agreement.id),
    )
    if not approved:
        return
    _require_open(session, agreement, row.from_on)
    session.add(UnwindingApproval(agreement_id=agreement.id, unwinding_id=row.id, approved_on=on))
    session.flush()
    cut_calendar(session, agreement, row.from_on)


def unwinding_of(session: Session, agreement: Agreement) -> Unwinding:
    """The approved unwinding of an agreement."""
    approval = session.get(UnwindingApproval, agreement.id)
    if approval is None:
        raise NotUnwinding(field="agreement_id", number=agreement.number)
    return session.get_one(Unwinding, approval.unwinding_id)
