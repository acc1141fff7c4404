"""What every test may ask for: a fresh database, books on it, a clock that stands still.

``pytest --database sqlite`` (the default) or ``--database postgresql``. The schema is built once
per process, the way the product builds it, and copied for each test that asks. When a test that
had a database is over, everything the product can verify about the books is verified; a test that
damages them on purpose says so: ``@pytest.mark.damaged("what and why")``.

No test reaches the network: a connection to anything but this machine ends the test.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import Engine

import dev
from config.settings import Settings
from config.wiring import House
from kernel.actor import Actor, system_actor
from kernel.database import open_engine
from kernel.unit_of_work import Books, found_trail
from kernel.vault import Keyring, SealingKey
from tests import beginnings, compiled, databases, postgres, verification

# A slow machine is no fault of the arithmetic; a failure prints how to repeat it.
hypothesis.settings.register_profile("house", deadline=None, print_blob=True)
hypothesis.settings.load_profile("house")

compiled.share()

#: set, and bugs are planted in the long proofs too
PLANTS = "FUPIN_PROOF_PLANTS"

_SERVER = pytest.StashKey[ExitStack]()
_MAKER = pytest.StashKey[databases.Maker]()

#: the moment at which a test's clock stands, unless the test moves it
NOON = datetime(2017, 6, 1, 4, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the choice of database."""
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="what the tests' databases are (default: sqlite)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL for all workers, before they are."""
    config.addinivalue_line("markers", "damaged(why): leaves books that verify would not pass")
    if config.getoption("database") != "postgresql" or hasattr(config, "workerinput"):
        return
    if databases.SERVER_VARIABLE in os.environ:
        return
    stack = ExitStack()
    os.environ[databases.SERVER_VARIABLE] = stack.enter_context(postgres.server())
    stack.callback(os.environ.pop, databases.SERVER_VARIABLE)
    config.stash[_SERVER] = stack


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow files first; leave out what was said already (docs/decisions/22)."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    second = config.getoption("database") == "postgresql"
    again = [item for item in items if _was_said(item, second=second)]
    config.hook.pytest_deselected(items=again)
    items[:] = [item for item in items if item not in set(again)]


def _was_said(item: pytest.Item, *, second: bool) -> bool:
    """On the second database what needs none; bugs in long proofs, unless they are asked for."""
    fixtures = getattr(item, "fixturenames", ())
    planted = "plant" in fixtures
    if second and (planted or "databases_of_this_process" not in fixtures):
        return True
    asked = PLANTS in os.environ
    return planted and not asked and item.get_closest_marker("slow") is not None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop it when all is done."""
    stack = config.stash.get(_SERVER, None)
    if stack is not None:
        stack.close()


# --- no network ---------------------------------------------------------------------------------


def refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: only this machine may be spoken to, which keeps mail in as well."""
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not _is_here(str(address[0])):
            raise RuntimeError(f"a test reached for the network: {address}")
    elif event == "socket.getaddrinfo" and not _is_here(str(arguments[0] or "localhost")):
        raise RuntimeError(f"a test asked for a host: {arguments[0]}")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


sys.addaudithook(refuse_network)


# --- databases ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def databases_of_this_process(request: pytest.FixtureRequest) -> Iterator[databases.Maker]:
    """Makes this process's databases, all of one kind."""
    if request.config.getoption("database") == "postgresql":
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        maker: databases.Maker = databases.PostgresMaker(worker)
    else:
        maker = databases.SqliteMaker()
    yield maker
    maker.close()


@pytest.fixture(scope="session")
def kept_beginnings(databases_of_this_process: databases.Maker) -> beginnings.Shelf:
    """The beginnings that this process lived through once."""
    return beginnings.Shelf(databases_of_this_process)


@pytest.fixture
def blank_database_url(databases_of_this_process: databases.Maker) -> Iterator[str]:
    """A database without a single table, for tests of the migrations."""
    url = databases_of_this_process.blank()
    yield url
    databases_of_this_process.drop(url)


@pytest.fixture
def copied_beginning(
    request: pytest.FixtureRequest, kept_beginnings: beginnings.Shelf
) -> beginnings.Kept | None:
    """The books that this test's are a copy of, if they do not begin empty."""
    return kept_beginnings.for_test(request.node)


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest,
    databases_of_this_process: databases.Maker,
    copied_beginning: beginnings.Kept | None,
    keyring: Keyring,
) -> Iterator[str]:
    """A database of this test alone, with all tables and no rows; verified when it is over.

    A test that begins with a story (``begin``) gets books in which it was lived.
    """
    url = databases_of_this_process.fresh(copied_beginning.name if copied_beginning else None)
    yield url
    try:
        if request.node.get_closest_marker("damaged") is None:
            verification.verify(url, keyring)
    finally:
        databases_of_this_process.drop(url)


@dataclass
class Clock:
    """A clock for the record that moves only when told; each reading is a microsecond later."""

    now: datetime = NOON
    readings: int = 0

    def __call__(self) -> datetime:
        self.readings += 1
        return self.now + timedelta(microseconds=self.readings - 1)


@pytest.fixture
def clock(copied_beginning: beginnings.Kept | None) -> Clock:
    """The clock of ``books``; a test may set ``clock.now``."""
    return Clock(copied_beginning.now, copied_beginning.readings) if copied_beginning else Clock()


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """Keys that everyone may know; nonces are counted, so that a run can be repeated."""
    numbers = count(1)
    return Keyring(
        keys={1: SealingKey(1, "AES-256-GCM", bytes(range(32)))},
        current=1,
        index_key=b"index key of the tests".ljust(32, b"."),
        trail_key=b"trail key of the tests".ljust(32, b"."),
        nonce=lambda: next(numbers).to_bytes(12, "big"),
    )


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on ``database_url``, with the house's habits."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def system() -> Actor:
    """The system as actor, seeing 宜章县."""
    return system_actor("431022")


@pytest.fixture
def books(engine: Engine, keyring: Keyring, clock: Clock, system: Actor) -> Books:
    """Founded books without any content but the first stone of the trail."""
    founded = Books(engine, keyring, clock)
    with founded.write("books.found", by=system) as session:
        found_trail(session)
    return founded


@pytest.fixture
def begin(
    request: pytest.FixtureRequest,
    kept_beginnings: beginnings.Shelf,
    copied_beginning: beginnings.Kept | None,
    books: Books,
    database_url: str,
) -> beginnings.Beginning:
    """``begin("fixture", live)``: what ``live()`` answers, lived once per process."""
    return beginnings.Beginning(
        request.node, kept_beginnings, copied_beginning, books, database_url
    )


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the tree."""
    return databases.ROOT


@pytest.fixture(scope="session")
def shelf() -> dict[str, object]:
    """What every house reads from the same files, read once; nobody writes in it."""
    house = House(Settings.from_environment({}))
    return {
        "regions": house.regions,
        "rulebook": house.rulebook,
        "calendar": house.calendar,
        "papers": house.papers,
    }


# --- the browser --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """pytest-playwright's own fixture: the machine's Chromium, or a failure."""
    executable = dev.chromium()
    if executable is None:
        pytest.fail("no Chromium, Chrome or Edge was found: python3 dev.py setup")
    return {"executable_path": executable, "args": ["--no-sandbox"]}
