"""Tables of the ledger.

An account belongs to an owner (a lender, the treasury, ...) and has a kind from the chart. An entry
is one movement of money: it names the document it comes from, its booking date and value date, and
its postings, which balance per owner. Nothing here is ever edited; a correction is an entry that
reverses another. Key of an entry: its source (kind and id), so that a document is booked once.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class SetOfBooks(Running, Base):
    """The one row that says whose books these are."""

    __tablename__ = "set_of_books"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("mode IN ('live', 'held')", name="mode_known"),
    )

    #: always 1
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: 12-digit code of the region these books are of
    region_code: Mapped[str]
    #: ``live`` follows the calendar, ``held`` moves only by command
    mode: Mapped[str]
    #: name of the demo these books were made by; NULL for a real county
    demo: Mapped[str | None]


class BusinessDay(Running, Base):
    """A day of the books: open, closing, closed. At most one is open."""

    __tablename__ = "business_days"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closing', 'closed')", name="state_known"),
        Index("ix_business_days_state", "state"),
    )

    #: the date
    day: Mapped[date] = mapped_column(primary_key=True)
    #: open, closing or closed
    state: Mapped[str]


class Account(Recorded, Base):
    """An account of the ledger."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("owner_kind", "owner_id", "kind"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: what sort of owner: ``organisation``
    owner_kind: Mapped[str]
    #: the owner's id in its table
    owner_id: Mapped[int]
    #: code from ``ledger.chart``
    kind: Mapped[str]


class Entry(Recorded, Base):
    """One balanced movement of money."""

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id"),
        UniqueConstraint("reverses_id"),
        CheckConstraint("value_date <= booking_date", name="value_date_not_after_booking"),
        Index("ix_entries_booking_date", "booking_date"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: table of the document behind the entry
    source_kind: Mapped[str]
    #: id of that document
    source_id: Mapped[int]
    #: business day it was booked on
    booking_date: Mapped[date]
    #: day it counts from
    value_date: Mapped[date]
    #: the entry this one undoes
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))


class Posting(Recorded, Base):
    """One line of an entry: an amount on an account, for a subject."""

    __tablename__ = "postings"
    __table_args__ = (
        CheckConstraint("amount_fen <> 0", name="amount_not_zero"),
        Index("ix_postings_account_id_subject_id", "account_id", "subject_id"),
    )

    #: the entry
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    #: the account
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    #: the loan or household the chart says this kind is kept for; 0 where it is kept whole
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: debit above zero, credit below; fen
    amount_fen: Mapped[int]
