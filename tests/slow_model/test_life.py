"""Worked lives: every amount typed from the rule, with the calculation beside it.

The contracts stand in ``worked.py``; amounts are fen.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from tests.planted import Plant
from tests.slow_model.life import Event, Impossible, closes
from tests.slow_model.loan import SlowLoan
from tests.slow_model.says import allocated, balances, dues, left, of_treasury, settled
from tests.slow_model.worked import (
    BULLET,
    DRAWN,
    FULL,
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
    assert left(late) == {("principal", MATURES): 990}
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
    assert left(loan) == {("interest", MATURES): 240_798}


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
        ("compound", october): 360, ("interest", december): 60_035
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
    assert left(loan) == {("penalty", september): 81_806}
    assert of_treasury(loan) == 19_792


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
    assert left(loan) == {("interest", date(2016, 9, 21)): 12_667}
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
    assert left(bare) == {("interest", september): 60_694}
    with pytest.raises(Impossible, match="above the credit"):
        lived(QUARTERLY, on, *events, Event("refund", on, 100_001))


# --- seen red -----------------------------------------------------------------------------------


def _both_surcharges(loan: SlowLoan) -> Fraction:
    terms = loan.contract
    found = loan.misused_from is not None
    return terms.penalty_rate + (terms.misuse_rate - terms.rate if found else 0)


_CLOSE = SlowLoan.close

PLANTED = [
    Plant(test_ninety_days_past_due_at_half_as_much_again, "tests.slow_model.loan.half_up", int),
    Plant(
        test_misused_and_past_due_bears_the_heavier_surcharge_not_both,
        "tests.slow_model.loan.SlowLoan.late_rate",
        property(_both_surcharges),
    ),
    Plant(
        test_a_due_date_on_a_saturday_is_met_on_monday_at_the_rate_of_the_contract,
        "tests.slow_model.loan.SlowLoan.close",
        lambda loan, on, _working: _CLOSE(loan, on, working=True),
    ),
    Plant(
        test_principal_first_after_ninety_days,
        "tests.slow_model.loan.SlowLoan._order",
        lambda loan, _on: loan.contract.order,
    ),
    Plant(
        test_interest_past_due_bears_interest_where_the_contract_says_so,
        "tests.slow_model.loan.SlowLoan.arrears",
        0,
    ),
    Plant(
        test_drawn_repaid_and_drawn_again,
        "tests.slow_model.loan.SlowLoan.over",
        property(lambda loan: loan.drawn > 0 and not loan.principal),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
