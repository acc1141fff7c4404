"""Every amount of every loan, recomputed from what its explanation prints and nothing else."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import select, true
from sqlalchemy.orm import Session

from kernel.refusals import NotFound
from loans import explaining
from loans.explaining import Case, grades, payments, settlements
from loans.models import Due, Repayment, Settlement
from loans.page import schedule_of
from policy import ConductRules
from tests.loans import recomputing
from tests.loans.full_lives import portfolio
from tests.loans.town import DIRECTOR, Town, person
from tests.planted import Plant

SEEDS = (1, 2)


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
    asked: Any = {"by": DIRECTOR, "calendar": town.calendar}

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
    asked = ("interest", "penalty", "revised", "by plan", "repayment", "due", "grade")
    assert all(seen[kind] for kind in asked), seen


# --- one loan, typed from the rule ----------------------------------------------------------------


def lived(town: Town) -> str:
    """50 000 at 4.75 % by quarters, paid late, entered late and undone."""
    number = town.lend()
    town.close_to(date(2016, 11, 30))
    return number


def why_of(town: Town, number: str, kind: str, to: date) -> dict[str, Any]:
    with town.books.read() as session:
        (case,) = cases(town, session, [number])
        row = [r for r in case.settlements if (r.kind, r.to_on) == (kind, to)][-1]
        return printed(explaining.settlements.settlement(case, row))


def test_a_revised_settlement_tells_what_it_was_what_it_is_and_why(town: Town) -> None:
    number = lived(town)
    # 20 000 came on 10 August and is entered on 1 December.
    town.pay(number, 2_000_000, early=True, value_date=date(2016, 8, 10))
    told = why_of(town, number, "interest", date(2016, 9, 21))
    # 21 June to 21 September: 50000 × 92 × 4.75 % ÷ 360 = 606.9444; with 30 000 from 10 August on:
    # (50000 × 50 + 30000 × 42) × 4.75 % ÷ 360 = 496.1111.
    (first, second) = told["revisions"]
    assert (first["was"], first["difference"], first["is"]) == ("0.00", "606.94", "606.94")
    assert (second["was"], second["difference"], second["is"]) == ("606.94", "-110.83", "496.11")
    assert (second["cause_title"], second["value_date"]) == ("补记收付", "2016-08-10")
    assert [(one["days"], one["balance"]) for one in told["segments"]] == [
        (50, "50000.00"),
        (42, "30000.00"),
    ]
    assert told["keyed"] == "（50000.00×50×4.75＋30000.00×42×4.75）÷100÷360"


def test_what_a_correction_changed_is_told_by_amount_days_and_reason(town: Town) -> None:
    number = lived(town)
    key = town.pay(number, 2_000_000, early=True, value_date=date(2016, 8, 10))
    town.undo_payment(key, "记错户")
    with town.books.read() as session:
        (case,) = cases(town, session, [number])
        undone, entered = printed({"all": explaining.corrections(case)})["all"]
    assert (entered["cause"], undone["cause"], undone["reason"]) == (
        "late_repayment", "reversal", "记错户",
    )  # fmt: skip
    assert entered["closed_days"] == {"from": "2016-08-10", "to": "2016-11-30"}
    # All interest of this loan is the treasury's; what the one took the other gives back.
    assert (entered["totals"], undone["totals"]) == (
        {"household": "0.00", "treasury": "-110.83"},
        {"household": "0.00", "treasury": "110.83"},
    )


def test_a_stranger_is_told_nothing(town: Town) -> None:
    number = lived(town)
    with town.books.read() as session, pytest.raises(NotFound):
        explaining.open_case(
            session, number=number, by=person(99, "nobody"), calendar=town.calendar
        )
    with town.books.read() as session, pytest.raises(NotFound):
        explaining.why_settlement(
            session, settlement_id=99_999, by=DIRECTOR, calendar=town.calendar
        )


#: wrong twins, each of which some answer of some loan gives away
_pieces_of = settlements.pieces_of
_step = payments._step
_judged = grades._judged


PLANTED = [
    # the segments of before the correction too
    Plant(
        test_a_revised_settlement_tells_what_it_was_what_it_is_and_why,
        "loans.record.standing.in_force",
        true,
    ),
    # the other revisions forgotten
    Plant(
        test_a_revised_settlement_tells_what_it_was_what_it_is_and_why,
        "loans.explaining.settlements.correction_facts",
        lambda _correction: {},
        catches=(KeyError,),
    ),
    Plant(
        test_what_a_correction_changed_is_told_by_amount_days_and_reason,
        "loans.explaining.corrected._days",
        lambda _one: None,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, town: Town) -> None:
    plant.prove(town=town)


def _one_segment_short(case: Case, kind: str, since: date, to: date) -> Any:
    return _pieces_of(case, kind, since, to)[1:]


def _always_in_the_contracts_order(case: Case, step: Any) -> Any:
    told = _step(case, step)
    return {**told, "order": case.loan.allocation_order.split(",")[::-1]}


#: bugs in an answer that recomputing a whole portfolio finds
WHOLE = {
    "a segment short": ("loans.explaining.settlements.pieces_of", _one_segment_short),
    "the order of another contract": (
        "loans.explaining.payments._step",
        _always_in_the_contracts_order,
    ),
    "a day late": (
        "loans.explaining.grades._judged",
        lambda case, days, on, rules: _judged(case, days + 91, on, rules),
    ),
    "unpaid interest as principal": (
        "loans.explaining.balances._movements",
        lambda _case: [],
    ),
    "no share of the treasury": (
        "loans.explaining.settlements._shared_piece",
        lambda _case, piece: {
            "balance": "0.00", "days": 1, "annual_rate": "0.00", "share": "0.00",
        },
    ),
}  # fmt: skip


def test_a_wrong_word_in_any_answer_stops_the_recomputation(town: Town) -> None:
    numbers = portfolio(town, 1, steps=14)
    recompute(town, numbers)
    for target, bug in WHOLE.values():
        path, _, attribute = target.rpartition(".")
        with mock.patch.object(sys.modules[path], attribute, bug), pytest.raises(AssertionError):
            recompute(town, numbers)
