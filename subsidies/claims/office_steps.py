"""The steps of a claim through the offices, up to its approval.

The cooperative checks, submits or withdraws; the poverty office recomputes, another there confirms;
finance approves after the notice. Any of the later offices returns it with a reason, and the
cooperative drafts its next version.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.dates import ONE_DAY
from office import approvals
from policy import ConductRules, Rulebook
from subsidies.claims import booking
from subsidies.claims.noticing import open_objections
from subsidies.claims.recomputing import Recomputed, recompute
from subsidies.claims.steps import claim_of, free, take, working_days_after
from subsidies.models import ClaimDifference, Notice
from subsidies.refusals.claiming import NoticeNotOver, ObjectionOpen


def check_claim(session: Session, *, claim_id: int, on: date, by: Actor) -> None:
    """The cooperative's checker has gone through the rows."""
    take(session, "check", claim_id, on=on, by=by)


def submit(
    session: Session,
    *,
    claim_id: int,
    rulebook: Rulebook,
    calendar: HolidayTable,
    on: date,
    by: Actor,
) -> None:
    """The cooperative's director asks the treasury for the money."""
    days = conduct_of(session, rulebook, on).subsidy_review_working_days.value
    deadline_on = working_days_after(calendar, on, days)
    taken = take(session, "submit", claim_id, on=on, by=by, deadline_on=deadline_on)
    booking.book_submission(session, taken, on=on)


def withdraw(session: Session, *, claim_id: int, reason: str, on: date, by: Actor) -> None:
    """The cooperative takes back what it has not submitted."""
    approvals.require_reason(reason)
    taken = take(session, "withdraw", claim_id, on=on, by=by, reason=reason)
    free(session, taken.claim, on=on)


def recompute_claim(session: Session, *, claim_id: int, on: date, by: Actor) -> Recomputed:
    """The poverty office computes the claim again; what differs is kept row by row."""
    take(session, "recompute", claim_id, on=on, by=by)
    found = recompute(session, claim_of(session, claim_id))
    if found.differing:
        session.execute(
            insert(ClaimDifference),
            [
                {
                    "claim_id": claim_id,
                    "nr": one.nr,
                    "loan_id": one.loan_id,
                    "to_on": one.to_on,
                    "claimed_fen": one.claimed_fen,
                    "recomputed_fen": one.recomputed_fen,
                    "why": one.why,
                }
                for one in found.differing
            ],
        )
    return found


def confirm(session: Session, *, claim_id: int, on: date, by: Actor, reason: str = "") -> None:
    """A second person of the poverty office stands by the claim; with differences, says why."""
    differs = select(ClaimDifference.nr).where(ClaimDifference.claim_id == claim_id).limit(1)
    if session.scalar(differs) is not None:
        approvals.require_reason(reason)
    take(session, "confirm", claim_id, on=on, by=by, reason=reason)


def approve(
    session: Session,
    *,
    claim_id: int,
    rulebook: Rulebook,
    calendar: HolidayTable,
    on: date,
    by: Actor,
) -> None:
    """Finance grants the claim, after its notice and with every objection answered."""
    days = conduct_of(session, rulebook, on).subsidy_payment_working_days.value
    deadline_on = working_days_after(calendar, on, days)
    take(session, "approve", claim_id, on=on, by=by, deadline_on=deadline_on)
    notice = session.get_one(Notice, claim_id)
    if on < notice.ends_on:
        raise NoticeNotOver(field="claim_id", last=notice.ends_on - ONE_DAY)
    unanswered = len(open_objections(session, claim_id))
    if unanswered:
        raise ObjectionOpen(field="claim_id", count=unanswered)


def return_claim(session: Session, *, claim_id: int, reason: str, on: date, by: Actor) -> None:
    """Send a claim back to the cooperative, which drafts the next version."""
    approvals.require_reason(reason)
    taken = take(session, "return", claim_id, on=on, by=by, reason=reason)
    booking.undo_submission(session, taken, on=on)
    free(session, taken.claim, on=on)


def conduct_of(session: Session, rulebook: Rulebook, on: date) -> ConductRules:
    """The conduct rules of the county on a day."""
    return rulebook.conduct(on=on, region=ledger.books(session).region_code)
