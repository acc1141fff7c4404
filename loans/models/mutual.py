"""What the loans know of village funds (互助资金) and their groups, written down by them.

A fund lends its own money, in its one village, at the fee its members decided, to households of a
group that stand up for each other: all of it is data here, so that a loan can be refused without
asking above. A loan of the mode ``mutual`` names its group by its joint agreement.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class MutualLender(Running, Base):
    """A village fund as a lender; who takes money out of it holds this row."""

    __tablename__ = "mutual_lenders"
    __table_args__ = (CheckConstraint("fee_rate_ppm BETWEEN 0 AND 1000000", name="fee_rate_range"),)

    #: the fund's organisation
    lender_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, autoincrement=False
    )
    #: the one village it lends in
    village_code: Mapped[str]
    #: usage fee a year that its members decided
    fee_rate_ppm: Mapped[int]
    #: who decided: constitution or vote
    fee_clause: Mapped[str]
    #: whether it lends
    lends: Mapped[bool]
    #: how often money was taken out of it
    turns: Mapped[int] = mapped_column(default=0)


class JointGroup(Running, Base):
    """A group with joint liability; who lends to it, or takes a member out, holds this row."""

    __tablename__ = "joint_groups"
    __table_args__ = (CheckConstraint("members >= 0", name="members_not_negative"),)

    #: number, as the fund's own register has it
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: the fund's organisation
    lender_id: Mapped[int] = mapped_column(ForeignKey("mutual_lenders.lender_id"), index=True)
    #: households in it
    members: Mapped[int]
    #: how often its row was held
    turns: Mapped[int] = mapped_column(default=0)


class JointMember(Running, Base):
    """A household of a group; it is in one group of one fund."""

    __tablename__ = "joint_members"

    #: household
    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id"), primary_key=True, autoincrement=False
    )
    #: group
    group_id: Mapped[int] = mapped_column(ForeignKey("joint_groups.id"), index=True)


class JointAgreement(Recorded, Base):
    """The group's joint liability for one loan (联保协议), signed with its application."""

    __tablename__ = "joint_agreements"
    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
        Index("ix_joint_agreements_group_id", "group_id"),
    )

    #: application; its contract names the same one
    application_id: Mapped[int] = mapped_column(
        ForeignKey("applications.id"), primary_key=True, autoincrement=False
    )
    #: group
    group_id: Mapped[int]
    #: number of the paper
    number: Mapped[str] = mapped_column(unique=True)
    #: business day
    signed_on: Mapped[date]
    #: SHA-256 of group, application and signers, canonical
    digest: Mapped[str]


class JointSigner(Recorded, Base):
    """A household that stands up for the loan: the borrower's and every other of its group."""

    __tablename__ = "joint_signers"

    #: agreement
    application_id: Mapped[int] = mapped_column(
        ForeignKey("joint_agreements.application_id"), primary_key=True
    )
    #: household
    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id"), primary_key=True, index=True
    )


class ExtensionPermit(Recorded, Base):
    """The members' vote that lets one loan of the fund run on to a day (表决同意展期)."""

    __tablename__ = "extension_permits"

    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), primary_key=True)
    #: the last day it may run to
    to_on: Mapped[date] = mapped_column(primary_key=True)
    #: business day
    given_on: Mapped[date]
    #: the vote, in words
    clause: Mapped[str]
