"""Principal kept outside the cover of risk compensation, beyond what the contract's terms say."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded


class CoverExclusion(Recorded, Base):
    """From a day on less of a loan's principal is under cover: the fund was full, or so decided.

    The least cap of a loan's rows is in force. A row that a draw brought about goes with the draw.
    """

    __tablename__ = "cover_exclusions"
    __table_args__ = (
        CheckConstraint("cap_fen >= 0 AND cap_fen < was_fen", name="lowers_the_cap"),
        CheckConstraint("reason IN ('fund_full', 'decided', 'compensated')", name="reason_known"),
        CheckConstraint("reason = 'fund_full' OR disbursement_id IS NULL", name="draw_by_reason"),
        Index("ix_cover_exclusions_loan_id", "loan_id"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: business day from which on it holds
    from_on: Mapped[date]
    #: cap in force before it, fen
    was_fen: Mapped[int]
    #: principal that stays under cover at most, fen
    cap_fen: Mapped[int]
    #: fund_full (补偿金额度已满) or decided
    reason: Mapped[str]
    #: the draw that found the fund full; undone with it. NULL where none did
    disbursement_id: Mapped[int | None] = mapped_column(ForeignKey("disbursements.id"), unique=True)
    #: document and clause: what the limit cites, or what was decided
    clause: Mapped[str]
