"""Accrued, claimed, paid, to recover, day by day through a claim, a revision and the next claim."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import literal

import ledger
from subsidies import figures
from tests.loans import changing
from tests.planted import Plant
from tests.subsidies.offices import Offices

ONE = timedelta(days=1)
SEPTEMBER = date(2016, 9, 21)
NOTHING = (0, 0, 0, 0)


def of(offices: Offices, day: date) -> tuple[int, ...]:
    """The four figures of the county as of a day."""
    with offices.books.read() as session:
        rows = session.execute(figures.by_place(day)).all()
    return tuple(sum(column) for column in zip(*(row[2:] for row in rows), strict=True)) or NOTHING


def moved(offices: Offices, day: date) -> tuple[int, ...]:
    with offices.books.read() as session:
        rows = session.execute(figures.moved(day, day - ONE)).all()
    return tuple(sum(column) for column in zip(*(row[2:] for row in rows), strict=True)) or NOTHING


def claim_and_pay(offices: Offices, period_to: date) -> None:
    claim_id = offices.sent(period_to)
    offices.take_answer(claim_id, offices.answer_file(claim_id))


def funded(offices: Offices) -> list[str]:
    offices.fund()
    offices.bank("810000000012")
    return [offices.lend(1), offices.lend(2)]


def stop(offices: Offices, number: str) -> None:
    """The first loan was put to another use from 10 June on."""
    changing.change(
        offices, "unsubsidised", number, why="off_purpose", value_date=date(2016, 6, 10)
    )


def test_a_downward_revision_stands_beside_until_the_next_claim_is_paid(offices: Offices) -> None:
    """Two loans of 145.14; of one 11 days are taken back: 145.14 − 72.57 (72.569…) = 72.57."""
    first, _second = funded(offices)
    offices.close_to(date(2016, 6, 20))
    on = offices.today
    assert of(offices, on) == (290_28, 0, 0, 0)
    claim_id = offices.submitted()
    assert of(offices, on) == (290_28, 290_28, 0, 0)
    assert of(offices, on - ONE) == (290_28, 0, 0, 0)
    offices.recompute(claim_id)
    offices.confirm(claim_id)
    offices.post_notice(claim_id)
    offices.wait(7)
    offices.grant(claim_id)
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id))
    assert of(offices, offices.today) == (290_28, 290_28, 290_28, 0)
    stop(offices, first)
    assert of(offices, offices.today) == (290_28, 290_28, 290_28, 0)
    offices.close_to(offices.today)
    stopped_on = offices.today
    assert of(offices, stopped_on) == (290_28, 290_28, 290_28, 72_57)
    # The second loan's quarter: 606.94. The first one bears none any more.
    offices.close_to(date(2016, 9, 20))
    assert of(offices, offices.today) == (897_22, 290_28, 290_28, 72_57)
    claim_id = offices.submitted(SEPTEMBER)
    assert offices.claim(claim_id).total_fen == 606_94 - 72_57
    assert of(offices, offices.today) == (897_22, 897_22, 290_28, 72_57)
    offices.return_claim(claim_id)
    assert of(offices, offices.today) == (897_22, 290_28, 290_28, 72_57)
    claim_and_pay(offices, SEPTEMBER)
    assert of(offices, offices.today) == (824_65, 824_65, 824_65, 0)
    # What was closed tells the same for ever.
    assert of(offices, stopped_on) == (290_28, 290_28, 290_28, 72_57)
    with offices.books.read() as session:
        assert ledger.balance(session, kind="subsidy_expense") == 824_65


def test_what_nobody_claimed_nets_at_once(offices: Offices) -> None:
    first, _second = funded(offices)
    offices.close_to(date(2016, 6, 20))
    stop(offices, first)
    offices.close_to(offices.today)
    assert of(offices, offices.today) == (217_71, 0, 0, 0)
    claim_id = offices.submitted()
    assert offices.claim(claim_id).total_fen == 217_71
    assert of(offices, offices.today) == (217_71, 217_71, 0, 0)


def test_each_day_moves_what_lies_between_its_figures(offices: Offices) -> None:
    first, _second = funded(offices)
    offices.close_to(date(2016, 6, 20))
    claim_and_pay(offices, date(2016, 6, 21))
    stop(offices, first)
    offices.close_to(date(2016, 9, 20))
    claim_and_pay(offices, SEPTEMBER)
    offices.close_to(offices.today)
    seen: Counter[bool] = Counter()
    before: tuple[int, ...] = NOTHING
    day = date(2016, 6, 1)
    while day < offices.today:
        now, moves = of(offices, day), moved(offices, day)
        assert moves == tuple(b - a for a, b in zip(before, now, strict=True)), day
        seen[moves != NOTHING] += 1
        before, day = now, day + ONE
    assert before == (824_65, 824_65, 824_65, 0)
    # 20 June, its submission, the answer and the stop on one day; 20 September, the same twice
    assert seen[True] == 6


PLANTED = [
    Plant(test, target, bug)
    for test, target, bug in (
        (
            test_a_downward_revision_stands_beside_until_the_next_claim_is_paid,
            "subsidies.figures._is_against_another",
            lambda _one, _day: literal(False),
        ),
        (
            test_what_nobody_claimed_nets_at_once,
            "subsidies.figures._is_against_another",
            lambda _one, _day: literal(True),
        ),
        (
            test_a_downward_revision_stands_beside_until_the_next_claim_is_paid,
            "subsidies.figures._is_paid",
            lambda _one, _day: literal(False),
        ),
    )
]


@pytest.mark.damaged("a planted bug broke off in the middle of a claim")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, offices: Offices) -> None:
    plant.prove(offices=offices)
