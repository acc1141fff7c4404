"""The reads: which ratings are in force on a day, what moved on it, and why a rating is what it is.

In force on a day: confirmed by then, not yet past ``valid_to``, and no later rating of the
household had begun. The last to begin wins, also over one that would have been valid longer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal,
    select,
    tuple_,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from credit.models import CreditLine, Rating, RatingScheme, RatingSheet
from credit.scheme import Assessment, Scheme
from credit.scheme_file import recorded_scheme
from households.family_lines import pair
from households.models import Household
from households.queries import is_listed
from kernel.database import sum_of
from kernel.refusals import NotFound
from kernel.regions import in_scope
from office.models import Proposal


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rating and the points behind it."""

    rating: Rating
    scheme: Scheme
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class LineState:
    """A household's line on a day."""

    limit_fen: int
    used_fen: int
    in_force: bool
    #: drawn by others that share its caps
    family_used_fen: int = 0

    @property
    def available_fen(self) -> int:
        """What may still be drawn."""
        left_fen = self.limit_fen - self.used_fen - self.family_used_fen
        return max(0, left_fen) if self.in_force else 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How many households of a place are rated and how many have a line on a day."""

    rated: int
    credited: int
    line_fen: int


def begun_by(on: date) -> ColumnElement[bool]:
    """SQL: no later rating of the household had begun by ``on``."""
    later = aliased(Rating)
    return ~(
        select(later.id)
        .where(
            later.household_id == Rating.household_id,
            later.valid_from <= on,
            tuple_(later.valid_from, later.id) > tuple_(Rating.valid_from, Rating.id),
        )
        .exists()
    )


def is_in_force(on: date) -> ColumnElement[bool]:
    """SQL: the rating is in force on ``on``."""
    return and_(Rating.valid_from <= on, Rating.valid_to > on, begun_by(on))


def in_force_select(on: date) -> Select[int, int, int]:
    """SELECT household_id, rating_id, line_fen of every rating in force: at most one each."""
    return select(Rating.household_id, Rating.id.label("rating_id"), Rating.line_fen).where(
        is_in_force(on)
    )


def in_force(session: Session, *, on: date, region_digits: str) -> Sequence[Rating]:
    """The ratings in force at a place, by household."""
    return session.scalars(
        select(Rating)
        .join(Household, Household.id == Rating.household_id)
        .where(is_in_force(on), in_scope(Household.village_code, region_digits))
        .order_by(Rating.household_id)
    ).all()


def rating_of(session: Session, household_id: int, *, on: date) -> Rating | None:
    """The household's rating in force; None where it is not rated."""
    return session.scalar(
        select(Rating).where(Rating.household_id == household_id, is_in_force(on))
    )


def history(session: Session, household_id: int) -> Sequence[Rating]:
    """All ratings of a household, the oldest first."""
    return session.scalars(
        select(Rating)
        .where(Rating.household_id == household_id)
        .order_by(Rating.valid_from, Rating.id)
    ).all()


def standing(session: Session, *, on: date, region_digits: str) -> Standing:
    """Rated and credited households of a place."""
    rated, credited, line = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((Rating.line_fen > 0, 1), else_=0)), 0),
            func.coalesce(func.sum(Rating.line_fen), 0),
        )
        .join(Household, Household.id == Rating.household_id)
        .where(is_in_force(on), in_scope(Household.village_code, region_digits))
    ).one()
    return Standing(int(rated), int(credited), int(line))


def movements_select(on: date) -> Select[int, int, int, int, int]:
    """SELECT household_id, rated_before, line_before_fen, rated_after, line_after_fen.

    One row for each household of which a rating begins or ends on ``on``; "before" is the day
    before. Both sides read the touched households alone, so the cost is that of the movement.
    """
    touched = union(
        select(Rating.household_id).where(Rating.valid_from == on),
        select(Rating.household_id).where(Rating.valid_to == on),
    ).subquery("touched")
    among = select(touched.c.household_id)
    before, after = (
        in_force_select(day).where(Rating.household_id.in_(among)).subquery(name)
        for day, name in ((on - timedelta(days=1), "before"), (on, "after"))
    )
    return (
        select(
            touched.c.household_id,
            case((before.c.rating_id.is_not(None), literal(1)), else_=literal(0)).label(
                "rated_before"
            ),
            func.coalesce(before.c.line_fen, 0).label("line_before_fen"),
            case((after.c.rating_id.is_not(None), literal(1)), else_=literal(0)).label(
                "rated_after"
            ),
            func.coalesce(after.c.line_fen, 0).label("line_after_fen"),
        )
        .select_from(touched)
        .outerjoin(before, before.c.household_id == touched.c.household_id)
        .outerjoin(after, after.c.household_id == touched.c.household_id)
    )


def explain(session: Session, rating: Rating) -> Explanation:
    """The rating recomputed from its answers under the scheme as it was recorded."""
    scheme = recorded(session, rating.scheme_id)
    return Explanation(rating, scheme, scheme.assess(json.loads(rating.answers)))


def recorded(session: Session, scheme_id: int) -> Scheme:
    """A scheme as it stood when it was used."""
    row = session.get(RatingScheme, scheme_id)
    if row is None:
        raise NotFound(what="评级办法")
    return recorded_scheme(row.content)


def sheet(session: Session, sheet_id: int) -> RatingSheet:
    """A sheet by its number."""
    row = session.get(RatingSheet, sheet_id)
    if row is None:
        raise NotFound(what="评级表")
    return row


def sheet_of_proposal(session: Session, proposal_id: int) -> RatingSheet:
    """The sheet that a proposal is about."""
    row = session.scalar(
        select(RatingSheet)
        .join(Proposal, Proposal.subject_id == RatingSheet.id)
        .where(Proposal.id == proposal_id, Proposal.subject_kind == RatingSheet.__tablename__)
    )
    if row is None:
        raise NotFound(what="评级表")
    return row


def is_ratable(on: date) -> ColumnElement[bool]:
    """SQL: the household is on the register, and was last found neither removed nor gone.

    Wider than "registered": those at risk of falling back are rated and lent to as well.
    """
    return is_listed(on)


def ratable_numbers(session: Session, village_code: str, on: date) -> dict[int, str]:
    """The households of a village that can be rated on a day: id → number."""
    rows = session.execute(
        select(Household.id, Household.number).where(
            Household.village_code == village_code, is_ratable(on)
        )
    )
    return {row.id: row.number for row in rows}


def entries_of(row: RatingSheet) -> list[tuple[int, dict[str, str]]]:
    """Household and answers of every row of a sheet."""
    content: list[list[Any]] = json.loads(row.content)
    return [(household_id, answers) for household_id, answers in content]


def line(session: Session, household_id: int, *, on: date) -> LineState | None:
    """The household's line; None where it was never rated."""
    row = session.execute(
        select(
            CreditLine.limit_fen,
            CreditLine.used_fen,
            and_(CreditLine.valid_from <= on, CreditLine.valid_to > on),
            others_used(CreditLine.household_id),
        ).where(CreditLine.household_id == household_id)
    ).one_or_none()
    return None if row is None else LineState(row[0], row[1], bool(row[2]), row[3])


def others_used(household_id: InstrumentedAttribute[int]) -> ColumnElement[int]:
    """SQL: drawn by all others that share the caps of the household of the query around it."""
    two, theirs = pair(), aliased(CreditLine)
    return (
        select(sum_of(theirs.used_fen))
        .select_from(two.mine)
        .join(two.others, two.on)
        .join(theirs, theirs.household_id == two.others.household_id)
        .where(two.mine.household_id == household_id)
        .correlate(household_id.class_)
        .scalar_subquery()
    )
