"""Worked lives that took another turn: more time, another plan, given up as lost, corrected.

Every amount is typed from the rule, with the calculation beside it; the contracts stand in
``worked.py``; amounts are fen.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import permutations

import pytest

from tests.slow_model.life import Event, Impossible, closes
from tests.slow_model.says import balances, dues, everything, left, of_treasury, settled
from tests.slow_model.worked import (
    BULLET,
    DRAWN,
    FULL,
    GRADING,
    MATURES,
    PLAN,
    QUARTERLY,
    days_after,
    draw,
    early,
    lived,
    paid,
    weekday,
)

# --- more time ----------------------------------------------------------------------------------

EXTENDED = date(2017, 11, 30)


def test_an_extension_settles_nothing_and_costs_no_penalty() -> None:
    event = Event("extension", date(2017, 5, 2), matures=EXTENDED)
    loan = lived(BULLET, EXTENDED, draw(DRAWN), event)
    # 549 days: 50 000 × 4.75 % × 549 / 360 = 3621.875
    assert dues(loan) == {
        ("interest", "household", EXTENDED): 362_188, ("principal", "household", EXTENDED): FULL
    }  # fmt: skip


@pytest.mark.parametrize(
    ("runs_on", "treasury"),
    # 50 000 × 4.75 % × 365 / 360 = 2407.986 up to the first maturity; or all of it
    [(False, 240_799), (True, 362_188)],
)
def test_the_subsidy_of_an_extension(*, runs_on: bool, treasury: int) -> None:
    contract = replace(
        BULLET, shares=[(DRAWN, MATURES, Fraction(1), None)], subsidy_in_extension=runs_on
    )
    event = Event("extension", date(2017, 5, 2), matures=EXTENDED)
    loan = lived(contract, EXTENDED, draw(DRAWN), event)
    assert settled(loan) == {("interest", EXTENDED): (362_188, treasury)}
    assert contract.shares == [(DRAWN, MATURES, Fraction(1), None)]


def test_an_extension_makes_the_rest_of_a_plan_anew() -> None:
    drawn, due, on = date(2017, 1, 10), date(2017, 4, 10), date(2017, 5, 25)
    # 12 000 × 6 % / 4 = 180.00
    events = [draw(drawn, 1_200_000), paid(due, 300_000 + 18_000)]
    loan = lived(PLAN, on, *events, Event("extension", on, matures=date(2018, 7, 10)))
    # the broken part by days: 9000 × 6 % × 45 / 360 = 67.50
    assert left(loan) == {("interest", on): 6_750}
    # 9000 / 5 = 1800; 25 May to 10 July is a month and 15 days:
    # 9000 × 6 % × (1/12 + 15/360) = 67.50
    assert [(row.due, row.principal, row.interest) for row in loan.rows] == [
        (date(2017, 7, 10), 180_000, 6_750),
        (date(2017, 10, 10), 180_000, 10_800),
        (date(2018, 1, 10), 180_000, 8_100),
        (date(2018, 4, 10), 180_000, 5_400),
        (date(2018, 7, 10), 180_000, 2_700),
    ]


def test_a_deferral_makes_what_was_overdue_vanish() -> None:
    drawn, matures, today = date(2019, 3, 1), date(2020, 3, 2), date(2020, 4, 30)
    contract = replace(BULLET, matures=matures)
    before = lived(contract, today, draw(drawn))
    assert balances(before) == {"overdue": FULL}
    assert before.days_late(today) == 59
    assert before.grade(today, GRADING) == 2
    deferral = Event("deferral", date(2020, 2, 28), matures=date(2020, 9, 30))
    after = lived(contract, today, draw(drawn), deferral)
    assert balances(after) == {"regular": FULL}
    assert settled(after) == {}
    assert after.grade(today, GRADING) == 1
    # 579 days: 50 000 × 4.75 % × 579 / 360 = 3819.792
    due = lived(contract, date(2020, 9, 30), draw(drawn), deferral)
    assert settled(due) == {("interest", date(2020, 9, 30)): (381_979, 0)}


def test_from_product_sums_to_instalments() -> None:
    drawn, on = date(2016, 6, 21), date(2016, 7, 21)
    contract = replace(
        QUARTERLY, matures=date(2017, 7, 21), amount=1_200_000, rate=Fraction("0.06")
    )
    change = Event("plan", on, plan=("equal-principal", 6, 0))
    loan = lived(contract, on, draw(drawn, 1_200_000), change)
    # 12 000 × 6 % × 30 / 360 = 60.00
    assert dues(loan) == {("interest", "household", on): 6_000}
    # act/360: 184 days, 12 000 × 6 % × 184 / 360 = 368.00; 181 days on 6000, 181.00
    assert [(row.due, row.principal, row.interest) for row in loan.rows] == [
        (date(2017, 1, 21), 600_000, 36_800),
        (date(2017, 7, 21), 600_000, 18_100),
    ]
    january = lived(contract, date(2017, 1, 21), draw(drawn, 1_200_000), change)
    assert left(january) == {
        ("interest", on): 6_000,
        ("interest", date(2017, 1, 21)): 36_800,
        ("principal", date(2017, 1, 21)): 600_000,
    }


def test_from_instalments_to_settlement_days() -> None:
    drawn, on = date(2017, 1, 10), date(2017, 2, 10)
    change = Event("plan", on, plan=("interest-only", 3, 20))
    loan = lived(PLAN, date(2017, 3, 21), draw(drawn, 1_200_000), change)
    # 12 000 × 6 % × 31 / 360 = 62.00; 10 February to 21 March are 39 days: 78.00
    assert dues(loan) == {
        ("interest", "household", on): 6_200, ("interest", "household", date(2017, 3, 21)): 7_800
    }  # fmt: skip
    assert loan.rows == []


# --- given up as lost ---------------------------------------------------------------------------


def test_written_off_and_recovered() -> None:
    on = days_after(MATURES, 400)
    contract = replace(BULLET, shares=[(DRAWN, MATURES, Fraction(7, 10), None)])
    events = [draw(DRAWN), Event("write-off", on)]
    loan = lived(contract, days_after(on, 500), *events)
    # 2407.986 × 70 % = 1685.590; 2407.99 − 1685.59 = 722.40;
    # 50 000 × 7.125 % × 400 / 360 = 3958.333
    assert loan.losses == {"principal": FULL, "interest": 72_240, "penalty": 395_833}
    assert left(loan) == {}
    assert of_treasury(loan) == 168_559
    assert balances(loan) == {}
    assert settled(loan) == {
        ("interest", MATURES): (240_799, 168_559),
        ("penalty", on): (395_833, 0),
    }
    whole = FULL + 72_240 + 395_833
    later = days_after(on, 30)
    events.append(Event("recovery", later, whole - 1))
    assert lived(contract, later, *events).recovered == whole - 1
    with pytest.raises(Impossible, match="more recovered"):
        lived(contract, later, *events, Event("recovery", later, 2))
    with pytest.raises(Impossible, match="after the write-off"):
        lived(contract, later, *events, paid(later, 1))


def test_what_is_not_due_is_written_off_too() -> None:
    drawn, on = date(2016, 6, 21), date(2016, 7, 21)
    loan = lived(QUARTERLY, on, draw(drawn), Event("write-off", on))
    # 50 000 × 4.75 % × 30 / 360 = 197.917
    assert loan.losses == {"principal": FULL, "interest": 19_792}
    by_plan = lived(
        PLAN, date(2017, 2, 10), draw(date(2017, 1, 10), 1_200_000),
        Event("write-off", date(2017, 2, 10)),
    )  # fmt: skip
    # 12 000 × 6 % × 31 / 360 = 62.00
    assert by_plan.losses == {"principal": 1_200_000, "interest": 6_200}
    assert by_plan.rows == []


# --- corrections --------------------------------------------------------------------------------


def test_a_payment_entered_with_an_earlier_day() -> None:
    drawn, on, september = date(2016, 6, 21), date(2016, 7, 21), date(2016, 9, 21)
    without = lived(QUARTERLY, september, draw(drawn))
    assert settled(without) == {("interest", september): (60_694, 0)}
    # (50 000 × 30 + 40 000 × 62) × 4.75 % / 360 = 3 980 000 × 4.75 % / 360 = 525.139
    with_it = lived(QUARTERLY, september, draw(drawn), early(on, 1_000_000))
    assert settled(with_it) == {("interest", september): (52_514, 0)}
    assert balances(with_it) == {"regular": 4_000_000}


def test_the_order_of_entry_and_the_parts_of_a_day_do_not_matter() -> None:
    drawn, on = date(2016, 6, 21), date(2016, 9, 23)
    events = [
        draw(drawn), paid(on, 20_000), paid(on, 60_000), early(on, 1_000_000), early(on, 7),
        Event("refund", date(2016, 10, 8), 100),
        paid(date(2016, 10, 8), 300),
    ]  # fmt: skip
    until = date(2016, 12, 22)
    whole = [draw(drawn), paid(on, 80_000), early(on, 1_000_007), events[5], events[6]]
    expected = everything(lived(QUARTERLY, until, *whole))
    for order in list(permutations(events))[::200]:
        assert everything(lived(QUARTERLY, until, *order)) == expected


def test_grades_by_the_days_and_by_override() -> None:
    events = [draw(DRAWN)]
    wanted = {0: 1, 1: 2, 90: 2, 91: 3, 270: 3, 271: 4, 360: 4, 361: 5}
    last = days_after(MATURES, 361)
    grades = {
        (day - MATURES).days: (loan.grade(day, GRADING), loan.grade(day, GRADING, 3))
        for day, loan in closes(BULLET, events, last, weekday)
    }
    assert {late: grades[late][0] for late in wanted} == wanted
    assert {late: grades[late][1] for late in wanted} == {
        late: max(grade, 3) for late, grade in wanted.items()
    }


@pytest.mark.parametrize(
    ("events", "rule"),
    [
        ([paid(DRAWN, 1)], "before the first draw"),
        ([draw(days_after(DRAWN, 1)), paid(DRAWN, 1)], "before the first draw"),
        ([draw(DRAWN), paid(EXTENDED, 1)], "of the future"),
        ([draw(MATURES)], "at or after the maturity"),
        ([draw(DRAWN, FULL + 1)], "above the contract"),
        ([draw(DRAWN, 1), Event("misuse", DRAWN), draw(days_after(DRAWN, 1), 1)], "after misuse"),
        ([draw(DRAWN), Event("misuse", DRAWN), Event("misuse", MATURES)], "misuse found twice"),
        ([draw(DRAWN), Event("extension", MATURES, matures=EXTENDED)], "after the maturity"),
        ([draw(DRAWN), Event("deferral", DRAWN, matures=MATURES)], "not later"),
        ([draw(DRAWN), early(DRAWN, FULL), Event("extension", MATURES, matures=EXTENDED)], "over"),
        ([draw(DRAWN), Event("plan", MATURES, plan=("bullet", 0, 0))], "after the maturity"),
        ([draw(DRAWN), early(DRAWN, FULL), Event("write-off", MATURES)], "write-off of nothing"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)  # fmt: skip
def test_what_no_rule_allows(events: list[Event], rule: str) -> None:
    with pytest.raises(Impossible, match=rule):
        lived(BULLET, MATURES, *events)
