"""Which command a route is: the key into the rights table of the office.

Every view carries exactly one mark. ``needs("loans.repay")``: a person whose roles cover that
command. ``for_staff``: anybody who is logged in. ``open_to_all``: nobody need log in. A view
without a mark stops the application from starting, so that no route is open by oversight; scope
(region, institution) is checked where the thing itself is known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask

from office.rights import RIGHTS

#: nobody need log in
OPEN: Final = "open"
#: anybody who is logged in
STAFF: Final = "staff"

_MARK: Final = "fupin_needs"
_TOKENLESS: Final = "fupin_tokenless"

View = TypeVar("View", bound=Callable[..., Any])


class RouteUnmarked(TypeError):
    """A route says nothing about who may call it, or names a command nobody knows."""


def needs(command: str) -> Callable[[View], View]:
    """The view is this command."""
    if command not in RIGHTS and command not in {OPEN, STAFF}:
        raise RouteUnmarked(f"no row in the rights table for {command!r}")

    def mark(view: View) -> View:
        setattr(view, _MARK, command)
        return view

    return mark


def takes_no_token(view: View) -> View:
    """A form that needs no token against forgery, since it changes nothing for anybody."""
    setattr(view, _TOKENLESS, True)
    return view


def needs_token(view: Callable[..., Any]) -> bool:
    """Whether a change through this view must carry a form's token."""
    return not getattr(view, _TOKENLESS, False)


open_to_all = needs(OPEN)
for_staff = needs(STAFF)


def needed_by(view: Callable[..., Any]) -> str | None:
    """The mark of a view."""
    mark: str | None = getattr(view, _MARK, None)
    return mark


def require_marks(app: Flask) -> None:
    """Refuse to start with a route that carries no mark."""
    for endpoint, view in app.view_functions.items():
        if needed_by(view) is None:
            raise RouteUnmarked(f"{endpoint}: who may call it?")
