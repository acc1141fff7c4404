"""Forms that keep what was typed, and commands that a double click does once.

The page draws a hidden ``request_key`` when it is shown. A refusal brings the same page back with
the sentence on top, the field marked and the entries kept; the key is kept too, since a refused
command gives its key back.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from kernel.refusals import Refusal
from web.errors import page_problem
from web.refusals import RequestKeyMissing


def new_key() -> str:
    """A key for a command that a page is about to offer."""
    return secrets.token_hex(16)


def sent_key() -> str:
    """The key the form was drawn with."""
    key = request.form.get("request_key", "")
    if not key:
        raise RequestKeyMissing(field="request_key")
    return key


def body() -> list[Any]:
    """All that was sent, as the content of a command."""
    return [request.path, sorted(request.form.items(multi=True))]


def kept_key() -> str:
    """The key to draw a form with again, or a new one."""
    return request.form.get("request_key") or new_key()


def entries() -> defaultdict[str, str]:
    """What was typed into the form; blank where nothing was."""
    return defaultdict(str, request.form.items())


def page(template: str, refused: Refusal | None = None, **content: Any) -> ResponseReturnValue:
    """A page, with a refusal on top if there is one."""
    if refused is None:
        return render_template(template, **content)
    text = render_template(template, refused=page_problem(refused, template), **content)
    return text, refused.status


def attempt(
    act: Callable[[], ResponseReturnValue], again: Callable[[Refusal], ResponseReturnValue]
) -> ResponseReturnValue:
    """Do it, or show the page again with the reason why not."""
    try:
        return act()
    except Refusal as refused:
        return again(refused)
