"""What a view asks for: the house, who is asking, and a unit of work.

One unit of work per request. A view that reads opens ``reading()``; a view that changes something
calls ``once``, which does the work under the client's key, so that a repeated request, a double
click or a retry after a lost answer does it once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar, cast

from flask import current_app, g
from sqlalchemy.orm import Session

from config.wiring import House
from kernel.actor import Actor
from web.refusals import NotLoggedIn

EXTENSION = "fupin"

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is logged in."""

    actor: Actor
    #: the person's name
    name: str
    #: the secret of the session
    token: str
    #: whether it came as a bearer token and not as a cookie
    bearer: bool


def house() -> House:
    """The set of books this application serves."""
    return cast("House", current_app.extensions[EXTENSION])


def visitor_or_none() -> Visitor | None:
    """Who is logged in, if anybody."""
    found: Visitor | None = g.get("visitor")
    return found


def visitor() -> Visitor:
    """Who is logged in."""
    found = visitor_or_none()
    if found is None:
        raise NotLoggedIn
    return found


def actor() -> Actor:
    """The actor of this request."""
    return visitor().actor


def reading() -> AbstractContextManager[Session]:
    """A session that may not write."""
    return house().books.read()


def once(
    command: str, work: Callable[[Session], Answer], *, key: str, body: object, reason: str = ""
) -> Answer:
    """Do a command under a key, as the person who asks; the answer is plain data."""
    books = house().books
    return books.once(command, work, by=actor(), key=key, body=body, reason=reason)
