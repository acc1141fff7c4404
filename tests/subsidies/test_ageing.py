"""How long the treasury has owed what it owes, for all four sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kernel.actor import Actor
from kernel.calendar import HolidayTable
from office.refusals import NotEntitled
from policy import ConductRules, Rulebook
from subsidies import ageing
from subsidies.ageing import AgeLine
from tests.loans.town import FULL, OFFICER, VILLAGE, person
from tests.planted import Plant
from tests.subsidies.offices import Offices
from tests.subsidies.treasury import FINANCE, OFFICE, TreasuryTown, bend, borne

ONE = timedelta(days=1)
COUNTY = "431022000000"
DUE = date(2016, 6, 21)


def told(
    town: TreasuryTown, group: str, by: Actor = FINANCE, on: date | None = None
) -> list[AgeLine]:
    def rules(day: date) -> ConductRules:
        return town.rulebook.conduct(on=day, region=COUNTY)

    with town.books.read() as session:
        return ageing.by(
            session,
            group,
            on=on or town.today,
            actor=by,
            rules_of=rules,
            calendar=town.calendar,
        )


@pytest.mark.parametrize(
    ("days", "place"),
    [(-1, 0), (0, 0), (30, 0), (31, 1), (90, 1), (91, 2), (180, 2), (181, 3), (4000, 3)],
)
def test_the_classes_of_age(days: int, place: int) -> None:
    assert ageing.class_of(days) == place


@pytest.mark.parametrize(
    ("settled_to", "ends_on"),
    [
        (date(2016, 6, 21), date(2016, 6, 21)),
        (date(2016, 6, 22), date(2016, 9, 21)),
        (date(2016, 12, 31), date(2017, 3, 21)),
        (date(2016, 3, 21), date(2016, 3, 21)),
    ],
)
def test_the_claim_period_of_a_settlement(
    rulebook: Rulebook, settled_to: date, ends_on: date
) -> None:
    assert ageing.period_end(settled_to, rulebook.conduct(on=settled_to, region=COUNTY)) == ends_on


def test_the_deadline_follows_the_policy(rulebook: Rulebook, holidays: HolidayTable) -> None:
    """3 working days from 21 June: 24th; 3 more: 29th; 7 days: 6 July; 5 working days: 13 July."""
    rules = rulebook.conduct(on=date(2016, 6, 20), region=COUNTY)
    assert ageing.deadline(DUE, rules, holidays) == date(2016, 7, 13)
    longer = replace(rules, subsidy_notice_days=replace(rules.subsidy_notice_days, value=10))
    # 9 July is a Saturday: the five working days are 11 to 15 July.
    assert ageing.deadline(DUE, longer, holidays) == date(2016, 7, 15)
    assert ageing.deadline(date(2099, 6, 21), rules, holidays) is None


def test_the_bank_the_offices_and_nobody_else_see_what_is_owed(town: TreasuryTown) -> None:
    """Two loans, 145.14 each, since 21 June; three months later 606.94 each on top."""
    for place in (1, 2):
        town.lend(place)
    town.close_to(date(2016, 6, 20))
    (line,) = told(town, "lender")
    assert (line.key, line.classes) == ((town.lender_id, "lender"), [290_28, 0, 0, 0])
    assert (line.over_deadline_fen, line.oldest_on) == (0, DUE)
    town.close_to(date(2016, 9, 20))
    banker = Actor(41, "b", frozenset({"director"}), "431022", frozenset({town.lender_id}))
    for by in (FINANCE, OFFICE, banker):
        (line,) = told(town, "lender", by)
        # 92 days since 21 June
        assert line.classes == [2 * 606_94, 0, 290_28, 0]
        assert line.over_deadline_fen == 290_28
        assert line.owed_fen == 2 * 606_94 + 290_28
    other_bank = replace(banker, institution_ids=frozenset({town.lender_id + 1}))
    assert told(town, "lender", other_bank) == []
    assert told(town, "lender", replace(FINANCE, region_scope="431023")) == []
    with pytest.raises(NotEntitled):
        told(town, "lender", person(42, "administrator"))


def test_the_same_by_place_and_payee(town: TreasuryTown) -> None:
    town.lend(1)
    town.close_to(date(2016, 6, 20))
    sums = {group: told(town, group) for group in ageing.GROUPS}
    assert {group: [line.owed_fen for line in lines] for group, lines in sums.items()} == {
        "lender": [145_14],
        "township": [145_14],
        "village": [145_14],
        "payee": [145_14],
    }
    assert sums["township"][0].key == (VILLAGE[:9],)
    assert sums["village"][0].key == (VILLAGE,)
    assert sums["payee"][0].key == ("organisations", town.lender_id)
    assert ageing.total(sums["village"]).as_data() == {
        "key": [],
        "owed": "145.14",
        "classes": ["145.14", "0.00", "0.00", "0.00"],
        "over_deadline": "0.00",
        "oldest_on": "2016-06-21",
    }


def test_a_household_sees_what_it_waits_for(offices: Offices) -> None:
    """先付后补: it pays 145.14 itself and is given it back."""
    bend(offices, interest_bearers=borne("household", (10_000, FULL, None)))
    number = offices.lend(1)
    offices.close_to(date(2016, 6, 20))
    offices.pay(number, 145_14)
    household_id = offices.household(1)

    def waits(on: date) -> list[ageing.Waiting]:
        def rules(day: date) -> ConductRules:
            return offices.rulebook.conduct(on=day, region=COUNTY)

        with offices.books.read() as session:
            return ageing.of_household(
                session, household_id, on=on, rules_of=rules, calendar=offices.calendar
            )

    (one,) = waits(DUE)
    assert (one.number, one.owed_fen, one.days, one.stands) == (number, 145_14, 0, "未申报")
    assert (one.deadline_on, one.over_deadline) == (date(2016, 7, 13), False)
    offices.close_to(DUE + 45 * ONE)
    (one,) = waits(offices.today)
    assert (one.days, one.over_deadline) == (46, True)
    offices.submitted(route="household")
    assert [one.stands for one in waits(offices.today)] == ["已申报"]
    (line,) = told(offices, "payee", OFFICER)
    assert line.key == ("households", household_id)
    assert line.classes == [0, 145_14, 0, 0]


def one_too_many(days: int) -> int:
    return next(n for n, last in enumerate(ageing.CLASSES) if last is None or days < last)


PLANTED = [
    Plant(
        test_the_classes_of_age,
        "subsidies.ageing.class_of",
        one_too_many,
        {"days": 30, "place": 0},
    ),
    Plant(
        test_the_bank_the_offices_and_nobody_else_see_what_is_owed,
        "subsidies.ageing._scope",
        lambda _actor: [],
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, town: TreasuryTown) -> None:
    plant.prove(town=town)
