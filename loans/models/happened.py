"""What happened: payments out and in, segments closed, interest settled, dues, grades, day ends.

A correction adds rows and changes none. Settlements, dues and allocations that it adds carry the
difference, so that the sum of the rows of one key is what is in force; segments that it adds take
the place of all those of the loan that end after its ``from_on``.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded
from kernel.digests import added


class Segment(Recorded, Base):
    """A closed stretch of days, in force unless a later correction reaches back into it."""

    __tablename__ = "segments"
    __table_args__ = (
        CheckConstraint("to_on > from_on", name="days_in_order"),
        CheckConstraint("principal_fen > 0", name="principal_positive"),
        CheckConstraint("share_rate_ppm BETWEEN 0 AND rate_ppm", name="share_rate_within_rate"),
        CheckConstraint(
            "state IN ('regular', 'misused', 'overdue', 'arrears', 'void')", name="state_known"
        ),
        Index("ix_segments_loan_id_from_on", "loan_id", "from_on"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: regular, misused, overdue, arrears (unpaid interest), or void: undone before it bore anything
    state: Mapped[str]
    #: first day
    from_on: Mapped[date]
    #: day after the last
    to_on: Mapped[date]
    #: balance, fen; of arrears the unpaid interest
    principal_fen: Mapped[int]
    #: rate of these days
    rate_ppm: Mapped[int]
    #: the treasury's share of the interest, basis points
    share_bp: Mapped[int]
    #: principal on which that share is counted, fen
    cap_fen: Mapped[int]
    #: rate that is shared; NULL: the rate of these days
    share_rate_ppm: Mapped[int | None] = mapped_column(default=None, info=added(before=None))
    #: number of the loan's correction that wrote it; 0 where the days themselves did
    correction: Mapped[int] = mapped_column(default=0, info=added(before=0))


class Settlement(Recorded, Base):
    """Interest or penalty of a stretch of days, rounded once and shared."""

    __tablename__ = "settlements"
    __table_args__ = (
        UniqueConstraint("loan_id", "kind", "to_on", "revision"),
        CheckConstraint("kind IN ('interest', 'penalty', 'compound')", name="kind_known"),
        CheckConstraint("to_on > from_on", name="days_in_order"),
        CheckConstraint("amount_fen = treasury_fen + household_fen", name="parts_add_up"),
        CheckConstraint(
            "revision > 0 OR (treasury_fen >= 0 AND household_fen >= 0)", name="parts_not_negative"
        ),
        Index("ix_settlements_booked_on", "booked_on"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: interest, penalty or compound
    kind: Mapped[str]
    #: business day it was booked on
    booked_on: Mapped[date]
    #: first day
    from_on: Mapped[date]
    #: day after the last
    to_on: Mapped[date]
    #: 0 for the first; a later one carries only the difference
    revision: Mapped[int]
    #: Σ balance × days × rate, fen·days·ppm, of all the days; 0 where the amount is a plan row's
    product: Mapped[int]
    #: instalment behind it; 0 where it is a product sum
    plan_nr: Mapped[int]
    #: all of it, fen
    amount_fen: Mapped[int]
    #: the treasury's part, rounded
    treasury_fen: Mapped[int]
    #: the household's part: what is left
    household_fen: Mapped[int]


class Due(Recorded, Base):
    """An amount that falls due, by who owes it. Only the household's can be overdue.

    Where the treasury's part is refunded (``Loan.subsidy_route``), the household's is all of it.
    """

    __tablename__ = "dues"
    __table_args__ = (
        CheckConstraint("amount_fen > 0 OR (correction > 0 AND amount_fen != 0)", name="amount"),
        CheckConstraint(
            "kind IN ('principal', 'interest', 'penalty', 'compound')", name="kind_known"
        ),
        CheckConstraint("bearer IN ('household', 'treasury')", name="bearer_known"),
        Index("ix_dues_loan_id", "loan_id"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: principal, interest, penalty or compound
    kind: Mapped[str]
    #: household or treasury
    bearer: Mapped[str]
    #: nominal due date
    due_on: Mapped[date]
    #: how much, fen
    amount_fen: Mapped[int]
    #: settlement behind it; NULL for principal
    settlement_id: Mapped[int | None] = mapped_column(ForeignKey("settlements.id"))
    #: number of the loan's correction that wrote it; 0 for the due itself
    correction: Mapped[int] = mapped_column(default=0, info=added(before=0))


class Disbursement(Recorded, Base):
    """Money paid out: one draw, one slip (借据)."""

    __tablename__ = "disbursements"
    __table_args__ = (
        UniqueConstraint("loan_id", "nr"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("value_date <= booking_date", name="value_date_not_after_booking"),
        Index("ix_disbursements_booking_date", "booking_date"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: draw, from 1
    nr: Mapped[int]
    #: slip number (借据号)
    slip_number: Mapped[str] = mapped_column(unique=True)
    #: how much, fen
    amount_fen: Mapped[int]
    #: interest counts from this day (起息日)
    value_date: Mapped[date]
    #: business day
    booking_date: Mapped[date]
    #: voucher
    voucher_id: Mapped[int] = mapped_column(ForeignKey("vouchers.id"), unique=True)


class Repayment(Recorded, Base):
    """Something that pays dues of a loan, or moves its credit.

    ``payment``: money in. ``credit``: the loan's credit put to use by the close. ``refund``: credit
    paid out. ``write_off``: a loss takes the place of money. ``recovery``: money in after that.
    """

    __tablename__ = "repayments"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("to_credit_fen BETWEEN 0 AND amount_fen", name="credit_within_amount"),
        CheckConstraint(
            "kind IN ('payment', 'credit', 'refund', 'write_off', 'recovery')", name="kind_known"
        ),
        CheckConstraint(
            "(kind IN ('payment', 'refund', 'recovery')) = (voucher_id IS NOT NULL)",
            name="money_has_voucher",
        ),
        CheckConstraint("kind = 'payment' OR NOT early", name="payment_alone_is_early"),
        CheckConstraint("value_date <= booking_date", name="value_date_not_after_booking"),
        Index("ix_repayments_loan_id", "loan_id"),
        Index("ix_repayments_booking_date", "booking_date"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: payment, credit, refund, write_off or recovery
    kind: Mapped[str]
    #: whether what is over pays principal before its time
    early: Mapped[bool] = mapped_column(default=False, info=added(before=False))
    #: how much, fen
    amount_fen: Mapped[int]
    #: what no due could take on its booking day, kept as the loan's credit, fen
    to_credit_fen: Mapped[int]
    #: table of who brought or took the money; empty where the books moved it
    payer_kind: Mapped[str] = mapped_column(default="", info=added(before=""))
    #: its id there
    payer_id: Mapped[int] = mapped_column(default=0, info=added(before=0))
    #: counts from this day
    value_date: Mapped[date]
    #: business day
    booking_date: Mapped[date]
    #: voucher; NULL for credit put to use and for a write-off
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("vouchers.id"), unique=True)
    #: number of the loan's correction that entered it; 0 where it was entered on its day
    correction: Mapped[int] = mapped_column(default=0, info=added(before=0))


class Allocation(Recorded, Base):
    """The part of a repayment that one due took; a correction adds the difference."""

    __tablename__ = "allocations"
    __table_args__ = (
        CheckConstraint("amount_fen > 0 OR (correction > 0 AND amount_fen != 0)", name="amount"),
        Index("ix_allocations_due_id", "due_id"),
    )

    #: repayment
    repayment_id: Mapped[int] = mapped_column(ForeignKey("repayments.id"), primary_key=True)
    #: due
    due_id: Mapped[int] = mapped_column(ForeignKey("dues.id"), primary_key=True)
    #: number of the loan's correction that wrote it; 0 where the repayment did
    correction: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, default=0, info=added(before=0)
    )
    #: how much, fen
    amount_fen: Mapped[int]


class Reversal(Recorded, Base):
    """A disbursement, a repayment or a change undone (冲正)."""

    __tablename__ = "reversals"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN disbursement_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN repayment_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN change_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="undoes_one",
        ),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the disbursement
    disbursement_id: Mapped[int | None] = mapped_column(ForeignKey("disbursements.id"), unique=True)
    #: the repayment
    repayment_id: Mapped[int | None] = mapped_column(
        ForeignKey("repayments.id"), unique=True, info=added(before=None)
    )
    #: the change
    change_id: Mapped[int | None] = mapped_column(
        ForeignKey("loan_changes.id"), unique=True, info=added(before=None)
    )
    #: business day
    booking_date: Mapped[date]
    #: why
    reason: Mapped[str]


class Correction(Recorded, Base):
    """A loan's events replayed, because one was undone or entered after its day."""

    __tablename__ = "corrections"
    __table_args__ = (UniqueConstraint("loan_id", "nr"), CheckConstraint("nr > 0", name="nr"))

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: correction of this loan, from 1
    nr: Mapped[int]
    #: earlier segments that end after this day are no longer in force
    from_on: Mapped[date]
    #: value date of the event that was undone or entered late
    value_date: Mapped[date]
    #: business day
    booking_date: Mapped[date]
    #: reversal, late_disbursement, late_repayment or late_change
    cause: Mapped[str]
    #: why
    reason: Mapped[str]


class GradeChange(Recorded, Base):
    """A new grade at the close of a day."""

    __tablename__ = "grade_changes"
    __table_args__ = (CheckConstraint("grade BETWEEN 1 AND 5", name="grade_range"),)

    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), primary_key=True)
    #: closed day
    on_day: Mapped[date] = mapped_column(primary_key=True)
    #: 1 正常, 2 关注, 3 次级, 4 可疑, 5 损失
    grade: Mapped[int]
    #: days overdue at that close
    overdue_days: Mapped[int]
    #: document and clause
    clause: Mapped[str]


class LoanDay(Recorded, Base):
    """A loan's figures at the close of a day, written only when they differ from the last."""

    __tablename__ = "loan_days"
    __table_args__ = (Index("ix_loan_days_on_day", "on_day"),)

    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), primary_key=True)
    #: closed day
    on_day: Mapped[date] = mapped_column(primary_key=True)
    #: drawn and not reversed, fen
    drawn_fen: Mapped[int]
    #: principal outstanding, fen
    outstanding_fen: Mapped[int]
    #: household's principal past due, fen
    overdue_principal_fen: Mapped[int]
    #: household's interest and penalty past due, fen
    overdue_interest_fen: Mapped[int]
    #: grade
    grade: Mapped[int]
