"""What would be if: sums typed from the rule, and books that nobody touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from kernel.calendar import HolidayTableEnds
from kernel.database import Base
from kernel.refusals import BadValue
from kernel.trail import TrailRow
from loans import explaining
from loans.explaining import Case
from loans.refusals import AmountNotPositive, EventBeforeFirstDraw, NothingDisbursed
from loans.whatif import if_repaid, if_under, if_unpaid
from tests.loans.town import DIRECTOR, FULL, Town
from tests.planted import Plant


@contextmanager
def asked(town: Town, number: str) -> Iterator[Case]:
    with town.books.read() as session:
        yield explaining.open_case(session, number=number, by=DIRECTOR, calendar=town.calendar)


def bullet(town: Town, months: int = 12) -> str:
    """50 000 at 4.35 %, repaid with its interest at the end; drawn on 30 May 2016."""
    return town.lend(method="bullet", every_months=0, term_months=months, annual_rate_ppm=43_500)


def test_paying_early_saves_the_interest_of_the_days_that_are_left(town: Town) -> None:
    number = bullet(town)
    with asked(town, number) as case:
        told = if_repaid(case, amount_fen=2_000_000, day=date(2016, 11, 30))
    # 30 May to 30 November 2016: 184 days; to 30 May 2017: 365. That is the last day of a feast:
    # it is paid on the 31st, with the interest of that one day, which is the treasury's too.
    # Without: 50000 × 365 × 4.35 % ÷ 360 = 2205.2083, and 6.0417 for the day.
    assert told["without"]["interest"] == "2211.25"
    # With: (50000 × 184 + 30000 × 181) × 4.35 % ÷ 360 = 1767.7917, and 3.625 for the day.
    assert told["with"]["interest"] == "1771.42"
    # 2205.21 + 6.04 − 1767.79 − 3.63.
    assert told["saved"] == {"household": "0.00", "treasury": "439.83"}
    assert told["outstanding"] == "30000.00"
    assert told["pays"] == [{"kind": "principal", "due_on": "2016-11-30", "amount": "20000.00"}]


def test_what_is_kept_as_credit_saves_only_the_day_of_the_feast(town: Town) -> None:
    number = bullet(town)
    with asked(town, number) as case:
        told = if_repaid(case, amount_fen=2_000_000, day=date(2016, 11, 30), early=False)
    assert (told["pays"], told["to_credit"]) == ([], "20000.00")
    # Put to use at the close of 30 May 2017 itself, and not on the 31st: 6.04 − 3.63.
    assert told["saved"] == {"household": "0.00", "treasury": "2.41"}


def test_a_new_plan_follows_a_payment_before_its_time(town: Town) -> None:
    number = town.lend(
        method="equal-principal", every_months=3, term_months=12, annual_rate_ppm=43_500
    )
    with asked(town, number) as case:
        told = if_repaid(case, amount_fen=1_250_000, day=date(2016, 8, 30))
    # A quarter is due that day itself: 12 500; the other three stay as they are.
    assert told["outstanding"] == "37500.00"
    assert [row["principal"] for row in told["plan"]][-3:] == ["12500.00"] * 3


def test_what_is_owed_where_nothing_is_paid(town: Town) -> None:
    number = bullet(town)
    with asked(town, number) as case:
        # Due on 30 May 2017, the last day of the Dragon Boat feast; payable on the 31st.
        told = if_unpaid(case, until=date(2017, 8, 29))
    # From 31 May 90 days at 4.35 % × 1.5 = 6.525 %: 50000 × 90 × 6.525 % ÷ 360 = 815.625.
    late = [row for row in told["dues"] if row["kind"] == "penalty"]
    assert [row["left"] for row in late] == ["815.63"]
    assert told["overdue_days"] == 90
    # The one day of the feast at 4.35 % is the treasury's: 50 000 and the penalty are left.
    assert told["to_settle_all"] == "50815.63"


def test_another_policy_is_another_rate_share_and_surcharge(town: Town) -> None:
    number = bullet(town)
    town.close_to(date(2016, 12, 30))
    with asked(town, number) as case:
        told = if_under(case, policy="2022-06-01", rulebook=town.rulebook)
    own, other = told["terms"]
    assert own["annual_rate"] == "4.35"
    # A loan of one year is capped by the LPR of one year: 3.70 from 20 January to August 2022.
    assert other["annual_rate"] == told["rate_cap"] == "3.70"
    # 30 May to 31 December 2016 is 215 days: 50000 × 215 × 4.35 % ÷ 360 = 1298.9583.
    assert told["as_it_is"]["interest"] == "1298.96"
    # 50000 × 215 × 3.7 % ÷ 360 = 1104.8611.
    assert told["as_it_would_be"]["interest"] == "1104.86"


def rows_of(town: Town) -> dict[str, Any]:
    with town.books.read() as session:
        found: dict[str, Any] = {
            table.name: session.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }
        found["head"] = session.scalar(select(TrailRow.mac).order_by(TrailRow.id.desc()).limit(1))
    return found


def test_nothing_is_written(town: Town) -> None:
    number = bullet(town)
    town.close_to(date(2016, 9, 1))
    before = rows_of(town)
    with asked(town, number) as case:
        if_repaid(case, amount_fen=FULL, day=date(2017, 1, 5))
        if_unpaid(case, until=date(2018, 1, 5))
        if_under(case, policy="2021-06-01", rulebook=town.rulebook)
        assert not case.session.new
        assert not case.session.dirty
    assert rows_of(town) == before


def test_what_cannot_be_asked_is_refused(town: Town) -> None:
    (signed,) = town.contracts(town.asked(2))
    number = bullet(town)
    with asked(town, signed) as case, pytest.raises(NothingDisbursed):
        if_repaid(case, amount_fen=1, day=town.today)
    with asked(town, number) as case:
        with pytest.raises(EventBeforeFirstDraw):
            if_repaid(case, amount_fen=1, day=date(2016, 5, 29))
        with pytest.raises(AmountNotPositive):
            if_repaid(case, amount_fen=0, day=town.today)
        with pytest.raises(BadValue):
            if_under(case, policy="no-such-paper", rulebook=town.rulebook)
    quarterly = town.lend(3)
    with asked(town, quarterly) as case, pytest.raises(HolidayTableEnds):
        # Interest falls due quarter after quarter, beyond the last holiday that is known.
        if_unpaid(case, until=date(2099, 5, 29))


PLANTED = [
    Plant(
        test_paying_early_saves_the_interest_of_the_days_that_are_left,
        "loans.whatif.run_out",
        lambda _course, day, _working_day: day,
    ),
    Plant(
        test_another_policy_is_another_rate_share_and_surcharge,
        "loans.whatif._under",
        lambda _case, own, *_more: own,
    ),
    Plant(
        test_what_is_owed_where_nothing_is_paid,
        "loans.parts.Terms.penalty_rate_ppm",
        property(lambda self: self.pricing.annual_rate_ppm),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, town: Town) -> None:
    plant.prove(town=town)
