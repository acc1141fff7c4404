"""The entitlements of a settlement day, timed inside the close that writes them.

The day is closed by the product's own close; the step of the treasury alone is watched, from its
first statement to its last, flushed. ``naked`` writes the same rows again as the database itself
would: into tables with a primary key and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter
from typing import Final

from sqlalchemy import Engine, MetaData, func, insert, select
from sqlalchemy.orm import Session

import ledger
from bench.limits import bare
from bench.profile import Profile, profiled
from config.wiring import House
from jobs import program
from jobs.close import Program, Step
from kernel.database import Base

#: what the step writes, in the order in which rows name each other
_WRITTEN: Final = ("subsidy_entitlements", "subsidy_exclusions", "subsidy_runs")


@dataclass
class Timed:
    """What the step took."""

    seconds: float = 0.0
    profile: Profile = field(default_factory=Profile)


def close(house: House, day: date) -> Timed:
    """Close a day and time its entitlements."""
    with house.books.read() as session:
        region = ledger.books(session).region_code
    steps_of = program.program_of(house, region)
    timed = Timed()

    def watched(on: date) -> Program:
        plain = steps_of(on)
        return replace(plain, steps=[_watched(house, step, timed) for step in plain.steps])

    replace(program.closer(house), program=watched).close_day(day)
    return timed


def _watched(house: House, step: Step, timed: Timed) -> Step:
    if step.name != program.ENTITLEMENT.name:
        return step

    def work(session: Session, day: date, limit: int) -> int:
        with profiled(house.engine) as timed.profile:
            began = perf_counter()
            done = step.work(session, day, limit)
            session.flush()
            timed.seconds = perf_counter() - began
        return done

    return replace(step, work=work)


def rows_written(engine: Engine) -> int:
    """How many rows the step added; a portfolio at rest had none."""
    with engine.begin() as connection:
        return sum(
            connection.execute(
                select(func.count()).select_from(Base.metadata.tables[name])
            ).scalar_one()
            for name in _WRITTEN
        )


def naked(engine: Engine) -> float:
    """Seconds for the same rows into tables with a primary key alone."""
    metadata = MetaData()
    copies = {name: bare(Base.metadata.tables[name], metadata) for name in _WRITTEN}
    metadata.create_all(engine)
    began = perf_counter()
    with engine.begin() as connection:
        for name, copy in copies.items():
            rows = Base.metadata.tables[name].select()
            connection.execute(insert(copy).from_select(list(copy.c), rows))
    return perf_counter() - began
