"""Special accounts (风险补偿金专户): movements, what stands in them, the bank's statements."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class FundAccount(Recorded, Base):
    """A special account of a county at one lender: closed, and its interest stays in it."""

    __tablename__ = "fund_accounts"
    __table_args__ = (UniqueConstraint("region_code", "lender_id"),)

    #: number; the owner of its ledger accounts
    id: Mapped[int] = mapped_column(primary_key=True)
    #: county
    region_code: Mapped[str]
    #: the lender at which it lies, and whose loans it covers
    lender_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    #: the bank's number of the account
    number: Mapped[str] = mapped_column(unique=True)
    #: name of the account (户名)
    name: Mapped[str]
    #: business day
    opened_on: Mapped[date]


class FundOrder(Recorded, Base):
    """A contribution or a withdrawal as one person proposes it; booked when another agrees."""

    __tablename__ = "fund_orders"
    __table_args__ = (
        CheckConstraint("kind IN ('contribution', 'withdrawal')", name="kind_known"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("value_date <= proposed_on", name="value_date_not_ahead"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: special account
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_accounts.id"), index=True)
    #: contribution or withdrawal
    kind: Mapped[str]
    #: central, province, city, county, township, village or social
    source: Mapped[str]
    #: document number (资金文号)
    document_no: Mapped[str]
    #: how much, fen
    amount_fen: Mapped[int]
    #: day the money moved
    value_date: Mapped[date]
    #: number on the bank's voucher
    voucher_no: Mapped[str]
    #: remark
    remark: Mapped[str]
    #: business day
    proposed_on: Mapped[date]


class FundMovement(Recorded, Base):
    """Money into or out of a special account, by its voucher."""

    __tablename__ = "fund_movements"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('contribution', 'withdrawal', 'interest', 'compensation', 'recovery')",
            name="kind_known",
        ),
        CheckConstraint(
            "(kind IN ('withdrawal', 'compensation')) = (amount_fen < 0)", name="sign_by_kind"
        ),
        CheckConstraint("amount_fen <> 0", name="amount_not_zero"),
        CheckConstraint(
            "(kind IN ('contribution', 'withdrawal')) = (source <> '')", name="source_given"
        ),
        CheckConstraint(
            "(kind IN ('contribution', 'withdrawal')) = (order_id IS NOT NULL)",
            name="ordered_by_two",
        ),
        CheckConstraint("value_date <= booking_date", name="value_date_not_after_booking"),
        Index("ix_fund_movements_account_id_booking_date", "account_id", "booking_date"),
    )

    #: number; the source of its ledger entry
    id: Mapped[int] = mapped_column(primary_key=True)
    #: special account
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_accounts.id"))
    #: contribution, withdrawal, interest, compensation or recovery
    kind: Mapped[str]
    #: central, province, city, county, township, village or social; empty for other kinds
    source: Mapped[str]
    #: document number of a contribution or withdrawal; else empty
    document_no: Mapped[str]
    #: in above zero, out below, fen
    amount_fen: Mapped[int]
    #: day the money moved
    value_date: Mapped[date]
    #: business day
    booking_date: Mapped[date]
    #: voucher
    voucher_id: Mapped[int] = mapped_column(ForeignKey("vouchers.id"), unique=True)
    #: remark
    remark: Mapped[str]
    #: the order behind a contribution or withdrawal; NULL for other kinds
    order_id: Mapped[int | None] = mapped_column(ForeignKey("fund_orders.id"), unique=True)


class FundBalance(Running, Base):
    """What stands in a special account, and what of it is pledged to claims."""

    __tablename__ = "fund_balances"
    __table_args__ = (
        CheckConstraint("balance_fen >= 0", name="balance_not_negative"),
        CheckConstraint("pledged_fen BETWEEN 0 AND balance_fen", name="pledged_within_balance"),
        CheckConstraint("contributed_fen >= 0", name="contributed_not_negative"),
        CheckConstraint("multiple BETWEEN 0 AND 1000", name="multiple_range"),
    )

    #: special account
    account_id: Mapped[int] = mapped_column(
        ForeignKey("fund_accounts.id"), primary_key=True, autoincrement=False
    )
    #: everything that came in less what went out, fen
    balance_fen: Mapped[int]
    #: the fund's part of claims that are filed and not paid, fen
    pledged_fen: Mapped[int]
    #: contributions ever less withdrawals, fen
    contributed_fen: Mapped[int]
    #: the multiple behind the lender's limit, which is so many times balance less pledged
    multiple: Mapped[int]


class Statement(Recorded, Base):
    """A month's statement of the bank (对账单); a file is taken once."""

    __tablename__ = "fund_statements"
    __table_args__ = (
        UniqueConstraint("account_id", "month", "version"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: special account
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_accounts.id"))
    #: first day of the month
    month: Mapped[date]
    #: from 1; a corrected statement takes the place of the one before
    version: Mapped[int]
    #: balance before the first row, fen
    opening_fen: Mapped[int]
    #: balance after the last row, fen
    closing_fen: Mapped[int]
    #: business day
    taken_on: Mapped[date]
    #: SHA-256 of the file
    digest: Mapped[str] = mapped_column(unique=True)


class StatementRow(Recorded, Base):
    """A line of a statement."""

    __tablename__ = "fund_statement_rows"
    __table_args__ = (CheckConstraint("amount_fen <> 0", name="amount_not_zero"),)

    #: statement
    statement_id: Mapped[int] = mapped_column(ForeignKey("fund_statements.id"), primary_key=True)
    #: place, from 1
    nr: Mapped[int] = mapped_column(primary_key=True)
    #: day
    on_day: Mapped[date]
    #: voucher number as the bank prints it
    voucher_no: Mapped[str]
    #: in above zero, out below, fen
    amount_fen: Mapped[int]
    #: balance after it, fen
    balance_fen: Mapped[int]
    #: the bank's words
    words: Mapped[str]


class StatementMatch(Recorded, Base):
    """A line of a statement and the movement that it is."""

    __tablename__ = "fund_statement_matches"
    __table_args__ = (UniqueConstraint("statement_id", "movement_id"),)

    #: statement
    statement_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: line
    nr: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: movement
    movement_id: Mapped[int] = mapped_column(ForeignKey("fund_movements.id"), index=True)


class Reconciliation(Recorded, Base):
    """A month reconciled (对账), confirmed by a second person, with what differs and why."""

    __tablename__ = "fund_reconciliations"

    #: statement
    statement_id: Mapped[int] = mapped_column(
        ForeignKey("fund_statements.id"), primary_key=True, autoincrement=False
    )
    #: business day
    confirmed_on: Mapped[date]
    #: statement's closing balance less the books' at the month's end, fen
    difference_fen: Mapped[int]
    #: lines and movements without a match
    unmatched: Mapped[int]
    #: what explains the difference; empty where there is none
    reason: Mapped[str]
