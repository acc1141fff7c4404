"""Loans as they are lived, from application to closing, on the rooms' own front doors."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

import ledger
from kernel.money import format_yuan
from loans.models import Due, OpenDue, Settlement
from tests.loans.town import FULL, Town


def settlements(town: Town) -> list[tuple[str, str, str, str]]:
    with town.books.read() as session:
        return [
            (s.to_on.isoformat(), s.kind, format_yuan(s.amount_fen), format_yuan(s.household_fen))
            for s in session.scalars(select(Settlement).order_by(Settlement.id))
        ]


def test_the_published_loan_settles_as_the_calculator_says(town: Town) -> None:
    """V3: 22 days 145.14, then 92 days 606.94, 91 days 600.35, 90 days 593.75."""
    number = town.lend(1)
    town.close_to(date(2017, 4, 1))
    assert settlements(town) == [
        ("2016-06-21", "interest", "145.14", "0.00"),
        ("2016-09-21", "interest", "606.94", "0.00"),
        ("2016-12-21", "interest", "600.35", "0.00"),
        ("2017-03-21", "interest", "593.75", "0.00"),
    ]
    with town.books.read() as session:
        assert ledger.balance(session, kind="loan_principal") == FULL
        # 145.14 + 606.94 + 600.35 + 593.75 = 1946.18, all of it the treasury's
        assert ledger.balance(session, kind="treasury_interest_receivable") == 194_618
        assert ledger.balance(session, kind="interest_receivable") == 0
    assert town.position(number).state == "active"


def test_an_early_repayment_in_full_closes_the_loan(town: Town) -> None:
    number = town.lend(1)
    town.close_to(date(2016, 6, 9))
    town.pay(number, FULL, early=True)
    assert town.position(number).state == "settled"
    # 2016-05-30 to 06-10 is 11 days: 50 000 × 4.75 % × 11 ÷ 360 = 72.569 → 72.57
    assert settlements(town) == [("2016-06-10", "interest", "72.57", "0.00")]
    town.close_to(date(2016, 6, 12))
    with town.books.read() as session:
        assert ledger.balance(session, kind="loan_principal") == 0


def test_principal_unpaid_on_its_day_is_overdue_from_that_day(town: Town) -> None:
    """90 days on 50 000 at 4.75 % + 50 % = 7.125 %: 890.63 (V7)."""
    number = town.lend(1, term_months=12, annual_rate_ppm=43_500)
    # 2017-05-30 is the Dragon Boat festival: the due date moves to the 31st, at contract rate.
    town.close_to(date(2017, 5, 31))
    with town.books.read() as session:
        (due,) = session.scalars(select(OpenDue).where(OpenDue.kind == "principal"))
        assert due.payable_on == date(2017, 5, 31)
    town.close_to(date(2017, 6, 19))
    town.pay(number, 10_000_000)
    rows = settlements(town)
    # contract rate for 2017-05-30, the holiday: 50 000 × 4.35 % × 1 ÷ 360 = 6.0417 → 6.04
    # overdue from 05-31 to 06-20 is 20 days at 6.525 %: 50 000 × 6.525 % × 20 ÷ 360 = 181.25
    assert ("2017-06-20", "penalty", "181.25", "181.25") in rows
    assert ("2017-06-20", "interest", "6.04", "0.00") in rows
    assert town.position(number).state == "settled"


def test_dues_of_an_instalment_loan_follow_its_plan(town: Town) -> None:
    number = town.lend(
        2, method="equal-principal", every_months=3, term_months=12, annual_rate_ppm=43_500
    )
    town.close_to(date(2016, 8, 29))
    with town.books.read() as session:
        dues = session.scalars(select(Due).order_by(Due.id)).all()
        # 50 000 ÷ 4 = 12 500; interest of 92 days: 50 000 × 4.35 % × 92 ÷ 360 = 555.83
        assert [(d.kind, d.bearer, d.due_on, d.amount_fen) for d in dues] == [
            ("interest", "treasury", date(2016, 8, 30), 55_583),
            ("principal", "household", date(2016, 8, 30), 1_250_000),
        ]
    town.pay(number, 1_250_000)
    town.close_to(date(2016, 9, 1))
    assert town.position(number).state == "active"
