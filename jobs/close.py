"""The close of a day: in order, in chunks, once per date, resumable at any point.

The close of D describes the books at 24:00 of D. Setting D to closing opens D+1, so that counters
go on working while D is closed. What is done is a program: steps in order, each of which works
through at most ``limit`` rows at a call and returns how many; fewer than ``limit`` means that
nothing is left (a ``whole`` step does everything at one call). A unit of work holds as many calls
as ``CHUNK`` rows allow: a quiet day is one unit of work from beginning to end, a settlement day
many.

Every unit of work begins with the lease and notes in the job's row how far it came, so a job that
was killed goes on at the step where it stood, and the counts it leaves are those of an undisturbed
run. There is no arithmetic here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from jobs import lease
from jobs.lease import Lease
from jobs.models import Closing
from jobs.refusals import DayNotOver
from kernel import outbox
from kernel.actor import Actor
from kernel.trail import TrailHead, TrailRow
from kernel.unit_of_work import Books
from ledger.refusals import DayAlreadyClosed

JOB = "close_day"
COMMAND = "jobs.close_day"
#: kind of the message that carries the closing report
REPORT = "jobs.closing_report"
#: rows that one unit of work works through
CHUNK = 2_000
#: the county's clock; a day of live books is over when it is over there
COUNTY_TIME = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
#: the step after the last
DONE = "done"


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the close: ``work(session, day, limit)`` returns the rows it worked through."""

    name: str
    work: Callable[[Session, date, int], int]
    #: called once and not counted: statements over all rows that mind no limit
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """What a close does on a day, and the digest of the rules it goes by."""

    steps: Sequence[Step]
    rulebook_digest: str


@dataclass(frozen=True, slots=True)
class Closed:
    """What one close did."""

    day: date
    #: MAC of the day's last unit of work, which the closing report prints
    root: str
    counts: dict[str, int]

    def as_data(self) -> dict[str, object]:
        """For JSON."""
        return {"day": self.day.isoformat(), "root": self.root, "counts": self.counts}


@dataclass(slots=True)
class Task:
    """A close under way: the lease, the step it stands at, the rows worked through."""

    lease: Lease
    at: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Closer:
    """Closes days of a set of books. ``program`` says what is done on a day."""

    books: Books
    by: Actor
    program: Callable[[date], Program]
    owner: str
    chunk: int = CHUNK

    def close_day(self, day: date) -> Closed:
        """Close one day, or go on with a close that was interrupted."""
        program = self.program(day)
        task = self._begin(day, program)
        try:
            while task.at != DONE:
                self._go_on(task, program)
        except Exception:
            self._release(task)
            raise
        with self.books.read() as session:
            return closed(session, day)

    def close_to(self, to: date, progress: Callable[[date], None] | None = None) -> list[Closed]:
        """Close every day up to and including ``to``, each once and in order."""
        with self.books.read() as session:
            day = next_day(session)
        if day > to:
            raise DayAlreadyClosed(field="to", day=to)
        done: list[Closed] = []
        while day <= to:
            # Another worker may have closed it in between.
            with suppress(DayAlreadyClosed):
                done.append(self.close_day(day))
            if progress is not None:
                progress(day)
            day += ONE_DAY
        return done

    def _begin(self, day: date, program: Program) -> Task:
        now = self.books.clock()
        with self.books.write(COMMAND, by=self.by) as session:
            self._refuse_early(session, day, now)
            # Before the lease: a day closed already is told as such.
            ledger.begin_close(session, day)
            held = lease.take(session, job=JOB, day=day, owner=self.owner, now=now)
            task = Task(held, *lease.progress(session, held))
            self._work(session, task, program, now)
            return task

    def _go_on(self, task: Task, program: Program) -> None:
        now = self.books.clock()
        with self.books.write(COMMAND, by=self.by) as session:
            lease.renew(session, task.lease, now=now)
            self._work(session, task, program, now)

    def _release(self, task: Task) -> None:
        with self.books.write(COMMAND, by=self.by) as session:
            lease.release(session, task.lease, now=self.books.clock())

    def _work(self, session: Session, task: Task, program: Program, now: datetime) -> None:
        """One chunk; with the last one the day is closed."""
        day, counts = task.lease.day, task.counts
        task.at = run_steps(session, program.steps, day, task.at, counts, self.chunk)
        if task.at != DONE:
            lease.note(session, task.lease, step=task.at, counts=counts)
            return
        _finish(session, day, program.rulebook_digest, counts, now)
        lease.finish(session, task.lease, counts=counts, now=now)

    def _refuse_early(self, session: Session, day: date, now: datetime) -> None:
        today = now.astimezone(COUNTY_TIME).date()
        if ledger.books(session).mode == "live" and day >= today:
            raise DayNotOver(field="day", day=day, today=today)


def run_steps(
    session: Session,
    steps: Sequence[Step],
    day: date,
    at: str,
    counts: dict[str, int],
    budget: int,
) -> str:
    """Work from step ``at`` on until ``budget`` rows are used up; the step to go on with."""
    names = [step.name for step in steps]
    first = names.index(at) if at else 0
    for step in steps[first:]:
        if budget < 1:
            return step.name
        worked = step.work(session, day, budget)
        if step.whole:
            continue
        counts[step.name] = counts.get(step.name, 0) + worked
        if worked >= budget:
            return step.name
        budget -= worked
    return DONE


def next_day(session: Session) -> date:
    """The day to be closed next: the one whose close was interrupted, else the open one."""
    return ledger.closing_day(session) or ledger.open_day(session)


def yesterday(now: datetime) -> date:
    """The last day that is over in the county."""
    return now.astimezone(COUNTY_TIME).date() - ONE_DAY


def closed(session: Session, day: date) -> Closed:
    """What the close of a day left behind."""
    row = session.execute(
        select(TrailRow.mac, Closing.counts)
        .join(Closing, Closing.trail_id == TrailRow.id)
        .where(Closing.day == day)
    ).one()
    return Closed(day, row.mac, json.loads(row.counts))


def _finish(
    session: Session, day: date, rulebook_digest: str, counts: dict[str, int], now: datetime
) -> None:
    ledger.finish_close(session, day)
    head = session.get_one(TrailHead, 1)
    session.add(
        Closing(
            day=day,
            trail_position=head.position,
            trail_root=head.mac,
            rulebook_digest=rulebook_digest,
            counts=json.dumps(counts, sort_keys=True),
            closed_at=now,
        )
    )
    outbox.put(session, REPORT, {"day": day.isoformat()})
