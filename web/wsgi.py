"""For a production server: ``gunicorn 'web.wsgi:application()'``, with ``fupin jobs`` beside it."""

from __future__ import annotations

import os

from flask import Flask

from config import revision
from config.settings import Settings
from config.wiring import House
from kernel.refusals import Refusal
from web.app import create_app


def application() -> Flask:
    """The site over the books that the environment names."""
    house = House(Settings.from_environment(os.environ))
    try:
        revision.require_newest(house.engine)
    except Refusal as refusal:
        # The server prints what was raised, which is the English sentence, and stops.
        refusal.add_note(refusal.message("zh"))
        raise
    finally:
        # A server may fork after this, and two processes do not share a connection.
        house.engine.dispose()
    return create_app(house)
