"""Recoveries (追偿): what a borrower repays after compensation is shared as the loss was.

A step of the close reads the money of the day: payments of loans that the fund has paid for, and
what was undone of such. On each claim, in order, all that was repaid up to the claim is split
cumulatively by the claim's own table (``risk_fund.sharing``); what goes beyond a claim goes on to
the loan's next one, and what is left is the lender's. The lender then owes the other parties their
parts, by a deadline in working days, until it gives them back by voucher.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, insert, select
from sqlalchemy.orm import Session

import ledger
from kernel.calendar import HolidayTable
from loans.models import Loan
from loans.money_moved import Moved, money_moved_of
from policy import BANK, FUND, Rulebook
from risk_fund import accounts
from risk_fund.claims.record import shares_of
from risk_fund.deadlines import working_days_after
from risk_fund.models import (
    Compensation,
    FundClaim,
    FundClaimPosition,
    Recovery,
    RecoveryShare,
)
from risk_fund.sharing import LEVEL, Recovered, Table
from risk_fund.sharing import recover as split
from risk_fund.tables import table_from


@dataclass(slots=True)
class Claim:
    """A paid claim at hand."""

    row: FundClaim
    position: FundClaimPosition
    table: Table
    #: repayments with a higher number are recoveries
    repayments_before: int
    #: parties that have paid the lender
    paid: frozenset[str]


def recover(session: Session, *, day: date, rulebook: Rulebook, calendar: HolidayTable) -> int:
    """Split what was recovered on a day that is being closed; how many rows. Once for each payment.

    Asked again after a crash it finds nothing left.
    """
    compensated = select(FundClaim.loan_id).join(
        Compensation, Compensation.claim_id == FundClaim.id
    )
    moved = money_moved_of(session, compensated, day=day)
    moved = _new(session, moved) if moved else []
    if not moved:
        return 0
    claims = _claims(session, {one.loan_id for one in moved})
    lenders = {
        row[0]: (row[1], row[2])
        for row in session.execute(
            select(Loan.id, Loan.lender_id, Loan.village_code).where(
                Loan.id.in_({one.loan_id for one in moved})
            )
        )
    }
    written = 0
    for one in moved:
        lender_id, region = lenders[one.loan_id]
        days = rulebook.conduct(on=day, region=region).recovery_return_working_days.value
        return_by = working_days_after(calendar, day, days)
        for claim, recovery, parts in _take(session, claims[one.loan_id], one, day, return_by):
            _book(session, claim, recovery, parts, lender_id)
            written += 1
    return written


def _claims(session: Session, loan_ids: Collection[int]) -> dict[int, list[Claim]]:
    """Paid claims by loan, in order; locked, so that no party pays meanwhile."""
    rows = session.execute(
        select(FundClaim, FundClaimPosition, Compensation.repayments_before)
        .join(FundClaimPosition, FundClaimPosition.claim_id == FundClaim.id)
        .join(
            Compensation,
            and_(Compensation.claim_id == FundClaim.id, Compensation.party == FUND),
        )
        .where(FundClaim.loan_id.in_(loan_ids))
        .order_by(FundClaim.loan_id, FundClaim.nr)
        .with_for_update(of=FundClaimPosition)
        .execution_options(populate_existing=True)
    ).all()
    paid: dict[int, set[str]] = {}
    for claim_id, party in session.execute(
        select(Compensation.claim_id, Compensation.party).where(
            Compensation.claim_id.in_([row.id for row, _, _ in rows])
        )
    ):
        paid.setdefault(claim_id, set()).add(party)
    found: dict[int, list[Claim]] = {}
    for row, position, before in rows:
        found.setdefault(row.loan_id, []).append(
            Claim(
                row,
                position,
                table_from(shares_of(session, row.id)),
                before,
                frozenset(paid[row.id]),
            )
        )
    return found


def _new(session: Session, moved: Sequence[Moved]) -> list[Moved]:
    """What is not split yet."""
    known = {
        (row[0], row[1])
        for row in session.execute(
            select(Recovery.repayment_id, Recovery.undone).where(
                Recovery.repayment_id.in_({one.repayment_id for one in moved})
            )
        )
    }
    return [one for one in moved if (one.repayment_id, one.reversal_id is not None) not in known]


def _take(
    session: Session, claims: Sequence[Claim], one: Moved, day: date, return_by: date
) -> Iterator[tuple[Claim, Recovery, Recovered]]:
    """Put a payment to the loan's claims in order."""
    left_fen = one.fen
    for claim in claims:
        if one.repayment_id <= claim.repayments_before or not left_fen:
            continue
        parts = split(claim.row.total_fen, claim.position.repaid_fen, left_fen, claim.table)
        recovery = Recovery(
            claim_id=claim.row.id,
            repayment_id=one.repayment_id,
            undone=one.reversal_id is not None,
            booked_on=day,
            repaid_fen=left_fen,
            amount_fen=parts.amount_fen,
            return_by=return_by,
        )
        session.add(recovery)
        session.flush()
        session.execute(
            insert(RecoveryShare),
            [
                {"recovery_id": recovery.id, "party": party, "amount_fen": fen}
                for party, fen in parts.parts.items()
            ],
        )
        claim.position.repaid_fen += left_fen
        claim.position.recovered_fen += parts.amount_fen
        session.flush()
        yield claim, recovery, parts
        left_fen = parts.beyond_fen


def _book(
    session: Session, claim: Claim, recovery: Recovery, split_up: Recovered, lender_id: int
) -> None:
    """The lender owes the other parties what it recovered for them; its compensation is less."""
    owed_fen = owed_by(split_up.parts, claim.paid)
    if not owed_fen:
        return

    def account(kind: str) -> int:
        return accounts.lender_account(session, lender_id, kind)

    loan_id = claim.row.loan_id
    ledger.post(
        session,
        source_kind="fund_recoveries",
        source_id=recovery.id,
        booking_date=recovery.booked_on,
        value_date=recovery.booked_on,
        lines=[
            ledger.Line(account("compensated"), owed_fen, loan_id),
            ledger.Line(account("recovery_payable"), -owed_fen, loan_id),
        ],
        closing=True,
    )


def owed_by(parts: Mapping[str, int], paid: frozenset[str]) -> int:
    """What of a split the lender owes: the parts of those who have paid it."""
    return sum(
        fen
        for party, fen in parts.items()
        if party != BANK and LEVEL not in party and party in paid
    )
