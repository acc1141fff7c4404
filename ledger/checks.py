"""The ledger read back: the invariants ``post`` guards, proved again from the rows alone.

* every entry's postings add up to zero for each owner, and there are some;
* a reversal is the mirror image of what it reverses;
* booking dates are days the books know, and value dates are not after them;
* business days follow one another without a gap, closed before closing before open.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from kernel.database import sum_of
from kernel.findings import Finding
from ledger.models import Account, BusinessDay, Entry, Posting


def check(session: Session) -> Iterator[Finding]:
    """Everything the ledger promises, read back."""
    yield from _balanced(session)
    yield from _not_empty(session)
    yield from _mirrored(session)
    yield from _dated(session)
    yield from _days(session)


def _balanced(session: Session) -> Iterator[Finding]:
    total = sum_of(Posting.amount_fen)
    rows = session.execute(
        select(Posting.entry_id, Account.owner_kind, Account.owner_id, total)
        .join(Account, Account.id == Posting.account_id)
        .group_by(Posting.entry_id, Account.owner_kind, Account.owner_id)
        .having(total != 0)
    )
    for entry, kind, owner, off in rows:
        yield Finding(
            "ledger.balanced",
            "postings",
            f"entry_id={entry}",
            f"第{entry}号分录在{kind} {owner}名下借贷不平，差额{off}分",
            f"entry {entry} is off by {off} fen for {kind} {owner}",
        )


def _not_empty(session: Session) -> Iterator[Finding]:
    rows = session.scalars(
        select(Entry.id).where(~select(Posting).where(Posting.entry_id == Entry.id).exists())
    )
    for entry in rows:
        yield Finding(
            "ledger.not_empty",
            "entries",
            f"entry_id={entry}",
            f"第{entry}号分录没有明细",
            f"entry {entry} has no postings",
        )


def _mirrored(session: Session) -> Iterator[Finding]:
    undone, undoing = aliased(Posting), aliased(Posting)
    rows = session.scalars(
        select(Entry.id)
        .join(undone, undone.entry_id == Entry.reverses_id)
        .outerjoin(
            undoing,
            (undoing.entry_id == Entry.id)
            & (undoing.account_id == undone.account_id)
            & (undoing.subject_id == undone.subject_id),
        )
        .where(func.coalesce(undoing.amount_fen, 0) != -undone.amount_fen)
        .distinct()
    )
    for entry in rows:
        yield Finding(
            "ledger.mirrored",
            "entries",
            f"entry_id={entry}",
            f"第{entry}号冲正分录与原分录不相反",
            f"entry {entry} is not the mirror image of what it reverses",
        )


def _dated(session: Session) -> Iterator[Finding]:
    rows = session.execute(
        select(Entry.id, Entry.booking_date, Entry.value_date)
        .outerjoin(BusinessDay, BusinessDay.day == Entry.booking_date)
        .where(BusinessDay.day.is_(None) | (Entry.value_date > Entry.booking_date))
    )
    for entry, booked, value in rows:
        yield Finding(
            "ledger.dated",
            "entries",
            f"entry_id={entry}",
            f"第{entry}号分录的记账日{booked}或起息日{value}不合账套的营业日",
            f"entry {entry} is dated {booked} / {value}, which the books do not allow",
        )


def _days(session: Session) -> Iterator[Finding]:
    rank = {"closed": 0, "closing": 1, "open": 2}
    previous: BusinessDay | None = None
    for day in session.scalars(select(BusinessDay).order_by(BusinessDay.day)):
        if previous is not None and (
            day.day != previous.day + timedelta(days=1)
            or rank[day.state] < rank[previous.state]
            or previous.state == "open"
        ):
            yield Finding(
                "ledger.days",
                "business_days",
                f"day={day.day}",
                f"营业日{day.day}（{day.state}）与前一日{previous.day}（{previous.state}）不相衔接",
                f"day {day.day} ({day.state}) does not follow {previous.day} ({previous.state})",
            )
        previous = day
