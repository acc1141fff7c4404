"""The rules of ``rules.py`` hold everywhere, and each was seen to fail."""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath

import pytest

from tests.house import rules
from tests.house.rules import RULES, Applied, File, Rule

#: rule, a snippet that breaks it, one that keeps it
PLANTS: list[tuple[Rule, str, str]] = [
    (rules.no_import_inside_a_function, "def f():\n    import os", "import os"),
    (rules.no_import_inside_a_function, "def f():\n    if 1:\n        from a import b", "import a"),
    (rules.no_commit, "session.commit()", "session.flush()"),
    (rules.no_commit, "with a as s:\n    s.connection().rollback()", "commit = 1"),
    (rules.no_float, "half = 0.5", "half = 5"),
    (rules.no_float, "x = float('1')", "def f(x: float) -> None: ..."),
    (rules.no_clock, "on = date.today()", "on = date(2017, 1, 1)"),
    (rules.no_clock, "import datetime\nat = datetime.datetime.now(UTC)", "at = clock()"),
    (rules.no_clock, "select(func.now())", "select(func.max(Row.id))"),
    (rules.no_written_sql, "s.execute(text('UPDATE loans SET x = 1'))", "text('SELECT 1')"),
    (rules.no_written_sql, "c.exec_driver_sql(f'delete from {t}')", "c.exec_driver_sql('BEGIN')"),
    (
        rules.columns_are_told,
        "class A(Base):\n    # no colon\n    a: Mapped[int]",
        "class A(Base):\n    #: whose\n    a: Mapped[int] = mapped_column(primary_key=True)",
    ),
    (
        rules.columns_are_told,
        "class A(Base):\n    #: one\n    a: Mapped[int]\n    b = mapped_column()",
        "class A(Base):\n    __tablename__ = 'a'\n    kinds: ClassVar[int] = 1",
    ),
    (rules.small_enough, "a = 1\n" * 401, "a = 1\n" * 400),
    (rules.small_enough, "def f():\n" + "    a = 1\n" * 60, "def f():\n" + "    a = 1\n" * 59),
    (rules.no_skipping, "@pytest.mark.xfail\ndef test(): ...", "@pytest.mark.slow\ndef f(): ..."),
    (rules.no_skipping, "def test():\n    pytest.skip('no server')", "pytest.fail('no server')"),
    (rules.tells_its_model, "import os", '"""What this is."""\nimport os'),
    (rules.tells_its_model, "# only a comment\nA = 1", ""),
]


def as_file(text: str) -> File:
    return File(PurePosixPath("loans/planted.py"), text)


@pytest.mark.parametrize(("rule", "breaking", "keeping"), PLANTS)
def test_a_rule_sees_what_breaks_it_and_no_more(rule: Rule, breaking: str, keeping: str) -> None:
    assert list(rule(as_file(breaking))) != []
    assert list(rule(as_file(keeping))) == []


def test_every_rule_has_a_plant() -> None:
    assert {applied.rule for applied in RULES} == {rule for rule, _, _ in PLANTS}


@pytest.fixture(scope="session")
def sources(root: Path) -> list[File]:
    """Every Python file that git knows."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [
        File(PurePosixPath(name), (root / name).read_text("utf-8"))
        for name in sorted(filter(None, names))
        if (root / name).exists()
    ]


@pytest.mark.parametrize("applied", RULES, ids=lambda applied: applied.rule.__name__)
def test_the_rule_holds(applied: Applied, sources: list[File]) -> None:
    files = [file for file in sources if applied.holds_in(file.path)]
    assert len(files) > 10, "the rule looks at next to nothing"
    faults = [f"{file.path}:{line}: {what}" for file in files for line, what in applied.rule(file)]
    assert faults == []


@pytest.mark.parametrize("applied", RULES, ids=lambda applied: applied.rule.__name__)
def test_an_excused_file_still_needs_its_excuse(applied: Applied, sources: list[File]) -> None:
    excused = {name for name, _ in applied.except_for}
    for name in excused:
        file = next(file for file in sources if str(file.path) == name)
        assert list(applied.rule(file)) != [], f"{name} no longer needs its exception"
