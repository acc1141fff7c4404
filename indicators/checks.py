"""The indicators read back: what ``fupin verify`` recomputes and compares.

* the snapshots of the last closed day and of each first of a month equal the rows of the rooms;
* the last rows of each household say what the rooms say of it at the last closed day;
* what the snapshots say of subsidies, of the fund and of dividends is what the ledger says at that
  day.

Books that never took a snapshot have none to compare; that one was cut away shows in the trail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from indicators import people, recompute, ties, treasury
from indicators.models import VillageDay
from kernel.dates import add_months
from kernel.findings import Finding


def check(session: Session) -> Iterator[Finding]:
    """Every difference between a snapshot and the rows behind it."""
    first = session.scalar(select(func.min(VillageDay.on_day)))
    last = ledger.last_closed_day(session)
    if first is None or last is None:
        return
    for day in _days(first, last):
        for found in recompute.differences(session, day):
            yield _village_differs(day, found)
        for other in recompute.others_differing(session, day):
            yield _other_differs(day, other)
    for household in recompute.households_that_differ(session, last):
        yield _household_differs(last, household, "household_days")
    for household in people.households_that_differ(session, last):
        yield _household_differs(last, household, "standing_days")
    for tie in ties.untied(session, last):
        yield _untied(last, tie)


def _days(first: date, last: date) -> Iterator[date]:
    """The firsts of months after the first snapshot, and the last closed day."""
    month = add_months(first.replace(day=1), 1)
    while month < last:
        yield month
        month = add_months(month, 1)
    yield last


def _village_differs(day: date, found: recompute.Difference) -> Finding:
    return Finding(
        "indicators.village_days",
        "village_days",
        f"{found.village} {day}",
        f"{day}村{found.village}的{found.counter}快照为{found.snapshot}，重算为{found.recomputed}",
        f"{day}, village {found.village}: {found.counter} is {found.snapshot} in the snapshot,"
        f" {found.recomputed} from the rows",
    )


def _other_differs(day: date, found: treasury.Difference) -> Finding:
    return Finding(
        f"indicators.{found.table}",
        found.table,
        f"{found.of} {day}",
        f"{day}的{found.of}：{found.counter}快照为{found.snapshot}，重算为{found.recomputed}",
        f"{day}, {found.of}: {found.counter} is {found.snapshot} in the snapshot,"
        f" {found.recomputed} from the rows",
    )


def _untied(day: date, tie: ties.Tie) -> Finding:
    return Finding(
        "indicators.ledger",
        tie.table,
        f"{tie.of} {day}",
        f"{day}的{tie.zh}为{tie.figure}分，总账为{tie.booked}分",
        f"{day}: {tie.en} is {tie.figure} fen, the ledger says {tie.booked}",
    )


def _household_differs(day: date, household: int, table: str) -> Finding:
    return Finding(
        f"indicators.{table}",
        table,
        f"household_id={household} {day}",
        f"户{household}在{day}的快照（{table}）与各室的记录不符",
        f"household {household}: its row of {table} at {day} is not what the rooms say of it",
    )
