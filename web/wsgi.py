"""For a production server: ``gunicorn 'web.wsgi:application()'``, with ``fupin jobs`` beside it."""

from __future__ import annotations

import os

from flask import Flask

from config.settings import Settings
from config.wiring import House
from web.app import create_app


def application() -> Flask:
    """The site over the books that the environment names."""
    return create_app(House(Settings.from_environment(os.environ)))
