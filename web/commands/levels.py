"""``fupin levels``: the four levels, told at a terminal, or as the files that the pages print.

A county's or prefecture's code is the platform, a township's its file, a village's its book; a
household is named by its number. Of any day up to the open one, and always in the name of an
account: books and cards name people. Exit status 0: told or written; 1: refused; 2: usage.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from config.wiring import House
from households import queries as register
from households.levels import PlaceCounts, Platform, TownshipFile, VillageBook
from kernel.actor import Actor
from office import rights
from web import level_figures, levels, scope
from web.acting import log_in
from web.commands.terminal import columns, named
from web.level_figures import LevelFigures
from web.levels import Level
from web.papers.level_files import level_content, level_paper
from web.papers.level_papers import COUNTERS, card_paper

_TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)
_ON = click.option("--on", "on_text", metavar="DAY", default="", help="日期，默认营业日 · of a day")
_TO = click.option(
    "--to", "target", type=_TARGET, required=True, help="写入的文件，.pdf或.xlsx · the file"
)


@click.group("levels")
def levels_() -> None:
    """四级台账：户卡、村册、乡镇档案、县级平台。The four levels, and their files."""


@levels_.command("show")
@click.argument("code")
@_ON
@named
@click.pass_obj
def show(house: House, /, *, code: str, on_text: str, as_json: bool, **who: Any) -> None:
    """一个地区的户数人数、贷款、贴息、分红和覆盖。What a region holds."""
    by = _asker(house, **who)
    with house.books.read() as session:
        found, beside = _read(house, session, code, on_text, by)
    if as_json:
        told = {
            "code": code,
            "on": found.on.isoformat(),
            "totals": asdict(found.totals),
            "places": {place: asdict(counts) for place, _name, counts in _places(found)},
            "figures_on": beside.on.isoformat() if beside else None,
            "figures": beside.values if beside else {},
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    click.echo(f"{house.regions.full_name(code)}，{found.on}：")
    rows = [("地区", *COUNTERS.values())]
    rows += [(name, *_cells(counts)) for _place, name, counts in _places(found)]
    click.echo(columns([*rows, ("合计", *_cells(found.totals))]))
    if beside is not None:
        click.echo(f"贷款、贴息、分红和覆盖，{beside.on}日终：")
        click.echo(columns(beside.facts))


@levels_.command("export")
@click.argument("code")
@_TO
@_ON
@named
@click.pass_obj
def export(
    house: House, /, *, code: str, target: Path, on_text: str, as_json: bool, **who: Any
) -> None:
    """村册、乡镇档案、县级平台写成文件（PDF、xlsx）。A level as a file."""
    form = _form(target)
    by = _asker(house, **who)
    with house.books.read() as session:
        rights.allow(by, "exports.read")
        found, beside = _read(house, session, code, on_text, by)
    name, content = level_content(level_paper(house, found, beside), form)
    _written(target, name, content, as_json=as_json)


@levels_.command("card")
@click.argument("number")
@_TO
@_ON
@named
@click.pass_obj
def card(
    house: House, /, *, number: str, target: Path, on_text: str, as_json: bool, **who: Any
) -> None:
    """一户的户卡写成文件（PDF、xlsx）。A household's card as a file."""
    form = _form(target)
    by = _asker(house, **who)
    with house.books.read() as session:
        rights.allow(by, "exports.read")
        on = levels.day_named(session, on_text)
        digits = scope.own_digits(session, by)
        key = register.by_number(session, number.upper(), digits=digits).id
        found = levels.card_seen(session, house, key, on=on, by=by)
    name, content = level_content(card_paper(found, house.help_rules, on), form)
    _written(target, name, content, as_json=as_json)


def _read(
    house: House, session: Session, code: str, on_text: str, by: Actor
) -> tuple[Level, LevelFigures | None]:
    on = levels.day_named(session, on_text)
    found = levels.level_of(session, house, code, on=on, by=by)
    return found, level_figures.figures_of(session, house, code, (), on=on, by=by)


def _places(found: Level) -> list[tuple[str, str, PlaceCounts]]:
    """Code, name and counts of the places of a level; a village has none below."""
    if isinstance(found, TownshipFile):
        return [(one.code, one.name, one.counts) for one in found.villages]
    if isinstance(found, Platform):
        return [(one.code, one.name, one.counts) for one in found.townships]
    assert isinstance(found, VillageBook)
    return []


def _cells(counts: PlaceCounts) -> list[str]:
    return [f"{getattr(counts, name):,}" for name in COUNTERS]


def _form(target: Path) -> str:
    form = target.suffix.lower().lstrip(".")
    if form not in {"pdf", "xlsx"}:
        raise click.UsageError("文件名须以.pdf或.xlsx结尾 · name a .pdf or .xlsx file")
    return form


def _written(target: Path, name: str, content: bytes, *, as_json: bool) -> None:
    target.write_bytes(content)
    if as_json:
        click.echo(json.dumps({"file": str(target), "bytes": len(content)}, ensure_ascii=False))
    else:
        click.echo(f"{name}已写入 {target}")


def _asker(house: House, *, login: str, password_stdin: bool) -> Actor:
    return log_in(house, login, from_stdin=password_stdin)
