"""How often, and how far, the end of a loan was moved: extensions, deferrals, renewals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from loans.models import Change, Loan, Reversal
from loans.record import lots


@dataclass(slots=True)
class Moved:
    """How changes that stand have moved a loan's maturity."""

    matures_on: date
    extensions: int = 0
    deferred_days: int = 0
    #: maturity before the first deferral
    before_deferral_on: date | None = None

    def by(self, kind: str, matures_on: date) -> None:
        """One more of them, in the order of their value dates."""
        if kind == "extension":
            self.extensions += 1
        else:
            self.before_deferral_on = self.before_deferral_on or self.matures_on
            self.deferred_days += (matures_on - self.matures_on).days
        self.matures_on = matures_on


def moved_of(session: Session, contracts: Sequence[Loan]) -> dict[int, Moved]:
    """By loan; one statement for each five hundred."""
    found = {loan.id: Moved(loan.matures_on) for loan in contracts}
    for ids in lots(found):
        rows = session.execute(
            select(Change.loan_id, Change.kind, Change.matures_on)
            .where(
                Change.loan_id.in_(ids),
                Change.kind.in_(("extension", "deferral")),
                ~exists().where(Reversal.change_id == Change.id),
            )
            .order_by(Change.value_date, Change.id)
        )
        for loan_id, kind, matures_on in rows:
            found[loan_id].by(kind, matures_on)
    return found


def renewals_of(session: Session, contracts: Iterable[Loan]) -> dict[int, int]:
    """How many contracts each of these renews, one after the other."""
    behind = {loan.id: loan.renews_id for loan in contracts if loan.renews_id is not None}
    counts: dict[int, int] = {}
    while behind:
        before: dict[int, int | None] = {}
        for ids in lots(behind.values()):
            rows = session.execute(select(Loan.id, Loan.renews_id).where(Loan.id.in_(ids)))
            before.update({row[0]: row[1] for row in rows})
        for loan_id in behind:
            counts[loan_id] = counts.get(loan_id, 0) + 1
        further = {loan_id: before[older] for loan_id, older in behind.items()}
        behind = {loan_id: older for loan_id, older in further.items() if older is not None}
    return counts
