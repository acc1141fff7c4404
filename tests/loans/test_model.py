"""Loans against an independent model: random lives, and after every step both say the same.

A life is made of draws and payments, entered on their day or with an earlier one, and undone.

The model (``tests/slow_model``) is written from the rules with fractions, a day at a time,
and imports nothing of the product; the product is driven through its front doors.

FUPIN_PROOF_LIVES and FUPIN_PROOF_STEPS make the run longer; the short proof is 60 lives of 40.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy import ColumnElement

from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.regions import RegionTree
from kernel.vault import Keyring
from policy import Rulebook
from tests.databases import Maker
from tests.loans.lives import Doors, Lives
from tests.planted import Plant

LIVES = int(os.environ.get("FUPIN_PROOF_LIVES", "5"))
STEPS = int(os.environ.get("FUPIN_PROOF_STEPS", "30"))


@pytest.fixture
def doors(
    databases_of_this_process: Maker,
    keyring: Keyring,
    system: Actor,
    rulebook: Rulebook,
    holidays: HolidayTable,
    regions: RegionTree,
) -> Doors:
    """The doors of this test's product."""
    return Doors(databases_of_this_process, keyring, system, rulebook, holidays, regions)


def run(doors: Doors, lives: int, **more: Any) -> None:
    machine: type[RuleBasedStateMachine] = type("Life", (Lives,), {"doors": doors})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=lives,
            stateful_step_count=STEPS,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            # Every step closes days: making a failure smaller takes minutes, and the steps of a
            # failure are printed as they are.
            phases=(Phase.explicit, Phase.generate),
            report_multiple_bugs=False,
            **more,
        ),
    )


@pytest.mark.slow
def test_a_loan_lives_as_the_model_says(doors: Doors) -> None:
    run(doors, LIVES)


# --- seen red -----------------------------------------------------------------------------------


def few_lives(doors: Doors) -> None:
    """The same few lives every time."""
    run(doors, 24, derandomize=True, database=None)


def floor_of(numerator: ColumnElement[int], denominator: ColumnElement[int]) -> ColumnElement[int]:
    return numerator // denominator


PLANTED = [
    Plant(few_lives, target, bug)
    for target, bug in (
        ("loans.batch.settling._half_up", floor_of),
        ("loans.earning.share_fen", lambda _products, _base: 0),
        ("loans.batch.figures.grade", lambda _chunk, _thresholds, _clause: None),
        ("loans.allocation.in_order", lambda dues, _order: list(dues)[::-1]),
        ("loans.limits.move", lambda _session, _amounts: None),
        # entered with an earlier day, and taken as today's
        ("loans.operations.repaying.is_last", lambda _one, _event, _on: True),
        # undone, and the limits and the line not told
        ("loans.operations.correcting._move_limits", lambda _session, _one, _delta_fen: None),
    )
]


@pytest.mark.slow
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, doors: Doors) -> None:
    plant.prove(doors=doors)
