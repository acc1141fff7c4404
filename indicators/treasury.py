"""The day's snapshots of the treasury's two hands: subsidies by village, the fund by account.

Each is the last one and the day's movements, and writes a row only where something moved. Told
again from all rows (``differing``) they must say the same, on the first of a month and in
``fupin verify``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import BindParameter, Date, Insert, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from indicators import fund_states, village_rows
from indicators.models import FUND_STATE, SUBSIDY_COUNTERS, FundDay, SubsidyDay
from kernel.dates import ONE_DAY
from subsidies import figures

_DAY: BindParameter[date] = bindparam("day", type_=Date())
_BEFORE: BindParameter[date] = bindparam("before", type_=Date())


@dataclass(frozen=True, slots=True)
class Difference:
    """A counter of a village or an account that the snapshot and the rows do not agree on."""

    table: str
    of: str
    counter: str
    snapshot: int
    recomputed: int


def take(session: Session, day: date, multiple: int) -> None:
    """Write what moved on ``day``, which is closing; ``multiple``: of its policy."""
    session.connection().execute(_subsidy_rows(), {"day": day, "before": day - ONE_DAY})
    _take_funds(session, day, multiple)


def differing(session: Session, day: date) -> Iterator[Difference]:
    """Where the snapshots of a closed or closing day differ from the rows."""
    yield from _subsidies_differing(session, day)
    yield from _funds_differing(session, day)


# --- subsidies ------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _subsidy_rows() -> Insert:
    """Built once, as those of ``operations`` are."""
    places = figures.moved(_DAY, _BEFORE).subquery("places")
    return village_rows.of_moved(SubsidyDay, SUBSIDY_COUNTERS, places, _DAY)


def last_subsidies(session: Session, day: date) -> dict[str, tuple[int, ...]]:
    """Every village's last row on or before a day."""
    rows = aliased(SubsidyDay)
    last_day = (
        select(func.max(rows.on_day))
        .where(rows.village_code == SubsidyDay.village_code, rows.on_day <= day)
        .scalar_subquery()
    )
    return {
        row.village_code: tuple(getattr(row, name) for name in SUBSIDY_COUNTERS)
        for row in session.scalars(select(SubsidyDay).where(SubsidyDay.on_day == last_day))
    }


def _subsidies_differing(session: Session, day: date) -> Iterator[Difference]:
    stated = last_subsidies(session, day)
    nothing = (0,) * len(SUBSIDY_COUNTERS)
    counted: dict[str, tuple[int, ...]] = {}
    for _, village, *sums in session.execute(figures.by_place(day)):
        before = counted.get(village, nothing)
        counted[village] = tuple(x + y for x, y in zip(before, sums, strict=True))
    for village in sorted(stated.keys() | counted.keys()):
        pairs = zip(
            SUBSIDY_COUNTERS,
            stated.get(village, nothing),
            counted.get(village, nothing),
            strict=True,
        )
        for name, snapshot, recomputed in pairs:
            if snapshot != recomputed:
                yield Difference("subsidy_days", village, name, snapshot, recomputed)


# --- the fund -------------------------------------------------------------------------------------


def _take_funds(session: Session, day: date, multiple: int) -> None:
    found = fund_states.accounts(session, day)
    if not found:
        return
    lending = _lending(session, day, found)
    for account_id, state in fund_states.states(session, day, found, lending, multiple).items():
        last = next(one.last for one in found if one.id == account_id)
        if state != last:
            session.add(
                FundDay(
                    account_id=account_id,
                    on_day=day,
                    **dict(zip(FUND_STATE, state, strict=True)),
                )
            )
    session.flush()


def _lending(session: Session, day: date, found: list[fund_states.Account]) -> fund_states.Lending:
    """The last lending and the day's; all loans are counted for an account without a last."""
    if any(one.last is None for one in found):
        return fund_states.whole(session, day)
    moved = fund_states.moved(session, day)
    disbursed, covered = FUND_STATE.index("disbursed_fen"), FUND_STATE.index("covered_fen")
    lending = {}
    for one in found:
        assert one.last is not None
        by = moved.get(one.lender_id, (0, 0))
        lending[one.lender_id] = (one.last[disbursed] + by[0], one.last[covered] + by[1])
    return lending


def _funds_differing(session: Session, day: date) -> Iterator[Difference]:
    """The multiple is policy's, and is no matter of rows."""
    found = fund_states.accounts(session, day, inclusive=True)
    if not found:
        return
    counted = fund_states.states(session, day, found, fund_states.whole(session, day), 0)
    for one in found:
        stated = one.last or (0,) * len(FUND_STATE)
        for name, snapshot, recomputed in zip(FUND_STATE, stated, counted[one.id], strict=True):
            if name != "multiple" and snapshot != recomputed:
                yield Difference("fund_days", str(one.id), name, snapshot, recomputed)
