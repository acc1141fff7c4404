"""The plan of lending: exact in sum, within the lines, by people of age, on working days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from demo.county import SMALL, County
from demo.lending import Candidate, Planned, Sitting, of_age, plan, sittings
from demo.people import families
from kernel import calendar
from kernel.dates import add_months
from kernel.regions import RegionTree
from tests.databases import ROOT
from tests.planted import Plant

REGIONS = RegionTree.load(ROOT / "config" / "regions" / "hunan.csv")
CALENDAR = calendar.load(ROOT / "config" / "calendar")
LINES = (5_000_000, 3_000_000, 1_000_000)


def candidates(county: County) -> list[Candidate]:
    """Every household with a line, the first ones rated in November, the rest in January."""
    found = []
    for nth, family in enumerate(families(county, REGIONS)):
        rated_on = date(2014, 11, 10) if nth % 2 else date(2015, 1, 12)
        found.append(Candidate(family, "ab"[nth % 2], LINES[nth % 3 % 2], rated_on))
    return found


def planned(county: County = SMALL) -> list[tuple[Sitting, list[Planned]]]:
    meetings = {code: sittings(county, code, nth, CALENDAR) for nth, code in enumerate("ab")}
    return plan(county, candidates(county), meetings, CALENDAR)


def test_the_plan_is_exact_and_within_the_lines() -> None:
    loans = [one for _, found in planned() for one in found]
    assert len(loans) == SMALL.loans
    assert sum(one.amount_fen for one in loans) == SMALL.lent_fen
    assert len({one.family.number for one in loans}) == SMALL.loans
    lines = {one.family.number: one.line_fen for one in candidates(SMALL)}
    for one in loans:
        assert 0 < one.amount_fen <= lines[one.family.number]
        assert one.amount_fen % 10_000 == 0, "whole hundreds of yuan"


def test_who_signs_is_of_age_and_rated_before() -> None:
    rated = {one.family.number: one.rated_on for one in candidates(SMALL)}
    for sitting, loans in planned():
        for one in loans:
            born = one.borrower.born_on
            assert add_months(born, 18 * 12) <= sitting.sign_on < add_months(born, 66 * 12)
            assert one.borrower in one.family.members
            assert rated[one.family.number] < sitting.apply_on


def test_sessions_are_on_working_days_one_step_after_the_other() -> None:
    for sitting, _ in planned():
        days = (sitting.apply_on, sitting.decide_on, sitting.sign_on)
        assert list(days) == sorted(set(days))
        assert all(CALENDAR.is_working_day(day) for day in days)
        assert date(2014, 12, 1) <= days[0]
        assert days[2] < SMALL.closes_on


def test_the_pace_is_kept() -> None:
    for until, share in SMALL.pace:
        done = sum(len(loans) for sitting, loans in planned() if sitting.sign_on <= until)
        assert done <= SMALL.loans * share // 10_000


def test_somebody_too_young_or_too_old_does_not_sign() -> None:
    family = next(family for family in families(SMALL, REGIONS) if len(family.members) == 1)
    born = family.members[0].born_on
    on_18 = add_months(born, 18 * 12)
    assert of_age(family, on_18, on_18) == family.members[0]
    assert of_age(family, on_18 - timedelta(days=1), on_18) is None
    assert of_age(family, on_18, add_months(born, 65 * 12)) is None


PLANTED = [
    Plant(
        test_the_plan_is_exact_and_within_the_lines,
        "demo.lending._amounts",
        lambda county, chosen, _chance: [county.lent_fen // len(chosen)] * len(chosen),
    ),
    Plant(
        test_sessions_are_on_working_days_one_step_after_the_other,
        "kernel.calendar.HolidayTable.next_working_day",
        lambda _self, day: day,
    ),
    Plant(
        test_who_signs_is_of_age_and_rated_before,
        "demo.lending.of_age",
        lambda family, _first, _last: min(family.members, key=lambda one: -one.born_on.toordinal()),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
