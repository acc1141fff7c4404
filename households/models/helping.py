"""Who helps a household, with what, and the money that comes to its village.

*Help*: a measure that reached a household, a helper paired with it, a visit. *Money*: special
funds by their documents, what each was used for, and the industry projects behind. All of it is
recorded and never changes: a pair ends by a row of its own, a use of funds is taken back by an
entry against it, whatever was written by mistake is withdrawn with a reason. What stands now (the
helper a household has, what of a fund is spoken for) is running state, recomputed by the checks.

The money named here moves in the treasury's books, not in these: a use records what a document
gives to a purpose (docs/decisions/32).
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running

#: where a helper belongs (隶属)
LEVELS: Final = {
    "province": "省直", "city": "市直", "county": "县直", "township": "乡镇", "village": "村级",
}  # fmt: skip
#: who gives a special fund
FUND_LEVELS: Final = {"central": "中央", "province": "省级", "city": "市级", "county": "县级"}
#: what a special fund is used for
PURPOSES: Final = {
    "industry": "产业发展",
    "infrastructure": "基础设施",
    "relocation": "易地搬迁",
    "housing": "危房改造",
    "education": "教育培训",
    "health": "医疗救助",
    "finance": "金融扶贫",
    "other": "其他",
}


class HelpingFile(Recorded, Base):
    """A sheet that was taken in: one file, one hash, once."""

    __tablename__ = "helping_files"
    __table_args__ = (
        UniqueConstraint("kind", "digest"),
        CheckConstraint("kind IN ('measures', 'pairs', 'visits', 'projects')", name="kind_known"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
        CheckConstraint("rows > 0", name="not_empty"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: measures, pairs, visits or projects
    kind: Mapped[str]
    #: what the file was called
    name: Mapped[str]
    #: SHA-256 (hex) of the file
    digest: Mapped[str]
    #: how many rows it held
    rows: Mapped[int]
    #: business day
    booked_on: Mapped[date]


class HouseholdMeasure(Recorded, Base):
    """One of the ten measures, as it reached a household."""

    __tablename__ = "household_measures"
    __table_args__ = (
        CheckConstraint("year BETWEEN 2000 AND 2199", name="year_range"),
        CheckConstraint("amount_fen > 0", name="amount_above_zero"),
        CheckConstraint("from_on <= booked_on", name="not_ahead_of_the_books"),
        Index("ix_household_measures_household_id", "household_id", "year"),
        Index("ix_household_measures_measure", "measure", "year"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    #: code of the measure, as config/measures.toml names it
    measure: Mapped[str]
    #: the plan year that it belongs to
    year: Mapped[int]
    #: day from which it helps
    from_on: Mapped[date]
    #: what exactly, in words
    detail: Mapped[str]
    #: money or worth that reached the household, fen; NULL: none, or not counted in money
    amount_fen: Mapped[int | None]
    #: the sheet it came in; NULL: entered by hand
    file_id: Mapped[int | None] = mapped_column(ForeignKey("helping_files.id"))
    #: business day
    booked_on: Mapped[date]


class Helper(Recorded, Base):
    """A cadre who helps; one who changes the office is another row."""

    __tablename__ = "helpers"
    __table_args__ = (
        UniqueConstraint("name", "unit"),
        CheckConstraint(
            "level IN ('province', 'city', 'county', 'township', 'village')", name="level_known"
        ),
        CheckConstraint("length(unit) BETWEEN 2 AND 100", name="unit_length"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: name
    name: Mapped[str]
    #: where the cadre works
    unit: Mapped[str]
    #: province, city, county, township or village
    level: Mapped[str]
    #: envelope of the phone number
    phone_sealed: Mapped[bytes | None]
    #: business day
    booked_on: Mapped[date]


class HelperPair(Recorded, Base):
    """A helper and a household, from a day on (结对帮扶)."""

    __tablename__ = "helper_pairs"
    __table_args__ = (
        CheckConstraint("from_on <= booked_on", name="not_ahead_of_the_books"),
        Index("ix_helper_pairs_household_id", "household_id", "from_on"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the helper
    helper_id: Mapped[int] = mapped_column(ForeignKey("helpers.id"), index=True)
    #: the household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    #: first day
    from_on: Mapped[date]
    #: document or words behind it
    reason: Mapped[str]
    #: the sheet it came in; NULL: entered by hand
    file_id: Mapped[int | None] = mapped_column(ForeignKey("helping_files.id"))
    #: business day
    booked_on: Mapped[date]


class HelperPairEnd(Recorded, Base):
    """The end of a pair, once."""

    __tablename__ = "helper_pair_ends"

    #: the pair
    pair_id: Mapped[int] = mapped_column(
        ForeignKey("helper_pairs.id"), primary_key=True, autoincrement=False
    )
    #: first day on which it no longer holds
    to_on: Mapped[date]
    #: why: another helper, moved to another office, no longer needed
    reason: Mapped[str]
    #: business day
    booked_on: Mapped[date]


class HouseholdHelper(Running, Base):
    """The pair that a household has now: one at a time, whoever writes at the same moment."""

    __tablename__ = "household_helpers"

    #: the household
    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id"), primary_key=True, autoincrement=False
    )
    #: its pair
    pair_id: Mapped[int] = mapped_column(ForeignKey("helper_pairs.id"), unique=True)


class HelperVisit(Recorded, Base):
    """A visit of the paired helper, and what was done."""

    __tablename__ = "helper_visits"
    __table_args__ = (
        CheckConstraint("visited_on <= booked_on", name="not_ahead_of_the_books"),
        Index("ix_helper_visits_pair_id", "pair_id", "visited_on"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: who visited whom
    pair_id: Mapped[int] = mapped_column(ForeignKey("helper_pairs.id"))
    #: day
    visited_on: Mapped[date] = mapped_column(index=True)
    #: what was done, in words
    done: Mapped[str]
    #: the sheet it came in; NULL: entered by hand
    file_id: Mapped[int | None] = mapped_column(ForeignKey("helping_files.id"))
    #: business day
    booked_on: Mapped[date]


class SpecialFund(Recorded, Base):
    """Special poverty-relief money of a year by its document (财政专项扶贫资金)."""

    __tablename__ = "special_funds"
    __table_args__ = (
        UniqueConstraint("document_no", "level"),
        CheckConstraint("level IN ('central', 'province', 'city', 'county')", name="level_known"),
        CheckConstraint("amount_fen > 0", name="amount_above_zero"),
        CheckConstraint("year BETWEEN 2000 AND 2199", name="year_range"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: budget year
    year: Mapped[int] = mapped_column(index=True)
    #: document number (资金文号)
    document_no: Mapped[str]
    #: central, province, city or county
    level: Mapped[str]
    #: what it is called
    title: Mapped[str]
    #: amount, fen
    amount_fen: Mapped[int]
    #: business day
    booked_on: Mapped[date]


class SpecialFundUse(Running, Base):
    """What of a fund is spoken for; moved by conditional UPDATE alone."""

    __tablename__ = "special_fund_uses"
    __table_args__ = (CheckConstraint("used_fen BETWEEN 0 AND amount_fen", name="within_the_fund"),)

    #: the fund
    fund_id: Mapped[int] = mapped_column(
        ForeignKey("special_funds.id"), primary_key=True, autoincrement=False
    )
    #: amount, fen
    amount_fen: Mapped[int]
    #: given to purposes and not taken back, fen
    used_fen: Mapped[int]


class IndustryProject(Recorded, Base):
    """An industry project (产业扶贫项目), as its document names it."""

    __tablename__ = "industry_projects"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("length(region_code) = 12", name="region_code_length"),
        CheckConstraint("amount_fen >= 0", name="amount_not_negative"),
        CheckConstraint("length(number) BETWEEN 1 AND 32", name="number_length"),
    )

    #: number in these books
    id: Mapped[int] = mapped_column(primary_key=True)
    #: number, given once
    number: Mapped[str]
    #: name
    name: Mapped[str]
    #: what is grown or made
    industry: Mapped[str]
    #: where it belongs, 12 digits
    region_code: Mapped[str]
    #: whether it is a key project (重点产业项目)
    is_key: Mapped[bool]
    #: document behind it
    document: Mapped[str]
    #: who runs it; NULL: nobody in the register
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: investment, fen
    amount_fen: Mapped[int]
    #: day it was approved
    approved_on: Mapped[date]
    #: the sheet it came in; NULL: entered by hand
    file_id: Mapped[int | None] = mapped_column(ForeignKey("helping_files.id"))
    #: business day
    booked_on: Mapped[date]


class ProjectVillage(Recorded, Base):
    """What is reported of a project in a village; a later row of the two replaces this one."""

    __tablename__ = "project_villages"
    __table_args__ = (
        CheckConstraint("length(village_code) = 12", name="village_code_length"),
        CheckConstraint("households >= 0 AND persons >= households", name="people_of_households"),
        Index("ix_project_villages_project_id", "project_id", "village_code"),
        Index("ix_project_villages_village_code", "village_code"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the project
    project_id: Mapped[int] = mapped_column(ForeignKey("industry_projects.id"))
    #: village, 12 digits
    village_code: Mapped[str]
    #: poor households covered there, as reported; 0: none (any more)
    households: Mapped[int]
    #: people in them, as reported
    persons: Mapped[int]
    #: business day
    booked_on: Mapped[date]


class ProjectHousehold(Recorded, Base):
    """A household that a project covers, by name."""

    __tablename__ = "project_households"
    __table_args__ = (
        CheckConstraint("from_on <= booked_on", name="not_ahead_of_the_books"),
        Index("ix_project_households_project_id", "project_id"),
        Index("ix_project_households_household_id", "household_id"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the project
    project_id: Mapped[int] = mapped_column(ForeignKey("industry_projects.id"))
    #: the household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    #: first day
    from_on: Mapped[date]
    #: business day
    booked_on: Mapped[date]


class FundUse(Recorded, Base):
    """What a document gives from a special fund to a purpose, or takes back from it."""

    __tablename__ = "fund_uses"
    __table_args__ = (
        UniqueConstraint("reverses_id"),
        CheckConstraint(
            "purpose IN ('industry', 'infrastructure', 'relocation', 'housing', 'education',"
            " 'health', 'finance', 'other')",
            name="purpose_known",
        ),
        CheckConstraint("NOT linked OR purpose = 'industry'", name="linked_is_industry"),
        CheckConstraint(
            "amount_fen <> 0 AND (amount_fen < 0) = (reverses_id IS NOT NULL)",
            name="taken_back_below_zero",
        ),
        CheckConstraint("used_on <= booked_on", name="not_ahead_of_the_books"),
        Index("ix_fund_uses_fund_id", "fund_id"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the fund
    fund_id: Mapped[int] = mapped_column(ForeignKey("special_funds.id"))
    #: industry, infrastructure, relocation, housing, education, health, finance, other
    purpose: Mapped[str]
    #: the project it goes to; NULL: none
    project_id: Mapped[int | None] = mapped_column(ForeignKey("industry_projects.id"), index=True)
    #: given above zero, taken back below, fen
    amount_fen: Mapped[int]
    #: whether poor households share in what it builds (与贫困户利益联结)
    linked: Mapped[bool]
    #: the document's day
    used_on: Mapped[date]
    #: document or words behind it
    document: Mapped[str]
    #: the use that this one takes back; NULL: none
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("fund_uses.id"))
    #: business day
    booked_on: Mapped[date]


class HelpingWithdrawal(Recorded, Base):
    """One row of help that was written by mistake, and why; it counts nowhere from then on."""

    __tablename__ = "helping_withdrawals"
    __table_args__ = (
        UniqueConstraint("measure_id"),
        UniqueConstraint("visit_id"),
        UniqueConstraint("project_household_id"),
        CheckConstraint(
            "(CASE WHEN measure_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN visit_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN project_household_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_thing",
        ),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: a measure
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("household_measures.id"))
    #: or a visit
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("helper_visits.id"))
    #: or a household of a project
    project_household_id: Mapped[int | None] = mapped_column(ForeignKey("project_households.id"))
    #: why
    reason: Mapped[str]
    #: business day
    booked_on: Mapped[date]
