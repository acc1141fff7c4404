"""Every event of these loans is moved past the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
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
    OpenSegment,
    Position,
)
from loans.record import BY_PRODUCTS


def move_events(chunk: Chunk, thresholds: Sequence[tuple[int, int]]) -> None:
    """Move every event of these loans past today, in one UPDATE over all of them."""
    _move_shares(chunk)
    _move_reviews(chunk, thresholds)
    tomorrow, never = literal(chunk.tomorrow), literal(FAR)
    settles, matures = chunk.settles, chunk.matures
    settles_all = and_(BY_PRODUCTS, or_(settles, matures))
    settle_on = case((settles, _next_settlement(chunk)), else_=Position.settle_event_on)
    plan_on = case((matures, never), else_=Position.plan_event_on)
    review_on = case(
        (_falls_due(chunk), tomorrow),
        (Position.review_on <= chunk.day, never),
        else_=Position.review_on,
    )
    chunk.change(
        update(Position)
        .where(chunk.here)
        .values(
            state=case((_is_over(chunk), "settled"), else_=Position.state),
            # An instalment loan that matures tomorrow has been moved by its course already.
            interest_settled_to=case((settles_all, tomorrow), else_=Position.interest_settled_to),
            penalty_settled_to=case((settles_all, tomorrow), else_=Position.penalty_settled_to),
            compound_settled_to=case((settles_all, tomorrow), else_=Position.compound_settled_to),
            settle_event_on=settle_on,
            plan_event_on=plan_on,
            review_on=review_on,
            next_event_on=least(settle_on, plan_on, Position.share_event_on, review_on),
        )
    )


def _is_over(chunk: Chunk) -> ColumnElement[bool]:
    """Of a position: it matures tomorrow and nothing is owed on it, as a revolving contract may."""
    return and_(
        chunk.matures,
        ~exists().where(OpenSegment.loan_id == Position.loan_id),
        ~exists().where(OpenDue.loan_id == Position.loan_id),
    )


def _falls_due(chunk: Chunk) -> ColumnElement[bool]:
    """Of a position: something is payable tomorrow, or was today and is not paid."""
    return exists().where(
        OpenDue.loan_id == Position.loan_id,
        OpenDue.payable_on.between(chunk.day, chunk.tomorrow),
    )


def _next_settlement(chunk: Chunk) -> ColumnElement[date]:
    """The next settlement day, the same for all loans of one rhythm."""
    rhythms = chunk.session.execute(
        select(Position.every_months, Position.settle_on_day)
        .where(chunk.here, chunk.settles)
        .distinct()
    ).all()
    following = [
        (
            and_(Position.every_months == every, Position.settle_on_day == on_day),
            literal(_settlement_after(chunk.tomorrow, every, on_day)),
        )
        for every, on_day in rhythms
    ]
    if not following:
        return literal(FAR)
    if len(following) == 1:
        return following[0][1]
    return case(*following, else_=literal(FAR))


def _settlement_after(day: date, every: int, on_day: int) -> date:
    spans = spans_counted(day, 1, Rhythm(every, "month"), settle_on=on_day)
    return spans[0].end - ONE_DAY


def _move_shares(chunk: Chunk) -> None:
    rows = chunk.session.execute(
        select(
            LoanBearer.loan_id,
            LoanBearer.from_on,
            case(
                (LoanBearer.to_on >= Position.matures_on, literal(FAR)),
                (
                    and_(LoanBearer.runs_on, Position.matures_on > Loan.matures_on),
                    literal(FAR),
                ),
                else_=LoanBearer.to_on,
            ),
        )
        .join(Position, Position.loan_id == LoanBearer.loan_id)
        .join(Loan, Loan.id == LoanBearer.loan_id)
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


def _move_reviews(chunk: Chunk, thresholds: Sequence[tuple[int, int]]) -> None:
    """Overdue loans are looked at again when their grade would change."""
    rows = chunk.session.execute(
        select(OpenDue.loan_id, func.min(OpenDue.payable_on))
        .join(Position, Position.loan_id == OpenDue.loan_id)
        .where(
            chunk.here,
            Position.review_on <= chunk.day,
            OpenDue.payable_on < chunk.day,
        )
        .group_by(OpenDue.loan_id)
    ).all()
    chunk.update_each(
        "review_on",
        {loan_id: next_change_on(oldest, chunk.day, thresholds) or FAR for loan_id, oldest in rows},
    )
