"""Grades and day-end figures of the loans looked at."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    ScalarSelect,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from kernel.database import days_between
from loans.balances import past_due, principal_out
from loans.batch.chunk import Chunk
from loans.models import (
    GradeChange,
    GradeOverride,
    LoanDay,
    OpenDue,
    Position,
)

#: how the clause of a grade begins that people set
OVERRIDDEN: Final = "人工分类调整："


def grade(chunk: Chunk, thresholds: Sequence[tuple[int, int]], clause: str) -> None:
    """Five-grade classification by days overdue, or the grade that people set if that is worse."""
    oldest = (
        select(func.min(OpenDue.payable_on))
        .where(OpenDue.loan_id == Position.loan_id)
        .correlate(Position)
        .scalar_subquery()
    )
    days = func.coalesce(days_between(oldest, literal(chunk.day)), 0)
    worst_first = [(days > over, grade) for over, grade in reversed(thresholds)]
    ruled = (
        select(
            Position.loan_id,
            case(*worst_first, else_=1).label("by_rule"),
            case((days > 0, days), else_=0).label("days"),
            func.coalesce(_override(GradeOverride.grade), 1).label("override"),
            _override(GradeOverride.reason).label("reason"),
        )
        .where(chunk.here, Position.review_on <= chunk.day)
        .subquery()
    )
    # People may grade a loan worse than the rule does, never better.
    worse = ruled.c.override > ruled.c.by_rule
    graded = case((worse, ruled.c.override), else_=ruled.c.by_rule)
    chunk.session.execute(
        insert(GradeChange).from_select(
            ["loan_id", "on_day", "grade", "overdue_days", "clause"],
            select(
                ruled.c.loan_id,
                literal(chunk.day),
                graded,
                ruled.c.days,
                case((worse, literal(OVERRIDDEN) + ruled.c.reason), else_=literal(clause)),
            )
            .join(Position, Position.loan_id == ruled.c.loan_id)
            .where(Position.grade != graded),
        )
    )
    changed = (
        select(GradeChange.grade)
        .where(GradeChange.loan_id == Position.loan_id, GradeChange.on_day == chunk.day)
        .correlate(Position)
        .scalar_subquery()
    )
    chunk.update(
        exists().where(GradeChange.loan_id == Position.loan_id, GradeChange.on_day == chunk.day),
        grade=changed,
    )


def _override(column: InstrumentedAttribute[Any]) -> ScalarSelect[Any]:
    """Of the last grade that people set for a loan that runs; NULL where they never did."""
    return (
        select(column)
        .where(GradeOverride.loan_id == Position.loan_id, Position.state == "active")
        .order_by(GradeOverride.id.desc())
        .limit(1)
        .correlate(Position)
        .scalar_subquery()
    )


def write_day_ends(chunk: Chunk) -> None:
    """Day-end figures of the loans looked at, where they differ from the last ones."""
    late = partial(past_due, Position.loan_id, chunk.day)
    now = (
        select(
            Position.loan_id,
            Position.drawn_fen,
            principal_out(Position.loan_id).label("outstanding_fen"),
            late(OpenDue.kind == "principal").label("overdue_principal_fen"),
            late(OpenDue.kind != "principal").label("overdue_interest_fen"),
            Position.grade,
        )
        .where(chunk.here, Position.review_on <= chunk.day)
        .subquery()
    )
    figures = (
        "drawn_fen",
        "outstanding_fen",
        "overdue_principal_fen",
        "overdue_interest_fen",
        "grade",
    )
    last_day = (
        select(func.max(LoanDay.on_day))
        .where(LoanDay.loan_id == now.c.loan_id)
        .correlate(now)
        .scalar_subquery()
    )
    same = exists().where(
        LoanDay.loan_id == now.c.loan_id,
        LoanDay.on_day == last_day,
        *(getattr(LoanDay, name) == now.c[name] for name in figures),
    )
    never = ~exists().where(LoanDay.loan_id == now.c.loan_id)
    chunk.session.execute(
        insert(LoanDay).from_select(
            ["loan_id", "on_day", *figures],
            select(now.c.loan_id, literal(chunk.day), *(now.c[name] for name in figures)).where(
                ~same, ~and_(never, now.c.drawn_fen == 0)
            ),
        )
    )
