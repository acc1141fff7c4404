"""The stress as read from the books: steps from month end to month end, cells, what is claimed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

import ledger
from kernel.database import days_between
from kernel.dates import add_months
from loans.models import Loan, LoanDay, Position
from office.refusals import NotEntitled
from risk_fund.models import FundClaim
from risk_fund.refusals import StressUnclear
from risk_fund.stress import StressAsked, Stressed, as_data, ask
from risk_fund.stress import history as past
from risk_fund.stress.history import MATURITY, NOTHING, History, history, month_ends
from risk_fund.stress.portfolio import available, cells
from risk_fund.stress.runs import Cell
from tests.loans.full_lives import out_of_the_ordinary
from tests.loans.town import DIRECTOR, FULL, OFFICER, Town
from tests.planted import Plant
from tests.risk_fund.fund import CLERK, Fund
from tests.risk_fund.watching import LATE, Watch

END = date(2016, 7, 31)
ONE = 1_000_000


@pytest.fixture
def watch(town: Town) -> Watch:
    return Watch(town)


def lived(watch: Watch) -> dict[str, str]:
    """Six loans and what becomes of them by the end of July; four fall due on 30 June."""
    town, late = watch.town, {**LATE, "amount_fen": ONE}
    found = {
        "good": town.lend(1),
        "paid": town.lend(2, **late),
        "bad": town.lend(3, **late),
        "caught up": town.lend(4, **late),
        "lost": town.lend(5, **late),
    }
    watch.close_to(date(2016, 6, 4))
    found["new"] = town.lend(6, amount_fen=2 * ONE, term_months=12, annual_rate_ppm=43_500)
    watch.close_to(date(2016, 6, 29))
    town.pay(found["paid"], ONE)
    watch.close_to(date(2016, 7, 4))
    town.pay(found["caught up"], 2 * ONE)
    out_of_the_ordinary(town, found["lost"], "write_off", 1)
    watch.close_to(END)
    return found


def read(town: Town, **said: Any) -> History:
    with town.books.read() as session:
        return history(session, last_closed=ledger.last_closed_day(session), **said)


# --- history --------------------------------------------------------------------------------------


def test_every_step_from_month_end_to_month_end_is_counted_once(watch: Watch) -> None:
    """Month ends of 31 May, 30 June and 31 July.

    May to June, running: good, bad, caught up and lost stay sound (4). Maturing: paid is paid (1).
    June to July, running: good and new stay sound (2). In the month after their last day: bad is
    graded 3, caught up has paid, lost is written off and counts as 5.
    """
    lived(watch)
    found = read(watch.town)
    assert (found.first, found.last) == (date(2016, 5, 31), END)
    assert {name: tuple(row) for name, row in found.counts.items() if sum(row)} == {
        "1": (0, 6, 0, 0, 0, 0),
        MATURITY: (2, 0, 0, 1, 0, 1),
    }
    assert [found.seen(row) for row in ("1", "2", MATURITY)] == [6, 0, 4]


def test_a_walk_through_every_loan_counts_the_same(watch: Watch) -> None:
    """One by one, from each loan's figures at each month end, without a window or a group."""
    lived(watch)
    town = watch.town
    town.close_to(date(2016, 9, 30))
    with town.books.read() as session:
        counted = _walked(session, month_ends(date(2016, 9, 30), date(2016, 5, 30)))
    found = read(town).counts
    assert {name: list(row) for name, row in found.items()} == counted


def _walked(session: Session, ends: list[date]) -> dict[str, list[int]]:
    counts = {name: [0] * 6 for name in past.ROWS}
    for loan_id, matures in session.execute(select(Position.loan_id, Position.matures_on)):
        lost = session.scalar(select(Position.state).where(Position.loan_id == loan_id))
        stood = [_stood(session, loan_id, end, lost == "written_off") for end in ends]
        for place, (was, became) in enumerate(pairwise(stood)):
            if was is None or was == 0:
                continue
            moved = became != was
            maturing = was == 1 and moved and matures <= ends[place + 1]
            counts[MATURITY if maturing else str(was)][became or 0] += 1
    return counts


def _stood(session: Session, loan_id: int, end: date, lost: bool) -> int | None:
    row = session.scalars(
        select(LoanDay)
        .where(LoanDay.loan_id == loan_id, LoanDay.on_day <= end)
        .order_by(LoanDay.on_day.desc())
    ).first()
    if row is None:
        return None
    if row.outstanding_fen + row.overdue_principal_fen + row.overdue_interest_fen == 0:
        return 5 if lost else 0
    return row.grade


def test_books_of_less_than_two_month_ends_have_no_history(watch: Watch) -> None:
    assert read(watch.town) == NOTHING
    watch.town.lend(1)
    watch.close_to(date(2016, 6, 29))
    assert read(watch.town) == NOTHING
    watch.close_to(date(2016, 6, 30))
    assert read(watch.town).seen("1") == 1


# --- the portfolio --------------------------------------------------------------------------------


def portfolio(town: Town) -> list[Cell]:
    with town.books.read() as session:
        return cells(session, on=ledger.open_day(session))


def test_loans_in_cells_of_grade_months_and_size(watch: Watch) -> None:
    """On 1 August 2016, the fund bears 70 % of what is covered.

    good: 50 000 to 30 May 2019, 1 032 days: 33.9 months, so 34; new: 20 000 to 5 June 2017,
    308 days: 10.1 months, so 11; bad: 10 000, graded 3, whenever it matures.
    """
    lived(watch)
    lender = watch.town.lender_id
    assert portfolio(watch.town) == [
        Cell(lender, 1, 11, 3 * ONE, 1, 2 * ONE, 2 * ONE, 1_400_000),
        Cell(lender, 1, 34, FULL, 1, FULL, FULL, 3_500_000),
        Cell(lender, 3, 0, ONE, 1, ONE, ONE, 700_000),
    ]


@pytest.mark.parametrize(
    ("days", "months"), [(0, 0), (1, 1), (31, 1), (32, 2), (366, 12), (367, 13), (1096, 36)]
)
def test_begun_months_count(days: int, months: int, watch: Watch) -> None:
    """A month has 30.4375 days: a year of 366 days has twelve, three years of 1 096 have 36. What
    is past its last day has none left.
    """
    watch.town.lend(1)
    (one,) = _months_left(watch.town, days)
    assert one == months


def _months_left(town: Town, days: int) -> list[int]:
    with town.books.read() as session:
        matures = session.scalars(select(Position.matures_on)).one()
        on = date.fromordinal(matures.toordinal() - days)
        return [one.months_left for one in cells(session, on=on)]


def test_alike_loans_are_one_cell_and_a_region_or_lender_narrows(watch: Watch) -> None:
    watch.town.lend(1, amount_fen=ONE)
    watch.town.lend(2, amount_fen=ONE - 1)
    watch.town.lend(3, amount_fen=ONE + 1)
    found = [(one.band_fen, one.loans, one.outstanding_fen) for one in portfolio(watch.town)]
    assert found == [(ONE, 2, 2 * ONE - 1), (3 * ONE, 1, ONE + 1)]
    with watch.town.books.read() as session:
        on = ledger.open_day(session)
        assert cells(session, on=on, scope=[Loan.lender_id == 99]) == []


def test_the_fund_is_what_is_in_the_account_and_not_pledged(fund: Fund) -> None:
    with fund.town.books.read() as session:
        lender = fund.town.lender_id
        assert available(session, "431022", None) == {lender: 10_000_000}
        assert available(session, "431022", {lender + 1}) == {}
        assert available(session, "431021", None) == {}


@pytest.mark.damaged("a claim is written without its steps and its pledge")
def test_what_is_claimed_already_is_no_risk_to_the_fund_any_more(fund: Fund) -> None:
    town = fund.town
    town.lend(1)
    with town.books.write("test.claim", by=CLERK) as session:
        session.add(_claim(fund, session.scalars(select(Loan.id)).one()))
    (one,) = portfolio(town)
    assert (one.outstanding_fen, one.covered_fen, one.fund_fen) == (FULL, FULL, 0)


def _claim(fund: Fund, loan_id: int) -> FundClaim:
    on = fund.town.today
    return FundClaim(
        account_id=fund.account_id,
        loan_id=loan_id,
        nr=1,
        filed_on=on,
        overdue_days=90,
        principal_fen=FULL,
        interest_fen=0,
        penalty_fen=0,
        total_fen=FULL,
        review_by=on,
        basis="{}",
        evidence="{}",
        clause="",
        digest="0" * 64,
    )


# --- asked as a whole -----------------------------------------------------------------------------


def told(town: Town, by: Any = CLERK, **said: Any) -> Stressed:
    with town.books.read() as session:
        return ask(
            session,
            asked=StressAsked(**{"runs": 100, **said}),
            on=ledger.open_day(session),
            last_closed=ledger.last_closed_day(session),
            by=by,
        )


def test_the_answer_says_what_it_rests_on_and_adds_up(fund: Fund) -> None:
    lived(Watch(fund.town))
    data = as_data(told(fund.town))
    assumptions = data["assumptions"]
    assert (assumptions["seed"], assumptions["runs"], assumptions["months"]) == (
        20_170_131, 100, 58,
    )  # fmt: skip
    assert assumptions["history_from"] == "2016-05-31"
    assert [row["seen"] for row in assumptions["monthly"]] == [6, 0, 0, 0, 0, 4]
    # (600 × 0.003 + 0) ÷ 606, and of maturing loans 6 to grade 2, 1 of 604 to grade 3.
    assert assumptions["monthly"][0]["to"][2] == "0.002970"
    assert assumptions["monthly"][5]["to"][2:4] == ["0.009934", "0.001656"]
    whole = data["whole"]
    assert (whole["outstanding"], whole["covered"]) == ("80000.00", "80000.00")
    assert (whole["fund_part"], whole["available"]) == ("56000.00", "100000.00")
    assert [one["multiple"] for one in whole["multiples"]] == [5, 6, 7, 8, 9, 10]
    # 80 000 ÷ 5; nothing is short of it.
    assert whole["multiples"][0]["needed"] == "16000.00"
    assert whole["multiples"][0]["short"] == "0.00"
    # 100 000 stand against 56 000 at most.
    assert set(whole["survival"]) == {"1.000000"}
    assert whole["lasts_months_99"] is None
    # At the least the bad loan is claimed: 70 % of 10 000.
    assert float(data["accounts"][0]["needed"]["worst_95"]) >= 7_000
    assert json.dumps(data, ensure_ascii=False)


def test_the_same_seed_gives_the_same_answer_and_writes_nothing(fund: Fund) -> None:
    lived(Watch(fund.town))
    assert told(fund.town) == told(fund.town)
    assert told(fund.town).outcome.lost != told(fund.town, seed=1).outcome.lost


def test_who_may_ask_and_how_much(fund: Fund) -> None:
    fund.town.lend(1)
    mine = replace(DIRECTOR, institution_ids=frozenset({fund.town.lender_id}))
    other = replace(DIRECTOR, institution_ids=frozenset({99}))
    assert told(fund.town, mine).outcome.whole.loans == 1
    assert told(fund.town, other).outcome.whole.loans == 0
    assert told(fund.town, other).outcome.accounts == ()
    for by, said in ((OFFICER, {}), (other, {"lender_id": fund.town.lender_id})):
        with pytest.raises(NotEntitled):
            told(fund.town, by, **said)
    for runs in (99, 10_001):
        with pytest.raises(StressUnclear):
            told(fund.town, runs=runs)


def test_three_years_back_and_no_more() -> None:
    ends = month_ends(add_months(END, 48), END)
    assert len(ends) == 37


PLANTED = [
    Plant(
        test_every_step_from_month_end_to_month_end_is_counted_once,
        "risk_fund.stress.history._stood",
        lambda: cast(LoanDay.grade, String),
    ),
    Plant(
        test_a_walk_through_every_loan_counts_the_same,
        "risk_fund.stress.history.month_ends",
        lambda last, first: month_ends(last, first)[1:],
    ),
    Plant(
        test_loans_in_cells_of_grade_months_and_size,
        "risk_fund.stress.portfolio._fund_shares",
        lambda session, contracts: dict.fromkeys(contracts, 10_000),
    ),
    Plant(
        test_begun_months_count,
        "risk_fund.stress.portfolio._months",
        lambda on: (days_between(on, Position.matures_on) + 29) // 30,
        {"days": 366, "months": 12},
    ),
    Plant(
        test_what_is_claimed_already_is_no_risk_to_the_fund_any_more,
        "risk_fund.stress.portfolio._claimed",
        lambda: Loan.id < 0,
    ),
]


@pytest.mark.damaged("a claim is written without its steps and its pledge")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, watch: Watch, request: Any) -> None:
    needed = {"watch": watch}
    if "fund" in plant.test.__code__.co_varnames:
        needed = {"fund": request.getfixturevalue("fund")}
    plant.prove(**needed)
