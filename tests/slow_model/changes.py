"""What is decided about a slow loan: more time, another plan, misuse found, given up as lost."""

from __future__ import annotations

from datetime import date

from tests.slow_model.loan import SlowLoan


def extend(loan: SlowLoan, matures: date, on: date) -> None:
    """An extension or a deferral: the same contract and rate, a later maturity."""
    terms = loan.contract
    if terms.by_plan:
        loan.settle_broken(on)
    terms.matures = matures
    if terms.subsidy_in_extension and terms.shares and loan.misused_from is None:
        start, end, share, cap = terms.shares[-1]
        terms.shares[-1] = (start, max(end, matures), share, cap)
    if terms.by_plan:
        assert loan.plan_start is not None
        loan.count_dues(loan.plan_start)
        loan.plan_anew(on)


def replan(loan: SlowLoan, method: str, every: int, settle_on: int, on: date) -> None:
    """Another method, rhythm or settlement day; what ran under the old one is settled."""
    terms = loan.contract
    if terms.by_plan:
        loan.settle_broken(on)
    else:
        loan.settle_interest(on)
    terms.method, terms.every, terms.settle_on = method, every, settle_on
    loan.rows, loan.all_dues = [], []
    if terms.by_plan:
        loan.count_dues(on)
        loan.plan_anew(on)


def misuse(loan: SlowLoan, on: date) -> None:
    """The money was used for something else from this day on."""
    terms = loan.contract
    if terms.by_plan:
        loan.settle_broken(on)
    terms.shares = [
        (start, min(end, on), share, cap) for start, end, share, cap in terms.shares if start < on
    ]
    loan.misused_from = on
    loan.misused, loan.regular = loan.regular, 0
    if terms.by_plan:
        loan.plan_anew(on)


def unsubsidise(loan: SlowLoan, on: date) -> None:
    """The treasury bears nothing from this day on."""
    loan.unsubsidised_from = on


def write_off(loan: SlowLoan, on: date) -> None:
    """All that the household owes leaves the books; the treasury still owes its part."""
    if loan.contract.by_plan and on < loan.contract.matures:
        loan.settle_broken(on)
    else:
        loan.settle_interest(on)
    loan.settle_penalty(on)
    lost = {"principal": loan.not_due}
    for debt in loan.owed:
        lost[debt.kind] = lost.get(debt.kind, 0) + debt.left
        debt.left = 0
    loan.losses = {kind: fen for kind, fen in lost.items() if fen}
    loan.regular = loan.misused = 0
    loan.rows = []
    loan.written_off_on = on
