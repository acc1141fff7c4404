"""Renewals (无还本续贷): a new contract whose money repays the old one's principal.

The old loan is not overdue, in its last days, and was put to its use; a loan is renewed so many
times. Exposure and line of the household are counted without it, since it ends where the new one
begins. Where the old contract's document says that a renewal keeps the old terms, the new contract
freezes the old one's terms; else it is a contract of its signing day like any other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Row, exists, func, select
from sqlalchemy.orm import Session

import policy
from kernel.money import format_yuan
from kernel.refusals import Refusal
from loans.balances import principal_out
from loans.models import Loan, OpenDue, Position
from loans.models.kept import PostCheck
from loans.prolonged import moved_of, renewals_of
from loans.refusals import (
    ExtensionsUsedUp,
    LoanIsOverdue,
    LoanOver,
    LoanUnknown,
    RenewalAboveOld,
    RenewalOfOther,
    RenewalTooEarly,
    RenewalUnfit,
    RenewedAlready,
)
from policy import ConductRules, ContractTerms


@dataclass(frozen=True, slots=True)
class Renewed:
    """The contract that is to be renewed, as it stands."""

    loan_id: int
    number: str
    lender_id: int
    household_id: int | None
    #: who uses the money; None: the household itself
    organisation_id: int | None
    state: str
    #: principal out
    outstanding_fen: int
    #: principal out, and what may still be drawn: what it takes of the household's total
    committed_fen: int
    uses_line: bool
    matures_on: date
    overdue_since: date | None
    #: found misused, or its money idle when it was last checked
    unfit: bool
    #: extensions and renewals so far
    prolonged: int
    #: another contract renews it
    renewed: bool
    terms: ContractTerms

    @property
    def kept_terms(self) -> ContractTerms | None:
        """What the new contract freezes where the old one's document says so."""
        return self.terms if self.terms.renewal_keeps_terms.value else None


def renewed_of(session: Session, numbers: Sequence[str], *, on: date) -> dict[str, Renewed]:
    """Contracts to be renewed, by number; three statements, and one for each step of a chain."""
    if not numbers:
        return {}
    oldest = (
        select(func.min(OpenDue.payable_on))
        .where(OpenDue.loan_id == Loan.id, OpenDue.payable_on < on)
        .correlate(Loan)
        .scalar_subquery()
    )
    last_use = (
        select(PostCheck.use_found)
        .where(PostCheck.loan_id == Loan.id)
        .order_by(PostCheck.value_date.desc(), PostCheck.id.desc())
        .limit(1)
        .correlate(Loan)
        .scalar_subquery()
    )
    newer = Loan.__table__.alias("newer")
    rows = session.execute(
        select(
            Loan,
            Position,
            principal_out(Loan.id),
            oldest,
            last_use,
            exists().where(newer.c.renews_id == Loan.id),
        )
        .join(Position, Position.loan_id == Loan.id)
        .where(Loan.number.in_(numbers))
    ).all()
    contracts = [row[0] for row in rows]
    moved, chains = moved_of(session, contracts), renewals_of(session, contracts)
    prolonged = {one.id: moved[one.id].extensions + chains.get(one.id, 0) for one in contracts}
    return {row[0].number: _renewed(row, prolonged[row[0].id], on) for row in rows}


def _renewed(
    row: Row[Loan, Position, int, date | None, str | None, bool], prolonged: int, on: date
) -> Renewed:
    loan, position, out_fen, since, use, again = row
    undrawn_fen = loan.amount_fen - (out_fen if loan.revolving else position.drawn_fen)
    return Renewed(
        loan_id=loan.id,
        number=loan.number,
        lender_id=loan.lender_id,
        household_id=loan.household_id,
        organisation_id=loan.organisation_id,
        state=position.state,
        outstanding_fen=out_fen,
        committed_fen=out_fen + (undrawn_fen if position.matures_on > on else 0),
        uses_line=loan.uses_line,
        matures_on=position.matures_on,
        overdue_since=since,
        unfit=position.misused or use not in {None, "matches"},
        prolonged=prolonged,
        renewed=again,
        terms=policy.thaw(ContractTerms, json.loads(loan.terms)),
    )


def own_loan(
    number: str,
    renewed: Renewed | None,
    *,
    household_id: int | None,
    organisation_id: int | None,
    lender_id: int | None,
) -> Renewed:
    """The loan to be renewed: the household's own, of this lender and for the same user."""
    if renewed is None:
        raise LoanUnknown(field="renews", number=number[:40])
    who = (renewed.household_id, renewed.organisation_id)
    if household_id is None or who != (household_id, organisation_id):
        raise RenewalOfOther(field="renews", number=number)
    if lender_id not in {None, renewed.lender_id}:
        raise RenewalOfOther(field="renews", number=number)
    return renewed


def broken_rules(
    amount_fen: int, renewed: Renewed, conduct: ConductRules, *, on: date, signed: bool = False
) -> Iterator[tuple[Refusal, bool]]:
    """Every rule that renewing a loan breaks, and whether it may be passed with a reason.

    ``signed``: the contract that renews it is signed already.
    """
    number = renewed.number
    if renewed.state != "active" or not renewed.outstanding_fen:
        yield LoanOver(field="renews", number=number), False
        return
    if renewed.renewed and not signed:
        yield RenewedAlready(field="renews", number=number), False
    if renewed.overdue_since is not None:
        days = (on - renewed.overdue_since).days
        yield LoanIsOverdue(field="renews", number=number, days=days, what="续贷"), False
    if renewed.unfit:
        yield RenewalUnfit(field="renews", number=number), False
    if amount_fen > renewed.outstanding_fen and not signed:
        amount, old = format_yuan(amount_fen), format_yuan(renewed.outstanding_fen)
        yield RenewalAboveOld(field="amount", amount=amount, old=old), False
    window, times = conduct.maturity_notice_days, renewed.terms.renewals_max
    if on < renewed.matures_on - timedelta(days=window.value):
        early = RenewalTooEarly(
            field="renews",
            clause=window.cite,
            number=number,
            matures_on=renewed.matures_on,
            days=window.value,
        )
        yield early, window.in_principle
    if renewed.prolonged >= times.value:
        used_up = ExtensionsUsedUp(
            field="renews",
            clause=times.cite,
            number=number,
            count=renewed.prolonged,
            limit=times.value,
        )
        yield used_up, times.in_principle
