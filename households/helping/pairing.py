"""Helpers and households, paired: one helper at a time, whoever writes at the same moment.

Another helper ends the pair before on the day that the new one begins. Which pair a household has
now is one running row, and who pairs holds the households first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ScalarSelect, delete, func, insert, select
from sqlalchemy.orm import Session

import ledger
from households import queries
from households.helping import finding
from households.helping.finding import COMMAND, FileSlip, Found
from households.helping.forms import PairRow
from households.helping.noting import standing_rows
from households.helping.refusals import (
    HelperLevelDiffers,
    PairBeforeTheLast,
    PairedAlready,
    PairedTwiceOnSheet,
    PairEnded,
    PairVisitedLater,
)
from households.models import Household
from households.models.helping import (
    LEVELS,
    Helper,
    HelperPair,
    HelperPairEnd,
    HelperVisit,
    HouseholdHelper,
)
from households.refusals import RegisteredAfterTheDay
from kernel.actor import Actor
from kernel.lots import lots
from kernel.refusals import NotFound
from kernel.vault import Keyring
from office import rights
from office.refusals import ReasonMissing

_REPLACED: Final = "更换帮扶责任人"

#: name and unit of a helper
Who = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Now:
    """The pair that a household has."""

    pair_id: int
    helper_id: int
    from_on: date
    #: last visit in it that was not withdrawn
    visited_on: date | None


def phone_place(name: str, unit: str) -> str:
    """Where a helper's phone is sealed."""
    return f"helpers.phone:{unit}:{name}"


def pair(
    session: Session,
    rows: Sequence[PairRow],
    *,
    keyring: Keyring,
    on: date,
    by: Actor,
    file: FileSlip | None = None,
) -> int:
    """Pair helpers with households, all of it or nothing; how many rows."""
    rights.allow(by, COMMAND)
    ledger.require_bookable(session, on)
    found = finding.households(session, (row.number for row in rows), by=by)
    ids_of = [one.id for one in found.values()]
    _hold(session, ids_of)
    now = _now(session, ids_of)
    known = _helpers(session, rows)
    times = Counter(row.number for row in rows)

    def judge(row: PairRow) -> None:
        if times[row.number] > 1:
            raise PairedTwiceOnSheet(field="number", number=row.number)
        household = finding.served(found, row.number, row.from_on, title="起始日期", on=on)
        _check_helper(row, known, rows)
        _check_pair(row, now.get(household.id), known)

    finding.judged(rows, judge)
    file_id = finding.take_file(session, "pairs", file, len(rows), on=on)
    _enter_helpers(session, rows, known, keyring, on)
    ids = {who: helper.id for who, helper in _helpers(session, rows).items()}
    _end_before(session, rows, found, now, on)
    _begin(session, rows, found, ids, file_id, on)
    return len(rows)


def end_pair(
    session: Session, pair_id: int, *, to_on: date, reason: str, on: date, by: Actor
) -> None:
    """End a pair without another one."""
    rights.allow(by, COMMAND)
    ledger.require_bookable(session, on)
    row = session.get(HelperPair, pair_id)
    if row is None:
        raise NotFound(field="pair_id", what="结对")
    household = queries.get(session, row.household_id, digits=by.region_scope)
    _hold(session, [row.household_id])
    if not reason.strip():
        raise ReasonMissing(field="reason")
    ended = session.get(HelperPairEnd, pair_id)
    if ended is not None:
        raise PairEnded(field="pair_id", to_on=ended.to_on)
    if not row.from_on < to_on <= on:
        raise RegisteredAfterTheDay(field="to_on", title="结束日期", on=on)
    visited_on = session.scalar(select(_last_visit()).where(HelperPair.id == pair_id))
    _check_visits(household.number, to_on, visited_on)
    session.execute(delete(HouseholdHelper).where(HouseholdHelper.pair_id == pair_id))
    session.add(HelperPairEnd(pair_id=pair_id, to_on=to_on, reason=reason.strip(), booked_on=on))
    session.flush()


# --- asked for the whole sheet --------------------------------------------------------------------


def _hold(session: Session, household_ids: Sequence[int]) -> None:
    """Two clerks who pair one household follow each other; in the order of ids, so none waits."""
    for chunk in lots(household_ids):
        rows = select(Household.id).where(Household.id.in_(chunk)).order_by(Household.id)
        session.execute(rows.with_for_update(key_share=True)).all()


def _now(session: Session, household_ids: Sequence[int]) -> dict[int, _Now]:
    now: dict[int, _Now] = {}
    for chunk in lots(household_ids):
        for row in session.execute(
            select(
                HouseholdHelper.household_id,
                HouseholdHelper.pair_id,
                HelperPair.helper_id,
                HelperPair.from_on,
                _last_visit().label("visited_on"),
            )
            .join(HelperPair, HelperPair.id == HouseholdHelper.pair_id)
            .where(HouseholdHelper.household_id.in_(chunk))
        ):
            now[row.household_id] = _Now(row.pair_id, row.helper_id, row.from_on, row.visited_on)
    return now


def _helpers(session: Session, rows: Sequence[PairRow]) -> dict[Who, Helper]:
    wanted = {(row.name, row.unit) for row in rows}
    found: dict[Who, Helper] = {}
    for chunk in lots(name for name, _unit in wanted):
        for one in session.scalars(select(Helper).where(Helper.name.in_(chunk))):
            if (one.name, one.unit) in wanted:
                found[one.name, one.unit] = one
    return found


def _check_helper(row: PairRow, known: dict[Who, Helper], rows: Sequence[PairRow]) -> None:
    stands = known.get((row.name, row.unit))
    said = stands.level if stands else _first(rows, row).level
    if said != row.level:
        raise HelperLevelDiffers(field="level", name=row.name, unit=row.unit, level=LEVELS[said])


def _first(rows: Sequence[PairRow], row: PairRow) -> PairRow:
    return next(one for one in rows if (one.name, one.unit) == (row.name, row.unit))


def _check_pair(row: PairRow, now: _Now | None, known: dict[Who, Helper]) -> None:
    if now is None:
        return
    helper = known.get((row.name, row.unit))
    if helper is not None and helper.id == now.helper_id:
        raise PairedAlready(field="number", number=row.number, name=row.name, from_on=now.from_on)
    if row.from_on <= now.from_on:
        raise PairBeforeTheLast(field="from_on", number=row.number, from_on=now.from_on)
    _check_visits(row.number, row.from_on, now.visited_on)


def _check_visits(number: str, to_on: date, visited_on: date | None) -> None:
    if visited_on is not None and visited_on >= to_on:
        raise PairVisitedLater(field="to_on", number=number, visited_on=visited_on)


def _last_visit() -> ScalarSelect[date]:
    return (
        select(func.max(HelperVisit.visited_on))
        .where(HelperVisit.pair_id == HelperPair.id, standing_rows("visit"))
        .correlate(HelperPair)
        .scalar_subquery()
    )


# --- written for the whole sheet ------------------------------------------------------------------


def _enter_helpers(
    session: Session,
    rows: Sequence[PairRow],
    known: dict[Who, Helper],
    keyring: Keyring,
    on: date,
) -> None:
    new: dict[Who, dict[str, object]] = {}
    for row in rows:
        who = (row.name, row.unit)
        if who in known:
            continue
        told = new.setdefault(
            who,
            {
                "name": row.name,
                "unit": row.unit,
                "level": row.level,
                "phone_sealed": None,
                "booked_on": on,
            },
        )
        if row.phone and told["phone_sealed"] is None:
            told["phone_sealed"] = keyring.seal(row.phone, place=phone_place(*who))
    if new:
        session.execute(insert(Helper), list(new.values()))


def _end_before(
    session: Session,
    rows: Sequence[PairRow],
    found: dict[str, Found],
    now: dict[int, _Now],
    on: date,
) -> None:
    ends = []
    for row in rows:
        last = now.get(found[row.number].id)
        if last is not None:
            ends.append(
                {
                    "pair_id": last.pair_id,
                    "to_on": row.from_on,
                    "reason": row.reason.strip() or _REPLACED,
                    "booked_on": on,
                }
            )
    if ends:
        session.execute(insert(HelperPairEnd), ends)


def _begin(
    session: Session,
    rows: Sequence[PairRow],
    found: dict[str, Found],
    ids: dict[Who, int],
    file_id: int | None,
    on: date,
) -> None:
    """The new pairs, and that they are the ones now: the row of a household exists once."""
    begun = session.execute(
        insert(HelperPair).returning(HelperPair.household_id, HelperPair.id),
        [
            {
                "helper_id": ids[row.name, row.unit],
                "household_id": found[row.number].id,
                "from_on": row.from_on,
                "reason": row.reason.strip(),
                "file_id": file_id,
                "booked_on": on,
            }
            for row in rows
        ],
    ).all()
    for chunk in lots(one.household_id for one in begun):
        session.execute(delete(HouseholdHelper).where(HouseholdHelper.household_id.in_(chunk)))
    session.execute(
        insert(HouseholdHelper),
        [{"household_id": one.household_id, "pair_id": one.id} for one in begun],
    )
