"""From grade to grade between two closed days: a town whose loans went every way."""

from __future__ import annotations

from datetime import date

import pytest

import ledger
from kernel.refusals import Refusal
from loans import migration as room
from loans.migration import Migration, migration
from loans.refusals import DaysNotClosed
from office.refusals import NotEntitled
from tests.loans.full_lives import out_of_the_ordinary
from tests.loans.town import DIRECTOR, Town, person
from tests.planted import Plant


def matrix(town: Town, start: date, end: date) -> Migration:
    with town.books.read() as session:
        return migration(
            session,
            start=start,
            end=end,
            last_closed=ledger.last_closed_day(session),
            calendar=town.calendar,
            by=DIRECTOR,
        )


def lived(town: Town) -> dict[str, str]:
    """Five loans of 10 000 and one of 20 000, and what becomes of each by 1 November 2016."""
    short = {"amount_fen": 1_000_000, "term_months": 3, "annual_rate_ppm": 43_500}
    late = {**short, "method": "bullet", "every_months": 0, "term_months": 1}
    loans = {
        "paid": town.lend(1, **short),
        # Due on 30 June, and never paid: 124 days late at the close of 1 November.
        "bad": town.lend(2, **late),
        "lost": town.lend(3, **late),
        "good": town.lend(4, **{**short, "term_months": 12}),
    }
    town.close_to(date(2016, 6, 30))
    # Due on 31 August, paid up to 4 000: 62 days late at the close of 1 November.
    loans["watched"] = town.lend(5, **{**late, "term_months": 2})
    town.close_to(date(2016, 8, 29))
    town.pay(loans["paid"], 1_000_000)
    town.close_to(date(2016, 8, 30))
    town.pay(loans["watched"], 600_000)
    town.close_to(date(2016, 10, 9))
    loans["new"] = town.lend(6, **{**short, "amount_fen": 2_000_000, "term_months": 12})
    out_of_the_ordinary(town, loans["lost"], "write_off", 1)
    town.close_to(date(2016, 11, 1))
    return loans


def told(found: Migration) -> dict[tuple[str, str], tuple[int, int, int]]:
    return {
        (one.before, one.after): (one.loans, one.before_fen, one.after_fen) for one in found.cells
    }


def test_every_way_is_counted_with_what_was_out(town: Town) -> None:
    lived(town)
    # On 30 June "bad" and "lost" fell due and are not late yet; "watched" began on 1 July.
    assert told(matrix(town, date(2016, 6, 30), date(2016, 11, 1))) == {
        ("new", "2"): (1, 0, 400_000),
        ("new", "1"): (1, 0, 2_000_000),
        ("1", "3"): (1, 1_000_000, 1_000_000),
        ("1", "1"): (1, 1_000_000, 1_000_000),
        ("1", "written_off"): (1, 1_000_000, 0),
        ("1", "paid_off"): (1, 1_000_000, 0),
    }


def test_loans_by_age_at_the_second_close(town: Town) -> None:
    lived(town)
    ages = matrix(town, date(2016, 6, 30), date(2016, 11, 1)).ages
    assert [(one.days_from, one.days_to) for one in ages] == [
        (1, 30), (31, 90), (91, 270), (271, 360), (361, None),
    ]  # fmt: skip
    # 1 September to 1 November is 61 days; 30 June to 1 November 124.
    assert [(one.loans, one.outstanding_fen) for one in ages] == [
        (0, 0), (1, 400_000), (1, 1_000_000), (0, 0), (0, 0),
    ]  # fmt: skip


def test_a_closed_day_is_told_as_it_was_known_then(town: Town) -> None:
    loans = lived(town)
    days = date(2016, 6, 30), date(2016, 11, 1)
    before = matrix(town, *days)
    town.close_to(date(2016, 11, 3))
    # Entered late: it would have been no bad loan at all.
    town.pay(loans["bad"], 2_000_000, value_date=date(2016, 6, 30))
    assert matrix(town, *days) == before


def test_days_that_are_not_closed_and_people_without_the_right_are_refused(town: Town) -> None:
    last = date(2016, 6, 9)
    town.close_to(last)
    for start, end in ((last, last), (last, date(2016, 6, 1)), (last, date(2016, 6, 10))):
        with pytest.raises(DaysNotClosed):
            matrix(town, start, end)
    with town.books.read() as session, pytest.raises(Refusal) as refused:
        migration(
            session,
            start=date(2016, 6, 1),
            end=last,
            last_closed=last,
            calendar=town.calendar,
            by=person(99, "nobody"),
        )
    assert isinstance(refused.value, NotEntitled)


_LOST = room._lost

PLANTED = [
    Plant(
        test_every_way_is_counted_with_what_was_out,
        "loans.migration._lost",
        lambda _day, name: _LOST(date.min, name),
    ),
    Plant(
        test_loans_by_age_at_the_second_close,
        "loans.migration.AGES",
        ((1, 30), (31, 60), (61, 270), (271, 360), (361, None)),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, town: Town) -> None:
    plant.prove(town=town)
