"""The house rules that a linter does not know, each as a function from a file's tree to faults.

A rule yields ``(line, what)``. ``RULES`` says to which files each one applies; the tests next door
show every rule a snippet that breaks it and one that does not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

Fault = tuple[int, str]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

#: floors that know no clock and no user, and never commit
BELOW_THE_EDGES = (
    "kernel", "office", "ledger", "policy", "households", "organisations", "credit", "loans",
    "subsidies", "risk_fund", "enterprises", "mutual_aid", "indicators",
)  # fmt: skip
PRODUCT = (*BELOW_THE_EDGES, "config", "jobs", "demo", "bench", "web", "migrations")

SKIPPING = frozenset({"skip", "skipif", "xfail", "importorskip"})

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60


@dataclass(frozen=True)
class File:
    """A source file: its path from the root, its text, its tree."""

    path: PurePosixPath
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


Rule = Callable[[File], Iterator[Fault]]


def no_import_inside_a_function(file: File) -> Iterator[Fault]:
    """A hidden import hides a cycle."""
    for function in ast.walk(file.tree):
        if isinstance(function, FUNCTIONS):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield node.lineno, "import inside a function"


def no_commit(file: File) -> Iterator[Fault]:
    """Return commits, raise rolls back: only the unit of work does either."""
    for node in calls(file.tree):
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"commit", "rollback"}:
            yield node.lineno, f"{node.func.attr}() below the edges"


def no_float(file: File) -> Iterator[Fault]:
    """Money and rates are whole numbers."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"a float: {node.value}"
        if isinstance(node, ast.Call) and name_of(node.func) == "float":
            yield node.lineno, "a call of float()"


def no_clock(file: File) -> Iterator[Fault]:
    """``on: date`` is an argument; the record's clock belongs to the unit of work."""
    clocks = {
        "date.today", "datetime.today", "datetime.now", "datetime.utcnow", "time.time",
        "func.now", "func.current_date", "func.current_timestamp",
    }  # fmt: skip
    for node in calls(file.tree):
        called = ".".join(name_of(node.func).split(".")[-2:])
        if called in clocks:
            yield node.lineno, f"{called}() reads the air"


def no_written_sql(file: File) -> Iterator[Fault]:
    """What changes rows goes through the tables' own objects, so that the trail sees it."""
    for node in calls(file.tree):
        called = name_of(node.func).split(".")[-1]
        if called not in {"text", "exec_driver_sql", "executescript"} or not node.args:
            continue
        words = " ".join(
            part.value
            for part in ast.walk(node.args[0])
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        )
        if re.match(r"\s*(insert|update|delete|replace|merge|truncate)\b", words, re.IGNORECASE):
            yield node.lineno, f"raw SQL that writes: {words[:40]!r}"


def columns_are_told(file: File) -> Iterator[Fault]:
    """A ``#:`` line stands over every column."""
    for class_ in ast.walk(file.tree):
        if not isinstance(class_, ast.ClassDef):
            continue
        for node in class_.body:
            if is_column(node) and not file.lines[node.lineno - 2].strip().startswith("#:"):
                name = ast.unparse(node).split(":")[0].split("=")[0].strip()
                yield node.lineno, f"{class_.name}.{name} has no #: line"


def small_enough(file: File) -> Iterator[Fault]:
    """Files one can hold in mind, functions one can see whole."""
    if len(file.lines) > MAX_FILE_LINES:
        yield len(file.lines), f"{len(file.lines)} lines in one file"
    for node in ast.walk(file.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                yield node.lineno, f"{node.name} has {length} lines"


def tells_its_model(file: File) -> Iterator[Fault]:
    """A file says what it is before it does it; an empty one has nothing to say."""
    if file.tree.body and ast.get_docstring(file.tree) is None:
        yield 1, "no docstring at the top"


def no_skipping(file: File) -> Iterator[Fault]:
    """A test that cannot run has failed."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and node.attr in SKIPPING:
            yield node.lineno, f"{node.attr}: a test that does not run guards nothing"


def is_column(node: ast.stmt) -> bool:
    """Whether a statement of a class body declares a mapped column."""
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.annotation).startswith("Mapped[")
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        return name_of(node.value.func).split(".")[-1] in {"mapped_column", "Column"}
    return False


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Every call in a file."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def name_of(node: ast.expr) -> str:
    """A dotted name, or nothing where it is none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return ""


@dataclass(frozen=True)
class Applied:
    """A rule, the top folders it holds in, and the files it does not hold in, with the reason."""

    rule: Rule
    folders: tuple[str, ...]
    except_for: tuple[tuple[str, str], ...] = ()

    def holds_in(self, path: PurePosixPath) -> bool:
        excused = {name for name, _ in self.except_for}
        return path.parts[0] in self.folders and str(path) not in excused


RULES = (
    Applied(no_import_inside_a_function, PRODUCT),
    Applied(no_commit, BELOW_THE_EDGES),
    Applied(
        no_float,
        BELOW_THE_EDGES,
        (
            ("risk_fund/stress/chain.py", "chances of a simulation, never an amount"),
            ("risk_fund/stress/drawing.py", "draws by those chances; what is drawn is whole"),
        ),
    ),
    Applied(
        no_clock,
        BELOW_THE_EDGES,
        (("kernel/unit_of_work.py", "holds the one clock, for the record"),),
    ),
    Applied(no_written_sql, tuple(name for name in PRODUCT if name != "migrations")),
    Applied(columns_are_told, PRODUCT),
    Applied(
        small_enough,
        PRODUCT,
        (
            (
                "migrations/versions/2026_11_21_the_county_opens.py",
                "drafted from the models: one call for each table",
            ),
            (
                "migrations/versions/2026_11_22_loans_as_lived.py",
                "drafted from the models: one call for each table",
            ),
            (
                "migrations/versions/2026_11_23_two_hands.py",
                "drafted from the models: one call for each table",
            ),
            (
                "migrations/versions/2026_11_24_people_and_dividends.py",
                "drafted from the models: one call for each table",
            ),
        ),
    ),
    Applied(tells_its_model, (*PRODUCT, "tests")),
    Applied(no_skipping, ("tests",)),
)
