"""What happened to one loan, oldest first: agreed, paid out, changed, settled, paid, corrected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models import (
    Application,
    ApplicationSheet,
    Change,
    Correction,
    Disbursement,
    GradeChange,
    GradeOverride,
    Loan,
    Repayment,
    Reversal,
    Settlement,
)
from loans.operations.applying import SUBJECT
from office import approvals
from office.models import Decision, Proposal, Voucher


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a loan's time line."""

    #: value date; of an undoing and a correction the business day
    on: date
    #: one of ``_RANK``
    kind: str
    amount_fen: int
    #: slip number, voucher number, kind of interest, new maturity, reason, ...
    detail: str
    #: what "why" is asked with, where the event has an amount that can be asked
    source_kind: str
    source_id: int
    #: business day it was entered on
    booked_on: date | None = None
    #: undone since
    undone: bool = False
    #: number of the loan's correction that wrote it; 0 where the days themselves did
    correction: int = 0


_PAID = {
    "payment": "repaid",
    "credit": "credit_used",
    "refund": "refunded",
    "write_off": "written_off",
    "recovery": "recovered",
}
#: the order of a day, as far as people care
_RANK = (
    "applied", "approved", "signed", "disbursed", "extension", "deferral", "plan", "misuse",
    "unsubsidised", "settled", "resettled", "repaid", "refunded", "written_off", "recovered",
    "reversed", "corrected", "credit_used", "overridden", "graded",
)  # fmt: skip


def events_of(session: Session, loan_id: int) -> list[Event]:
    """A loan's time line."""
    events = [
        *_agreed(session, loan_id),
        *_paid_out(session, loan_id),
        *_changed(session, loan_id),
        *_settled(session, loan_id),
        *_paid_in(session, loan_id),
        *_corrected(session, loan_id),
        *_graded(session, loan_id),
    ]
    return sorted(events, key=lambda event: (event.on, _RANK.index(event.kind)))


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
        .join(Proposal, approvals.about(SUBJECT, ApplicationSheet.id))
        .join(Decision, Decision.proposal_id == Proposal.id)
        .where(Loan.id == loan_id)
    ).one()
    return [
        Event(row[0], "applied", row[1], "", "applications", row[6]),
        Event(row[2], "approved", row[1], "", "applications", row[6]),
        Event(row[3], "signed", row[4], row[5], "loans", loan_id),
    ]


def _paid_out(session: Session, loan_id: int) -> Iterator[Event]:
    rows = session.execute(
        select(Disbursement, Reversal.booking_date, Reversal.reason)
        .outerjoin(Reversal, Reversal.disbursement_id == Disbursement.id)
        .where(Disbursement.loan_id == loan_id)
        .order_by(Disbursement.id)
    )
    for row, undone_on, reason in rows:
        yield Event(
            row.value_date, "disbursed", row.amount_fen, row.slip_number,
            "disbursements", row.id, row.booking_date, undone_on is not None,
        )  # fmt: skip
        if undone_on is not None:
            yield Event(
                undone_on, "reversed", row.amount_fen, reason, "disbursements", row.id, undone_on
            )


def _changed(session: Session, loan_id: int) -> Iterator[Event]:
    rows = session.execute(
        select(Change, Reversal.booking_date, Reversal.reason)
        .outerjoin(Reversal, Reversal.change_id == Change.id)
        .where(Change.loan_id == loan_id)
        .order_by(Change.id)
    )
    for row, undone_on, reason in rows:
        later = row.kind in {"extension", "deferral"}
        yield Event(
            row.value_date, row.kind, 0, row.matures_on.isoformat() if later else row.why,
            "changes", row.id, row.booking_date, undone_on is not None,
        )  # fmt: skip
        if undone_on is not None:
            yield Event(undone_on, "reversed", 0, reason, "changes", row.id, undone_on)


def _settled(session: Session, loan_id: int) -> Iterator[Event]:
    rows = session.scalars(
        select(Settlement).where(Settlement.loan_id == loan_id).order_by(Settlement.id)
    )
    for row in rows:
        yield Event(
            row.to_on, "resettled" if row.revision else "settled", row.amount_fen, row.kind,
            "settlements", row.id, row.booked_on,
        )  # fmt: skip


def _paid_in(session: Session, loan_id: int) -> Iterator[Event]:
    rows = session.execute(
        select(Repayment, Voucher.voucher_no, Reversal.booking_date, Reversal.reason)
        .outerjoin(Voucher, Voucher.id == Repayment.voucher_id)
        .outerjoin(Reversal, Reversal.repayment_id == Repayment.id)
        .where(Repayment.loan_id == loan_id)
        .order_by(Repayment.id)
    )
    for row, voucher, undone_on, reason in rows:
        yield Event(
            row.value_date, _PAID[row.kind], row.amount_fen, voucher or "", "repayments", row.id,
            row.booking_date, undone_on is not None, row.correction,
        )  # fmt: skip
        if undone_on is not None:
            yield Event(
                undone_on, "reversed", row.amount_fen, reason, "repayments", row.id, undone_on
            )


def _corrected(session: Session, loan_id: int) -> Iterator[Event]:
    rows = session.scalars(
        select(Correction).where(Correction.loan_id == loan_id).order_by(Correction.nr)
    )
    for row in rows:
        yield Event(
            row.booking_date, "corrected", 0, row.reason, "corrections", row.id,
            row.booking_date, correction=row.nr,
        )  # fmt: skip


def _graded(session: Session, loan_id: int) -> Iterator[Event]:
    changes = session.execute(
        select(GradeChange.on_day, GradeChange.grade, GradeChange.clause).where(
            GradeChange.loan_id == loan_id
        )
    )
    for on, grade, clause in changes:
        yield Event(on, "graded", 0, f"{grade}", clause, loan_id)
    by_people = session.execute(
        select(GradeOverride.booking_date, GradeOverride.grade, GradeOverride.reason).where(
            GradeOverride.loan_id == loan_id
        )
    )
    for on, grade, reason in by_people:
        yield Event(on, "overridden", 0, f"{grade}", reason, loan_id)
