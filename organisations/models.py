"""The register of legal persons that lend, guarantee, link up with households, or govern."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class Kind(StrEnum):
    """What a legal person is to the programme."""

    LENDER = "lender"
    ENTERPRISE = "enterprise"
    CO_OPERATIVE = "co_operative"
    GUARANTEE_COMPANY = "guarantee_company"
    VILLAGE_FUND = "village_fund"
    OFFICE = "office"


KIND_TITLES = {
    Kind.LENDER: "银行业金融机构",
    Kind.ENTERPRISE: "企业",
    Kind.CO_OPERATIVE: "农民专业合作社",
    Kind.GUARANTEE_COMPANY: "担保公司",
    Kind.VILLAGE_FUND: "村级互助资金组织",
    Kind.OFFICE: "机关单位",
}


class Organisation(Running, Base):
    """A legal person, or a branch of one: a branch names its parent."""

    __tablename__ = "organisations"
    __table_args__ = (
        UniqueConstraint("credit_code"),
        CheckConstraint("length(credit_code) = 18", name="credit_code_length"),
        CheckConstraint("length(region_code) = 12", name="region_code_length"),
        CheckConstraint("length(name) BETWEEN 2 AND 100", name="name_length"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="closes_after_opening"),
        CheckConstraint(
            "kind IN ('lender', 'enterprise', 'co_operative', 'guarantee_company',"
            " 'village_fund', 'office')",
            name="kind_known",
        ),
    )

    #: number in these books
    id: Mapped[int] = mapped_column(primary_key=True)
    #: unified social credit code (GB 32100)
    credit_code: Mapped[str]
    #: name as registered
    name: Mapped[str]
    #: lender, enterprise, co_operative, guarantee_company, village_fund, office
    kind: Mapped[str]
    #: where it is at home, 12 digits
    region_code: Mapped[str] = mapped_column(index=True)
    #: the organisation it is a branch of
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: first day on which it takes part
    opened_on: Mapped[date]
    #: first day on which it no longer does
    closed_on: Mapped[date | None]


class OrganisationChange(Recorded, Base):
    """One change of an organisation's row, and the seal of the row after it."""

    __tablename__ = "organisation_changes"
    __table_args__ = (
        CheckConstraint("what IN ('new', 'changed')", name="what_known"),
        CheckConstraint("length(seal) = 64", name="seal_sha256"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the organisation
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: new or changed
    what: Mapped[str]
    #: business day
    booked_on: Mapped[date]
    #: canonical JSON: column -> [old, new]; {} for a new row
    fields: Mapped[str]
    #: SHA-256 (hex) of the row as it stands after this change
    seal: Mapped[str]
