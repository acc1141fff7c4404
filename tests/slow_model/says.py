"""What a slow loan says of itself: sums by name and day, in which the order of entry is lost."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from tests.slow_model.loan import SlowLoan


def balances(loan: SlowLoan) -> dict[str, int]:
    """By state, those that are there."""
    found = {
        "regular": loan.regular,
        "misused": loan.misused,
        "overdue": loan.overdue,
        "arrears": loan.arrears,
    }
    return {state: fen for state, fen in found.items() if fen}


def left(loan: SlowLoan) -> dict[tuple[str, date], int]:
    """What the household still owes, by kind and due day."""
    found: dict[tuple[str, date], int] = defaultdict(int)
    for debt in loan.owed:
        found[debt.kind, debt.due] += debt.left
    return dict(found)


def of_treasury(loan: SlowLoan) -> int:
    """What was ever due from the treasury, whoever claims it."""
    return sum(debt.amount for debt in loan.debts if debt.bearer == "treasury")


def dues(loan: SlowLoan) -> dict[tuple[str, str, date], int]:
    """What fell due, by kind, bearer and due day; principal paid early fell due that day."""
    found: dict[tuple[str, str, date], int] = defaultdict(int)
    for debt in loan.debts:
        found[debt.kind, debt.bearer, debt.due] += debt.amount
    return dict(found)


def settled(loan: SlowLoan) -> dict[tuple[str, date], tuple[int, int]]:
    """Amount and the treasury's part, by kind and the day settled to; zeros are left out."""
    found: dict[tuple[str, date], tuple[int, int]] = {}
    for kind, to, amount, treasury in loan.settled:
        had = found.get((kind, to), (0, 0))
        found[kind, to] = (had[0] + amount, had[1] + treasury)
    return {key: pair for key, pair in found.items() if pair != (0, 0)}


def allocated(loan: SlowLoan) -> dict[tuple[str, date], int]:
    """What was paid on dues, by kind and due day."""
    found: dict[tuple[str, date], int] = defaultdict(int)
    for kind, due, fen in loan.taken:
        found[kind, due] += fen
    return dict(found)


def everything(loan: SlowLoan) -> dict[str, object]:
    """All of it, to be compared."""
    return {
        "drawn": loan.drawn,
        "balances": balances(loan),
        "left": left(loan),
        "dues": dues(loan),
        "settled": settled(loan),
        "allocated": allocated(loan),
        "credit": loan.credit,
        "losses": loan.losses,
        "recovered": loan.recovered,
        "matures": loan.contract.matures,
        "plan": [(row.due, row.principal, row.interest) for row in loan.rows],
        "over": loan.over,
    }
