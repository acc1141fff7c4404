"""Member households that are there no more: merged into another, moved away, died out.

Nobody speaks or votes for them. They stay members, and their groups bound, until somebody notes the
leaving, as of any member: not while a loan of theirs or of their group is open. The stake of one
that was merged is paid to the household it joined, which joins the fund by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from households.models import Household, Person
from households.models.families import FamilyEvent
from households.queries import is_present
from mutual_aid.models import FundMember, MemberLeaving, MemberPosition


@dataclass(frozen=True, slots=True)
class Gone:
    """A member household with nobody in it."""

    household_id: int
    household_number: str
    #: number of the household it was merged into; empty where it was not
    into_number: str
    #: its own stake, to be paid out once it has left
    stake_fen: int
    #: what the fiscal money pays for it
    base_fen: int


def gone(session: Session, fund_id: int, on: date) -> list[Gone]:
    """Members of today in whose households nobody is present, by number."""
    there = exists().where(Person.household_id == MemberPosition.household_id, is_present(on))
    rows = session.execute(
        select(
            MemberPosition.household_id,
            Household.number,
            MemberPosition.stake_fen,
            MemberPosition.base_fen,
        )
        .join(Household, Household.id == MemberPosition.household_id)
        .where(MemberPosition.fund_id == fund_id, MemberPosition.left_on.is_(None), ~there)
        .order_by(Household.number)
    ).all()
    return [
        Gone(key, number, merged_into(session, key), stake_fen, base_fen)
        for key, number, stake_fen, base_fen in rows
    ]


def merged_into(session: Session, household_id: int) -> str:
    """Number of the household that one was merged into; empty where it was not."""
    other = aliased(Household)
    found = session.scalar(
        select(other.number)
        .join(FamilyEvent, FamilyEvent.other_household_id == other.id)
        .where(FamilyEvent.household_id == household_id, FamilyEvent.kind == "merge")
        .order_by(FamilyEvent.id.desc())
        .limit(1)
    )
    return found or ""


def speaking_on(session: Session, fund_id: int, day: date) -> set[int]:
    """Member households of a day with somebody in them: who has a voice."""
    there = exists().where(Person.household_id == FundMember.household_id, is_present(day))
    return set(
        session.scalars(
            select(FundMember.household_id)
            .outerjoin(MemberLeaving, MemberLeaving.member_id == FundMember.id)
            .where(
                FundMember.fund_id == fund_id,
                FundMember.joined_on <= day,
                MemberLeaving.left_on.is_(None) | (MemberLeaving.left_on > day),
                there,
            )
        )
    )
