"""``fupin serve``: the site on one machine, by a server that runs on every system."""

from __future__ import annotations

from typing import Final

import click
import waitress

from config.wiring import House
from web.app import create_app

_THREADS: Final = 8


@click.command("serve")
@click.option("--listen", metavar="HOST:PORT", help="监听地址 · where to listen")
@click.pass_obj
def serve(house: House, *, listen: str | None) -> None:
    """启动网站。Serve the pages and the API."""
    address = listen or house.settings.listen
    app = create_app(house)
    click.echo(f"http://{address}/")
    waitress.serve(app, listen=address, threads=_THREADS, ident="fupin")
