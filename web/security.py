"""What guards every answer: headers, tokens in forms, and limits on how often one may try.

The content security policy lets scripts come from this server alone and never from a page's own
text, so that a name that looks like a script stays a name.
"""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFError, CSRFProtect

from config.wiring import House
from web.access import needs_token
from web.context import visitor_or_none
from web.errors import API_PREFIX
from web.refusals import FormStale

#: the documents of the API are drawn by a program that styles its elements one by one
_STYLES_INLINE: Final = ("/api/v1/docs",)
_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

#: counts live in memory, per worker: a first fence; what must hold is counted in the database
limiter = Limiter(get_remote_address, default_limits=["600 per minute"], storage_uri="memory://")
_csrf = CSRFProtect()


def register(app: Flask, house: House) -> None:
    """Headers on every answer, a token in every form, limits per address."""
    # Derived, so that all workers agree and no second secret has to be kept.
    app.secret_key = house.keyring.mac(b"fupin web: forms")
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        SESSION_COOKIE_NAME="fupin_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    _csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(lambda: _check_form(app))
    app.after_request(_headers)


def _check_form(app: Flask) -> None:
    """Every change asked for by a browser carries the token of a form we gave it."""
    if request.method in _SAFE_METHODS or request.endpoint is None:
        return
    view = app.view_functions[request.endpoint]
    who = visitor_or_none()
    # Nobody's browser sends a bearer token by itself, and a programme without one has no session.
    by_programme = who.bearer if who else request.path.startswith(API_PREFIX)
    if by_programme or not needs_token(view):
        return
    try:
        _csrf.protect()
    except CSRFError:
        raise FormStale from None


def _headers(response: Response) -> Response:
    policy = dict(_POLICY)
    if request.path.startswith(_STYLES_INLINE):
        policy["style-src"] = "'self' 'unsafe-inline'"
    response.headers["Content-Security-Policy"] = "; ".join(
        f"{name} {value}" for name, value in policy.items()
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
