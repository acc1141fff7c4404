"""Who heads a household brings the caps of those that the head has left.

A file, a move or a marriage may put somebody into a household who heads it only later: the caps
follow the head, whatever way was gone. Two persons may decide that it has limits of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Select, and_, exists, insert, or_, select
from sqlalchemy.orm import Session, aliased

from households import family_lines as lines
from households.models import Person
from households.models.families import FamilyLine, HouseholdLink


def link_heads(
    session: Session,
    among: Collection[int] | Select[int],
    *,
    since: date,
    event_id: int | None = None,
) -> None:
    """Who heads a household signs for it: with the head it shares the caps of every household that
    the head has left, unless they are of one line already.
    """
    found = _left_by_heads(session, among)
    if not found:
        return
    lines.hold_line(session, {one for two in found for one in two})
    # Who was waited for may have linked them.
    found = _left_by_heads(session, among)
    rows = [
        {"household_id": one, "origin_id": origin, "kind": "split", "event_id": event_id,
         "since": since}
        for one, origin in found
    ]  # fmt: skip
    if rows:
        session.execute(insert(HouseholdLink), rows)
        lines.rebuild(session, {one for two in found for one in two})


def _left_by_heads(session: Session, among: Collection[int] | Select[int]) -> list[tuple[int, int]]:
    """Household, and one of another line that its head has left; a corrected number stands in all
    rows of its person.
    """
    head, before, mine, theirs = (
        aliased(Person), aliased(Person), aliased(FamilyLine), aliased(FamilyLine)
    )  # fmt: skip
    linked = exists().where(
        HouseholdLink.household_id == head.household_id,
        HouseholdLink.origin_id == before.household_id,
    )
    rows = session.execute(
        select(head.household_id, before.household_id)
        .distinct()
        .join(
            before,
            and_(
                before.identity_index == head.identity_index,
                before.household_id != head.household_id,
                before.left_on.is_not(None),
            ),
        )
        .outerjoin(mine, mine.household_id == head.household_id)
        .outerjoin(theirs, theirs.household_id == before.household_id)
        .where(
            ~linked,
            head.household_id.in_(among),
            head.is_head,
            head.left_on.is_(None),
            or_(mine.line_id.is_(None), theirs.line_id.is_(None), mine.line_id != theirs.line_id),
        )
        .order_by(head.household_id, before.household_id)
    )
    return [(row[0], row[1]) for row in rows]
