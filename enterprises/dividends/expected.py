"""What a round comes to before anybody has declared it, and what an enterprise is behind with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from enterprises import batch
from enterprises.batch import Case
from enterprises.dividends import lifecycle
from enterprises.dividends.declaring import term_of
from enterprises.dividends.promised import promised
from enterprises.models import (
    Agreement,
    DividendDeclaration,
    DividendPosition,
    DividendRound,
    DividendRow,
)
from enterprises.payment.owed import unpaid_by_round
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
    return [_arrear(on, *row) for row in session.execute(_unpaid(on, organisation_id, by))]


def _arrear(
    on: date, found: DividendRound, agreement: Agreement, name: str, state: str, fen: int
) -> Arrear:
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
        amount_fen=fen,
        declared=state not in lifecycle.UNDECLARED,
    )


def _unpaid(
    on: date, organisation_id: int | None, by: Actor
) -> Select[DividendRound, Agreement, str, str, int]:
    """Overdue rounds with what is not paid of each, in one question however many there are."""
    late = _overdue(on, organisation_id, by)
    # A prepaid period's settlement promises nothing before somebody has declared it.
    undeclared = late.where(
        DividendPosition.state.in_(sorted(lifecycle.UNDECLARED)), DividendRound.revision == 0
    )
    granted = late.where(DividendPosition.state.in_(sorted(lifecycle.GRANTED)))
    unpaid = unpaid_by_round().where(DividendRow.round_id.in_(granted)).cte("unpaid")
    expected, declared = promised(undeclared), DividendDeclaration
    amount: ColumnElement[int] = case(
        (DividendPosition.state.in_(sorted(lifecycle.GRANTED)), unpaid.c.fen),
        (DividendPosition.state.not_in(sorted(lifecycle.UNDECLARED)), declared.amount_fen),
        else_=expected.c.fen,
    )
    return (
        select(DividendRound, Agreement, Organisation.name, DividendPosition.state, amount)
        .join(Agreement, Agreement.id == DividendRound.agreement_id)
        .join(Organisation, Organisation.id == Agreement.organisation_id)
        .join(DividendPosition, DividendPosition.round_id == DividendRound.id)
        .outerjoin(
            declared,
            and_(
                declared.round_id == DividendRound.id,
                declared.version == DividendPosition.version,
            ),
        )
        .outerjoin(unpaid, unpaid.c.round_id == DividendRound.id)
        .outerjoin(expected, expected.c.round_id == DividendRound.id)
        .where(DividendRound.id.in_(late), func.coalesce(amount, 0) > 0)
        .order_by(DividendRound.due_on, DividendRound.id)
    )


def _overdue(on: date, organisation_id: int | None, by: Actor) -> Select[int]:
    """Rounds due before a day and not settled."""
    query = (
        select(DividendRound.id)
        .join(Agreement, Agreement.id == DividendRound.agreement_id)
        .join(DividendPosition, DividendPosition.round_id == DividendRound.id)
        .where(
            DividendRound.due_on < on,
            DividendPosition.state.not_in(sorted(lifecycle.SETTLED)),
            Agreement.region_code.startswith(by.region_scope[:6], autoescape=True),
        )
    )
    if organisation_id is not None:
        query = query.where(Agreement.organisation_id == organisation_id)
    return query


def expected_fen(session: Session, found: DividendRound, agreement: Agreement) -> int:
    """What the terms promise for a round at least, whatever the profit."""
    one = Case(found, agreement, term_of(session, agreement, found.nr))
    return batch.expected_fen(session, one)
