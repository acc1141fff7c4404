"""One thing more on a loan with two thousand events costs what that loan is, not the whole books.

A payment, a payment with an earlier value date and a reversal send as many statements whether the
loan has a thousand events or two and whether eight loans stand beside it or fifty; no
table is read from end to end, and of no other loan is a row written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, Select, event, func, select

import bench
from bench import long_life
from config.settings import Settings
from config.wiring import House
from jobs import verify
from kernel.database import Base
from loans.models import Repayment, Segment
from tests.bench.test_bench import settings
from tests.planted import Plant

__all__ = ["settings"]

#: others that must not be touched
OTHERS = 50
#: statements of each act, as sent
PINNED = {
    "sqlite": {"repay": 45, "correct": 66, "reverse": 53},
    "postgresql": {"repay": 43, "correct": 66, "reverse": 51},
}
#: scopes, not loans: few, however many loans there are
SMALL = {"lending_limits"}


def statements(house: House, run: int) -> dict[str, int]:
    return {name: long_life.cost(house, name, run).profile.statements for name in long_life.ACTS}


def of_others(house: House) -> dict[str, list[str]]:
    """Every row of another loan, in every table that names loans."""
    with house.books.read() as session:
        return {
            name: sorted(str(tuple(row)) for row in session.execute(_others(name)))
            for name, table in Base.metadata.tables.items()
            if "loan_id" in table.c
        }


def _others(name: str) -> Select[Any]:
    table = Base.metadata.tables[name]
    return select(table).where(table.c.loan_id != long_life.LOAN_ID)


def test_one_thing_more_touches_one_loan(
    settings: Settings, request: pytest.FixtureRequest
) -> None:
    pinned = PINNED[request.config.getoption("database")]
    with bench.throwaway(settings, durable=False) as house:
        long_life.build(house, 1 + OTHERS)
        with house.books.read() as session:
            assert session.scalar(_payments()) == long_life.EVENTS
        before = of_others(house)
        # The first of each kind compiles its statements; the second is as any other.
        statements(house, 1)
        assert statements(house, 2) == pinned
        assert of_others(house) == before
        found = {finding.check for finding in verify.run(house).findings}
        assert found == {"households.seal", "loans.approved"}


def test_a_shorter_life_among_fewer_costs_as_many_statements(
    settings: Settings, request: pytest.FixtureRequest
) -> None:
    with bench.throwaway(settings, durable=False) as house:
        long_life.build(house, 8, 1_000)
        statements(house, 1)
        assert statements(house, 2) == PINNED[request.config.getoption("database")]


def _payments() -> Select[int]:
    return select(func.count()).select_from(Repayment).where(Repayment.kind == "payment")


@contextmanager
def overheard(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Every statement with its values."""
    heard: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, text: str, values: Any, _context: Any, many: bool) -> None:
        heard.append((text, values[0] if many else values))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def scanned(engine: Engine, heard: Sequence[tuple[str, Any]]) -> set[str]:
    """Tables that SQLite reads from end to end for these statements."""
    raw = engine.raw_connection()
    try:
        found = set()
        for text, values in heard:
            if text.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}:
                rows = raw.cursor().execute(f"EXPLAIN QUERY PLAN {text}", values).fetchall()
                found |= {row[3].split()[1] for row in rows if row[3].startswith("SCAN")}
        return found & set(Base.metadata.tables)
    finally:
        raw.close()


def test_no_table_is_read_from_end_to_end(settings: Settings) -> None:
    """The plan of every statement, as SQLite tells it; PostgreSQL scans what is small."""
    if not settings.database_url.startswith("sqlite"):
        settings = Settings.from_environment(
            {"FUPIN_DATABASE_URL": "sqlite:///" + _beside(settings)}
        )
    with bench.throwaway(settings, durable=False) as house:
        long_life.build(house, 1 + OTHERS, 200)
        for act in long_life.ACTS.values():
            with overheard(house.engine) as heard:
                act(house, 1)
            assert scanned(house.engine, heard) - SMALL == set()
        with overheard(house.engine) as heard, house.books.read() as session:
            session.scalars(select(Repayment).where(Repayment.amount_fen == 1)).all()
        assert scanned(house.engine, heard) == {"repayments"}


def _beside(settings: Settings) -> str:
    return f"{settings.reports_dir}/plans.db"


def test_a_correction_takes_well_under_a_second(settings: Settings) -> None:
    """Tenths of it where nothing else runs; a machine under load is given more."""
    with bench.throwaway(settings, durable=False) as house:
        long_life.build(house, 8)
        costs = [long_life.cost(house, "correct", run).seconds for run in range(3)]
        assert min(costs) < 1, costs


# --- seen red -----------------------------------------------------------------------------------


def _every_loan(session: Any, loan_id: int) -> list[Any]:
    del loan_id
    return list(session.execute(select(Segment.state, Segment.from_on, Segment.to_on))) and []


PLANTED = [
    Plant(
        test_no_table_is_read_from_end_to_end,
        "loans.record.standing.segments_of",
        _every_loan,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, settings: Settings) -> None:
    plant.prove(settings=settings)
