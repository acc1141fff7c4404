"""A real server on this machine and a real browser in front of it.

The server is the one that ``fupin serve`` runs; the browser is the machine's Chromium. Where there
is none the tests fail: a page nobody looked at is not known to be right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page
from waitress.server import create_server

from tests.web.conftest import PASSWORD, Hire, app, client, hire, house, opened, settled

__all__ = ["app", "client", "hire", "house", "opened", "settled"]

#: the narrowest phone that is promised
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}

LogIn = Callable[..., Page]


def complaints_of(page: Page) -> list[str]:
    """What the page's scripts and its policy complain of from now on."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def require_narrow(page: Page, site: str, paths: Iterable[str]) -> None:
    """No page scrolls sideways, on a desktop or a phone, in either language."""
    for size, path, language in product((DESKTOP, PHONE), paths, ("zh", "en")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        answer = page.goto(f"{site}{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer is not None
        assert answer.status == 200, path
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], (path, language)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the browser."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of a running server over this test's books."""
    server = create_server(app, host="127.0.0.1", port=0)
    stopped = Event()

    def serve() -> None:
        # The thread that waits on the sockets is the one that closes them.
        while not stopped.is_set():
            server.asyncore.loop(timeout=0.2, count=1, map=server._map)
        server.task_dispatcher.shutdown()
        server.asyncore.close_all(server._map, ignore_all=True)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    stopped.set()
    thread.join(timeout=10)
    assert not thread.is_alive()


@pytest.fixture
def log_in(site: str, context: BrowserContext, hire: Hire) -> LogIn:
    """Logs somebody with a role in, by the form; the page one lands on."""

    def log_in(role: str, **scope: Any) -> Page:
        staff = hire(role, **scope)
        page = context.new_page()
        page.goto(f"{site}/login")
        page.fill("[name=login]", staff.login)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        return page

    return log_in
