"""One loan as a page shows it: terms, time line, dues, schedule."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

import policy
from kernel.actor import Actor
from kernel.database import sum_of
from kernel.dates import add_months
from loans import record
from loans.cover_page import Cover, cover_of
from loans.models import (
    FAR,
    Allocation,
    Due,
    OpenDue,
)
from loans.queries import LoanLine, ShareLine, line_of, shares_of_loan
from loans.schedule import PlanRow, plan
from loans.timeline import Event, events_of
from policy import ContractTerms


@dataclass(frozen=True, slots=True)
class DueLine:
    """A due and what is left of it."""

    id: int
    kind: str
    bearer: str
    due_on: date
    payable_on: date | None
    amount_fen: int
    #: unpaid; None: the treasury's, which no payment of the loan is for
    left_fen: int | None
    settlement_id: int | None


@dataclass(frozen=True, slots=True)
class LoanPage:
    """Everything about one loan."""

    line: LoanLine
    purpose: str
    method: str
    every_months: int
    settle_on_day: int
    day_count: str
    term_months: int
    #: who gets the treasury's part: lender, household or enterprise
    subsidy_route: str
    #: the treasury bears no share any more
    unsubsidised: bool
    lender_id: int
    drawn_on: date | None
    #: the terms frozen on the signing day, each with its document and clause
    terms: ContractTerms
    events: Sequence[Event]
    dues: Sequence[DueLine]
    #: the plan as the calculator gives it for what was drawn; empty before the first draw
    schedule: Sequence[PlanRow]
    #: interest of the household accrued by the open day and not due
    accrued_household_fen: int
    credit_fen: int
    #: the households for which an organisation borrowed; empty in the other modes
    shares: Sequence[ShareLine]
    #: what of it risk compensation stands for, and why not for more
    cover: Cover


def loan_page(session: Session, *, number: str, by: Actor, open_day: date) -> LoanPage:
    """One loan with its time line, dues and schedule."""
    line = line_of(session, number=number, by=by, open_day=open_day)
    one = record.load(session, [line.id], lock=False)[line.id]
    course = one.course
    terms = policy.thaw(ContractTerms, json.loads(one.loan.terms))
    return LoanPage(
        line=line,
        purpose=one.loan.purpose,
        method=one.loan.method,
        every_months=one.loan.every_months,
        settle_on_day=one.loan.settle_on_day,
        day_count=one.loan.day_count,
        term_months=one.loan.term_months,
        subsidy_route=one.loan.subsidy_route,
        unsubsidised=one.position.unsubsidised,
        lender_id=one.loan.lender_id,
        drawn_on=None if one.position.drawn_on == FAR else one.position.drawn_on,
        terms=terms,
        events=events_of(session, line.id),
        dues=dues_of(session, line.id),
        schedule=schedule_of(one),
        accrued_household_fen=course.accrued_household_fen(open_day) if course.open else 0,
        credit_fen=course.credit_fen,
        shares=shares_of_loan(session, line.id) if line.mode == "pooled" else (),
        cover=cover_of(session, one, terms),
    )


def schedule_of(one: record.Loaded) -> Sequence[PlanRow]:
    """The plan in force for what was drawn, or for the contract where nothing is drawn yet."""
    if one.course.plan:
        return one.course.plan
    terms = one.course.terms
    start = one.loan.signed_on if one.position.drawn_on == FAR else one.position.drawn_on
    principal_fen = one.position.drawn_fen or one.loan.amount_fen
    wanted = terms.plan_terms(principal_fen, start)
    end = add_months(start, one.loan.term_months) if start > terms.matures_on else terms.matures_on
    return plan(replace(wanted, end=end))


def dues_of(session: Session, loan_id: int) -> list[DueLine]:
    """All dues of a loan in force, corrections added up, oldest first."""
    rows = session.execute(
        select(
            func.min(Due.id),
            Due.kind,
            Due.bearer,
            Due.due_on,
            func.max(OpenDue.payable_on),
            sum_of(Due.amount_fen),
            case((Due.bearer == "household", sum_of(OpenDue.left_fen))),
            func.max(Due.settlement_id),
        )
        .outerjoin(OpenDue, OpenDue.due_id == Due.id)
        .where(Due.loan_id == loan_id)
        .group_by(Due.kind, Due.bearer, Due.due_on)
        .having(func.sum(Due.amount_fen) != 0)
        .order_by(Due.due_on, func.min(Due.id))
    )
    return [DueLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Taken:
    """What one due took of a repayment."""

    due_id: int
    kind: str
    due_on: date
    amount_fen: int


def allocations_of(session: Session, repayment_id: int) -> list[Taken]:
    """How a repayment was used, corrections added up."""
    rows = session.execute(
        select(func.min(Due.id), Due.kind, Due.due_on, sum_of(Allocation.amount_fen))
        .join(Due, Due.id == Allocation.due_id)
        .where(Allocation.repayment_id == repayment_id)
        .group_by(Due.kind, Due.due_on)
        .having(func.sum(Allocation.amount_fen) != 0)
        .order_by(Due.due_on, func.min(Due.id))
    )
    return [Taken(*row) for row in rows]
