"""``fupin identification`` and ``fupin need``: sheets of many households, as pages take them.

A person's account is named by ``--as``. Exit status 0: taken; 1: refused; 2: usage.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

import ledger
from config.wiring import House
from households.identification import Meeting, read_sheet
from households.need.sheets import read_file
from kernel.dates import parse_date
from web import identifying, needing
from web.acting import log_in
from web.identifying import Opening, Scan, Taking

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_AS = click.option(
    "--as", "login", metavar="LOGIN", required=True, help="经办人的账号 · in whose name"
)
_PASSWORD = click.option(
    "--password-stdin", is_flag=True, help="从标准输入读口令 · read the password there"
)
_HELD = click.option("--held-on", metavar="DAY", help="办理日期，默认营业日 · the day of the step")


@click.group("identification")
def identification_() -> None:
    """识别：受理名单、办理步骤。Finding households by sheets."""


@identification_.command("open")
@click.argument("source", type=_FILE)
@click.option("--kind", required=True, help="identify、lift、monitor …")
@_HELD
@_AS
@_PASSWORD
@click.pass_obj
def open_cases(
    house: House, *, source: Path, kind: str, held_on: str | None, login: str, password_stdin: bool
) -> None:
    """受理一份名单（xlsx、csv）。Open a case for each household of a sheet."""
    by = log_in(house, login, from_stdin=password_stdin)
    asked = Opening(kind=kind, rows=read_sheet(source), held_on=_day(held_on))
    with house.books.write(identifying.OPEN, by=by) as session:
        _print(identifying.open_cases(house, by, asked)(session))


@identification_.command("step")
@click.argument("procedure")
@click.argument("step")
@click.argument("source", type=_FILE)
@click.option("--document", default="", help="文号 · number of the document")
@click.option("--meeting", type=(int, int), help="应到、到会 · with a vote, present")
@click.option("--paper", "papers", type=_FILE, multiple=True, help="会议记录 · minutes")
@click.option("--place", default="", help="公示地点和联系方式 · where the list hangs")
@_HELD
@_AS
@_PASSWORD
@click.pass_obj
def step(
    house: House,
    *,
    procedure: str,
    step: str,
    source: Path,
    document: str,
    meeting: tuple[int, int] | None,
    papers: tuple[Path, ...],
    place: str,
    held_on: str | None,
    login: str,
    password_stdin: bool,
) -> None:
    """按名单办理一步。Take a step for every household of a sheet."""
    by = log_in(house, login, from_stdin=password_stdin)
    _rules, _nr, rule = identifying.step_of(house, procedure, step)
    asked = Taking(
        procedure=procedure,
        step=step,
        rows=read_sheet(source),
        held_on=_day(held_on),
        document=document,
        meeting=Meeting(*meeting) if meeting else None,
        papers=tuple(Scan(path.name, path.read_bytes()) for path in papers),
        place=place,
    )
    with house.books.write(rule.command, by=by) as session:
        _print(identifying.take_step(house, by, asked)(session))


@click.group("need")
def need_() -> None:
    """贷款需求：登记摸排表。What households need."""


@need_.command("record")
@click.argument("source", type=_FILE)
@click.option("--round", "number", required=True, help="轮次编号 · number of the round")
@click.option("--accept-good", is_flag=True, help="只登记合格行 · record the good rows")
@_AS
@_PASSWORD
@click.pass_obj
def record(
    house: House, *, source: Path, number: str, accept_good: bool, login: str, password_stdin: bool
) -> None:
    """登记一份摸排表（xlsx、csv）。Record a sheet of answers."""
    by = log_in(house, login, from_stdin=password_stdin)
    with house.books.read() as session:
        on = ledger.open_day(session)
        file = read_file(session, source, number=number, name=source.name, on=on, by=by)
    with house.books.write(needing.NEED, by=by) as session:
        _print(needing.record(by, file, accept_good=accept_good)(session))


def _day(text: str | None) -> date | None:
    return None if text is None else parse_date(text, field="held_on")


def _print(told: object) -> None:
    click.echo(json.dumps(told, ensure_ascii=False))
