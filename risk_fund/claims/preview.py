"""What a claim would be if filed now: the amounts, the evidence, what still stands in its way.

Reads alone: nothing is locked, pledged or written. ``filing`` decides; this tells it beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.refusals import Refusal
from loans import arrears
from loans.models import Loan
from loans.refusals import LoanUnknown
from office import rights
from policy import Rulebook
from risk_fund.claims.amounts import Amounts
from risk_fund.claims.filing import Evidence, count, gather
from risk_fund.models import FundAccount, FundBalance, FundClaim, FundClaimPosition
from risk_fund.refusals import LenderWithoutFund
from risk_fund.sharing import Part, share, table_of


@dataclass(frozen=True, slots=True)
class Preview:
    """A claim before it is filed."""

    number: str
    overdue_days: int
    #: days overdue from which a claim is taken, and the clause that says so
    needed_days: int
    clause: str
    evidence: Evidence
    #: the most that can be asked; None where the loan is not under cover
    most: Amounts | None
    #: who would bear it
    parts: Sequence[Part]
    #: balance less pledged of the lender's account; None where it has none
    free_fen: int | None
    #: number and state of the claim that is under way
    under_way: tuple[int, str] | None
    #: why nothing can be claimed whatever the evidence
    refused: Refusal | None

    @property
    def is_ready(self) -> bool:
        """Whether it could be filed now."""
        return (
            self.refused is None
            and self.under_way is None
            and self.overdue_days >= self.needed_days
            and not self.evidence.missing
            and self.most is not None
            and self.most.total_fen > 0
        )


def preview(session: Session, *, number: str, rulebook: Rulebook, on: date, by: Actor) -> Preview:
    """A loan's claim as it would be filed on the open day."""
    rights.allow(by, "risk_fund.read")
    loan = session.scalar(select(Loan).where(Loan.number == number))
    if loan is None or not rights.sees(by, region=loan.village_code, institution_id=loan.lender_id):
        raise LoanUnknown(field="number", number=number[:40])
    trigger = rulebook.conduct(on=on, region=loan.village_code).claim_trigger_overdue_days
    free_fen = _free(session, loan)
    refused: Refusal | None = None
    if free_fen is None:
        refused = LenderWithoutFund(field="number", number=loan.number)
    most, parts = None, list[Part]()
    try:
        counted = count(session, loan.id, on=on, lock=False)
        most = counted.most
        parts = share(most.total_fen, table_of(counted.terms))
    except Refusal as not_covered:
        refused = refused or not_covered
    return Preview(
        number=loan.number,
        overdue_days=arrears.overdue_days(session, [loan.id], on=on).get(loan.id, 0),
        needed_days=trigger.value,
        clause=trigger.cite,
        evidence=gather(session, loan, on),
        most=most,
        parts=parts,
        free_fen=free_fen,
        under_way=_under_way(session, loan.id),
        refused=refused,
    )


def _free(session: Session, loan: Loan) -> int | None:
    return session.scalar(
        select(FundBalance.balance_fen - FundBalance.pledged_fen)
        .join(FundAccount, FundAccount.id == FundBalance.account_id)
        .where(FundAccount.lender_id == loan.lender_id)
    )


def _under_way(session: Session, loan_id: int) -> tuple[int, str] | None:
    row = session.execute(
        select(FundClaim.id, FundClaimPosition.state)
        .join(FundClaimPosition, FundClaimPosition.claim_id == FundClaim.id)
        .where(FundClaimPosition.open_loan_id == loan_id)
    ).first()
    return None if row is None else (row[0], row[1])
