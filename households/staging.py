"""Where an import waits: tables that hold a file's rows until all of it is judged.

Staged rows are worthless once the import is applied or given up, and are deleted then. They hold
secrets only in envelopes, like the register itself.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from households.models import HouseholdFacts, PersonFacts
from kernel.database import Base, Running


class ImportBatch(Running, Base):
    """One file on its way into the register."""

    __tablename__ = "import_batches"
    __table_args__ = (
        CheckConstraint("state IN ('staging', 'staged', 'applied')", name="state_known"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: staging, staged, applied
    state: Mapped[str]
    #: name of the file
    file_name: Mapped[str]
    #: SHA-256 (hex) of the file
    file_sha256: Mapped[str]
    #: the county whose villages the file names
    region_code: Mapped[str]
    #: business day
    staged_on: Mapped[date]
    #: account that brought it
    account: Mapped[str]
    #: keys of the columns the file has, comma between: others are left as they are
    columns: Mapped[str]
    #: canonical JSON of the report, once there is one
    report: Mapped[str | None]


class StagedHousehold(HouseholdFacts, Running, Base):
    """A head's row of the file: the household's answers."""

    __tablename__ = "staged_households"
    __table_args__ = (Index("ix_staged_households_number", "batch_id", "number"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the import
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id"))
    #: line in the file
    line: Mapped[int]
    #: village; NULL while the name is a question
    village_code: Mapped[str | None]
    #: township as written, bare, where the village is a question
    asked_township: Mapped[str | None]
    #: village as written, bare, where it is a question
    asked_village: Mapped[str | None]
    #: registered, lifted, monitored, needs_help, general (no status); NULL: left blank
    kind: Mapped[str | None]
    #: 建档日期
    registered_on: Mapped[date | None]
    #: 脱贫日期
    lifted_on: Mapped[date | None]
    #: 纳入监测日期
    monitored_on: Mapped[date | None]


class StagedPerson(PersonFacts, Running, Base):
    """A row of the file: a person."""

    __tablename__ = "staged_people"
    __table_args__ = (
        Index("ix_staged_people_number", "batch_id", "number"),
        Index("ix_staged_people_identity_index", "batch_id", "identity_index"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the import
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id"))
    #: line in the file
    line: Mapped[int]
    #: number of the household
    number: Mapped[str]
    #: village that this row names, where it names one
    own_village_code: Mapped[str | None]


class ImportFinding(Running, Base):
    """A rule that a row of the file breaks. It refuses the whole household."""

    __tablename__ = "import_findings"
    __table_args__ = (Index("ix_import_findings_number", "batch_id", "number"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the import
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id"))
    #: line in the file
    line: Mapped[int]
    #: number of the household that is refused
    number: Mapped[str]
    #: title of the column at fault
    field: Mapped[str]
    #: code of the rule
    rule: Mapped[str]
    #: the value as it may be shown: secrets masked
    value: Mapped[str]
    #: the rule's sentence in Chinese
    message: Mapped[str]
