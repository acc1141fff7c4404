"""What the books, and what the slow model, say of a loan: in the same words."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from credit.models import CreditLine
from kernel.database import sum_of
from ledger.models import Account, Entry, Posting
from loans.models import (
    Allocation,
    Due,
    HouseholdCredit,
    LendingLimit,
    Loan,
    LoanDay,
    OpenDue,
    OpenSegment,
    Position,
    Settlement,
)
from tests.slow_model.loan import SlowLoan

_KEPT_FOR_LOANS = (
    "loan_principal",
    "interest_receivable",
    "penalty_receivable",
    "treasury_interest_receivable",
)


class Reading:
    """Everything of a small town's loans."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ids = self._pairs(select(Loan.number, Loan.id))
        self._positions = self._pairs(select(Position.loan_id, Position.drawn_fen))
        self._open = self._by_loan(
            OpenSegment.loan_id, OpenSegment.state, OpenSegment.principal_fen
        )
        self._settled = self._by_loan(
            Settlement.loan_id,
            Settlement.kind,
            Settlement.to_on,
            Settlement.amount_fen,
            Settlement.treasury_fen,
        )
        self._dues = self._by_loan(Due.loan_id, Due.kind, Due.bearer, Due.due_on, Due.amount_fen)
        self._left = self._by_loan(
            OpenDue.loan_id, OpenDue.bearer, OpenDue.kind, OpenDue.payable_on, OpenDue.left_fen
        )
        self._days = self._by_loan(
            LoanDay.loan_id,
            LoanDay.on_day,
            LoanDay.drawn_fen,
            LoanDay.outstanding_fen,
            LoanDay.overdue_principal_fen,
            LoanDay.overdue_interest_fen,
            LoanDay.grade,
        )
        self._taken = self._allocations()
        self._books = self._subledger()
        self._read_the_whole()

    def _pairs(self, query: Select[Any, int]) -> dict[Any, int]:
        return {row[0]: row[1] for row in self._session.execute(query)}

    def _by_loan(self, *columns: Any) -> dict[int, list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for row in self._session.execute(select(*columns)):
            found[row[0]].append(tuple(row[1:]))
        return found

    def _allocations(self) -> dict[int, list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        rows = self._session.execute(
            select(Due.loan_id, Due.kind, Due.due_on, sum_of(Allocation.amount_fen))
            .join(Due, Due.id == Allocation.due_id)
            .group_by(Due.loan_id, Due.kind, Due.due_on)
        )
        for row in rows:
            found[row[0]].append(tuple(row[1:]))
        return found

    def _subledger(self) -> dict[int, dict[str, int]]:
        found: dict[int, dict[str, int]] = defaultdict(dict)
        rows = self._session.execute(
            select(Posting.subject_id, Account.kind, sum_of(Posting.amount_fen))
            .join(Account, Account.id == Posting.account_id)
            .where(Account.kind.in_(_KEPT_FOR_LOANS))
            .group_by(Posting.subject_id, Account.kind)
        )
        for loan_id, kind, fen in rows:
            if fen:
                found[loan_id][kind] = fen
        return found

    def _read_the_whole(self) -> None:
        session = self._session
        off = sum_of(Posting.amount_fen)
        #: entries that do not balance per owner
        self.unbalanced = session.execute(
            select(Entry.id, Account.owner_id, off)
            .join(Posting, Posting.entry_id == Entry.id)
            .join(Account, Account.id == Posting.account_id)
            .group_by(Entry.id, Account.owner_kind, Account.owner_id)
            .having(func.sum(Posting.amount_fen) != 0)
        ).all()
        #: household -> credit
        self.credits = self._pairs(
            select(HouseholdCredit.household_id, HouseholdCredit.amount_fen).where(
                HouseholdCredit.amount_fen > 0
            )
        )
        self.lines_used = list(
            session.scalars(select(CreditLine.used_fen).order_by(CreditLine.household_id))
        )
        self.limits_used = list(session.scalars(select(LendingLimit.used_fen)))
        rows = session.execute(
            select(Account.kind, func.coalesce(func.sum(Posting.amount_fen), 0))
            .outerjoin(Posting, Posting.account_id == Account.id)
            .where(Account.kind != "funds")
            .group_by(Account.kind)
        )
        #: kind of account -> balance
        self.whole = {kind: int(fen) for kind, fen in rows}

    def loan(self, number: str) -> dict[str, Any]:
        """One loan."""
        loan_id = self._ids[number]
        return {
            "drawn": self._positions[loan_id],
            "out": dict(self._open[loan_id]),
            "settled": sorted(self._settled[loan_id]),
            "dues": sorted(self._dues[loan_id]),
            "left": sorted(row[1:] for row in self._left[loan_id] if row[0] == "household"),
            "taken": sorted(self._taken[loan_id]),
            "books": self._books[loan_id],
        }

    def figures(self, numbers: list[str], day: date) -> list[tuple[int, ...]]:
        """Day-end figures of these loans: the last ones written by then."""
        return [self._figures(self._ids[number], day) for number in numbers]

    def _figures(self, loan_id: int, day: date) -> tuple[int, ...]:
        days = sorted(self._days[loan_id])
        place = bisect_right([row[0] for row in days], day)
        return tuple(days[place - 1][1:]) if place else (0, 0, 0, 0, 1)


def told(model: SlowLoan) -> dict[str, Any]:
    return {
        "drawn": model.drawn,
        "out": {
            state: fen
            for state, fen in (("regular", model.regular), ("overdue", model.overdue))
            if fen
        },
        "settled": sorted(model.settled),
        "dues": sorted((d.kind, d.bearer, d.due, d.amount) for d in model.debts),
        "left": sorted((d.kind, d.payable, d.left) for d in model.owed),
        "taken": sorted(_added_up(model.taken)),
        "books": {
            kind: fen
            for kind, fen in (
                ("loan_principal", model.principal),
                ("interest_receivable", left([model], "interest", "household")),
                ("penalty_receivable", left([model], "penalty", "household")),
                ("treasury_interest_receivable", left([model], "interest", "treasury")),
            )
            if fen
        },
    }


def _added_up(taken: list[tuple[str, date, int]]) -> list[tuple[str, date, int]]:
    added: dict[tuple[str, date], int] = {}
    for kind, due, fen in taken:
        added[kind, due] = added.get((kind, due), 0) + fen
    return [(*key, fen) for key, fen in added.items()]


def left(models: list[SlowLoan], kind: str, bearer: str) -> int:
    return sum(d.left for m in models for d in m.debts if (d.kind, d.bearer) == (kind, bearer))


def earned(models: list[SlowLoan], kind: str) -> int:
    return sum(amount for m in models for name, _, amount, _ in m.settled if name == kind)
