"""Load the running state of many loans, locked in the order of their ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel.day_count import DayCount
from kernel.lots import lots
from loans.course import Closed, Course, DueLeft, Share, Stretch, Terms
from loans.models import (
    Due,
    Loan,
    LoanBearer,
    LoanCredit,
    OpenDue,
    OpenSegment,
    PlanRow,
    Position,
    Segment,
)
from loans.parts import EARNED_ON
from loans.routes import LENDER
from loans.schedule import Method, Pricing
from loans.schedule import PlanRow as Row

#: of a position: interest by product sums, everything but a plan of instalments
BY_PRODUCTS = or_(Position.method == "bullet", Position.settle_on_day > 0)


@dataclass(slots=True)
class Loaded:
    """One loan at hand: its contract, its position, its course."""

    loan: Loan
    position: Position
    course: Course
    #: the open segments as they were loaded
    before: dict[str, Stretch]
    #: the credit as it was loaded
    credit_before_fen: int = 0


def terms_of(loan: Loan, position: Position, shares: Sequence[Share]) -> Terms:
    """The terms in force: the frozen contract, and what changes have moved."""
    return replace(
        signed_terms(loan, position, shares),
        matures_on=position.matures_on,
        method=cast("Method", position.method),
        every_months=position.every_months,
        settle_on_day=position.settle_on_day,
        misused=position.misused,
        unsubsidised=position.unsubsidised,
        extended=position.matures_on > loan.matures_on,
    )


def signed_terms(loan: Loan, position: Position, shares: Sequence[Share]) -> Terms:
    """The terms that the course needs, as they were signed."""
    return Terms(
        signed_on=loan.signed_on,
        matures_on=loan.matures_on,
        pricing=Pricing(loan.annual_rate_ppm, cast("DayCount", loan.day_count)),
        method=cast("Method", loan.method),
        every_months=loan.every_months,
        settle_on_day=loan.settle_on_day,
        day_base=loan.day_base,
        overdue_surcharge_bp=loan.overdue_surcharge_bp,
        misuse_surcharge_bp=position.misuse_surcharge_bp,
        compounds=position.compounds,
        allocation_order=tuple(loan.allocation_order.split(",")),
        principal_first_after_days=position.principal_first_after_days,
        shares=tuple(shares),
        revolving=loan.revolving,
        refunded=loan.subsidy_route != LENDER,
    )


def load(session: Session, loan_ids: Iterable[int], *, lock: bool = True) -> dict[int, Loaded]:
    """Contract, position and course of these loans."""
    found: dict[int, Loaded] = {}
    for ids in lots(loan_ids):
        positions = select(Position).where(Position.loan_id.in_(ids)).order_by(Position.loan_id)
        if lock:
            positions = positions.with_for_update()
        held = {
            p.loan_id: p
            for p in session.scalars(positions.execution_options(populate_existing=True))
        }
        shares = _shares(session, ids)
        segments = _open_segments(session, ids)
        unsettled = _unsettled(session, ids)
        dues = _dues(session, ids)
        plans = _plans(session, ids)
        credit = _credits(session, ids)
        for loan in session.scalars(select(Loan).where(Loan.id.in_(ids))):
            position = held[loan.id]
            course = Course(
                terms=terms_of(loan, position, shares.get(loan.id, [])),
                open=dict(segments.get(loan.id, {})),
                dues=dues.get(loan.id, []),
                unsettled=unsettled.get(loan.id, []),
                settled_to=settled_to(position),
                plan_event_on=position.plan_event_on,
                drawn_on=position.drawn_on,
                plan_from_on=position.plan_from_on,
                plan=tuple(plans.get(loan.id, ())),
                credit_fen=credit.get(loan.id, 0),
            )
            found[loan.id] = Loaded(
                loan, position, course, segments.get(loan.id, {}), course.credit_fen
            )
    return found


def settled_to(position: Position) -> dict[str, date]:
    """Up to which day each kind is settled."""
    return {kind: getattr(position, f"{kind}_settled_to") for kind in EARNED_ON}


def _credits(session: Session, ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(LoanCredit.loan_id, LoanCredit.amount_fen).where(
            LoanCredit.loan_id.in_(ids), LoanCredit.amount_fen > 0
        )
    )
    return {row[0]: row[1] for row in rows}


def _shares(session: Session, ids: Sequence[int]) -> dict[int, list[Share]]:
    rows = session.execute(
        select(
            LoanBearer.loan_id,
            LoanBearer.from_on,
            LoanBearer.to_on,
            LoanBearer.share_bp,
            LoanBearer.cap_fen,
            LoanBearer.runs_on,
            LoanBearer.rate_ppm,
        )
        .where(LoanBearer.loan_id.in_(ids))
        .order_by(LoanBearer.from_on)
    )
    found: dict[int, list[Share]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Share(*row[1:]))
    return found


def _open_segments(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Stretch]]:
    rows = session.execute(
        select(
            OpenSegment.loan_id,
            OpenSegment.state,
            OpenSegment.from_on,
            OpenSegment.principal_fen,
            OpenSegment.rate_ppm,
            OpenSegment.share_bp,
            OpenSegment.cap_fen,
            OpenSegment.share_rate_ppm,
        ).where(OpenSegment.loan_id.in_(ids))
    )
    found: dict[int, dict[str, Stretch]] = {}
    for row in rows:
        found.setdefault(row[0], {})[row[1]] = Stretch(*row[2:])
    return found


def _unsettled(session: Session, ids: Sequence[int]) -> dict[int, list[Closed]]:
    """Closed segments since the last settlement of their kind."""
    since = [
        Segment.state.in_(states) & (Segment.from_on >= getattr(Position, f"{kind}_settled_to"))
        for kind, states in EARNED_ON.items()
    ]
    rows = session.execute(
        select(
            Segment.loan_id,
            Segment.state,
            Segment.from_on,
            Segment.to_on,
            Segment.principal_fen,
            Segment.rate_ppm,
            Segment.share_bp,
            Segment.cap_fen,
            Segment.share_rate_ppm,
        )
        .join(Position, Position.loan_id == Segment.loan_id)
        # A correction writes anew whatever is not settled, so its number is that of all of it.
        .where(Segment.loan_id.in_(ids), Segment.correction == Position.correction, or_(*since))
        .order_by(Segment.id)
    )
    found: dict[int, list[Closed]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Closed(*row[1:]))
    return found


def _dues(session: Session, ids: Sequence[int]) -> dict[int, list[DueLeft]]:
    rows = session.execute(
        select(
            OpenDue.loan_id,
            OpenDue.kind,
            Due.bearer,
            Due.due_on,
            OpenDue.payable_on,
            Due.amount_fen,
            OpenDue.left_fen,
            OpenDue.due_id,
        )
        .join(Due, Due.id == OpenDue.due_id)
        .where(OpenDue.loan_id.in_(ids))
        .order_by(OpenDue.due_id)
    )
    found: dict[int, list[DueLeft]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(DueLeft(*row[1:]))
    return found


def _plans(session: Session, ids: Sequence[int]) -> dict[int, list[Row]]:
    rows = session.execute(
        select(
            PlanRow.loan_id,
            PlanRow.nr,
            PlanRow.from_on,
            PlanRow.due_on,
            PlanRow.principal_fen,
            PlanRow.interest_fen,
        )
        .join(
            Position,
            (Position.loan_id == PlanRow.loan_id) & (Position.plan_version == PlanRow.version),
        )
        # A plan whose draw was undone is on record and in force no more.
        .where(PlanRow.loan_id.in_(ids), ~BY_PRODUCTS, Position.drawn_fen > 0)
        .order_by(PlanRow.loan_id, PlanRow.nr)
    )
    found: dict[int, list[Row]] = {}
    for loan_id, nr, start, due, principal_fen, interest_fen in rows:
        row = Row(nr, start, due, (due - start).days, principal_fen, interest_fen, 0)
        found.setdefault(loan_id, []).append(row)
    return found
