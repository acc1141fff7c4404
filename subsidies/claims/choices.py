"""What lists of claims may be narrowed by, and the contracts behind what a recomputation found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from loans.models import Loan
from loans.record import lots
from office import rights
from organisations import Organisation
from subsidies import lifecycle
from subsidies.claims.reading import READ, ListedClaim, listed, seen
from subsidies.models import Claim

#: the claim waits for nobody any more
_OVER = {lifecycle.PAID, lifecycle.RECEIPTED}


@dataclass(frozen=True, slots=True)
class Choices:
    """Lenders with a claim, and ends of periods, the latest first."""

    lenders: list[tuple[int, str]]
    periods: list[date]


def choices(session: Session, by: Actor) -> Choices:
    """What the actor may choose among."""
    rights.allow(by, READ)
    joined = select(Claim).join(Organisation, Organisation.id == Claim.lender_id).where(seen(by))
    lenders = session.execute(
        joined.with_only_columns(Organisation.id, Organisation.name)
        .distinct()
        .order_by(Organisation.name)
    )
    periods = session.scalars(
        joined.with_only_columns(Claim.period_to).distinct().order_by(Claim.period_to.desc())
    )
    return Choices([(row[0], row[1]) for row in lenders], list(periods))


def overdue(session: Session, by: Actor, *, on: date, limit: int = 200) -> list[ListedClaim]:
    """Claims whose next step was due before a day, the longest first."""
    states = sorted(lifecycle.ALIVE - _OVER)
    found = listed(session, by=by, states=states, limit=limit)
    late = [one for one in found if one.deadline_on is not None and one.deadline_on < on]
    return sorted(late, key=lambda one: (one.deadline_on or on, one.id))


def numbers_of(session: Session, loan_ids: Collection[int]) -> dict[int, str]:
    """Contract numbers of loans."""
    found: dict[int, str] = {}
    for ids in lots(sorted(set(loan_ids))):
        rows = session.execute(select(Loan.id, Loan.number).where(Loan.id.in_(ids)))
        found |= {row[0]: row[1] for row in rows}
    return found
