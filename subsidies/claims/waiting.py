"""What waits for somebody: claims whose next step is theirs, and what a next version starts from.

A claim that was returned or withdrawn waits for whoever may draft the next version of it, as long
as something of its period stands in no claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

import ledger
from kernel.actor import Actor
from loans.models import Loan, Settlement
from office import rights
from subsidies import lifecycle
from subsidies.claims import freezing
from subsidies.claims.freezing import Choice
from subsidies.claims.reading import LeftOutTold, ListedClaim, listed, moves_of
from subsidies.models import Claim, Entitlement
from subsidies.offsetting import unclaimed

_OVER = frozenset({lifecycle.RETURNED, lifecycle.WITHDRAWN})


def waiting_for(session: Session, by: Actor, limit: int = 200) -> list[ListedClaim]:
    """Claims at which this actor may take the next step, whoever may not for having taken another;
    and those whose next version the actor may draft. The oldest deadline first.
    """
    states = {
        state
        for move in lifecycle.MOVES.values()
        if rights.may(by, move.command) and move.to not in _OVER
        for state in move.comes_from
    }
    found = listed(session, by=by, states=sorted(states), limit=limit) if states else []
    mine = [one for one in found if moves_of(session, one.id, one.state, by, forward=True)]
    mine += _to_draft_again(session, by, limit)
    return sorted(mine, key=lambda one: (one.deadline_on or date.max, one.id))


def _to_draft_again(session: Session, by: Actor, limit: int) -> list[ListedClaim]:
    if not rights.may(by, "subsidies.draft"):
        return []
    later = aliased(Claim)
    open_ids = set(
        session.scalars(
            select(Claim.id).where(
                ~exists().where(later.previous_id == Claim.id),
                exists().where(
                    Entitlement.lender_id == Claim.lender_id,
                    Entitlement.route == Claim.route,
                    Entitlement.to_on <= Claim.period_to,
                    unclaimed(),
                ),
            )
        )
    )
    found = listed(session, by=by, states=sorted(_OVER), limit=limit)
    return [one for one in found if one.id in open_ids]


def kept_out(session: Session, claim: Claim) -> list[LeftOutTold]:
    """What the next version of a claim leaves out, unless it is taken again."""
    closed = ledger.last_closed_day(session)
    if closed is None:
        return []
    kept = freezing.kept_out(Choice(claim.lender_id, claim.route, claim.period_to, closed))
    found = kept.subquery()
    rows = session.execute(
        select(Loan.number, Entitlement.to_on, Entitlement.amount_fen, found.c.reason)
        .join(Entitlement, Entitlement.id == found.c.id)
        .join(Loan, Loan.id == Entitlement.loan_id)
        .order_by(Loan.number, Entitlement.to_on, Entitlement.revision)
    )
    return [LeftOutTold(*row) for row in rows]


def first_settled(session: Session) -> date | None:
    """When the first subsidy there is was settled; None: there is none yet."""
    return session.scalar(select(func.min(Entitlement.to_on)))


def corrected_since_close(session: Session, claim: Claim) -> Sequence[str]:
    """Contracts whose subsidy of the period was corrected on the open day: no draft holds that yet,
    the close does.
    """
    closed = ledger.last_closed_day(session)
    since: list[ColumnElement[bool]] = [] if closed is None else [Settlement.booked_on > closed]
    return session.scalars(
        select(Loan.number)
        .join(Settlement, Settlement.loan_id == Loan.id)
        .where(
            *since,
            Loan.lender_id == claim.lender_id,
            Loan.subsidy_route == claim.route,
            Settlement.revision > 0,
            Settlement.treasury_fen != 0,
            Settlement.to_on <= claim.period_to,
        )
        .distinct()
        .order_by(Loan.number)
    ).all()
