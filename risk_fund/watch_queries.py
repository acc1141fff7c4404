"""The reads of the watch: where lending is stopped or near it, platforms and their guarantees.

What is shown of a township or a village adds up all lenders there; so staff of a lender see their
own lender's figures, and of regions the stops alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.database import sum_of
from loans.models import Loan
from office import approvals, rights
from office.models import Proposal
from organisations.models import Organisation
from policy import ConductRules
from risk_fund import fuse as rule
from risk_fund.fuse import PLACES, Scope
from risk_fund.fuse_close import sums_by_place
from risk_fund.lifting import SUBJECT
from risk_fund.models import (
    FuseEvent,
    FuseLift,
    Guarantee,
    GuaranteeEvent,
    GuaranteePlatform,
    PlatformUse,
)

#: a lift that waits: its proposal, its day, why
_Waiting = tuple[int, date, str]


@dataclass(frozen=True, slots=True)
class Watched:
    """A bank, township or village: its ratio, and whether lending is stopped there."""

    place: str
    scope: Scope
    #: name of the lender; empty for a region
    lender: str
    #: None where the asker may not see them
    bad_fen: int | None
    outstanding_fen: int | None
    #: the rule of the day watches places of this kind
    watched: bool
    #: at the threshold of the day or above it
    reached: bool
    #: blown, lifted, or empty
    event: str
    since: date | None
    until_on: date | None
    clause: str
    reason: str
    #: proposal of a lift that waits, up to when it shall hold, and why
    lift_proposal: int | None
    lift_until: date | None
    lift_reason: str

    @property
    def ratio_ppm(self) -> int | None:
        """The bad ratio, half up."""
        if self.bad_fen is None or self.outstanding_fen is None:
            return None
        return rule.ratio_ppm(self.bad_fen, self.outstanding_fen)


def watched(session: Session, *, conduct: ConductRules, by: Actor) -> list[Watched]:
    """Every place with lending or with an event that the asker may see: stops first, then by
    ratio, the worst first.
    """
    rights.allow(by, "risk_fund.read")
    sums = {
        rule.scope_of(place, key): (bad, out)
        for place, key, bad, out in session.execute(sums_by_place(PLACES))
    }
    events = _last_events(session)
    rows = session.execute(select(Organisation.id, Organisation.name))
    names = {row[0]: row[1] for row in rows}
    waiting = _waiting(session)
    found = [
        _watched(scope, sums.get(scope, (0, 0)), events.get(scope), names, waiting, conduct, by)
        for scope in sorted({*sums, *events})
        if _sees(by, scope, stopped=scope in events)
    ]
    return sorted(found, key=_urgency)


def _urgency(one: Watched) -> tuple[bool, int, int, Scope]:
    return (one.event != "blown", -(one.ratio_ppm or 0), PLACES.index(one.place), one.scope)


def _sees(by: Actor, scope: Scope, *, stopped: bool) -> bool:
    kind, code = scope
    if kind == "institution":
        return by.institution_ids is None or int(code) in by.institution_ids
    # Also what holds the asker's own village: it is stopped there as well.
    related = code.startswith(by.region_scope) or by.region_scope.startswith(code)
    return related and (by.institution_ids is None or stopped)


def _watched(
    scope: Scope,
    sums: tuple[int, int],
    event: FuseEvent | None,
    names: dict[int, str],
    waiting: dict[int, _Waiting],
    conduct: ConductRules,
    by: Actor,
) -> Watched:
    kind, code = scope
    bad, out = sums
    lift = waiting.get(event.id) if event else None
    shown = by.institution_ids is None or kind == "institution"
    place = rule.place_of(scope)
    return Watched(
        place=place,
        scope=scope,
        lender=names.get(int(code), "") if kind == "institution" else "",
        bad_fen=bad if shown else None,
        outstanding_fen=out if shown else None,
        watched=place in conduct.fuse_scopes.value,
        reached=shown
        and rule.reached(
            bad_fen=bad, outstanding_fen=out, threshold_ppm=conduct.fuse_bad_ratio_ppm.value
        ),
        event=event.event if event else "",
        since=event.on_day if event else None,
        until_on=event.until_on if event else None,
        clause=event.clause if event else "",
        reason=event.reason if event else "",
        lift_proposal=lift[0] if lift else None,
        lift_until=lift[1] if lift else None,
        lift_reason=lift[2] if lift else "",
    )


def _last_events(session: Session) -> dict[Scope, FuseEvent]:
    last = select(func.max(FuseEvent.id)).group_by(FuseEvent.scope_kind, FuseEvent.scope)
    rows = session.scalars(select(FuseEvent).where(FuseEvent.id.in_(last)))
    return {(row.scope_kind, row.scope): row for row in rows}


def _waiting(session: Session) -> dict[int, _Waiting]:
    """Lifts that wait, by the event they are of."""
    rows = session.execute(
        select(FuseLift.blown_id, Proposal.id, FuseLift.until_on, FuseLift.reason)
        .join(Proposal, approvals.about(SUBJECT, FuseLift.id))
        .where(approvals.undecided())
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def events_of(session: Session, scope: Scope, *, by: Actor) -> list[FuseEvent]:
    """What has happened in a scope, the newest first."""
    rights.allow(by, "risk_fund.read")
    if not _sees(by, scope, stopped=True):
        return []
    return list(
        session.scalars(
            select(FuseEvent)
            .where(FuseEvent.scope_kind == scope[0], FuseEvent.scope == scope[1])
            .order_by(FuseEvent.id.desc())
        )
    )


# --- platforms ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform as it stands."""

    organisation_id: int
    name: str
    credit_code: str
    capital_fen: int
    multiple: int
    #: given, and neither released nor called
    in_force_fen: int
    #: called and not recovered
    called_fen: int
    clause: str
    from_on: date

    @property
    def headroom_fen(self) -> int:
        """What may still be guaranteed; below zero after a call or a cut of the capital."""
        return (self.capital_fen - self.called_fen) * self.multiple - self.in_force_fen


@dataclass(frozen=True, slots=True)
class GuaranteeLine:
    """A guarantee in a list."""

    letter_no: str
    company: str
    number: str
    borrower: str
    lender_id: int
    amount_fen: int
    given_on: date
    called_fen: int
    released_fen: int
    recovered_fen: int

    @property
    def in_force_fen(self) -> int:
        """What it still stands for."""
        return self.amount_fen - self.called_fen - self.released_fen


def platforms(session: Session, *, by: Actor) -> list[Platform]:
    """The county's platforms, by name: everybody may know how far they go."""
    rights.allow(by, "risk_fund.read")
    last = select(func.max(GuaranteePlatform.id)).group_by(GuaranteePlatform.organisation_id)
    rows = session.execute(
        select(
            PlatformUse.organisation_id,
            Organisation.name,
            Organisation.credit_code,
            PlatformUse.capital_fen,
            PlatformUse.multiple,
            PlatformUse.in_force_fen,
            PlatformUse.called_fen,
            GuaranteePlatform.clause,
            GuaranteePlatform.from_on,
        )
        .join(Organisation, Organisation.id == PlatformUse.organisation_id)
        .join(GuaranteePlatform, GuaranteePlatform.organisation_id == PlatformUse.organisation_id)
        .where(GuaranteePlatform.id.in_(last))
        .order_by(Organisation.name)
    )
    return [Platform(*row) for row in rows]


def guarantees(session: Session, *, by: Actor, limit: int = 200) -> Sequence[GuaranteeLine]:
    """Guarantees of loans that the asker may see, the newest first."""
    rights.allow(by, "risk_fund.read")
    company, user = Organisation.__table__.alias("company"), Organisation.__table__.alias("user")
    moved = {
        kind: select(sum_of(GuaranteeEvent.amount_fen))
        .where(GuaranteeEvent.guarantee_id == Guarantee.id, GuaranteeEvent.kind == kind)
        .correlate(Guarantee)
        .scalar_subquery()
        for kind in ("called", "released", "recovered")
    }
    query = (
        select(
            Guarantee.letter_no,
            company.c.name,
            Loan.number,
            user.c.name,
            Loan.lender_id,
            Guarantee.amount_fen,
            Guarantee.given_on,
            *moved.values(),
        )
        .join(company, company.c.id == Guarantee.organisation_id)
        .join(Loan, Loan.id == Guarantee.loan_id)
        .join(user, user.c.id == Loan.organisation_id)
        .where(Loan.village_code.startswith(by.region_scope, autoescape=True))
        .order_by(Guarantee.id.desc())
        .limit(limit)
    )
    if by.institution_ids is not None:
        query = query.where(Loan.lender_id.in_(by.institution_ids))
    return [GuaranteeLine(*row) for row in session.execute(query)]
