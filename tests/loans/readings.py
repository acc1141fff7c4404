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
from loans.ledger_checks import SOURCES
from loans.models import (
    Allocation,
    Due,
    LendingLimit,
    Loan,
    LoanCredit,
    LoanDay,
    OpenDue,
    OpenSegment,
    PlanRow,
    Position,
    Repayment,
    Settlement,
)
from tests.slow_model import says
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
        self._matures = self._pairs(select(Position.loan_id, Position.matures_on))
        self._credits = self._pairs(select(LoanCredit.loan_id, LoanCredit.amount_fen))
        self._open = self._by_loan(
            OpenSegment.loan_id, OpenSegment.state, OpenSegment.principal_fen
        )
        self._settled = self._summed(
            select(
                Settlement.loan_id,
                Settlement.kind,
                Settlement.to_on,
                sum_of(Settlement.amount_fen),
                sum_of(Settlement.treasury_fen),
            ).group_by(Settlement.loan_id, Settlement.kind, Settlement.to_on)
        )
        self._dues = self._summed(
            select(Due.loan_id, Due.kind, Due.bearer, Due.due_on, sum_of(Due.amount_fen)).group_by(
                Due.loan_id, Due.kind, Due.bearer, Due.due_on
            )
        )
        self._left = self._summed(
            select(
                OpenDue.loan_id,
                OpenDue.kind,
                OpenDue.payable_on,
                sum_of(OpenDue.left_fen),
            ).group_by(OpenDue.loan_id, OpenDue.kind, OpenDue.payable_on)
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
        self._taken = self._summed(
            select(Due.loan_id, Due.kind, Due.due_on, sum_of(Allocation.amount_fen))
            .join(Due, Due.id == Allocation.due_id)
            .join(Repayment, Repayment.id == Allocation.repayment_id)
            # What is lost was not paid.
            .where(Repayment.kind != "write_off")
            .group_by(Due.loan_id, Due.kind, Due.due_on)
        )
        self._plans = self._plans_in_force()
        self._books = self._subledger()
        self._read_the_whole()

    def _pairs(self, query: Select[Any, int]) -> dict[Any, int]:
        return {row[0]: row[1] for row in self._session.execute(query)}

    def _by_loan(self, *columns: Any) -> dict[int, list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for row in self._session.execute(select(*columns)):
            found[row[0]].append(tuple(row[1:]))
        return found

    def _summed(self, query: Any) -> dict[int, list[tuple[Any, ...]]]:
        """Rows of one key added up by the query; what a correction took back whole is gone."""
        found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for row in self._session.execute(query):
            # PostgreSQL adds up to decimals.
            told = [cell if isinstance(cell, str | date) else int(cell) for cell in row[1:]]
            if any(cell for cell in told if isinstance(cell, int)):
                found[row[0]].append(tuple(told))
        return found

    def _plans_in_force(self) -> dict[int, list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        rows = self._session.execute(
            select(PlanRow.loan_id, PlanRow.due_on, PlanRow.principal_fen, PlanRow.interest_fen)
            .join(Position, Position.loan_id == PlanRow.loan_id)
            .where(
                PlanRow.version == Position.plan_version,
                # A loan that went over to settlement days has left its plan.
                Position.method != "bullet",
                Position.settle_on_day == 0,
            )
            .order_by(PlanRow.due_on)
        )
        for row in rows:
            found[row[0]].append(tuple(row[1:]))
        return found

    def _subledger(self) -> dict[int, dict[str, int]]:
        """What the loans booked; what the treasury has paid of it is no matter of theirs."""
        found: dict[int, dict[str, int]] = defaultdict(dict)
        rows = self._session.execute(
            select(Posting.subject_id, Account.kind, sum_of(Posting.amount_fen))
            .join(Account, Account.id == Posting.account_id)
            .join(Entry, Entry.id == Posting.entry_id)
            .where(Account.kind.in_(_KEPT_FOR_LOANS), Entry.source_kind.in_(SOURCES))
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
        #: kind of account -> balance, where it is not zero
        self.whole = {kind: int(fen) for kind, fen in rows if fen}

    def loan(self, number: str, today: date) -> dict[str, Any]:
        """One loan."""
        loan_id = self._ids[number]
        return {
            "drawn": self._positions[loan_id],
            "credit": self._credits.get(loan_id, 0),
            "matures": self._matures[loan_id],
            "plan": _said(self._plans[loan_id], self._open[loan_id], today),
            "out": dict(self._open[loan_id]),
            "settled": sorted(self._settled[loan_id]),
            "dues": sorted(self._dues[loan_id]),
            "left": sorted(self._left[loan_id]),
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


def _said(rows: list[tuple[Any, ...]], open_: object, today: date) -> list[tuple[Any, ...]]:
    """What a plan still says: something while there is principal for it, and nothing after."""
    return [row for row in rows if row[0] > today] if open_ else []


def told(model: SlowLoan, today: date) -> dict[str, Any]:
    out = says.balances(model)
    plan: list[tuple[Any, ...]] = [(row.due, row.principal, row.interest) for row in model.rows]
    return {
        "drawn": model.drawn,
        "credit": model.credit,
        "matures": model.contract.matures,
        "plan": _said(plan, out, today),
        "out": out,
        "settled": sorted((*key, *parts) for key, parts in says.settled(model).items()),
        "dues": sorted((*key, fen) for key, fen in says.dues(model).items()),
        "left": sorted((*key, fen) for key, fen in _payable(model).items()),
        "taken": sorted((*key, fen) for key, fen in says.allocated(model).items()),
        "books": {kind: fen for kind, fen in books_of([model]).items() if kind in _KEPT_FOR_LOANS},
    }


def books_of(models: list[SlowLoan]) -> dict[str, int]:
    """Balances of the accounts of all of them, those that are not zero."""
    balances = {
        "loan_principal": sum(model.principal for model in models),
        "interest_receivable": _left(models, "interest"),
        "penalty_receivable": _left(models, "penalty", "compound"),
        "treasury_interest_receivable": sum(says.of_treasury(model) for model in models),
        "household_credit": -sum(model.credit for model in models),
        "interest_income": -_earned(models, "interest"),
        "penalty_income": -_earned(models, "penalty", "compound"),
        "write_off_loss": sum(sum(model.losses.values()) for model in models),
        "write_off_recovery": -sum(model.recovered for model in models),
    }
    return {kind: fen for kind, fen in balances.items() if fen}


def _payable(model: SlowLoan) -> dict[tuple[str, date], int]:
    """What is left, by the day on which it is to be paid."""
    found: dict[tuple[str, date], int] = defaultdict(int)
    for debt in model.owed:
        found[debt.kind, debt.payable] += debt.left
    return dict(found)


def _left(models: list[SlowLoan], *kinds: str) -> int:
    debts = [debt for model in models for debt in model.owed]
    return sum(debt.left for debt in debts if debt.kind in kinds)


def _earned(models: list[SlowLoan], *kinds: str) -> int:
    return sum(amount for m in models for name, _, amount, _ in m.settled if name in kinds)


def same(got: dict[str, Any], expected: dict[str, Any], where: object) -> None:
    """Refuse differences, and name only those."""
    off = {
        key: (got.get(key), expected.get(key))
        for key in {*got, *expected}
        if got.get(key) != expected.get(key)
    }
    assert not off, f"(the product, the model): {off} at {where}"
