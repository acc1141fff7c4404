"""Payments and the close on the days where things meet; every amount is worked out beside it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

import ledger
from jobs.close import DONE
from kernel.money import format_yuan
from loans.models import Due, LoanCredit, OpenDue, OpenSegment, Repayment, Settlement
from tests.loans.bent import BentRulebook, treasury
from tests.loans.town import FULL, Town
from tests.planted import Plant


@pytest.fixture
def bent(town: Town) -> BentRulebook:
    """The town's rulebook, to be bent."""
    rulebook = BentRulebook(town.rulebook)
    town.rulebook = rulebook  # type: ignore[assignment]
    return rulebook


def settlements(town: Town) -> list[tuple[str, str, str, str]]:
    with town.books.read() as session:
        return [
            (s.to_on.isoformat(), s.kind, format_yuan(s.amount_fen), format_yuan(s.household_fen))
            for s in session.scalars(select(Settlement).order_by(Settlement.to_on, Settlement.kind))
        ]


def left(town: Town) -> list[tuple[str, str, str]]:
    with town.books.read() as session:
        return [
            (d.kind, d.payable_on.isoformat(), format_yuan(d.left_fen))
            for d in session.scalars(select(OpenDue).order_by(OpenDue.due_id))
        ]


def credit(town: Town) -> int:
    with town.books.read() as session:
        return session.scalar(select(LoanCredit.amount_fen)) or 0


def two_loans_of_one_household(town: Town, bent: BentRulebook) -> tuple[str, str]:
    """20 000 for a month, without subsidy, and 25 000 for a year, at 4.35 %."""
    bent.bend({"household_total_max_fen": 10_000_000, "interest_bearers": ()})
    short = town.lend(1, amount_fen=2_000_000, term_months=1, annual_rate_ppm=43_500)
    long = town.lend(1, amount_fen=2_500_000, term_months=12, annual_rate_ppm=43_500)
    return short, long


# --- the loan's credit --------------------------------------------------------------------------


def test_credit_kept_for_one_loan_leaves_the_other_alone(town: Town, bent: BentRulebook) -> None:
    """The short loan is overdue; what was paid too much for the long one waits for the long one."""
    short, long = two_loans_of_one_household(town, bent)
    town.close_to(date(2016, 7, 19))
    # principal due 2016-06-30, overdue since then; interest of 31 days stood on 06-21 and 06-30
    assert ("principal", "2016-06-30", "20000.00") in left(town)
    town.pay(long, 1_000_000)
    # due on 06-21: 22 days, 25 000 × 4.35 % × 22 ÷ 360 = 66.46; unpaid since then, 29 days to
    # 07-20 at 6.525 %: 66.46 × 6.525 % × 29 ÷ 360 = 0.35
    assert credit(town) == 1_000_000 - 6_646 - 35
    town.close_to(date(2016, 7, 20))
    assert town.position(short).grade == 2
    assert credit(town) == 1_000_000 - 6_646 - 35
    with town.books.read() as session:
        assert session.scalars(select(Repayment.kind)).all() == ["payment"]


def test_credit_pays_what_falls_due_of_its_loan(town: Town, bent: BentRulebook) -> None:
    """30 000 too early for a loan of 20 000: each due is paid on its day, and the rest waits."""
    short, _long = two_loans_of_one_household(town, bent)
    town.close_to(date(2016, 6, 9))
    town.pay(short, 3_000_000)
    assert credit(town) == 3_000_000
    town.close_to(date(2016, 6, 30))
    assert town.position(short).state == "settled"
    with town.books.read() as session:
        rows = session.scalars(select(Repayment).where(Repayment.kind == "credit"))
        used = [(row.amount_fen, row.booking_date) for row in rows]
    # 22 days: 20 000 × 4.35 % × 22 ÷ 360 = 53.17; 9 days: 21.75, and the principal
    assert used == [(5_317, date(2016, 6, 21)), (2_002_175, date(2016, 6, 30))]
    assert credit(town) == 3_000_000 - 5_317 - 2_002_175


def test_credit_kept_while_a_day_is_closed_is_not_used_on_that_day(
    town: Town, bent: BentRulebook
) -> None:
    """Between two units of work of the close of 30 June a counter takes money in on 1 July.

    It pays what stood open since 21 June: 22 days, 10 000 × 4.35 % × 22 ÷ 360 = 26.58, and on that
    for 10 days at 6.525 %: 0.05. The rest is credit.
    """
    bent.bend({"household_total_max_fen": 10_000_000, "interest_bearers": ()})
    first = town.lend(1, amount_fen=1_000_000, term_months=12, annual_rate_ppm=43_500)
    town.lend(2, amount_fen=2_000_000, term_months=1, annual_rate_ppm=43_500)
    town.lend(1, amount_fen=2_000_000, term_months=1, annual_rate_ppm=43_500)
    day = date(2016, 6, 30)
    town.close_to(date(2016, 6, 29))
    closer = town.closer(chunk=1)
    program = town.program(day)
    task = closer._begin(day, program)
    town.pay(first, 5_000_000)
    while task.at != DONE:
        closer._go_on(task, program)
    with town.books.read() as session:
        used = select(Repayment).where(Repayment.kind == "credit", Repayment.booking_date == day)
        assert session.scalars(used).all() == []
        # On no closed day do the books owe a household less than nothing.
        assert ledger.balance(session, kind="household_credit", until=day) == 0
    town.close_to(date(2016, 7, 1))
    assert credit(town) == 5_000_000 - 2_658 - 5


# --- where days meet ----------------------------------------------------------------------------


def test_a_due_paid_on_its_day_costs_no_penalty(town: Town, bent: BentRulebook) -> None:
    """The due date 2016-09-21 follows a settlement day; paid on it, nothing is overdue."""
    bent.bend({"interest_bearers": treasury((None, None, 7_000, None))})
    number = town.lend(1, annual_rate_ppm=43_500)
    town.close_to(date(2016, 6, 20))
    # 22 days: 50 000 × 4.35 % × 22 ÷ 360 = 132.92; 70 % = 93.04; the household 39.88
    assert left(town) == [("interest", "2016-06-21", "39.88")]
    town.pay(number, 3_988)
    town.close_to(date(2016, 6, 23))
    assert left(town) == []
    assert town.position(number).grade == 1


def test_unpaid_principal_of_a_maturity_on_a_settlement_day_bears_a_day_of_penalty(
    town: Town, bent: BentRulebook
) -> None:
    """Maturity 2016-09-20: interest to it on its eve, penalty of it at its own close."""
    town.close_to(date(2016, 6, 19))
    bent.bend({"interest_bearers": ()})
    town.lend(1, term_months=3, annual_rate_ppm=43_500)
    town.close_to(date(2016, 9, 20))
    assert settlements(town) == [
        # 2016-06-20 is a settlement day: 1 day, 50 000 × 4.35 % ÷ 360 = 6.04
        ("2016-06-21", "interest", "6.04", "6.04"),
        # 6.04 unpaid since 06-21, 91 days: 6.04 × 6.525 % × 91 ÷ 360 = 0.0996
        ("2016-09-20", "compound", "0.10", "0.10"),
        # 06-21 to 09-20: 91 days, 549.79
        ("2016-09-20", "interest", "549.79", "549.79"),
        # 6.04 + 549.79 = 555.83 for a day: 555.83 × 6.525 % ÷ 360 = 0.1007
        ("2016-09-21", "compound", "0.10", "0.10"),
        # 50 000 × 6.525 % ÷ 360 = 9.0625
        ("2016-09-21", "penalty", "9.06", "9.06"),
    ]


def test_a_part_of_overdue_principal_paid_then_settled(town: Town, bent: BentRulebook) -> None:
    bent.bend({"interest_bearers": ()})
    number = town.lend(1, term_months=1, annual_rate_ppm=43_500)
    town.close_to(date(2016, 7, 9))
    # interest 132.92 (22 days) + 9 days 54.38; penalty 10 days 50 000 × 6.525 % × 10/360 = 90.63;
    # compound 132.92 × 6.525 % × 9/360 = 0.22 and 187.30 × 6.525 % × 10/360 = 0.34
    town.pay(number, 13_292 + 5_438 + 9_063 + 22 + 34 + 2_000_000)
    assert left(town) == [("principal", "2016-06-30", "30000.00")]
    town.close_to(date(2016, 9, 20))
    # 30 000 from 07-10 to 09-21, 73 days: 30 000 × 6.525 % × 73 ÷ 360 = 396.94 (396.9375)
    assert settlements(town)[-1] == ("2016-09-21", "penalty", "396.94", "396.94")


def test_a_payment_below_the_penalty_leaves_the_rest_due(town: Town, bent: BentRulebook) -> None:
    bent.bend({"interest_bearers": ()})
    number = town.lend(1, term_months=1, annual_rate_ppm=43_500)
    town.close_to(date(2016, 7, 9))
    town.pay(number, 5_000)
    # compound: 187.30 × 6.525 % × 10 ÷ 360 = 0.34
    assert left(town)[-2:] == [
        ("penalty", "2016-07-10", "40.63"),
        ("compound", "2016-07-10", "0.34"),
    ]
    town.pay(number, 4_063)
    assert [kind for kind, _, _ in left(town)] == [
        "interest", "interest", "compound", "principal", "compound",
    ]  # fmt: skip


def test_principal_first_where_the_contract_says_so(town: Town, bent: BentRulebook) -> None:
    order = ("principal", "interest", "penalty", "compound")
    bent.bend({"interest_bearers": (), "allocation_order": order})
    number = town.lend(1, term_months=1, annual_rate_ppm=43_500)
    town.close_to(date(2016, 7, 9))
    town.pay(number, FULL)
    # No principal is out, yet the loan is not settled: interest and penalty are still owed.
    assert town.position(number).state == "active"
    assert left(town) == [
        ("interest", "2016-06-21", "132.92"),
        ("interest", "2016-06-30", "54.38"),
        # 132.92 × 6.525 % × 9 ÷ 360 = 0.22; 187.30 × 6.525 % × 10 ÷ 360 = 0.34
        ("compound", "2016-06-30", "0.22"),
        ("penalty", "2016-07-10", "90.63"),
        ("compound", "2016-07-10", "0.34"),
    ]
    town.close_to(date(2016, 7, 20))
    assert town.position(number).grade == 2
    # 187.30 for 11 days more: 0.37
    town.pay(number, 13_292 + 5_438 + 9_063 + 22 + 34 + 37)
    assert town.position(number).state == "settled"


def test_a_loan_repaid_on_the_day_it_was_paid_out_costs_nothing(town: Town) -> None:
    number = town.lend(1)
    town.pay(number, FULL, early=True)
    assert settlements(town) == []
    assert town.position(number).state == "settled"


@pytest.mark.parametrize(
    ("until", "days_after_settlement", "interest"),
    [
        # on the settlement day: 21 days, 50 000 × 4.35 % × 21 ÷ 360 = 126.875
        (date(2016, 6, 19), "2016-06-20", "126.88"),
        # the day after: settled over night for 22 days, and nothing more
        (date(2016, 6, 20), "2016-06-21", "132.92"),
        # on the eve of the maturity 2016-06-30: 8 days after 06-21, 48.33
        (date(2016, 6, 28), "2016-06-29", "48.33"),
    ],
)
def test_early_in_full(
    town: Town, bent: BentRulebook, until: date, days_after_settlement: str, interest: str
) -> None:
    bent.bend({"interest_bearers": ()})
    number = town.lend(1, term_months=1, annual_rate_ppm=43_500)
    town.close_to(until)
    town.pay(number, FULL + 100_000, early=True)
    last = settlements(town)[-1]
    assert last == (days_after_settlement, "interest", interest, interest)
    assert town.position(number).state == "settled"
    rows = len(settlements(town))
    town.close_to(date(2016, 7, 21))
    assert len(settlements(town)) == rows
    with town.books.read() as session:
        assert session.scalars(select(OpenSegment)).all() == []
        assert session.scalars(select(Due).where(Due.kind == "principal")).one().amount_fen == FULL


def test_a_plan_paid_early_in_part_then_in_full(town: Town, bent: BentRulebook) -> None:
    bent.bend({"interest_bearers": ()})
    number = town.lend(
        1, method="equal-principal", every_months=3, term_months=12, annual_rate_ppm=43_500
    )
    town.close_to(date(2016, 7, 8))
    # 40 days to 07-09: 50 000 × 4.35 % × 40 ÷ 360 = 241.67; the rest of 20 241.67 is principal
    town.pay(number, 2_024_167, early=True)
    assert settlements(town) == [("2016-07-09", "interest", "241.67", "241.67")]
    town.close_to(date(2016, 8, 29))
    # 30 000 ÷ 4 = 7 500; 07-09 to 08-30 is 52 days: 30 000 × 4.35 % × 52 ÷ 360 = 188.50
    assert left(town) == [
        ("interest", "2016-08-30", "188.50"),
        ("principal", "2016-08-30", "7500.00"),
    ]
    town.pay(number, 18_850 + 3_000_000, early=True)
    assert town.position(number).state == "settled"
    assert credit(town) == 0


# --- seen red -----------------------------------------------------------------------------------


PLANTED = [
    Plant(
        test_credit_pays_what_falls_due_of_its_loan,
        "loans.batch.few.use_credits",
        lambda _chunk: None,
    ),
    Plant(
        test_unpaid_principal_of_a_maturity_on_a_settlement_day_bears_a_day_of_penalty,
        "loans.parts.Terms.penalty_rate_ppm",
        property(lambda terms: terms.pricing.annual_rate_ppm),
    ),
]


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, town: Town, bent: BentRulebook) -> None:
    plant.prove(town=town, bent=bent)
