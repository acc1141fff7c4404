"""Changes of a loan (变更): proposed on a sheet, decided by another, in force from a value date.

The contract is never edited. A change says what is in force from its value date on; the terms
before it stay readable in the contract and in the changes before it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded
from kernel.digests import added


class ChangeSheet(Recorded, Base):
    """One or more changes of one kind, handed in together: one file, one hash, one decision."""

    __tablename__ = "change_sheets"
    __table_args__ = (CheckConstraint("loans > 0", name="not_empty"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: kind of every change on it
    kind: Mapped[str]
    #: lender of every loan on it
    lender_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    #: smallest region that holds every loan on it
    region_code: Mapped[str]
    #: business day
    proposed_on: Mapped[date]
    #: how many loans
    loans: Mapped[int]
    #: SHA-256 of its items, canonical: what is decided on
    digest: Mapped[str]


class ChangeItem(Recorded, Base):
    """A change asked for, of one loan."""

    __tablename__ = "change_items"
    __table_args__ = (Index("ix_change_items_sheet_id", "sheet_id"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the sheet
    sheet_id: Mapped[int] = mapped_column(ForeignKey("change_sheets.id"))
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), index=True)
    #: value date asked for; NULL: the day of the decision
    value_date: Mapped[date | None]
    #: what is asked for, canonical JSON: new maturity, method, grade, borrower, ...
    asked: Mapped[str]
    #: why
    reason: Mapped[str]
    #: the rules passed in principle, comma between
    exceptions: Mapped[str]


class ChangeLeftOut(Recorded, Base):
    """An item that the decision took out of its sheet (例外)."""

    __tablename__ = "changes_left_out"

    #: the item
    item_id: Mapped[int] = mapped_column(
        ForeignKey("change_items.id"), primary_key=True, autoincrement=False
    )
    #: business day
    decided_on: Mapped[date]
    #: why: a rule it broke on that day, or the director's words
    reason: Mapped[str]


class Change(Recorded, Base):
    """A change that is in force: an event of the loan, replayed like a payment."""

    __tablename__ = "loan_changes"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('extension', 'deferral', 'plan', 'misuse', 'unsubsidised')",
            name="kind_known",
        ),
        CheckConstraint("(kind = 'unsubsidised') = (why <> '')", name="why_of_a_stop"),
        CheckConstraint("value_date <= booking_date", name="value_date_not_after_booking"),
        Index("ix_loan_changes_loan_id", "loan_id"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: the item that was decided on
    item_id: Mapped[int | None] = mapped_column(ForeignKey("change_items.id"), unique=True)
    #: extension, deferral, plan, misuse or unsubsidised
    kind: Mapped[str]
    #: in force from this day
    value_date: Mapped[date]
    #: business day
    booking_date: Mapped[date]
    #: maturity from then on
    matures_on: Mapped[date]
    #: method of repayment from then on
    method: Mapped[str]
    #: months between settlements or instalments from then on
    every_months: Mapped[int]
    #: settlement day from then on
    settle_on_day: Mapped[int]
    #: document and clause
    clause: Mapped[str]
    #: why the subsidy stops: falsified, lent_on, off_purpose, status or other; empty for others
    why: Mapped[str] = mapped_column(default="", info=added(before=""))


class GradeOverride(Recorded, Base):
    """A grade set by people, no better than the rule's: in force until the next row of the loan."""

    __tablename__ = "grade_overrides"
    __table_args__ = (CheckConstraint("grade BETWEEN 1 AND 5", name="grade_range"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), index=True)
    #: the item that was decided on
    item_id: Mapped[int] = mapped_column(ForeignKey("change_items.id"), unique=True)
    #: business day
    booking_date: Mapped[date]
    #: no better than this; 1 lifts the override before it
    grade: Mapped[int]
    #: why
    reason: Mapped[str]


class BorrowerChange(Recorded, Base):
    """Who answers for the loan from now on: a member of the same household (变更借款人)."""

    __tablename__ = "borrower_changes"

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), index=True)
    #: the item that was decided on
    item_id: Mapped[int] = mapped_column(ForeignKey("change_items.id"), unique=True)
    #: business day
    booking_date: Mapped[date]
    #: the member
    borrower_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: why
    reason: Mapped[str]
