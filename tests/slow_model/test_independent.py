"""The slow model stays independent: it imports the standard library and itself, nothing else."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

FILES = sorted(
    path for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("test_")
)


def imported(text: str) -> set[str]:
    """Every module that a text imports, by full name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def foreign(text: str) -> set[str]:
    return {
        name
        for name in imported(text)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not name.startswith("tests.slow_model")
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_of_the_product_is_imported(path: Path) -> None:
    assert foreign(path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    "planted",
    ["import kernel.money", "from kernel import money", "from loans.schedule import plan",
     "def f():\n    from kernel import dates", "from .. import planted"],
)  # fmt: skip
def test_a_planted_import_is_seen(planted: str) -> None:
    assert foreign(planted)
