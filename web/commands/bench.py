"""``fupin bench``: how fast a day closes, beside the speed of the database itself.

Measured on a throw-away database beside the one that FUPIN_DATABASE_URL names, which is not
touched: a file in its folder, or a database of the same server. One JSON object a line.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import click

import bench as measures
from bench import long_life
from config.wiring import House

_DAYS: Final[dict[str, Callable[..., measures.Result]]] = {
    measures.SETTLE: measures.settle,
    measures.QUIET_DAY: measures.quiet_day,
    measures.SUBSIDY: measures.subsidy,
    measures.DIVIDEND: measures.dividend,
    measures.FIGURES: measures.figures,
    measures.SERIES: measures.series,
}
_NAMES: Final = (*_DAYS, *measures.ACTS)


@click.command("bench")
@click.argument("names", nargs=-1, type=click.Choice(_NAMES))
@click.option("--loans", type=click.IntRange(min=1), default=100_000, show_default=True)
@click.option(
    "--events",
    type=click.IntRange(min=200),
    default=long_life.EVENTS,
    show_default=True,
    help="单笔测速的贷款有多少事件 · events of the one loan",
)
@click.option("--database-url", metavar="URL", help="在此库旁另建一库 · beside this database")
@click.option(
    "--top", type=click.IntRange(min=0), default=0, help="最费时的语句数 · statements told"
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.pass_obj
def bench(
    house: House,
    *,
    names: tuple[str, ...],
    loans: int,
    events: int,
    database_url: str | None,
    top: int,
    as_json: bool,
) -> None:
    """测速：日终，及单笔收款、补记与冲正。How fast days close and one loan changes."""
    settings = house.settings
    if database_url is not None:
        settings = replace(settings, database_url=database_url)
    for name in names or _NAMES:
        measure = _DAYS.get(name) or partial(measures.act, name, events=events)
        with measures.throwaway(settings) as own:
            result = measure(own, loans, top=top)
        if as_json:
            click.echo(json.dumps(result.as_data(), ensure_ascii=False))
        else:
            _tell(result)


def _same(ratio: float | None) -> str:
    return "" if ratio is None else f"同表常数占{ratio:.0%}；"


def _tell(result: measures.Result) -> None:
    click.echo(
        f"{result.name} {result.database}：{result.loans}笔贷款，{result.seconds:.3f}秒，"
        f"每秒{result.per_second:.0f}，数据库自身每秒{result.limit_per_second:.0f}，"
        f"占{result.ratio:.0%}；{_same(result.ratio_same)}{result.statements}条语句"
    )
    for line in result.top:
        click.echo(f"  {line['seconds']}s × {line['calls']}  {line['statement']}")
