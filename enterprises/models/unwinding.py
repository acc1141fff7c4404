"""Unwinding of agreements under which enterprises use households' loans (户贷企用清退).

An agreement that is unwound earns dividends up to a day. It is over when all dividends up to that
day are paid, the principal of each loan behind a stake is repaid or was turned over to the
household's own use by decision, and no treasury pays interest on it any more.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded


class Unwinding(Recorded, Base):
    """An agreement is to be unwound (清退), as one person proposes it."""

    __tablename__ = "unwindings"
    __table_args__ = (CheckConstraint("length(digest) = 64", name="digest_sha256"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: agreement
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    #: first day that earns no dividend
    from_on: Mapped[date]
    #: document
    document_no: Mapped[str]
    #: why
    reason: Mapped[str]
    #: business day
    proposed_on: Mapped[date]
    #: SHA-256 of it, canonical: what the second person decides on
    digest: Mapped[str]


class UnwindingApproval(Recorded, Base):
    """A second person's yes: from here on the agreement is being unwound, once."""

    __tablename__ = "unwinding_approvals"

    #: agreement
    agreement_id: Mapped[int] = mapped_column(
        ForeignKey("agreements.id"), primary_key=True, autoincrement=False
    )
    #: unwinding
    unwinding_id: Mapped[int] = mapped_column(ForeignKey("unwindings.id"), unique=True)
    #: business day
    approved_on: Mapped[date]


class LoanConversion(Recorded, Base):
    """A loan behind a stake is to become the household's own use (转为户用), as proposed."""

    __tablename__ = "loan_conversions"

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: unwinding
    unwinding_id: Mapped[int] = mapped_column(ForeignKey("unwindings.id"))
    #: loan
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), index=True)
    #: household, which agrees by its signature
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    #: the agreement it signed
    document_no: Mapped[str]
    #: what it uses the money for from now on
    purpose: Mapped[str]
    #: business day
    proposed_on: Mapped[date]


class LoanConversionGrant(Recorded, Base):
    """A second person's yes to a conversion."""

    __tablename__ = "loan_conversion_grants"
    __table_args__ = (UniqueConstraint("unwinding_id", "loan_id", "household_id"),)

    #: conversion
    conversion_id: Mapped[int] = mapped_column(
        ForeignKey("loan_conversions.id"), primary_key=True, autoincrement=False
    )
    #: unwinding
    unwinding_id: Mapped[int] = mapped_column(ForeignKey("unwindings.id"))
    #: loan
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    #: business day
    granted_on: Mapped[date]


class AgreementEnd(Recorded, Base):
    """An agreement that is over before its last day: everything of its unwinding is done."""

    __tablename__ = "agreement_ends"

    #: agreement
    agreement_id: Mapped[int] = mapped_column(
        ForeignKey("agreements.id"), primary_key=True, autoincrement=False
    )
    #: unwinding
    unwinding_id: Mapped[int] = mapped_column(ForeignKey("unwindings.id"), unique=True)
    #: first day on which it no longer links anybody
    ended_on: Mapped[date]
    #: document of completion
    document_no: Mapped[str]
