"""The lease: one worker at a time for a job and a business date, proved by row counts.

``take`` writes the row of (job, date) or takes over an expired one and raises its fence; ``renew``
is the first statement of every further unit of work and holds only under the worker's own fence.
Both run inside the unit of work they guard, so that a worker that lost its lease commits nothing.
Between two workers the database's row lock decides, not their clocks: a lease that ran out but was
not taken over still holds.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from jobs.models import JobRun
from jobs.refusals import JobAlreadyDone, JobTakenByAnother, LeaseLost

#: how long a worker that gives no sign keeps others waiting
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a job of a day."""

    job: str
    day: date
    owner: str
    fence: int


def worker_name() -> str:
    """A name no other worker has: machine, process, random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def take(session: Session, *, job: str, day: date, owner: str, now: datetime) -> Lease:
    """Begin the job of a day, or take it over from a worker whose lease ran out."""
    if _begin(session, job, day, owner, now):
        return Lease(job, day, owner, 1)
    taken = session.execute(
        update(JobRun)
        .where(
            JobRun.job == job,
            JobRun.business_date == day,
            JobRun.state == "running",
            JobRun.lease_until <= now,
        )
        .values(owner=owner, fence=JobRun.fence + 1, lease_until=now + LEASE)
    )
    run = session.get_one(JobRun, (job, day), populate_existing=True)
    if taken.rowcount == 1:  # type: ignore[attr-defined]
        return Lease(job, day, owner, run.fence)
    if run.state == "done":
        raise JobAlreadyDone(job=job, day=day)
    raise JobTakenByAnother(job=job, day=day, owner=run.owner, until=run.lease_until.isoformat())


def _begin(session: Session, job: str, day: date, owner: str, now: datetime) -> bool:
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    begun = session.execute(
        dialect.insert(JobRun)
        .values(
            job=job,
            business_date=day,
            state="running",
            owner=owner,
            lease_until=now + LEASE,
            fence=1,
            step="",
            counts="{}",
            began_at=now,
            ended_at=None,
        )
        .on_conflict_do_nothing()
        .returning(JobRun.fence)
    )
    return begun.first() is not None


def renew(session: Session, lease: Lease, *, now: datetime) -> None:
    """Hold on for another while; refused once another worker has taken over."""
    _update(session, lease, lease_until=now + LEASE)


def note(session: Session, lease: Lease, *, step: str, counts: dict[str, int]) -> None:
    """Write down how far the job has come, in the unit of work that came so far."""
    _update(session, lease, step=step, counts=json.dumps(counts, sort_keys=True))


def finish(session: Session, lease: Lease, *, counts: dict[str, int], now: datetime) -> None:
    """The job of this day is done, for good."""
    done = json.dumps(counts, sort_keys=True)
    _update(session, lease, state="done", step="", counts=done, lease_until=now, ended_at=now)


def release(session: Session, lease: Lease, *, now: datetime) -> None:
    """Let the next worker begin at once, after a failure that this one has seen itself."""
    _update(session, lease, lease_until=now)


def progress(session: Session, lease: Lease) -> tuple[str, dict[str, int]]:
    """Where a lease just taken finds the job: the step, and the rows worked through so far."""
    if lease.fence == 1:
        return "", {}
    row = session.execute(
        select(JobRun.step, JobRun.counts).where(
            JobRun.job == lease.job, JobRun.business_date == lease.day
        )
    ).one()
    return row.step, json.loads(row.counts)


def _update(session: Session, lease: Lease, **values: object) -> None:
    held = session.execute(
        update(JobRun)
        .where(
            JobRun.job == lease.job,
            JobRun.business_date == lease.day,
            JobRun.state == "running",
            JobRun.owner == lease.owner,
            JobRun.fence == lease.fence,
        )
        .values(**values)
    )
    if held.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLost(job=lease.job, day=lease.day)
