"""What a round comes to before anybody has declared it, and what an enterprise is behind with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from enterprises import batch
from enterprises.batch import Case
from enterprises.dividends import lifecycle
from enterprises.dividends.declaring import term_of
from enterprises.models import Agreement, DividendDeclaration, DividendPosition, DividendRound
from enterprises.payment.owed import unpaid_fen
from kernel.actor import Actor
from office import rights
from organisations import Organisation


@dataclass(frozen=True, slots=True)
class Arrear:
    """A round that was due and is not paid."""

    round_id: int
    organisation_id: int
    organisation: str
    agreement_id: int
    agreement_number: str
    nr: int
    due_on: date
    #: days since
    days: int
    state: str
    #: not paid yet: of what was declared, else what the terms promise at least, fen
    amount_fen: int
    #: whether that is declared
    declared: bool


def arrears(
    session: Session, *, on: date, by: Actor, organisation_id: int | None = None
) -> list[Arrear]:
    """Rounds due before a day and not paid, the longest first; of one enterprise or of all.

    A round of a period in which nobody was linked owes nothing.
    """
    rights.allow(by, "enterprises.read")
    found = [
        _arrear(session, on, *row) for row in session.execute(_overdue(on, organisation_id, by))
    ]
    return [one for one in found if one.amount_fen > 0]


def _overdue(
    on: date, organisation_id: int | None, by: Actor
) -> Select[DividendRound, Agreement, str, str, int]:
    query = (
        select(
            DividendRound,
            Agreement,
            Organisation.name,
            DividendPosition.state,
            DividendPosition.version,
        )
        .join(Agreement, Agreement.id == DividendRound.agreement_id)
        .join(Organisation, Organisation.id == Agreement.organisation_id)
        .join(DividendPosition, DividendPosition.round_id == DividendRound.id)
        .where(
            DividendRound.due_on < on,
            DividendPosition.state.not_in(sorted(lifecycle.SETTLED)),
            Agreement.region_code.startswith(by.region_scope[:6], autoescape=True),
        )
        .order_by(DividendRound.due_on, DividendRound.id)
    )
    if organisation_id is not None:
        query = query.where(Agreement.organisation_id == organisation_id)
    return query


def _arrear(
    session: Session,
    on: date,
    found: DividendRound,
    agreement: Agreement,
    name: str,
    state: str,
    version: int,
) -> Arrear:
    declared = state not in {lifecycle.DUE, lifecycle.RETURNED}
    return Arrear(
        round_id=found.id,
        organisation_id=agreement.organisation_id,
        organisation=name,
        agreement_id=agreement.id,
        agreement_number=agreement.number,
        nr=found.nr,
        due_on=found.due_on,
        days=(on - found.due_on).days,
        state=state,
        amount_fen=_owed(session, found, agreement, state, version),
        declared=declared,
    )


def _owed(
    session: Session, found: DividendRound, agreement: Agreement, state: str, version: int
) -> int:
    if state in lifecycle.GRANTED:
        return unpaid_fen(session, found.id)
    if state not in {lifecycle.DUE, lifecycle.RETURNED}:
        return session.get_one(DividendDeclaration, (found.id, version)).amount_fen
    if found.revision:
        return 0
    return expected_fen(session, found, agreement)


def expected_fen(session: Session, found: DividendRound, agreement: Agreement) -> int:
    """What the terms promise for a round at least, whatever the profit."""
    one = Case(found, agreement, term_of(session, agreement, found.nr))
    return batch.expected_fen(session, one)
