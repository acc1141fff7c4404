"""What is decided and counted of finding households: the county's lists, samples, populations.

A *list* is what the county has decided on paper, with its document: handed in as a file by one
person, decided by another. Samples, rural populations and the standing of villages are dated
figures that rates are made of. All of it is recorded.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded

_STATUSES = (
    "'registered', 'lifted', 'fallen_back', 'monitored', 'needs_help', 'removed', 'risk_removed'"
)
_MONITORED = "'unstable', 'edge', 'sudden'"


class DecidedList(Recorded, Base):
    """A list that the county decided on paper (县级审定公告): one file, one hash, one finding."""

    __tablename__ = "decided_lists"
    __table_args__ = (
        CheckConstraint(f"status IN ({_STATUSES})", name="status_known"),
        CheckConstraint(f"monitored_kind IN ({_MONITORED})", name="monitored_kind_known"),
        CheckConstraint(
            "(status = 'monitored') = (monitored_kind IS NOT NULL)",
            name="monitored_kind_of_monitoring",
        ),
        CheckConstraint("from_on <= handed_in_on", name="not_ahead_of_the_books"),
        CheckConstraint("households > 0", name="not_empty"),
        CheckConstraint("length(document) > 0", name="document_named"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: number of the county's document
    document: Mapped[str]
    #: what its households are found to be
    status: Mapped[str]
    #: unstable, edge or sudden; of monitoring alone
    monitored_kind: Mapped[str | None]
    #: from this day on
    from_on: Mapped[date]
    #: business day
    handed_in_on: Mapped[date]
    #: the round it belongs to
    round_id: Mapped[int | None] = mapped_column(ForeignKey("review_rounds.id"), index=True)
    #: the file, where there was one
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
    #: what stands behind each household
    reason: Mapped[str]
    #: how many households
    households: Mapped[int]
    #: SHA-256 of document, finding, day and households, canonical: what is decided on
    digest: Mapped[str]


class DecidedListRow(Recorded, Base):
    """A household on a county's list."""

    __tablename__ = "decided_list_rows"
    __table_args__ = (Index("ix_decided_list_rows_household_id", "household_id"),)

    #: the list
    list_id: Mapped[int] = mapped_column(ForeignKey("decided_lists.id"), primary_key=True)
    #: the household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), primary_key=True)
    #: line in the file
    line: Mapped[int]


class SampleCheck(Recorded, Base):
    """What a sampling check counted in a region (抽查、第三方评估)."""

    __tablename__ = "sample_checks"
    __table_args__ = (
        CheckConstraint(
            "wrongly_exited BETWEEN 0 AND sampled_exited", name="wrongly_exited_of_sampled"
        ),
        CheckConstraint("missed BETWEEN 0 AND sampled_unregistered", name="missed_of_sampled"),
        CheckConstraint("people_wrong BETWEEN 0 AND people_checked", name="people_of_checked"),
        CheckConstraint(
            "villages_wrong BETWEEN 0 AND villages_checked", name="villages_of_checked"
        ),
        CheckConstraint("approving BETWEEN 0 AND surveyed", name="approving_of_surveyed"),
        CheckConstraint("checked_on <= booked_on", name="not_ahead_of_the_books"),
        Index("ix_sample_checks_region_code", "region_code", "checked_on"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the round it belongs to
    round_id: Mapped[int | None] = mapped_column(ForeignKey("review_rounds.id"), index=True)
    #: the region it was taken in
    region_code: Mapped[str]
    #: day of the finding
    checked_on: Mapped[date]
    #: business day
    booked_on: Mapped[date]
    #: who checked
    unit: Mapped[str]
    #: people lifted out who were asked
    sampled_exited: Mapped[int]
    #: of them wrongly lifted out (错退)
    wrongly_exited: Mapped[int]
    #: rural people outside the register who were asked
    sampled_unregistered: Mapped[int]
    #: of them missed (漏评)
    missed: Mapped[int]
    #: people whose finding was checked
    people_checked: Mapped[int]
    #: of them found wrongly, in or out (错评、漏评)
    people_wrong: Mapped[int]
    #: poor villages checked
    villages_checked: Mapped[int]
    #: of them found wrongly
    villages_wrong: Mapped[int]
    #: households asked whether they approve
    surveyed: Mapped[int]
    #: of them approving (认可)
    approving: Mapped[int]
    #: document or report
    document: Mapped[str]


class RuralPopulation(Recorded, Base):
    """How many rural people a region has, from a day on; a later row of a day replaces."""

    __tablename__ = "rural_populations"
    __table_args__ = (
        CheckConstraint("people > 0", name="people_above_zero"),
        CheckConstraint("length(region_code) = 12", name="region_code_length"),
        CheckConstraint("from_on <= booked_on", name="not_ahead_of_the_books"),
        Index("ix_rural_populations_region_code", "region_code", "from_on"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the region
    region_code: Mapped[str]
    #: from this day on
    from_on: Mapped[date]
    #: business day
    booked_on: Mapped[date]
    #: people
    people: Mapped[int]
    #: where the number comes from
    source: Mapped[str]
    #: worked out from other figures, and nowhere printed
    derived: Mapped[bool]


class VillageStanding(Recorded, Base):
    """Whether a village is a poor one or has left poverty (贫困村、出列), from a day on."""

    __tablename__ = "village_standings"
    __table_args__ = (
        UniqueConstraint("village_code", "standing", "from_on"),
        CheckConstraint("standing IN ('poor', 'exited')", name="standing_known"),
        CheckConstraint("length(village_code) = 12", name="village_code_length"),
        CheckConstraint("from_on <= booked_on", name="not_ahead_of_the_books"),
        Index("ix_village_standings_booked_on", "booked_on"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the village, 12 digits
    village_code: Mapped[str]
    #: poor or exited
    standing: Mapped[str]
    #: from this day on
    from_on: Mapped[date]
    #: business day
    booked_on: Mapped[date]
    #: document
    document: Mapped[str]
