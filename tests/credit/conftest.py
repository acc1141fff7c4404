"""A small village's register, written as the register writes it: with statuses and seals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import ledger
from credit.scheme import Scheme
from credit.scheme_file import load_schemes
from households.models import Status
from kernel.actor import Actor
from kernel.unit_of_work import Books
from tests.register import enter_household

YIZHANG = "431022000000"
VILLAGE = "431022100201"
OTHER_VILLAGE = "431022101202"
OPEN = date(2016, 5, 30)

RATINGS = Path(__file__).resolve().parents[2] / "config" / "ratings"
SCHEMES = load_schemes(RATINGS)

#: answers worth 25 + 10 + 26 + 22 = 83 points
GOOD = {
    "reputation": "较好",
    "performance": "正常",
    "labourers": "2",
    "income_per_head": "2500.00",
}
#: 30 + 10 + 30 + 30 = 100
BEST = {
    "reputation": "优秀",
    "performance": "正常",
    "labourers": "3",
    "income_per_head": "4000.00",
}
#: 15 + 5 + 11 + 10 = 41
POOR = {
    "reputation": "一般",
    "performance": "曾有逾期已结清",
    "labourers": "1",
    "income_per_head": "0.00",
}

Settle = Callable[..., list[int]]


@pytest.fixture
def scheme() -> Scheme:
    """The scheme with three lending grades."""
    return SCHEMES["hunan-433"]


@pytest.fixture
def officer() -> Actor:
    """信贷员: proposes."""
    return Actor(11, "officer", frozenset({"loan_officer"}), "431022")


@pytest.fixture
def checker() -> Actor:
    """复核员: confirms."""
    return Actor(12, "checker", frozenset({"checker"}), "431022")


@pytest.fixture
def open_books(books: Books, system: Actor) -> Books:
    """Books of 宜章, open on 30 May 2016."""
    with books.write("books.open", by=system) as session:
        ledger.open_books(session, region_code=YIZHANG, mode="held", first_day=OPEN)
    return books


@pytest.fixture
def settle(open_books: Books, system: Actor) -> Settle:
    """Enters households into the register; their ids."""

    def enter(
        count: int, *, village: str = VILLAGE, first: int = 1, status: Status = Status.REGISTERED
    ) -> list[int]:
        numbers = range(first, first + count)
        with open_books.write("households.import", by=system) as session:
            return [
                enter_household(session, village, number, on=OPEN, status=status)
                for number in numbers
            ]

    return enter


def turn_day(books: Books, by: Actor) -> date:
    """Close the open day; the next one, now open."""
    with books.write("jobs.close_day", by=by) as session:
        day = ledger.open_day(session)
        ledger.begin_close(session, day)
    with books.write("jobs.close_day", by=by) as session:
        ledger.finish_close(session, day)
        return ledger.open_day(session)
