"""What could not be paid goes back to the budget for good: asked by one, decided by another.

The claim's row stays; the treasury no longer owes it, and its expense falls by it.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import exists, select, tuple_
from sqlalchemy.orm import Session, aliased

import ledger
import organisations
from kernel.actor import Actor
from kernel.money import format_yuan
from office import approvals
from subsidies import lifecycle
from subsidies.claims.steps import allow, claim_of, elsewhere, lock, take
from subsidies.models import (
    BankReturnRow,
    ClaimRow,
    Entitlement,
    GiveBackAsked,
    GivenBack,
    PaymentRow,
)
from subsidies.offsetting import offset, take_turn
from subsidies.payment.owed import unpaid
from subsidies.refusals.paying import PaymentNotReturned
from subsidies.treasury import account as treasury

SUBJECT: Final = "subsidy_give_backs_asked"
SOURCE: Final = "subsidies_given_back"


def ask_give_back(
    session: Session, *, payment_row_id: int, reason: str, on: date, by: Actor
) -> int:
    """Ask that what the bank sent back be given up; the proposal's id."""
    row = _returned(session, payment_row_id)
    claim = claim_of(session, row.claim_id)
    allow(session, "subsidies.give_back", claim.lender_id, by)
    ledger.require_bookable(session, on)
    approvals.require_reason(reason)
    asked = GiveBackAsked(payment_row_id=row.id, asked_on=on, reason=reason.strip())
    session.add(asked)
    session.flush()
    return approvals.propose(
        session,
        command="subsidies.approve_give_back",
        subject_kind=SUBJECT,
        subject_id=asked.id,
        digest=_digest(asked, row),
        summary=f"第{claim.id}号申报退票{format_yuan(row.amount_fen)}元退回预算：{reason.strip()}",
        region_code=organisations.get(session, claim.lender_id).region_code,
        institution_id=claim.lender_id,
        on=on,
        by=by,
    )


def decide_give_back(
    session: Session, *, proposal_id: int, approved: bool, on: date, by: Actor, reason: str = ""
) -> int | None:
    """A second person decides; the number of what was given back, None where it was not."""
    ledger.require_bookable(session, on)
    asked_id = approvals.subject_of(session, proposal_id, SUBJECT, "退票退回")
    asked = session.get_one(GiveBackAsked, asked_id)
    claim_id = session.get_one(PaymentRow, asked.payment_row_id).claim_id
    state = lock(session, claim_id).state
    take_turn(session, claim_of(session, claim_id).lender_id)
    row = session.get_one(PaymentRow, asked.payment_row_id)
    approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=_digest(asked, row),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
    )
    if not approved:
        return None
    if state != lifecycle.PART_PAID:
        raise elsewhere(claim_id, state)
    row = _returned(session, asked.payment_row_id)
    given = GivenBack(
        payment_row_id=row.id, given_on=on, amount_fen=row.amount_fen, reason=asked.reason
    )
    session.add(given)
    session.flush()
    _book(session, given, on)
    _offset(session, row, on)
    if not unpaid(session, claim_id):
        take(session, "give_back", claim_id, on=on, by=by, reason=asked.reason)
    return given.id


def _book(session: Session, given: GivenBack, on: date) -> None:
    ledger.post(
        session,
        source_kind=SOURCE,
        source_id=given.id,
        booking_date=on,
        value_date=on,
        lines=[
            ledger.Line(treasury(session, "subsidy_claimed_payable"), given.amount_fen),
            ledger.Line(treasury(session, "subsidy_expense"), -given.amount_fen),
        ],
    )


def _offset(session: Session, row: PaymentRow, on: date) -> None:
    """Revisions that came before are made good now: they took off what is owed no more."""
    settled = select(ClaimRow.loan_id, ClaimRow.to_on).where(
        ClaimRow.claim_id == row.claim_id,
        ClaimRow.payee_kind == row.payee_kind,
        ClaimRow.payee_id == row.payee_id,
    )
    offset(session, tuple_(Entitlement.loan_id, Entitlement.to_on).in_(settled), on=on)


def _returned(session: Session, payment_row_id: int) -> PaymentRow:
    """A row that the bank sent back and that nothing was done about since."""
    later = aliased(PaymentRow)
    row = session.scalar(
        select(PaymentRow).where(
            PaymentRow.id == payment_row_id,
            exists().where(
                BankReturnRow.payment_row_id == PaymentRow.id, BankReturnRow.result == "returned"
            ),
            ~exists().where(GivenBack.payment_row_id == PaymentRow.id),
            ~exists().where(
                later.claim_id == PaymentRow.claim_id,
                later.payee_kind == PaymentRow.payee_kind,
                later.payee_id == PaymentRow.payee_id,
                later.attempt > PaymentRow.attempt,
            ),
        )
    )
    if row is None:
        raise PaymentNotReturned(field="payment_row_id")
    return row


def _digest(asked: GiveBackAsked, row: PaymentRow) -> str:
    return approvals.digest_of(
        {
            "payee": [row.payee_kind, row.payee_id],
            "attempt": row.attempt,
            "claim": row.claim_id,
            "amount_fen": row.amount_fen,
            "reason": asked.reason,
        }
    )
