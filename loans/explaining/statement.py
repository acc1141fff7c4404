"""对账单: what was settled and paid on one loan from a day to a day, to be checked by hand.

Every settlement in force stands once, with its segments and the sum as it is keyed into a pocket
calculator; every payment with what it was used for; and the balance from movement to movement.
"""

from __future__ import annotations

from datetime import date

from kernel.money import format_yuan
from loans.explaining.balances import balance
from loans.explaining.case import Answer, Case
from loans.explaining.payments import repayment, taker_of
from loans.explaining.settlements import settlement
from loans.models import Repayment, Settlement


def statement(case: Case, *, start: date, end: date) -> Answer:
    """Everything dated from ``start`` to ``end``, both included."""
    settled = [settlement(case, row) for row in in_force(case) if start <= row.to_on <= end]
    paid = [
        repayment(case, row)
        for row in case.repayments
        if start <= row.value_date <= end and _shown(case, row)
    ]
    standing = balance(case)
    moves = [one for one in standing["movements"] if one["on"] <= end.isoformat()]
    before = [one for one in moves if one["on"] < start.isoformat()]
    return {
        "kind": "statement",
        "number": case.loan.number,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "made_on": case.on.isoformat(),
        "opening": before[-1]["balance"] if before else format_yuan(0),
        "closing": moves[-1]["balance"] if moves else format_yuan(0),
        "movements": moves[len(before) :],
        "settlements": settled,
        "payments": paid,
        "totals": _totals(case, start, end),
    }


def in_force(case: Case) -> list[Settlement]:
    """Of each settlement its last row, where something is left of it after all corrections."""
    last: dict[tuple[str, date], Settlement] = {}
    for row in case.settlements:
        if case.standing.settled[row.kind, row.to_on].amount_fen:
            last[row.kind, row.to_on] = row
    return list(last.values())


def _shown(case: Case, row: Repayment) -> bool:
    """Not what was undone; credit put to use only where something still takes it."""
    if ("repayment", row.id) in case.reversals:
        return False
    taker = taker_of(row)
    return row.kind != "credit" or any(
        by == taker and fen for (by, _due), fen in case.standing.taken.items()
    )


def _totals(case: Case, start: date, end: date) -> Answer:
    sums = [(kind, one) for (kind, to), one in case.standing.settled.items() if start <= to <= end]
    told = {
        kind: format_yuan(sum(one.amount_fen for name, one in sums if name == kind))
        for kind in ("interest", "penalty", "compound")
    }
    treasury_fen = sum(one.treasury_fen for _kind, one in sums)
    household_fen = sum(one.amount_fen for _kind, one in sums) - treasury_fen
    return told | {
        "treasury": format_yuan(treasury_fen),
        "household": format_yuan(household_fen),
    }
