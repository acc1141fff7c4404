"""One loan as a page shows it: terms, time line, dues, schedule."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

import policy
from kernel.actor import Actor
from kernel.dates import add_months
from loans import record
from loans.models import (
    FAR,
    Allocation,
    Application,
    ApplicationSheet,
    Disbursement,
    Due,
    GradeChange,
    Loan,
    OpenDue,
    Repayment,
    Reversal,
    Settlement,
)
from loans.operations.applying import SUBJECT
from loans.queries import LoanLine, ShareLine, line_of, shares_of_loan
from loans.schedule import PlanRow, plan
from office.models import Decision, Proposal, Voucher
from policy import ContractTerms


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a loan's time line, oldest first."""

    on: date
    #: applied, approved, signed, disbursed, reversed, settled, repaid, credit_used, graded
    kind: str
    amount_fen: int
    #: slip number, voucher number, reason, ...
    detail: str
    #: what "why" is asked with, where the event has an amount that can be asked
    source_kind: str
    source_id: int


@dataclass(frozen=True, slots=True)
class DueLine:
    """A due and what is left of it."""

    id: int
    kind: str
    bearer: str
    due_on: date
    payable_on: date | None
    amount_fen: int
    left_fen: int
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


def loan_page(session: Session, *, number: str, by: Actor, open_day: date) -> LoanPage:
    """One loan with its time line, dues and schedule."""
    line = line_of(session, number=number, by=by, open_day=open_day)
    one = record.load(session, [line.id], lock=False)[line.id]
    course = one.course
    return LoanPage(
        line=line,
        purpose=one.loan.purpose,
        method=one.loan.method,
        every_months=one.loan.every_months,
        settle_on_day=one.loan.settle_on_day,
        day_count=one.loan.day_count,
        term_months=one.loan.term_months,
        lender_id=one.loan.lender_id,
        drawn_on=None if one.position.drawn_on == FAR else one.position.drawn_on,
        terms=policy.thaw(ContractTerms, json.loads(one.loan.terms)),
        events=events_of(session, line.id),
        dues=dues_of(session, line.id),
        schedule=schedule_of(one),
        accrued_household_fen=course.accrued_household_fen(open_day) if course.open else 0,
        credit_fen=course.credit_fen,
        shares=shares_of_loan(session, line.id) if line.mode == "pooled" else (),
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
    """All dues of a loan, oldest first."""
    rows = session.execute(
        select(
            Due.id,
            Due.kind,
            Due.bearer,
            Due.due_on,
            OpenDue.payable_on,
            Due.amount_fen,
            func.coalesce(OpenDue.left_fen, 0),
            Due.settlement_id,
        )
        .outerjoin(OpenDue, OpenDue.due_id == Due.id)
        .where(Due.loan_id == loan_id)
        .order_by(Due.due_on, Due.id)
    )
    return [DueLine(*row) for row in rows]


def events_of(session: Session, loan_id: int) -> list[Event]:
    """A loan's time line."""
    events = [
        *_agreed(session, loan_id),
        *_paid_out(session, loan_id),
        *_settled(session, loan_id),
        *_paid_in(session, loan_id),
        *_graded(session, loan_id),
    ]
    return sorted(events, key=lambda event: event.on)


def _agreed(session: Session, loan_id: int) -> list[Event]:
    row = session.execute(
        select(
            ApplicationSheet.applied_on,
            Application.amount_fen,
            Decision.decided_on,
            Loan.signed_on,
            Loan.amount_fen,
            Loan.number,
            Application.id,
        )
        .join(Application, Application.sheet_id == ApplicationSheet.id)
        .join(Loan, Loan.application_id == Application.id)
        .join(
            Proposal,
            and_(Proposal.subject_kind == SUBJECT, Proposal.subject_id == ApplicationSheet.id),
        )
        .join(Decision, Decision.proposal_id == Proposal.id)
        .where(Loan.id == loan_id)
    ).one()
    return [
        Event(row[0], "applied", row[1], "", "applications", row[6]),
        Event(row[2], "approved", row[1], "", "applications", row[6]),
        Event(row[3], "signed", row[4], row[5], "loans", loan_id),
    ]


def _paid_out(session: Session, loan_id: int) -> list[Event]:
    rows = session.execute(
        select(
            Disbursement.value_date,
            Disbursement.amount_fen,
            Disbursement.slip_number,
            Disbursement.id,
            Reversal.booking_date,
            Reversal.reason,
        )
        .outerjoin(Reversal, Reversal.disbursement_id == Disbursement.id)
        .where(Disbursement.loan_id == loan_id)
    )
    events: list[Event] = []
    for on, amount_fen, slip, key, undone_on, reason in rows:
        events.append(Event(on, "disbursed", amount_fen, slip, "disbursements", key))
        if undone_on is not None:
            events.append(Event(undone_on, "reversed", amount_fen, reason, "disbursements", key))
    return events


def _settled(session: Session, loan_id: int) -> list[Event]:
    rows = session.execute(
        select(Settlement.to_on, Settlement.kind, Settlement.amount_fen, Settlement.id).where(
            Settlement.loan_id == loan_id
        )
    )
    return [Event(row[0], "settled", row[2], row[1], "settlements", row[3]) for row in rows]


def _paid_in(session: Session, loan_id: int) -> list[Event]:
    rows = session.execute(
        select(
            Repayment.value_date,
            Repayment.kind,
            Repayment.amount_fen,
            Voucher.voucher_no,
            Repayment.id,
        )
        .outerjoin(Voucher, Voucher.id == Repayment.voucher_id)
        .where(Repayment.loan_id == loan_id)
    )
    kinds = {"payment": "repaid", "credit": "credit_used"}
    return [
        Event(on, kinds[kind], fen, voucher or "", "repayments", key)
        for on, kind, fen, voucher, key in rows
    ]


def _graded(session: Session, loan_id: int) -> list[Event]:
    rows = session.execute(
        select(GradeChange.on_day, GradeChange.grade, GradeChange.clause).where(
            GradeChange.loan_id == loan_id
        )
    )
    return [Event(on, "graded", 0, f"{grade}", clause, loan_id) for on, grade, clause in rows]


@dataclass(frozen=True, slots=True)
class Taken:
    """What one due took of a repayment."""

    due_id: int
    kind: str
    due_on: date
    amount_fen: int


def allocations_of(session: Session, repayment_id: int) -> list[Taken]:
    """How a repayment was used."""
    rows = session.execute(
        select(Due.id, Due.kind, Due.due_on, Allocation.amount_fen)
        .join(Due, Due.id == Allocation.due_id)
        .where(Allocation.repayment_id == repayment_id)
        .order_by(Due.due_on, Due.id)
    )
    return [Taken(*row) for row in rows]
