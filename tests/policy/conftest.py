"""The shipped rulebook, read once; and a folder of it that a test may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import policy


@pytest.fixture(scope="session")
def rulebook(root: Path) -> policy.Rulebook:
    """The documents and rates that ship."""
    return policy.load(root / "config" / "policies", root / "config" / "rates")


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """A copy of the shipped folders that belongs to the test."""
    for name in ("policies", "rates"):
        shutil.copytree(root / "config" / name, tmp_path / name)
    return tmp_path
