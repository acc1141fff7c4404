"""Worked lives: every amount typed from the rule, with the calculation beside it.

Amounts are fen. Unless said otherwise: 50 000 yuan at 4.75 %, over 360, +50 % past due (7.125 %),
+100 % misused (9.5 %), the household bears all of the interest; Saturdays and Sundays are holidays.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import permutations

import pytest

from tests.slow_model.contract import Contract
from tests.slow_model.life import Event, Impossible, closes, live
from tests.slow_model.loan import SlowLoan
from tests.slow_model.says import allocated, balances, dues, everything, left, settled

FULL = 5_000_000
RATE = Fraction("0.0475")
PENALTY_FIRST = ["penalty", "compound", "interest", "principal"]
#: the grading rule since July 2023
GRADING = [(0, 2), (90, 3), (270, 4), (360, 5)]

#: a Monday, and a year later a Tuesday
DRAWN = date(2016, 5, 30)
MATURES = date(2017, 5, 30)

BULLET = Contract(
    amount=FULL,
    matures=MATURES,
    rate=RATE,
    penalty_rate=Fraction("0.07125"),
    method="bullet",
    every=0,
    settle_on=0,
    convention="act/360",
    order=PENALTY_FIRST,
    shares=[],
    misuse_rate=Fraction("0.095"),
)
#: three years, settled on the 20th of the quarter's last month
QUARTERLY = replace(
    BULLET, matures=date(2019, 6, 21), method="interest-only", every=3, settle_on=20
)
#: 12 000 yuan at 6 %, four instalments of principal
PLAN = replace(
    BULLET, amount=1_200_000, matures=date(2018, 1, 10), rate=Fraction("0.06"),
    penalty_rate=Fraction("0.09"), misuse_rate=Fraction("0.12"), method="equal-principal", every=3,
    convention="by-month",
)  # fmt: skip


def weekday(day: date) -> bool:
    return day.weekday() < 5


def lived(contract: Contract, until: date, *events: Event) -> SlowLoan:
    return live(contract, events, until, weekday)


def draw(on: date, fen: int = FULL) -> Event:
    return Event("draw", on, fen)


def paid(on: date, fen: int) -> Event:
    return Event("payment", on, fen)


def early(on: date, fen: int) -> Event:
    return Event("early", on, fen)


def days_after(day: date, days: int) -> date:
    return day + timedelta(days=days)


# --- past due -----------------------------------------------------------------------------------


def test_ninety_days_past_due_at_half_as_much_again() -> None:
    on = days_after(MATURES, 90)
    loan = lived(BULLET, on, draw(DRAWN), paid(on, 100))
    # 50 000 × 7.125 % × 90 / 360 = 890.625; 50 000 × 4.75 % × 365 / 360 = 2407.986
    assert settled(loan) == {("penalty", on): (89_063, 0), ("interest", MATURES): (240_799, 0)}
    assert balances(loan) == {"overdue": FULL}


def test_ninety_days_past_due_at_thirty_percent_more() -> None:
    on = days_after(MATURES, 90)
    milder = replace(BULLET, penalty_rate=Fraction("0.06175"))
    loan = lived(milder, on, draw(DRAWN), paid(on, 100))
    # 50 000 × 6.175 % × 90 / 360 = 771.875
    assert settled(loan)["penalty", on] == (77_188, 0)


def test_paid_on_the_due_day_costs_nothing_and_one_day_late_one_day() -> None:
    whole = FULL + 240_799
    in_time = lived(BULLET, MATURES, draw(DRAWN), paid(MATURES, whole))
    assert in_time.over
    assert settled(in_time) == {("interest", MATURES): (240_799, 0)}
    next_day = days_after(MATURES, 1)
    # 50 000 × 7.125 % × 1 / 360 = 9.896
    late = lived(BULLET, next_day, draw(DRAWN), paid(next_day, whole))
    assert not late.over
    assert left(late) == {("principal", "household", MATURES): 990}
    assert lived(BULLET, next_day, draw(DRAWN), paid(next_day, whole + 990)).over


def test_a_due_date_on_a_saturday_is_met_on_monday_at_the_rate_of_the_contract() -> None:
    saturday, monday = date(2017, 5, 27), date(2017, 5, 29)
    contract = replace(BULLET, matures=saturday)
    # 50 000 × 4.75 %: × 362 / 360 = 2388.194; × 2 / 360 = 13.194
    loan = lived(contract, monday, draw(DRAWN), paid(monday, FULL + 238_819 + 1_319))
    assert loan.over
    assert settled(loan) == {("interest", saturday): (238_819, 0), ("interest", monday): (1_319, 0)}
    # left unpaid on Monday it is late from Monday on: 50 000 × 7.125 % × 1 / 360 = 9.896
    tuesday = date(2017, 5, 30)
    later = lived(contract, tuesday, draw(DRAWN), paid(tuesday, 1))
    assert settled(later)["penalty", tuesday] == (990, 0)
    assert settled(later)["interest", tuesday] == (1_319, 0)
    assert later.days_late(tuesday) == 1


def test_principal_first_after_ninety_days() -> None:
    contract = replace(BULLET, principal_first_after=90)
    on = days_after(MATURES, 90)
    # penalty 890.63, interest 2407.99; 10 000.00 − 890.63 − 2407.99 = 6701.38 is left for principal
    loan = lived(contract, on, draw(DRAWN), paid(on, 1_000_000))
    assert allocated(loan) == {
        ("penalty", on): 89_063, ("interest", MATURES): 240_799, ("principal", MATURES): 670_138
    }  # fmt: skip
    on = days_after(MATURES, 91)
    loan = lived(contract, on, draw(DRAWN), paid(on, 1_000_000))
    assert allocated(loan) == {("principal", MATURES): 1_000_000}
    # the others keep their order: 50 000 × 7.125 % × 91 / 360 = 900.521
    loan = lived(contract, on, draw(DRAWN), paid(on, FULL + 90_052 + 1))
    assert left(loan) == {("interest", "household", MATURES): 240_798}


# --- compound interest --------------------------------------------------------------------------


def test_interest_past_due_bears_interest_where_the_contract_says_so() -> None:
    drawn, september, december = date(2016, 6, 21), date(2016, 9, 21), date(2016, 12, 21)
    # 50 000 × 4.75 % × 92 / 360 = 606.944; × 91 / 360 = 600.347
    plain = lived(QUARTERLY, december, draw(drawn))
    assert settled(plain) == {
        ("interest", september): (60_694, 0),
        ("interest", december): (60_035, 0),
    }
    assert balances(plain) == {"regular": FULL}
    loan = lived(replace(QUARTERLY, compound=True), december, draw(drawn))
    # 606.94 × 7.125 % × 91 / 360 = 10.931
    assert settled(loan) == settled(plain) | {("compound", december): (1_093, 0)}
    assert balances(loan) == {"regular": FULL, "arrears": 60_694}
    assert loan.principal == FULL


def test_compound_interest_of_a_misused_loan_takes_the_heavier_rate() -> None:
    drawn, september, december = date(2016, 6, 21), date(2016, 9, 21), date(2016, 12, 21)
    contract = replace(QUARTERLY, compound=True)
    loan = lived(contract, december, draw(drawn), Event("misuse", september))
    # 606.94 × 9.5 % × 91 / 360 = 14.575, just under; 50 000 × 9.5 % × 91 / 360 = 1200.694
    assert settled(loan)["compound", december] == (1_457, 0)
    assert settled(loan)["penalty", december] == (120_069, 0)


def test_compound_interest_ends_with_the_arrears_and_bears_none_itself() -> None:
    drawn, september, december = date(2016, 6, 21), date(2016, 9, 21), date(2016, 12, 21)
    contract = replace(
        QUARTERLY, compound=True, order=["interest", "penalty", "compound", "principal"]
    )
    # 606.94 × 7.125 % × 30 / 360 = 3.604, unpaid and never more
    october = date(2016, 10, 21)
    loan = lived(contract, december, draw(drawn), paid(october, 60_694))
    assert balances(loan) == {"regular": FULL}
    assert left(loan) == {
        ("compound", "household", october): 360, ("interest", "household", december): 60_035
    }  # fmt: skip
    assert settled(loan)["compound", october] == (360, 0)
    assert ("compound", december) not in settled(loan)
    assert settled(loan)["interest", september] == (60_694, 0)


# --- misuse -------------------------------------------------------------------------------------


def test_misuse_from_the_first_day() -> None:
    drawn, september = date(2016, 6, 21), date(2016, 9, 21)
    loan = lived(QUARTERLY, september, draw(drawn), Event("misuse", drawn))
    # 50 000 × 9.5 % × 92 / 360 = 1213.889
    assert settled(loan) == {("penalty", september): (121_389, 0)}
    assert balances(loan) == {"misused": FULL}


def test_misuse_ends_the_subsidy_on_its_day() -> None:
    drawn, found, september = date(2016, 6, 21), date(2016, 7, 21), date(2016, 9, 21)
    contract = replace(QUARTERLY, shares=[(drawn, date(2019, 6, 21), Fraction(1), None)])
    loan = lived(contract, september, draw(drawn), Event("misuse", found))
    # 50 000 × 4.75 % × 30 / 360 = 197.917, the treasury's; 50 000 × 9.5 % × 62 / 360 = 818.056
    assert settled(loan) == {
        ("interest", september): (19_792, 19_792), ("penalty", september): (81_806, 0)
    }  # fmt: skip
    assert left(loan) == {
        ("interest", "treasury", september): 19_792, ("penalty", "household", september): 81_806
    }  # fmt: skip


def test_misused_and_past_due_bears_the_heavier_surcharge_not_both() -> None:
    on = days_after(MATURES, 90)
    found = days_after(MATURES, 30)
    loan = lived(BULLET, on, draw(DRAWN), Event("misuse", found), paid(on, 1))
    # 50 000 × (7.125 % × 30 + 9.5 % × 60) / 360 = 296.875 + 791.667 = 1088.542
    assert settled(loan)["penalty", on] == (108_854, 0)
    milder = replace(BULLET, misuse_rate=Fraction("0.07"))
    loan = lived(milder, on, draw(DRAWN), Event("misuse", found), paid(on, 1))
    # the rate past due is heavier than 7 %: 50 000 × 7.125 % × 90 / 360 = 890.625
    assert settled(loan)["penalty", on] == (89_063, 0)


def test_a_misused_loan_by_plan_owes_its_instalments_without_interest() -> None:
    drawn, found, due = date(2017, 1, 10), date(2017, 2, 10), date(2017, 4, 10)
    loan = lived(PLAN, due, draw(drawn, 1_200_000), Event("misuse", found))
    # 12 000 × 6 % × 31 / 360 = 62.00; 12 000 × 12 % × 59 / 360 = 236.00
    assert dues(loan) == {
        ("interest", "household", found): 6_200, ("penalty", "household", due): 23_600,
        ("principal", "household", due): 300_000,
    }  # fmt: skip
    assert [(row.principal, row.interest) for row in loan.rows] == [(300_000, 0)] * 4


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
    assert left(loan) == {("interest", "household", on): 6_750}
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
        ("interest", "household", on): 6_000,
        ("interest", "household", date(2017, 1, 21)): 36_800,
        ("principal", "household", date(2017, 1, 21)): 600_000,
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


# --- draws and credit ---------------------------------------------------------------------------


def test_drawn_repaid_and_drawn_again() -> None:
    contract = replace(QUARTERLY, amount=3_000_000, revolving=True)
    drawn, repaid, again = date(2016, 6, 21), date(2016, 7, 21), date(2016, 8, 20)
    # 20 000 × 4.75 % × 30 / 360 = 79.167
    first = [draw(drawn, 2_000_000), early(repaid, 2_000_000 + 7_917)]
    between = lived(contract, again, *first)
    assert between.principal == 0
    assert between.credit == 0
    assert not between.over
    loan = lived(contract, date(2016, 9, 21), *first, draw(again, 3_000_000))
    # 30 000 × 4.75 % × 32 / 360 = 126.667
    assert left(loan) == {("interest", "household", date(2016, 9, 21)): 12_667}
    with pytest.raises(Impossible, match="above the contract"):
        lived(contract, again, *first, draw(again, 3_000_001))
    with pytest.raises(Impossible, match="is over"):
        lived(replace(contract, revolving=False), again, *first, draw(again, 1_000_000))
    # nothing owed: over with the close of the eve of its maturity
    story = {day: loan.over for day, loan in closes(contract, first, date(2019, 6, 20), weekday)}
    assert [day for day, over in story.items() if over] == [date(2019, 6, 20)]


def test_several_draws_bear_interest_each_from_its_day() -> None:
    drawn, more = date(2016, 6, 21), date(2016, 7, 21)
    loan = lived(QUARTERLY, date(2016, 9, 21), draw(drawn, 2_000_000), draw(more, 3_000_000))
    # (20 000 × 30 + 50 000 × 62) × 4.75 % / 360 = 3 700 000 × 4.75 % / 360 = 488.194
    assert settled(loan) == {("interest", date(2016, 9, 21)): (48_819, 0)}
    with pytest.raises(Impossible, match="above the contract"):
        lived(QUARTERLY, more, draw(drawn, 2_000_000), draw(more, 3_000_001))


def test_credit_waits_for_the_next_due_and_can_be_given_back() -> None:
    drawn, on, september = date(2016, 6, 21), date(2016, 7, 21), date(2016, 9, 21)
    events = [draw(drawn), paid(on, 100_000)]
    assert lived(QUARTERLY, on, *events).credit == 100_000
    # 606.94 is due on 21 September; its close uses the credit: 1000.00 − 606.94
    assert lived(QUARTERLY, september, *events).credit == 100_000
    used = lived(QUARTERLY, date(2016, 9, 22), *events, Event("refund", date(2016, 9, 22), 39_305))
    assert used.credit == 1
    assert allocated(used) == {("interest", september): 60_694}
    # given back before, it cannot pay
    bare = lived(QUARTERLY, date(2016, 9, 22), *events, Event("refund", on, 100_000))
    assert bare.credit == 0
    assert left(bare) == {("interest", "household", september): 60_694}
    with pytest.raises(Impossible, match="above the credit"):
        lived(QUARTERLY, on, *events, Event("refund", on, 100_001))


# --- given up as lost ---------------------------------------------------------------------------


def test_written_off_and_recovered() -> None:
    on = days_after(MATURES, 400)
    contract = replace(BULLET, shares=[(DRAWN, MATURES, Fraction(7, 10), None)])
    events = [draw(DRAWN), Event("write-off", on)]
    loan = lived(contract, days_after(on, 500), *events)
    # 2407.986 × 70 % = 1685.590; 2407.99 − 1685.59 = 722.40;
    # 50 000 × 7.125 % × 400 / 360 = 3958.333
    assert loan.losses == {"principal": FULL, "interest": 72_240, "penalty": 395_833}
    assert left(loan) == {("interest", "treasury", MATURES): 168_559}
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
