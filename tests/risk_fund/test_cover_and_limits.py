"""What the fund stands for: cover that is spent, loans outside it, limits under a crowd."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, select

import ledger
import loans
import risk_fund
from loans import Draw, arrears
from loans.models import Position
from loans.refusals import LendingLimitExceeded
from risk_fund import claim_queries
from risk_fund.claims.amounts import Amounts
from risk_fund.models import FundClaim, Recovery
from risk_fund.refusals import LoanNotCovered
from tests.loans.bent import BentRulebook
from tests.loans.town import FULL, OFFICE, OFFICER, Town
from tests.planted import Plant
from tests.properties.crowd import CLIENTS, Crowd
from tests.risk_fund.fund import Fund

SOON = {"claim_trigger_overdue_days": 3}


@pytest.fixture
def fund(fund: Fund) -> Fund:
    """Claims are taken from the third day on."""
    return fund.rules(conduct=SOON)


def test_two_claims_of_one_loan(fund: Fund) -> None:
    """12 000 in twelve instalments: the first is claimed in July, the second in August.

    What is repaid afterwards fills the first claim and then the second.
    """
    number = fund.town.lend(
        1,
        amount_fen=1_200_000,
        term_months=12,
        annual_rate_ppm=43_500,
        method="equal-principal",
        every_months=1,
    )
    fund.close_to(date(2016, 7, 3))
    fund.collect(number)
    first = fund.approve(fund.file(number, interest_fen=0))
    # 1 000 due on 30 June; 70 %
    assert fund.shares(first) == {"fund": 70_000, "bank": 30_000}
    fund.pay(first)
    assert _cap(fund, number) == 1_200_000 - 100_000
    fund.close_to(date(2016, 8, 4))
    second = fund.approve(fund.file(number, interest_fen=0))
    # two instalments are due, one of them was paid for
    assert fund.shares(second) == {"fund": 70_000, "bank": 30_000}
    fund.pay(second)
    assert _cap(fund, number) == 1_200_000 - 200_000
    fund.town.pay(number, 150_000)
    fund.close_to(fund.town.today)
    with fund.town.books.read() as session:
        rows = [
            (row.claim_id, row.repaid_fen, row.amount_fen)
            for row in session.scalars(select(Recovery).order_by(Recovery.id))
        ]
        due = claim_queries.due_back(session, by=OFFICE, on=fund.town.today)
    assert rows == [(first, 150_000, 100_000), (second, 50_000, 50_000)]
    # 1 000 × 70 % and 500 × 70 %
    assert [one.amount_fen for one in due] == [70_000, 35_000]
    fund.give_back(105_000)


def test_what_came_back_can_be_claimed_for_again(fund: Fund) -> None:
    """The instalment of June is compensated and repaid; that of July is unpaid in its turn."""
    number = fund.town.lend(
        1,
        amount_fen=1_200_000,
        term_months=12,
        annual_rate_ppm=43_500,
        method="equal-principal",
        every_months=1,
    )
    fund.close_to(date(2016, 7, 3))
    first = fund.approve(fund.file(fund.collect(number), interest_fen=0))
    fund.pay(first)
    # What is overdue: 1 000 and a few days of penalty
    with fund.town.books.read() as session:
        loan_id = session.scalars(select(FundClaim.loan_id)).one()
        owed = arrears.owed(session, [loan_id], on=fund.town.today)[loan_id]
    assert owed.principal_due_fen == 100_000
    fund.town.pay(number, 100_000 + owed.penalty_fen + owed.running_penalty_fen)
    fund.close_to(fund.town.today)
    fund.give_back(70_000)
    fund.close_to(date(2016, 8, 4))
    second = fund.approve(fund.file(fund.collect(number), interest_fen=0))
    # 1 000 due on 30 July: 70 %; all that the fund had paid before is back in it
    assert fund.shares(second) == {"fund": 70_000, "bank": 30_000}
    fund.pay(second)
    # 11 000 are out, 1 000 of it is compensated
    assert fund.figures().covered_fen == 1_000_000


def _cap(fund: Fund, number: str) -> int:
    with fund.town.books.read() as session:
        return session.scalars(
            select(Position.cover_cap_fen)
            .join(loans.models.Loan, loans.models.Loan.id == Position.loan_id)
            .where(loans.models.Loan.number == number)
        ).one()


def test_beyond_the_limit_a_county_may_lend_uncovered(town: Town) -> None:
    """10 × 5 000 = 50 000: the second loan goes out, and nobody claims on it."""
    fund = Fund(town).rules(conduct={**SOON, "cover_when_full": "uncovered"}).opened(500_000)
    town.lend(1)
    outside = fund.late(2)
    assert fund.limit.when_full == "uncovered"
    one = fund.figures()
    assert (one.covered_fen, one.outstanding_fen) == (FULL, 2 * FULL)
    assert (one.outstanding.text, one.outstanding.headroom_fen) == ("10.00", 0)
    fund.collect(outside)
    with pytest.raises(LoanNotCovered):
        fund.file(outside)


def test_at_the_limit_lending_stops(town: Town) -> None:
    fund = Fund(town).opened(500_000)
    town.lend(1)
    with pytest.raises(LendingLimitExceeded) as refused:
        town.lend(2)
    assert refused.value.clause == fund.limit.clause


@pytest.mark.slow
def test_a_crowd_does_not_pass_the_multiple(new_town: Town) -> None:
    """Clerks pay out 10 000 each over 10 × 10 000 while 1 000 more is paid in: ten or eleven."""
    town = new_town.found(date(2016, 5, 30), households=CLIENTS)
    bent = BentRulebook(town.rulebook)
    bent.bend({"household_total_max_fen": 1_000_000_000})
    town.rulebook = bent  # type: ignore[assignment]
    numbers = town.contracts(
        *(town.asked(place, amount_fen=1_000_000) for place in range(1, CLIENTS + 1))
    )
    fund = Fund(town).opened(1_000_000)
    more = fund.propose(fund.order(100_000))

    def disburse(number: str, at: int) -> Any:
        with town.books.write("loans.disburse", by=OFFICER) as session:
            return loans.disburse_many(
                session,
                draws=[Draw(number, 1_000_000, "counter", f"FK{at:06d}")],
                calendar=town.calendar,
                on=ledger.open_day(session),
                by=OFFICER,
            )

    knocks: list[Callable[[], Any]] = [
        partial(disburse, number, at) for at, number in enumerate(numbers[1:])
    ]
    knocks.append(partial(fund.decide, more))
    crowd = Crowd(knocks)
    assert crowd.refused.keys() == {"lending_limit_exceeded"}
    paid_out = len(crowd.answers) - 1
    assert paid_out in {10, 11}
    assert fund.limit.limit_fen == 11_000_000
    assert fund.limit.used_fen == paid_out * 1_000_000
    assert fund.figures().covered_fen == fund.limit.used_fen


# --- how much is asked of the database ------------------------------------------------------------


@contextmanager
def counted(fund: Fund) -> Iterator[list[str]]:
    """The statements meanwhile."""
    engine = fund.town.books.engine
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "INSERT")):
            said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_figures_and_a_quiet_close_ask_little(fund: Fund) -> None:
    """However many loans and claims there are."""
    town = fund.town
    fund.paid(1)
    fund.paid(2)
    day = town.today
    with town.books.read() as session, counted(fund) as said:
        risk_fund.figures(session, rulebook=town.rulebook, on=day)
    assert len(said) == 3
    with town.books.read() as session, counted(fund) as said:
        found = risk_fund.recover(session, day=day, rulebook=town.rulebook, calendar=town.calendar)
    assert (found, len(said)) == (0, 1)
    with town.books.read() as session, counted(fund) as said:
        assert not risk_fund.refresh_limits(session, rulebook=town.rulebook, on=day)
    assert len(said) == 1


def test_a_close_asked_again_recovers_nothing_twice(fund: Fund) -> None:
    number, _ = fund.paid()
    fund.town.pay(number, 1_000_000)
    day = fund.town.today
    fund.close_to(day)
    with fund.town.books.read() as session:
        again = risk_fund.recover(
            session, day=day, rulebook=fund.town.rulebook, calendar=fund.town.calendar
        )
    assert again == 0


PLANTED = [
    Plant(
        test_two_claims_of_one_loan,
        "risk_fund.claims.filing._earlier",
        lambda *_: Amounts(0, 0, 0),
    ),
    Plant(
        test_what_came_back_can_be_claimed_for_again,
        "risk_fund.claims.filing._repaid_since",
        lambda *_: {"principal_fen": 0, "interest_fen": 0, "penalty_fen": 0},
        catches=(Exception,),
    ),
    Plant(
        test_a_close_asked_again_recovers_nothing_twice,
        "risk_fund.recoveries._new",
        lambda _session, moved: list(moved),
        catches=(Exception,),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("a bug was planted")
def test_planted_bug_turns_red(plant: Plant, fund: Fund) -> None:
    plant.prove(fund=fund)
