"""Measures and visits: told by a sheet or by hand, withdrawn where they were written by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import ledger
from households import queries
from households.helping import finding
from households.helping.finding import COMMAND, FileSlip, Found
from households.helping.forms import MeasureRow, VisitRow
from households.helping.measures import HelpRules
from households.helping.refusals import NoHelperPaired, WithdrawnAlready
from households.models.helping import (
    HelperPair,
    HelperPairEnd,
    HelperVisit,
    HelpingWithdrawal,
    HouseholdMeasure,
    ProjectHousehold,
)
from kernel.actor import Actor
from kernel.lots import lots
from kernel.refusals import NotFound
from office import rights
from office.refusals import ReasonMissing

#: (first day, day after the last or None, pair), in the order of the days
Pairs = list[tuple[date, date | None, int]]
#: what may be withdrawn -> its table
_KINDS: Final[dict[str, Any]] = {
    "measure": HouseholdMeasure,
    "visit": HelperVisit,
    "project_household": ProjectHousehold,
}


def note_measures(
    session: Session,
    rows: Sequence[MeasureRow],
    *,
    rules: HelpRules,
    on: date,
    by: Actor,
    file: FileSlip | None = None,
) -> int:
    """Record what reached households, all of it or nothing; how many rows."""
    rights.allow(by, COMMAND)
    ledger.require_bookable(session, on)
    found = finding.households(session, (row.number for row in rows), by=by)

    def judge(row: MeasureRow) -> None:
        rules.measure(row.measure)
        finding.served(found, row.number, row.from_on, title="起始日期", on=on)

    finding.judged(rows, judge)
    file_id = finding.take_file(session, "measures", file, len(rows), on=on)
    written = [_measure(row, found[row.number].id, rules, file_id, on) for row in rows]
    session.execute(insert(HouseholdMeasure), written)
    return len(rows)


def _measure(
    row: MeasureRow, household_id: int, rules: HelpRules, file_id: int | None, on: date
) -> dict[str, object]:
    return {
        "household_id": household_id,
        "measure": rules.measure(row.measure).code,
        "year": row.year,
        "from_on": row.from_on,
        "detail": row.detail.strip(),
        "amount_fen": row.amount_fen or None,
        "file_id": file_id,
        "booked_on": on,
    }


def note_visits(
    session: Session,
    rows: Sequence[VisitRow],
    *,
    on: date,
    by: Actor,
    file: FileSlip | None = None,
) -> int:
    """Record visits of the helpers whom the households had that day; how many rows."""
    rights.allow(by, COMMAND)
    ledger.require_bookable(session, on)
    found = finding.households(session, (row.number for row in rows), by=by)
    pairs = pairs_of(session, [one.id for one in found.values()])

    def judge(row: VisitRow) -> None:
        household = finding.served(found, row.number, row.visited_on, title="走访日期", on=on)
        _pair_on(pairs, household, row)

    finding.judged(rows, judge)
    file_id = finding.take_file(session, "visits", file, len(rows), on=on)
    written = [
        {
            "pair_id": _pair_on(pairs, found[row.number], row),
            "visited_on": row.visited_on,
            "done": row.done.strip(),
            "file_id": file_id,
            "booked_on": on,
        }
        for row in rows
    ]
    session.execute(insert(HelperVisit), written)
    return len(rows)


def _pair_on(pairs: Mapping[int, Pairs], household: Found, row: VisitRow) -> int:
    for from_on, to_on, pair_id in pairs.get(household.id, ()):
        if from_on <= row.visited_on and (to_on is None or row.visited_on < to_on):
            return pair_id
    raise NoHelperPaired(field="number", number=row.number, day=row.visited_on)


def pairs_of(session: Session, household_ids: Iterable[int]) -> dict[int, Pairs]:
    """Every pair that these households have had."""
    pairs: dict[int, Pairs] = {}
    for chunk in lots(household_ids):
        for row in session.execute(
            select(HelperPair.household_id, HelperPair.from_on, HelperPairEnd.to_on, HelperPair.id)
            .outerjoin(HelperPairEnd, HelperPairEnd.pair_id == HelperPair.id)
            .where(HelperPair.household_id.in_(chunk))
            .order_by(HelperPair.from_on, HelperPair.id)
        ):
            pairs.setdefault(row.household_id, []).append((row.from_on, row.to_on, row.id))
    return pairs


def withdraw(session: Session, kind: str, row_id: int, *, reason: str, on: date, by: Actor) -> None:
    """Take back a row that was written by mistake: a measure, a visit, a project's household."""
    rights.allow(by, COMMAND)
    ledger.require_bookable(session, on)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    row = session.get(_KINDS[kind], row_id) if kind in _KINDS else None
    if row is None:
        raise NotFound(field="id", what="这条帮扶记录")
    queries.get(session, _household_of(session, row), digits=by.region_scope)
    column = getattr(HelpingWithdrawal, f"{kind}_id")
    twin = session.scalars(select(HelpingWithdrawal).where(column == row_id)).first()
    if twin is not None:
        raise WithdrawnAlready(field="id", booked_on=twin.booked_on)
    session.add(HelpingWithdrawal(**{f"{kind}_id": row_id}, reason=reason.strip(), booked_on=on))
    session.flush()


def _household_of(session: Session, row: Any) -> int:
    if isinstance(row, HelperVisit):
        return session.get_one(HelperPair, row.pair_id).household_id
    return cast("int", row.household_id)


def standing_rows(kind: str) -> Any:
    """SQL: the rows of a kind that were not withdrawn."""
    column = getattr(HelpingWithdrawal, f"{kind}_id")
    return ~select(column).where(column == _KINDS[kind].id).exists()
