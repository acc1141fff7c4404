"""The close in SQL does to a portfolio what the pure course does to each loan of it, by hand.

Random small portfolios (the seed is in the test's name): every method and rhythm, several draws,
shares that change, caps above and below the principal, dues unpaid, paid in part, paid over, paid
early, credit used, unpaid interest that bears interest, loans drawn again, given more time, another
plan or found misused, principal first when long overdue, grading rules that change. The product
closes day by day, some loans to a unit of work; beside it each loan runs through ``loans.course``
alone, driven by the order that the design gives. After every day both say the same of every loan.

FUPIN_PROOF_SEEDS and FUPIN_PROOF_DAYS make the run longer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import ColumnElement, literal

from tests.loans.town import FULL, Town
from tests.loans.twins import METHODS, ONE, World
from tests.planted import Plant

FIRST_DAY = date(2016, 5, 30)

SEEDS = range(int(os.environ.get("FUPIN_PROOF_SEEDS", "1")))
DAYS = int(os.environ.get("FUPIN_PROOF_DAYS", "400"))


def live(world: World, days: int) -> Iterator[date]:
    """Sign, draw, pay and close for so many days; each closed day."""
    places = [1, 1, 2, 3, 4, 5, 6, 6]
    kinds = [*METHODS]
    world.random.shuffle(kinds)
    on = world.town.today
    for place, kind in zip(places, kinds, strict=True):
        world.sign(place, kind)
    for _ in range(days):
        world.act(on)
        world.close(on)
        yield on
        on += ONE


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_day_the_close_agrees_with_the_course(new_town: Town, seed: int) -> None:
    world = World(new_town.found(FIRST_DAY), seed)
    for day in live(world, DAYS):
        world.compare(day)
    assert sum(len(twin.course.settlements) for twin in world.twins.values()) > 10
    assert world.seen >= {"regular", "overdue", "arrears"}
    assert world.seen & {"extension", "plan", "misuse"}


def test_a_revolving_loan_with_nothing_owed_ends_on_the_eve_of_its_maturity(
    new_town: Town,
) -> None:
    """Lent on 30 May for a month, repaid on 10 June: it can be drawn again until 29 June."""
    town = new_town.found(FIRST_DAY)
    number = town.lend(1, term_months=1, annual_rate_ppm=43_500, revolving=True)
    town.close_to(date(2016, 6, 9))
    town.pay(number, FULL, early=True)
    town.close_to(date(2016, 6, 28))
    assert town.position(number).state == "active"
    town.close_to(date(2016, 6, 29))
    assert town.position(number).state == "settled"


# --- seen red -----------------------------------------------------------------------------------


def floor_of(numerator: ColumnElement[int], denominator: ColumnElement[int]) -> ColumnElement[int]:
    return numerator // denominator


PLANTED = [
    *(
        Plant(test_every_day_the_close_agrees_with_the_course, target, bug, {"seed": 1})
        for target, bug in (
            ("loans.batch.settling._half_up", floor_of),
            ("loans.batch.settling._share_from_tomorrow", lambda _chunk, _name: literal(0)),
            ("loans.batch.few.use_credits", lambda _chunk: None),
            ("loans.batch.review_all_overdue", lambda _session, *, day: None),
        )
    ),
    Plant(
        test_a_revolving_loan_with_nothing_owed_ends_on_the_eve_of_its_maturity,
        "loans.batch.events._is_over",
        lambda _chunk: literal(False),
    ),
]


@pytest.mark.slow
@pytest.mark.damaged("a planted bug closed these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, new_town: Town) -> None:
    plant.prove(new_town=new_town)
