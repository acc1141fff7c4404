"""Where a page is looked at, for addresses that only take what a form sends.

A refused form shows its page at the address of the command. That address cannot be opened: links
and reloads go to the nearest address above it that can.
"""

from __future__ import annotations

from flask import current_app
from werkzeug.exceptions import HTTPException


def page_address(path: str) -> str | None:
    """The path itself or the nearest one above it that a page is shown at; None: only the top."""
    addresses = current_app.url_map.bind("")
    while path.strip("/"):
        try:
            addresses.match(path, method="GET")
        except HTTPException:
            path = path.rstrip("/").rsplit("/", 1)[0]
        else:
            return path
    return None
