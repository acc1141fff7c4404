"""What stands in the tree: locks, the set-up script, and nothing that belongs to one machine."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,_-]+\])?==(\S+)")


def pins(lock: str) -> dict[str, str]:
    """Name and version of every package of a lock."""
    return {m[1]: m[2] for line in lock.splitlines() if (m := PIN.match(line))}


def faults_of_lock(lock: str) -> Iterator[str]:
    """Packages without a hash, and every line that is neither a pin nor a hash."""
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        pin, *hashes = entry.replace("\\\n", "\n").splitlines()
        if not PIN.match(pin):
            yield f"not a pinned package: {pin}"
        if not hashes:
            yield f"no hash: {pin}"
        for line in hashes:
            if not re.fullmatch(r"\s+--hash=sha256:[0-9a-f]{64}\s*", line):
                yield f"not a hash: {line}"


@pytest.mark.parametrize("name", ["requirements.lock", "dev.lock", "node.lock"])
def test_a_lock_holds_pins_and_hashes_and_nothing_else(root: Path, name: str) -> None:
    assert list(faults_of_lock((root / name).read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://mirror.example/simple",
        "--find-links /opt/somewhere",
        "flask==3.1.3",
        "flask @ https://mirror.example/flask.whl",
        "flask==3.1.3 \\\n    --hash=md5:00",
        "-e .",
    ],
)
def test_anything_else_in_a_lock_is_seen(line: str) -> None:
    good = "click==8.1.0 \\\n    --hash=sha256:" + "0" * 64
    assert list(faults_of_lock(good)) == []
    assert list(faults_of_lock(f"{good}\n{line}\n")) != []


def test_the_development_lock_holds_the_runtime_lock(root: Path) -> None:
    runtime = pins((root / "requirements.lock").read_text("utf-8"))
    development = pins((root / "dev.lock").read_text("utf-8"))
    assert runtime.items() <= development.items()


def test_the_locks_hold_what_the_project_asks_for(root: Path) -> None:
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    asked = {re.split(r"[\[<>=; ]", line)[0] for line in settings["project"]["dependencies"]} | {
        "setuptools"
    }
    assert asked <= pins((root / "requirements.lock").read_text("utf-8")).keys()
    tools = {re.split(r"[\[<>=; ]", line)[0] for line in settings["dependency-groups"]["dev"]}
    assert tools <= pins((root / "dev.lock").read_text("utf-8")).keys()


def test_the_page_assets_are_locked_by_hash_without_addresses(root: Path) -> None:
    asked = json.loads((root / "package.json").read_text("utf-8"))
    packages = json.loads((root / "package-lock.json").read_text("utf-8"))["packages"]
    assert packages.pop("")["dependencies"] == asked["dependencies"]
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name
    for source in asked["pageAssets"].values():
        assert f"node_modules/{source.split('/')[0]}" in packages


def imported(text: str) -> set[str]:
    """Top names of everything that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0] if node.level == 0 else ".")
    return names


@pytest.mark.parametrize("name", ["dev.py", "tests/postgres.py"])
def test_what_runs_before_anything_is_installed_needs_nothing(root: Path, name: str) -> None:
    assert imported((root / name).read_text("utf-8")) - sys.stdlib_module_names == set()


def test_an_import_that_needs_installing_is_seen() -> None:
    planted = imported("def f():\n    import sqlalchemy.orm\n    from . import x")
    assert planted - sys.stdlib_module_names == {"sqlalchemy", "."}


def test_the_build_machine_runs_the_same_command(root: Path) -> None:
    commands = [
        line
        for line in (root / ".ci" / "run").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert commands[-1] == "exec python3 dev.py test"


# --- words that no file may hold ----------------------------------------------------------------

# This file alone is excused: it has to name them.
FORBIDDEN = {
    "left for later": re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"),
    "one machine's path": re.compile(r"/(work/(main|shared)|root/|tmp/fupin|opt/(pypi|wheels))"),
    "a registry's address": re.compile(r"pypi\.org|pythonhosted|npmjs\.(org|com)"),
}


def faults_of_text(text: str) -> Iterator[str]:
    """Every forbidden word of a text, with its line."""
    for number, line in enumerate(text.splitlines(), 1):
        for what, pattern in FORBIDDEN.items():
            if pattern.search(line):
                yield f"{number}: {what}: {line.strip()[:80]}"


@pytest.fixture(scope="session")
def tracked(root: Path) -> list[Path]:
    """Every file that git holds."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    files = (root / name for name in listed if name)
    return [file for file in files if file.is_file() and file != Path(__file__)]


def test_no_tracked_file_holds_a_forbidden_word(root: Path, tracked: list[Path]) -> None:
    faults = []
    for path in tracked:
        content = path.read_bytes()
        if b"\0" not in content:
            text = content.decode("utf-8")
            faults += [f"{path.relative_to(root)}:{fault}" for fault in faults_of_text(text)]
    assert faults == []


@pytest.mark.parametrize(
    "planted",
    [
        "# TODO: later",
        "x = 1  # FIXME",
        "cd /work/main && make",
        "see /root/notes",
        "see /tmp/fupin/tools",
        "https://pypi.org/simple",
        "https://registry.npmjs.org/",
    ],
)
def test_a_forbidden_word_is_seen(planted: str) -> None:
    assert len(list(faults_of_text(planted))) == 1
