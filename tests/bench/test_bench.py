"""The measurements measure the product: a portfolio that verifies, and lines that add up."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

import bench
from bench import portfolio
from bench.profile import profiled
from config.settings import Settings
from config.wiring import House
from jobs import program, verify
from loans.models import Settlement
from tests.databases import SERVER_VARIABLE
from web.commands.bench import bench as command


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Where the throw-away database goes: a folder of this test, or the tests' own server."""
    on_postgres = request.config.getoption("database") == "postgresql"
    url = os.environ[SERVER_VARIABLE] if on_postgres else f"sqlite:///{tmp_path / 'named.db'}"
    return Settings.from_environment(
        {"FUPIN_DATABASE_URL": url, "FUPIN_REPORTS_DIR": str(tmp_path)}
    )


def statements_of(settings: Settings, loans: int, name: str) -> int:
    with bench.throwaway(settings, durable=False) as house:
        measure = bench.settle if name == bench.SETTLE else bench.quiet_day
        return measure(house, loans).statements


def test_the_portfolio_is_one_that_verifies_and_settles(settings: Settings) -> None:
    with bench.throwaway(settings, durable=False) as house:
        portfolio.build(house, 40)
        program.close_to(house, portfolio.SETTLES)
        found = {finding.check for finding in verify.run(house).findings}
        # The register's seals and the director's decision are what a measurement does without.
        assert found == {"households.seal", "loans.approved"}
        assert settled(house, 4) == (
            # loan 4: 1 000 000 + 4 × 1 000 fen at 35 000 + 4 × 100 ppm, 1 June up to 20 June:
            # 1 004 000 × 20 × 35 400 ÷ 360 000 000 = 1 974.53; the household bears all of it
            1_975,
            0,
        )
        assert settled(house, 5) == (
            # 1 005 000 × 20 × 35 500 ÷ 360 000 000 = 1 982.08; the treasury half: 991.04
            1_982,
            991,
        )


def settled(house: House, loan_id: int) -> tuple[int, int]:
    with house.books.read() as session:
        row = session.execute(
            select(Settlement.amount_fen, Settlement.treasury_fen).where(
                Settlement.loan_id == loan_id
            )
        ).one()
        assert session.scalar(select(func.count()).select_from(Settlement)) == 40
        return row[0], row[1]


def test_the_database_named_is_not_touched(
    settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with bench.throwaway(settings, durable=False) as house:
        assert house.settings.database_url != settings.database_url
    assert list(tmp_path.iterdir()) == []


def test_a_line_for_each_measure(settings: Settings, request: pytest.FixtureRequest) -> None:
    house = House(settings)
    result = CliRunner().invoke(
        command, ["--loans", "8", "--events", "200", "--top", "2", "--json"], obj=house
    )
    if request.config.getoption("database") == "postgresql":
        # The tests' server does not write to disk: what it measures is no measurement.
        assert type(result.exception).__name__ == "ServerNotDurable"
        return
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["name"] for line in lines] == [
        "settle", "quiet-day", "subsidy", "dividend", "figures", "series", "repay", "correct",
        "reverse",
    ]  # fmt: skip
    for line in lines:
        assert line["loans"] == 8
        assert line["database"] == "sqlite"
        assert line["ratio"] > 0
        # What a unit of work at the counter wrote has unique keys beside its numbers, and so has
        # what the treasury owes.
        once = {bench.SUBSIDY, bench.DIVIDEND, "figures", "series", *bench.ACTS}
        assert line["ratio_same"] is None if line["name"] in once else line["ratio_same"] > 0
        assert line["per_second"] > 0 < line["limit_per_second"]
        assert len(line["top"]) == 2


#: statements of one close, as sent: what SQLite needs to begin a transaction is counted too
PINNED = {
    ("sqlite", bench.QUIET_DAY): 41,
    ("postgresql", bench.QUIET_DAY): 37,
    ("sqlite", bench.SETTLE): 82,
    ("postgresql", bench.SETTLE): 78,
}


@pytest.mark.parametrize("name", [bench.QUIET_DAY, bench.SETTLE])
def test_the_statements_of_a_close_do_not_grow_with_the_loans(
    settings: Settings, request: pytest.FixtureRequest, name: str
) -> None:
    pinned = PINNED[request.config.getoption("database"), name]
    assert [statements_of(settings, loans, name) for loans in (8, 200)] == [pinned, pinned]


def test_a_statement_more_is_seen(settings: Settings) -> None:
    with bench.throwaway(settings, durable=False) as house:
        portfolio.build(house, 8)
        with profiled(house.engine) as before:
            program.close_to(house, portfolio.FIRST_DAY)
        with profiled(house.engine) as after:
            program.close_to(house, portfolio.QUIET)
            with house.books.read() as session:
                session.scalar(select(func.count()).select_from(Settlement))
        assert before.statements > 0
        assert any("count" in text for text in after.calls)
