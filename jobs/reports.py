"""Closing reports (日终报告): one page of text for each closed day, printed and filed.

The report carries the root of the trail, so that a paper in a folder proves what the books held.
It is a message of the outbox: written with the close, delivered afterwards into a folder. The
message's number stands in the file's name, so delivering twice leaves one file.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from config.wiring import House
from jobs.close import COUNTY_TIME, REPORT, closed
from jobs.models import Closing
from kernel import outbox
from kernel.actor import system_actor
from kernel.outbox import OutboxDelivery, OutboxMessage
from kernel.regions import RegionTree, scope_digits
from kernel.trail import TrailHead

COMMAND = "jobs.deliver"
#: messages sent in one unit of work
BATCH = 50

#: what the steps of a close are called on paper
STEPS = {"loans": "处理借款合同"}


def deliver(house: House) -> int:
    """Write every report that waits; how many."""
    total = 0
    while sent := _deliver_some(house):
        total += sent
    return total


def _deliver_some(house: House) -> int:
    with house.books.read() as session:
        region = ledger.books(session).region_code
        if not _something_waits(session):
            return 0
    with house.books.write(COMMAND, by=system_actor(scope_digits(region))) as session:
        # Two processes may deliver: the second waits here, and then finds what the first sent.
        session.get_one(TrailHead, 1, with_for_update=True)

        def send(number: int, kind: str, payload: dict[str, object]) -> None:
            if kind == REPORT:
                day = date.fromisoformat(str(payload["day"]))
                text = report(session, house.regions, day)
                file_report(house.settings.reports_dir, day, number, text)

        return outbox.deliver(session, send, now=house.clock(), limit=BATCH)


def _something_waits(session: Session) -> bool:
    sent = select(OutboxDelivery.message_id)
    waiting = select(OutboxMessage.id).where(OutboxMessage.id.not_in(sent)).limit(1)
    return session.scalar(waiting) is not None


def report(session: Session, regions: RegionTree, day: date) -> str:
    """The text of a day's report."""
    books = ledger.books(session)
    closing = session.scalars(select(Closing).where(Closing.day == day)).one()
    done = closed(session, day)
    at = closing.closed_at.astimezone(COUNTY_TIME)
    lines = [
        f"{regions.full_name(books.region_code)} 日终报告",
        "",
        f"营业日　　　{day.isoformat()}",
        f"日终时间　　{at:%Y-%m-%d %H:%M:%S}",
        f"账套　　　　{'实账' if books.mode == 'live' else '手动账'}"
        + (f"（演示：{books.demo}）" if books.demo else ""),
        "",
        *(f"{STEPS.get(name, name)}　{rows}笔" for name, rows in sorted(done.counts.items())),
        "",
        f"规则集摘要　{closing.rulebook_digest}",
        f"留痕根　　　{done.root}",
        "",
        "本页留痕根用于核对：fupin verify --root 留痕根",
        "",
    ]
    return "\n".join(lines)


def file_report(folder: Path, day: date, number: int, text: str) -> Path:
    """Put a report into its folder; the same number always leaves one whole file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"closing-{day.isoformat()}-{number}.txt"
    beside = file.with_suffix(".part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)
    return file
