"""Asking for a stress: whose portfolio, how many runs, which seed; then the books are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from kernel.actor import Actor
from loans.migration import scope_of
from loans.models import Loan
from office import rights
from risk_fund.refusals import StressUnclear
from risk_fund.stress import portfolio
from risk_fund.stress.assumed import RUNS, RUNS_MAX, SEED, WORKOUT_MONTHS, YEARS
from risk_fund.stress.history import PRIOR, History, history, matrix_of
from risk_fund.stress.outcome import Outcome, stress
from risk_fund.stress.runs import Assumptions


@dataclass(frozen=True, slots=True)
class StressAsked:
    """What somebody wants to know."""

    runs: int = RUNS
    seed: int = SEED
    #: one lender's loans and account; None: all that the asker may see
    lender_id: int | None = None


@dataclass(frozen=True, slots=True)
class Stressed:
    """The answer, with what it rests on."""

    on: date
    history: History
    outcome: Outcome


def ask(
    session: Session, *, asked: StressAsked, on: date, last_closed: date | None, by: Actor
) -> Stressed:
    """Stress the portfolio that somebody may see, as it stands."""
    rights.allow(by, "risk_fund.stress", institution_id=asked.lender_id)
    if not 100 <= asked.runs <= RUNS_MAX:
        raise StressUnclear(field="runs", most=RUNS_MAX)
    scope = _scope(by, asked.lender_id)
    lenders = by.institution_ids if asked.lender_id is None else {asked.lender_id}
    seen = history(session, last_closed=last_closed, scope=scope)
    outcome = stress(
        portfolio.cells(session, on=on, scope=scope),
        portfolio.available(session, by.region_scope, lenders),
        Assumptions(matrix_of(seen, PRIOR), YEARS, WORKOUT_MONTHS, asked.runs, asked.seed),
    )
    return Stressed(on, seen, outcome)


def _scope(by: Actor, lender_id: int | None) -> list[ColumnElement[bool]]:
    own = scope_of(by, "")
    return own if lender_id is None else [*own, Loan.lender_id == lender_id]
