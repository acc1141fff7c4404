"""The reads of need: what each household last answered, the township's list, who leads there.

The *current round* of a day is the last that had begun. A household's answer is its last row of the
round, as the books knew it on the day: closed days do not change when answers come late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import Session

from households.models import Household, Person
from households.models.families import LeadBank, NeedAnswer, NeedRound
from households.need.operations import NO_NEED, NOT_ELIGIBLE, WANTS, round_of
from households.queries import is_listed
from kernel.regions import in_scope

Day = date | ColumnElement[date]


@dataclass(frozen=True, slots=True)
class NeedCount:
    """What the households of a place have answered in a round."""

    #: the township, 12 digits
    township_code: str
    #: households that may answer: on the register, neither removed nor gone
    households: int
    wants: int
    no_need: int
    not_eligible: int
    #: wanted in all, fen
    amount_fen: int

    @property
    def unanswered(self) -> int:
        """Who has not been asked yet."""
        return self.households - self.wants - self.no_need - self.not_eligible


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A household's answer in a list."""

    household_id: int
    number: str
    village_code: str
    head: str
    answer: str
    reason: str
    amount_fen: int | None
    purpose: str
    answered_on: date


def current_round(day: Day) -> ScalarSelect[int]:
    """SQL: the round of a day, as the books knew it then; NULL: there was none yet."""
    return (
        select(NeedRound.id)
        .where(NeedRound.from_on <= day, NeedRound.booked_on <= day)
        .order_by(NeedRound.from_on.desc(), NeedRound.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def last_answer_id(round_id: int | ColumnElement[int], day: Day) -> ScalarSelect[int]:
    """SQL: the row that holds in a round, for the household of the query around it."""
    return (
        select(func.max(NeedAnswer.id))
        .where(
            NeedAnswer.household_id == Household.id,
            NeedAnswer.round_id == round_id,
            NeedAnswer.booked_on <= day,
        )
        .correlate(Household)
        .scalar_subquery()
    )


def is_in_need(day: Day) -> ColumnElement[bool]:
    """SQL: the household of the query around it wants a loan, in the current round of a day."""
    return (
        select(NeedAnswer.id)
        .where(
            NeedAnswer.id == last_answer_id(current_round(day), day),
            NeedAnswer.answer == WANTS,
        )
        .exists()
    )


def rounds(session: Session) -> Sequence[NeedRound]:
    """All rounds, the last first."""
    return session.scalars(
        select(NeedRound).order_by(NeedRound.from_on.desc(), NeedRound.id.desc())
    ).all()


def counts(session: Session, number: str, *, digits: str, on: date) -> list[NeedCount]:
    """What each township of a scope has answered in a round."""
    one = round_of(session, number)
    township = func.substr(Household.village_code, 1, 9)

    def answered(what: str) -> ColumnElement[int]:
        return func.count().filter(NeedAnswer.answer == what)

    rows = session.execute(
        select(
            township,
            func.count(),
            answered(WANTS),
            answered(NO_NEED),
            answered(NOT_ELIGIBLE),
            func.coalesce(func.sum(NeedAnswer.amount_fen), 0),
        )
        .select_from(Household)
        .outerjoin(NeedAnswer, NeedAnswer.id == last_answer_id(one.id, on))
        .where(in_scope(Household.village_code, digits), is_listed(on))
        .group_by(township)
        .order_by(township)
    )
    return [NeedCount(f"{code}000", *map(int, counted)) for code, *counted in rows]


def answers(
    session: Session,
    number: str,
    *,
    digits: str,
    on: date,
    answer: str | None = WANTS,
    text: str = "",
    after: tuple[str, str] = ("", ""),
    limit: int | None = None,
) -> list[NeedLine]:
    """The list of a scope: what each household last answered; by default who wants a loan.

    ``text``: the beginning of a household's number or of the head's name. ``after``: the village
    and number of the last one seen.
    """
    one = round_of(session, number)
    query = (
        select(
            Household.id,
            Household.number,
            Household.village_code,
            head_name(on),
            NeedAnswer.answer,
            NeedAnswer.reason,
            NeedAnswer.amount_fen,
            NeedAnswer.purpose,
            NeedAnswer.answered_on,
        )
        .join(NeedAnswer, NeedAnswer.id == last_answer_id(one.id, on))
        .where(in_scope(Household.village_code, digits), is_behind(after))
        .order_by(Household.village_code, Household.number)
        .limit(limit)
    )
    if answer is not None:
        query = query.where(NeedAnswer.answer == answer)
    if text:
        query = query.where(begins_with(text, on))
    return [NeedLine(*row) for row in session.execute(query)]


def begins_with(text: str, on: date) -> ColumnElement[bool]:
    """SQL: number or head of the household of the query around it begins with a text."""
    number = Household.number.startswith(text.upper(), autoescape=True)
    return number | head_name(on).startswith(text, autoescape=True)


def place_of(session: Session, household_id: int) -> tuple[str, str] | None:
    """Village and number of a household, behind which a list goes on; None: there is none."""
    row = session.execute(
        select(Household.village_code, Household.number).where(Household.id == household_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def is_behind(after: tuple[str, str]) -> ColumnElement[bool]:
    """SQL: the household of the query around it comes after a village and number."""
    village, number = after
    return or_(
        Household.village_code > village,
        and_(Household.village_code == village, Household.number > number),
    )


def answers_of(session: Session, household_id: int) -> list[tuple[NeedAnswer, NeedRound]]:
    """Everything that a household answered, the latest first."""
    rows = session.execute(
        select(NeedAnswer, NeedRound)
        .join(NeedRound, NeedRound.id == NeedAnswer.round_id)
        .where(NeedAnswer.household_id == household_id)
        .order_by(NeedAnswer.id.desc())
    )
    return [(one, of_round) for one, of_round in rows]


def head_name(on: date) -> ColumnElement[str]:
    """SQL: name of the head of the household of the query around it; empty where there is none."""
    found = (
        select(func.min(Person.name))
        .where(
            Person.household_id == Household.id,
            Person.is_head,
            Person.joined_on <= on,
            (Person.left_on.is_(None)) | (Person.left_on > on),
        )
        .correlate(Household)
        .scalar_subquery()
    )
    return func.coalesce(found, "")


def lead_bank(township: ColumnElement[str], day: Day) -> ScalarSelect[int]:
    """SQL: the lender that answers for a township on a day; NULL: nobody was named."""
    return (
        select(LeadBank.lender_id)
        .where(LeadBank.township_code == township, LeadBank.from_on <= day)
        .order_by(LeadBank.from_on.desc())
        .limit(1)
        .scalar_subquery()
    )


def lead_banks(session: Session, *, on: date) -> dict[str, int]:
    """Township -> the lender that answers for it on a day."""
    rows = session.execute(
        select(LeadBank.township_code, LeadBank.lender_id)
        .where(and_(LeadBank.from_on <= on))
        .order_by(LeadBank.township_code, LeadBank.from_on)
    )
    return {row[0]: row[1] for row in rows}
