"""A small town whose closes also say what the treasury owes, and the desks of its offices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

import subsidies
from jobs.close import Program, Step
from loans.models import Loan
from subsidies.models import Entitlement
from tests.loans.town import Town, person

FINANCE = person(21, "finance")
SECOND_FINANCE = person(22, "finance")
OFFICE = person(14, "poverty_office")
SECOND_OFFICE = person(24, "poverty_office")
AUDITOR = person(25, "auditor")


@dataclass
class TreasuryTown(Town):
    """A town as the loans' tests know it, with the close's step of the treasury."""

    def program(self, day: date) -> Program:
        """The loans, then what the treasury owes."""
        program = super().program(day)
        return Program((*program.steps, entitlement_step()), program.rulebook_digest)

    def entitlements(self, number: str) -> list[Entitlement]:
        """What the treasury owes of a contract, row by row."""
        with self.books.read() as session:
            rows = session.scalars(
                select(Entitlement)
                .join(Loan, Loan.id == Entitlement.loan_id)
                .where(Loan.number == number)
                .order_by(Entitlement.to_on, Entitlement.revision)
            ).all()
            session.expunge_all()
            return list(rows)


def entitlement_step() -> Step:
    """The step of the close, after the loans'."""

    def entitle(session: Session, day: date, _limit: int) -> int:
        subsidies.entitle(session, day)
        return 0

    return Step("entitlement", entitle, whole=True)
