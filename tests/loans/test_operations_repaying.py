"""Payments and the close on the days where things meet; every amount is worked out beside it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

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
            for d in session.scalars(
                select(OpenDue).where(OpenDue.bearer == "household").order_by(OpenDue.due_id)
            )
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


# --- the household's credit ---------------------------------------------------------------------


def test_credit_kept_for_one_loan_pays_the_other_the_same_night(
    town: Town, bent: BentRulebook
) -> None:
    """The short loan is overdue and has no event tonight; the credit must wake it."""
    short, long = two_loans_of_one_household(town, bent)
    town.close_to(date(2016, 7, 19))
    # principal due 2016-06-30, overdue since then; interest of 31 days stood on 06-21 and 06-30
    assert ("principal", "2016-06-30", "20000.00") in left(town)
    town.pay(long, 1_000_000)
    kept = credit(town)
    assert kept > 900_000
    town.close_to(date(2016, 7, 20))
    assert town.position(short).grade == 2
    assert credit(town) == 0
    with town.books.read() as session:
        taken = session.scalars(select(Repayment).where(Repayment.kind == "credit")).all()
        assert [(one.amount_fen, one.booking_date) for one in taken] == [(kept, date(2016, 7, 20))]


def test_credit_pays_the_penalty_that_has_run_up_and_then_all_the_rest(
    town: Town, bent: BentRulebook
) -> None:
    """Nothing stays open over night while there is credit for it."""
    short, long = two_loans_of_one_household(town, bent)
    town.close_to(date(2016, 7, 9))
    town.pay(long, 3_000_000)
    town.close_to(date(2016, 7, 10))
    assert town.position(short).state == "settled"
    # overdue from 06-30 to 07-10 is 10 days at 6.525 %: 20 000 × 6.525 % × 10 ÷ 360 = 36.25
    assert ("2016-07-10", "penalty", "36.25", "36.25") in settlements(town)
    assert left(town) == []


def test_credit_kept_while_a_day_is_closed_is_not_used_on_that_day(
    town: Town, bent: BentRulebook
) -> None:
    """Between two units of work of the close of 30 June a counter takes money in on 1 July."""
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
    with town.books.read() as session:
        kinds = session.scalars(select(Repayment.kind).order_by(Repayment.id)).all()
        assert kinds == ["payment", "credit"]


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
        # 06-21 to 09-20: 91 days, 549.79
        ("2016-09-20", "interest", "549.79", "549.79"),
        # 50 000 × 6.525 % ÷ 360 = 9.0625
        ("2016-09-21", "penalty", "9.06", "9.06"),
    ]


def test_a_part_of_overdue_principal_paid_then_settled(town: Town, bent: BentRulebook) -> None:
    bent.bend({"interest_bearers": ()})
    number = town.lend(1, term_months=1, annual_rate_ppm=43_500)
    town.close_to(date(2016, 7, 9))
    # interest 132.92 (22 days) + 9 days 54.38; penalty 10 days 50 000 × 6.525 % × 10/360 = 90.63
    town.pay(number, 13_292 + 5_438 + 9_063 + 2_000_000)
    assert left(town) == [("principal", "2016-06-30", "30000.00")]
    town.close_to(date(2016, 9, 20))
    # 30 000 from 07-10 to 09-21, 73 days: 30 000 × 6.525 % × 73 ÷ 360 = 396.94 (396.9375)
    assert settlements(town)[-1] == ("2016-09-21", "penalty", "396.94", "396.94")


def test_a_payment_below_the_penalty_leaves_the_rest_due(town: Town, bent: BentRulebook) -> None:
    bent.bend({"interest_bearers": ()})
    number = town.lend(1, term_months=1, annual_rate_ppm=43_500)
    town.close_to(date(2016, 7, 9))
    town.pay(number, 5_000)
    assert left(town)[-1] == ("penalty", "2016-07-10", "40.63")
    town.pay(number, 4_063)
    assert [kind for kind, _, _ in left(town)] == ["interest", "interest", "principal"]


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
        ("penalty", "2016-07-10", "90.63"),
    ]
    town.close_to(date(2016, 7, 20))
    assert town.position(number).grade == 2
    town.pay(number, 13_292 + 5_438 + 9_063)
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


def only_awake(_session: object, _day: date, _limit: int) -> list[int]:
    return []


PLANTED = [
    Plant(
        test_credit_kept_for_one_loan_pays_the_other_the_same_night,
        "loans.batch.few.asleep_with_credit",
        only_awake,
    ),
    Plant(
        test_credit_kept_while_a_day_is_closed_is_not_used_on_that_day,
        "loans.operations.repaying.sum_of",
        lambda column: func.min(column) * 0,
    ),
]


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, town: Town, bent: BentRulebook) -> None:
    plant.prove(town=town, bent=bent)
