"""Tables of the people's figures: sparse snapshots beside ``household_days`` and ``village_days``.

``standing_days`` holds how a household stands (poor, lifted out, removed), whether it is monitored,
linked with an enterprise and in need of a loan, and what it was ever paid in dividends;
``village_standing_days`` adds that up by village, with what ever came to pass there: lifted out,
fallen back, removed, taken in again. Both are written only where something moved. ``linkage_days``
holds how many households of a village an organisation is linked with, so that organisations can be
counted once in any region.

A prefecture's books hold none of these; they hold the counters that its counties hand in, a file
for each closed day (``imported_snapshots``, ``imported_counters``).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded

#: how a household stands: never found poor, poor, lifted out, struck off
STANDINGS = ("none", "poor", "lifted", "removed")


class StandingDay(Recorded, Base):
    """How a household stands at the close of a day."""

    __tablename__ = "standing_days"
    __table_args__ = (
        CheckConstraint("standing IN ('none', 'poor', 'lifted', 'removed')", name="standing_known"),
        CheckConstraint("persons >= 0", name="persons_not_negative"),
        CheckConstraint("in_need OR NOT need_met", name="met_is_need"),
        CheckConstraint("dividends_fen >= 0", name="dividends_not_negative"),
        Index("ix_standing_days_on_day", "on_day"),
        Index("ix_standing_days_village_code", "village_code"),
    )

    #: household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), primary_key=True)
    #: closed day
    on_day: Mapped[date] = mapped_column(primary_key=True)
    #: village it belongs to at that close
    village_code: Mapped[str]
    #: its people, whatever its standing
    persons: Mapped[int]
    #: none, poor, lifted or removed
    standing: Mapped[str]
    #: watched so that it does not fall back (监测户), and the risk is not removed yet
    monitored: Mapped[bool]
    #: stands in an agreement with an enterprise that is in force
    linked: Mapped[bool]
    #: said last that it wants a loan
    in_need: Mapped[bool]
    #: and has drawn one since it was asked, or owes on one
    need_met: Mapped[bool]
    #: dividends ever paid to it in cash, and not come back, fen
    dividends_fen: Mapped[int]


class VillageStandingDay(Recorded, Base):
    """How the households of a village stand at the close of a day, and what ever came to pass."""

    __tablename__ = "village_standing_days"
    __table_args__ = (
        CheckConstraint("households_need_met <= households_in_need", name="met_within_need"),
        CheckConstraint("villages_poor + villages_exited BETWEEN 0 AND 1", name="poor_or_exited"),
        Index("ix_village_standing_days_on_day", "on_day"),
    )

    #: village
    village_code: Mapped[str] = mapped_column(primary_key=True)
    #: closed day
    on_day: Mapped[date] = mapped_column(primary_key=True)
    #: households that are poor
    households_poor: Mapped[int]
    #: their people
    persons_poor: Mapped[int]
    #: households that are lifted out
    households_lifted: Mapped[int]
    #: their people
    persons_lifted: Mapped[int]
    #: households that are monitored
    households_monitored: Mapped[int]
    #: their people
    persons_monitored: Mapped[int]
    #: households linked with an enterprise
    households_linked: Mapped[int]
    #: their people
    persons_linked: Mapped[int]
    #: households that were ever paid dividends
    households_paid: Mapped[int]
    #: their people
    persons_paid: Mapped[int]
    #: what they were paid in cash, fen
    dividends_paid_fen: Mapped[int]
    #: households that want a loan
    households_in_need: Mapped[int]
    #: of them: with one
    households_need_met: Mapped[int]
    #: ever lifted out, each time counted
    households_lifted_ever: Mapped[int]
    #: their people at the time
    persons_lifted_ever: Mapped[int]
    #: ever fallen back after having been lifted out
    households_fallen_back_ever: Mapped[int]
    #: their people at the time
    persons_fallen_back_ever: Mapped[int]
    #: ever struck off the register
    households_removed_ever: Mapped[int]
    #: their people at the time
    persons_removed_ever: Mapped[int]
    #: ever taken in again after that
    households_readmitted_ever: Mapped[int]
    #: their people at the time
    persons_readmitted_ever: Mapped[int]
    #: 1: identified as a poor village and not exited
    villages_poor: Mapped[int]
    #: 1: a poor village that has exited
    villages_exited: Mapped[int]


class LinkageDay(Recorded, Base):
    """How many households of a village an organisation is linked with at the close of a day."""

    __tablename__ = "linkage_days"
    __table_args__ = (
        CheckConstraint("households >= 0", name="households_not_negative"),
        Index("ix_linkage_days_on_day", "on_day"),
    )

    #: enterprise or co-operative
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    #: village
    village_code: Mapped[str] = mapped_column(primary_key=True)
    #: closed day
    on_day: Mapped[date] = mapped_column(primary_key=True)
    #: linked households
    households: Mapped[int]


class ImportedSnapshot(Recorded, Base):
    """The counters of a county's closed day, as its file says them; in a prefecture's books."""

    __tablename__ = "imported_snapshots"
    __table_args__ = (
        UniqueConstraint("region_code", "on_day"),
        UniqueConstraint("digest"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
        CheckConstraint("on_day <= booked_on", name="closed_before_imported"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: county
    region_code: Mapped[str]
    #: its closed day
    on_day: Mapped[date]
    #: which version of the definitions it was counted by
    definitions: Mapped[int]
    #: SHA-256 of what the file says
    digest: Mapped[str]
    #: how many counters it holds
    counters: Mapped[int]
    #: business day of these books
    booked_on: Mapped[date] = mapped_column(index=True)


class ImportedCounter(Recorded, Base):
    """A counter of a county, a township or a village; what is nothing is not written."""

    __tablename__ = "imported_counters"

    #: snapshot
    snapshot_id: Mapped[int] = mapped_column(
        ForeignKey("imported_snapshots.id"), primary_key=True, autoincrement=False
    )
    #: counter
    counter: Mapped[str] = mapped_column(primary_key=True)
    #: region it is of
    region_code: Mapped[str] = mapped_column(primary_key=True)
    #: what it comes to
    value: Mapped[int]


#: what a household's row says beside its key
STANDING = (
    "village_code",
    "persons",
    "standing",
    "monitored",
    "linked",
    "in_need",
    "need_met",
    "dividends_fen",
)
#: counters of what is so at the close
STOCKS = (
    "households_poor",
    "persons_poor",
    "households_lifted",
    "persons_lifted",
    "households_monitored",
    "persons_monitored",
    "households_linked",
    "persons_linked",
    "households_paid",
    "persons_paid",
    "dividends_paid_fen",
    "households_in_need",
    "households_need_met",
)
#: counters of what ever came to pass
FLOWS = (
    "households_lifted_ever",
    "persons_lifted_ever",
    "households_fallen_back_ever",
    "persons_fallen_back_ever",
    "households_removed_ever",
    "persons_removed_ever",
    "households_readmitted_ever",
    "persons_readmitted_ever",
)
#: counters of villages themselves
PLACES = ("villages_poor", "villages_exited")
PEOPLE_COUNTERS = (*STOCKS, *FLOWS, *PLACES)
