"""What a loan owes and since when; evidence of collection; bad balance by place; money of a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from inspect import signature
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from loans import arrears, bad_by_place, money_moved
from loans.arrears import Owed
from loans.models import Loan, LoanDay
from loans.money_moved import Moved
from tests.loans.bent import treasury
from tests.loans.filing import COMMON, Desk
from tests.loans.refusing import bent
from tests.loans.test_changes_events import refund
from tests.loans.town import FULL, Town
from tests.planted import Plant


def id_of(session: Session, number: str) -> int:
    return session.scalars(select(Loan.id).where(Loan.number == number)).one()


def late(town: Town, *numbers: str) -> list[int | None]:
    with town.books.read() as session:
        ids = [id_of(session, number) for number in numbers]
        days = arrears.overdue_days(session, ids, on=town.today)
    return [days.get(one) for one in ids]


def owed(town: Town, number: str) -> Owed:
    with town.books.read() as session:
        loan_id = id_of(session, number)
        return arrears.owed(session, [loan_id], on=town.today)[loan_id]


# --- overdue and owed -----------------------------------------------------------------------------


def test_days_overdue_count_from_the_day_after_the_due_date(town: Town) -> None:
    bent(town, interest_bearers=treasury())
    number, other = town.lend(1), town.lend(2)
    # Interest settled on 20 June is payable on the 21st.
    town.close_to(date(2016, 6, 20))
    assert late(town, number) == [None]
    # 22 days: 50 000 x 4.75 % x 22 / 360 = 145.14
    town.pay(other, 14_514)
    town.close_to(date(2016, 6, 21))
    assert late(town, number, other) == [1, None]
    town.close_to(date(2016, 6, 30))
    assert late(town, number, other) == [10, None]


def test_what_is_owed_by_kind_and_what_has_run_up(town: Town) -> None:
    bent(town, interest_bearers=treasury(), compound_interest=True)
    number = town.lend(1, term_months=2, annual_rate_ppm=43_500)
    town.close_to(date(2016, 7, 24))
    # 50 000 x 4.35 % x 22 / 360 = 132.92 due on 21 June; 34 days from then to 25 July: 205.42.
    # Compound interest on 132.92 from 21 June, at 6.525 %: x 34 / 360 = 0.82
    assert owed(town, number) == Owed(FULL, 0, 13_292, 0, 0, 20_542, 0, 82)
    # Maturity, 30 July 2016, is a Saturday: payable on 1 August, and past due after its close.
    town.close_to(date(2016, 8, 1))
    found = owed(town, number)
    assert (found.principal_fen, found.principal_due_fen) == (FULL, FULL)
    assert late(town, number) == [42]
    # One day at 6.525 %: 50 000 x 6.525 % / 360 = 9.06
    assert found.running_penalty_fen == 906


@pytest.mark.parametrize("route", ["lender", "household"])
def test_the_treasurys_part_is_never_owed(town: Town, route: str) -> None:
    half = tuple(replace(row, route=route) for row in treasury((None, None, 5_000, None)))
    bent(town, interest_bearers=half, compound_interest=False)
    number = town.lend(1)
    town.close_to(date(2016, 6, 30))
    found = owed(town, number)
    # 145.14: the treasury's half is 72.57, and so is what is left.
    assert (found.interest_fen, found.penalty_fen) == (7_257, 0)
    # 10 days on: 65.97; the treasury's half 32.99, the household's the rest.
    assert found.running_interest_fen == 3_298


def test_a_settled_loan_owes_nothing(town: Town) -> None:
    bent(town, interest_bearers=treasury())
    number = town.lend(1)
    # No day has passed.
    town.pay(number, FULL, early=True)
    assert owed(town, number) == Owed(0, 0, 0, 0, 0, 0, 0, 0)


# --- evidence of collection -----------------------------------------------------------------------


def test_evidence_counts_from_the_first_day_overdue(town: Town) -> None:
    bent(town, interest_bearers=treasury())
    desk = Desk(town, COMMON)
    number, other = town.lend(1), town.lend(2)
    town.close_to(date(2016, 6, 20))
    town.pay(other, 14_514)
    # On the due day itself: a reminder, and no evidence of collection.
    desk.contact(number)
    town.close_to(date(2016, 6, 21))
    notice = desk.contact(number, "notice")
    desk.contact(other, "visit")
    town.close_to(date(2016, 6, 24))
    desk.contact(number, "visit", note="不在家")
    with town.books.read() as session:
        ids = [id_of(session, one) for one in (number, other)]
        found = arrears.collection(session, ids, on=town.today)
    assert set(found) == {ids[0]}
    evidence = found[ids[0]]
    assert evidence.since == date(2016, 6, 22)
    (visit,), (handed,) = evidence.contacts, evidence.notices
    assert (visit.kind, visit.value_date, visit.note) == ("visit", date(2016, 6, 25), "不在家")
    assert (handed.value_date, handed.notice_number) == (date(2016, 6, 22), notice)


# --- bad balance by place -------------------------------------------------------------------------


def read(town: Town, query: Any) -> list[tuple[Any, ...]]:
    with town.books.read() as session:
        return [tuple(row) for row in session.execute(query)]


def one_by_one(town: Town, day: date) -> tuple[int, int]:
    """Bad and out at the close of a day, from the rows one by one."""
    bad = out = 0
    with town.books.read() as session:
        for loan_id in session.scalars(select(Loan.id)):
            last = session.scalar(
                select(func.max(LoanDay.on_day)).where(
                    LoanDay.loan_id == loan_id, LoanDay.on_day <= day
                )
            )
            row = session.get(LoanDay, (loan_id, last)) if last else None
            if row is not None:
                out += row.outstanding_fen
                bad += row.outstanding_fen if row.grade >= 3 else 0
    return bad, out


def test_bad_balance_of_bank_township_and_village(town: Town) -> None:
    bent(town, interest_bearers=treasury())
    town.lend(1)
    good = town.lend(2, amount_fen=3_000_000)
    gone = town.lend(3, amount_fen=100)
    town.pay(gone, 100, early=True)
    town.close_to(date(2016, 6, 20))
    # 30 000 x 4.75 % x 22 / 360 = 87.08
    town.pay(good, 8_708)
    town.close_to(date(2016, 9, 20))
    # 30 000 x 4.75 % x 92 / 360 = 364.17
    town.pay(good, 36_417)
    day = date(2016, 9, 24)
    town.close_to(day)
    # The first is overdue since 22 June by 95 days: bad.
    lender = str(town.lender_id)
    for place, key in (("bank", lender), ("township", "431022100"), ("village", "431022100201")):
        rows = read(town, bad_by_place.bad_by(place, day=day))  # type: ignore[arg-type]
        assert rows == [(key, FULL, 8_000_000)]
    assert one_by_one(town, day) == (FULL, 8_000_000)
    # 90 days are not more than 90: not bad yet.
    assert read(town, bad_by_place.bad_by("bank", day=date(2016, 9, 19))) == [
        (lender, 0, 8_000_000)
    ]
    assert read(town, bad_by_place.bad_by("bank", day=date(2016, 5, 29))) == []


# --- money of a day -------------------------------------------------------------------------------


def test_money_of_a_day_and_what_was_undone_on_it(town: Town) -> None:
    bent(town, interest_bearers=treasury())
    number, other = town.lend(1), town.lend(2)
    first, second = date(2016, 5, 31), date(2016, 6, 1)
    town.close_to(date(2016, 5, 30))
    paid = town.pay(number, 50_000)
    kept = town.pay(other, 300)
    back = refund(town, number, 20_000)
    town.close_to(first)
    town.undo_payment(back)
    more = town.pay(number, 700, value_date=first)
    town.undo_payment(more)
    with town.books.read() as session:
        one, two = id_of(session, number), id_of(session, other)
        both = select(Loan.id).where(Loan.id.in_((one, two)))
        early = money_moved.money_moved_of(session, both, day=first)
        later = money_moved.money_moved_of(session, both, day=second)
        alone = select(Loan.id).where(Loan.id == two)
        assert money_moved.money_moved_of(session, alone, day=second) == []
    assert early == [
        Moved(one, paid, None, "payment", 50_000),
        Moved(two, kept, None, "payment", 300),
        Moved(one, back, None, "refund", -20_000),
    ]
    assert later == [
        Moved(one, back, 1, "refund", 20_000),
        Moved(one, more, None, "payment", 700),
        Moved(one, more, 2, "payment", -700),
    ]
    assert len(read(town, money_moved.money_moved(second))) == 3


# --- seen red -------------------------------------------------------------------------------------


def nothing_back(*_: object) -> Any:
    return func.coalesce(None, 0)


PLANTED = [
    Plant(
        test_days_overdue_count_from_the_day_after_the_due_date,
        "loans.arrears.days_over",
        lambda since, on: (on - since).days - 1,
    ),
    Plant(
        test_the_treasurys_part_is_never_owed,
        "loans.arrears._treasury",
        nothing_back,
        {"route": "household"},
    ),
    Plant(
        test_bad_balance_of_bank_township_and_village,
        "loans.bad_by_place.is_bad",
        lambda: LoanDay.grade > 3,
    ),
    Plant(
        test_money_of_a_day_and_what_was_undone_on_it,
        "loans.money_moved._SIGNS",
        {"payment": 1, "recovery": 1, "refund": 1},
    ),
]


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, request: pytest.FixtureRequest) -> None:
    asked = set(signature(plant.test).parameters) - set(plant.arguments)
    plant.prove(**{name: request.getfixturevalue(name) for name in asked})
