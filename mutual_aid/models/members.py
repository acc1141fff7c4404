"""Members, one for each household, and the groups in which they stand up for each other."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class FundMember(Recorded, Base):
    """A household that joined a fund, and the one person who speaks for it."""

    __tablename__ = "fund_members"
    __table_args__ = (CheckConstraint("base_by IN ('household', 'fiscal')", name="base_by_known"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: fund
    fund_id: Mapped[int] = mapped_column(ForeignKey("village_funds.id"), index=True)
    #: household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    #: the member of the household who speaks and votes for it
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: business day
    joined_on: Mapped[date]
    #: who pays the base stake: the household, or the fiscal money for a poor one
    base_by: Mapped[str]


class MemberLeaving(Recorded, Base):
    """A member that left, of its own will or by vote."""

    __tablename__ = "member_leavings"

    #: member
    member_id: Mapped[int] = mapped_column(
        ForeignKey("fund_members.id"), primary_key=True, autoincrement=False
    )
    #: business day
    left_on: Mapped[date]
    #: why
    reason: Mapped[str]
    #: person who noted it; another one pays the stake out
    noted_by: Mapped[int]


class MemberPosition(Running, Base):
    """A member of today, or one that left and has its stake still to come; a household once."""

    __tablename__ = "member_positions"
    __table_args__ = (
        CheckConstraint("stake_fen >= 0 AND base_fen >= 0", name="stakes_not_negative"),
    )

    #: household
    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id"), primary_key=True, autoincrement=False
    )
    #: fund
    fund_id: Mapped[int] = mapped_column(ForeignKey("village_funds.id"), index=True)
    #: member
    member_id: Mapped[int] = mapped_column(ForeignKey("fund_members.id"), unique=True)
    #: stake that is the household's own, fen
    stake_fen: Mapped[int] = mapped_column(default=0)
    #: day it left; NULL while it is a member
    left_on: Mapped[date | None]
    #: base stake that the fiscal money pays for it, fen; never paid out to it
    base_fen: Mapped[int] = mapped_column(default=0)


class MutualGroup(Recorded, Base):
    """A group with joint liability (联保小组)."""

    __tablename__ = "mutual_groups"
    __table_args__ = (UniqueConstraint("fund_id", "nr"), CheckConstraint("nr > 0", name="nr_from"))

    #: number; the loans keep their own row of the group under it
    id: Mapped[int] = mapped_column(primary_key=True)
    #: fund
    fund_id: Mapped[int] = mapped_column(ForeignKey("village_funds.id"))
    #: group of this fund, from 1
    nr: Mapped[int]
    #: business day
    formed_on: Mapped[date]


class GroupMember(Recorded, Base):
    """A member in a group."""

    __tablename__ = "mutual_group_members"

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: group
    group_id: Mapped[int] = mapped_column(ForeignKey("mutual_groups.id"), index=True)
    #: member
    member_id: Mapped[int] = mapped_column(ForeignKey("fund_members.id"), index=True)
    #: business day
    joined_on: Mapped[date]


class GroupLeaving(Recorded, Base):
    """A member that left its group."""

    __tablename__ = "mutual_group_leavings"

    #: membership of the group
    group_member_id: Mapped[int] = mapped_column(
        ForeignKey("mutual_group_members.id"), primary_key=True, autoincrement=False
    )
    #: business day
    left_on: Mapped[date]
    #: why
    reason: Mapped[str]
