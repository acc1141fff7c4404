"""The close of a day: in order, once, in chunks, resumable; refused where it must be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

import ledger
from jobs.close import COMMAND, REPORT, Closer, Program, Step, Task, run_steps
from jobs.lease import LEASE
from jobs.models import Closing, JobRun
from jobs.refusals import DayNotOver, JobTakenByAnother, LeaseLost
from kernel.actor import Actor
from kernel.outbox import OutboxMessage
from kernel.trail import TrailRow, root
from kernel.unit_of_work import Books
from ledger.refusals import DayAlreadyClosed, DayNotOpen
from tests.conftest import Clock
from tests.jobs.conftest import FIRST_DAY, NO_RULES, fees
from tests.planted import Plant

MakeCloser = Callable[..., Closer]
SECOND_DAY = FIRST_DAY + timedelta(days=1)


def units_of_work(books: Books) -> int:
    with books.read() as session:
        query = select(func.count()).select_from(TrailRow).where(TrailRow.command == COMMAND)
        return session.scalar(query) or 0


def test_a_quiet_day_is_one_unit_of_work(held_books: Books, closer: MakeCloser) -> None:
    done = closer(fees(0)).close_day(FIRST_DAY)
    assert units_of_work(held_books) == 1
    assert done.counts == {"fees": 0}
    with held_books.read() as session:
        assert ledger.state_of(session, FIRST_DAY) == "closed"
        assert ledger.open_day(session) == SECOND_DAY
        # The root is that of the unit of work that closed the day, the last so far.
        assert done.root == root(session)


def test_a_busy_day_is_worked_through_in_chunks(held_books: Books, closer: MakeCloser) -> None:
    # Three rows to a chunk: 3 + 3 + 1, and the seventh leaves room, so the third closes the day.
    done = closer(fees(7)).close_day(FIRST_DAY)
    assert units_of_work(held_books) == 3
    assert done.counts == {"fees": 7}
    with held_books.read() as session:
        # 100 + 101 + ... + 106 fen
        assert ledger.balance(session, kind="funds") == 721


def test_a_full_chunk_is_followed_by_one_more(held_books: Books, closer: MakeCloser) -> None:
    # Six rows: 3 + 3 say "there may be more"; the third call finds nothing and closes.
    assert closer(fees(6)).close_day(FIRST_DAY).counts == {"fees": 6}
    assert units_of_work(held_books) == 3


def test_steps_go_in_order_and_share_the_budget() -> None:
    called: list[tuple[str, int]] = []

    def step(name: str, rows: int) -> Step:
        def work(_session: Session, _day: date, limit: int) -> int:
            called.append((name, limit))
            return min(rows, limit)

        return Step(name, work)

    counts: dict[str, int] = {}
    steps = [step("settle", 4), step("mature", 0), step("overdue", 9)]
    session = Session()
    assert run_steps(session, steps, FIRST_DAY, "", counts, 10) == "overdue"
    assert called == [("settle", 10), ("mature", 6), ("overdue", 6)]
    assert run_steps(session, steps, FIRST_DAY, "overdue", counts, 10) == "done"
    assert counts == {"settle": 4, "mature": 0, "overdue": 15}


def test_the_closing_tells_the_rules_and_the_trail_before_it(
    held_books: Books, closer: MakeCloser
) -> None:
    closer(fees(1)).close_day(FIRST_DAY)
    with held_books.read() as session:
        closing = session.get_one(Closing, FIRST_DAY)
        assert closing.rulebook_digest == NO_RULES
        before = session.scalars(
            select(TrailRow).where(TrailRow.position == closing.trail_position)
        ).one()
        assert before.mac == closing.trail_root
        message = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == REPORT)).one()
        assert message.payload == '{"day": "2020-02-27"}'
        assert message.trail_id == closing.trail_id


def test_a_closed_day_is_told_as_such(closer: MakeCloser) -> None:
    closer().close_day(FIRST_DAY)
    with pytest.raises(DayAlreadyClosed):
        closer().close_day(FIRST_DAY)
    with pytest.raises(DayAlreadyClosed):
        closer().close_to(FIRST_DAY)


def test_days_are_closed_in_order(closer: MakeCloser) -> None:
    with pytest.raises(DayNotOpen):
        closer().close_day(SECOND_DAY)
    seen: list[date] = []
    done = closer().close_to(date(2020, 3, 1), seen.append)
    assert seen == [
        date(2020, 2, 27),
        date(2020, 2, 28),
        date(2020, 2, 29),
        date(2020, 3, 1),
    ]
    assert [one.day for one in done] == seen


def test_live_books_wait_until_the_day_is_over(
    held_books: Books, closer: MakeCloser, clock: Clock, system: Actor
) -> None:
    with held_books.write("books.live", by=system) as session:
        session.execute(update(type(ledger.books(session))).values(mode="live"))
    # 23:59:59 of that day in the county
    clock.now = datetime(2020, 2, 27, 15, 59, 59, tzinfo=UTC)
    with pytest.raises(DayNotOver):
        closer().close_day(FIRST_DAY)
    # midnight
    clock.now = datetime(2020, 2, 27, 16, 0, 0, tzinfo=UTC)
    assert closer().close_day(FIRST_DAY).day == FIRST_DAY


# --- interrupted --------------------------------------------------------------------------------


class Killed(BaseException):
    """What a killed process leaves: nothing is tidied up."""


def dying(after: int) -> Step:
    """A step that kills its process at its call number ``after``."""
    real = fees(7)
    calls = iter(range(1, 100))

    def work(session: Session, day: date, limit: int) -> int:
        if next(calls) == after:
            raise Killed
        return real.work(session, day, limit)

    return Step("fees", work)


def test_another_worker_goes_on_when_the_lease_has_run_out(
    held_books: Books, closer: MakeCloser, clock: Clock
) -> None:
    with pytest.raises(Killed):
        closer(dying(after=3)).close_day(FIRST_DAY)
    second = closer(fees(7), owner="second")
    with pytest.raises(JobTakenByAnother):
        second.close_day(FIRST_DAY)
    clock.now += LEASE
    # The counts are those of a close that nobody disturbed.
    assert second.close_day(FIRST_DAY).counts == {"fees": 7}
    with held_books.read() as session:
        run = session.get_one(JobRun, ("close_day", FIRST_DAY))
        assert (run.owner, run.fence, run.state) == ("second", 2, "done")
        assert ledger.balance(session, kind="funds") == 721


class Sleeper(Closer):
    """A worker that is stopped after its first chunk until another one has taken over."""

    def _go_on(self, task: Task, program: Program) -> None:
        clock = self.books.clock
        assert isinstance(clock, Clock)
        clock.now += LEASE
        second = Closer(
            self.books, self.by, lambda _: Program([dying(after=2)], NO_RULES), "second", 3
        )
        with pytest.raises(Killed):
            second.close_day(task.lease.day)
        super()._go_on(task, program)


def test_a_worker_that_was_replaced_writes_nothing(held_books: Books, closer: MakeCloser) -> None:
    first = closer(fees(7))
    sleeper = Sleeper(first.books, first.by, first.program, owner="first", chunk=3)
    with pytest.raises(LeaseLost):
        sleeper.close_day(FIRST_DAY)
    with held_books.read() as session:
        # 100 + ... + 105 fen: a chunk of each, and nothing of the sleeper's second
        assert ledger.balance(session, kind="funds") == 615
        assert ledger.state_of(session, FIRST_DAY) == "closing"


def test_a_failure_seen_by_the_worker_itself_frees_the_lease(closer: MakeCloser) -> None:
    def fails(_session: Session, _day: date, _limit: int) -> int:
        raise ValueError

    real = fees(3)
    with pytest.raises(ValueError):  # noqa: PT011
        closer(real, Step("fails", fails)).close_day(FIRST_DAY)
    # No clock was moved.
    assert closer(real, owner="second").close_day(FIRST_DAY).counts["fees"] == 3


PLANTED = [
    Plant(
        test_another_worker_goes_on_when_the_lease_has_run_out,
        "jobs.lease.progress",
        lambda *_: ("", {}),
    ),
    Plant(
        test_a_worker_that_was_replaced_writes_nothing, "jobs.lease._update", lambda *_, **__: None
    ),
]


@pytest.mark.damaged("a bug is planted")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(
    plant: Plant, held_books: Books, closer: MakeCloser, clock: Clock
) -> None:
    plant.prove(held_books=held_books, closer=closer, clock=clock)
