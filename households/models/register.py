"""The register of households: one row per household, one per person, and what is known over time.

``households`` and ``people`` hold the current answers of the national form (A1 to A37, G6) and may
change; each change is a recorded row of ``register_changes``, whose *seal* is the digest of the
whole current row after it, so that a row changed behind the register's back shows. What counts
over time is recorded and never changes: ``household_statuses``. A person belongs to one household
from ``joined_on`` up to and not including ``left_on``, and to one at a time.

Secrets (identity number, phone, bank account) are envelopes with a blind index beside them; the
place of an envelope is named by what survives a copy of the row: the household's number, or the
blind index itself. The cause of poverty is for the file alone, never for a public page.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running
from kernel.digests import added


class Status(StrEnum):
    """What a household is found to be, from a day on."""

    REGISTERED = "registered"
    LIFTED = "lifted"
    FALLEN_BACK = "fallen_back"
    MONITORED = "monitored"
    NEEDS_HELP = "needs_help"
    REMOVED = "removed"
    #: no longer watched: what it was before is in force again
    RISK_REMOVED = "risk_removed"
    #: the household is no more: merged into another, moved away or died out
    CLOSED = "closed"


#: kinds of household that are watched, with their standard names
MONITORED_KINDS = {
    "unstable": "脱贫不稳定户",
    "edge": "边缘易致贫户",
    "sudden": "突发严重困难户",
}


STATUS_TITLES = {
    Status.REGISTERED: "建档立卡",
    Status.LIFTED: "脱贫",
    Status.FALLEN_BACK: "返贫",
    Status.MONITORED: "纳入监测",
    Status.NEEDS_HELP: "有帮扶需要",
    Status.REMOVED: "清退",
    Status.RISK_REMOVED: "风险消除",
    Status.CLOSED: "自然减少",
}


class HouseholdFacts:
    """The form's answers about a household; the columns that an import fills."""

    #: number of the household in the register, given once
    number: Mapped[str]
    #: 组: the villagers' group
    group_name: Mapped[str | None]
    #: envelope of the phone number
    phone_sealed: Mapped[bytes | None]
    #: its blind index
    phone_index: Mapped[bytes | None]
    #: A1: national or provincial standard of poverty
    standard: Mapped[str | None]
    #: A2: a household that kept to family planning
    family_planning: Mapped[bool | None]
    #: A3: general, low_income (低保), five_guarantees (五保)
    attribute: Mapped[str | None]
    #: main cause of poverty; never public
    cause: Mapped[str | None]
    #: bank that keeps the account
    bank_name: Mapped[str | None]
    #: envelope of the bank account
    bank_account_sealed: Mapped[bytes | None]
    #: its blind index
    bank_account_index: Mapped[bytes | None]
    #: year that the incomes are of
    income_year: Mapped[int | None]
    #: A17a wages, fen
    wage_income_fen: Mapped[int | None]
    #: A17b income from business, fen
    business_income_fen: Mapped[int | None]
    #: A17c transfers, fen
    transfer_income_fen: Mapped[int | None]
    #: A17d income from property, fen
    property_income_fen: Mapped[int | None]
    #: A17 total income, fen
    total_income_fen: Mapped[int | None]
    #: A18 cost of production, fen
    production_cost_fen: Mapped[int | None]
    #: A19 net income, fen
    net_income_fen: Mapped[int | None]
    #: A20 net income per person, fen: what a rating reads
    income_per_person_fen: Mapped[int | None]
    #: A21 floor space, square metres
    house_area_m2: Mapped[int | None]
    #: A22 how the house is built
    house_structure: Mapped[str | None]
    #: A23 whether it is dangerous to live in
    house_dangerous: Mapped[bool | None]
    #: A24 moved away from an uninhabitable place
    relocated: Mapped[bool | None]
    #: A30 member of the village's mutual fund
    mutual_fund_member: Mapped[bool | None]
    #: A31 amount there, fen
    mutual_fund_fen: Mapped[int | None]
    #: A32 what it grows or makes
    industry: Mapped[str | None]
    #: A33 how that is organised
    organisation_form: Mapped[str | None]
    #: A34 income from it, fen
    industry_income_fen: Mapped[int | None]
    #: G6 income through a leading enterprise, fen
    enterprise_income_fen: Mapped[int | None]
    #: A35 has electricity
    electricity: Mapped[bool | None]
    #: A36 main fuel
    fuel: Mapped[str | None]
    #: A37 has safe drinking water
    safe_water: Mapped[bool | None]
    #: the cadre who helps this household
    helper_name: Mapped[str | None]
    #: and where the cadre works
    helper_unit: Mapped[str | None]


class PersonFacts:
    """The form's answers about a person; the columns that an import fills."""

    #: name as on the identity card
    name: Mapped[str]
    #: name in pinyin without blanks, for search and order
    pinyin: Mapped[str]
    #: first letters of the pinyin
    initials: Mapped[str]
    #: A5: male or female, from the identity number
    sex: Mapped[str]
    #: from the identity number
    born_on: Mapped[date]
    #: envelope of the identity number
    identity_sealed: Mapped[bytes]
    #: its blind index; one person present in the register
    identity_index: Mapped[bytes]
    #: whether this is the head of the household
    is_head: Mapped[bool]
    #: A7: relation to the head, 户主 for the head
    relation: Mapped[str]
    #: A8 nation
    nation: Mapped[str | None]
    #: A9 schooling
    schooling: Mapped[str | None]
    #: A10 at school, and where
    at_school: Mapped[str | None]
    #: A11 healthy, chronic, serious, disabled
    health: Mapped[str | None]
    #: A12 ordinary, skilled, lost, none
    labour: Mapped[str | None]
    #: A13 where the person works away from home
    migrant: Mapped[str | None]
    #: A13 months of it a year
    migrant_months: Mapped[int | None]
    #: A14 receives the low-income guarantee
    low_income_guarantee: Mapped[bool | None]
    #: A15 in the co-operative medical scheme
    medical_insurance: Mapped[bool | None]
    #: A16 in the pension scheme
    pension: Mapped[bool | None]


class Household(HouseholdFacts, Running, Base):
    """A household as the register knows it today."""

    __tablename__ = "households"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("length(number) BETWEEN 1 AND 32", name="number_length"),
        CheckConstraint("length(village_code) = 12", name="village_code_length"),
        CheckConstraint("total_income_fen >= 0", name="total_income_not_negative"),
        CheckConstraint("income_per_person_fen >= 0", name="income_per_person_not_negative"),
        CheckConstraint(
            "attribute IN ('general', 'low_income', 'five_guarantees')", name="attribute_known"
        ),
    )

    #: number in these books
    id: Mapped[int] = mapped_column(primary_key=True)
    #: village, 12 digits
    village_code: Mapped[str] = mapped_column(index=True)


class Person(PersonFacts, Running, Base):
    """A person's time in a household; who moves has two rows."""

    __tablename__ = "people"
    __table_args__ = (
        Index(
            "uq_people_identity_index_present",
            "identity_index",
            unique=True,
            sqlite_where=column("left_on").is_(None),
            postgresql_where=column("left_on").is_(None),
        ),
        Index("ix_people_identity_index", "identity_index"),
        CheckConstraint("sex IN ('male', 'female')", name="sex_known"),
        CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="leaves_after_joining"),
        CheckConstraint("migrant_months BETWEEN 0 AND 12", name="migrant_months_of_a_year"),
        CheckConstraint(
            "health IN ('healthy', 'chronic', 'serious', 'disabled')", name="health_known"
        ),
        CheckConstraint("labour IN ('ordinary', 'skilled', 'lost', 'none')", name="labour_known"),
    )

    #: number in these books
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    #: first day in it
    joined_on: Mapped[date]
    #: first day no longer in it
    left_on: Mapped[date | None]
    #: why the person left
    left_reason: Mapped[str | None]


class HouseholdStatus(Recorded, Base):
    """What a household is from a day on, until the next row."""

    __tablename__ = "household_statuses"
    __table_args__ = (
        UniqueConstraint("household_id", "status", "from_on"),
        CheckConstraint(
            "status IN ('registered', 'lifted', 'fallen_back', 'monitored', 'needs_help',"
            " 'removed', 'risk_removed', 'closed')",
            name="status_known",
        ),
        CheckConstraint(
            "monitored_kind IN ('unstable', 'edge', 'sudden')", name="monitored_kind_known"
        ),
        CheckConstraint(
            "status = 'monitored' OR monitored_kind IS NULL", name="monitored_kind_of_monitoring"
        ),
        CheckConstraint("from_on <= booked_on", name="not_ahead_of_the_books"),
        # The close reads what was booked on its day.
        Index("ix_household_statuses_booked_on", "booked_on"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    #: what it is
    status: Mapped[str]
    #: from this day on
    from_on: Mapped[date]
    #: the open business day when this was recorded
    booked_on: Mapped[date]
    #: document or words behind it
    reason: Mapped[str]
    #: unstable, edge or sudden; of monitoring alone, and not known of what was imported
    monitored_kind: Mapped[str | None] = mapped_column(info=added(before=None))
    #: the case that found it
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("identification_cases.id"), index=True, info=added(before=None)
    )
    #: the county's list that says so
    list_id: Mapped[int | None] = mapped_column(
        ForeignKey("decided_lists.id"), index=True, info=added(before=None)
    )


class RegisterChange(Recorded, Base):
    """One change of one current row: what it was, what it became, and the seal of the row now."""

    __tablename__ = "register_changes"
    __table_args__ = (
        CheckConstraint("what IN ('new', 'changed', 'left')", name="what_known"),
        CheckConstraint("length(seal) = 64", name="seal_sha256"),
        # The close reads what was booked on its day.
        Index("ix_register_changes_booked_on", "booked_on"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the household concerned
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    #: the person concerned; NULL: the household's own row
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    #: new, changed, left
    what: Mapped[str]
    #: business day
    booked_on: Mapped[date]
    #: canonical JSON: column -> [old, new], secrets masked; {} for a new row
    fields: Mapped[str]
    #: SHA-256 (hex) of the current row as it stands after this change
    seal: Mapped[str]


class VillageAnswer(Recorded, Base):
    """What an old village name in a ledger means; the last answer holds."""

    __tablename__ = "village_answers"
    __table_args__ = (Index("ix_village_answers_name", "township", "village"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the township as the ledger writes it, without blanks; may be empty
    township: Mapped[str]
    #: the village as the ledger writes it, without blanks and 村, 社区
    village: Mapped[str]
    #: the village of today
    successor_code: Mapped[str]
    #: business day of the answer
    answered_on: Mapped[date]
