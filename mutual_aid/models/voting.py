"""Votes: one household, one ballot."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded


class MutualVote(Recorded, Base):
    """A question put to the members."""

    __tablename__ = "mutual_votes"
    __table_args__ = (
        UniqueConstraint("fund_id", "nr"),
        CheckConstraint(
            "subject IN ('extension', 'fee_rate', 'spending', 'sharing', 'dismissal', 'closing',"
            " 'constitution', 'other')",
            name="subject_known",
        ),
        CheckConstraint("eligible > 0", name="somebody_may_vote"),
        CheckConstraint("(subject_id IS NULL) = (subject_kind = '')", name="subject_named_whole"),
        CheckConstraint(
            "spent_on IN ('', 'running_cost', 'welfare', 'fiscal_returned')", name="spent_on_known"
        ),
        CheckConstraint("(subject = 'spending') = (spent_on <> '')", name="spending_says_on_what"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: fund
    fund_id: Mapped[int] = mapped_column(ForeignKey("village_funds.id"))
    #: vote of this fund, from 1
    nr: Mapped[int]
    #: what it is about
    subject: Mapped[str]
    #: table of the one thing it is about; empty where none
    subject_kind: Mapped[str]
    #: its id there
    subject_id: Mapped[int | None]
    #: the figure that is voted on: rate in ppm, amount in fen, last day as YYYYMMDD; 0 for none
    figure: Mapped[int]
    #: what a spending is for: running_cost (运行成本), welfare (公益支出) or fiscal_returned
    #: (交回财政资金); empty of every other vote
    spent_on: Mapped[str]
    #: the question, in words
    question: Mapped[str]
    #: business day it is held on
    held_on: Mapped[date]
    #: member households of that day
    eligible: Mapped[int]


class MutualBallot(Recorded, Base):
    """A household's ballot; the second one is refused."""

    __tablename__ = "mutual_ballots"
    __table_args__ = (
        CheckConstraint("choice IN ('for', 'against', 'abstain')", name="choice_known"),
    )

    #: vote
    vote_id: Mapped[int] = mapped_column(ForeignKey("mutual_votes.id"), primary_key=True)
    #: household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), primary_key=True)
    #: for, against or abstain
    choice: Mapped[str]


class VoteResult(Recorded, Base):
    """What was counted, and whether it is enough by the rule of the day."""

    __tablename__ = "mutual_vote_results"
    __table_args__ = (
        CheckConstraint("voted_for >= 0 AND against >= 0 AND abstained >= 0", name="not_negative"),
        CheckConstraint("voted_for + against + abstained <= present", name="within_the_present"),
        CheckConstraint("by_list = (list_document <> '')", name="list_named"),
    )

    #: vote
    vote_id: Mapped[int] = mapped_column(
        ForeignKey("mutual_votes.id"), primary_key=True, autoincrement=False
    )
    #: households present
    present: Mapped[int]
    #: ballots for
    voted_for: Mapped[int]
    #: ballots against
    against: Mapped[int]
    #: ballots of neither
    abstained: Mapped[int]
    #: counted in the meeting, with a signed list instead of ballots here
    by_list: Mapped[bool]
    #: the signed list (签到和计票单); empty where the ballots are here
    list_document: Mapped[str]
    #: whether it carries
    passed: Mapped[bool]
    #: document and clause of the majority
    clause: Mapped[str]
    #: business day
    counted_on: Mapped[date]
    #: person who entered the count; another one carries out what was decided
    counted_by: Mapped[int]


class VoteExtension(Recorded, Base):
    """A vote for an extension, carried out: the loans know of it as their permit."""

    __tablename__ = "mutual_vote_extensions"
    __table_args__ = (UniqueConstraint("loan_id", "to_on"),)

    #: vote
    vote_id: Mapped[int] = mapped_column(
        ForeignKey("mutual_votes.id"), primary_key=True, autoincrement=False
    )
    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: the last day it may run to
    to_on: Mapped[date]
