"""停止贴息: from a day on the treasury bears no share; worked by hand.

50 000 yuan at 4.75 % from Monday 30 May 2016, all of the interest the treasury's: 145.14 of 22 days
up to 21 June, 606.94 of 92 days up to 21 September.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from kernel.actor import Actor
from loans.models import Change, Settlement
from loans.refusals import AlreadyUnsubsidised, LoanOver, NoSubsidyToStop, SheetRefused
from office.refusals import NotEntitled, SameMakerAndChecker
from tests.loans.bent import treasury
from tests.loans.changing import (
    asked,
    balance,
    change,
    decide,
    dues,
    last_change,
    propose,
    settled,
    undo,
)
from tests.loans.refusing import bent
from tests.loans.town import CHECKER, DIRECTOR, FULL, OFFICE, OFFICER, Town, person
from tests.planted import Plant

JUNE, SEPTEMBER = "2016-06-21", "2016-09-21"
FINANCE = person(15, "finance")


def change_row(town: Town) -> Change:
    with town.books.read() as session:
        row = session.scalars(select(Change)).one()
        session.expunge(row)
        return row


def test_it_stops_on_its_day_and_nothing_else_changes(town: Town) -> None:
    number = town.lend(1)
    town.close_to(date(2016, 7, 20))
    before = town.position(number)
    change(town, "unsubsidised", number, why="status")
    row = change_row(town)
    assert (row.kind, row.why, row.value_date) == ("unsubsidised", "status", date(2016, 7, 21))
    assert row.clause
    town.close_to(date(2016, 9, 20))
    # 21 June to 21 July, 30 days: 50 000 × 4.75 % × 30 / 360 = 197.917, the treasury's
    assert settled(town, number, "interest")[-1] == (JUNE, SEPTEMBER, 60_694, 19_792)
    assert settled(town, number, "penalty") == []
    now = town.position(number)
    assert now.unsubsidised
    assert not before.unsubsidised
    assert (now.matures_on, now.method, now.state) == (before.matures_on, "interest-only", "active")


def test_falsified_from_the_first_draw_everything_is_corrected_and_undone_again(
    town: Town,
) -> None:
    number = town.lend(1)
    town.close_to(date(2016, 9, 20))
    before = settled(town, number, "interest")
    assert before == [
        ("2016-05-30", JUNE, 14_514, 14_514),
        (JUNE, SEPTEMBER, 60_694, 60_694),
    ]
    change(town, "unsubsidised", number, why="falsified", value_date=date(2016, 5, 30))
    assert settled(town, number, "interest") == [
        ("2016-05-30", JUNE, 14_514, 0),
        (JUNE, SEPTEMBER, 60_694, 0),
    ]
    # what the household should have paid in June bears compound interest since: 145.14 × 7.125 %
    # × 92 / 360 = 2.643; the rate of the loan is no other
    assert settled(town, number, "compound") == [(JUNE, SEPTEMBER, 264, 0)]
    assert settled(town, number, "penalty") == []
    assert balance(town, "treasury_interest_receivable") == 0
    assert balance(town, "interest_receivable") == 14_514 + 60_694
    undo(town, last_change(town, number), CHECKER)
    assert settled(town, number, "interest") == before
    assert settled(town, number, "compound") == []
    assert balance(town, "treasury_interest_receivable") == 14_514 + 60_694
    assert not town.position(number).unsubsidised


def test_where_the_household_paid_first_its_debt_stays_and_the_refund_goes(town: Town) -> None:
    bent(town, interest_bearers=treasury((None, None, 10_000, None), route="household"))
    number = town.lend(1)
    town.close_to(date(2016, 6, 20))
    town.pay(number, 14_514)
    town.close_to(date(2016, 6, 30))
    change(town, "unsubsidised", number, why="falsified", value_date=date(2016, 5, 30))
    assert settled(town, number, "interest") == [("2016-05-30", JUNE, 14_514, 0)]
    assert dues(town, number, "interest") == [(JUNE, 14_514)]
    assert balance(town, "interest_receivable") == 0
    with town.books.read() as session:
        last = session.scalars(select(Settlement).where(Settlement.revision == 1)).one()
        assert (last.amount_fen, last.treasury_fen, last.household_fen) == (0, -14_514, 14_514)


def test_what_was_falsified_is_found_out_after_the_loans_end(town: Town) -> None:
    number = town.lend(1)
    town.close_to(date(2016, 6, 20))
    town.pay(number, FULL, early=True)
    assert town.position(number).state == "settled"
    town.close_to(date(2016, 6, 30))
    change(town, "unsubsidised", number, why="falsified", value_date=date(2016, 5, 30))
    # 22 days of interest are the household's after all
    assert dues(town, number, "interest") == [(JUNE, 14_514)]
    assert town.position(number).state == "active"


def test_an_extension_later_brings_no_subsidy_back(town: Town) -> None:
    bent(town, subsidy_in_extension=True)
    number = town.lend(1, term_months=12, annual_rate_ppm=43_500)
    town.close_to(date(2016, 12, 20))
    change(town, "unsubsidised", number, why="lent_on")
    change(town, "extension", number, matures_on=date(2017, 11, 30))
    town.close_to(date(2017, 6, 20))
    # 21 March to 21 June, 92 days: 50 000 × 4.35 % × 92 / 360 = 555.833
    assert settled(town, number, "interest")[-1] == ("2017-03-21", "2017-06-21", 55_583, 0)


# --- who may, and when not ----------------------------------------------------------------------


@pytest.mark.parametrize("by", [OFFICER, OFFICE], ids=["officer", "poverty office"])
@pytest.mark.parametrize("decided_by", [DIRECTOR, FINANCE], ids=["director", "finance"])
def test_two_offices_propose_and_two_decide(town: Town, by: Actor, decided_by: Actor) -> None:
    number = town.lend(1)
    change(town, "unsubsidised", number, by, decided_by, why="other")
    assert town.position(number).unsubsidised


def test_nobody_else_and_no_one_alone(town: Town) -> None:
    number = town.lend(1)
    with pytest.raises(NotEntitled):
        propose(town, "unsubsidised", asked(number, why="other"), by=DIRECTOR)
    sheet_id = propose(town, "unsubsidised", asked(number, why="other"), by=OFFICE)
    both = Actor(OFFICE.person_id, "again", frozenset({"finance"}), "431022")
    with pytest.raises(SameMakerAndChecker):
        decide(town, sheet_id, by=both)
    with pytest.raises(NotEntitled):
        decide(town, sheet_id, by=CHECKER)
    # The poverty office proposes this and no other change.
    with pytest.raises(NotEntitled):
        propose(town, "grade", asked(number, grade=3), by=OFFICE)


def refused_for(town: Town, number: str, **more: object) -> list[str]:
    with pytest.raises(SheetRefused) as refused:
        propose(town, "unsubsidised", asked(number, **more))
    return [refusal.code for _place, refusal in refused.value.rows]


def test_once_and_only_where_there_is_a_subsidy(town: Town) -> None:
    number = town.lend(1)
    assert refused_for(town, number) == ["why_missing"]
    change(town, "unsubsidised", number, why="other")
    code = AlreadyUnsubsidised.code
    assert refused_for(town, number, why="other") == [code]
    over = town.lend(3)
    town.pay(over, FULL, early=True)
    bent(town, interest_bearers=())
    bare = town.lend(2)
    assert refused_for(town, bare, why="other") == [NoSubsidyToStop.code]
    town.close_to(date(2016, 6, 5))
    assert refused_for(town, over, why="other", value_date=date(2016, 6, 4)) == [LoanOver.code]


# --- seen red -----------------------------------------------------------------------------------


def _tomorrow(course: object, on: date) -> None:
    """The share stops with the next segment alone."""
    course.terms = replace(course.terms, unsubsidised=True)  # type: ignore[attr-defined]


PLANTED = [
    Plant(
        test_it_stops_on_its_day_and_nothing_else_changes,
        "loans.course.Course.unsubsidise",
        _tomorrow,
    ),
    Plant(
        test_an_extension_later_brings_no_subsidy_back,
        "loans.parts.Terms.share_on",
        lambda terms, day: next(
            ((s.share_bp, s.cap_fen, s.rate_ppm) for s in terms.shares), (0, 0, None)
        ),
    ),
]


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, town: Town) -> None:
    plant.prove(town=town)
