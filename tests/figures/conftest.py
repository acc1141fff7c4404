"""The figures of the founding reports, and the one command that makes a demo county's books."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.databases import ROOT

Fupin = Callable[..., subprocess.CompletedProcess[str]]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The whole county is made once in the suite, on SQLite; small demos are made on both."""
    whole = collection_path.name == "test_yizhang.py"
    return True if whole and config.getoption("database") == "postgresql" else None


@pytest.fixture(scope="session")
def figures() -> list[dict[str, Any]]:
    """Every line of ``figures.toml``."""
    text = (Path(__file__).parent / "figures.toml").read_text("utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["figure"]
    return found


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where the books of this session are."""
    folder = tmp_path_factory.mktemp("county")
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "FUPIN_DATABASE_URL": f"sqlite:///{folder / 'books' / 'fupin.db'}",
        "FUPIN_KEY_FILE": str(folder / "keys" / "fupin.json"),
        "FUPIN_REPORTS_DIR": str(folder / "reports"),
    }


@pytest.fixture(scope="session")
def fupin(environment: dict[str, str]) -> Fupin:
    """Run ``fupin`` as people do, on books of this session."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from web.cli import main; main()", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run
