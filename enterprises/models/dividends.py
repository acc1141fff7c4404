"""Dividends (分红): rounds found on their day, declared, checked, funded, approved, paid.

A *round* is one period of an agreement. What the enterprise declares for it is a *version* of rows,
one for each linked household, frozen by a digest; a returned one is followed by another. *Fundings*
are the enterprise's own payments into its pool, out of which alone a dividend is paid, by files to
the bank and the bank's answers. All of it is recorded and never changes; where a round stands, what
a pool holds and which round comes next are running state, recomputable.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class DividendRound(Recorded, Base):
    """A period of an agreement whose dividend is due (分红期次)."""

    __tablename__ = "dividend_rounds"
    __table_args__ = (
        UniqueConstraint("agreement_id", "nr", "revision"),
        UniqueConstraint("agreement_id", "period_from", "revision"),
        CheckConstraint("nr >= 1 AND revision >= 0", name="numbered"),
        CheckConstraint("period_to > period_from", name="days_in_order"),
        CheckConstraint(
            "counted_to > period_from AND counted_to <= period_to", name="counted_in_period"
        ),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: agreement
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"))
    #: period of the agreement, from 1
    nr: Mapped[int]
    #: 0 is the period's own round; a later one pays what a prepaid one fell short by
    revision: Mapped[int]
    #: first day
    period_from: Mapped[date]
    #: day after the last
    period_to: Mapped[date]
    #: day after the last that counts; earlier than the period's where the agreement is unwound
    counted_to: Mapped[date]
    #: day it falls due
    due_on: Mapped[date]
    #: business day
    found_on: Mapped[date]


class DividendCalendar(Running, Base):
    """The next round of an agreement: what the close looks at."""

    __tablename__ = "dividend_calendar"

    #: agreement
    agreement_id: Mapped[int] = mapped_column(
        ForeignKey("agreements.id"), primary_key=True, autoincrement=False
    )
    #: its next period
    next_nr: Mapped[int]
    #: day that falls due; NULL where no more does
    next_due_on: Mapped[date | None] = mapped_column(index=True)


class DividendDeclaration(Recorded, Base):
    """What the enterprise declares for a round (分红方案); a returned one has a next version."""

    __tablename__ = "dividend_declarations"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("profit_fen BETWEEN 0 AND 100000000000000", name="profit_range"),
        CheckConstraint("extra_fen BETWEEN 0 AND 100000000000000", name="extra_range"),
        CheckConstraint("rows > 0 AND amount_fen > 0", name="not_empty"),
        CheckConstraint("cash_fen + reinvested_fen = amount_fen", name="cash_and_reinvested"),
        CheckConstraint("stake_days >= 0 AND floors_fen >= 0", name="split_not_negative"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
    )

    #: round
    round_id: Mapped[int] = mapped_column(ForeignKey("dividend_rounds.id"), primary_key=True)
    #: from 1
    version: Mapped[int] = mapped_column(primary_key=True)
    #: business day
    declared_on: Mapped[date]
    #: the period's profit as the enterprise states it, fen; 0 where the terms ask for none
    profit_fen: Mapped[int]
    #: what it gives on top of the terms, split over the stakes, fen
    extra_fen: Mapped[int]
    #: accounts or resolution behind it
    document_no: Mapped[str]
    #: how many households
    rows: Mapped[int]
    #: sum of the rows, fen
    amount_fen: Mapped[int]
    #: of it paid out, fen
    cash_fen: Mapped[int]
    #: of it re-invested (转增股金), fen
    reinvested_fen: Mapped[int]
    #: each stake times its days in the period, of everybody linked then: what it was split over
    stake_days: Mapped[int]
    #: what the terms promised all of them, those whose amount was nil included, fen
    floors_fen: Mapped[int]
    #: SHA-256 of the rows, canonical: what everybody after decides on
    digest: Mapped[str]


class DividendRow(Recorded, Base):
    """What one household gets of a round, with all that it follows from."""

    __tablename__ = "dividend_rows"
    __table_args__ = (
        UniqueConstraint("round_id", "version", "nr"),
        CheckConstraint("floor_fen >= 0 AND profit_fen >= 0", name="parts_not_negative"),
        CheckConstraint("cash_fen >= 0 AND reinvested_fen >= 0", name="ways_not_negative"),
        CheckConstraint("cash_fen + reinvested_fen = amount_fen", name="cash_and_reinvested"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
    )

    #: round
    round_id: Mapped[int] = mapped_column(ForeignKey("dividend_rounds.id"), primary_key=True)
    #: version
    version: Mapped[int] = mapped_column(primary_key=True)
    #: household
    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id"), primary_key=True, index=True
    )
    #: place on the list, from 1
    nr: Mapped[int]
    #: members when it was linked
    persons: Mapped[int]
    #: all its stakes, fen
    stake_fen: Mapped[int]
    #: each stake times its days in the period, added up
    stake_days: Mapped[int]
    #: days of the period on which it was linked
    linked_days: Mapped[int]
    #: what the terms promise, fen
    floor_fen: Mapped[int]
    #: its part of the profit, and of what is given on top, fen
    profit_fen: Mapped[int]
    #: what earlier rounds of the period came to, fen
    before_fen: Mapped[int]
    #: floor and profit less what was before, fen
    amount_fen: Mapped[int]
    #: paid out, fen
    cash_fen: Mapped[int]
    #: re-invested, fen
    reinvested_fen: Mapped[int]


class DividendStep(Recorded, Base):
    """A step of a round: who took it on which day stands in its trail row too."""

    __tablename__ = "dividend_steps"
    __table_args__ = (
        UniqueConstraint("round_id", "nr"),
        CheckConstraint("nr > 0", name="nr"),
        CheckConstraint("digest = '' OR length(digest) = 64", name="digest_sha256"),
        CheckConstraint("posted_on IS NULL OR posted_on <= on_day", name="posted_before"),
    )

    #: number; the source of the ledger entry of an approval
    id: Mapped[int] = mapped_column(primary_key=True)
    #: round
    round_id: Mapped[int] = mapped_column(ForeignKey("dividend_rounds.id"))
    #: place among the round's steps, from 1
    nr: Mapped[int]
    #: state it came to, as ``enterprises.dividends.lifecycle`` names it
    state: Mapped[str]
    #: version it is about; 0 before the first
    version: Mapped[int]
    #: business day
    on_day: Mapped[date]
    #: person; 0 is the system
    by_person: Mapped[int]
    #: first day of the public notice in the village (公示), for its check
    posted_on: Mapped[date | None]
    #: digest of the version's rows as recomputed at this step; empty before the first
    digest: Mapped[str]
    #: why
    reason: Mapped[str]


class DividendPosition(Running, Base):
    """Where a round stands now."""

    __tablename__ = "dividend_positions"

    #: round
    round_id: Mapped[int] = mapped_column(
        ForeignKey("dividend_rounds.id"), primary_key=True, autoincrement=False
    )
    #: state, as ``enterprises.dividends.lifecycle`` names it
    state: Mapped[str]
    #: version that counts; 0 before the first
    version: Mapped[int]


class DividendFunding(Recorded, Base):
    """A payment of the enterprise into its pool (分红专户缴存), by voucher."""

    __tablename__ = "dividend_fundings"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_positive"),)

    #: number; the source of its ledger entry
    id: Mapped[int] = mapped_column(primary_key=True)
    #: enterprise whose pool it is
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: voucher
    voucher_id: Mapped[int] = mapped_column(ForeignKey("vouchers.id"), unique=True)
    #: how much, fen
    amount_fen: Mapped[int]
    #: credit code of who paid, as the voucher says: the enterprise itself
    payer_code: Mapped[str]
    #: account it was paid from, its last four digits
    payer_account: Mapped[str]
    #: business day
    funded_on: Mapped[date]


class DividendPool(Running, Base):
    """What an enterprise has paid in for dividends, and what is spoken for or paid of it."""

    __tablename__ = "dividend_pools"
    __table_args__ = (
        CheckConstraint(
            "reserved_fen >= 0 AND paid_fen >= 0 AND given_back_fen >= 0", name="uses_not_negative"
        ),
        CheckConstraint(
            "reserved_fen + paid_fen + given_back_fen <= funded_fen", name="not_above_funding"
        ),
    )

    #: enterprise
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, autoincrement=False
    )
    #: paid in, fen
    funded_fen: Mapped[int]
    #: of approved rounds, not paid yet, fen
    reserved_fen: Mapped[int]
    #: paid to households, fen
    paid_fen: Mapped[int]
    #: given back to the enterprise, fen
    given_back_fen: Mapped[int] = mapped_column(default=0)


class DividendFile(Recorded, Base):
    """A file sent to the bank for an approved round: the first one, or another attempt."""

    __tablename__ = "dividend_files"
    __table_args__ = (
        UniqueConstraint("round_id", "nr"),
        CheckConstraint("rows > 0 AND total_fen > 0", name="not_empty"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: round
    round_id: Mapped[int] = mapped_column(ForeignKey("dividend_rounds.id"))
    #: file of this round, from 1
    nr: Mapped[int]
    #: business day
    made_on: Mapped[date]
    #: how many rows
    rows: Mapped[int]
    #: their sum, fen
    total_fen: Mapped[int]
    #: number of the batch (批次号): county, round and file; the bank's answer repeats it
    batch_no: Mapped[str] = mapped_column(unique=True)
    #: encoding of the bank
    encoding: Mapped[str]
    #: at most four characters on every row (摘要)
    remark: Mapped[str]
    #: SHA-256 of the file's rows, canonical
    digest: Mapped[str]


class DividendFileDiscard(Recorded, Base):
    """A payment file that was not sent (作废)."""

    __tablename__ = "dividend_files_discarded"

    #: file
    file_id: Mapped[int] = mapped_column(
        ForeignKey("dividend_files.id"), primary_key=True, autoincrement=False
    )
    #: business day
    discarded_on: Mapped[date]
    #: why
    reason: Mapped[str]


class DividendPayment(Recorded, Base):
    """What one household of a round is paid; returned and corrected it is another attempt."""

    __tablename__ = "dividend_payments"
    __table_args__ = (
        # the round says the agreement
        UniqueConstraint("round_id", "household_id", "attempt"),
        UniqueConstraint("file_id", "nr"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("attempt >= 1", name="attempt_from_one"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: file
    file_id: Mapped[int] = mapped_column(ForeignKey("dividend_files.id"))
    #: place in the file, from 1
    nr: Mapped[int]
    #: round
    round_id: Mapped[int] = mapped_column(ForeignKey("dividend_rounds.id"))
    #: household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    #: from 1
    attempt: Mapped[int]
    #: account it goes to
    account_id: Mapped[int] = mapped_column(ForeignKey("payout_accounts.id"))
    #: how much, fen
    amount_fen: Mapped[int]


class DividendReturn(Recorded, Base):
    """The bank's answer to a payment file (回盘); a file is taken once."""

    __tablename__ = "dividend_returns"
    __table_args__ = (CheckConstraint("length(digest) = 64", name="digest_sha256"),)

    #: number; the source of its ledger entry
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the file it answers
    file_id: Mapped[int] = mapped_column(ForeignKey("dividend_files.id"), unique=True)
    #: business day
    received_on: Mapped[date] = mapped_column(index=True)
    #: paid, fen
    paid_fen: Mapped[int]
    #: sent back, fen
    returned_fen: Mapped[int]
    #: SHA-256 of the bank's file
    digest: Mapped[str] = mapped_column(unique=True)


class DividendReturnRow(Recorded, Base):
    """What became of one payment."""

    __tablename__ = "dividend_return_rows"
    __table_args__ = (
        CheckConstraint("result IN ('paid', 'returned')", name="result_known"),
        CheckConstraint("(result = 'returned') = (reason <> '')", name="reason_given"),
    )

    #: payment
    payment_id: Mapped[int] = mapped_column(
        ForeignKey("dividend_payments.id"), primary_key=True, autoincrement=False
    )
    #: the bank's answer
    return_id: Mapped[int] = mapped_column(ForeignKey("dividend_returns.id"), index=True)
    #: paid or returned
    result: Mapped[str]
    #: name_differs (户名不符), closed (销户), deceased (死亡), other; empty where paid
    reason: Mapped[str]
    #: the bank's number of the payment; empty where returned
    bank_no: Mapped[str]


class DividendReceipt(Recorded, Base):
    """The village's signed list that the households have had their money (签收表)."""

    __tablename__ = "dividend_receipts"

    #: round
    round_id: Mapped[int] = mapped_column(
        ForeignKey("dividend_rounds.id"), primary_key=True, autoincrement=False
    )
    #: business day
    received_on: Mapped[date]
    #: number of the list
    document_no: Mapped[str]
    #: the list, scanned; NULL where it is kept on paper alone
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
