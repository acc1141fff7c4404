"""Revisions of what was given back: found, noted and booked, in SQL as ``subsidies.given_up`` says.

Giving back lowers the treasury's expense by what it gives back, and the close lowers it by what a
revision takes off; where both fall on the same money, the second is made good by an entry of its
own. It is booked by whatever comes last: the close that books the revision, the giving back, or the
return of a claim that held the revision; and before a claim is drafted, so that none can hold one.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

import ledger
from kernel.database import sum_of
from organisations import Organisation
from subsidies import treasury
from subsidies.models import (
    Entitlement,
    EntitlementClaim,
    GivenBack,
    PaymentRow,
    RevisionOffset,
)

#: source of the treasury's entry: the entitlement that is offset
SOURCE: Final = "subsidy_revision_offsets"


def offset(session: Session, which: ColumnElement[bool], *, on: date, closing: bool = False) -> int:
    """Note and book the offsets that are due among some entitlements; how many."""
    due = session.execute(
        select(Entitlement.id, Entitlement.amount_fen)
        .where(which, unclaimed(), of_given_back())
        .order_by(Entitlement.id)
    ).all()
    for entitlement_id, less_fen in due:
        session.add(
            RevisionOffset(entitlement_id=entitlement_id, offset_on=on, amount_fen=-less_fen)
        )
    session.flush()
    for entitlement_id, less_fen in due:
        ledger.post(
            session,
            source_kind=SOURCE,
            source_id=entitlement_id,
            booking_date=on,
            value_date=on,
            lines=[
                ledger.Line(treasury.account(session, "subsidy_expense"), -less_fen),
                ledger.Line(treasury.account(session, "subsidy_payable"), less_fen),
            ],
            closing=closing,
        )
    return len(due)


def offset_booked(session: Session, on: date) -> None:
    """Offset what the close of a day has just booked; a day without downward revisions asks once.

    The lenders' turns are taken: whoever gives back meanwhile waits, and finds the revisions.
    """
    less = (Entitlement.booked_on == on, Entitlement.amount_fen < 0)
    lenders = session.scalars(
        select(Entitlement.lender_id).where(*less).distinct().order_by(Entitlement.lender_id)
    ).all()
    for lender_id in lenders:
        take_turn(session, lender_id)
    if lenders:
        offset(session, Entitlement.booked_on == on, on=on, closing=True)


def take_turn(session: Session, lender_id: int) -> None:
    """Wait for whoever else takes up or lets go of a lender's entitlements; they wait for us.

    What is read after it stands until it is written. Rows that only name the lender are not kept
    waiting: its key is not locked.
    """
    session.execute(
        select(Organisation.id).where(Organisation.id == lender_id).with_for_update(key_share=True)
    )


# --- which ----------------------------------------------------------------------------------------


def unclaimed() -> ColumnElement[bool]:
    """Of an entitlement: it stands in no claim and no clawback, and is not offset."""
    held = exists().where(EntitlementClaim.entitlement_id == Entitlement.id)
    return ~held & ~is_offset()


def is_offset() -> ColumnElement[bool]:
    """Of an entitlement: it takes back what was given back, and lowers nothing."""
    return exists().where(RevisionOffset.entitlement_id == Entitlement.id)


def of_given_back() -> ColumnElement[bool]:
    """Of an entitlement below nothing: it takes back what its payee never had (已退回预算)."""
    below, since, part = (aliased(Entitlement) for _ in range(3))
    has_since = exists().where(
        since.loan_id == Entitlement.loan_id,
        since.to_on == Entitlement.to_on,
        since.revision > below.revision,
        since.revision < Entitlement.revision,
        since.amount_fen > 0,
        ~_is_given_back(since),
    )
    left_fen = (
        select(sum_of(part.amount_fen))
        .where(
            part.loan_id == Entitlement.loan_id,
            part.to_on == Entitlement.to_on,
            part.revision >= below.revision,
            part.revision <= Entitlement.revision,
        )
        .correlate(Entitlement, below)
        .scalar_subquery()
    )
    lies_below = exists().where(
        below.loan_id == Entitlement.loan_id,
        below.to_on == Entitlement.to_on,
        below.revision < Entitlement.revision,
        below.amount_fen > 0,
        _is_given_back(below),
        ~has_since.correlate(Entitlement, below),
        left_fen >= 0,
    )
    return (Entitlement.amount_fen < 0) & lies_below.correlate(Entitlement)


def _is_given_back(one: type[Entitlement]) -> ColumnElement[bool]:
    """Of an entitlement: its payee's payment of the claim that holds it was given back."""
    held, row, given = aliased(EntitlementClaim), aliased(PaymentRow), aliased(GivenBack)
    return (
        exists()
        .where(
            held.entitlement_id == one.id,
            row.claim_id == held.claim_id,
            row.payee_kind == one.payee_kind,
            row.payee_id == one.payee_id,
            given.payment_row_id == row.id,
        )
        .correlate(one)
    )
