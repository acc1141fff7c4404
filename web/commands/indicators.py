"""``fupin indicators``: the figures of a region at the close of a day.

With ``--json`` one object, names and order as promised. Without it a table: each figure, the target
in force, the households still wanting, and what was printed elsewhere, with its source. ``--beside
published`` holds the prints against the books, with the reasons where they cannot agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Final

import click
from sqlalchemy.orm import Session

import indicators as room
import ledger
from config.wiring import House
from indicators import FIGURES, Figures
from indicators.definitions import ratio
from indicators.reconciling import VERDICTS, Held, hold
from kernel.dates import parse_date
from kernel.regions import scope_digits, within
from policy import NoPolicyInForce, Rulebook
from web.commands.terminal import columns
from web.figures import form
from web.published import Published, pairs, published
from web.words import percent

_HEADINGS: Final = ("指标", "数值", "目标", "差（户）", "公布数与来源")
_TARGETS: Final = {
    "rating_coverage": "rating_coverage_ppm",
    "effective_credit_rate": "effective_credit_rate_ppm",
}


@click.command("indicators")
@click.option("--region", metavar="CODE", help="12位地区代码，默认全账套 · default: these books")
@click.option("--on", "on_text", metavar="DATE", help="日期，默认最近日终日 · last closed day")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.option("--beside", type=click.Choice(("published",)), help="只列有公布数的指标 · compare")
@click.pass_obj
def indicators(
    house: House, *, region: str | None, on_text: str | None, as_json: bool, beside: str | None
) -> None:
    """某地区某日终日的指标。Coverage, lending and arrears at the close of a day."""
    on = None if on_text is None else parse_date(on_text, field="on")
    with house.books.read() as session:
        found = _figures(session, house, region, on)
    if as_json:
        told = found.as_dict() if beside is None else reconciliation(house, found)
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    click.echo(f"{house.regions.full_name(found.region)}，{found.on}日终：")
    click.echo(columns(table(house, found, only_published=beside is not None)))
    if beside is not None:
        click.echo("\n".join(_reasons(house, found)))


def _figures(session: Session, house: House, region: str | None, on: date | None) -> Figures:
    day = on or ledger.last_closed_day(session)
    if day is None:
        day = ledger.open_day(session)
    place = region or ledger.books(session).region_code
    return room.figures(session, regions=house.regions, region=place, on=day)


def table(house: House, found: Figures, *, only_published: bool) -> list[list[str]]:
    """Heading and one row for each figure; one more for each further print of it."""
    targets = _targets(house.rulebook, found)
    rows = [list(_HEADINGS)]
    for name, figure in FIGURES.items():
        prints = published(house.settings.config_dir, found.region, name)
        if only_published and not prints:
            continue
        goal = targets.get(name)
        rows.append(
            [
                figure.zh,
                form(figure.kind, found.value(name)),
                "" if goal is None else percent(ratio(goal, 1_000_000)),
                "" if goal is None else str(found.gap(name, goal)),
                _print(prints[0]) if prints else "",
            ]
        )
        rows.extend(["", "", "", "", _print(one)] for one in prints[1:])
    return rows


def reconciliation(house: House, found: Figures) -> dict[str, object]:
    """The prints of a region beside its figures, and the pairs that cannot both be true."""
    folder = house.settings.config_dir
    return {
        "region": found.region,
        "on": found.on.isoformat(),
        "figures": [
            asdict(one.published)
            | {"computed": one.computed, "verdict": one.verdict, "difference": one.difference}
            for one in _held(house, found)
        ],
        "pairs": [asdict(one) for one in pairs(folder, found.region)],
    }


def _held(house: House, found: Figures) -> list[Held]:
    own = [p for name in FIGURES for p in published(house.settings.config_dir, found.region, name)]
    return hold(own, on=found.on, figures_of=lambda _region: found)


def _reasons(house: House, found: Figures) -> Iterator[str]:
    """Verdict and reason of each print, and what cannot both be true."""
    for one in _held(house, found):
        told = VERDICTS[one.verdict][0]
        by = "" if one.verdict == "same" or one.difference is None else f"，相差{one.difference}"
        why = f"。{one.published.why_zh}" if one.published.why_zh else ""
        figure = FIGURES[one.published.name]
        value = form(figure.kind, one.published.value)
        yield f"{figure.zh} {value}（{one.published.as_of}）：{told}{by}{why}"
    for pair in pairs(house.settings.config_dir, found.region):
        if pair.region and within(found.region, scope_digits(pair.region)):
            sums = "；".join(pair.arithmetic)
            yield f"{pair.zh}：{pair.one_zh}；{pair.other_zh}。{sums}。{pair.why_zh}"


def _targets(rulebook: Rulebook, found: Figures) -> dict[str, int]:
    """Targets in force on the day, in ppm, by figure."""
    try:
        targets = rulebook.targets(on=found.on, region=found.region)
    except NoPolicyInForce:
        return {}
    wanted = {name: getattr(targets, line) for name, line in _TARGETS.items()}
    return {name: sourced.value for name, sourced in wanted.items() if sourced is not None}


def _print(one: Published) -> str:
    value = form(FIGURES[one.name].kind, one.value)
    return f"{value}（{one.as_of}，{one.source_zh}）"
