"""What stands now, recomputable from the record: positions, open segments and dues, limits."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Running


class Position(Running, Base):
    """Where a loan stands now. ``next_event_on`` is the least of the four days to come."""

    __tablename__ = "positions"
    __table_args__ = (
        CheckConstraint("drawn_fen >= 0", name="drawn_not_negative"),
        CheckConstraint("state IN ('signed', 'active', 'settled')", name="state_known"),
        Index("ix_positions_next_event_on", "next_event_on"),
    )

    #: contract
    loan_id: Mapped[int] = mapped_column(
        ForeignKey("loans.id"), primary_key=True, autoincrement=False
    )
    #: signed, active or settled
    state: Mapped[str]
    #: drawn and not reversed, fen
    drawn_fen: Mapped[int]
    #: value date of the first draw; 9999-12-31 before it
    drawn_on: Mapped[date]
    #: interest is settled up to this day
    interest_settled_to: Mapped[date]
    #: penalty is settled up to this day
    penalty_settled_to: Mapped[date]
    #: plan version in force; 0 where there is none
    plan_version: Mapped[int]
    #: close at whose end interest is settled next
    settle_event_on: Mapped[date]
    #: close on the eve of the next instalment or of maturity
    plan_event_on: Mapped[date]
    #: close on the eve of a change of the treasury's share
    share_event_on: Mapped[date]
    #: close at which dues, overdue days, grade and day-end figures are looked at again
    review_on: Mapped[date]
    #: least of the four
    next_event_on: Mapped[date]
    #: five-grade classification, 1 to 5
    grade: Mapped[int]


class OpenSegment(Running, Base):
    """The stretch of days a balance is in now."""

    __tablename__ = "open_segments"
    __table_args__ = (
        CheckConstraint("principal_fen > 0", name="principal_positive"),
        CheckConstraint("state IN ('regular', 'overdue')", name="state_known"),
    )

    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), primary_key=True)
    #: regular or overdue
    state: Mapped[str] = mapped_column(primary_key=True)
    #: first day
    from_on: Mapped[date]
    #: balance, fen
    principal_fen: Mapped[int]
    #: rate of these days
    rate_ppm: Mapped[int]
    #: the treasury's share of the interest, basis points
    share_bp: Mapped[int]
    #: principal on which that share is counted, fen
    cap_fen: Mapped[int]


class OpenDue(Running, Base):
    """What is left of a due."""

    __tablename__ = "open_dues"
    __table_args__ = (
        CheckConstraint("left_fen > 0", name="left_positive"),
        Index("ix_open_dues_loan_id_bearer_payable_on", "loan_id", "bearer", "payable_on"),
        Index("ix_open_dues_bearer_payable_on", "bearer", "payable_on"),
    )

    #: the due
    due_id: Mapped[int] = mapped_column(
        ForeignKey("dues.id"), primary_key=True, autoincrement=False
    )
    #: contract
    loan_id: Mapped[int]
    #: principal, interest or penalty
    kind: Mapped[str]
    #: household or treasury
    bearer: Mapped[str]
    #: due date, moved to the next working day once the close has reached a holiday
    payable_on: Mapped[date]
    #: unpaid, fen
    left_fen: Mapped[int]


class HouseholdCredit(Running, Base):
    """A household's overpayment at a lender, waiting for the next due."""

    __tablename__ = "household_credits"
    __table_args__ = (CheckConstraint("amount_fen >= 0", name="amount_not_negative"),)

    #: lender that holds it
    lender_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    #: household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), primary_key=True)
    #: how much, fen
    amount_fen: Mapped[int]


class LendingLimit(Running, Base):
    """How much may be out in a scope. No row means no limit."""

    __tablename__ = "lending_limits"
    __table_args__ = (
        CheckConstraint("used_fen >= 0", name="used_not_negative"),
        CheckConstraint("limit_fen >= 0", name="limit_not_negative"),
        CheckConstraint("scope_kind IN ('institution', 'region')", name="scope_known"),
    )

    #: institution or region
    scope_kind: Mapped[str] = mapped_column(primary_key=True)
    #: organisation id, or the digits of a region
    scope: Mapped[str] = mapped_column(primary_key=True)
    #: most covered principal that may be out, fen
    limit_fen: Mapped[int]
    #: covered principal out, fen
    used_fen: Mapped[int]
    #: no new lending at all
    stopped: Mapped[bool]
    #: why
    clause: Mapped[str]
