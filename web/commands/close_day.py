"""``fupin close-day``: close the open business day, or every day up to one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import click

import ledger
from config.wiring import House
from jobs import program, reports
from jobs.close import Closed, next_day, yesterday
from jobs.drafting import draft_after
from kernel.dates import parse_date
from ledger.refusals import DayAlreadyClosed


@click.command("close-day")
@click.option(
    "--to", "to_text", metavar="DATE", help="逐日日终至该日 · close every day up to this one"
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.pass_obj
def close_day(house: House, *, to_text: str | None, as_json: bool) -> None:
    """日终：逐日、按序、每日一次。Close business days, in order, each once."""
    first, to = _span(house, to_text)
    try:
        done = _close(house, first, to, quiet=as_json)
    except DayAlreadyClosed as already:
        _say_closed(already, as_json)
        return
    reports.deliver(house)
    drafted = draft_after(house, done)
    if as_json:
        told = {"closed": [one.as_data() for one in done], "claims_drafted": drafted}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for one in done[-1:]:
        click.echo(f"已日终至{one.day}，共{len(done)}日。留痕根 {one.root}")
        click.echo(f"日终报告在 {house.settings.reports_dir}")
    if drafted:
        click.echo(
            f"已生成贴息申报{len(drafted)}件，待复核 · subsidy claims drafted: {len(drafted)}"
        )


def _span(house: House, to_text: str | None) -> tuple[date, date]:
    """The next day to close, and the last one asked for: by default one, or all that are over."""
    with house.books.read() as session:
        first, mode = next_day(session), ledger.books(session).mode
    if to_text is not None:
        return first, parse_date(to_text, field="to")
    return first, yesterday(house.clock()) if mode == "live" else first


def _close(house: House, first: date, to: date, *, quiet: bool) -> list[Closed]:
    if quiet or to <= first:
        return program.close_to(house, to)
    length = (to - first).days + 1
    with click.progressbar(length=length, label="日终 · closing", show_pos=True) as bar:
        step: Callable[[date], Any] = lambda _day: bar.update(1)  # noqa: E731
        return program.close_to(house, to, progress=step)


def _say_closed(already: DayAlreadyClosed, as_json: bool) -> None:
    if as_json:
        text = {"closed": [], "note": already.message("zh"), "note_en": already.message("en")}
        click.echo(json.dumps(text, ensure_ascii=False))
    else:
        click.echo(already.message("zh"))
        click.echo(already.message("en"))
