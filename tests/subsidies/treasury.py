"""A small town whose closes also say what the treasury owes, and the desks of its offices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from jobs.close import Program
from jobs.program import ENTITLEMENT
from loans.models import Loan
from policy import Bearer
from subsidies.models import Entitlement
from tests.loans.bent import BentRulebook
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
        return Program((*program.steps, ENTITLEMENT), program.rulebook_digest)

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


def borne(route: str, *rows: tuple[int, int | None, int | None]) -> tuple[Bearer, ...]:
    """Share, cap and rate of the treasury; a second row from 2017 on."""
    turn = date(2017, 1, 1)
    ends = ((None, turn), (turn, None)) if len(rows) == 2 else ((None, None),)
    return tuple(
        Bearer(
            bearer="treasury",
            share_bp=share_bp,
            principal_cap_fen=cap_fen,
            arises_from=start,
            arises_to=end,
            route=route,
            rate_ppm=rate_ppm,
        )
        for (share_bp, cap_fen, rate_ppm), (start, end) in zip(rows, ends, strict=True)
    )


def bend(town: TreasuryTown, **changes: Any) -> None:
    """From now on contracts are signed under these values."""
    rulebook = BentRulebook(town.rulebook)
    rulebook.bend(changes)
    town.rulebook = rulebook  # type: ignore[assignment]
