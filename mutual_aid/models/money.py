"""The fund's money beside its loans, and the books it posts on the village's wall."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded


class MutualMovement(Recorded, Base):
    """Money that comes into a fund, leaves it or changes its name inside it; a ledger source."""

    __tablename__ = "mutual_movements"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('fiscal', 'gift', 'stake', 'base_stake', 'stake_withdrawn',"
            " 'base_returned', 'running_cost', 'welfare', 'fiscal_returned', 'residue')",
            name="kind_known",
        ),
        CheckConstraint("(kind = 'residue') = (of_account <> '')", name="residue_names_account"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint(
            "(member_id IS NULL) ="
            " (kind NOT IN ('stake', 'base_stake', 'stake_withdrawn', 'base_returned'))",
            name="member_by_kind",
        ),
        CheckConstraint(
            "(voucher_id IS NULL) = (kind IN ('base_stake', 'base_returned'))",
            name="voucher_by_kind",
        ),
    )

    #: number; the source of its ledger entry
    id: Mapped[int] = mapped_column(primary_key=True)
    #: fund
    fund_id: Mapped[int] = mapped_column(ForeignKey("village_funds.id"), index=True)
    #: fiscal (财政扶持资金), gift (捐赠), stake (互助金), base_stake (财政代缴),
    #: stake_withdrawn (退金), base_returned (代缴部分转回), running_cost (运行成本),
    #: welfare (公益支出), fiscal_returned (交回财政资金), residue (终止时剩余资金)
    kind: Mapped[str]
    #: the account that a residue stood on; empty of everything else
    of_account: Mapped[str] = mapped_column(default="")
    #: whose stake it is
    member_id: Mapped[int | None] = mapped_column(ForeignKey("fund_members.id"), index=True)
    #: how much, fen
    amount_fen: Mapped[int]
    #: voucher; NULL where no money crosses the counter
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("vouchers.id"), unique=True)
    #: business day
    booked_on: Mapped[date]
    #: the day it counts from
    value_on: Mapped[date]
    #: who gave it or got it, or for what, with the document
    document: Mapped[str]
    #: the vote behind a spending
    vote_id: Mapped[int | None] = mapped_column(ForeignKey("mutual_votes.id"), unique=True)


class FeeSharing(Recorded, Base):
    """Fee income of a stretch of days set apart by the rule; a ledger source. Never a dividend."""

    __tablename__ = "mutual_fee_sharings"
    __table_args__ = (
        UniqueConstraint("fund_id", "to_on"),
        CheckConstraint("to_on > from_on", name="days_in_order"),
        CheckConstraint(
            "income_fen = running_fen + capital_fen + welfare_fen + reserve_fen",
            name="parts_add_up",
        ),
        CheckConstraint(
            "running_fen >= 0 AND capital_fen >= 0 AND welfare_fen >= 0 AND reserve_fen >= 0",
            name="parts_not_negative",
        ),
    )

    #: number; the source of its ledger entry
    id: Mapped[int] = mapped_column(primary_key=True)
    #: fund
    fund_id: Mapped[int] = mapped_column(ForeignKey("village_funds.id"))
    #: the vote behind it
    vote_id: Mapped[int] = mapped_column(ForeignKey("mutual_votes.id"), unique=True)
    #: first day
    from_on: Mapped[date]
    #: day after the last
    to_on: Mapped[date]
    #: fee income booked in these days, fen
    income_fen: Mapped[int]
    #: for running cost (运行成本), fen
    running_fen: Mapped[int]
    #: into the fund (公积金), fen
    capital_fen: Mapped[int]
    #: for the village's good (公益金), fen
    welfare_fen: Mapped[int]
    #: against losses (亏损准备金), fen
    reserve_fen: Mapped[int]
    #: business day
    booked_on: Mapped[date]
    #: document and clause of the shares
    clause: Mapped[str]


class PublicList(Recorded, Base):
    """The books of a month as posted in the village (按月公示)."""

    __tablename__ = "mutual_public_lists"
    __table_args__ = (
        UniqueConstraint("fund_id", "month_from", "version"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
        CheckConstraint("version > 0", name="version_from"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: fund
    fund_id: Mapped[int] = mapped_column(ForeignKey("village_funds.id"))
    #: first day of the month
    month_from: Mapped[date]
    #: from 1; a later one where the month was corrected
    version: Mapped[int]
    #: business day it was posted
    posted_on: Mapped[date]
    #: where
    place: Mapped[str]
    #: the figures as posted, canonical JSON; no digit of an identity number in it
    content: Mapped[str]
    #: SHA-256 of the content
    digest: Mapped[str]
