"""Signing, reversing and a close in which everything meets, killed at every point (proof 4)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
import loans
from kernel.unit_of_work import Books
from loans.models import LoanCredit
from tests.databases import Maker
from tests.loans.bent import BentRulebook
from tests.loans.town import CHECKER, OFFICER, Town
from tests.properties.interrupted import every_interruption
from tests.properties.test_interrupted import closing

pytestmark = pytest.mark.slow


def test_a_sheet_killed_anywhere_is_signed_once(
    town: Town, databases_of_this_process: Maker
) -> None:
    sheet_id = town.apply(town.asked(1), town.asked(2))
    town.approve(sheet_id)

    def work(books: Books) -> None:
        def sign(session: Session) -> list[str]:
            return loans.sign_sheet(
                session,
                sheet_id=sheet_id,
                rulebook=town.rulebook,
                on=ledger.open_day(session),
                by=OFFICER,
            )

        books.once("loans.sign", sign, by=OFFICER, key="sign-the-sheet", body=[sheet_id])

    assert every_interruption(databases_of_this_process, town.books, work) > 15


def test_a_reversal_killed_anywhere_is_booked_once(
    town: Town, databases_of_this_process: Maker
) -> None:
    number = town.lend(1)
    town.close_to(date(2016, 6, 9))

    def work(books: Books) -> None:
        def reverse(session: Session) -> str:
            loans.reverse_disbursement(
                session,
                slip_number=f"{number}-01",
                reason="录入错误",
                calendar=town.calendar,
                on=ledger.open_day(session),
                by=CHECKER,
            )
            return number

        books.once("loans.reverse", reverse, by=CHECKER, key="reverse-1", body=[number])

    assert every_interruption(databases_of_this_process, town.books, work) > 15


def close_to(town: Town, last: date) -> None:
    """Close with the day's figures, which the next day's build on."""
    while town.today <= last:
        closing(town, town.today, chunk=100)(town.books)


def test_a_close_in_which_everything_meets(town: Town, databases_of_this_process: Maker) -> None:
    """30 June 2016, two loans to a unit of work.

    A principal falls overdue, a second is paid by credit that its household keeps for another loan,
    an instalment of a plan falls due tomorrow, and another loan's share of the treasury turns.
    """
    bent = BentRulebook(town.rulebook)
    town.rulebook = bent  # type: ignore[assignment]
    bent.bend({"household_total_max_fen": 10_000_000, "interest_bearers": ()})
    month = {"term_months": 1, "annual_rate_ppm": 43_500, "amount_fen": 1_000_000}
    town.lend(1, **month)
    town.lend(2, **month)
    other = town.lend(2, term_months=12, annual_rate_ppm=43_500, amount_fen=1_000_000)
    close_to(town, date(2016, 5, 31))
    town.lend(3, **month, method="equal-principal", every_months=1)
    close_to(town, date(2016, 6, 29))
    town.pay(other, 2_000_000)
    day = date(2016, 6, 30)
    with town.books.read() as session:
        assert session.scalars(select(LoanCredit.amount_fen)).one() > 1_000_000
    work = closing(town, day, chunk=2)
    points = every_interruption(databases_of_this_process, town.books, work)
    assert points > 100
