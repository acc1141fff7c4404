"""A small county to look at through the web: books, people with accounts, clients that log in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

import ledger
from config.settings import Settings
from config.wiring import House
from kernel.actor import Actor
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from office import people
from tests.beginnings import Beginning
from tests.conftest import Clock
from tests.web import world
from web import context, security
from web.app import create_app

PASSWORD = "correct horse battery"
#: argon2id with the least work, for tests alone
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
COUNTY = "431022000000"
OPEN_DAY = date(2017, 6, 1)


@pytest.fixture
def house(
    database_url: str,
    keyring: Keyring,
    clock: Clock,
    books: Books,
    root: Path,
    shelf: dict[str, object],
) -> House:
    """The house over this test's books, opened on 1 June 2017."""
    settings = Settings(
        database_url=database_url,
        key_file=root / "nowhere.json",
        keys=keyring.to_json(),
        config_dir=root / "config",
        reports_dir=root / "nowhere",
        listen="127.0.0.1:0",
    )
    house = House(settings, clock)
    # The same books, the same counted nonces: what the fixtures write, the house reads.
    vars(house).update(shelf, engine=books.engine, keyring=keyring, books=books)
    return house


@pytest.fixture
def opened(house: House, system: Actor, begin: Beginning) -> House:
    """The house with its books open."""

    def live() -> None:
        with house.books.write("books.open", by=system) as session:
            ledger.open_books(
                session, region_code=COUNTY, mode="held", first_day=OPEN_DAY, demo="test"
            )

    begin("opened", live)
    return house


@pytest.fixture
def settled(opened: House, tmp_path: Path, begin: Beginning) -> dict[str, int]:
    """The families of ``world``, brought in; household ids by number."""
    return begin("settled", lambda: world.settle(opened, tmp_path))


_SITES: list[Flask] = []


@pytest.fixture
def app(opened: House) -> Flask:
    """The site: one for all tests of a process, which asks its house for everything.

    A test that changes the site itself takes ``own_app``.
    """
    if not _SITES:
        _SITES.append(create_app(opened, hasher=QUICK, limits=False))
    (app,) = _SITES
    app.extensions[context.EXTENSION] = opened
    app.testing = True
    # There is one limiter in a process; a site with limits switches it on for all.
    security.limiter.enabled = False
    return app


@pytest.fixture
def own_app(opened: House) -> Flask:
    """A site of this test alone."""
    app = create_app(opened, hasher=QUICK, limits=False)
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who is not logged in."""
    return app.test_client()


@dataclass(frozen=True)
class Staff:
    """Somebody with an account, and the token of a session."""

    login: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What a programme of theirs sends."""
        return {"Authorization": f"Bearer {self.token}"}


Hire = Callable[..., Staff]


@pytest.fixture
def hire(opened: House, system: Actor) -> Hire:
    """Gives somebody an account with a role, and logs them in."""

    def hire(
        role: str,
        *,
        name: str = "",
        region_scope: str = "431022",
        institution_id: int | None = None,
    ) -> Staff:
        login = name or f"{role}-{region_scope}-{institution_id}"
        with opened.books.write("office.manage_users", by=system) as session:
            person_id = people.add_person(session, name=login)
            account_id = people.add_account(
                session,
                person_id=person_id,
                login=login,
                password=PASSWORD,
                roles=[role],
                region_scope=region_scope,
                institution_id=institution_id,
                hasher=QUICK,
            )
            token = people.begin_session(session, account_id=account_id, now=opened.clock())
        return Staff(login, token)

    return hire
