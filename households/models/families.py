"""How families change, which households are one family line, and what each says that it needs.

A family event is recorded once and says what it did to the register; the register's own rows change
by it. Two households are *linked* when one has split off from the other or was merged into it. What
is linked is one family line, and shares one set of caps (``cap_id``) until two persons decide that
a household which split off has limits of its own; it stays of the line (``line_id``), whose people
never approve for one another. ``family_lines`` follows from links and decisions; a household
without a row there is alone.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class EventKind(StrEnum):
    """What happened to a family."""

    BIRTH = "birth"
    MARRIAGE_IN = "marriage_in"
    MOVED_IN = "moved_in"
    DEATH = "death"
    MARRIAGE_OUT = "marriage_out"
    MOVED_AWAY = "moved_away"
    SPLIT = "split"
    MERGE = "merge"
    NEW_HEAD = "new_head"
    IDENTITY_CORRECTED = "identity_corrected"


EVENT_TITLES = {
    EventKind.BIRTH: "出生",
    EventKind.MARRIAGE_IN: "婚入",
    EventKind.MOVED_IN: "迁入",
    EventKind.DEATH: "死亡",
    EventKind.MARRIAGE_OUT: "婚出",
    EventKind.MOVED_AWAY: "迁出",
    EventKind.SPLIT: "分户",
    EventKind.MERGE: "并户",
    EventKind.NEW_HEAD: "变更户主",
    EventKind.IDENTITY_CORRECTED: "更正身份证号",
}


class FamilyEvent(Recorded, Base):
    """Something that happened to a family."""

    __tablename__ = "family_events"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('birth', 'marriage_in', 'moved_in', 'death', 'marriage_out', 'moved_away',"
            " 'split', 'merge', 'new_head', 'identity_corrected')",
            name="kind_known",
        ),
        CheckConstraint("happened_on <= booked_on", name="not_ahead_of_the_books"),
        CheckConstraint(
            "(kind IN ('split', 'merge')) = (other_household_id IS NOT NULL)",
            name="two_households_where_they_part_or_join",
        ),
        CheckConstraint("other_household_id <> household_id", name="not_with_itself"),
        CheckConstraint(
            "(kind = 'identity_corrected') = (old_identity_index IS NOT NULL)",
            name="old_number_of_a_correction",
        ),
        # The close reads what was booked on its day.
        Index("ix_family_events_booked_on", "booked_on"),
        Index("ix_family_events_old_identity_index", "old_identity_index"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: what happened
    kind: Mapped[str]
    #: the household it happened to; of a split the old one, of a merger the one that ended
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    #: of a split the new one, of a merger the one that goes on
    other_household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"), index=True)
    #: the day it happened
    happened_on: Mapped[date]
    #: the open business day when it was recorded
    booked_on: Mapped[date]
    #: certificate or document behind it; may be empty
    document: Mapped[str]
    #: in words
    reason: Mapped[str]
    #: scan of the document
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
    #: blind index of the number before a correction: a search by the old number still finds
    old_identity_index: Mapped[bytes | None]
    #: who recorded it
    by_person: Mapped[int]


class FamilyEventPerson(Recorded, Base):
    """A person in a family event."""

    __tablename__ = "family_event_people"

    #: the event
    event_id: Mapped[int] = mapped_column(ForeignKey("family_events.id"), primary_key=True)
    #: the person's row: in the household that was left, or the one that was joined
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    #: the row in the household that the person moved to
    new_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class HouseholdLink(Recorded, Base):
    """One household came from another: it split off, or what it had came with a merger."""

    __tablename__ = "household_links"
    __table_args__ = (
        # Who split off may take the household it came from in again: two links of a pair.
        UniqueConstraint("household_id", "origin_id", "kind"),
        CheckConstraint("household_id <> origin_id", name="not_with_itself"),
        CheckConstraint("kind IN ('split', 'merge')", name="kind_known"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: split: the new household; merge: the one that goes on
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    #: split: the one it comes from; merge: the one that ended
    origin_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    #: split or merge; a merger is for good
    kind: Mapped[str]
    #: the event that linked them; NULL: a file of the register moved its head
    event_id: Mapped[int | None] = mapped_column(ForeignKey("family_events.id"))
    #: first day linked
    since: Mapped[date]


class OwnLimit(Recorded, Base):
    """Asked: that a household which split off has limits of its own; in force once approved."""

    __tablename__ = "own_limits"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="with_a_reason"),
        CheckConstraint("length(document) > 0", name="with_a_document"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the link that is to count no more
    link_id: Mapped[int] = mapped_column(ForeignKey("household_links.id"), index=True)
    #: business day
    asked_on: Mapped[date]
    #: why
    reason: Mapped[str]
    #: document behind it
    document: Mapped[str]


class FamilyLine(Running, Base):
    """The family line and the caps that a household shares; only of households ever linked."""

    __tablename__ = "family_lines"

    #: the household
    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id"), primary_key=True, autoincrement=False
    )
    #: lowest number of all that were ever linked with it: its people approve nothing for it
    line_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    #: lowest number of those that share its caps
    cap_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)


class NeedRound(Recorded, Base):
    """A round in which every household is asked whether it wants a loan."""

    __tablename__ = "need_rounds"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("length(number) BETWEEN 1 AND 32", name="number_length"),
        CheckConstraint("from_on < to_on", name="for_a_day_at_least"),
    )

    #: id
    id: Mapped[int] = mapped_column(primary_key=True)
    #: what the round is called, such as 2017-1
    number: Mapped[str]
    #: first day
    from_on: Mapped[date]
    #: first day no longer in it
    to_on: Mapped[date]
    #: document that ordered it; may be empty
    document: Mapped[str]
    #: business day
    booked_on: Mapped[date]


class NeedAnswer(Recorded, Base):
    """What a household answered in a round; its last row of the round holds."""

    __tablename__ = "need_answers"
    __table_args__ = (
        CheckConstraint("answer IN ('wants', 'no_need', 'not_eligible')", name="answer_known"),
        CheckConstraint("answer = 'wants' OR length(reason) > 0", name="else_with_a_reason"),
        CheckConstraint("answer = 'wants' OR amount_fen IS NULL", name="amount_of_who_wants"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("answered_on <= booked_on", name="not_ahead_of_the_books"),
        Index("ix_need_answers_round_id_household_id", "round_id", "household_id"),
        # The close reads what was booked on its day.
        Index("ix_need_answers_booked_on", "booked_on"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the round
    round_id: Mapped[int] = mapped_column(ForeignKey("need_rounds.id"))
    #: the household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    #: wants, no_need, not_eligible
    answer: Mapped[str]
    #: why not; may be empty where it wants one
    reason: Mapped[str]
    #: how much it wants, fen
    amount_fen: Mapped[int | None]
    #: for what; may be empty
    purpose: Mapped[str]
    #: the day it answered
    answered_on: Mapped[date]
    #: the open business day when this was recorded
    booked_on: Mapped[date]


class LeadBank(Recorded, Base):
    """主责任银行: the lender that answers for a township, from a day on."""

    __tablename__ = "lead_banks"
    __table_args__ = (
        UniqueConstraint("township_code", "from_on"),
        CheckConstraint("length(township_code) = 12", name="township_code_length"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the township, 12 digits
    township_code: Mapped[str]
    #: the lender
    lender_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    #: from this day on
    from_on: Mapped[date]
    #: document behind it; may be empty
    document: Mapped[str]
    #: business day
    booked_on: Mapped[date]
