"""What may be paid from: budget lines with their document numbers (资金文号), and what is used."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class BudgetLine(Recorded, Base):
    """A line of a year's budget: who funds it, by which document, under which code."""

    __tablename__ = "budget_lines"
    __table_args__ = (
        UniqueConstraint("document_no", "code", "year"),
        CheckConstraint("level IN ('central', 'province', 'city', 'county')", name="level_known"),
        CheckConstraint("amount_fen >= 0", name="amount_not_negative"),
        CheckConstraint("year BETWEEN 2000 AND 2199", name="year_range"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: document number (资金文号)
    document_no: Mapped[str]
    #: project code, as the payment file carries it
    code: Mapped[str]
    #: central (中央), province (省), city (市) or county (县)
    level: Mapped[str]
    #: budget year
    year: Mapped[int]
    #: who funds, in words
    funder: Mapped[str]
    #: amount that one person entered, fen; 0 since the first amount too is decided by two
    amount_fen: Mapped[int]
    #: business day
    entered_on: Mapped[date]


class BudgetChange(Recorded, Base):
    """First amount of a line (下达), more or less (追加、调减); in force once a second agrees."""

    __tablename__ = "budget_changes"
    __table_args__ = (CheckConstraint("amount_fen <> 0", name="amount_not_zero"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: line
    line_id: Mapped[int] = mapped_column(ForeignKey("budget_lines.id"), index=True)
    #: more above zero, less below, fen
    amount_fen: Mapped[int]
    #: document number
    document_no: Mapped[str]
    #: business day it was asked for
    proposed_on: Mapped[date]
    #: why
    reason: Mapped[str]


class BudgetUse(Running, Base):
    """What of a line is spoken for and paid; moved by conditional UPDATE alone."""

    __tablename__ = "budget_uses"
    __table_args__ = (
        CheckConstraint("committed_fen >= 0 AND paid_fen >= 0", name="uses_not_negative"),
        CheckConstraint("committed_fen + paid_fen <= amount_fen", name="within_the_line"),
    )

    #: line
    line_id: Mapped[int] = mapped_column(
        ForeignKey("budget_lines.id"), primary_key=True, autoincrement=False
    )
    #: amount with its changes, fen
    amount_fen: Mapped[int]
    #: in payment files whose money is not out yet, fen
    committed_fen: Mapped[int]
    #: paid and not come back, fen
    paid_fen: Mapped[int]
