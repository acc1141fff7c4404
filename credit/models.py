"""Tables of the credit room.

A **scheme** is recorded as it stood when it was first used, so that a rating can explain itself
whatever becomes of the file. A **sheet** is what one person proposes for one village (one household
is a sheet of one), frozen by its digest. A **rating** exists only once another person has confirmed
its sheet; it is in force from ``valid_from`` up to and not including ``valid_to``, until a later
rating of the household takes its place. Ratings never change: what was in force on a past day is
always derivable. A **line** is the running state beside the household's last rating: limit and use.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class RatingScheme(Recorded, Base):
    """A scheme in one version, word for word."""

    __tablename__ = "rating_schemes"
    __table_args__ = (
        UniqueConstraint("digest"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
        CheckConstraint("version > 0", name="version_positive"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: name of the scheme in ``config/ratings``
    scheme: Mapped[str]
    #: its version
    version: Mapped[int]
    #: SHA-256 (hex) of the content
    digest: Mapped[str]
    #: canonical JSON of the scheme
    content: Mapped[str]


class RatingSheet(Recorded, Base):
    """The ratings that one person proposes for one village at once."""

    __tablename__ = "rating_sheets"
    __table_args__ = (
        Index("ix_rating_sheets_village_code", "village_code"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
        CheckConstraint("length(village_code) = 12", name="village_code_length"),
        CheckConstraint("households_count > 0", name="not_empty"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the scheme it was rated by
    scheme_id: Mapped[int] = mapped_column(ForeignKey("rating_schemes.id"))
    #: village, 12 digits
    village_code: Mapped[str]
    #: canonical JSON: [[household id, {item: answer}], …] by household
    content: Mapped[str]
    #: SHA-256 (hex) of village, scheme and content
    digest: Mapped[str]
    #: how many households stand on it
    households_count: Mapped[int]
    #: file it came in; empty when it was typed
    file_name: Mapped[str]
    #: who proposed it
    proposed_by: Mapped[int]
    #: business day
    proposed_on: Mapped[date]


class Rating(Recorded, Base):
    """A confirmed rating of a household."""

    __tablename__ = "ratings"
    __table_args__ = (
        UniqueConstraint("sheet_id", "household_id"),
        Index("ix_ratings_household_id_valid_from", "household_id", "valid_from"),
        Index("ix_ratings_valid_from", "valid_from"),
        Index("ix_ratings_valid_to", "valid_to"),
        CheckConstraint("score_x10 BETWEEN 0 AND 1000", name="score_in_range"),
        CheckConstraint("line_fen >= 0", name="line_not_negative"),
        CheckConstraint("valid_from < valid_to", name="valid_for_a_day_at_least"),
        CheckConstraint("confirmed_by > 0", name="a_person_confirms"),
        CheckConstraint("confirmed_by <> proposed_by", name="two_persons"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    #: the sheet it was proposed on
    sheet_id: Mapped[int] = mapped_column(ForeignKey("rating_sheets.id"))
    #: the scheme it was rated by
    scheme_id: Mapped[int] = mapped_column(ForeignKey("rating_schemes.id"))
    #: the proposal that a second person decided
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"))
    #: canonical JSON: item → answer
    answers: Mapped[str]
    #: tenths of a point, 0 to 1000
    score_x10: Mapped[int]
    #: name of the grade
    grade: Mapped[str]
    #: credit line of the grade, fen; 0 below the pass mark
    line_fen: Mapped[int]
    #: first day in force: the business day of the confirmation
    valid_from: Mapped[date]
    #: first day no longer in force
    valid_to: Mapped[date]
    #: who proposed; 0 is the system
    proposed_by: Mapped[int]
    #: who confirmed
    confirmed_by: Mapped[int]


class CreditLine(Running, Base):
    """What a household may draw under its last rating; recomputable from ratings and loans."""

    __tablename__ = "credit_lines"
    __table_args__ = (
        CheckConstraint("limit_fen >= 0", name="limit_not_negative"),
        CheckConstraint("used_fen >= 0", name="used_not_negative"),
    )

    #: the household
    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id"), primary_key=True, autoincrement=False
    )
    #: the rating that gives the line
    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id"))
    #: the line, fen
    limit_fen: Mapped[int]
    #: principal drawn and not repaid, fen; may exceed a line that was lowered
    used_fen: Mapped[int]
    #: first day in force
    valid_from: Mapped[date]
    #: first day no longer in force
    valid_to: Mapped[date]
