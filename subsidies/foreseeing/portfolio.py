"""The loans that are out, in cells of those that stand alike: one statement groups them.

Two loans stand alike if they were signed on one day under one rulebook for the same kind of
household, and agree in everything that their course will go by. A loan with something unsettled,
unpaid, in credit or by instalments stands for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from kernel.actor import Actor
from kernel.database import sum_of
from loans import record
from loans.models import (
    Loan,
    LoanBearer,
    LoanCredit,
    OpenDue,
    OpenSegment,
    Position,
    Segment,
)
from subsidies.foreseeing.living import Cell

#: what loans that stand alike agree in, beside their bearers
_ALIKE = (
    Loan.signed_on,
    Loan.matures_on,
    Loan.annual_rate_ppm,
    Loan.day_count,
    Loan.revolving,
    Loan.subsidy_route,
    Loan.policy,
    Loan.rulebook_digest,
    Loan.household_kind,
    Position.matures_on,
    Position.method,
    Position.every_months,
    Position.settle_on_day,
    Position.misused,
    Position.unsubsidised,
    Position.interest_settled_to,
    Position.plan_event_on,
    OpenSegment.from_on,
    OpenSegment.principal_fen,
    OpenSegment.share_bp,
    OpenSegment.cap_fen,
    OpenSegment.share_rate_ppm,
)


def cells(session: Session, *, on: date, by: Actor, lender_ids: Sequence[int] = ()) -> list[Cell]:
    """Every loan that is out, for whoever may see it; ``on``: the open business day."""
    rows = session.execute(_grouped(by, lender_ids)).all()
    loaded = record.load(session, [row[0] for row in rows], lock=False)
    return [Cell(loaded[loan_id].course, loans, on) for loan_id, loans in rows]


def _grouped(by: Actor, lender_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    bearers = _bearers()
    alone = case((_stands_alone(), Loan.id), else_=0)
    query = (
        select(func.min(Loan.id), func.count())
        .select_from(Position)
        .join(Loan, Loan.id == Position.loan_id)
        .join(
            OpenSegment,
            and_(
                OpenSegment.loan_id == Loan.id,
                OpenSegment.state == case((Position.misused, "misused"), else_="regular"),
            ),
        )
        .join(bearers, bearers.c.loan_id == Loan.id)
        .where(
            Position.state == "active",
            Loan.village_code.startswith(by.region_scope, autoescape=True),
        )
        .group_by(*_ALIKE, alone, *(c for c in bearers.c if c.name != "loan_id"))
        .order_by(func.min(Loan.id))
    )
    if by.institution_ids is not None:
        query = query.where(Loan.lender_id.in_(by.institution_ids))
    return query.where(Loan.lender_id.in_(lender_ids)) if lender_ids else query


def _bearers() -> Any:
    """Of each loan what tells its stretches from another's signed on the same day."""
    return (
        select(
            LoanBearer.loan_id,
            func.count().label("rows"),
            sum_of(LoanBearer.share_bp).label("shares"),
            sum_of(LoanBearer.cap_fen).label("caps"),
            func.min(LoanBearer.cap_fen).label("cap"),
            func.max(LoanBearer.to_on).label("to_on"),
            sum_of(func.coalesce(LoanBearer.rate_ppm, 0)).label("rates"),
        )
        .group_by(LoanBearer.loan_id)
        .subquery()
    )


def _stands_alone() -> ColumnElement[bool]:
    other = aliased(OpenSegment)
    return or_(
        ~record.BY_PRODUCTS,
        exists().where(other.loan_id == Loan.id, other.state.in_(("overdue", "arrears"))),
        exists().where(OpenDue.loan_id == Loan.id),
        exists().where(LoanCredit.loan_id == Loan.id, LoanCredit.amount_fen > 0),
        exists().where(
            Segment.loan_id == Loan.id,
            Segment.correction == Position.correction,
            Segment.to_on > Position.interest_settled_to,
        ),
    )
