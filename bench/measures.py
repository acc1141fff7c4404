"""The measurements: of the close (a settlement day, a quiet day, what the treasury owes of the
first), of a dividend for every household, of figures read, and of one loan at the counter.

The first two close the day by the product's own close: lease, chunks, units of work with their
trail rows and digests, snapshot. ``per_second`` counts loans settled, quiet days closed, or things
done to one loan; ``ratio`` is its share of what the database does with the same rows without any
work (``bench.limits``), and ``ratio_same`` its share of what the real tables take with constants in
place of arithmetic. The third watches one step of the close (``bench.entitling``), the fourth a
declaration and its grant (``bench.sharing``). The others do one thing more to a loan with a long
life (``bench.long_life``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from statistics import median
from time import perf_counter
from typing import Final

from bench import entitling, limits, long_life, one_day, portfolio, reading, sharing
from bench.profile import Profile, profiled
from config.wiring import House
from jobs import program

SETTLE: Final = "settle"
QUIET_DAY: Final = "quiet-day"
#: what the treasury owes of a settlement day, the step of the close alone
SUBSIDY: Final = "subsidy"
#: splitting and booking a dividend for every household
DIVIDEND: Final = "dividend"
#: a county's figures of one day, and of every day of five years, from their snapshots
FIGURES: Final = "figures"
SERIES: Final = "series"
#: one payment, one of an earlier day, one undone, on a loan with a long life
ACTS: Final = tuple(long_life.ACTS)
#: times each of them is done; the middle one counts
_TIMES: Final = 5
#: quiet days closed; the middle one counts
_QUIET_DAYS: Final = 9
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Result:
    """One line of a measurement."""

    name: str
    database: str
    loans: int
    seconds: float
    per_second: float
    limit_per_second: float
    ratio: float
    #: None where the real tables take such rows once only
    ratio_same: float | None
    #: rows that the record gained
    rows: int
    #: statements sent
    statements: int
    #: where the time went
    top: list[dict[str, object]] = field(default_factory=list)

    def as_data(self) -> dict[str, object]:
        """For JSON."""
        data = asdict(self)
        return data if self.top else {k: v for k, v in data.items() if k != "top"}


def settle(house: House, loans: int, *, top: int = 0) -> Result:
    """Close a settlement day of so many loans."""
    _at_rest(house, loans, portfolio.SETTLES - _ONE_DAY)
    seconds, profile = _close(house, portfolio.SETTLES)
    chunks = limits.chunks_of(house.engine, portfolio.SETTLES)
    rows = limits.rows_written(house.engine, chunks)
    naked = limits.naked(house.engine, chunks)
    same = limits.same(house.engine, chunks)
    return _result(
        house, SETTLE, loans, loans, (seconds, naked, same), rows=rows, profile=profile, top=top
    )


def quiet_day(house: House, loans: int, *, top: int = 0) -> Result:
    """Close days on which nothing happens to so many loans."""
    _at_rest(house, loans, portfolio.FIRST_DAY)
    runs = [_close(house, portfolio.QUIET + _ONE_DAY * nr) for nr in range(_QUIET_DAYS)]
    seconds = median(seconds for seconds, _ in runs)
    last = portfolio.QUIET + _ONE_DAY * (_QUIET_DAYS - 1)
    naked, same, rows = one_day.one_close(house.engine, last)
    return _result(
        house, QUIET_DAY, loans, 1, (seconds, naked, same), rows=rows, profile=runs[-1][1], top=top
    )


def subsidy(house: House, loans: int, *, top: int = 0) -> Result:
    """Say what the treasury owes of a settlement day of so many loans."""
    _at_rest(house, loans, portfolio.SETTLES - _ONE_DAY)
    timed = entitling.close(house, portfolio.SETTLES)
    rows = entitling.rows_written(house.engine)
    naked = entitling.naked(house.engine)
    return _result(
        house,
        SUBSIDY,
        loans,
        loans,
        (timed.seconds, naked, None),
        rows=rows,
        profile=timed.profile,
        top=top,
    )


def dividend(house: House, loans: int, *, top: int = 0) -> Result:
    """Split and book a dividend for the households of so many loans."""
    _at_rest(house, loans, portfolio.FIRST_DAY)
    shared = sharing.share(house)
    rows = sharing.rows_written(house.engine)
    naked = sharing.naked(house.engine)
    return _result(
        house,
        DIVIDEND,
        loans,
        loans,
        (shared.seconds, naked, None),
        rows=rows,
        profile=shared.profile,
        top=top,
    )


def figures(house: House, loans: int, *, top: int = 0) -> Result:
    """Tell a county's figures of one day."""
    return _told(house, FIGURES, loans, reading.one_day(house, reading.build(house)), 1, top)


def series(house: House, loans: int, *, top: int = 0) -> Result:
    """Tell a county's figures of every day of five years."""
    read = reading.course(house, reading.build(house))
    return _told(house, SERIES, loans, read, reading.DAYS, top)


def _told(house: House, name: str, loans: int, read: reading.Read, days: int, top: int) -> Result:
    return _result(
        house,
        name,
        loans,
        days,
        (read.seconds, read.naked, None),
        rows=read.rows,
        profile=read.profile,
        top=top,
    )


def act(
    name: str, house: House, loans: int, *, top: int = 0, events: int = long_life.EVENTS
) -> Result:
    """One of ``ACTS`` on a loan with so many events, among so many loans."""
    long_life.build(house, loans, events)
    costs = sorted(
        (long_life.cost(house, name, run) for run in range(_TIMES)), key=lambda one: one.seconds
    )
    cost = costs[_TIMES // 2]
    return _result(
        house,
        name,
        loans,
        1,
        (cost.seconds, cost.naked, None),
        rows=cost.rows,
        profile=cost.profile,
        top=top,
    )


def _at_rest(house: House, loans: int, to: date) -> None:
    """A portfolio whose first day is closed, and every day up to ``to``."""
    portfolio.build(house, loans)
    if house.engine.dialect.name == "postgresql":
        with house.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    program.close_to(house, to)


def _close(house: House, day: date) -> tuple[float, Profile]:
    closer = program.closer(house)
    with profiled(house.engine) as profile:
        began = perf_counter()
        closer.close_day(day)
        return perf_counter() - began, profile


def _result(
    house: House,
    name: str,
    loans: int,
    units: int,
    seconds: tuple[float, float, float | None],
    *,
    rows: int,
    profile: Profile,
    top: int,
) -> Result:
    own, naked, same = seconds
    return Result(
        name=name,
        database=house.engine.dialect.name,
        loans=loans,
        seconds=round(own, 4),
        per_second=round(units / own, 1),
        limit_per_second=round(units / naked, 1),
        ratio=round(naked / own, 4),
        ratio_same=None if same is None else round(same / own, 4),
        rows=rows,
        statements=profile.statements,
        top=profile.top(top),
    )
