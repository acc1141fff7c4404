"""Figures read from snapshots: a county's of one day, and its course over five years.

A county of which each village writes a row every fifth day for five years, in every snapshot that
villages have: some hundred thousand rows in each. Beside it the database adds the same rows up with
nothing else to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from time import perf_counter
from typing import Final

from sqlalchemy import Connection, Table, func, insert, select

import indicators
import ledger
from bench.profile import Profile, profiled
from config.wiring import House
from indicators.models import COUNTERS, SUBSIDY_COUNTERS, SubsidyDay, VillageDay
from indicators.people_models import PEOPLE_COUNTERS, VillageStandingDay
from jobs import founding
from kernel.actor import system_actor
from kernel.regions import VILLAGE
from kernel.seals import table_of

COUNTY: Final = "431022000000"
FIRST_DAY: Final = date(2016, 1, 1)
#: five years, the last day closed
LAST_DAY: Final = date(2020, 12, 31)
DAYS: Final = (LAST_DAY - FIRST_DAY).days + 1
_EVERY: Final = 5
_RUNS: Final = 5
_CHUNK: Final = 5_000
_TABLES: Final[tuple[tuple[Table, tuple[str, ...]], ...]] = (
    (table_of(VillageDay), COUNTERS),
    (table_of(VillageStandingDay), PEOPLE_COUNTERS),
    (table_of(SubsidyDay), SUBSIDY_COUNTERS),
)
#: flags of a village itself, of which one at most is 1
_FLAGS: Final = ("villages_poor", "villages_exited")


@dataclass(frozen=True, slots=True)
class Read:
    """What reading took, and what the database takes to add the rows up."""

    seconds: float
    naked: float
    rows: int
    profile: Profile


def build(house: House) -> int:
    """Five closed years with their snapshots; how many rows."""
    founding.found(house, region=COUNTY, first_day=FIRST_DAY, mode="held")
    by = system_actor("431022")
    with house.books.write("bench.close", by=by) as session:
        days = [FIRST_DAY + timedelta(days=n) for n in range(DAYS)]
        for day in days:
            ledger.begin_close(session, day)
            ledger.finish_close(session, day)
    villages = [one.code for one in house.regions.inside(COUNTY, VILLAGE)]
    count = 0
    for table, names in _TABLES:
        for chunk in _chunks(names, villages, days):
            with house.books.write("bench.snapshot", by=by) as session:
                session.execute(insert(table), chunk)
                count += len(chunk)
    return count


def one_day(house: House, rows: int) -> Read:
    """A county's figures of the last day."""
    return _read(house, rows, series=False)


def course(house: House, rows: int) -> Read:
    """A county's figures of every day of the five years."""
    return _read(house, rows, series=True)


def _read(house: House, rows: int, *, series: bool) -> Read:
    runs = []
    for _ in range(_RUNS):
        with profiled(house.engine) as profile, house.books.read() as session:
            began = perf_counter()
            if series:
                found = indicators.series(
                    session,
                    regions=house.regions,
                    region=COUNTY,
                    since=FIRST_DAY,
                    until=LAST_DAY,
                )
                assert len(found) == DAYS
            else:
                indicators.figures(session, regions=house.regions, region=COUNTY, on=LAST_DAY)
            runs.append(perf_counter() - began)
    with house.engine.connect() as connection:
        naked = median(_naked(connection, series=series) for _ in range(_RUNS))
    return Read(median(runs), naked, rows, profile)


def _naked(connection: Connection, *, series: bool) -> float:
    """Add up every row, by day; or those of the last five days, which are each village's last."""
    began = perf_counter()
    for table, names in _TABLES:
        sums = select(table.c.on_day, *(func.sum(table.c[name]) for name in names)).group_by(
            table.c.on_day
        )
        if not series:
            sums = sums.where(table.c.on_day > LAST_DAY - timedelta(days=_EVERY))
        connection.execute(sums).all()
    return perf_counter() - began


def _chunks(
    names: tuple[str, ...], villages: list[str], days: list[date]
) -> Iterator[list[dict[str, object]]]:
    rows: list[dict[str, object]] = []
    for place, village in enumerate(villages):
        for nr, day in enumerate(days[place % _EVERY :: _EVERY]):
            counters = {name: 0 if name in _FLAGS else 1_000 + nr for name in names}
            if "households_need_met" in counters:
                counters["households_need_met"] = 0
            rows.append({"village_code": village, "on_day": day} | counters)
            if len(rows) == _CHUNK:
                yield rows
                rows = []
    if rows:
        yield rows
