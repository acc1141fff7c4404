"""A dividend's round, killed at every point and resumed (proof 4)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from jobs.close import Closer, Program
from jobs.lease import LEASE
from jobs.program import DIVIDENDS
from kernel.unit_of_work import Books
from ledger.refusals import DayAlreadyClosed
from tests.conftest import Clock
from tests.databases import Maker
from tests.enterprises.dividend_town import DividendTown
from tests.enterprises.test_dividends import DUE, FULL, three
from tests.properties.interrupted import every_interruption
from tests.properties.test_dividends_once import Desk

pytestmark = pytest.mark.slow


def test_a_close_killed_anywhere_finds_a_round_once(
    dividends: DividendTown, databases_of_this_process: Maker
) -> None:
    dividends.agree(dividends.stake(1, FULL), dividends.stake(2, FULL))
    dividends.find(date(2017, 5, 31))
    program = Program((DIVIDENDS,), "0" * 64)

    def work(books: Books) -> None:
        assert isinstance(books.clock, Clock)
        # Whoever held the lease before is dead; its time runs out.
        books.clock.now += LEASE
        owner = f"worker {books.clock.now.isoformat()}"
        with suppress(DayAlreadyClosed):
            Closer(books, dividends.system, lambda _: program, owner).close_day(DUE)

    assert every_interruption(databases_of_this_process, dividends.books, work) > 15


def test_a_declaration_killed_anywhere_is_made_once(
    dividends: DividendTown, databases_of_this_process: Maker
) -> None:
    round_id = three(dividends)

    def work(books: Books) -> None:
        Desk(replace(dividends, books=books)).declare(round_id, "the-declaration")

    assert every_interruption(databases_of_this_process, dividends.books, work) > 10


def test_a_grant_killed_anywhere_is_given_once(
    dividends: DividendTown, databases_of_this_process: Maker
) -> None:
    round_id = three(dividends)
    dividends.declare(round_id)
    dividends.hang(round_id)
    dividends.receive(1_200_000)
    dividends.find_money(round_id)

    def work(books: Books) -> None:
        Desk(replace(dividends, books=books)).grant(round_id, "the-grant")

    assert every_interruption(databases_of_this_process, dividends.books, work) > 15


def test_a_payment_killed_anywhere_is_made_and_answered_once(
    dividends: DividendTown, databases_of_this_process: Maker, tmp_path: Path
) -> None:
    round_id = three(dividends)
    dividends.granted(round_id, 1_200_000)
    dividends.pay_file(round_id)
    dividends.send_round(round_id)
    path = tmp_path / "answer.csv"
    path.write_text(dividends.bank_says(round_id, {2: "销户"}), encoding="utf-8")

    def work(books: Books) -> None:
        Desk(replace(dividends, books=books)).answer(round_id, path, "the-banks-answer")

    assert every_interruption(databases_of_this_process, dividends.books, work) > 15


def test_a_file_killed_anywhere_is_made_once(
    dividends: DividendTown, databases_of_this_process: Maker
) -> None:
    round_id = three(dividends)
    dividends.granted(round_id, 1_200_000)

    def work(books: Books) -> None:
        Desk(replace(dividends, books=books)).make_file(round_id, "the-file")

    assert every_interruption(databases_of_this_process, dividends.books, work) > 15
