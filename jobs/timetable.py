"""The timetable: every few minutes, close what is over, deliver what waits, and draft what may be
claimed since. Live books alone.

The scheduler only starts a sweep; which days are due is read from the books, so that a sweep that
came late, twice or in two processes does the same: the lease elects one worker per day, and days
missed while nobody ran are caught up in order.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger

import ledger
from config.wiring import House
from jobs import reports
from jobs.close import COUNTY_TIME, Closed, yesterday
from jobs.drafting import draft_after
from jobs.program import close_to
from jobs.refusals import JobAlreadyDone, JobTakenByAnother, LeaseLost
from kernel.refusals import Refusal
from ledger.refusals import DayAlreadyClosed

#: minutes between sweeps
EVERY_MINUTES = 5
#: a sweep that starts later than this is left out; the next one does its work
GRACE_SECONDS = 240

log = structlog.get_logger(__name__)


def sweep(house: House) -> list[Closed]:
    """Close every day that is over, deliver what waits, draft claims of periods that have ended;
    nothing for books that are held.
    """
    with house.books.read() as session:
        if ledger.books(session).mode != "live":
            return []
    done: list[Closed] = []
    # Another process was there first: that is what the lease is for.
    with suppress(DayAlreadyClosed, JobTakenByAnother, JobAlreadyDone, LeaseLost):
        done = close_to(house, yesterday(house.clock()))
    reports.deliver(house)
    draft_after(house, done)
    return done


def tick(house: House) -> None:
    """One sweep as the scheduler runs it: a refusal is told in the log and tried again later."""
    try:
        done = sweep(house)
    except Refusal as refusal:
        log.error("sweep refused", code=refusal.code, zh=refusal.message("zh"))
        return
    for one in done:
        log.info("day closed", day=one.day.isoformat(), root=one.root, counts=one.counts)


def background(house: House) -> BaseScheduler:
    """A scheduler in threads of its own, beside a server; the caller starts and stops it."""
    return _with_sweep(BackgroundScheduler(**_settings()), house)


def blocking(house: House) -> BaseScheduler:
    """A scheduler that is a process of its own."""
    return _with_sweep(BlockingScheduler(**_settings()), house)


def _settings() -> dict[str, Any]:
    defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE_SECONDS}
    return {"timezone": COUNTY_TIME, "job_defaults": defaults}


def _with_sweep(scheduler: BaseScheduler, house: House) -> BaseScheduler:
    scheduler.add_job(
        tick,
        IntervalTrigger(minutes=EVERY_MINUTES, timezone=COUNTY_TIME),
        args=[house],
        id="sweep",
        next_run_time=datetime.now(COUNTY_TIME),
    )
    return scheduler
