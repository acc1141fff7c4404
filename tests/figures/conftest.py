"""The figures that were published, and demos made by one command and asked by another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.databases import ROOT

#: files that make a whole county, or thirteen
_WHOLE = {"test_yizhang.py", "test_liuyang.py", "test_huaihua.py"}


@dataclass(frozen=True)
class Fupin:
    """``fupin`` as people call it, on books of its own."""

    environment: Mapping[str, str]

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return subprocess.run(
            [sys.executable, "-c", "from web.cli import main; main()", *arguments],
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )

    def ask(self, region: str, on: str) -> dict[str, Any]:
        """The figures of a region at the close of a day."""
        answer = self("indicators", "--region", region, "--on", on, "--json")
        assert answer.returncode == 0, answer.stderr
        found: dict[str, Any] = json.loads(answer.stdout)
        return found


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Whole counties are made once in the suite, on SQLite; small demos are made on both."""
    whole = collection_path.name in _WHOLE
    return True if whole and config.getoption("database") == "postgresql" else None


@pytest.fixture(scope="session")
def figures() -> list[dict[str, Any]]:
    """Every line of ``figures.toml``."""
    text = (Path(__file__).parent / "figures.toml").read_text("utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["figure"]
    return found


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Fupin]:
    """Make a demo by its name, once."""
    known: dict[str, Fupin] = {}

    def make(name: str) -> Fupin:
        if name not in known:
            known[name] = _make(name, tmp_path_factory.mktemp("county"))
        return known[name]

    return make


def _make(name: str, folder: Path) -> Fupin:
    fupin = Fupin(
        {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "FUPIN_DATABASE_URL": f"sqlite:///{folder / 'books' / 'fupin.db'}",
            "FUPIN_KEY_FILE": str(folder / "keys" / "fupin.json"),
            "FUPIN_REPORTS_DIR": str(folder / "reports"),
        }
    )
    done = fupin("demo", name, "--if-missing")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fupin-demo-2017" in done.stdout, "the password is told"
    return fupin
