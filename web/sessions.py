"""Sessions: a token in a cookie or an Authorization header, its digest in the office's table.

A programme sends ``Authorization: Bearer TOKEN`` and needs no token against forged forms, since no
browser sends that header by itself. A browser has the cookie, and every form carries a token.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

import organisations
from kernel.actor import Actor, system_actor
from office import people, rights
from office.models import Person, UserAccount
from office.refusals import LoginFailed
from web.access import OPEN, STAFF, needed_by
from web.context import Visitor, house, visitor

COOKIE: Final = "fupin_session"
#: a session's last use is noted no more often than this
TOUCH_EVERY: Final = timedelta(minutes=5)
_BEARER: Final = "Bearer "


def register(app: Flask) -> None:
    """Know the visitor before every view, and let in only whom the view's mark admits."""
    app.before_request(_admit)


def log_in(login: str, password: str) -> str:
    """A new session's token; the failure is counted before it is refused."""
    books = house().books
    now = house().clock()
    hasher = current_app.config["FUPIN_HASHER"]
    with books.write("office.log_in", by=system_actor("")) as session:
        account = people.check_password(
            session, login=login, password=password, now=now, hasher=hasher
        )
        if account is not None:
            return people.begin_session(session, account_id=account.id, now=now)
    raise LoginFailed(field="login")


def log_out() -> None:
    """End the visitor's session, here and wherever its token is."""
    who = visitor()
    with house().books.write("office.log_out", by=who.actor) as session:
        people.end_session(session, token=who.token)


def keep(response: Response, token: str) -> None:
    """Hand the token to the browser, out of reach of scripts."""
    response.set_cookie(
        COOKIE, token, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )


def forget(response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, path="/")


def _admit() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    command = needed_by(view) if view is not None else OPEN
    if request.endpoint == "static":
        return
    g.visitor = _find_visitor()
    if command == OPEN:
        return
    who = visitor()
    if command != STAFF:
        rights.allow(who.actor, str(command))


def _find_visitor() -> Visitor | None:
    header = request.headers.get("Authorization", "")
    bearer = header.startswith(_BEARER)
    token = header.removeprefix(_BEARER).strip() if bearer else request.cookies.get(COOKIE, "")
    if not token:
        return None
    now = house().clock()
    with house().books.read() as session:
        account = people.account_of_session(session, token=token, now=now)
        if account is None:
            return None
        actor = people.actor_of(session, account, _institutions(session, account))
        name = session.get_one(Person, account.person_id).name
        due = people.session_seen_at(session, token=token) < now - TOUCH_EVERY
    if due:
        _touch(token, now, actor)
    return Visitor(actor, name, token, bearer)


def _institutions(session: Session, account: UserAccount) -> frozenset[int] | None:
    if account.institution_id is None:
        return None
    return organisations.subtree_ids(session, account.institution_id)


def _touch(token: str, now: datetime, actor: Actor) -> None:
    with house().books.write("office.session_seen", by=actor) as session:
        people.touch_session(session, token=token, now=now)
