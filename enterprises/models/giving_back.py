"""Dividend money that goes another way: back to the enterprise, or back into its pool.

A *refund* pays the enterprise what its pool holds and nobody is owed. A *release* takes back what a
household of a round can never be paid (no heir, no account, nowhere to be found): its money is free
in the pool again. Each is asked by one person and granted by another; all of it is recorded.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded


class PoolRefundAsked(Recorded, Base):
    """A wish to give a pool's surplus back to the enterprise (退回企业); a proposal decides it."""

    __tablename__ = "pool_refunds_asked"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_positive"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: enterprise whose pool it is
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: how much, fen
    amount_fen: Mapped[int]
    #: account it is paid to, its last four digits; the enterprise's own
    payee_account: Mapped[str]
    #: how it is paid
    channel: Mapped[str]
    #: number of the payment order
    voucher_no: Mapped[str]
    #: why
    reason: Mapped[str]
    #: business day
    asked_on: Mapped[date]


class PoolRefund(Recorded, Base):
    """A surplus that went back to the enterprise."""

    __tablename__ = "pool_refunds"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_positive"),)

    #: number; the source of its ledger entry
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the wish
    asked_id: Mapped[int] = mapped_column(ForeignKey("pool_refunds_asked.id"), unique=True)
    #: enterprise
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: voucher
    voucher_id: Mapped[int] = mapped_column(ForeignKey("vouchers.id"), unique=True)
    #: how much, fen
    amount_fen: Mapped[int]
    #: business day
    paid_on: Mapped[date]


class DividendReleaseAsked(Recorded, Base):
    """A wish that a household's dividend, which cannot be paid, go back into the pool."""

    __tablename__ = "dividend_releases_asked"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("cause IN ('no_heir', 'no_account', 'not_found')", name="cause_known"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: round
    round_id: Mapped[int] = mapped_column(ForeignKey("dividend_rounds.id"), index=True)
    #: household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    #: what it is owed of the round and was not paid, fen
    amount_fen: Mapped[int]
    #: no_heir (户内无人且无继承人), no_account (无法开立账户), not_found (查无下落)
    cause: Mapped[str]
    #: what was done to find out, in words
    reason: Mapped[str]
    #: the village's certificate (证明)
    document_no: Mapped[str]
    #: business day
    asked_on: Mapped[date]


class DividendRelease(Recorded, Base):
    """A household's dividend that is free in the enterprise's pool again."""

    __tablename__ = "dividend_releases"
    __table_args__ = (
        UniqueConstraint("round_id", "household_id"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
    )

    #: number; the source of its ledger entry
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the wish
    asked_id: Mapped[int] = mapped_column(ForeignKey("dividend_releases_asked.id"), unique=True)
    #: round
    round_id: Mapped[int] = mapped_column(ForeignKey("dividend_rounds.id"))
    #: household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    #: how much, fen
    amount_fen: Mapped[int]
    #: business day
    released_on: Mapped[date]
