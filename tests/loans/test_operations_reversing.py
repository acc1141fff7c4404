"""A disbursement undone: it never bore anything, and what was told of closed days stays told."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

import ledger
from credit.models import CreditLine
from kernel.money import format_yuan
from loans import limits, record
from loans.models import LendingLimit, LoanDay, OpenSegment, PlanRow, Segment, Settlement
from tests.loans.bent import BentRulebook, treasury
from tests.loans.town import FULL, Town
from tests.planted import Plant


@pytest.fixture
def bent(town: Town) -> BentRulebook:
    """The town's rulebook, to be bent."""
    rulebook = BentRulebook(town.rulebook)
    town.rulebook = rulebook  # type: ignore[assignment]
    return rulebook


def days(town: Town) -> list[tuple[str, int, int]]:
    with town.books.read() as session:
        rows = session.scalars(select(LoanDay).order_by(LoanDay.on_day))
        return [(r.on_day.isoformat(), r.drawn_fen, r.outstanding_fen) for r in rows]


def segments(town: Town) -> list[tuple[str, str, str]]:
    with town.books.read() as session:
        rows = session.scalars(select(Segment).order_by(Segment.id))
        return [(r.state, r.from_on.isoformat(), r.to_on.isoformat()) for r in rows]


def interest(town: Town) -> list[tuple[str, str, str]]:
    with town.books.read() as session:
        rows = session.scalars(select(Settlement).order_by(Settlement.to_on))
        return [
            (r.from_on.isoformat(), r.to_on.isoformat(), format_yuan(r.amount_fen)) for r in rows
        ]


def used(town: Town) -> tuple[int, int]:
    with town.books.read() as session:
        line = session.scalars(select(CreditLine.used_fen).where(CreditLine.household_id == 1))
        return line.one(), session.scalars(select(LendingLimit.used_fen)).one()


def limited(town: Town) -> None:
    with town.books.write("risk_fund.limit", by=town.system) as session:
        scope = ("institution", str(town.lender_id))
        limits.set_limit(session, scope=scope, limit_fen=10 * FULL, clause="专户协议")


def test_a_disbursement_undone_bears_nothing_and_gives_everything_back(town: Town) -> None:
    limited(town)
    (number,) = town.contracts(town.asked(1))
    slip = town.disburse(number, FULL)
    assert used(town) == (FULL, FULL)
    town.close_to(date(2016, 6, 9))
    told = days(town)
    assert told == [("2016-05-30", FULL, FULL)]
    town.reverse(slip)
    assert used(town) == (0, 0)
    assert segments(town) == []
    with town.books.read() as session:
        assert ledger.balance(session, kind="loan_principal") == 0
        # The closed day keeps its balance; the books carry the mirror image today.
        assert ledger.balance(session, kind="loan_principal", until=date(2016, 6, 9)) == FULL
        assert session.scalars(select(OpenSegment)).all() == []
    town.close_to(date(2016, 9, 20))
    assert interest(town) == []
    assert days(town) == [*told, ("2016-06-10", 0, 0)]


def test_paid_out_again_it_bears_interest_from_the_new_day(town: Town) -> None:
    (number,) = town.contracts(town.asked(1))
    town.disburse(number, FULL)
    town.close_to(date(2016, 6, 9))
    town.reverse(f"{number}-01")
    town.close_to(date(2016, 6, 14))
    assert town.disburse(number, FULL) == f"{number}-02"
    town.close_to(date(2016, 6, 20))
    # 2016-06-15 to 06-21 is 6 days: 50 000 × 4.75 % × 6 ÷ 360 = 39.58
    assert interest(town) == [("2016-06-15", "2016-06-21", "39.58")]


def test_undone_and_paid_out_again_on_one_day(town: Town) -> None:
    """A slip with the wrong amount: what stays is the right one, as if alone."""
    (number,) = town.contracts(town.asked(1))
    town.disburse(number, 4_000_000)
    town.reverse(f"{number}-01")
    town.disburse(number, 3_000_000)
    assert segments(town) == []
    town.close_to(date(2016, 6, 20))
    # 22 days: 30 000 × 4.75 % × 22 ÷ 360 = 87.08
    assert interest(town) == [("2016-05-30", "2016-06-21", "87.08")]
    assert days(town) == [("2016-05-30", 3_000_000, 3_000_000)]


def test_a_day_on_which_a_payout_came_and_went_tells_nothing(town: Town) -> None:
    (number,) = town.contracts(town.asked(1))
    town.reverse(town.disburse(number, FULL))
    town.close_to(date(2016, 5, 31))
    assert days(town) == []
    assert town.position(number).state == "signed"


def test_a_change_of_share_on_the_way_is_no_longer_in_force(town: Town, bent: BentRulebook) -> None:
    turn = date(2016, 6, 5)
    shares = treasury((None, turn, 10_000, None), (turn, None, 7_000, None))
    bent.bend({"interest_bearers": shares})
    (number,) = town.contracts(town.asked(1))
    town.disburse(number, FULL)
    town.close_to(date(2016, 6, 9))
    assert segments(town) == [("regular", "2016-05-30", "2016-06-05")]
    town.reverse(f"{number}-01")
    # The segment stays on record; the correction reaches back over it.
    assert segments(town) == [("regular", "2016-05-30", "2016-06-05")]
    with town.books.read() as session:
        assert session.scalars(select(Segment).where(record.in_force())).all() == []
    town.disburse(number, FULL)
    town.close_to(date(2016, 6, 20))
    with town.books.read() as session:
        (row,) = session.scalars(select(Settlement))
        # 11 days: 50 000 × 4.75 % × 11 ÷ 360 = 72.57; 70 % = 50.80; the household 21.77
        assert (row.amount_fen, row.treasury_fen, row.household_fen) == (7_257, 5_080, 2_177)


def test_a_payment_undone_and_paid_again_on_the_same_day(town: Town) -> None:
    """The penalty settled to that day was taken back, and is settled to it once more."""
    number = town.lend(1, term_months=1, annual_rate_ppm=43_500)
    town.close_to(date(2016, 7, 4))
    # due 2016-06-30, paid on 2016-07-05: five days at 4.35 % and half as much again:
    # 50 000 x 6.525 % x 5 / 360 = 45.31
    undone = town.pay(number, 100_000)
    town.undo_payment(undone)
    town.pay(number, 200_000)
    with town.books.read() as session:
        rows = session.scalars(
            select(Settlement).where(Settlement.kind == "penalty").order_by(Settlement.revision)
        )
        told = [(row.to_on.isoformat(), row.revision, format_yuan(row.amount_fen)) for row in rows]
    assert told == [
        ("2016-07-05", 0, "45.31"),
        ("2016-07-05", 1, "-45.31"),
        ("2016-07-05", 2, "45.31"),
    ]


def test_a_plan_is_made_anew_from_the_new_day(town: Town, bent: BentRulebook) -> None:
    bent.bend({"interest_bearers": ()})
    asked = town.asked(
        1, method="equal-principal", every_months=3, term_months=12, annual_rate_ppm=43_500
    )
    (number,) = town.contracts(asked)
    town.disburse(number, FULL)
    town.close_to(date(2016, 6, 14))
    town.reverse(f"{number}-01")
    town.disburse(number, FULL)
    with town.books.read() as session:
        rows = session.execute(
            select(PlanRow.version, PlanRow.from_on, PlanRow.due_on).where(PlanRow.nr == 1)
        ).all()
    assert [tuple(row) for row in rows] == [
        (1, date(2016, 5, 30), date(2016, 8, 30)),
        (2, date(2016, 6, 15), date(2016, 9, 15)),
    ]
    town.close_to(date(2016, 9, 14))
    # 2016-06-15 to 09-15 is 92 days: 50 000 × 4.35 % × 92 ÷ 360 = 555.83
    assert interest(town) == [("2016-06-15", "2016-09-15", "555.83")]


# --- seen red -----------------------------------------------------------------------------------

PLANTED = [
    Plant(
        test_a_disbursement_undone_bears_nothing_and_gives_everything_back,
        "loans.limits.move",
        lambda _session, _amounts: None,
    ),
    Plant(
        test_a_disbursement_undone_bears_nothing_and_gives_everything_back,
        "loans.operations.reversing._live_without",
        lambda *_: None,
    ),
    Plant(
        test_a_change_of_share_on_the_way_is_no_longer_in_force,
        "loans.record.differing.first_day",
        lambda _stands, _wanted, _settled_to: date(2016, 6, 10),
    ),
]


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, town: Town, bent: BentRulebook) -> None:
    plant.prove(town=town, bent=bent)
