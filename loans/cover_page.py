"""What of a loan is under cover and why the rest is not, as a page or an answer shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from loans.cover import PRINCIPAL, covered_fen, household_cap_fen
from loans.covered import contract_cap
from loans.models import CoverExclusion, Loan, Position, Reversal
from loans.record import Loaded
from policy import ContractTerms


@dataclass(frozen=True, slots=True)
class Outside:
    """Why no more than ``cap_fen`` of a loan is under cover."""

    #: no_cover, household_cap, fund_full, decided or compensated
    reason: str
    cap_fen: int
    clause: str
    #: business day; None: since the signing day
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """A loan's cover by risk compensation."""

    #: covered principal out, fen
    covered_fen: int
    #: out and not covered, fen
    uncovered_fen: int
    #: cap in force, fen
    cap_fen: int
    #: what keeps it below the contract's amount, in order of time
    outside: Sequence[Outside]


def cover_of(session: Session, one: Loaded, terms: ContractTerms) -> Cover:
    """The cover of one loan as it stands."""
    out_fen, cap_fen = one.course.principal_fen, one.position.cover_cap_fen
    part_fen = covered_fen(out_fen, cap_fen)
    outside = (*_agreed(session, one.loan, terms), *_later(session, one.loan.id))
    return Cover(part_fen, out_fen - part_fen, cap_fen, outside)


def _agreed(session: Session, loan: Loan, terms: ContractTerms) -> Iterator[Outside]:
    if not household_cap_fen(terms):
        parts, share = terms.cover_parts, terms.loss_sharing or terms.cover_fund_share_bp
        yield Outside("no_cover", 0, share.cite if PRINCIPAL in parts.value else parts.cite)
        return
    cap_fen = session.execute(
        select(contract_cap())
        .select_from(Loan)
        .join(Position, Position.loan_id == Loan.id)
        .where(Loan.id == loan.id)
    ).scalar_one()
    if cap_fen < loan.amount_fen:
        yield Outside("household_cap", cap_fen, terms.cover_principal_max_fen.cite)


def _later(session: Session, loan_id: int) -> Iterator[Outside]:
    undone = exists().where(Reversal.disbursement_id == CoverExclusion.disbursement_id)
    rows = session.scalars(
        select(CoverExclusion)
        .where(CoverExclusion.loan_id == loan_id, ~undone)
        .order_by(CoverExclusion.id)
    )
    for row in rows:
        yield Outside(row.reason, row.cap_fen, row.clause, row.from_on)
