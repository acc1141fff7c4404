"""Claims: rows frozen by a hash, steps through three offices, notice and objections."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class Claim(Recorded, Base):
    """A lender's claim for a period and a route. A returned one is followed by another version."""

    __tablename__ = "subsidy_claims"
    __table_args__ = (
        UniqueConstraint("lender_id", "route", "period_to", "version"),
        UniqueConstraint("previous_id"),
        CheckConstraint("route IN ('lender', 'household', 'enterprise')", name="route_known"),
        CheckConstraint("period_to > period_from", name="days_in_order"),
        CheckConstraint("rows > 0", name="not_empty"),
        CheckConstraint("(version = 1) = (previous_id IS NULL)", name="version_follows"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: who claims
    lender_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    #: lender, household or enterprise
    route: Mapped[str]
    #: first day of the period
    period_from: Mapped[date]
    #: day after the last; holds whatever was settled by it and is in no other claim
    period_to: Mapped[date]
    #: from 1
    version: Mapped[int]
    #: the version before, which was returned or withdrawn
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("subsidy_claims.id"))
    #: business day it was drafted on
    drafted_on: Mapped[date]
    #: how many rows
    rows: Mapped[int]
    #: how many households are behind them
    households: Mapped[int]
    #: sum of the rows, fen
    total_fen: Mapped[int]
    #: SHA-256 of the rows, canonical: what every later office decides on
    digest: Mapped[str]


class ClaimRow(Recorded, Base):
    """One entitlement in a claim, with all that the sheet prints, frozen."""

    __tablename__ = "subsidy_claim_rows"
    __table_args__ = (
        UniqueConstraint("claim_id", "entitlement_id"),
        Index("ix_subsidy_claim_rows_entitlement_id", "entitlement_id"),
    )

    #: claim
    claim_id: Mapped[int] = mapped_column(ForeignKey("subsidy_claims.id"), primary_key=True)
    #: place on the sheet, from 1
    nr: Mapped[int] = mapped_column(primary_key=True)
    #: entitlement
    entitlement_id: Mapped[int] = mapped_column(ForeignKey("subsidy_entitlements.id"))
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: village
    village_code: Mapped[str]
    #: borrower's name
    borrower: Mapped[str]
    #: balance at the end of the period's last interest-bearing day, fen
    principal_fen: Mapped[int]
    #: the contract's rate
    annual_rate_ppm: Mapped[int]
    #: first day
    from_on: Mapped[date]
    #: day after the last
    to_on: Mapped[date]
    #: revision of the settlement
    revision: Mapped[int]
    #: table of who is paid
    payee_kind: Mapped[str]
    #: its id there
    payee_id: Mapped[int]
    #: all interest, fen
    interest_fen: Mapped[int]
    #: subsidy, fen; below zero where a revision takes back
    amount_fen: Mapped[int]


class ClaimLeftOut(Recorded, Base):
    """An entitlement that this version does not claim, until the loan is corrected.

    Every later claim that could hold it lists it again with its reason, until one that stands takes
    it in again or a later revision of its settlement nets with it.
    """

    __tablename__ = "subsidy_claim_left_out"
    __table_args__ = (Index("ix_subsidy_claim_left_out_entitlement_id", "entitlement_id"),)

    #: claim that was drafted without it
    claim_id: Mapped[int] = mapped_column(ForeignKey("subsidy_claims.id"), primary_key=True)
    #: entitlement
    entitlement_id: Mapped[int] = mapped_column(
        ForeignKey("subsidy_entitlements.id"), primary_key=True
    )
    #: why
    reason: Mapped[str]


class ClaimStep(Recorded, Base):
    """A step of a claim: who took it on which day stands in its trail row."""

    __tablename__ = "subsidy_claim_steps"
    __table_args__ = (
        UniqueConstraint("claim_id", "nr"),
        CheckConstraint("nr > 0", name="nr"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: claim
    claim_id: Mapped[int] = mapped_column(ForeignKey("subsidy_claims.id"))
    #: place among the claim's steps, from 1
    nr: Mapped[int]
    #: state it came to, as ``subsidies.lifecycle`` names it
    state: Mapped[str]
    #: business day
    on_day: Mapped[date]
    #: person; 0 is the system
    by_person: Mapped[int]
    #: to be done by this day, where the policy sets one
    deadline_on: Mapped[date | None]
    #: the claim's digest as recomputed at this step
    digest: Mapped[str]
    #: why
    reason: Mapped[str]


class ClaimPosition(Running, Base):
    """Where a claim stands now."""

    __tablename__ = "subsidy_claim_positions"

    #: claim
    claim_id: Mapped[int] = mapped_column(
        ForeignKey("subsidy_claims.id"), primary_key=True, autoincrement=False
    )
    #: state, as ``subsidies.lifecycle`` names it
    state: Mapped[str]


class ClaimDifference(Recorded, Base):
    """A row that the poverty office's own computation does not bear out."""

    __tablename__ = "subsidy_claim_differences"
    __table_args__ = (
        CheckConstraint("claimed_fen <> recomputed_fen", name="differs"),
        CheckConstraint("why IN ('amount', 'status', 'uncollected')", name="why_known"),
    )

    #: claim
    claim_id: Mapped[int] = mapped_column(ForeignKey("subsidy_claims.id"), primary_key=True)
    #: row; 0 for what is missing from the claim
    nr: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), primary_key=True)
    #: day after the last
    to_on: Mapped[date] = mapped_column(primary_key=True)
    #: as claimed, fen
    claimed_fen: Mapped[int]
    #: as recomputed from the segments, fen
    recomputed_fen: Mapped[int]
    #: amount: the segments say otherwise; status: the household was no longer served on the day of
    #: settlement; uncollected: what was to be paid first is not paid
    why: Mapped[str]


class Notice(Recorded, Base):
    """A claim's list put up for all to see (公示)."""

    __tablename__ = "subsidy_notices"
    __table_args__ = (CheckConstraint("ends_on > posted_on", name="days_in_order"),)

    #: claim
    claim_id: Mapped[int] = mapped_column(
        ForeignKey("subsidy_claims.id"), primary_key=True, autoincrement=False
    )
    #: number of the notice
    number: Mapped[str] = mapped_column(unique=True)
    #: first day
    posted_on: Mapped[date]
    #: day after the last
    ends_on: Mapped[date]
    #: where it hangs, whom to call
    place: Mapped[str]


class Objection(Recorded, Base):
    """Somebody says that a row of the notice is wrong."""

    __tablename__ = "subsidy_objections"

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: claim
    claim_id: Mapped[int] = mapped_column(ForeignKey("subsidy_claims.id"), index=True)
    #: row; NULL: the list as a whole
    nr: Mapped[int | None]
    #: business day
    raised_on: Mapped[date]
    #: who objects
    raised_by: Mapped[str]
    #: what is said
    words: Mapped[str]


class ObjectionAnswer(Recorded, Base):
    """The office's answer to an objection."""

    __tablename__ = "subsidy_objection_answers"

    #: objection
    objection_id: Mapped[int] = mapped_column(
        ForeignKey("subsidy_objections.id"), primary_key=True, autoincrement=False
    )
    #: business day
    answered_on: Mapped[date]
    #: whether the objection is right: then the claim goes back
    upheld: Mapped[bool]
    #: what was found
    words: Mapped[str]
