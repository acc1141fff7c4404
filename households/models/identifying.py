"""How a household is found: review rounds, cases and their steps, notices, objections, surveys.

A *case* is one household on its way through a procedure (``config/procedures``). It moves by
*sheets*: a village hands in its whole list, and each case on the sheet gets one *step*. A sheet
whose step is made public is a *notice*; who disagrees raises an *objection* before it ends. The
step that decides writes the household's finding (``household_statuses``).

All of it is recorded but ``case_positions``, which say where each case stands.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running

_MONITORED = "'unstable', 'edge', 'sudden'"


class ReviewRound(Recorded, Base):
    """A round of review (动态管理、建档立卡回头看): what it finds names it."""

    __tablename__ = "review_rounds"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("to_on > from_on", name="days_in_order"),
        CheckConstraint("year BETWEEN 1980 AND 2100", name="year_known"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: its number among the county's rounds, as the documents write it
    number: Mapped[str]
    #: the year it is of
    year: Mapped[int]
    #: title
    title: Mapped[str]
    #: first day
    from_on: Mapped[date]
    #: day after the last
    to_on: Mapped[date]
    #: document that orders it
    document: Mapped[str]
    #: business day
    booked_on: Mapped[date]


class IdentificationCase(Recorded, Base):
    """One household on its way through a procedure."""

    __tablename__ = "identification_cases"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint(
            "kind IN ('identify', 'readmit', 'lift', 'fall_back', 'remove', 'monitor')",
            name="kind_known",
        ),
        CheckConstraint(f"monitored_kind IN ({_MONITORED})", name="monitored_kind_known"),
        CheckConstraint(
            "(kind = 'monitor') = (monitored_kind IS NOT NULL)", name="monitored_kind_of_monitoring"
        ),
        Index("ix_identification_cases_household_id", "household_id"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: number of the case: the household's, and that of the sheet that opened it
    number: Mapped[str]
    #: identify, readmit, lift, fall_back, remove or monitor
    kind: Mapped[str]
    #: code of the procedure, which stays the same to the end
    procedure: Mapped[str]
    #: the household; one that was never found yet is in the register without a finding
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    #: the round it belongs to
    round_id: Mapped[int | None] = mapped_column(ForeignKey("review_rounds.id"), index=True)
    #: unstable, edge or sudden; of monitoring alone
    monitored_kind: Mapped[str | None]
    #: business day
    started_on: Mapped[date]


class CaseSheet(Recorded, Base):
    """One step taken for a list of cases: one file, one meeting, one hash."""

    __tablename__ = "case_sheets"
    __table_args__ = (
        CheckConstraint("cases > 0", name="not_empty"),
        CheckConstraint("held_on <= booked_on", name="not_ahead_of_the_books"),
        CheckConstraint("(eligible IS NULL) = (present IS NULL)", name="meeting_whole"),
        CheckConstraint("present BETWEEN 1 AND eligible", name="present_of_eligible"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
        Index("ix_case_sheets_booked_on", "booked_on"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: code of the procedure
    procedure: Mapped[str]
    #: code of the step
    step: Mapped[str]
    #: smallest region that holds every case on it
    region_code: Mapped[str]
    #: day on which it was done
    held_on: Mapped[date]
    #: business day
    booked_on: Mapped[date]
    #: person; 0 is the system
    by_person: Mapped[int]
    #: number of the document or minutes; empty where none is asked for
    document: Mapped[str]
    #: who had a vote; NULL: nobody voted
    eligible: Mapped[int | None]
    #: who was there
    present: Mapped[int | None]
    #: how many cases
    cases: Mapped[int]
    #: SHA-256 of its steps, canonical
    digest: Mapped[str]


class CaseSheetPaper(Recorded, Base):
    """A scan that belongs to a sheet: minutes, a photograph of the notice."""

    __tablename__ = "case_sheet_papers"

    #: the sheet
    sheet_id: Mapped[int] = mapped_column(ForeignKey("case_sheets.id"), primary_key=True)
    #: the file
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"), primary_key=True)


class CaseStep(Recorded, Base):
    """A step of one case; who took it on which day stands on its sheet."""

    __tablename__ = "case_steps"
    __table_args__ = (
        UniqueConstraint("case_id", "nr"),
        CheckConstraint("nr > 0", name="nr"),
        CheckConstraint("outcome IN ('done', 'refused')", name="outcome_known"),
        CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND abstained >= 0", name="votes_not_negative"
        ),
        CheckConstraint(
            "(votes_for IS NULL) = (votes_against IS NULL)"
            " AND (votes_for IS NULL) = (abstained IS NULL)",
            name="votes_whole",
        ),
        Index("ix_case_steps_sheet_id", "sheet_id"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the case
    case_id: Mapped[int] = mapped_column(ForeignKey("identification_cases.id"))
    #: place among the procedure's steps, from 1
    nr: Mapped[int]
    #: the sheet it was taken on
    sheet_id: Mapped[int] = mapped_column(ForeignKey("case_sheets.id"))
    #: done, or refused, which ends the case
    outcome: Mapped[str]
    #: votes for; NULL: nobody voted
    votes_for: Mapped[int | None]
    #: votes against
    votes_against: Mapped[int | None]
    #: ballots that say neither
    abstained: Mapped[int | None]
    #: what was found, or why not
    note: Mapped[str]


class CaseNotice(Recorded, Base):
    """A sheet's list that hangs in public (公示): the cases that its step let through."""

    __tablename__ = "case_notices"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("to_on > from_on", name="days_in_order"),
        CheckConstraint("notice_days > 0", name="hangs_some_days"),
    )

    #: the sheet
    sheet_id: Mapped[int] = mapped_column(
        ForeignKey("case_sheets.id"), primary_key=True, autoincrement=False
    )
    #: number of the notice
    number: Mapped[str]
    #: first day
    from_on: Mapped[date]
    #: day after the last
    to_on: Mapped[date]
    #: days it hangs by the procedure, counted from the day it was entered
    notice_days: Mapped[int]
    #: where it hangs and whom to call
    place: Mapped[str]


class CaseObjection(Recorded, Base):
    """Somebody says that a household should not be on a notice."""

    __tablename__ = "case_objections"
    __table_args__ = (Index("ix_case_objections_case_id", "case_id"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the notice
    sheet_id: Mapped[int] = mapped_column(ForeignKey("case_notices.sheet_id"), index=True)
    #: the case
    case_id: Mapped[int] = mapped_column(ForeignKey("identification_cases.id"))
    #: business day
    raised_on: Mapped[date]
    #: who says so
    raised_by: Mapped[str]
    #: what is said
    words: Mapped[str]
    #: who noted it
    by_person: Mapped[int]


class CaseObjectionAnswer(Recorded, Base):
    """What was found about an objection; one that is right ends the case."""

    __tablename__ = "case_objection_answers"

    #: the objection
    objection_id: Mapped[int] = mapped_column(
        ForeignKey("case_objections.id"), primary_key=True, autoincrement=False
    )
    #: business day
    answered_on: Mapped[date]
    #: whether it is right
    upheld: Mapped[bool]
    #: what was found
    words: Mapped[str]
    #: person
    by_person: Mapped[int]


class CasePosition(Running, Base):
    """Where a case stands; recomputable from its steps and its procedure."""

    __tablename__ = "case_positions"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'standing', 'closed', 'refused')", name="state_known"),
        CheckConstraint("done > 0", name="done"),
        # A household goes one way at a time; while it is watched it may go another.
        Index(
            "uq_case_positions_household_id_open",
            "household_id",
            unique=True,
            sqlite_where=column("state") == "open",
            postgresql_where=column("state") == "open",
        ),
        Index("ix_case_positions_next", "procedure", "done", "state"),
    )

    #: the case
    case_id: Mapped[int] = mapped_column(
        ForeignKey("identification_cases.id"), primary_key=True, autoincrement=False
    )
    #: its household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    #: code of its procedure
    procedure: Mapped[str]
    #: place of the last step done
    done: Mapped[int]
    #: sheet of that step
    sheet_id: Mapped[int] = mapped_column(ForeignKey("case_sheets.id"), index=True)
    #: open; standing (decided, and watched until its last step); closed; refused
    state: Mapped[str]


class SurveyAnswer(Recorded, Base):
    """What a household answered to a survey (入户调查表), and what the survey makes of it."""

    __tablename__ = "survey_answers"
    __table_args__ = (
        CheckConstraint("surveyed_on <= booked_on", name="not_ahead_of_the_books"),
        CheckConstraint("points >= 0", name="points_not_negative"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
        Index("ix_survey_answers_household_id", "household_id"),
        Index("ix_survey_answers_case_id", "case_id"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    #: the case it was asked for
    case_id: Mapped[int | None] = mapped_column(ForeignKey("identification_cases.id"))
    #: code of the survey
    survey: Mapped[str]
    #: and the day from which that version holds
    version: Mapped[date]
    #: canonical JSON: question -> answer
    answers: Mapped[str]
    #: canonical JSON: area -> [points, most points, whether the area is one of hardship]
    areas: Mapped[str]
    #: points of all areas
    points: Mapped[int]
    #: SHA-256 of the survey's file as it stood
    digest: Mapped[str]
    #: day of the visit
    surveyed_on: Mapped[date]
    #: business day
    booked_on: Mapped[date]
    #: person
    by_person: Mapped[int]
