"""The set-up script: what it installs when, and what it says when it cannot."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import dev

Commands = list[list[str]]


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Commands:
    """Programs that the script would have run; each succeeds."""
    commands: Commands = []

    def remember(command: Sequence[str]) -> int:
        commands.append([str(part) for part in command])
        return 0

    monkeypatch.setattr(dev, "call", remember)
    return commands


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with locks and a ``.venv`` into which nothing was installed yet."""
    names = {
        "RUNTIME_LOCK": "requirements.lock",
        "DEV_LOCK": "dev.lock",
        "STAMP": ".venv/installed.json",
    }
    (tmp_path / ".venv").mkdir()
    for constant, name in names.items():
        monkeypatch.setattr(dev, constant, tmp_path / name)
        if name.endswith(".lock"):
            (tmp_path / name).write_text(f"the packages of {name}", encoding="utf-8")
    return tmp_path


def test_a_lock_is_installed_by_hash_and_once(tree: Path, called: Commands) -> None:
    dev.install_lock(dev.RUNTIME_LOCK)
    dev.install_lock(dev.RUNTIME_LOCK)
    assert len(called) == 1
    assert called[0][-3:] == ["--require-hashes", "-r", str(tree / "requirements.lock")]


def test_a_changed_lock_is_installed_again(tree: Path, called: Commands) -> None:
    dev.install_lock(dev.RUNTIME_LOCK)
    dev.RUNTIME_LOCK.write_text("another version", encoding="utf-8")
    dev.install_lock(dev.RUNTIME_LOCK)
    assert len(called) == 2


def test_the_tools_lock_counts_for_the_runtime_lock_too(tree: Path, called: Commands) -> None:
    dev.install_lock(dev.DEV_LOCK)
    dev.install_lock(dev.RUNTIME_LOCK)
    assert len(called) == 1


def test_a_failed_install_is_tried_again(
    tree: Path, called: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    succeed = dev.call
    monkeypatch.setattr(dev, "call", lambda command: 1)
    with pytest.raises(dev.Failure, match="failed with status 1"):
        dev.install_lock(dev.RUNTIME_LOCK)
    monkeypatch.setattr(dev, "call", succeed)
    dev.install_lock(dev.RUNTIME_LOCK)
    assert len(called) == 1


def test_without_ensurepip_the_package_to_install_is_named(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "PYTHON", tree / "nothing")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(dev.Failure, match="apt-get install python3-venv"):
        dev.make_venv()


def test_without_a_browser_the_set_up_fails(
    called: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "chromium", lambda: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(dev.Failure, match="FUPIN_CHROMIUM"):
        dev.install_chromium()


@pytest.mark.parametrize(
    ("statuses", "expected"), [((0, 0), 0), ((1, 0), 1), ((0, 2), 1), ((1, 1), 1)]
)
def test_every_part_runs_and_one_failure_is_enough(
    statuses: tuple[int, int], expected: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def part(status: int) -> Callable[[], int]:
        return lambda: status

    parts = {f"part {n}": part(status) for n, status in enumerate(statuses)}
    assert dev.summary(parts) == expected
    said = capsys.readouterr().out
    assert said.count("FAILED") == sum(1 for status in statuses if status)
    assert "part 0" in said
    assert "part 1" in said


def test_run_stops_at_the_first_step_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: Commands = []

    def second_fails(command: Sequence[str]) -> int:
        commands.append(list(command))
        return 1 if len(commands) == 2 else 0

    monkeypatch.setattr(dev, "call", second_fails)
    assert dev.main_with(["steps"]) == 1
    assert len(commands) == 2


def test_tests_run_on_both_databases_whatever_the_checks_say(
    called: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "setup", lambda tools: None)
    monkeypatch.setattr(dev, "check", lambda: 1)
    assert dev.main_with(["test", "-k", "loans"]) == 1
    assert [command[command.index("--database") + 1] for command in called] == [
        "sqlite",
        "postgresql",
    ]
    assert all(command[-2:] == ["-k", "loans"] for command in called)


def test_an_unknown_argument_is_a_usage_error(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "dev.py", "setup", "--no-such"], cwd=root, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"--no-such" in done.stderr
