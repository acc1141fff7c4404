"""The tests' own ground: fresh databases, verified afterwards; no network."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import Engine, create_engine, inspect, select, text, update
from sqlalchemy.exc import OperationalError

from kernel import trail
from kernel.actor import Actor
from kernel.database import open_engine
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from tests import postgres, verification


def rows_of_trail(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(connection.execute(select(trail.TrailRow.id)).all())


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_its_own_books(books: Books, turn: int) -> None:
    assert rows_of_trail(books.engine) == 1, f"turn {turn} sees the founding and nothing else"


def test_a_blank_database_has_no_table(blank_database_url: str) -> None:
    from_blank = open_engine(blank_database_url)
    assert inspect(from_blank).get_table_names() == []
    from_blank.dispose()


def test_the_chosen_database_is_the_one_used(
    engine: Engine, request: pytest.FixtureRequest
) -> None:
    assert engine.dialect.name == request.config.getoption("database")


@pytest.mark.damaged("the head of the trail is moved, which verify must name")
def test_damage_left_behind_is_named(books: Books, database_url: str, keyring: Keyring) -> None:
    verification.verify(database_url, keyring)
    with books.engine.begin() as connection:
        connection.execute(update(trail.TrailHead).values(position=7, trail_id=1))
    with pytest.raises(verification.BooksDoNotAddUp, match="trail"):
        verification.verify(database_url, keyring)


DAMAGING = """
import pytest
from sqlalchemy import update
from kernel import trail


def test_undamaged(books):
    pass


@pytest.mark.damaged("on purpose")
def test_damaged_and_said(books):
    damage(books)


def test_damaged_and_not_said(books):
    damage(books)


def damage(books):
    with books.engine.begin() as connection:
        connection.execute(update(trail.TrailHead).values(position=7, trail_id=1))
"""


def test_a_test_that_leaves_damaged_books_fails(
    root: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    planted = tmp_path / "test_planted.py"
    planted.write_text(DAMAGING, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "--rootdir", str(root)]
    command += ["-c", str(root / "pyproject.toml"), "-p", "no:cacheprovider", "-rA"]
    command += ["--database", request.config.getoption("database"), str(planted)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    # Another worker's name, so that the two do not share databases.
    environment["PYTEST_XDIST_WORKER"] = "planted"
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, env=environment
    )
    assert "3 passed, 1 error" in done.stdout, done.stdout + done.stderr
    assert "ERROR" in done.stdout.split("test_damaged_and_not_said")[-2][-80:]
    assert "BooksDoNotAddUp" in done.stdout


def test_unit_of_work_leaves_verified_books(books: Books, system: Actor) -> None:
    with books.write("nothing.at_all", by=system) as session:
        session.execute(text("SELECT 1"))
    assert rows_of_trail(books.engine) == 1


def test_every_room_with_checks_offers_one_check() -> None:
    assert "ledger" in verification.rooms_with_checks()
    for room in verification.rooms_with_checks():
        assert callable(verification.check_of(room))


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_no_test_reaches_the_network(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.socket(family) as reaching,
        pytest.raises(RuntimeError, match="reached for the network"),
    ):
        reaching.connect((host, 25))
    with pytest.raises(RuntimeError, match="asked for a host"):
        socket.getaddrinfo("mail.example.org", 25)


def test_this_machine_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        socket.create_connection(listening.getsockname()).close()


def test_a_durable_server_writes_to_disk_and_goes_with_its_command(root: Path) -> None:
    asking = (
        "import os, sqlalchemy as s; e = s.create_engine(os.environ['FUPIN_DATABASE_URL']);"
        "c = e.connect(); print(c.scalar(s.text('show fsync')), c.scalar(s.text("
        "'show data_directory')))"
    )
    command = [sys.executable, "-m", "tests.postgres", "--durable", "--"]
    done = subprocess.run(
        [*command, sys.executable, "-c", asking],
        cwd=root, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    fsync, data = done.stdout.split()
    assert fsync == "on"
    assert not Path(data).exists()


def test_a_kept_server_has_its_rows_the_next_time() -> None:
    # The server's own user has to reach the folder, and pytest's are closed to others.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        keep = Path(folder) / "kept" / "data"
        asked(keep, "CREATE SEQUENCE kept START 42")
        assert asked(keep, "SELECT nextval('kept')") == 42


def asked(keep: Path, statement: str) -> object:
    """What a server on this folder answers."""
    with postgres.server(keep=keep) as url:
        opened = create_engine(url)
        with opened.begin() as connection:
            result = connection.execute(text(statement))
            answer: object = result.scalar() if result.returns_rows else None
        opened.dispose()
    return answer


def test_where_sockets_cannot_be_files_a_loopback_port_asks_for_a_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres, "OVER_TCP", True)
    with postgres.server() as url:
        opened = create_engine(url)
        assert opened.url.host == "127.0.0.1"
        with opened.connect() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
        opened.dispose()
        closed = create_engine(opened.url.set(password="guessed"))
        with pytest.raises(OperationalError, match="password"):
            closed.connect()


def test_without_binaries_the_failure_says_where_it_looked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(postgres, "_candidates", lambda: iter([tmp_path / "nowhere"]))
    with pytest.raises(postgres.NoPostgres, match="nowhere"), postgres.server():
        pass


@pytest.mark.browser
def test_a_browser_shows_a_page(page: Page) -> None:
    page.set_content("<title>扶贫</title><p>农户查询</p>")
    assert page.title() == "扶贫"
    assert page.get_by_text("农户查询").is_visible()
