"""Planted bugs: every guard is seen red once, and stays so.

A ``Plant`` names a test, a function of the product and a wrong twin of it. ``prove`` puts the twin
in place (``target`` is the name as the code under test looks it up, so patch it in the module that
uses it) and demands that the very same test now fails. A room keeps its table at the end of its
test file and walks it:

    PLANTED = [Plant(test_round, "kernel.money.round_half_up", lambda n, d: n // d)]

    @pytest.mark.parametrize("plant", PLANTED, ids=str)
    def test_planted_bug_turns_red(plant: Plant) -> None:
        plant.prove()

The test is called as a plain function: its parameters are given in ``arguments``; tests of
hypothesis take none. Fixtures are handed on, each to the tests that ask for it:
``plant.prove(tmp_path=tmp_path)``. ``catches`` says what red looks like, by default a failed
assertion.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from unittest import mock

import pytest
from hypothesis import Phase, settings

_SETTINGS = "_hypothesis_internal_use_settings"


@dataclass(frozen=True)
class Plant:
    """One test and one bug that it must find."""

    test: Callable[..., None]
    target: str
    bug: object
    arguments: Mapping[str, object] = field(default_factory=dict)
    catches: tuple[type[BaseException], ...] = (AssertionError, pytest.fail.Exception)

    def __str__(self) -> str:
        return f"{self.test.__name__}-{self.target}"

    def prove(self, **fixtures: object) -> None:
        """The test fails with the bug in place."""
        path, _, name = self.target.rpartition(".")
        wanted = inspect.signature(self.test).parameters
        asked = {fixture: value for fixture, value in fixtures.items() if fixture in wanted}
        with mock.patch.object(_resolve(path), name, self.bug), _hurried(self.test):
            try:
                self.test(**asked, **self.arguments)
            except self.catches:
                return
        pytest.fail(f"{self.test.__name__} stays green with a bug planted in {self.target}")


def _resolve(path: str) -> object:
    """The module of that name, or the class in it."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name)


def _hurried(test: Callable[..., None]) -> AbstractContextManager[object]:
    """Hypothesis need not shrink or remember what it finds here, and finds it every time."""
    if not hasattr(test, _SETTINGS):
        return nullcontext()
    hurried = settings(
        getattr(test, _SETTINGS),
        phases=(Phase.explicit, Phase.generate),
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
    )
    return mock.patch.object(test, _SETTINGS, hurried)
