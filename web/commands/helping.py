"""``fupin helping``: measures, pairs and visits by sheets, as pages take them; who was not visited.

All of it in the name of an account; a sheet is taken in whole or not at all, and once. Exit status
0: taken or told; 1: refused, or faults were found; 2: usage.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import click
from sqlalchemy.orm import Session

import ledger
from config.wiring import House
from households import helping
from households.helping import queries as reads
from households.helping.finding import FileSlip
from households.sheets import SheetFile, read_sheet, write_template
from kernel.actor import Actor
from kernel.idempotency import request_digest
from office import rights
from web import scope
from web.acting import log_in
from web.commands.terminal import SHOWN, named, tell
from web.helping import FORMS, HELP

_SOURCE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)
_SHEETS: Final[Mapping[str, str]] = MappingProxyType(
    {"measures": "帮扶措施", "pairs": "结对帮扶", "visits": "走访记录"}
)


@click.group("helping")
def helping_() -> None:
    """帮扶：措施、结对、走访。Measures, helpers and visits."""


@helping_.command("template")
@click.argument("kind", type=click.Choice(tuple(_SHEETS)))
@click.argument("target", type=_TARGET)
def template(kind: str, target: Path) -> None:
    """下载清单模板（xlsx）。A workbook to fill in."""
    write_template(target, FORMS[kind])
    click.echo(f"{_SHEETS[kind]}模板已写入 {target}")


@helping_.command("record")
@click.argument("kind", type=click.Choice(tuple(_SHEETS)))
@click.argument("source", type=_SOURCE)
@named
@click.pass_obj
def record(
    house: House, /, *, kind: str, source: Path, login: str, password_stdin: bool, as_json: bool
) -> None:
    """登记一份措施、结对或走访清单，整份。Record a sheet, whole."""
    by = log_in(house, login, from_stdin=password_stdin)
    file: SheetFile[Any] = read_sheet(source, FORMS[kind])
    told: dict[str, Any] = {"done": False, **file.as_dict()}
    if not file.faults:
        body = [kind, file.sha256]
        key = request_digest(HELP, by, body)
        told |= house.books.once(
            HELP, lambda session: _take(house, session, kind, file, by), by=by, key=key, body=body
        )
        told["done"] = True
    told["faults"] = [one.as_dict() for one in file.faults]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    elif told["done"]:
        click.echo(f"{_SHEETS[kind]}已登记{told['rows']}条")
    for one in [] if as_json else file.faults[:SHOWN]:
        click.echo(f"  第{one.line}行：{one.refusal.message('zh')}")
    if file.faults:
        raise SystemExit(1)


def _take(
    house: House, session: Session, kind: str, file: SheetFile[Any], by: Actor
) -> dict[str, Any]:
    rows, slip = file.taken(), FileSlip(file.name, file.sha256)
    given: dict[str, Any] = {"file": slip, "on": ledger.open_day(session), "by": by}
    if kind == "measures":
        count = helping.note_measures(session, rows, rules=house.help_rules, **given)
    elif kind == "pairs":
        count = helping.pair(session, rows, keyring=house.keyring, **given)
    else:
        count = helping.note_visits(session, rows, **given)
    return {"rows": count}


@helping_.command("helpers")
@click.option("--name", "text", default="", help="姓名或单位 · part of name or unit")
@named
@click.pass_obj
def helpers(house: House, /, *, text: str, as_json: bool, **who: Any) -> None:
    """帮扶责任人及结对户数。Helpers, and the households of each."""
    by = _reader(house, **who)
    with house.books.read() as session:
        digits = scope.own_digits(session, by)
        found = reads.helpers(session, digits=digits, text=text)
    rows = [
        {
            "name": one.name,
            "unit": one.unit,
            "level": one.level,
            "households": one.households,
            "visited_on": str(one.visited_on or ""),
        }
        for one in found
    ]
    tell(rows, ("姓名", "单位", "隶属", "结对户数", "最近走访"), "尚无结对", as_json=as_json)


@helping_.command("unvisited")
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True, help="天数")
@named
@click.pass_obj
def unvisited(house: House, /, *, days: int, as_json: bool, **who: Any) -> None:
    """超过若干天未走访的户，最久的在前。Households nobody visited for so many days."""
    by = _reader(house, **who)
    with house.books.read() as session:
        on, digits = ledger.open_day(session), scope.own_digits(session, by)
        found = reads.unvisited(session, digits=digits, since=on - timedelta(days), on=on)
    rows = [
        {
            "number": one.number,
            "village_code": one.village_code,
            "helper": one.helper,
            "unit": one.unit,
            "from_on": str(one.from_on),
            "visited_on": str(one.visited_on or ""),
        }
        for one in found
    ]
    titles = ("户编号", "村", "帮扶责任人", "单位", "结对日期", "最近走访")
    tell(rows, titles, "都走访过了", as_json=as_json)


def _reader(house: House, *, login: str, password_stdin: bool) -> Actor:
    by = log_in(house, login, from_stdin=password_stdin)
    rights.allow(by, "households.read")
    return by
