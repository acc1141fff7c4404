"""One loan with everything that explanations read of it, each thing read once and when asked for.

Amounts are those on record, every row with the differences of its corrections added up. What the
record does not keep, such as what was due when a payment came, is seen in the loan's life lived
again (``loans.replay``), which leads to what is on record; the ledger's checks prove that it does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.refusals import NotFound
from loans import record
from loans.explaining.watching import Watched, watch
from loans.models import (
    Allocation,
    Change,
    Correction,
    Disbursement,
    Due,
    GradeOverride,
    Loan,
    LoanBearer,
    Repayment,
    Reversal,
    Settlement,
)
from loans.parts import Closed
from loans.record.standing import Standing
from loans.replay import Event
from office import rights

Answer = dict[str, Any]
Row = TypeVar("Row")


@dataclass
class Case:
    """A loan that somebody asks about."""

    session: Session
    loan: Loan
    calendar: HolidayTable

    @cached_property
    def on(self) -> date:
        """The open business day."""
        return ledger.open_day(self.session)

    @cached_property
    def one(self) -> record.Loaded:
        """Contract, position and course as they stand."""
        return record.load(self.session, [self.loan.id], lock=False)[self.loan.id]

    @cached_property
    def standing(self) -> Standing:
        """What stands on record, corrections added up."""
        return record.read_standing(self.session, self.loan.id)

    @cached_property
    def segments(self) -> list[Closed]:
        """The closed segments in force, in order."""
        return sorted(self.standing.segments, key=lambda one: (one.from_on, one.to_on, one.state))

    @cached_property
    def settlements(self) -> Sequence[Settlement]:
        """Every settlement and revision, in order."""
        return self._rows(Settlement, Settlement.to_on, Settlement.kind, Settlement.revision)

    @cached_property
    def dues(self) -> Sequence[Due]:
        """Every due and what corrections made more or less of it, in order."""
        return self._rows(Due, Due.due_on, Due.id)

    @cached_property
    def repayments(self) -> Sequence[Repayment]:
        """Everything paid, refunded, put to use, written off and recovered, in order."""
        return self._rows(Repayment, Repayment.value_date, Repayment.id)

    @cached_property
    def draws(self) -> Sequence[Disbursement]:
        """Everything paid out."""
        return self._rows(Disbursement, Disbursement.value_date, Disbursement.id)

    @cached_property
    def changes(self) -> Sequence[Change]:
        """Changes of the terms, findings of misuse among them."""
        return self._rows(Change, Change.value_date, Change.id)

    @cached_property
    def corrections(self) -> Sequence[Correction]:
        """Corrections, in order."""
        return self._rows(Correction, Correction.nr)

    @cached_property
    def bearers(self) -> Sequence[LoanBearer]:
        """The treasury's stretches of days."""
        return self._rows(LoanBearer, LoanBearer.from_on)

    @cached_property
    def overrides(self) -> Sequence[GradeOverride]:
        """Grades set by people, in order."""
        return self._rows(GradeOverride, GradeOverride.id)

    @cached_property
    def allocations(self) -> Sequence[Allocation]:
        """What dues took of repayments, with what corrections changed."""
        return self.session.scalars(
            select(Allocation)
            .join(Due, Due.id == Allocation.due_id)
            .where(Due.loan_id == self.loan.id)
            .order_by(Allocation.correction, Due.due_on, Due.id)
        ).all()

    @cached_property
    def reversals(self) -> dict[tuple[str, int], Reversal]:
        """What was undone: ("draw", "repayment" or "change", id) -> how."""
        found: dict[tuple[str, int], Reversal] = {}
        for kind, column, rows in (
            ("draw", Reversal.disbursement_id, self.draws),
            ("repayment", Reversal.repayment_id, self.repayments),
            ("change", Reversal.change_id, self.changes),
        ):
            for ids in record.lots(row.id for row in rows):
                for undone in self.session.scalars(select(Reversal).where(column.in_(ids))):
                    found[kind, getattr(undone, column.key)] = undone
        return found

    @cached_property
    def due_of(self) -> dict[int, Due]:
        """Dues by number."""
        return {due.id: due for due in self.dues}

    @cached_property
    def events(self) -> list[Event]:
        """What happened and was not undone, in the order of a life."""
        return sorted(record.events_of(self.session, self.loan.id), key=lambda event: event.place)

    @cached_property
    def watched(self) -> Watched:
        """The life of the loan, with notes of what the record does not keep."""
        terms = record.signed_terms(self.loan, self.one.position, self.one.course.terms.shares)
        return watch(
            terms,
            self.events,
            number=self.loan.number,
            amount_fen=self.loan.amount_fen,
            until=self.on,
            working_day=self.calendar.is_working_day,
        )

    @cached_property
    def terms(self) -> dict[str, dict[str, Any]]:
        """The terms frozen on the signing day."""
        found: dict[str, dict[str, Any]] = json.loads(self.loan.terms)
        return found

    def correction_of(self, row: Settlement | Due | Repayment | Allocation) -> Correction | None:
        """The correction that wrote a row; None where the days themselves did."""
        if isinstance(row, Settlement):
            return self._revising(row)
        return next((one for one in self.corrections if one.nr == row.correction), None)

    def _revising(self, row: Settlement) -> Correction | None:
        """By the dues that it raised, or by the unit of work that wrote it."""
        numbers = {due.correction for due in self.dues if due.settlement_id == row.id}
        for one in self.corrections:
            if one.nr in numbers or (not numbers and one.trail_id == row.trail_id):
                return one
        return None

    def clauses(self, names: Iterable[str]) -> list[Answer]:
        """The document and clause behind each of these frozen terms."""
        return [
            {
                "term": name,
                "value": self.terms[name]["value"],
                "document": self.terms[name]["cited_as"],
                "clause": self.terms[name]["clause"],
                "default": self.terms[name]["default"],
            }
            for name in names
            if name in self.terms
        ]

    def _rows(self, model: type[Row], *order: Any) -> Sequence[Row]:
        loan_id = model.loan_id  # type: ignore[attr-defined]
        return self.session.scalars(
            select(model).where(loan_id == self.loan.id).order_by(*order)
        ).all()


def open_case(session: Session, *, number: str, by: Actor, calendar: HolidayTable) -> Case:
    """A loan by its number, for somebody who may look at it."""
    return _seen(session, session.scalar(select(Loan).where(Loan.number == number)), by, calendar)


def case_of(session: Session, loan_id: int | None, *, by: Actor, calendar: HolidayTable) -> Case:
    """The same by its id; None: what was asked about is not there."""
    loan = None if loan_id is None else session.get(Loan, loan_id)
    return _seen(session, loan, by, calendar)


def _seen(session: Session, loan: Loan | None, by: Actor, calendar: HolidayTable) -> Case:
    if (
        loan is None
        or not rights.may(by, "loans.read")
        or not rights.sees(by, region=loan.village_code, institution_id=loan.lender_id)
    ):
        raise NotFound(field="id", what="这笔金额")
    return Case(session, loan, calendar)
