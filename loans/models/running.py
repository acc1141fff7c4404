"""What stands now, recomputable from the record: positions, open segments and dues, limits."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Running


class Position(Running, Base):
    """Where a loan stands now, and the terms in force, which a change may have moved.

    ``next_event_on`` is the least of the four days to come.
    """

    __tablename__ = "positions"
    __table_args__ = (
        CheckConstraint("drawn_fen >= 0", name="drawn_not_negative"),
        CheckConstraint("cover_cap_fen >= 0", name="cover_not_negative"),
        CheckConstraint(
            "state IN ('signed', 'active', 'settled', 'written_off')", name="state_known"
        ),
        Index("ix_positions_next_event_on", "next_event_on"),
    )

    #: contract
    loan_id: Mapped[int] = mapped_column(
        ForeignKey("loans.id"), primary_key=True, autoincrement=False
    )
    #: signed, active, settled or written_off
    state: Mapped[str]
    #: last day in force; principal falls due on it
    matures_on: Mapped[date]
    #: method of repayment in force
    method: Mapped[str]
    #: months between settlements or instalments in force
    every_months: Mapped[int]
    #: settlement day of the month in force; 0 where interest follows a plan or the end
    settle_on_day: Mapped[int]
    #: value date of its last event; an event before it is entered by replay
    last_event_on: Mapped[date]
    #: place of that event in the order of a day, ``loans.replay.RANKS``
    last_event_rank: Mapped[int]
    #: surcharge on the rate of misused principal, basis points
    misuse_surcharge_bp: Mapped[int]
    #: whether unpaid interest bears interest (复利)
    compounds: Mapped[bool]
    #: overdue for more than so many days, a payment goes to principal first; NULL: never
    principal_first_after_days: Mapped[int | None]
    #: found misused: no draw, no share of the treasury, the heavier penalty
    misused: Mapped[bool]
    #: the treasury bears no share any more (停止贴息)
    unsubsidised: Mapped[bool] = mapped_column(default=False)
    #: drawn and not reversed, fen
    drawn_fen: Mapped[int]
    #: value date of the first draw; 9999-12-31 before it
    drawn_on: Mapped[date]
    #: interest is settled up to this day
    interest_settled_to: Mapped[date]
    #: penalty is settled up to this day
    penalty_settled_to: Mapped[date]
    #: interest on unpaid interest is settled up to this day
    compound_settled_to: Mapped[date]
    #: due dates of the plan are counted from this day; 9999-12-31 before the first draw
    plan_from_on: Mapped[date]
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
    #: principal under cover at most, in force: the contract's, or less by an exclusion, fen
    cover_cap_fen: Mapped[int]
    #: five-grade classification, 1 to 5
    grade: Mapped[int]
    #: corrections so far; what is written of the loan from now on carries this number
    correction: Mapped[int]


class OpenSegment(Running, Base):
    """The stretch of days a balance is in now."""

    __tablename__ = "open_segments"
    __table_args__ = (
        CheckConstraint("principal_fen > 0", name="principal_positive"),
        CheckConstraint("share_rate_ppm BETWEEN 0 AND rate_ppm", name="share_rate_within_rate"),
        CheckConstraint(
            "state IN ('regular', 'misused', 'overdue', 'arrears')", name="state_known"
        ),
    )

    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), primary_key=True)
    #: regular, misused, overdue or arrears
    state: Mapped[str] = mapped_column(primary_key=True)
    #: first day
    from_on: Mapped[date]
    #: balance, fen; of arrears the unpaid interest
    principal_fen: Mapped[int]
    #: rate of these days
    rate_ppm: Mapped[int]
    #: the treasury's share of the interest, basis points
    share_bp: Mapped[int]
    #: principal on which that share is counted, fen
    cap_fen: Mapped[int]
    #: rate that is shared; NULL: the rate of these days
    share_rate_ppm: Mapped[int | None] = mapped_column(default=None)


class OpenDue(Running, Base):
    """What is left of a due of whoever repays; what the treasury owes is not counted here."""

    __tablename__ = "open_dues"
    __table_args__ = (
        CheckConstraint("left_fen > 0", name="left_positive"),
        Index("ix_open_dues_loan_id_payable_on", "loan_id", "payable_on"),
        Index("ix_open_dues_payable_on", "payable_on"),
    )

    #: the due
    due_id: Mapped[int] = mapped_column(
        ForeignKey("dues.id"), primary_key=True, autoincrement=False
    )
    #: contract
    loan_id: Mapped[int]
    #: principal, interest, penalty or compound
    kind: Mapped[str]
    #: due date, moved to the next working day once the close has reached a holiday
    payable_on: Mapped[date]
    #: unpaid, fen
    left_fen: Mapped[int]


class LoanCredit(Running, Base):
    """What payments for a loan could not use (溢缴款), waiting for its next due or a refund."""

    __tablename__ = "loan_credits"
    __table_args__ = (CheckConstraint("amount_fen >= 0", name="amount_not_negative"),)

    #: contract
    loan_id: Mapped[int] = mapped_column(
        ForeignKey("loans.id"), primary_key=True, autoincrement=False
    )
    #: how much, fen
    amount_fen: Mapped[int]


class LendingLimit(Running, Base):
    """How much covered principal may be out in a scope. No row means no limit and no stop."""

    __tablename__ = "lending_limits"
    __table_args__ = (
        CheckConstraint("used_fen >= 0", name="used_not_negative"),
        CheckConstraint("limit_fen >= 0", name="limit_not_negative"),
        CheckConstraint("scope_kind IN ('institution', 'region')", name="scope_known"),
        CheckConstraint("when_full IN ('stop', 'uncovered')", name="when_full_known"),
    )

    #: institution or region
    scope_kind: Mapped[str] = mapped_column(primary_key=True)
    #: organisation id, or the digits of a region
    scope: Mapped[str] = mapped_column(primary_key=True)
    #: most covered principal that may be out, fen; NULL: no limit, the stop alone
    limit_fen: Mapped[int | None]
    #: covered principal out, fen
    used_fen: Mapped[int]
    #: no new lending at all, covered or not
    stopped: Mapped[bool]
    #: a draw beyond the limit is refused (stop), or paid out outside the cover (uncovered)
    when_full: Mapped[str]
    #: why
    clause: Mapped[str]
