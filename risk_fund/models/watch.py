"""The fuse (熔断), and guarantee platforms (担保平台) beside the fund."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class FuseBalance(Running, Base):
    """Bad and whole balance of a lender in a village, as of the last close; moved by each close.

    What the fuse adds up by bank, township and village, so that no close reads every loan.
    """

    __tablename__ = "fuse_balances"
    __table_args__ = (CheckConstraint("bad_fen BETWEEN 0 AND outstanding_fen", name="bad_within"),)

    #: lender
    lender_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, autoincrement=False
    )
    #: village of the signing day, 12 digits; of an organisation's loan, its region
    village_code: Mapped[str] = mapped_column(primary_key=True)
    #: outstanding principal of loans graded 3 to 5, fen
    bad_fen: Mapped[int]
    #: outstanding principal, fen
    outstanding_fen: Mapped[int]


class FuseEvent(Recorded, Base):
    """New lending is stopped in a scope, or let go on. The last row of a scope holds."""

    __tablename__ = "fuse_events"
    __table_args__ = (
        CheckConstraint("scope_kind IN ('institution', 'region')", name="scope_known"),
        CheckConstraint("event IN ('blown', 'lifted')", name="event_known"),
        CheckConstraint("(event = 'lifted') = (until_on IS NOT NULL)", name="lift_ends"),
        CheckConstraint("(event = 'lifted') = (lift_id IS NOT NULL)", name="lift_was_asked"),
        CheckConstraint("bad_fen BETWEEN 0 AND outstanding_fen", name="bad_within"),
        UniqueConstraint("scope_kind", "scope", "on_day", "event"),
        Index("ix_fuse_events_scope", "scope_kind", "scope"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: institution or region
    scope_kind: Mapped[str]
    #: organisation id, or the digits of a township or village
    scope: Mapped[str]
    #: blown or lifted
    event: Mapped[str]
    #: closed day, or the business day of the lift
    on_day: Mapped[date]
    #: bad balance, fen
    bad_fen: Mapped[int]
    #: outstanding, fen
    outstanding_fen: Mapped[int]
    #: threshold in force, parts per million
    threshold_ppm: Mapped[int]
    #: a lift holds up to this day, whatever the ratio; NULL where blown
    until_on: Mapped[date | None]
    #: document and clause
    clause: Mapped[str]
    #: why it is lifted; empty where blown
    reason: Mapped[str]
    #: what was asked and approved; NULL where blown
    lift_id: Mapped[int | None] = mapped_column(ForeignKey("fuse_lifts.id"), unique=True)


class FuseLift(Recorded, Base):
    """Somebody asks that lending goes on in a scope; another person decides (``office``)."""

    __tablename__ = "fuse_lifts"

    #: number; the subject of its proposal
    id: Mapped[int] = mapped_column(primary_key=True)
    #: institution or region
    scope_kind: Mapped[str]
    #: organisation id, or the digits of a township or village
    scope: Mapped[str]
    #: number of the event that stopped it
    blown_id: Mapped[int] = mapped_column(index=True)
    #: business day
    asked_on: Mapped[date]
    #: it shall hold up to and including this day
    until_on: Mapped[date]
    #: why
    reason: Mapped[str]


class GuaranteePlatform(Recorded, Base):
    """A guarantee company: its capital, and how far it may be levered. The last row holds."""

    __tablename__ = "guarantee_platforms"
    __table_args__ = (
        CheckConstraint("capital_fen >= 0", name="capital_not_negative"),
        CheckConstraint("multiple BETWEEN 1 AND 100", name="multiple_range"),
        Index("ix_guarantee_platforms_organisation_id", "organisation_id"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the company
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    #: capital, fen
    capital_fen: Mapped[int]
    #: how many times the capital it may guarantee
    multiple: Mapped[int]
    #: from this day
    from_on: Mapped[date]
    #: document and clause
    clause: Mapped[str]


class Guarantee(Recorded, Base):
    """A guarantee given for a loan that an organisation uses and repays; never for a household."""

    __tablename__ = "guarantees"
    __table_args__ = (
        UniqueConstraint("loan_id", "organisation_id"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the company that guarantees
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: how much, fen
    amount_fen: Mapped[int]
    #: business day
    given_on: Mapped[date]
    #: number of the letter of guarantee (担保函)
    letter_no: Mapped[str] = mapped_column(unique=True)


class GuaranteeEvent(Recorded, Base):
    """A guarantee called (代偿), released (解除), or what was called recovered (追偿)."""

    __tablename__ = "guarantee_events"
    __table_args__ = (
        CheckConstraint("kind IN ('called', 'released', 'recovered')", name="kind_known"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("(kind = 'released') = (voucher_id IS NULL)", name="money_has_voucher"),
    )

    #: number; where money moved, the source of its ledger entry
    id: Mapped[int] = mapped_column(primary_key=True)
    #: guarantee
    guarantee_id: Mapped[int] = mapped_column(ForeignKey("guarantees.id"), index=True)
    #: called: the company pays the lender; recovered: the lender gives back; or released
    kind: Mapped[str]
    #: how much, fen
    amount_fen: Mapped[int]
    #: business day
    on_day: Mapped[date]
    #: why
    reason: Mapped[str]
    #: the lender's voucher; NULL where no money moved
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("vouchers.id"), unique=True)


class PlatformUse(Running, Base):
    """What a guarantee company has in force, beside what it may."""

    __tablename__ = "guarantee_platform_uses"
    __table_args__ = (
        CheckConstraint("in_force_fen >= 0", name="in_force_not_negative"),
        CheckConstraint("called_fen >= 0", name="called_not_negative"),
    )

    #: the company
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, autoincrement=False
    )
    #: capital of its last row, fen
    capital_fen: Mapped[int]
    #: multiple of its last row
    multiple: Mapped[int]
    #: given, and neither released nor called, fen
    in_force_fen: Mapped[int]
    #: called and not recovered: gone from its capital for the time being, fen
    called_fen: Mapped[int]
