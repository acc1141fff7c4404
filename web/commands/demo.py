"""``fupin demo``: a simulated county in held books, made once through the doors that people use."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Final

import click
from sqlalchemy.orm import Session

import ledger
import migrations
from config.wiring import House
from demo import random_county
from demo.county import DEMOS, PREFECTURES, County, Prefecture
from demo.make import make
from demo.prefecture import make_prefecture
from demo.refusals import BooksNotDemo, DemoAlreadyMade, DemoUnknown
from demo.staff import PASSWORD, accounts, lenders
from jobs import founding
from kernel.database import reading
from kernel.vault import Keyring

_BAR_WIDTH: Final = 30
#: percent between two lines where nobody watches
_LINE_EVERY: Final = 25
_SEED_DIGITS: Final = 10


@click.command("demo")
@click.argument("name", metavar="NAME")
@click.option("--if-missing", is_flag=True, help="已有则不重做 · do nothing where it stands")
@click.pass_obj
def demo(house: House, *, name: str, if_missing: bool) -> None:
    """建立演示县账套（yizhang-2017）。Make the books of a demonstration county."""
    county = _county(name)
    if county is None:
        raise DemoUnknown(
            field="name", name=name[:60], known="、".join([*DEMOS, *PREFECTURES, "random:SEED"])
        )
    if _stands(house, county):
        if not if_missing:
            raise DemoAlreadyMade(field="name", name=name)
        # It may have been made by an earlier version.
        migrations.upgrade(house.engine)
        click.echo(f"演示账套 {name} 已在。The demo {name} stands.")
    else:
        _found(house, county)
        with _Bar() as bar:
            if isinstance(county, Prefecture):
                make_prefecture(house, county, bar.show)
            elif name.startswith(random_county.PREFIX):
                _, counts = random_county.make(house, county, bar.show)
                _say_counts(counts)
            else:
                make(house, county, bar.show)
    _say_accounts(house, county)


def _county(name: str) -> County | Prefecture | None:
    """A county by its name; ``random:SEED`` is made up of dice."""
    seed = name.removeprefix(random_county.PREFIX)
    if seed != name and seed.isascii() and seed.isdigit() and len(seed) < _SEED_DIGITS:
        return random_county.county_of(int(seed))
    return DEMOS.get(name) or PREFECTURES.get(name)


def _say_counts(counts: Counter[str]) -> None:
    click.echo("做过的事与被拒绝的事 · what was done, and what was refused:")
    for name, times in sorted(counts.items()):
        click.echo(f"  {times:>6}  {name}")


def _stands(house: House, county: County | Prefecture) -> bool:
    """Whether the finished demo is there; its own unfinished books are cleared away."""
    if not founding.is_founded(house):
        return False
    # Not through the house's own door, which refuses the books of an earlier version.
    with reading(house.engine) as connection, Session(connection) as session:
        if ledger.books(session).demo != county.name:
            raise BooksNotDemo(field="name", name=county.name)
        if _finished(session, county):
            return True
    click.echo("上次没有做完，重新开始。The last attempt was not finished; starting anew.")
    migrations.downgrade(house.engine)
    return False


def _finished(session: Session, county: County | Prefecture) -> bool:
    last = ledger.last_closed_day(session)
    return last is not None and last >= county.closes_on


def _found(house: House, county: County | Prefecture) -> None:
    if house.settings.keys is None and not house.settings.key_file.exists():
        Keyring.create(house.settings.key_file)
    migrations.upgrade(house.engine)
    founding.found(
        house,
        region=county.region,
        first_day=county.opens_on,
        mode="held",
        demo=county.name,
    )


def _say_accounts(house: House, county: County | Prefecture) -> None:
    click.echo(f"演示账号，口令都是 {PASSWORD} · demo accounts, all with that password:")
    found = [] if isinstance(county, Prefecture) else lenders(house, county)
    villages = not isinstance(county, Prefecture) and county.village_life
    for login, name in accounts(found, villages=villages):
        click.echo(f"  {login:<12}{name}")


class _Bar:
    """A bar that names what is being done; where nobody watches, a line now and then."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()
        self._told = ("", -1)

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._watched:
            click.echo(err=True)

    def show(self, phase: str, done: int, of: int) -> None:
        """``done`` of ``of`` of a phase; what follows " · " may change from call to call."""
        percent = 100 * done // max(of, 1)
        step = percent if self._watched else percent // _LINE_EVERY * _LINE_EVERY
        if (phase.partition(" · ")[0], step) == self._told:
            return
        self._told = (phase.partition(" · ")[0], step)
        if self._watched:
            filled = percent * _BAR_WIDTH // 100
            bar = "#" * filled + "-" * (_BAR_WIDTH - filled)
            click.echo(f"\r[{bar}] {percent:3d}%  {phase:<30}", nl=False, err=True)
        else:
            click.echo(f"{percent:3d}%  {phase}", err=True)
