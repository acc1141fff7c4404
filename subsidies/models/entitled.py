"""What the treasury owes: one row per settlement that it bears a part of, and what was left out."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class Entitlement(Recorded, Base):
    """The treasury's part of one settlement. A revision carries only the difference."""

    __tablename__ = "subsidy_entitlements"
    __table_args__ = (
        UniqueConstraint("settlement_id"),
        CheckConstraint("route IN ('lender', 'household', 'enterprise')", name="route_known"),
        CheckConstraint("amount_fen <> 0", name="amount_not_zero"),
        CheckConstraint("revision > 0 OR amount_fen > 0", name="first_is_positive"),
        CheckConstraint("payee_kind IN ('households', 'organisations')", name="payee_known"),
        Index("ix_subsidy_entitlements_loan_id_to_on", "loan_id", "to_on"),
        Index("ix_subsidy_entitlements_booked_on", "booked_on"),
        Index("ix_subsidy_entitlements_lender_id_to_on", "lender_id", "to_on"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the settlement it is the treasury's part of
    settlement_id: Mapped[int] = mapped_column(ForeignKey("settlements.id"))
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: lender
    lender_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    #: village of the signing day, as the loan's figures go by
    village_code: Mapped[str]
    #: lender (经银行), household (先付后补) or enterprise (企业垫付)
    route: Mapped[str]
    #: table of who is paid: households or organisations
    payee_kind: Mapped[str]
    #: its id there
    payee_id: Mapped[int]
    #: first day
    from_on: Mapped[date]
    #: day after the last: the period it belongs to ends on or after it
    to_on: Mapped[date]
    #: revision of the settlement
    revision: Mapped[int]
    #: closed day that booked it
    booked_on: Mapped[date]
    #: all interest of the settlement, fen; of a revision the difference
    interest_fen: Mapped[int]
    #: the treasury's part, fen; of a revision the difference
    amount_fen: Mapped[int]


class Exclusion(Recorded, Base):
    """Principal and days of a settlement's period that bear no subsidy, and why."""

    __tablename__ = "subsidy_exclusions"
    __table_args__ = (
        CheckConstraint("principal_days > 0", name="something_left_out"),
        CheckConstraint(
            "reason IN ('overdue', 'misused', 'lent_on', 'falsified', 'off_purpose', 'status',"
            " 'other', 'over_cap', 'no_share')",
            name="reason_known",
        ),
    )

    #: settlement of interest or penalty
    settlement_id: Mapped[int] = mapped_column(ForeignKey("settlements.id"), primary_key=True)
    #: overdue, misused, lent_on, falsified, off_purpose, status, other (stopped), over_cap or
    #: no_share (nothing is borne on these days)
    reason: Mapped[str] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), index=True)
    #: Σ principal × days left out, fen·days
    principal_days: Mapped[int]


class SubsidyRun(Recorded, Base):
    """What a day's settlements of one lender's loans came to: booked as one entry."""

    __tablename__ = "subsidy_runs"
    __table_args__ = (
        UniqueConstraint("on_day", "lender_id"),
        CheckConstraint("entitlements > 0", name="not_empty"),
    )

    #: number; the source of its ledger entry
    id: Mapped[int] = mapped_column(primary_key=True)
    #: closed day
    on_day: Mapped[date]
    #: lender
    lender_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    #: how many rows
    entitlements: Mapped[int]
    #: their sum, fen; may be below zero where revisions take back
    amount_fen: Mapped[int]


class EntitlementClaim(Running, Base):
    """Which claim, or which clawback, an entitlement stands in: never in two."""

    __tablename__ = "entitlement_claims"
    __table_args__ = (
        CheckConstraint("(claim_id IS NULL) <> (clawback_id IS NULL)", name="in_one_of_both"),
        Index("ix_entitlement_claims_claim_id", "claim_id"),
    )

    #: entitlement
    entitlement_id: Mapped[int] = mapped_column(
        ForeignKey("subsidy_entitlements.id"), primary_key=True, autoincrement=False
    )
    #: claim that has not been returned or withdrawn
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("subsidy_claims.id"))
    #: clawback
    clawback_id: Mapped[int | None] = mapped_column(ForeignKey("subsidy_clawbacks.id"))
