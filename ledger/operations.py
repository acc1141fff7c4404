"""The ledger's verbs: post, post many, reverse; open and turn the business day.

``post`` takes one entry, ``post_many`` a SELECT of many; both refuse what does not balance per
owner, and a day that is not open. During a close the entries of the day being closed are booked on
it by the close alone (``closing=True``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, insert, literal, select, update
from sqlalchemy.orm import Session

from kernel.database import sum_of, trail_id_of
from ledger import queries
from ledger.chart import CHART
from ledger.models import Account, BusinessDay, Entry, Posting, SetOfBooks
from ledger.refusals import (
    AlreadyReversed,
    DayAlreadyClosed,
    DayNotOpen,
    EntryUnbalanced,
    ReversalOfReversal,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One posting to be: ``amount_fen`` debit above zero, credit below."""

    account_id: int
    amount_fen: int
    subject_id: int = 0


def open_books(
    session: Session, *, region_code: str, mode: str, first_day: date, demo: str | None = None
) -> None:
    """Found the books of a region on their first business day."""
    session.add(SetOfBooks(id=1, region_code=region_code, mode=mode, demo=demo))
    session.add(BusinessDay(day=first_day, state="open"))
    session.flush()


def account_id(session: Session, *, owner_kind: str, owner_id: int, kind: str) -> int:
    """The account of an owner and kind; opened when first asked for."""
    CHART[kind]
    known = session.scalar(
        select(Account.id).where(
            Account.owner_kind == owner_kind, Account.owner_id == owner_id, Account.kind == kind
        )
    )
    if known is not None:
        return known
    account = Account(owner_kind=owner_kind, owner_id=owner_id, kind=kind)
    session.add(account)
    session.flush()
    return account.id


def require_bookable(session: Session, booking_date: date, *, closing: bool = False) -> None:
    """Refuse a booking date that is not the open day (or, for the close, the day being closed)."""
    # The row lock makes a close wait for the commands in flight, and them for the close.
    state = session.scalar(
        select(BusinessDay.state).where(BusinessDay.day == booking_date).with_for_update(read=True)
    )
    if state != ("closing" if closing else "open"):
        raise DayNotOpen(field="booking_date", day=booking_date, open_day=queries.open_day(session))


def hold_commands(session: Session) -> None:
    """Wait until no command books on a day that is not closed, and let none begin until the end.

    For what a command in flight could not have seen and must be counted: on PostgreSQL every one
    of them holds its day's row (``require_bookable``); on SQLite there is no other one.
    """
    held: set[date] = set()
    while True:
        days = session.scalars(
            select(BusinessDay.day)
            .where(BusinessDay.state != "closed")
            .order_by(BusinessDay.day)
            .with_for_update()
        ).all()
        # Whoever waited for the beginning of a close finds the day that it opened the second time.
        if held.issuperset(days):
            return
        held.update(days)


def post(
    session: Session,
    *,
    source_kind: str,
    source_id: int,
    booking_date: date,
    value_date: date,
    lines: Sequence[Line],
    closing: bool = False,
    reverses_id: int | None = None,
) -> int:
    """Book one entry; its id. Lines on the same account and subject are added up."""
    require_bookable(session, booking_date, closing=closing)
    merged: dict[tuple[int, int], int] = {}
    for line in lines:
        key = (line.account_id, line.subject_id)
        merged[key] = merged.get(key, 0) + line.amount_fen
    entry = Entry(
        source_kind=source_kind,
        source_id=source_id,
        booking_date=booking_date,
        value_date=value_date,
        reverses_id=reverses_id,
    )
    session.add(entry)
    session.flush()
    rows = [
        {"entry_id": entry.id, "account_id": account, "subject_id": subject, "amount_fen": amount}
        for (account, subject), amount in merged.items()
        if amount
    ]
    if rows:
        session.execute(insert(Posting), rows)
    _refuse_unbalanced(session, Posting.entry_id == entry.id)
    return entry.id


def open_accounts(
    session: Session, *, owner_kind: str, owner_ids: Iterable[int], kinds: Iterable[str]
) -> None:
    """Open the accounts of these owners and kinds that are not open yet."""
    wanted = {(owner, kind) for kind in kinds for owner in owner_ids}
    known = session.execute(
        select(Account.owner_id, Account.kind).where(
            Account.owner_kind == owner_kind, Account.owner_id.in_({owner for owner, _ in wanted})
        )
    )
    for owner_id, kind in sorted(wanted - {(row[0], row[1]) for row in known}):
        account_id(session, owner_kind=owner_kind, owner_id=owner_id, kind=kind)


def post_many(
    session: Session,
    *,
    source_kind: str,
    booking_date: date,
    value_date: date,
    lines: Select[int, int, str, int, int],
    owner_kind: str = "organisations",
    closing: bool = False,
) -> None:
    """Book an entry for each source in ``lines``.

    ``lines`` selects ``source_id, owner_id, kind, subject_id, amount_fen``; zero amounts are left
    out, and lines on the same account and subject must have been added up by the SELECT. Its
    sources must be new in this unit of work, and the accounts open.
    """
    require_bookable(session, booking_date, closing=closing)
    wanted = lines.subquery()
    session.execute(
        insert(Entry).from_select(
            ["source_kind", "source_id", "booking_date", "value_date"],
            select(
                literal(source_kind),
                wanted.c.source_id,
                literal(booking_date),
                literal(value_date),
            )
            .where(wanted.c.amount_fen != 0)
            .distinct(),
        )
    )
    # Both are looked up line by line through their unique keys: as joins they were planned from
    # statistics that know nothing of rows just written. An account that is not open leaves NULL,
    # which the column refuses.
    entry_id = (
        select(Entry.id)
        .where(Entry.source_kind == source_kind, Entry.source_id == wanted.c.source_id)
        .correlate(wanted)
        .scalar_subquery()
    )
    account = (
        select(Account.id)
        .where(
            Account.owner_kind == owner_kind,
            Account.owner_id == wanted.c.owner_id,
            Account.kind == wanted.c.kind,
        )
        .correlate(wanted)
        .scalar_subquery()
    )
    session.execute(
        insert(Posting).from_select(
            ["entry_id", "account_id", "subject_id", "amount_fen"],
            select(entry_id, account, wanted.c.subject_id, wanted.c.amount_fen).where(
                wanted.c.amount_fen != 0
            ),
        )
    )
    _refuse_unbalanced(session, Posting.trail_id == trail_id_of(session))


def reverse(
    session: Session,
    *,
    entry_id: int,
    source_kind: str,
    source_id: int,
    booking_date: date,
    value_date: date,
) -> int:
    """Undo an entry by its mirror image, booked on the open day; the new entry's id."""
    entry = session.get_one(Entry, entry_id)
    if entry.reverses_id is not None:
        raise ReversalOfReversal
    if session.scalar(select(Entry.id).where(Entry.reverses_id == entry_id)) is not None:
        raise AlreadyReversed
    mirrored = [
        Line(posting.account_id, -posting.amount_fen, posting.subject_id)
        for posting in session.scalars(select(Posting).where(Posting.entry_id == entry_id))
    ]
    return post(
        session,
        source_kind=source_kind,
        source_id=source_id,
        booking_date=booking_date,
        value_date=value_date,
        lines=mirrored,
        reverses_id=entry_id,
    )


def begin_close(session: Session, day: date) -> bool:
    """Set the open day to closing and open the next; False if it was already closing.

    The UPDATE waits for commands in flight on that day, which hold its row.
    """
    closing = queries.closing_day(session)
    if closing is not None and closing != day:
        raise DayNotOpen(field="day", day=day, open_day=closing)
    moved = session.execute(
        update(BusinessDay)
        .where(BusinessDay.day == day, BusinessDay.state == "open")
        .values(state="closing")
    )
    if moved.rowcount == 1:  # type: ignore[attr-defined]
        session.add(BusinessDay(day=day + timedelta(days=1), state="open"))
        session.flush()
        return True
    state = queries.state_of(session, day)
    if state == "closed":
        raise DayAlreadyClosed(field="day", day=day)
    if state is None:
        raise DayNotOpen(field="day", day=day, open_day=queries.open_day(session))
    return False


def finish_close(session: Session, day: date) -> None:
    """Set the closing day to closed."""
    moved = session.execute(
        update(BusinessDay)
        .where(BusinessDay.day == day, BusinessDay.state == "closing")
        .values(state="closed")
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise DayNotOpen(field="day", day=day, open_day=queries.open_day(session))


def _refuse_unbalanced(session: Session, which: ColumnElement[bool]) -> None:
    """The paired assertion: read the postings just written back and add them up per owner.

    Of a unit of work that posts twice the first entries are added up again: they balanced, and a
    condition on their source would send PostgreSQL through every entry of that kind.
    """
    total = sum_of(Posting.amount_fen)
    off = session.execute(
        select(Posting.entry_id, total)
        .join(Account, Account.id == Posting.account_id)
        .where(which)
        .group_by(Posting.entry_id, Account.owner_kind, Account.owner_id)
        .having(total != 0)
        .limit(1)
    ).first()
    if off is not None:
        entry = session.get_one(Entry, off[0])
        raise EntryUnbalanced(source=f"{entry.source_kind} {entry.source_id}", difference=off[1])
