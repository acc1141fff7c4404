"""What a loan owes and since when, and what was done to collect it: for whoever pays in its place.

Overdue is what ``loans.queries`` calls so: a due of whoever repays, payable before the day and
unpaid. Of interest that the treasury gives back later (先付后补、企业垫付) its part is left out
here: nobody pays that in the borrower's place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from kernel.database import sum_of
from loans import record
from loans.grading import overdue_days as days_over
from loans.models import Due, Loan, OpenDue, Repayment, Reversal, Settlement
from loans.models.kept import Contact


def overdue_days(session: Session, loan_ids: Iterable[int], *, on: date) -> dict[int, int]:
    """Days overdue on the open day, of those loans that are overdue."""
    return {
        loan_id: days_over(since, on) for loan_id, since in _oldest(session, loan_ids, on).items()
    }


def _oldest(session: Session, loan_ids: Iterable[int], on: date) -> dict[int, date]:
    """The day on which the oldest unpaid due was payable, of those loans that are overdue."""
    found: dict[int, date] = {}
    for ids in record.lots(loan_ids):
        rows = session.execute(
            select(OpenDue.loan_id, func.min(OpenDue.payable_on))
            .where(OpenDue.loan_id.in_(ids), OpenDue.payable_on < on)
            .group_by(OpenDue.loan_id)
        )
        found.update({row[0]: row[1] for row in rows})
    return found


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed on a loan, the treasury's part left out; fen."""

    #: all principal out, due or not
    principal_fen: int
    #: of it, fallen due
    principal_due_fen: int
    #: in the books and unpaid
    interest_fen: int
    penalty_fen: int
    compound_fen: int
    #: run up to the day and not settled yet
    running_interest_fen: int
    running_penalty_fen: int
    running_compound_fen: int
    #: off the books (核销) and owed all the same, less what has come in since
    written_off_fen: int = 0


_KINDS = ("interest", "penalty", "compound")


def owed(session: Session, loan_ids: Iterable[int], *, on: date) -> dict[int, Owed]:
    """What is owed by kind: in the books, and run up to ``on``."""
    wanted = sorted(set(loan_ids))
    booked, written_off = _booked(session, wanted), _written_off(session, wanted)
    found = {}
    for loan_id, one in record.load(session, wanted, lock=False).items():
        running = _running(one, on)
        due = booked.get(loan_id, {})
        found[loan_id] = Owed(
            one.course.principal_fen,
            due.get("principal", 0),
            interest_fen=due.get("interest", 0),
            penalty_fen=due.get("penalty", 0),
            compound_fen=due.get("compound", 0),
            running_interest_fen=running["interest"],
            running_penalty_fen=running["penalty"],
            running_compound_fen=running["compound"],
            written_off_fen=written_off.get(loan_id, 0),
        )
    return found


def _written_off(session: Session, loan_ids: Iterable[int]) -> dict[int, int]:
    """What left the books as a loss and was not recovered."""
    undone = exists().where(Reversal.repayment_id == Repayment.id)
    fen = case({"write_off": 1, "recovery": -1}, value=Repayment.kind) * Repayment.amount_fen
    found: dict[int, int] = {}
    for ids in record.lots(loan_ids):
        rows = session.execute(
            select(Repayment.loan_id, sum_of(fen))
            .where(
                Repayment.loan_id.in_(ids),
                Repayment.kind.in_(("write_off", "recovery")),
                ~undone,
            )
            .group_by(Repayment.loan_id)
        )
        found.update({row[0]: row[1] for row in rows})
    return found


def _booked(session: Session, loan_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Open dues by kind, each less the part that the treasury gives back."""
    found: dict[int, dict[str, int]] = {}
    for ids in record.lots(loan_ids):
        rows = session.execute(
            select(OpenDue.loan_id, OpenDue.kind, OpenDue.left_fen, Loan.subsidy_route, _treasury())
            .join(Due, Due.id == OpenDue.due_id)
            .join(Loan, Loan.id == OpenDue.loan_id)
            .outerjoin(Settlement, Settlement.id == Due.settlement_id)
            .where(OpenDue.loan_id.in_(ids))
        )
        for loan_id, kind, left_fen, route, treasury_fen in rows:
            # Through the lender the treasury's part is a due of its own.
            back_fen = 0 if route == "lender" else treasury_fen
            kinds = found.setdefault(loan_id, {})
            kinds[kind] = kinds.get(kind, 0) + max(0, left_fen - back_fen)
    return found


def _treasury() -> ColumnElement[int]:
    """The treasury's part of the settlement around, all its revisions added up."""
    every = aliased(Settlement)
    return (
        select(sum_of(every.treasury_fen))
        .where(
            every.loan_id == Settlement.loan_id,
            every.kind == Settlement.kind,
            every.to_on == Settlement.to_on,
        )
        .correlate(Settlement)
        .scalar_subquery()
    )


def _running(one: record.Loaded, on: date) -> dict[str, int]:
    """What would fall due by kind, were the loan settled on ``on``."""
    found = dict.fromkeys(_KINDS, 0)
    if not one.course.open:
        return found
    twin = one.course.twin()
    if twin.terms.by_plan:
        twin.settle_broken(on)
    else:
        twin.settle("interest", on)
    twin.bring_up_to(on)
    for due in twin.raised:
        if due.bearer == "household" and due.kind in found:
            found[due.kind] += due.amount_fen
    if twin.terms.refunded:
        for settled in twin.settlements:
            found[settled.kind] -= settled.treasury_fen
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """A step of collection (催收)."""

    id: int
    #: call, visit, notice or promise
    kind: str
    value_date: date
    met: str
    note: str
    notice_number: str | None
    #: recording, photograph, signed receipt
    attachment_id: int | None


@dataclass(frozen=True, slots=True)
class Collection:
    """What was done to collect a loan since it fell overdue, oldest first."""

    #: first day overdue
    since: date
    #: calls, visits and promises
    contacts: tuple[Step, ...]
    #: notices handed over (催收通知书)
    notices: tuple[Step, ...]


def collection(session: Session, loan_ids: Iterable[int], *, on: date) -> dict[int, Collection]:
    """Evidence of collection since a loan fell overdue, of those that are overdue."""
    since = {
        loan_id: payable_on + timedelta(days=1)
        for loan_id, payable_on in _oldest(session, loan_ids, on).items()
    }
    steps: dict[int, list[Step]] = {loan_id: [] for loan_id in since}
    for ids in record.lots(since):
        rows = session.execute(
            select(
                Contact.loan_id,
                Contact.id,
                Contact.kind,
                Contact.value_date,
                Contact.met,
                Contact.note,
                Contact.notice_number,
                Contact.attachment_id,
            )
            .where(Contact.loan_id.in_(ids), Contact.value_date <= on)
            .order_by(Contact.value_date, Contact.id)
        )
        for row in rows:
            loan_id, step = row[0], Step(*row[1:])
            if step.value_date >= since[loan_id]:
                steps[loan_id].append(step)
    return {
        loan_id: Collection(
            first_day,
            tuple(step for step in steps[loan_id] if step.kind != "notice"),
            tuple(step for step in steps[loan_id] if step.kind == "notice"),
        )
        for loan_id, first_day in since.items()
    }
