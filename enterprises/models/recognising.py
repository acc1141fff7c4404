"""Recognition (认定): which organisations may link up with households, where, and what they pledge.

A recognition stands in force once a second person has granted it, from its first day up to and not
including its last, unless it is withdrawn. *Counter-securities* (反抵押) are what an enterprise
gives the risk-compensation fund. A *chain* (产业链条) is one product of an enterprise with the
channel that sells it. A *framework agreement* is what several lenders promise to lend together.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded


class Recognition(Recorded, Base):
    """An organisation put forward as a recognised one (扶贫经营组织), as one person proposes it."""

    __tablename__ = "recognitions"
    __table_args__ = (
        CheckConstraint("to_on > from_on", name="days_in_order"),
        CheckConstraint("years_operating BETWEEN 0 AND 1000", name="years_range"),
        CheckConstraint("operating_since <= from_on", name="operating_before_recognition"),
        CheckConstraint("(exceptions = '') = (exception_reason = '')", name="exception_has_reason"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: enterprise or co-operative
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: first day
    from_on: Mapped[date]
    #: day after the last
    to_on: Mapped[date]
    #: document of recognition (认定文号)
    document_no: Mapped[str]
    #: day since which it has worked normally
    operating_since: Mapped[date]
    #: whole years of it on the first day
    years_operating: Mapped[int]
    #: whether it is registered in the county
    local: Mapped[bool]
    #: what it grows or makes
    industry: Mapped[str]
    #: the recognised project; empty where it is recognised as a whole
    project: Mapped[str]
    #: rules in principle that it was passed over, comma between
    exceptions: Mapped[str]
    #: and why
    exception_reason: Mapped[str]
    #: business day
    proposed_on: Mapped[date]
    #: SHA-256 of all of it, canonical: what the second person decides on
    digest: Mapped[str]


class RecognitionVillage(Recorded, Base):
    """A village that a recognition is for; without any, it is for the whole county."""

    __tablename__ = "recognition_villages"

    #: recognition
    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognitions.id"), primary_key=True)
    #: village
    village_code: Mapped[str] = mapped_column(primary_key=True)


class RecognitionGrant(Recorded, Base):
    """A second person's yes: without this row a recognition is a wish."""

    __tablename__ = "recognition_grants"

    #: recognition
    recognition_id: Mapped[int] = mapped_column(
        ForeignKey("recognitions.id"), primary_key=True, autoincrement=False
    )
    #: business day
    granted_on: Mapped[date]


class RecognitionWithdrawal(Recorded, Base):
    """A recognition taken back (取消认定); agreements that stand go on to their end."""

    __tablename__ = "recognition_withdrawals"

    #: recognition
    recognition_id: Mapped[int] = mapped_column(
        ForeignKey("recognitions.id"), primary_key=True, autoincrement=False
    )
    #: first day on which it no longer holds
    from_on: Mapped[date]
    #: document
    document_no: Mapped[str]
    #: why
    reason: Mapped[str]


class CounterSecurity(Recorded, Base):
    """What an enterprise pledges to the risk-compensation fund (反抵押)."""

    __tablename__ = "counter_securities"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('land', 'building', 'machinery', 'inventory', 'livestock', 'forest',"
            " 'deposit', 'guarantee', 'other')",
            name="kind_known",
        ),
        CheckConstraint("value_fen BETWEEN 1 AND 1000000000000", name="value_range"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: who pledges
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: special account of the fund that it is pledged to
    fund_account_id: Mapped[int] = mapped_column(ForeignKey("fund_accounts.id"), index=True)
    #: land, building, machinery, inventory, livestock, forest, deposit, guarantee or other
    kind: Mapped[str]
    #: what it is
    description: Mapped[str]
    #: its appraised value, fen; at most 100亿元
    value_fen: Mapped[int]
    #: pledge contract or register number
    document_no: Mapped[str]
    #: first day
    from_on: Mapped[date]
    #: business day
    booked_on: Mapped[date]


class CounterSecurityRelease(Recorded, Base):
    """A counter-security given back (解除反抵押)."""

    __tablename__ = "counter_security_releases"

    #: counter-security
    security_id: Mapped[int] = mapped_column(
        ForeignKey("counter_securities.id"), primary_key=True, autoincrement=False
    )
    #: first day on which it no longer holds
    released_on: Mapped[date]
    #: document
    document_no: Mapped[str]
    #: why
    reason: Mapped[str]


class LinkageChain(Recorded, Base):
    """A product of an enterprise and how it is sold (产业链条)."""

    __tablename__ = "linkage_chains"
    __table_args__ = (Index("uq_linkage_chains_name", "organisation_id", "name", unique=True),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: enterprise or co-operative at its head
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    #: name
    name: Mapped[str]
    #: what is grown or made
    product: Mapped[str]
    #: how it is sold, in words
    sales_channel: Mapped[str]
    #: who sells it, where that is an organisation of the register
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    #: number of the industry project behind it (产业项目); empty where none
    project_number: Mapped[str]
    #: first day
    from_on: Mapped[date]
    #: business day
    booked_on: Mapped[date]


class LinkageChainEnd(Recorded, Base):
    """A chain that is no more."""

    __tablename__ = "linkage_chain_ends"

    #: chain
    chain_id: Mapped[int] = mapped_column(
        ForeignKey("linkage_chains.id"), primary_key=True, autoincrement=False
    )
    #: first day on which it is no more
    ended_on: Mapped[date]
    #: why
    reason: Mapped[str]


class FrameworkAgreement(Recorded, Base):
    """What several institutions promise to lend together (合作框架协议)."""

    __tablename__ = "framework_agreements"
    __table_args__ = (
        CheckConstraint("to_on > signed_on", name="days_in_order"),
        CheckConstraint("amount_fen BETWEEN 1 AND 1000000000000000", name="amount_range"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: name
    name: Mapped[str] = mapped_column(unique=True)
    #: signing day; what was lent from it on counts
    signed_on: Mapped[date]
    #: day after the last
    to_on: Mapped[date]
    #: amount promised, fen; at most 10万亿元
    amount_fen: Mapped[int]
    #: document
    document_no: Mapped[str]
    #: business day
    booked_on: Mapped[date]


class FrameworkInstitution(Recorded, Base):
    """An institution that signed; what its branches lend counts as well."""

    __tablename__ = "framework_institutions"

    #: framework agreement
    framework_id: Mapped[int] = mapped_column(
        ForeignKey("framework_agreements.id"), primary_key=True
    )
    #: institution
    institution_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
