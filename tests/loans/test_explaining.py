"""Every amount of every loan, recomputed from what its explanation prints, and from nothing else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from loans import explaining
from loans.explaining import Case
from loans.models import Due, Repayment, Settlement
from loans.page import schedule_of
from policy import ConductRules
from tests.loans import recomputing
from tests.loans.full_lives import portfolio
from tests.loans.town import DIRECTOR, Town
from tests.planted import Plant

SEEDS = (1, 2, 3)


def printed(answer: dict[str, Any]) -> dict[str, Any]:
    """As the API sends it."""
    told: dict[str, Any] = json.loads(json.dumps(answer, ensure_ascii=False))
    return told


def cases(town: Town, session: Session, numbers: list[str]) -> Iterator[Case]:
    for number in numbers:
        yield explaining.open_case(session, number=number, by=DIRECTOR, calendar=town.calendar)


def recompute(town: Town, numbers: list[str]) -> Counter[str]:
    """Ask why of everything, and reckon it again; how much of each kind there was."""
    seen: Counter[str] = Counter()
    asked = {"by": DIRECTOR, "calendar": town.calendar}

    def rules(day: date) -> ConductRules:
        return town.rulebook.conduct(on=day, region="431022000000")

    with town.books.read() as session:
        for key in session.scalars(select(Settlement.id)).all():
            told = printed(explaining.why_settlement(session, settlement_id=key, **asked))
            recomputing.settlement(told)
            seen[told["kind"]] += 1
            seen["revised"] += bool(told["revisions"])
            seen["by plan"] += "plan_nr" in told
        for key in session.scalars(select(Repayment.id)).all():
            told = printed(explaining.why_repayment(session, repayment_id=key, **asked))
            recomputing.repayment(told)
            seen[told["kind"]] += 1
            seen["principal first"] += any(s.get("principal_first") for s in told["steps"])
        for key in session.scalars(select(Due.id)).all():
            recomputing.due(printed(explaining.why_due(session, due_id=key, **asked)))
            seen["due"] += 1
        for case in cases(town, session, numbers):
            told = printed(explaining.grades.grade(case, rules))
            recomputing.grade(told)
            seen["grade"] += len(told["changes"])
            recomputing.balance(printed(explaining.balances.balance(case)))
            recomputing.plan(printed(explaining.plans.plan(case, schedule_of(case.one))))
            told = explaining.statement(case, start=case.loan.signed_on, end=case.on)
            for one in printed(told)["settlements"]:
                recomputing.settlement(one)
    return seen


@pytest.mark.parametrize("seed", SEEDS)
def test_every_amount_of_a_random_portfolio_is_recomputed_from_its_answer(
    town: Town, seed: int
) -> None:
    seen = recompute(town, portfolio(town, seed))
    assert seen["interest"] > 20, seen
    assert seen["repayment"] > 20, seen
