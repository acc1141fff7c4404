"""The README says what is there: its commands, its map of folders, its links."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import dev
from demo.staff import OFFICES, VILLAGE, Lender

README = "README.md"
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+)[^)]*\)")
#: folders that git holds and that hold no part of the house
TOOLS = frozenset({".ci"})


def commands_of(text: str) -> list[str]:
    """What follows ``dev.py`` wherever it is told."""
    return re.findall(r"python3 dev\.py ([a-z]+)", text)


def map_of(text: str) -> list[str]:
    """The folders of the map, in its order."""
    return re.findall(r"^\| `([a-z_]+)/` \| \S", text, re.MULTILINE)


def broken_links(file: Path) -> list[str]:
    """Links of a document that lead nowhere in the tree."""
    links = LINK.findall(file.read_text("utf-8"))
    return [link for link in links if "://" not in link and not (file.parent / link).exists()]


@pytest.fixture(scope="session")
def text(root: Path) -> str:
    return (root / README).read_text("utf-8")


def test_the_two_commands_are_there(text: str) -> None:
    told = commands_of(text)
    assert told[:2] == ["run", "test"]
    assert set(told) <= dev.COMMANDS.keys()


def test_the_map_is_the_tree(root: Path, text: str) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "*/*"], cwd=root, capture_output=True, text=True, check=True
    )
    folders = {name.split("/")[0] for name in tracked.stdout.splitlines()} - TOOLS
    told = map_of(text)
    assert len(told) == len(set(told))
    assert set(told) == folders


def test_the_map_goes_down_the_floors(text: str) -> None:
    told = map_of(text)
    for above, below in (("web", "jobs"), ("jobs", "loans"), ("loans", "credit")):
        assert told.index(above) < told.index(below)
    assert told.index("ledger") < told.index("office") < told.index("kernel")


def test_every_link_resolves(root: Path) -> None:
    documents = [root / README, *sorted((root / "docs").rglob("*.md"))]
    assert len(documents) > 10
    assert {str(file): broken_links(file) for file in documents if broken_links(file)} == {}


def test_every_decision_is_in_the_index_and_numbered(root: Path) -> None:
    folder = root / "docs" / "decisions"
    notes = sorted(file.name for file in folder.glob("*.md") if file.name != README)
    assert LINK.findall((folder / README).read_text("utf-8")) == notes
    assert [name[:3] for name in notes] == [f"{nr:02d}-" for nr in range(1, len(notes) + 1)]


def test_the_demo_accounts_are_those_of_the_demo(text: str) -> None:
    lender = Lender("a", "", "", ())
    known = {login for login, _, _ in (*OFFICES, *VILLAGE)}
    known |= {lender.officer, lender.checker, lender.director}
    told = re.findall(r"`([a-z]+(?:-a)?)` \(", text)
    assert len(told) == 7
    assert set(told) <= known


def test_what_is_wrong_is_seen(tmp_path: Path) -> None:
    assert commands_of("    python3 dev.py fly  # up") == ["fly"]
    assert map_of("| `web/` | pages |\n| `attic/` | old |\n| `cellar/` |  |") == ["web", "attic"]
    file = tmp_path / "a.md"
    file.write_text("[x](nowhere.md) [y](a.md) [z](https://example.org)", "utf-8")
    assert broken_links(file) == ["nowhere.md"]
