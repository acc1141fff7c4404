"""The file behind the loan (一户一档): papers, checks, collection, lives, ways forward.

All of it is recorded: what was noted stays, and a later row of the same thing takes its place. A
row says on which day it was noted and by whom; ``value_date`` is the day the thing itself happened.
None of it moves money.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded


class LoanPaper(Recorded, Base):
    """A paper of a loan's file: on file, or found missing. The last row of a paper holds."""

    __tablename__ = "loan_papers"
    __table_args__ = (
        CheckConstraint("on_file OR attachment_id IS NULL", name="scan_of_what_is_there"),
        Index("ix_loan_papers_application_id_paper", "application_id", "paper"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the application that the file begins with
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    #: contract; NULL where there was none yet
    loan_id: Mapped[int | None] = mapped_column(ForeignKey("loans.id"), index=True)
    #: stage that the paper belongs to
    stage: Mapped[str]
    #: code of the paper in the lender's list
    paper: Mapped[str]
    #: false: it was noted before and is not there
    on_file: Mapped[bool]
    #: its scan; NULL where the sheet alone is kept
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
    #: business day
    noted_on: Mapped[date]
    #: who noted it
    noted_by: Mapped[int]
    #: remark
    remark: Mapped[str]


class PostCheck(Recorded, Base):
    """A visit after the money was paid out (贷后检查): what it was found to be used for."""

    __tablename__ = "post_checks"
    __table_args__ = (
        CheckConstraint(
            "use_found IN ('matches', 'misused', 'lent_on', 'idle')", name="use_found_known"
        ),
        CheckConstraint(
            "(use_found IN ('misused', 'lent_on')) = (misused_fen > 0)", name="amount_of_misuse"
        ),
        CheckConstraint("misused_fen >= 0", name="misused_not_negative"),
        CheckConstraint("value_date <= noted_on", name="checked_before_noted"),
        CheckConstraint("next_due_on > value_date", name="next_comes_after"),
        Index("ix_post_checks_loan_id_value_date", "loan_id", "value_date"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: day of the check
    value_date: Mapped[date]
    #: matches, misused, lent_on or idle
    use_found: Mapped[str]
    #: how much is put to another use or lent on, fen; 0 for none
    misused_fen: Mapped[int]
    #: what was seen
    note: Mapped[str]
    #: photograph
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
    #: the next check is due by this day
    next_due_on: Mapped[date]
    #: business day
    noted_on: Mapped[date]
    #: who checked
    noted_by: Mapped[int]


class Contact(Recorded, Base):
    """A step of collection (催收): a call, a visit, a notice handed over, a promise to pay."""

    __tablename__ = "contacts"
    __table_args__ = (
        CheckConstraint("kind IN ('call', 'visit', 'notice', 'promise')", name="kind_known"),
        CheckConstraint("(kind = 'notice') = (notice_number IS NOT NULL)", name="notice_number"),
        CheckConstraint("(kind = 'promise') = (promised_on IS NOT NULL)", name="promise_day"),
        CheckConstraint("(kind = 'promise') = (promised_fen > 0)", name="promise_amount"),
        CheckConstraint("promised_fen >= 0", name="promised_not_negative"),
        CheckConstraint("promised_on >= value_date", name="promise_looks_ahead"),
        CheckConstraint("value_date <= noted_on", name="made_before_noted"),
        Index("ix_contacts_loan_id_value_date", "loan_id", "value_date"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: call, visit, notice or promise
    kind: Mapped[str]
    #: day of the contact
    value_date: Mapped[date]
    #: who was met, spoken to, or signed for the notice
    met: Mapped[str]
    #: what was said
    note: Mapped[str]
    #: number of the notice (催收通知书); NULL for others
    notice_number: Mapped[str | None] = mapped_column(unique=True)
    #: day by which payment is promised; NULL for others
    promised_on: Mapped[date | None]
    #: how much is promised, fen; 0 for others
    promised_fen: Mapped[int]
    #: recording, photograph, signed receipt
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
    #: business day
    noted_on: Mapped[date]
    #: who made the contact
    noted_by: Mapped[int]


class LifeEvent(Recorded, Base):
    """What became of a borrower: died, moved away, came back. The last row of a person holds."""

    __tablename__ = "life_events"
    __table_args__ = (
        CheckConstraint("kind IN ('died', 'moved_away', 'back')", name="kind_known"),
        CheckConstraint("value_date <= noted_on", name="happened_before_noted"),
        Index("ix_life_events_person_id_value_date", "person_id", "value_date"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract on which it was noted
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), index=True)
    #: the borrower
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: died, moved_away, or back: returned, or the report was wrong
    kind: Mapped[str]
    #: day it happened
    value_date: Mapped[date]
    #: who told
    reported_by: Mapped[str]
    #: where to, what papers say
    note: Mapped[str]
    #: certificate
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
    #: business day
    noted_on: Mapped[date]
    #: who noted it
    noted_by: Mapped[int]


class Way(Recorded, Base):
    """How a loan shall end (到期去向): proposed before its maturity. The last row holds."""

    __tablename__ = "ways"
    __table_args__ = (
        CheckConstraint(
            "way IN ('repay', 'renew', 'extend', 'instalments', 'claim', 'sue', 'successor')",
            name="way_known",
        ),
        CheckConstraint("planned_on >= noted_on", name="planned_ahead"),
        Index("ix_ways_loan_id_matures_on", "loan_id", "matures_on"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: repay, renew, extend, instalments, claim, sue, or successor (someone takes the loan over)
    way: Mapped[str]
    #: the day by which it shall be done
    planned_on: Mapped[date]
    #: maturity that it is proposed for; another maturity asks for another way
    matures_on: Mapped[date]
    #: why, with whom agreed
    note: Mapped[str]
    #: business day
    noted_on: Mapped[date]
    #: who proposed it
    noted_by: Mapped[int]
