"""The fuse (熔断), and guarantee platforms (担保平台) beside the fund."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded


class FuseEvent(Recorded, Base):
    """New lending is stopped in a scope, or let go on. The last row of a scope holds."""

    __tablename__ = "fuse_events"
    __table_args__ = (
        CheckConstraint("scope_kind IN ('institution', 'region')", name="scope_known"),
        CheckConstraint("event IN ('blown', 'lifted')", name="event_known"),
        CheckConstraint("(event = 'lifted') = (until_on IS NOT NULL)", name="lift_ends"),
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
    """A guarantee called (代偿) or released (解除), in whole or in part."""

    __tablename__ = "guarantee_events"
    __table_args__ = (
        CheckConstraint("kind IN ('called', 'released')", name="kind_known"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: guarantee
    guarantee_id: Mapped[int] = mapped_column(ForeignKey("guarantees.id"), index=True)
    #: called or released
    kind: Mapped[str]
    #: how much, fen
    amount_fen: Mapped[int]
    #: business day
    on_day: Mapped[date]
    #: why
    reason: Mapped[str]
