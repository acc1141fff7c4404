"""Tables of the loans, in two kinds.

What was agreed and what happened is recorded and never changes: application sheets, contracts with
their frozen terms and bearers of interest, plan rows, disbursements, closed segments, settlements,
dues, repayments and their allocations, reversals, grades, day-end figures. What stands now is
running state, recomputable from the record: positions, open segments, open dues, credits, limits.

A *segment* is a stretch of days on which balance, rate, state and the treasury's share of a loan
did not change. Changing any of them closes the open segment and opens the next; a settlement closes
it too. Interest, penalty and "why" read closed segments alone, and a quiet loan writes nothing.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running

#: stands for "never" in columns that hold a day to come
FAR = date(9999, 12, 31)


class ApplicationSheet(Recorded, Base):
    """One or more applications handed in together: one file, one hash, one decision."""

    __tablename__ = "application_sheets"
    __table_args__ = (CheckConstraint("applications > 0", name="not_empty"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: lender asked
    lender_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    #: smallest region that holds every household on it
    region_code: Mapped[str]
    #: business day
    applied_on: Mapped[date]
    #: how many applications
    applications: Mapped[int]
    #: their sum, fen
    total_fen: Mapped[int]
    #: SHA-256 of the applications, canonical: what the director decides on
    digest: Mapped[str]


class Application(Recorded, Base):
    """A household asks for a loan."""

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("term_months > 0", name="term_positive"),
        CheckConstraint("annual_rate_ppm BETWEEN 0 AND 1000000", name="rate_range"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the sheet it was handed in on
    sheet_id: Mapped[int] = mapped_column(ForeignKey("application_sheets.id"), index=True)
    #: the household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    #: the member who signs; need not be the head
    borrower_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: how much, fen
    amount_fen: Mapped[int]
    #: for how long
    term_months: Mapped[int]
    #: at which rate
    annual_rate_ppm: Mapped[int]
    #: purpose in the household's words
    purpose: Mapped[str]
    #: ``production``, or one of the uses that the policy names
    use: Mapped[str]
    #: method of repayment, as the calculator names it
    method: Mapped[str]
    #: months between settlements or instalments; 0 for one payment at the end
    every_months: Mapped[int]
    #: why a rule that holds in principle may be passed; empty where none is
    exception_reason: Mapped[str]
    #: the rules passed, comma between
    exceptions: Mapped[str]


class Loan(Recorded, Base):
    """A contract, with everything frozen on its signing day."""

    __tablename__ = "loans"
    __table_args__ = (
        CheckConstraint("amount_fen BETWEEN 1 AND 10000000000", name="amount_range"),
        CheckConstraint("annual_rate_ppm BETWEEN 0 AND 1000000", name="rate_range"),
        CheckConstraint("matures_on > signed_on", name="matures_after_signing"),
        CheckConstraint("day_base IN (360, 365)", name="day_base_known"),
        CheckConstraint("payer_kind IN ('households', 'organisations')", name="payer_known"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract number (合同号), printed on every paper
    number: Mapped[str] = mapped_column(unique=True)
    #: the application behind it
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), unique=True)
    #: lender
    lender_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    #: member who signed
    borrower_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: table of who repays
    payer_kind: Mapped[str]
    #: its id there
    payer_id: Mapped[int]
    #: village of the household on the signing day
    village_code: Mapped[str] = mapped_column(index=True)
    #: the household's kind on the signing day
    household_kind: Mapped[str]
    #: the borrower's age on the signing day, whole years
    borrower_age_years: Mapped[int]
    #: signing day
    signed_on: Mapped[date]
    #: last day; principal falls due on it
    matures_on: Mapped[date]
    #: agreed amount, fen; at most 1亿元
    amount_fen: Mapped[int]
    #: agreed term
    term_months: Mapped[int]
    #: agreed rate
    annual_rate_ppm: Mapped[int]
    #: method of repayment
    method: Mapped[str]
    #: months between settlements or instalments; 0 for none before the end
    every_months: Mapped[int]
    #: settlement day of the month; 0 where interest follows a plan or the end
    settle_on_day: Mapped[int]
    #: day count convention
    day_count: Mapped[str]
    #: days of a year in the product sums
    day_base: Mapped[int]
    #: surcharge on the rate of overdue principal, basis points
    overdue_surcharge_bp: Mapped[int]
    #: what a payment is used for first, comma between
    allocation_order: Mapped[str]
    #: purpose
    purpose: Mapped[str]
    #: whether draws go on the household's credit line
    uses_line: Mapped[bool]
    #: id of the base policy document
    policy: Mapped[str]
    #: digest of the rulebook on the signing day
    rulebook_digest: Mapped[str]
    #: every frozen term with its document, clause and default mark, canonical JSON
    terms: Mapped[str]


class LoanBearer(Recorded, Base):
    """Who, besides the household, bears the interest of a stretch of days."""

    __tablename__ = "loan_bearers"
    __table_args__ = (
        CheckConstraint("share_bp BETWEEN 1 AND 10000", name="share_range"),
        CheckConstraint("to_on > from_on", name="days_in_order"),
    )

    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), primary_key=True)
    #: first day
    from_on: Mapped[date] = mapped_column(primary_key=True)
    #: day after the last; 9999-12-31 where open
    to_on: Mapped[date]
    #: share of the interest, basis points
    share_bp: Mapped[int]
    #: principal on which the share is counted, fen
    cap_fen: Mapped[int]
    #: through_lender, to_household, ...
    route: Mapped[str]
    #: document and clause
    clause: Mapped[str]


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


class Segment(Recorded, Base):
    """A closed stretch of days. State ``void`` bears nothing: its disbursement was reversed."""

    __tablename__ = "segments"
    __table_args__ = (
        CheckConstraint("to_on > from_on", name="days_in_order"),
        CheckConstraint("principal_fen > 0", name="principal_positive"),
        CheckConstraint("state IN ('regular', 'overdue', 'void')", name="state_known"),
        Index("ix_segments_loan_id_from_on", "loan_id", "from_on"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: regular, overdue or void
    state: Mapped[str]
    #: first day
    from_on: Mapped[date]
    #: day after the last
    to_on: Mapped[date]
    #: balance, fen
    principal_fen: Mapped[int]
    #: rate of these days
    rate_ppm: Mapped[int]
    #: the treasury's share of the interest, basis points
    share_bp: Mapped[int]
    #: principal on which that share is counted, fen
    cap_fen: Mapped[int]


class Settlement(Recorded, Base):
    """Interest or penalty of a stretch of days, rounded once and shared."""

    __tablename__ = "settlements"
    __table_args__ = (
        UniqueConstraint("loan_id", "kind", "to_on", "revision"),
        CheckConstraint("kind IN ('interest', 'penalty')", name="kind_known"),
        CheckConstraint("to_on > from_on", name="days_in_order"),
        CheckConstraint("amount_fen = treasury_fen + household_fen", name="parts_add_up"),
        CheckConstraint("treasury_fen >= 0 AND household_fen >= 0", name="parts_not_negative"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: interest or penalty
    kind: Mapped[str]
    #: business day it was booked on
    booked_on: Mapped[date]
    #: first day
    from_on: Mapped[date]
    #: day after the last
    to_on: Mapped[date]
    #: 0 for the first; a later one carries only the difference
    revision: Mapped[int]
    #: Σ balance × days × rate, fen·days·ppm; 0 where the amount is a plan row's
    product: Mapped[int]
    #: instalment behind it; 0 where it is a product sum
    plan_nr: Mapped[int]
    #: all of it, fen
    amount_fen: Mapped[int]
    #: the treasury's part, rounded
    treasury_fen: Mapped[int]
    #: the household's part: what is left
    household_fen: Mapped[int]


class PlanRow(Recorded, Base):
    """An instalment of a plan; a change of plan is a new version."""

    __tablename__ = "plan_rows"
    __table_args__ = (Index("ix_plan_rows_due_on", "due_on"),)

    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), primary_key=True)
    #: version, from 1
    version: Mapped[int] = mapped_column(primary_key=True)
    #: instalment, from 1
    nr: Mapped[int] = mapped_column(primary_key=True)
    #: first day of its period
    from_on: Mapped[date]
    #: nominal due date
    due_on: Mapped[date]
    #: principal, fen
    principal_fen: Mapped[int]
    #: interest, fen
    interest_fen: Mapped[int]


class Due(Recorded, Base):
    """An amount that falls due, by who bears it. Only the household's can be overdue."""

    __tablename__ = "dues"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("kind IN ('principal', 'interest', 'penalty')", name="kind_known"),
        CheckConstraint("bearer IN ('household', 'treasury')", name="bearer_known"),
        Index("ix_dues_loan_id", "loan_id"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: principal, interest or penalty
    kind: Mapped[str]
    #: household or treasury
    bearer: Mapped[str]
    #: nominal due date
    due_on: Mapped[date]
    #: how much, fen
    amount_fen: Mapped[int]
    #: settlement behind it; NULL for principal
    settlement_id: Mapped[int | None] = mapped_column(ForeignKey("settlements.id"))


class OpenDue(Running, Base):
    """What is left of a due."""

    __tablename__ = "open_dues"
    __table_args__ = (
        CheckConstraint("left_fen > 0", name="left_positive"),
        Index("ix_open_dues_loan_id", "loan_id"),
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
    """Money taken in for a loan: a payment, or the household's credit put to use."""

    __tablename__ = "repayments"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("to_credit_fen BETWEEN 0 AND amount_fen", name="credit_within_amount"),
        CheckConstraint("kind IN ('payment', 'credit')", name="kind_known"),
        CheckConstraint(
            "(kind = 'payment') = (voucher_id IS NOT NULL)", name="payment_has_voucher"
        ),
        CheckConstraint("value_date <= booking_date", name="value_date_not_after_booking"),
        Index("ix_repayments_loan_id", "loan_id"),
        Index("ix_repayments_booking_date", "booking_date"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: payment or credit
    kind: Mapped[str]
    #: how much, fen
    amount_fen: Mapped[int]
    #: what no due could take, kept as the household's credit, fen
    to_credit_fen: Mapped[int]
    #: counts from this day
    value_date: Mapped[date]
    #: business day
    booking_date: Mapped[date]
    #: voucher; NULL for credit put to use
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("vouchers.id"), unique=True)


class Allocation(Recorded, Base):
    """The part of a repayment that one due took."""

    __tablename__ = "allocations"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        Index("ix_allocations_due_id", "due_id"),
    )

    #: repayment
    repayment_id: Mapped[int] = mapped_column(ForeignKey("repayments.id"), primary_key=True)
    #: due
    due_id: Mapped[int] = mapped_column(ForeignKey("dues.id"), primary_key=True)
    #: how much, fen
    amount_fen: Mapped[int]


class Reversal(Recorded, Base):
    """A disbursement undone (冲正)."""

    __tablename__ = "reversals"

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the disbursement
    disbursement_id: Mapped[int] = mapped_column(ForeignKey("disbursements.id"), unique=True)
    #: business day
    booking_date: Mapped[date]
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
