"""The ledger's reads: the business day, balances, the entry of a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.database import sum_of
from ledger.models import Account, BusinessDay, Entry, Posting, SetOfBooks
from ledger.refusals import BooksNotOpened, DayNotClosed


def books(session: Session) -> SetOfBooks:
    """Whose books these are."""
    found = session.get(SetOfBooks, 1)
    if found is None:
        raise BooksNotOpened
    return found


def open_day(session: Session) -> date:
    """The open business day."""
    day = session.scalar(select(BusinessDay.day).where(BusinessDay.state == "open"))
    if day is None:
        raise BooksNotOpened
    return day


def closing_day(session: Session) -> date | None:
    """The day whose close is under way, if any."""
    return session.scalar(select(BusinessDay.day).where(BusinessDay.state == "closing"))


def last_closed_day(session: Session) -> date | None:
    """The last day that was closed."""
    return session.scalar(
        select(BusinessDay.day)
        .where(BusinessDay.state == "closed")
        .order_by(BusinessDay.day.desc())
        .limit(1)
    )


def state_of(session: Session, day: date) -> str | None:
    """open, closing, closed, or None for a day the books do not know."""
    return session.scalar(select(BusinessDay.state).where(BusinessDay.day == day))


def require_closed(session: Session, day: date) -> None:
    """Refuse a day that is not closed."""
    if state_of(session, day) != "closed":
        raise DayNotClosed(field="on", day=day)


def balance(
    session: Session,
    *,
    kind: str,
    owner_id: int | None = None,
    subject_id: int | None = None,
    until: date | None = None,
    sources: Iterable[str] | None = None,
) -> int:
    """Debits less credits on accounts of a kind, in fen; booked up to and including ``until``.

    ``sources``: only what was booked from documents of these kinds.
    """
    query = (
        select(sum_of(Posting.amount_fen))
        .join(Account, Account.id == Posting.account_id)
        .where(Account.kind == kind)
    )
    if owner_id is not None:
        query = query.where(Account.owner_id == owner_id)
    if subject_id is not None:
        query = query.where(Posting.subject_id == subject_id)
    if until is not None or sources is not None:
        query = query.join(Entry, Entry.id == Posting.entry_id)
    if until is not None:
        query = query.where(Entry.booking_date <= until)
    if sources is not None:
        query = query.where(Entry.source_kind.in_(sorted(sources)))
    return session.scalar(query) or 0


def balances_by_subject(
    session: Session, *, kind: str, sources: Iterable[str] | None = None
) -> dict[int, int]:
    """Debits less credits by subject on accounts of a kind, in fen; only what is not zero.

    ``sources``: only what was booked from documents of these kinds.
    """
    total = sum_of(Posting.amount_fen)
    query = (
        select(Posting.subject_id, total)
        .join(Account, Account.id == Posting.account_id)
        .where(Account.kind == kind)
    )
    if sources is not None:
        query = query.join(Entry, Entry.id == Posting.entry_id).where(
            Entry.source_kind.in_(sorted(sources))
        )
    rows = session.execute(query.group_by(Posting.subject_id).having(total != 0))
    return {row[0]: row[1] for row in rows}


def debits_by_source(session: Session, *, source_kind: str) -> dict[int, int]:
    """What each entry from documents of a kind moves: the sum of its debits, in fen."""
    rows = session.execute(
        select(Entry.source_id, sum_of(Posting.amount_fen))
        .join(Posting, Posting.entry_id == Entry.id)
        .where(Entry.source_kind == source_kind, Posting.amount_fen > 0)
        .group_by(Entry.source_id)
    )
    return {row[0]: row[1] for row in rows}


def entry_of(session: Session, source_kind: str, source_id: int) -> int | None:
    """The entry booked from a document."""
    return session.scalar(
        select(Entry.id).where(Entry.source_kind == source_kind, Entry.source_id == source_id)
    )


def lines_of(session: Session, entry_id: int) -> Sequence[tuple[str, int, int]]:
    """Kind, subject and amount of an entry's postings."""
    rows = session.execute(
        select(Account.kind, Posting.subject_id, Posting.amount_fen)
        .join(Account, Account.id == Posting.account_id)
        .where(Posting.entry_id == entry_id)
        .order_by(Account.id)
    )
    return [(kind, subject, amount) for kind, subject, amount in rows]
