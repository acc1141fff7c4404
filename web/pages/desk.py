"""The desk: logging in and out, and the way home."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from kernel.refusals import Refusal
from office import rights
from web import sessions
from web.access import for_staff, open_to_all
from web.context import visitor, visitor_or_none
from web.pages import forms
from web.pages.frame import MENU
from web.security import limiter

blueprint = Blueprint("desk", __name__)


@blueprint.get("/")
@open_to_all
def home() -> ResponseReturnValue:
    """Everybody's own first page; strangers log in."""
    who = visitor_or_none()
    if who is None:
        return redirect(url_for("desk.log_in_form"))
    for endpoint, _title, command in MENU:
        if rights.may(who.actor, command):
            return redirect(url_for(endpoint))
    return forms.page("nothing.html")


@blueprint.get("/login")
@open_to_all
def log_in_form() -> ResponseReturnValue:
    """The door."""
    if visitor_or_none() is not None:
        return redirect(url_for("desk.home"))
    return forms.page("login.html", login="", next=request.args.get("next", ""))


@blueprint.post("/login")
@open_to_all
@limiter.limit("20 per minute")
def log_in() -> ResponseReturnValue:
    """Through it."""
    login = request.form.get("login", "")[:64]

    def act() -> ResponseReturnValue:
        token = sessions.log_in(login, request.form.get("password", "")[:200])
        # What the form's session held before belongs to whoever held it before.
        session.clear()
        response = make_response(redirect(_own_page(request.form.get("next", ""))))
        sessions.keep(response, token)
        return response

    def again(refused: Refusal) -> ResponseReturnValue:
        return forms.page(
            "login.html", refused, login=login, next=_own_page(request.form.get("next", ""))
        )

    return forms.attempt(act, again)


@blueprint.post("/logout")
@for_staff
def log_out() -> ResponseReturnValue:
    """Out, everywhere this session is known."""
    visitor()
    sessions.log_out()
    session.clear()
    response = make_response(redirect(url_for("desk.log_in_form")))
    sessions.forget(response)
    return response


def _own_page(wanted: str) -> str:
    """A path of this site; anything else leads home."""
    parts = urlsplit(wanted)
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    if inside and not parts.scheme and not parts.netloc and "\\" not in wanted:
        return wanted
    return url_for("desk.home")
