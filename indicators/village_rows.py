"""How the villages' snapshots of a day are written: the last row of each and the day's movement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import BindParameter, FromClause, Insert, func, insert, or_, select

from kernel.database import Base, sum_of
from kernel.seals import table_of


def of_moved(
    entity: type[Base], names: Sequence[str], parts: FromClause, day: BindParameter[date]
) -> Insert:
    """Each village that moved: its last row and the movement.

    ``parts``: rows of ``village_code`` and what is added to each counter in ``names``, any number
    of a village.
    """
    table = table_of(entity)
    moved = (
        select(parts.c.village_code, *(sum_of(parts.c[name]).label(name) for name in names))
        .group_by(parts.c.village_code)
        .having(or_(*(func.sum(parts.c[name]) != 0 for name in names)))
        .subquery("moved")
    )
    last, rows = table.alias(), table.alias()
    day_before = (
        select(func.max(rows.c.on_day))
        .where(rows.c.village_code == moved.c.village_code, rows.c.on_day < day)
        .scalar_subquery()
    )
    return insert(table).from_select(
        ["village_code", "on_day", *names],
        select(
            moved.c.village_code,
            day,
            *(func.coalesce(last.c[name], 0) + moved.c[name] for name in names),
        ).outerjoin(
            last, (last.c.village_code == moved.c.village_code) & (last.c.on_day == day_before)
        ),
    )
