"""The treasury's books of a claim: what it owed is what it was asked for, until that is undone.

A claim that is submitted moves its total from subsidies owed to subsidies claimed; one that is
returned after that moves it back, by the mirror image of the entry.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

import ledger
from subsidies.claims.steps import Taken, steps_of
from subsidies.lifecycle import SUBMITTED
from subsidies.treasury import account as treasury

#: source of an entry: the step behind it
SOURCE: Final = "subsidy_claim_steps"


def book_submission(session: Session, taken: Taken, *, on: date) -> None:
    """Owed becomes claimed."""
    total_fen = taken.claim.total_fen
    ledger.post(
        session,
        source_kind=SOURCE,
        source_id=taken.step.id,
        booking_date=on,
        value_date=on,
        lines=[
            ledger.Line(treasury(session, "subsidy_payable"), total_fen),
            ledger.Line(treasury(session, "subsidy_claimed_payable"), -total_fen),
        ],
    )


def undo_submission(session: Session, taken: Taken, *, on: date) -> None:
    """Claimed becomes owed again."""
    submitted = next(step for step in steps_of(session, taken.claim.id) if step.state == SUBMITTED)
    entry_id = ledger.entry_of(session, SOURCE, submitted.id)
    assert entry_id is not None, f"claim {taken.claim.id} was submitted and not booked"
    ledger.reverse(
        session,
        entry_id=entry_id,
        source_kind=SOURCE,
        source_id=taken.step.id,
        booking_date=on,
        value_date=on,
    )
