"""Who may import whom: the contracts of pyproject.toml hold, and each of them can be broken.

A contract that no planted import breaks guards nothing, so every one has its plant here, and a
contract without a plant fails the last test.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

SETTINGS = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
LINTER = SETTINGS["tool"]["importlinter"]
PACKAGES: list[str] = LINTER["root_packages"]

#: contract, file the import is planted in, the import
PLANTS = [
    ("floors", "kernel/planted.py", "import office"),
    ("floors", "ledger/planted.py", "import policy"),
    ("floors", "households/planted.py", "import organisations"),
    ("floors", "organisations/planted.py", "import households"),
    ("floors", "indicators/planted.py", "import demo"),
    ("floors", "loans/planted.py", "from web import planted"),
    ("floors", "config/planted.py", "import jobs"),
    ("floors", "mutual_aid/planted.py", "import subsidies"),
    ("floors", "loans/planted.py", "import mutual_aid"),
    ("floors", "demo/planted.py", "import bench"),
    ("rooms", "loans/models/agreed.py", "from loans import operations"),
    ("rooms", "credit/models.py", "from credit import schemas"),
    ("no-edges", "indicators/planted.py", "import flask"),
    ("no-edges", "office/planted.py", "from werkzeug import security"),
    ("no-edges", "loans/planted.py", "from apscheduler.schedulers import background"),
    ("ledger-tables", "loans/planted.py", "from ledger.models import Posting"),
    ("ledger-tables", "web/planted.py", "import ledger.models"),
    ("config-readers", "loans/planted.py", "import config"),
    ("config-readers", "kernel/planted.py", "from config import settings"),
]


def lint(tree: Path, contract: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run import-linter in a tree, on one contract or on all."""
    program = Path(sys.executable).parent / "lint-imports"
    chosen = ["--contract", contract] if contract else []
    return subprocess.run(
        [program, "--no-cache", *chosen], cwd=tree, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def pristine(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product without its data."""
    copy = tmp_path_factory.mktemp("pristine")
    shutil.copyfile(root / "pyproject.toml", copy / "pyproject.toml")
    for package in PACKAGES:
        shutil.copytree(
            root / package,
            copy / package,
            ignore=lambda folder, names: [
                n for n in names if not (n.endswith(".py") or (Path(folder) / n).is_dir())
            ],
        )
    return copy


def test_the_contracts_hold(root: Path) -> None:
    done = lint(root)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("contract", "file", "line"), PLANTS)
def test_a_planted_import_breaks_its_contract(
    pristine: Path, tmp_path: Path, contract: str, file: str, line: str
) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(pristine, tree)
    name = next(c["name"] for c in LINTER["contracts"] if c["id"] == contract)
    planted = tree / file
    # What the plant imports has to be there for the linter to see the import.
    for module in ("operations", "schemas", "models", "planted"):
        for room in (planted.parent, tree / "web", tree / "ledger"):
            (room / f"{module}.py").touch()
    with planted.open("a", encoding="utf-8") as text:
        text.write(f"\n{line}\n")
    done = lint(tree, contract)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{name} BROKEN" in " ".join(done.stdout.split())
    assert file.removesuffix(".py").replace("/", ".") in done.stdout


def test_every_contract_has_a_plant() -> None:
    assert {c["id"] for c in LINTER["contracts"]} == {contract for contract, _, _ in PLANTS}


def test_every_package_is_this_tree_s_own(root: Path) -> None:
    for package in PACKAGES:
        file = importlib.import_module(package).__file__
        assert file is not None, f"{package} has no __init__.py"
        assert Path(file).is_relative_to(root), f"{package} is imported from {file}"


def test_every_folder_of_code_is_under_contract_and_installed(root: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=root, capture_output=True, text=True, check=True
    )
    folders = {name.split("/")[0] for name in tracked.stdout.splitlines() if "/" in name}
    folders -= {"tests"}
    assert folders == set(PACKAGES)
    included = SETTINGS["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {name for name in included if "*" not in name} == set(PACKAGES)
    assert {name.removesuffix(".*") for name in included if "*" in name} == set(PACKAGES)
