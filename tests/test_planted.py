"""The guard of the guards: a bug that no test notices, and one that is none, are reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel import money
from tests.planted import Plant


def five_halves_round_up() -> None:
    assert money.round_half_up(5, 2) == 3


def notices_nothing() -> None:
    assert money.round_half_up(4, 2) == 2


def wants_a_folder(tmp_path: Path) -> None:
    assert tmp_path.is_dir()
    assert money.round_half_up(5, 2) == 3


def test_a_noticed_bug_is_fine_and_gone_afterwards() -> None:
    Plant(five_halves_round_up, "kernel.money.round_half_up", lambda n, d: n // d).prove()
    five_halves_round_up()


def test_an_unnoticed_bug_is_reported() -> None:
    blind = Plant(notices_nothing, "kernel.money.round_half_up", lambda n, d: n // d)
    with pytest.raises(pytest.fail.Exception, match="stays green"):
        blind.prove()


def test_a_bug_in_a_place_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(AttributeError):
        Plant(five_halves_round_up, "kernel.money.round_up", lambda n, d: n // d).prove()


def test_another_kind_of_crash_is_not_red() -> None:
    with pytest.raises(ZeroDivisionError):
        Plant(five_halves_round_up, "kernel.money.round_half_up", lambda n, d: n // 0).prove()


def test_fixtures_reach_the_tests_that_ask(tmp_path: Path) -> None:
    for test in (five_halves_round_up, wants_a_folder):
        Plant(test, "kernel.money.round_half_up", lambda n, d: n // d).prove(tmp_path=tmp_path)
