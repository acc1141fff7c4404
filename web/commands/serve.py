"""``fupin serve``: the site on one machine, by a server that runs on every system.

Live books have their timetable beside it, in threads of the same process; held books stand still.
"""

from __future__ import annotations

from pkgutil import resolve_name
from typing import Final

import click
import waitress

import ledger
from config.wiring import House
from jobs import timetable

_THREADS: Final = 8
#: named and not imported: it takes a second to read, and no other command draws pages
_SITE: Final = "web.app:create_app"


@click.command("serve")
@click.option("--listen", metavar="HOST:PORT", help="监听地址 · where to listen")
@click.pass_obj
def serve(house: House, *, listen: str | None) -> None:
    """启动网站。Serve the pages and the API."""
    address = listen or house.settings.listen
    app = resolve_name(_SITE)(house)
    with house.books.read() as session:
        live = ledger.books(session).mode == "live"
    if live:
        timetable.background(house).start()
    click.echo(f"http://{address}/")
    waitress.serve(app, listen=address, threads=_THREADS, ident="fupin")
