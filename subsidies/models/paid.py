"""Payment: files on named budget lines, the bank's answers, receipts, what is taken back."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded


class PaymentFile(Recorded, Base):
    """A file sent to the bank for an approved claim: the first one, or another attempt."""

    __tablename__ = "subsidy_payment_files"
    __table_args__ = (
        UniqueConstraint("claim_id", "nr"),
        CheckConstraint("rows > 0 AND total_fen > 0", name="not_empty"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: claim
    claim_id: Mapped[int] = mapped_column(ForeignKey("subsidy_claims.id"))
    #: file of this claim, from 1
    nr: Mapped[int]
    #: business day
    made_on: Mapped[date]
    #: how many rows
    rows: Mapped[int]
    #: their sum, fen
    total_fen: Mapped[int]
    #: budget year it is paid in
    budget_year: Mapped[int]
    #: paid after the treasury's closing day, or in a later year than it was earned (跨年)
    crosses_year: Mapped[bool]
    #: project code (项目代码) that its rows carry
    code: Mapped[str]
    #: number of the batch (批次号): county, claim and file; the bank's answer repeats it
    batch_no: Mapped[str] = mapped_column(unique=True)
    #: encoding of the bank
    encoding: Mapped[str]
    #: SHA-256 of the file's rows, canonical
    digest: Mapped[str]


class FileDiscard(Recorded, Base):
    """A payment file that was not sent (作废); what it had spoken for is free again."""

    __tablename__ = "subsidy_files_discarded"

    #: file
    file_id: Mapped[int] = mapped_column(
        ForeignKey("subsidy_payment_files.id"), primary_key=True, autoincrement=False
    )
    #: business day
    discarded_on: Mapped[date]
    #: why
    reason: Mapped[str]


class PaymentLine(Recorded, Base):
    """How much of a file is paid from which budget line."""

    __tablename__ = "subsidy_payment_lines"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_positive"),)

    #: file
    file_id: Mapped[int] = mapped_column(ForeignKey("subsidy_payment_files.id"), primary_key=True)
    #: line
    line_id: Mapped[int] = mapped_column(ForeignKey("budget_lines.id"), primary_key=True)
    #: how much, fen
    amount_fen: Mapped[int]


class PaymentRow(Recorded, Base):
    """What one payee of a claim is paid; returned and corrected it is another attempt."""

    __tablename__ = "subsidy_payment_rows"
    __table_args__ = (
        UniqueConstraint("claim_id", "payee_kind", "payee_id", "attempt"),
        UniqueConstraint("file_id", "nr"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("length(remark) <= 4", name="remark_length"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: file
    file_id: Mapped[int] = mapped_column(ForeignKey("subsidy_payment_files.id"))
    #: place in the file, from 1
    nr: Mapped[int]
    #: claim
    claim_id: Mapped[int] = mapped_column(ForeignKey("subsidy_claims.id"))
    #: table of the payee
    payee_kind: Mapped[str]
    #: its id there
    payee_id: Mapped[int]
    #: from 1
    attempt: Mapped[int]
    #: account it goes to
    account_id: Mapped[int] = mapped_column(ForeignKey("payout_accounts.id"))
    #: how much, fen
    amount_fen: Mapped[int]
    #: at most four characters (摘要)
    remark: Mapped[str]


class BankReturn(Recorded, Base):
    """The bank's answer to a payment file; a file is taken once."""

    __tablename__ = "subsidy_bank_returns"
    __table_args__ = (CheckConstraint("length(digest) = 64", name="digest_sha256"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the file it answers
    file_id: Mapped[int] = mapped_column(ForeignKey("subsidy_payment_files.id"), unique=True)
    #: business day
    received_on: Mapped[date]
    #: paid, fen
    paid_fen: Mapped[int]
    #: sent back, fen
    returned_fen: Mapped[int]
    #: SHA-256 of the bank's file
    digest: Mapped[str] = mapped_column(unique=True)


class BankReturnRow(Recorded, Base):
    """What became of one row of a payment file."""

    __tablename__ = "subsidy_bank_return_rows"
    __table_args__ = (
        CheckConstraint("result IN ('paid', 'returned')", name="result_known"),
        CheckConstraint("(result = 'returned') = (reason <> '')", name="reason_given"),
    )

    #: row of the payment file
    payment_row_id: Mapped[int] = mapped_column(
        ForeignKey("subsidy_payment_rows.id"), primary_key=True, autoincrement=False
    )
    #: the bank's answer
    return_id: Mapped[int] = mapped_column(ForeignKey("subsidy_bank_returns.id"), index=True)
    #: paid or returned
    result: Mapped[str]
    #: name_differs (户名不符), closed (销户), deceased (死亡), other; empty where paid
    reason: Mapped[str]
    #: the bank's number of the payment; empty where returned
    bank_no: Mapped[str]


class GiveBackAsked(Recorded, Base):
    """Somebody asks that a returned row be given back; another decides."""

    __tablename__ = "subsidy_give_backs_asked"

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the last attempt, which the bank returned
    payment_row_id: Mapped[int] = mapped_column(ForeignKey("subsidy_payment_rows.id"), index=True)
    #: business day
    asked_on: Mapped[date]
    #: why
    reason: Mapped[str]


class GivenBack(Recorded, Base):
    """What could not be paid to a payee and goes back to the budget for good."""

    __tablename__ = "subsidies_given_back"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_positive"),)

    #: number; the source of its ledger entry
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the last attempt, which the bank returned
    payment_row_id: Mapped[int] = mapped_column(ForeignKey("subsidy_payment_rows.id"), unique=True)
    #: business day
    given_on: Mapped[date]
    #: how much, fen
    amount_fen: Mapped[int]
    #: why
    reason: Mapped[str]


class RevisionOffset(Recorded, Base):
    """A downward revision of what was given back to the budget: it lowers nothing a second time."""

    __tablename__ = "subsidy_revision_offsets"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_positive"),)

    #: the revision, an entitlement below nothing; the source of the ledger entry
    entitlement_id: Mapped[int] = mapped_column(
        ForeignKey("subsidy_entitlements.id"), primary_key=True, autoincrement=False
    )
    #: business day
    offset_on: Mapped[date]
    #: how much, fen: the revision turned round
    amount_fen: Mapped[int]


class Receipt(Recorded, Base):
    """The cooperative confirms that the money of a paid claim has come."""

    __tablename__ = "subsidy_receipts"

    #: claim
    claim_id: Mapped[int] = mapped_column(
        ForeignKey("subsidy_claims.id"), primary_key=True, autoincrement=False
    )
    #: business day
    received_on: Mapped[date]
    #: voucher; NULL where payees other than the lender were paid
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("vouchers.id"), unique=True)


class Clawback(Recorded, Base):
    """Subsidy that was claimed and is paid back (追回), by voucher."""

    __tablename__ = "subsidy_clawbacks"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_positive"),)

    #: number; the source of its ledger entry
    id: Mapped[int] = mapped_column(primary_key=True)
    #: lender whose claim it was in
    lender_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: table of who pays back
    payer_kind: Mapped[str]
    #: its id there
    payer_id: Mapped[int]
    #: how much, fen: the sum of the entitlements behind it, turned round
    amount_fen: Mapped[int]
    #: budget line that it goes back to
    line_id: Mapped[int] = mapped_column(ForeignKey("budget_lines.id"))
    #: business day
    received_on: Mapped[date]
    #: voucher
    voucher_id: Mapped[int] = mapped_column(ForeignKey("vouchers.id"), unique=True)
    #: why
    reason: Mapped[str]
