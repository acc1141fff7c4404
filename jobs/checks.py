"""The closes read back.

* a closing belongs to a closed day, and from the first closing on every closed day has one;
* the place and root of the trail it names are those of the trail;
* its job says that it is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from jobs.models import Closing, JobRun
from kernel.findings import Finding
from kernel.trail import GENESIS, TrailRow


def check(session: Session) -> Iterator[Finding]:
    """Everything the closes promise."""
    yield from _days(session)
    yield from _roots(session)
    yield from _jobs(session)


def _days(session: Session) -> Iterator[Finding]:
    expected: date | None = None
    last = ledger.last_closed_day(session)
    for day in session.scalars(select(Closing.day).order_by(Closing.day)):
        if expected is not None and day != expected:
            yield _found(expected, "缺日终记录", "its closing is missing")
        if last is None or day > last:
            yield _found(day, "有日终记录，但营业日未关闭", "it has a closing but is not closed")
        expected = day + timedelta(days=1)
    if expected is not None and last is not None and expected <= last:
        yield _found(expected, "缺日终记录", "its closing is missing")


def _roots(session: Session) -> Iterator[Finding]:
    rows = session.execute(
        select(Closing.day, Closing.trail_position, Closing.trail_root, TrailRow.mac)
        .outerjoin(TrailRow, TrailRow.position == Closing.trail_position)
        .order_by(Closing.day)
    )
    for day, position, root, mac in rows:
        if root != (mac or GENESIS):
            yield _found(
                day,
                f"记下的留痕根（第{position}号）与留痕不符",
                "the root it names is not the trail's",
            )


def _jobs(session: Session) -> Iterator[Finding]:
    rows = session.execute(
        select(Closing.day, JobRun.state, JobRun.counts, Closing.counts)
        .outerjoin(JobRun, (JobRun.business_date == Closing.day) & (JobRun.job == "close_day"))
        .order_by(Closing.day)
    )
    for day, state, counts, closed in rows:
        if state != "done" or counts != closed:
            yield _found(day, "任务状态与日终记录不符", "its job does not agree with its closing")


def _found(day: date, zh: str, en: str) -> Finding:
    return Finding("jobs.closings", "closings", f"day={day}", f"{day}：{zh}", f"{day}: {en}")
