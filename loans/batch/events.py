"""Every event of these loans is moved past the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    func,
    select,
    update,
)

from kernel.database import least
from loans.batch.chunk import ONE_DAY, Chunk
from loans.due_dates import Rhythm, spans_counted
from loans.grading import next_change_on
from loans.models import (
    FAR,
    Loan,
    LoanBearer,
    OpenDue,
    Position,
)


def move_events(chunk: Chunk, thresholds: Sequence[tuple[int, int]]) -> None:
    """Move every event of these loans past today."""
    _move_settlements(chunk)
    _move_shares(chunk)
    looked_at = Position.review_on <= chunk.day
    overdue = _oldest_overdue(chunk, looked_at)
    chunk.update(looked_at, review_on=FAR)
    _move_reviews(chunk, overdue, thresholds)
    soon = exists().where(
        OpenDue.loan_id == Position.loan_id,
        OpenDue.bearer == "household",
        OpenDue.payable_on.between(chunk.day, chunk.tomorrow),
    )
    chunk.update(soon, review_on=chunk.tomorrow)
    chunk.session.execute(
        update(Position)
        .where(chunk.here)
        .values(
            next_event_on=least(
                Position.settle_event_on,
                Position.plan_event_on,
                Position.share_event_on,
                Position.review_on,
            )
        )
    )


def _move_settlements(chunk: Chunk) -> None:
    """The next settlement day, the same for all loans of one rhythm."""
    rhythms = chunk.session.execute(
        select(Loan.every_months, Loan.settle_on_day)
        .join(Position, Position.loan_id == Loan.id)
        .where(chunk.here, chunk.settles)
        .distinct()
    ).all()
    for every, on_day in rhythms:
        following = spans_counted(chunk.tomorrow, 1, Rhythm(every, "month"), settle_on=on_day)[
            0
        ].end
        same = select(Loan.id).where(Loan.every_months == every, Loan.settle_on_day == on_day)
        chunk.update(
            and_(chunk.settles, Position.loan_id.in_(same)),
            settle_event_on=following - ONE_DAY,
        )


def _move_shares(chunk: Chunk) -> None:
    rows = chunk.session.execute(
        select(LoanBearer.loan_id, LoanBearer.from_on, LoanBearer.to_on)
        .join(Position, Position.loan_id == LoanBearer.loan_id)
        .where(chunk.here, Position.share_event_on == chunk.day)
    ).all()
    turns: dict[int, list[date]] = {}
    for loan_id, from_on, to_on in rows:
        turns.setdefault(loan_id, []).extend((from_on, to_on))
    chunk.update_each(
        "share_event_on",
        {
            loan_id: min(
                (turn - ONE_DAY for turn in days if chunk.tomorrow < turn < FAR), default=FAR
            )
            for loan_id, days in turns.items()
        },
    )


def _oldest_overdue(chunk: Chunk, which: ColumnElement[bool]) -> dict[int, date]:
    rows = chunk.session.execute(
        select(OpenDue.loan_id, func.min(OpenDue.payable_on))
        .join(Position, Position.loan_id == OpenDue.loan_id)
        .where(chunk.here, which, OpenDue.bearer == "household", OpenDue.payable_on < chunk.day)
        .group_by(OpenDue.loan_id)
    )
    return {row[0]: row[1] for row in rows}


def _move_reviews(
    chunk: Chunk, overdue: dict[int, date], thresholds: Sequence[tuple[int, int]]
) -> None:
    """Overdue loans are looked at again when their grade would change."""
    chunk.update_each(
        "review_on",
        {
            loan_id: next_change_on(oldest, chunk.day, thresholds) or FAR
            for loan_id, oldest in overdue.items()
        },
    )
