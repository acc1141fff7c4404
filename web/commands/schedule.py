"""``fupin schedule``: the repayment plan of a loan, before anyone has signed anything.

The arithmetic is ``loans.schedule``, the same that books a contract; this file only reads the
options and prints. Amounts leave as strings with two decimals.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, cast

import click

from kernel.dates import parse_date
from kernel.day_count import DAY_COUNTS, DayCount
from kernel.money import ROUNDINGS, Rounding, format_yuan, parse_rate, parse_yuan
from kernel.refusals import BadValue, Refusal
from loans.due_dates import SETTLEMENT_MONTHS, Rhythm, parse_rhythm
from loans.schedule import METHODS, Method, PlanRow, PlanTerms, Pricing, plan
from web.commands.terminal import Refused, width

_HEADINGS: Final = ("期次", "到期日", "天数", "本金", "利息", "合计", "剩余本金")


@click.command("schedule")
@click.option("--principal", required=True, metavar="YUAN", help="本金 · principal, as 50000.00")
@click.option("--rate", required=True, metavar="PERCENT", help="年利率 · yearly rate, as 4.35")
@click.option("--method", required=True, type=click.Choice(METHODS), help="还款方式 · method")
@click.option(
    "--from", "start", required=True, metavar="DATE", help="起息日 · first day of interest"
)
@click.option("--to", "end", metavar="DATE", help="到期日 · maturity date")
@click.option("--count", type=click.IntRange(min=1), help="期数 · number of instalments")
@click.option("--every", required=True, metavar="N-UNIT", help="周期 · N-month, N-week or N-day")
@click.option("--settle-on", type=click.IntRange(1, 31), help="结息日 · day of the month, included")
@click.option("--day-count", required=True, type=click.Choice(DAY_COUNTS), help="计息基准")
@click.option(
    "--grace", type=click.IntRange(min=0), default=0, help="只付息的前几期 · interest only"
)
@click.option("--rounding", type=click.Choice(tuple(ROUNDINGS)), default="half-up", help="进位方式")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
def schedule(
    *,
    principal: str,
    rate: str,
    method: str,
    start: str,
    end: str | None,
    count: int | None,
    every: str,
    settle_on: int | None,
    day_count: str,
    grace: int,
    rounding: str,
    as_json: bool,
) -> None:
    """还款计划试算。Work out a repayment plan; exactly one of --to and --count is given."""
    if (end is None) == (count is None):
        raise click.UsageError("--to 与 --count 须且只须给出一个 · give exactly one of the two")
    rhythm = _rhythm(every, settle_on)
    try:
        terms = PlanTerms(
            principal_fen=parse_yuan(principal, field="principal"),
            pricing=Pricing(
                parse_rate(rate, field="rate"),
                cast("DayCount", day_count),
                cast("Rounding", rounding),
            ),
            method=cast("Method", method),
            start=parse_date(start, field="from"),
            rhythm=rhythm,
            end=None if end is None else parse_date(end, field="to"),
            count=count,
            settle_on=settle_on,
            grace=grace,
        )
        rows = plan(terms)
    except Refusal as refusal:
        raise Refused(refusal) from refusal
    click.echo(json.dumps([as_data(row) for row in rows], indent=1) if as_json else table(rows))


def as_data(row: PlanRow) -> dict[str, int | str]:
    """A row as it crosses the border."""
    return {
        "nr": row.nr,
        "due": row.due.isoformat(),
        "days": row.days,
        "principal": format_yuan(row.principal_fen),
        "interest": format_yuan(row.interest_fen),
        "total": format_yuan(row.total_fen),
        "outstanding": format_yuan(row.outstanding_fen),
    }


def table(rows: Sequence[PlanRow]) -> str:
    """The rows under Chinese headings, with a line of sums."""
    lines = [_HEADINGS, *(tuple(str(cell) for cell in as_data(row).values()) for row in rows)]
    lines.append(_sums(rows))
    sizes = [max(map(width, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_line(cells, sizes) for cells in lines)


def _line(cells: Sequence[str], sizes: Sequence[int]) -> str:
    """The cells of a line, each pushed to the right of its column."""
    padded = (" " * (size - width(cell)) + cell for cell, size in zip(cells, sizes, strict=True))
    return "  ".join(padded).rstrip()


def _sums(rows: Sequence[PlanRow]) -> tuple[str, ...]:
    days = sum(row.days for row in rows)
    amounts = (
        sum(row.principal_fen for row in rows),
        sum(row.interest_fen for row in rows),
        sum(row.total_fen for row in rows),
    )
    return ("合计", "", str(days), *map(format_yuan, amounts), "")


def _rhythm(every: str, settle_on: int | None) -> Rhythm:
    """The rhythm; one that is malformed, or that no settlement day goes with, is a usage error."""
    try:
        rhythm = parse_rhythm(every, field="every")
    except BadValue as refusal:
        raise click.UsageError(
            f"--every: {refusal.message('zh')} · {refusal.message('en')}"
        ) from refusal
    if settle_on is not None and rhythm.months not in SETTLEMENT_MONTHS:
        raise click.UsageError(
            "--settle-on 只能配合 1、3、6、12-month · goes with a rhythm of 1, 3, 6 or 12 months"
        )
    return rhythm
