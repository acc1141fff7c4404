"""Why: a lender's leverage, and a claim's amount, with everything needed to reckon them again.

An answer holds its operands as well as its result; ``leverage`` and ``claims.amounts`` give the
result from the operands alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from loans.limits import limit_of
from loans.models import Loan
from office import rights
from policy import Rulebook
from risk_fund.claims.amounts import Amounts, Basis, basis_from, coverable
from risk_fund.claims.record import shares_of
from risk_fund.figures import AccountFigures, figures
from risk_fund.models import FundClaim, FundMovement
from risk_fund.refusals import FundAccountUnknown, FundClaimUnknown


@dataclass(frozen=True, slots=True)
class Source:
    """Contributions less withdrawals of one source."""

    source: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class WhyLeverage:
    """An account's two ratios: every operand, the rule's clause, what the limit is set to."""

    figures: AccountFigures
    #: add up to what was contributed
    sources: Sequence[Source]
    #: kind -> sum of its movements; add up to the balance
    movements: Sequence[tuple[str, int]]
    #: most covered principal that may be out; None where no limit is set
    limit_fen: int | None
    stopped: bool
    when_full: str


@dataclass(frozen=True, slots=True)
class ShareLine:
    """What a party bears."""

    party: str
    share_bp: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class WhyClaim:
    """What a claim was counted from, the most that could be asked, what was, and who bears it."""

    claim_id: int
    number: str
    basis: Basis
    most: Amounts
    asked: Amounts
    total_fen: int
    shares: Sequence[ShareLine]
    #: document and clause of the sharing table
    clause: str
    #: what of the contract's frozen terms says which parts are covered
    cover_clause: str
    evidence: dict[str, object]
    overdue_days: int
    filed_on: date
    digest: str


def why_leverage(
    session: Session,
    *,
    account_id: int,
    rulebook: Rulebook,
    on: date,
    by: Actor,
    day: date | None = None,
) -> WhyLeverage:
    """An account's leverage, now or at a close."""
    rights.allow(by, "risk_fund.read")
    wanted = (
        one
        for one in figures(session, rulebook=rulebook, on=on, day=day)
        if one.account_id == account_id and rights.sees(by, institution_id=one.lender_id)
    )
    found = next(wanted, None)
    if found is None:
        raise FundAccountUnknown(field="account_id", number=account_id)
    by_source: dict[str, int] = {}
    by_kind: dict[str, int] = {}
    query = select(FundMovement).where(FundMovement.account_id == account_id)
    if day is not None:
        query = query.where(FundMovement.booking_date <= day)
    for row in session.scalars(query.order_by(FundMovement.id)):
        by_kind[row.kind] = by_kind.get(row.kind, 0) + row.amount_fen
        if row.source:
            by_source[row.source] = by_source.get(row.source, 0) + row.amount_fen
    limit = limit_of(session, ("institution", str(found.lender_id)))
    return WhyLeverage(
        found,
        [Source(*item) for item in by_source.items()],
        list(by_kind.items()),
        limit.limit_fen if limit is not None else None,
        limit is not None and limit.stopped,
        limit.when_full if limit is not None else "",
    )


def why_claim(session: Session, *, claim_id: int, by: Actor) -> WhyClaim:
    """A claim's amount."""
    rights.allow(by, "risk_fund.read")
    row = session.execute(
        select(FundClaim, Loan)
        .join(Loan, Loan.id == FundClaim.loan_id)
        .where(FundClaim.id == claim_id)
    ).one_or_none()
    if row is None or not rights.sees(
        by, region=row[1].village_code, institution_id=row[1].lender_id
    ):
        raise FundClaimUnknown(field="claim_id", number=claim_id)
    claim, loan = row
    basis = basis_from(json.loads(claim.basis))
    cover = json.loads(loan.terms)["cover_parts"]
    return WhyClaim(
        claim_id=claim.id,
        number=loan.number,
        basis=basis,
        most=coverable(basis),
        asked=Amounts(claim.principal_fen, claim.interest_fen, claim.penalty_fen),
        total_fen=claim.total_fen,
        shares=[
            ShareLine(one.party, one.share_bp, one.amount_fen)
            for one in shares_of(session, claim_id)
        ],
        clause=claim.clause,
        cover_clause=f"{cover['cited_as']}：{cover['clause'] or '默认值'}",
        evidence=json.loads(claim.evidence),
        overdue_days=claim.overdue_days,
        filed_on=claim.filed_on,
        digest=claim.digest,
    )
