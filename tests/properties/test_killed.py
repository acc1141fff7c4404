"""Real processes: one killed in the middle of a close, two on one timetable (proofs 5 and 9)."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

import ledger
from jobs.close import COMMAND, Closer
from jobs.models import Closing, JobRun
from jobs.program import program_of
from kernel.actor import Actor, system_actor
from kernel.outbox import OutboxDelivery
from kernel.trail import TrailRow
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from tests import verification
from tests.conftest import NOON, Clock
from tests.databases import ROOT, Maker
from tests.jobs.conftest import house
from tests.loans.town import Town
from tests.properties.interrupted import Mould
from tests.properties.state import differences, state_of

__all__ = ["house"]

pytestmark = pytest.mark.slow

ROUNDS = 5
#: a settlement on the 20th, quiet days around it
FIRST, LAST = date(2016, 6, 16), date(2016, 6, 23)
LATER = NOON.replace(year=2030)


@contextmanager
def worker(**task: str) -> Iterator[subprocess.Popen[str]]:
    """A worker that waits for its word to begin."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.properties.worker"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
        yield process
    finally:
        process.kill()
        process.communicate()


def begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def take_over(books: Books, town: Town, steps: object) -> None:
    """A second worker, after the first one's lease has run out."""
    assert isinstance(books.clock, Clock)
    books.clock.now += timedelta(hours=1)
    with books.read() as session:
        done = ledger.last_closed_day(session)
    if done != LAST:
        Closer(books, town.system, steps, "second", 1).close_to(LAST)  # type: ignore[arg-type]


def test_a_worker_killed_at_any_moment_loses_nothing(
    town: Town, databases_of_this_process: Maker, shelf: dict[str, object], tmp_path: Path
) -> None:
    """Equal to undisturbed; what was acknowledged stands with the root it was acknowledged with."""
    for place in (1, 2, 3):
        town.lend(place)
    town.close_to(FIRST - timedelta(days=1))
    house_of_rules = type("Rules", (), shelf)
    steps = program_of(house_of_rules, "431022000000")  # type: ignore[arg-type]
    mould = Mould.of(databases_of_this_process, town.books)
    try:
        books = mould.pour()
        began = time.monotonic()
        Closer(books, town.system, steps, "undisturbed", 1).close_to(LAST)
        length = time.monotonic() - began
        undisturbed = state_of(books)
        seed = random.randrange(2**32)
        dice = random.Random(seed)
        for turn in range(ROUNDS):
            books = mould.pour()
            books.engine.dispose()
            acknowledged = killed_after(mould, dice.uniform(0, length), tmp_path)
            take_over(books, town, steps)
            found = differences(undisturbed, state_of(books))
            assert found == [], f"seed {seed}, round {turn}"
            with books.read() as session:
                rows = session.execute(
                    select(Closing.day, TrailRow.mac).join(
                        TrailRow, TrailRow.id == Closing.trail_id
                    )
                )
                stands = {f"{day} {mac}" for day, mac in rows}
            assert acknowledged <= stands, f"seed {seed}, round {turn}"
            mould.verify()
    finally:
        mould.close()


def killed_after(mould: Mould, seconds: float, tmp_path: Path) -> set[str]:
    """Let a worker work for so long and kill it; the days it had acknowledged."""
    task = {
        "what": "close",
        "url": mould.copy,
        "keys": mould.keyring.to_json(),
        "now": LATER.isoformat(),
        "real_now": datetime.now(UTC).isoformat(),
        "from": FIRST.isoformat(),
        "to": LAST.isoformat(),
        "reports": str(tmp_path),
    }
    with worker(**task) as process:
        begin(process)
        time.sleep(seconds)
        process.kill()
        out, _ = process.communicate()
    # A last line without its end was not heard by anybody.
    return {line.rstrip("\n") for line in out.splitlines(keepends=True) if line.endswith("\n")}


def test_two_processes_on_one_timetable_close_each_day_once(
    books: Books, database_url: str, keyring: Keyring, clock: Clock, tmp_path: Path
) -> None:
    """Twelve days are over; both sweep at once."""
    first, days = date(2017, 5, 20), 12
    with books.write("books.open", by=_system()) as session:
        ledger.open_books(session, region_code="431022000000", mode="live", first_day=first)
    clock.now = NOON + timedelta(minutes=1)
    books.engine.dispose()
    task = {
        "what": "sweep",
        "url": database_url,
        "keys": keyring.to_json(),
        "now": clock.now.isoformat(),
        "real_now": datetime.now(UTC).isoformat(),
        "reports": str(tmp_path / "reports"),
    }
    with worker(**task) as one, worker(**task) as other:
        begin(one)
        begin(other)
        outputs = [process.communicate() for process in (one, other)]
        assert [one.returncode, other.returncode] == [0, 0], outputs
    told = [line.split()[0] for out, _ in outputs for line in out.splitlines()]
    expected = [str(first + timedelta(days=n)) for n in range(days)]
    assert sorted(told) == expected
    with books.read() as session:
        assert session.scalar(select(func.count()).select_from(Closing)) == days
        assert set(session.scalars(select(JobRun.fence))) == {1}
        closes = select(func.count()).select_from(TrailRow).where(TrailRow.command == COMMAND)
        assert session.scalar(closes) == days
        assert session.scalar(select(func.count()).select_from(OutboxDelivery)) == days
    assert len(list((tmp_path / "reports").glob("*.txt"))) == days
    verification.verify(database_url, keyring)


def _system() -> Actor:
    return system_actor("431022")
