"""Claims on the fund (代偿): what is asked, how it is shared, what is paid and comes back."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class FundClaim(Recorded, Base):
    """A lender asks the fund for its part of a loan that is not repaid."""

    __tablename__ = "fund_claims"
    __table_args__ = (
        UniqueConstraint("loan_id", "nr"),
        CheckConstraint(
            "principal_fen >= 0 AND interest_fen >= 0 AND penalty_fen >= 0", name="not_negative"
        ),
        CheckConstraint(
            "total_fen = principal_fen + interest_fen + penalty_fen AND total_fen > 0",
            name="parts_add_up",
        ),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: special account asked
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_accounts.id"), index=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: claim of this loan, from 1
    nr: Mapped[int]
    #: business day
    filed_on: Mapped[date]
    #: days overdue on that day
    overdue_days: Mapped[int]
    #: principal under cover, fen
    principal_fen: Mapped[int]
    #: the household's interest, where the contract's cover has it; never the treasury's, fen
    interest_fen: Mapped[int]
    #: penalty and compound interest, where the contract's cover has it, fen
    penalty_fen: Mapped[int]
    #: all three
    total_fen: Mapped[int]
    #: to be reviewed by this day
    review_by: Mapped[date]
    #: what the amounts were counted from, canonical JSON
    basis: Mapped[str]
    #: collection record and papers it rests on, canonical JSON: ids and what they say
    evidence: Mapped[str]
    #: document and clause of the sharing table
    clause: Mapped[str]
    #: SHA-256 of claim, shares and evidence, canonical: what every later office decides on
    digest: Mapped[str]


class FundClaimShare(Recorded, Base):
    """What one party bears of a claim."""

    __tablename__ = "fund_claim_shares"
    __table_args__ = (
        CheckConstraint("share_bp BETWEEN 0 AND 10000", name="share_range"),
        CheckConstraint("amount_fen >= 0", name="amount_not_negative"),
    )

    #: claim
    claim_id: Mapped[int] = mapped_column(ForeignKey("fund_claims.id"), primary_key=True)
    #: bank, fund, a guarantee company's code; inside the fund: fund/county, fund/township, ...
    party: Mapped[str] = mapped_column(primary_key=True)
    #: place in the table, from 1: ties of the largest remainder go to the lower
    nr: Mapped[int]
    #: share, basis points; of a part of the fund, of the fund's part
    share_bp: Mapped[int]
    #: how much, fen
    amount_fen: Mapped[int]


class FundClaimStep(Recorded, Base):
    """A step of a claim: filed, checked, reviewed, approved, paid, rejected, withdrawn."""

    __tablename__ = "fund_claim_steps"
    __table_args__ = (
        UniqueConstraint("claim_id", "nr"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: claim
    claim_id: Mapped[int] = mapped_column(ForeignKey("fund_claims.id"))
    #: place among the claim's steps, from 1
    nr: Mapped[int]
    #: state it came to, as ``risk_fund.lifecycle`` names it
    state: Mapped[str]
    #: business day
    on_day: Mapped[date]
    #: person; 0 is the system
    by_person: Mapped[int]
    #: the claim's digest as recomputed at this step
    digest: Mapped[str]
    #: why
    reason: Mapped[str]


class FundClaimPosition(Running, Base):
    """Where a claim stands now. A loan has at most one that is neither paid nor over."""

    __tablename__ = "fund_claim_positions"

    #: claim
    claim_id: Mapped[int] = mapped_column(
        ForeignKey("fund_claims.id"), primary_key=True, autoincrement=False
    )
    #: state, as ``risk_fund.lifecycle`` names it
    state: Mapped[str]
    #: the loan, while the claim is under way; NULL afterwards
    open_loan_id: Mapped[int | None] = mapped_column(unique=True)
    #: repaid since the fund paid, shared or not, fen
    repaid_fen: Mapped[int]
    #: recovered and split so far: what was repaid, up to the claim, fen
    recovered_fen: Mapped[int]


class Compensation(Recorded, Base):
    """What a party has paid the lender on a claim."""

    __tablename__ = "fund_compensations"
    __table_args__ = (
        UniqueConstraint("claim_id", "party"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("(party = 'fund') = (movement_id IS NOT NULL)", name="fund_moves"),
    )

    #: number; the source of its ledger entry
    id: Mapped[int] = mapped_column(primary_key=True)
    #: claim
    claim_id: Mapped[int] = mapped_column(ForeignKey("fund_claims.id"))
    #: fund, or a guarantee company's code
    party: Mapped[str]
    #: how much, fen
    amount_fen: Mapped[int]
    #: business day
    paid_on: Mapped[date]
    #: movement of the special account; NULL for other parties
    movement_id: Mapped[int | None] = mapped_column(ForeignKey("fund_movements.id"), unique=True)
    #: the lender's voucher
    voucher_id: Mapped[int] = mapped_column(ForeignKey("vouchers.id"), unique=True)
    #: last repayment of the loan before it was paid; later ones are recoveries. 0 for none
    repayments_before: Mapped[int]


class Recovery(Recorded, Base):
    """What a repayment of a compensated loan gives back, or a reversal takes from it again."""

    __tablename__ = "fund_recoveries"
    __table_args__ = (
        UniqueConstraint("claim_id", "repayment_id", "undone"),
        CheckConstraint("repaid_fen <> 0", name="repaid_not_zero"),
        Index("ix_fund_recoveries_return_by", "return_by"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: claim
    claim_id: Mapped[int] = mapped_column(ForeignKey("fund_claims.id"))
    #: repayment
    repayment_id: Mapped[int] = mapped_column(ForeignKey("repayments.id"))
    #: the repayment was undone: the amount is below zero
    undone: Mapped[bool]
    #: business day
    booked_on: Mapped[date]
    #: what was repaid, or given back where below zero, fen
    repaid_fen: Mapped[int]
    #: what of it is shared: all that was repaid, up to the claim, less what was shared before
    amount_fen: Mapped[int]
    #: the fund's part is due back by this day
    return_by: Mapped[date]


class RecoveryShare(Recorded, Base):
    """A party's part of a recovery."""

    __tablename__ = "fund_recovery_shares"

    #: recovery
    recovery_id: Mapped[int] = mapped_column(ForeignKey("fund_recoveries.id"), primary_key=True)
    #: as in the claim's shares
    party: Mapped[str] = mapped_column(primary_key=True)
    #: how much, fen; below zero where it is undone
    amount_fen: Mapped[int]


class FundReturn(Recorded, Base):
    """The lender pays recovered money back to the fund, or to another party."""

    __tablename__ = "fund_returns"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("(party = 'fund') = (movement_id IS NOT NULL)", name="fund_moves"),
    )

    #: number; the source of its ledger entry
    id: Mapped[int] = mapped_column(primary_key=True)
    #: special account of the claims
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_accounts.id"), index=True)
    #: fund, or a guarantee company's code
    party: Mapped[str]
    #: how much, fen
    amount_fen: Mapped[int]
    #: business day
    returned_on: Mapped[date]
    #: movement of the special account; NULL for other parties
    movement_id: Mapped[int | None] = mapped_column(ForeignKey("fund_movements.id"), unique=True)
    #: the lender's voucher
    voucher_id: Mapped[int] = mapped_column(ForeignKey("vouchers.id"), unique=True)


class FundReturnPart(Recorded, Base):
    """Which recoveries a return is of: each goes back once to each party."""

    __tablename__ = "fund_return_parts"

    #: recovery
    recovery_id: Mapped[int] = mapped_column(ForeignKey("fund_recoveries.id"), primary_key=True)
    #: party
    party: Mapped[str] = mapped_column(primary_key=True)
    #: return
    return_id: Mapped[int] = mapped_column(ForeignKey("fund_returns.id"), index=True)
