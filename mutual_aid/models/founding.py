"""A village fund: who it is, what its members pay for money, and its end."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class VillageFund(Recorded, Base):
    """A village's fund as one person proposed it; it stands once another has approved."""

    __tablename__ = "village_funds"
    __table_args__ = (
        CheckConstraint("length(village_code) = 12", name="village_code_length"),
        CheckConstraint("wording IN ('stake', 'share')", name="wording_known"),
        CheckConstraint("fee_rate_ppm BETWEEN 0 AND 1000000", name="fee_rate_range"),
        CheckConstraint("stake_unit_fen > 0", name="stake_unit_positive"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the organisation that lends (互助社), of the kind village_fund
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: the one village it serves
    village_code: Mapped[str] = mapped_column(index=True)
    #: registration as a social body with the civil affairs bureau (民政登记证号)
    registration_no: Mapped[str]
    #: its constitution (章程), document and date
    constitution: Mapped[str]
    #: what the members' money is called here: stake (互助金) or share (入股)
    wording: Mapped[str]
    #: one portion of a stake, fen
    stake_unit_fen: Mapped[int]
    #: usage fee (占用费) a year at its founding
    fee_rate_ppm: Mapped[int]
    #: business day it was proposed
    proposed_on: Mapped[date]


class FundOpening(Recorded, Base):
    """A fund that a second person approved: it may take members and money."""

    __tablename__ = "fund_openings"

    #: fund
    fund_id: Mapped[int] = mapped_column(
        ForeignKey("village_funds.id"), primary_key=True, autoincrement=False
    )
    #: its organisation; one fund each
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), unique=True)
    #: business day
    opened_on: Mapped[date]


class FundClosing(Recorded, Base):
    """A fund that ended: nothing is out, every stake is withdrawn."""

    __tablename__ = "fund_closings"

    #: fund
    fund_id: Mapped[int] = mapped_column(
        ForeignKey("village_funds.id"), primary_key=True, autoincrement=False
    )
    #: the members' vote
    vote_id: Mapped[int] = mapped_column(ForeignKey("mutual_votes.id"), unique=True)
    #: business day
    closed_on: Mapped[date]
    #: document
    document: Mapped[str]


class FundFeeRate(Recorded, Base):
    """Another usage fee, by vote of the members; loans signed from the day on carry it."""

    __tablename__ = "fund_fee_rates"
    __table_args__ = (CheckConstraint("fee_rate_ppm BETWEEN 0 AND 1000000", name="range"),)

    #: the vote that decided
    vote_id: Mapped[int] = mapped_column(
        ForeignKey("mutual_votes.id"), primary_key=True, autoincrement=False
    )
    #: fund
    fund_id: Mapped[int] = mapped_column(ForeignKey("village_funds.id"), index=True)
    #: first day
    from_on: Mapped[date]
    #: fee a year
    fee_rate_ppm: Mapped[int]


class FundPlace(Running, Base):
    """The village that an open fund holds: one village, one fund."""

    __tablename__ = "fund_places"

    #: village
    village_code: Mapped[str] = mapped_column(primary_key=True)
    #: its fund
    fund_id: Mapped[int] = mapped_column(ForeignKey("village_funds.id"), unique=True)
