"""Reads of the subsidies that no other file keeps: whose subsidy should be stopped.

Where a contract's frozen terms say that the household must still be served on the day of
settlement (结息时仍须符合条件), a household whose status has changed since is listed here. Nothing
stops by itself: one person proposes the stop, another decides it (``loans.stop_subsidy``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import Session

from households.models import Household, HouseholdStatus
from households.queries import POLICY_KIND
from households.standing import last_status
from kernel.actor import Actor
from loans.models import Loan, LoanBearer, Position
from office import rights
from policy import HOUSEHOLD_KINDS, Rulebook


@dataclass(frozen=True, slots=True)
class NoLongerServed:
    """A subsidised loan whose household the programme serves no more."""

    number: str
    household_number: str
    village_code: str
    #: as the programme names the household's standing now
    kind: str
    kind_title: str
    #: first day of that standing: from when on the subsidy would be stopped
    since: date


def no_longer_served(
    session: Session,
    *,
    rulebook: Rulebook,
    on: date,
    by: Actor,
    after_id: int = 0,
    limit: int = 200,
) -> list[NoLongerServed]:
    """Loans whose terms ask for the status at settlement and whose household lost it, by id."""
    rights.allow(by, "subsidies.read")
    if not _asked_anywhere(rulebook):
        return []
    status = last_status(on)
    query = (
        select(
            Loan.id,
            Loan.number,
            Loan.terms,
            Loan.village_code,
            Household.number.label("household_number"),
            Household.id.label("household_id"),
            status.label("status"),
        )
        .join(Household, Household.id == Loan.household_id)
        .join(Position, Position.loan_id == Loan.id)
        .where(
            Position.state == "active",
            ~Position.unsubsidised,
            exists().where(LoanBearer.loan_id == Loan.id, LoanBearer.to_on > on),
            Loan.village_code.startswith(by.region_scope, autoescape=True),
            Loan.id > after_id,
        )
        .order_by(Loan.id)
        .execution_options(yield_per=500)
    )
    if by.institution_ids is not None:
        query = query.where(Loan.lender_id.in_(by.institution_ids))
    return list(_lost(session, session.execute(query), on, limit))


def _asked_anywhere(rulebook: Rulebook) -> bool:
    """Whether any document asks for the status at settlement at all."""
    name = "subsidy_status_at_settlement"
    given = (d.sections["contract"].get(name) for d in rulebook.documents.values())
    return any(one is not None and one.value for one in given)


def _lost(
    session: Session, rows: Iterator[Row[*tuple[object, ...]]], on: date, limit: int
) -> Iterator[NoLongerServed]:
    served_by: dict[str, frozenset[str] | None] = {}
    found = 0
    for row in rows:
        if row.terms not in served_by:
            served_by[row.terms] = _served(row.terms)
        served = served_by[row.terms]
        kind = POLICY_KIND[row.status] if row.status else "general"
        if served is None or kind in served:
            continue
        yield NoLongerServed(
            row.number,
            row.household_number,
            row.village_code,
            kind,
            HOUSEHOLD_KINDS[kind],
            _since(session, row.household_id, on),
        )
        found += 1
        if found == limit:
            return


def _served(terms: str) -> frozenset[str] | None:
    """The kinds that the frozen terms serve; None where they do not ask at settlement."""
    frozen = json.loads(terms)
    asked = frozen.get("subsidy_status_at_settlement")
    if asked is None or not asked["value"]:
        return None
    return frozenset(frozen["household_kinds"]["value"])


def _since(session: Session, household_id: int, on: date) -> date:
    return session.scalars(
        select(HouseholdStatus.from_on)
        .where(
            HouseholdStatus.household_id == household_id,
            HouseholdStatus.from_on <= on,
            HouseholdStatus.booked_on <= on,
        )
        .order_by(HouseholdStatus.from_on.desc(), HouseholdStatus.id.desc())
        .limit(1)
    ).one()
