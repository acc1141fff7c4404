"""Papers that show a whole identity number: each printing is recorded, with what was printed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded


class PrintedPaper(Recorded, Base):
    """A contract or a slip was drawn for somebody; its trail row says for whom."""

    __tablename__ = "printed_papers"
    __table_args__ = (
        CheckConstraint("kind IN ('contract', 'slip')", name="kind_known"),
        CheckConstraint("(kind = 'slip') = (slip_number <> '')", name="slip_has_number"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
        Index("ix_printed_papers_loan_id", "loan_id"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: contract (借款合同) or slip (借据)
    kind: Mapped[str]
    #: slip number; empty for a contract
    slip_number: Mapped[str]
    #: open business day, which the paper names
    printed_on: Mapped[date]
    #: SHA-256 of what it says, identity number masked: the line at its foot
    digest: Mapped[str]
