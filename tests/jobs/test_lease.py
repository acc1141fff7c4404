"""The lease under real rivals: of many workers that reach for a day at once, one holds it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest

from jobs import lease
from jobs.lease import LEASE, Lease
from jobs.refusals import JobAlreadyDone, JobTakenByAnother, LeaseLost
from kernel.actor import Actor
from kernel.unit_of_work import Books
from tests.conftest import Clock
from tests.planted import Plant

DAY = date(2017, 6, 1)
WORKERS = 6


def reach(books: Books, by: Actor, day: date, owner: str) -> Lease | None:
    """One worker's try; None where another one holds the day."""
    with books.write("jobs.try", by=by) as session:
        now = books.clock()
        try:
            return lease.take(session, job="try", day=day, owner=owner, now=now)
        except JobTakenByAnother:
            return None


def reach_all_at_once(books: Books, by: Actor, day: date) -> list[Lease]:
    """Everybody's tries, from behind a barrier; those that hold."""
    barrier = Barrier(WORKERS)

    def one(number: int) -> Lease | None:
        barrier.wait()
        return reach(books, by, day, f"worker {number}")

    with ThreadPoolExecutor(WORKERS) as pool:
        return [held for held in pool.map(one, range(WORKERS)) if held is not None]


def test_of_many_workers_one_holds_a_day(books: Books, system: Actor, clock: Clock) -> None:
    for turn in range(4):
        day = DAY + timedelta(days=turn)
        assert [held.fence for held in reach_all_at_once(books, system, day)] == [1]
        assert reach_all_at_once(books, system, day) == []
        clock.now += LEASE
        assert [held.fence for held in reach_all_at_once(books, system, day)] == [2]


def test_a_lease_that_ran_out_holds_until_it_is_taken_over(
    books: Books, system: Actor, clock: Clock
) -> None:
    held = reach(books, system, DAY, "slow")
    assert held is not None
    clock.now += LEASE * 3
    with books.write("jobs.try", by=system) as session:
        lease.renew(session, held, now=books.clock())
    assert reach(books, system, DAY, "eager") is None


def test_an_older_fence_of_the_same_worker_holds_nothing(
    books: Books, system: Actor, clock: Clock
) -> None:
    """A worker that took its own job over again does not obey what it knew before."""
    old = reach(books, system, DAY, "same")
    clock.now += LEASE
    new = reach(books, system, DAY, "same")
    assert old is not None
    assert new is not None
    with books.write("jobs.try", by=system) as session, pytest.raises(LeaseLost):
        lease.renew(session, old, now=books.clock())
    with books.write("jobs.try", by=system) as session:
        lease.renew(session, new, now=books.clock())


def test_a_job_that_is_done_is_not_taken_again(books: Books, system: Actor, clock: Clock) -> None:
    held = reach(books, system, DAY, "first")
    assert held is not None
    with books.write("jobs.try", by=system) as session:
        lease.finish(session, held, counts={}, now=books.clock())
    clock.now += LEASE
    with pytest.raises(JobAlreadyDone):
        reach(books, system, DAY, "second")


def test_workers_have_names_of_their_own() -> None:
    assert len({lease.worker_name() for _ in range(100)}) == 100


PLANTED = [
    Plant(test_of_many_workers_one_holds_a_day, "jobs.lease._begin", lambda *_: True),
    Plant(test_a_lease_that_ran_out_holds_until_it_is_taken_over, "jobs.lease._update",
          lambda *_, **__: None),
    Plant(test_an_older_fence_of_the_same_worker_holds_nothing, "jobs.lease._update",
          lambda *_, **__: None),
]  # fmt: skip


@pytest.mark.damaged("a bug is planted")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, books: Books, system: Actor, clock: Clock) -> None:
    plant.prove(books=books, system=system, clock=clock)
