"""Lifting a blown fuse (解除熔断): asked by one person with a reason, decided by another.

A lift holds up to and including its day, whatever the ratio; from the close after it the fuse is
live again. How long it may hold is a dated rule. A lift may be rejected, and asked again.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

import ledger
import loans
import organisations
from kernel.actor import Actor
from kernel.regions import Area
from office import approvals, rights
from policy import ConductRules
from risk_fund.fuse import PLACES, Scope, longest_lift, place_of
from risk_fund.fuse_close import sums_by_place
from risk_fund.models import FuseEvent, FuseLift
from risk_fund.refusals import (
    FuseLiftOverlong,
    FuseLiftWaiting,
    FuseNotBlown,
    FuseReasonMissing,
)

SUBJECT = "fuse_lifts"
ASK, DECIDE = "risk_fund.lift_fuse", "risk_fund.approve_lift"


def ask_lift(
    session: Session,
    *,
    scope: Scope,
    until_on: date,
    reason: str,
    conduct: ConductRules,
    on: date,
    by: Actor,
    place: str = "",
) -> int:
    """Ask that lending goes on in a scope up to a day; the proposal's id.

    ``place`` is what the scope is called, where whoever asks has the list of regions at hand.
    """
    rights.allow(by, ASK, region=region_of(session, scope))
    ledger.require_bookable(session, on)
    if not reason.strip():
        raise FuseReasonMissing(field="reason")
    blown = _blown(session, scope)
    _check_length(until_on, on, conduct)
    if _waits(session, blown.id):
        raise FuseLiftWaiting(field="scope", scope=name_of(session, scope))
    lift = FuseLift(
        scope_kind=scope[0],
        scope=scope[1],
        blown_id=blown.id,
        asked_on=on,
        until_on=until_on,
        reason=reason.strip(),
    )
    session.add(lift)
    session.flush()
    called = place or name_of(session, scope)
    return approvals.propose(
        session,
        command=DECIDE,
        subject_kind=SUBJECT,
        subject_id=lift.id,
        digest=_digest(lift),
        summary=f"解除熔断：{called}，至{until_on}（含）止；{lift.reason}",
        region_code=region_of(session, scope),
        on=on,
        by=by,
    )


def decide_lift(
    session: Session,
    *,
    proposal_id: int,
    approved: bool,
    conduct: ConductRules,
    on: date,
    by: Actor,
    reason: str = "",
) -> None:
    """A second person lets lending go on, or not."""
    ledger.require_bookable(session, on)
    lift = lift_of(session, proposal_id)
    approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=_digest(lift),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
    )
    if approved:
        _lift(session, lift, conduct, on)


def _lift(session: Session, lift: FuseLift, conduct: ConductRules, on: date) -> None:
    scope = (lift.scope_kind, lift.scope)
    blown = _blown(session, scope)
    _check_length(lift.until_on, on, conduct)
    bad, out = balance_of(session, scope)
    session.add(
        FuseEvent(
            scope_kind=lift.scope_kind,
            scope=lift.scope,
            event="lifted",
            on_day=on,
            bad_fen=bad,
            outstanding_fen=out,
            threshold_ppm=blown.threshold_ppm,
            until_on=lift.until_on,
            clause=conduct.fuse_lift_days.cite,
            reason=lift.reason,
            lift_id=lift.id,
        )
    )
    loans.set_stop(session, scope=scope, stopped=False, clause=conduct.fuse_lift_days.cite)


def lift_of(session: Session, proposal_id: int) -> FuseLift:
    """What a proposal asks."""
    lift_id = approvals.subject_of(session, proposal_id, SUBJECT, "解除熔断的申请")
    return session.get_one(FuseLift, lift_id)


def last_event(session: Session, scope: Scope) -> FuseEvent | None:
    """The event that holds in a scope."""
    return session.scalar(
        select(FuseEvent)
        .where(FuseEvent.scope_kind == scope[0], FuseEvent.scope == scope[1])
        .order_by(FuseEvent.id.desc())
        .limit(1)
    )


def balance_of(session: Session, scope: Scope) -> tuple[int, int]:
    """Bad and whole balance of a scope, as of the last close."""
    rows = session.execute(sums_by_place([place_of(scope)]))
    found = {key: (bad, out) for _place, key, bad, out in rows}
    return found.get(scope[1], (0, 0))


def name_of(session: Session, scope: Scope) -> str | Area:
    """A scope in words; of a region its digits, until an edge says its name."""
    kind, code = scope
    if kind == "institution" and code.isdigit():
        return organisations.get(session, int(code)).name
    return Area(code)


def region_of(session: Session, scope: Scope) -> str:
    """The region that a scope lies in, 12 digits; of a lender, the county."""
    kind, code = scope
    known = kind == "institution" or (kind == "region" and len(code) in {9, 12})
    if not known or not code.isdigit() or place_of(scope) not in PLACES:
        raise FuseNotBlown(field="scope", scope=code)
    return ledger.books(session).region_code if kind == "institution" else code.ljust(12, "0")


def _blown(session: Session, scope: Scope) -> FuseEvent:
    event = last_event(session, scope)
    if event is None or event.event != "blown":
        raise FuseNotBlown(field="scope", scope=name_of(session, scope))
    return event


def _check_length(until_on: date, on: date, conduct: ConductRules) -> None:
    days = conduct.fuse_lift_days
    last = longest_lift(on, days.value)
    if not on <= until_on <= last:
        raise FuseLiftOverlong(field="until", clause=days.cite, first=on, last=last, until=until_on)


def _waits(session: Session, blown_id: int) -> bool:
    asked = exists().where(
        approvals.about(SUBJECT, FuseLift.id), FuseLift.blown_id == blown_id, approvals.undecided()
    )
    return bool(session.scalar(select(asked)))


def _digest(lift: FuseLift) -> str:
    return approvals.digest_of(
        {
            "scope": [lift.scope_kind, lift.scope],
            "blown": lift.blown_id,
            "asked_on": lift.asked_on.isoformat(),
            "until_on": lift.until_on.isoformat(),
            "reason": lift.reason,
        }
    )
