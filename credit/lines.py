"""Drawing on lines and giving back: conditional updates whose row count is checked.

A draw raises ``used_fen`` only where the line is in force and its rest is enough, in one statement;
so no two draws can pass together beyond the limit. The set-based forms take a SELECT of
(household_id, amount_fen) and do the same for many households at once, or for none of them.

A household that shares its caps with others draws what its line leaves beside what they have drawn.
Those are few: a draw is tried first as if there were none, on households that are alone, and only
where that fails are the lines of the family locked and counted together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Select,
    Subquery,
    Update,
    and_,
    func,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from credit import queries
from credit.models import CreditLine
from credit.refusals import LineExceeded, LineReleaseExceedsUse, LinesInMotion, NoLineInForce
from households.family_lines import is_alone, pair
from households.models import Household
from kernel.database import sum_of
from kernel.money import format_yuan

#: (household_id, amount_fen), a household possibly more than once
Demands = Select[int, int]


def draw_line(session: Session, *, household_id: int, amount_fen: int, on: date) -> None:
    """Take ``amount_fen`` of the household's line."""
    if amount_fen <= 0:
        raise ValueError(f"a draw is above zero, not {amount_fen}")
    draw = update(CreditLine).where(
        CreditLine.household_id == household_id,
        CreditLine.valid_from <= on,
        CreditLine.valid_to > on,
    )
    draw = draw.values(used_fen=CreditLine.used_fen + amount_fen)
    left_fen = CreditLine.limit_fen - amount_fen
    alone = draw.where(CreditLine.used_fen <= left_fen, is_alone(_OWN_ID))
    if _run(session, alone) == 1:
        return
    if _hold_families(session, [household_id]):
        together = draw.where(
            CreditLine.used_fen + queries.others_used(CreditLine.household_id) <= left_fen
        )
        if _run(session, together) == 1:
            return
    raise _draw_refused(session, household_id, amount_fen, on)


def release_line(session: Session, *, household_id: int, amount_fen: int) -> None:
    """Give ``amount_fen`` back to the household's line, in force or not."""
    if amount_fen <= 0:
        raise ValueError(f"a release is above zero, not {amount_fen}")
    released = _run(
        session,
        update(CreditLine)
        .where(CreditLine.household_id == household_id, CreditLine.used_fen >= amount_fen)
        .values(used_fen=CreditLine.used_fen - amount_fen),
    )
    if released != 1:
        raise _release_refused(session, household_id, amount_fen)


def restore_line(session: Session, *, household_id: int, delta_fen: int) -> None:
    """Follow a correction of a loan: what is used of the line moves, in force or not.

    A debt that comes back because its repayment was undone is no new draw, so nothing bounds it.
    """
    _run(
        session,
        update(CreditLine)
        .where(CreditLine.household_id == household_id)
        .values(used_fen=CreditLine.used_fen + delta_fen),
    )


def draw_lines(session: Session, demands: Demands, *, on: date) -> int:
    """Draw for many households at once; all or none. How many households drew."""
    wanted = _by_household(demands)
    in_force = and_(CreditLine.valid_from <= on, CreditLine.valid_to > on)
    left_fen = CreditLine.limit_fen - wanted.c.amount_fen
    used_fen = CreditLine.used_fen + wanted.c.amount_fen
    enough = and_(in_force, CreditLine.used_fen <= left_fen)
    drawn = _move(session, wanted, and_(enough, is_alone(_OWN_ID)), used_fen)
    if drawn is None and _hold_families(session, select(wanted.c.household_id)):
        # What the others of a family draw in the same statement is not on their lines yet.
        beside_fen = queries.others_used(CreditLine.household_id) + _others_wanted(
            _by_household(demands, "beside")
        )
        enough = and_(in_force, CreditLine.used_fen + beside_fen <= left_fen)
        drawn = _move(session, wanted, enough, used_fen)
    if drawn is None:
        household_id, amount_fen = _first_short(session, wanted, enough)
        raise _draw_refused(session, household_id, amount_fen, on)
    return drawn


def release_lines(session: Session, returns: Demands) -> int:
    """Give back for many households at once; all or none. How many households gave back."""
    back = _by_household(returns)
    enough = CreditLine.used_fen >= back.c.amount_fen
    released = _move(session, back, enough, CreditLine.used_fen - back.c.amount_fen)
    if released is None:
        household_id, amount_fen = _first_short(session, back, enough)
        raise _release_refused(session, household_id, amount_fen)
    return released


_OWN_ID: Final = CreditLine.household_id.expression


def _others_wanted(wanted: Subquery) -> ColumnElement[int]:
    """SQL: what all others that share a line's caps draw in the same statement."""
    two = pair()
    return (
        select(sum_of(wanted.c.amount_fen))
        .select_from(two.mine)
        .join(two.others, two.on)
        .join(wanted, wanted.c.household_id == two.others.household_id)
        .where(two.mine.household_id == CreditLine.household_id)
        .correlate(CreditLine)
        .scalar_subquery()
    )


def _hold_families(session: Session, household_ids: Select[int] | Sequence[int]) -> bool:
    """Lock the lines of these households and of all that share their caps, in order; whether any
    of them shares.
    """
    two = pair()
    others = (
        select(two.others.household_id)
        .select_from(two.mine)
        .join(two.others, two.on)
        .where(two.mine.household_id.in_(household_ids))
    )
    shared = set(session.scalars(others))
    if not shared:
        return False
    both = or_(CreditLine.household_id.in_(household_ids), CreditLine.household_id.in_(others))
    session.execute(
        select(CreditLine.household_id)
        .where(both)
        .order_by(CreditLine.household_id)
        .with_for_update()
    ).all()
    return True


class _Short(Exception):
    """Not every household could; the savepoint takes back those that did."""


def _move(
    session: Session, moved: Subquery, enough: ColumnElement[bool], used: ColumnElement[int]
) -> int | None:
    """Set ``used_fen`` of all the households, or of none and say None."""
    statement = (
        update(CreditLine)
        .where(CreditLine.household_id == moved.c.household_id, enough)
        .values(used_fen=used)
    )
    try:
        with session.begin_nested():
            count = _run(session, statement)
            if count != session.scalar(select(func.count()).select_from(moved)):
                raise _Short
    except _Short:
        return None
    return count


def _first_short(session: Session, moved: Subquery, enough: ColumnElement[bool]) -> tuple[int, int]:
    """The first household that could not, and its amount."""
    row = session.execute(
        select(moved.c.household_id, moved.c.amount_fen)
        .join(CreditLine, CreditLine.household_id == moved.c.household_id, isouter=True)
        .where(or_(CreditLine.household_id.is_(None), not_(enough)))
        .order_by(moved.c.household_id)
    ).first()
    if row is None:
        # Somebody else's draw was taken back between the two statements.
        raise LinesInMotion
    return row[0], row[1]


def _run(session: Session, statement: Update) -> int:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount


def _by_household(demands: Demands, name: str = "wanted") -> Subquery:
    asked = demands.subquery("asked")
    household_id, amount_fen = asked.c
    return (
        select(household_id.label("household_id"), sum_of(amount_fen).label("amount_fen"))
        .group_by(household_id)
        .subquery(name)
    )


def _draw_refused(
    session: Session, household_id: int, amount_fen: int, on: date
) -> LineExceeded | NoLineInForce:
    state = queries.line(session, household_id, on=on)
    number = _number(session, household_id)
    if state is None or not state.in_force:
        return NoLineInForce(field="household", household=number, on=on)
    return LineExceeded(
        field="amount",
        household=number,
        amount=format_yuan(amount_fen),
        available=format_yuan(state.available_fen),
    )


def _release_refused(session: Session, household_id: int, amount_fen: int) -> LineReleaseExceedsUse:
    return LineReleaseExceedsUse(
        field="amount", household=_number(session, household_id), amount=format_yuan(amount_fen)
    )


def _number(session: Session, household_id: int) -> str:
    return session.scalar(select(Household.number).where(Household.id == household_id)) or str(
        household_id
    )
