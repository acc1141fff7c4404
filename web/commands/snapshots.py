"""``fupin snapshots``: a county's closed day as a file, and what a prefecture has taken in.

``export`` writes the file and prints its digest, which is told to the prefecture over another way;
``import`` takes files in, each once, and prints what it has computed of them; ``list`` says what
each county handed in last. ``--as`` names an account; without it the system itself acts, as the
person at the machine. Exit status 0: done; 1: refused, or (``list``) a county is missing; 2: usage.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import click
from sqlalchemy.orm import Session

import indicators
import ledger
from config.wiring import House
from indicators import Handover
from kernel.actor import Actor, system_actor
from kernel.dates import parse_date
from kernel.regions import COUNTY, scope_digits
from web.acting import log_in
from web.commands.terminal import columns

_AS = click.option("--as", "login", metavar="LOGIN", help="经办人的账号 · in whose name")
_PASSWORD = click.option(
    "--password-stdin", is_flag=True, help="从标准输入读口令 · read the password there"
)
_JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")


@click.group("snapshots")
def snapshots() -> None:
    """日终快照：县里导出，市里导入。A county's closed days, handed in to its prefecture."""


@snapshots.command("export")
@click.option("--on", "on_text", metavar="DATE", help="日期，默认最近日终日 · last closed day")
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="写入的文件 · file to write",
)
@_AS
@_PASSWORD
@_JSON
@click.pass_obj
def export(
    house: House,
    /,
    *,
    on_text: str | None,
    target: Path,
    login: str | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """把某日终日的各项计数写成文件。Write a closed day's counters into a file."""
    asked = None if on_text is None else parse_date(on_text, field="on")
    asker = None if login is None else log_in(house, login, from_stdin=password_stdin)
    with house.books.read() as session:
        on = asked or ledger.last_closed_day(session) or ledger.open_day(session)
        told = indicators.export(session, on=on, by=asker or _system(session))
    target.write_bytes(told.content())
    if as_json:
        click.echo(json.dumps(_as_data(told), ensure_ascii=False))
        return
    click.echo(f"{house.regions.full_name(told.region)}，{told.on}日终，{len(told.counters)}项计数")
    click.echo(f"已写入 {target}\n摘要 {told.digest}\n请另行告知上级核对 · tell the digest apart")


@snapshots.command("import")
@click.argument(
    "sources",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@_AS
@_PASSWORD
@_JSON
@click.pass_obj
def import_(
    house: House,
    /,
    *,
    sources: tuple[Path, ...],
    login: str | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """导入各县的日终快照，每份一次。Take counties' files in, each once and whole."""
    asker = None if login is None else log_in(house, login, from_stdin=password_stdin)
    with house.books.read() as session:
        by = asker or _system(session)
    for source in sources:
        with house.books.write("indicators.import", by=by, reason=source.name) as session:
            told = indicators.take_in(session, source.read_bytes(), regions=house.regions, by=by)
        if as_json:
            click.echo(json.dumps(_as_data(told), ensure_ascii=False))
        else:
            name = house.regions.full_name(told.region)
            click.echo(f"{name}，{told.on}日终，{len(told.counters)}项计数，摘要 {told.digest}")


@snapshots.command("list")
@click.option("--on", "on_text", metavar="DATE", help="日期，默认当前营业日 · open day")
@_JSON
@click.pass_obj
def list_(house: House, /, *, on_text: str | None, as_json: bool) -> None:
    """各县最近一次交来的日终快照。What each county handed in last."""
    asked = None if on_text is None else parse_date(on_text, field="on")
    with house.books.read() as session:
        on = asked or ledger.open_day(session)
        found = _by_county(house, session, on)
    if as_json:
        click.echo(json.dumps({"on": on.isoformat(), "counties": found}, ensure_ascii=False))
    else:
        rows = [["县", "日终日", "导入日", "摘要"]]
        rows += [[str(one[name] or "—") for name in _LISTED] for one in found]
        click.echo(columns(rows))
    if any(one["on"] is None for one in found):
        sys.exit(1)


_LISTED = ("name", "on", "booked_on", "digest")


def _by_county(house: House, session: Session, on: date) -> list[dict[str, str | None]]:
    own = ledger.books(session).region_code
    known = {one.region: one for one in indicators.handed_in(session, scope_digits(own), on)}
    found = []
    for county in house.regions.inside(own, COUNTY):
        one = known.get(county.code)
        found.append(
            {
                "region": county.code,
                "name": county.name,
                "on": None if one is None else one.on.isoformat(),
                "booked_on": None if one is None else one.booked_on.isoformat(),
                "digest": None if one is None else one.digest,
            }
        )
    return found


def _as_data(told: Handover) -> dict[str, object]:
    return {
        "region": told.region,
        "on": told.on.isoformat(),
        "definitions": told.definitions,
        "counters": len(told.counters),
        "digest": told.digest,
    }


def _system(session: Session) -> Actor:
    return system_actor(scope_digits(ledger.books(session).region_code))
