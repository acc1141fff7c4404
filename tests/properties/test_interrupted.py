"""Work killed at every statement and around every commit, then resumed (proof 4)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
import loans
from households import imports
from households.imports import Office
from jobs.close import Closer, Program
from jobs.lease import LEASE
from jobs.program import SNAPSHOT, close_loans
from kernel.actor import Actor
from kernel.unit_of_work import Books
from ledger.refusals import DayAlreadyClosed
from loans import Draw, Payment
from loans.models import Repayment
from tests.conftest import Clock
from tests.databases import Maker
from tests.households import registers
from tests.loans.town import FULL, OFFICER, Town
from tests.properties.interrupted import Work, every_interruption

pytestmark = pytest.mark.slow


def closing(town: Town, day: date, *, chunk: int) -> Work:
    """The work: close one day with the rooms' own steps, as a new worker each time."""
    conduct = town.rulebook.conduct(on=day, region="431022000000")
    steps = (
        close_loans(conduct, town.calendar),
        SNAPSHOT,
    )
    program = Program(steps, "0" * 64)

    def work(books: Books) -> None:
        assert isinstance(books.clock, Clock)
        # Whoever held the lease before is dead; its time runs out.
        books.clock.now += LEASE
        owner = f"worker {books.clock.now.isoformat()}"
        try:
            Closer(books, town.system, lambda _: program, owner, chunk).close_day(day)
        except DayAlreadyClosed:
            return

    return work


def test_a_close_killed_anywhere_ends_in_the_same_books(
    town: Town, databases_of_this_process: Maker
) -> None:
    """20 June settles two loans in one unit of work, and takes another to see that no more come."""
    for place in (1, 2):
        town.lend(place)
    town.close_to(date(2016, 6, 19))
    work = closing(town, date(2016, 6, 20), chunk=2)
    points = every_interruption(databases_of_this_process, town.books, work)
    assert points > 60


def test_a_disbursement_killed_anywhere_is_made_once(
    town: Town, databases_of_this_process: Maker
) -> None:
    (number,) = town.contracts(town.asked(1))
    draw = Draw(number, FULL, "counter", "FK000001")

    def work(books: Books) -> None:
        def disburse(session: Session) -> list[list[str]]:
            made = loans.disburse_many(
                session,
                draws=[draw],
                calendar=town.calendar,
                on=ledger.open_day(session),
                by=OFFICER,
            )
            return [list(map(str, one)) for one in made]

        books.once("loans.disburse", disburse, by=OFFICER, key="disburse-1", body=[number])

    assert every_interruption(databases_of_this_process, town.books, work) > 20


def test_a_repayment_killed_anywhere_is_booked_once(
    town: Town, databases_of_this_process: Maker
) -> None:
    number = town.lend(1)
    town.close_to(date(2016, 6, 9))
    payment = Payment(number, FULL, "counter", "HK000001", True)

    def work(books: Books) -> None:
        def repay(session: Session) -> list[int]:
            loans.repay_many(
                session,
                payments_in=[payment],
                calendar=town.calendar,
                on=ledger.open_day(session),
                by=OFFICER,
            )
            return [1]

        books.once("loans.repay", repay, by=OFFICER, key="repay-01", body=[number])

    assert every_interruption(databases_of_this_process, town.books, work) > 20


def test_an_import_killed_anywhere_leaves_the_register_as_before_or_after(
    town: Town, databases_of_this_process: Maker, tmp_path: Path
) -> None:
    """One household known and changed, two new; the file is simply brought again."""
    registrar = Actor(7, "registrar", frozenset({"registrar"}), "431022")
    day = date(2016, 5, 30)

    def bring(file: Path) -> Work:
        def work(books: Books) -> None:
            office = Office(books, town.regions, town.keyring, registers.COUNTY)
            imports.import_file(office, file, on=day, by=registrar)

        return work

    known = registers.family("431022101202000001", 101)
    bring(registers.write(tmp_path / "before.csv", known))(town.books)
    rows = [
        *registers.family("431022101202000001", 101, income_per_person_fen="3100.00"),
        *registers.family("431022101202000002", 103),
        *registers.family("431022101202000003", 105),
    ]
    points = every_interruption(
        databases_of_this_process,
        town.books,
        bring(registers.write(tmp_path / "after.csv", rows)),
        leaving_out=("import_batches", "staged_households", "staged_people", "import_findings"),
    )
    assert points > 20


# --- seen red -----------------------------------------------------------------------------------


def test_work_without_a_key_is_seen_to_happen_twice(
    town: Town, databases_of_this_process: Maker
) -> None:
    """The loop finds the one point that only a key covers: after COMMIT, before the answer."""
    number = town.lend(1)
    town.close_to(date(2016, 6, 9))

    def work(books: Books) -> None:
        with books.read() as session:
            taken = session.scalar(select(func.count()).select_from(Repayment))
        payment = Payment(number, 100_00, "counter", f"HK{taken}", True)
        with books.write("loans.repay", by=OFFICER) as session:
            loans.repay_many(
                session,
                payments_in=[payment],
                calendar=town.calendar,
                on=ledger.open_day(session),
                by=OFFICER,
            )

    with pytest.raises(AssertionError, match="'after COMMIT'"):
        every_interruption(databases_of_this_process, town.books, work)
