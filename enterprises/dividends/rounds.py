"""Finding the rounds that fall due: a step of the close.

An agreement's next round stands in its calendar; a day on which none is due costs one question. The
close of a day finds whatever falls due by then, a round for each period that was missed where an
agreement was approved late; which period it is, the pure terms say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Select, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from enterprises import terms
from enterprises.dividends import lifecycle
from enterprises.models import (
    Agreement,
    AgreementApproval,
    AgreementList,
    DividendCalendar,
    DividendPosition,
    DividendRound,
    DividendStep,
    Unwinding,
    UnwindingApproval,
)
from kernel.database import insert_many
from kernel.dates import Period

#: period, day after the last that counts, day it falls due
Found = tuple[int, Period, date, date]


def find_due(session: Session, day: date) -> int:
    """Write the rounds that fall due by ``day``, which is closing; how many."""
    rows = session.execute(_waiting(day)).all()
    if not rows:
        return 0
    found = [
        (agreement, one)
        for agreement, next_nr, until in rows
        for one in due_by(agreement, next_nr or 1, until, day)
    ]
    _write(session, found, day)
    _turn(session, [(row[0], row[1] or 1, row[2]) for row in rows], day)
    return len(found)


def due_by(agreement: Agreement, nr: int, until: date | None, day: date) -> Iterator[Found]:
    """The rounds of an agreement from period ``nr`` on that fall due by a day.

    ``until``: the agreement is unwound from then on, which cuts the period it lies in short.
    """
    while (one := round_at(agreement, nr, until)) is not None and one[3] <= day:
        yield one
        nr += 1


def round_at(agreement: Agreement, nr: int, until: date | None) -> Found | None:
    """Period ``nr`` of an agreement; None where it has no such period."""
    period = terms.period_of(agreement.from_on, agreement.rhythm_months, nr)
    ends = agreement.to_on if until is None else min(until, agreement.to_on)
    if period.start >= ends:
        return None
    counted = Period(period.start, min(period.end, ends))
    return nr, period, counted.end, terms.due_on(counted, in_advance=agreement.in_advance)


def _waiting(day: date) -> Select[Agreement, int, date]:
    """Agreements in force whose next round has come, or that have no calendar yet."""
    calendar = DividendCalendar
    return (
        select(Agreement, calendar.next_nr, Unwinding.from_on)
        .join(AgreementList, AgreementList.agreement_id == Agreement.id)
        .join(AgreementApproval, AgreementApproval.list_id == AgreementList.id)
        .outerjoin(calendar, calendar.agreement_id == Agreement.id)
        .outerjoin(UnwindingApproval, UnwindingApproval.agreement_id == Agreement.id)
        .outerjoin(Unwinding, Unwinding.id == UnwindingApproval.unwinding_id)
        .where(
            AgreementList.nr == 1,
            or_(calendar.agreement_id.is_(None), calendar.next_due_on <= day),
        )
        .order_by(Agreement.id)
    )


def _write(session: Session, found: list[tuple[Agreement, Found]], day: date) -> None:
    ids = insert_many(
        session,
        DividendRound,
        [
            {
                "agreement_id": agreement.id,
                "nr": nr,
                "revision": 0,
                "period_from": period.start,
                "period_to": period.end,
                "counted_to": counted_to,
                "due_on": due_on,
                "found_on": day,
            }
            for agreement, (nr, period, counted_to, due_on) in found
        ],
    )
    open_positions(session, ids, day, by_person=0)


def open_positions(session: Session, round_ids: list[int], on: date, *, by_person: int) -> None:
    """Put new rounds where they begin."""
    if not round_ids:
        return
    session.execute(
        insert(DividendPosition),
        [{"round_id": key, "state": lifecycle.DUE, "version": 0} for key in round_ids],
    )
    session.execute(
        insert(DividendStep),
        [
            {
                "round_id": key, "nr": 1, "state": lifecycle.DUE, "version": 0, "on_day": on,
                "by_person": by_person, "posted_on": None, "digest": "", "reason": "",
            }
            for key in round_ids
        ],
    )  # fmt: skip


def _turn(
    session: Session, agreements: list[tuple[Agreement, int, date | None]], day: date
) -> None:
    """Turn the calendars of agreements to their next round."""
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    rows = []
    for agreement, nr, until in agreements:
        next_nr = nr + sum(1 for _ in due_by(agreement, nr, until, day))
        coming = round_at(agreement, next_nr, until)
        rows.append(
            {
                "agreement_id": agreement.id,
                "next_nr": next_nr,
                "next_due_on": coming[3] if coming else None,
            }
        )
    upsert = dialect.insert(DividendCalendar)
    session.execute(
        upsert.on_conflict_do_update(
            index_elements=["agreement_id"],
            set_={
                "next_nr": upsert.excluded.next_nr,
                "next_due_on": upsert.excluded.next_due_on,
            },
        ),
        rows,
    )


def cut_calendar(session: Session, agreement: Agreement, until: date) -> None:
    """The agreement is unwound: its next round falls due earlier, or never."""
    nr = session.scalar(
        select(DividendCalendar.next_nr).where(DividendCalendar.agreement_id == agreement.id)
    )
    if nr is None:
        return
    coming = round_at(agreement, nr, until)
    session.execute(
        update(DividendCalendar)
        .where(DividendCalendar.agreement_id == agreement.id)
        .values(next_due_on=coming[3] if coming else None)
        .execution_options(synchronize_session=False)
    )
