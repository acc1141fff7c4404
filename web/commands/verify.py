"""``fupin verify``: recompute the books and name what differs; status 1 where something does."""

from __future__ import annotations

import json
import sys

import click

from config.wiring import House
from jobs import verify as checking
from jobs.verify import Verification


@click.command("verify")
@click.option("--root", metavar="HEX", help="日终报告上的留痕根 · a root that a report printed")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.pass_obj
def verify(house: House, *, root: str | None, as_json: bool) -> None:
    """核对全部账簿与留痕。Check every book and the trail; name what differs."""
    result = checking.run(house, root)
    if as_json:
        click.echo(json.dumps(result.as_data(), ensure_ascii=False, indent=1))
    else:
        tell(result)
    if result.findings:
        sys.exit(1)


def tell(result: Verification) -> None:
    """What was found, in words."""
    for finding in result.findings:
        click.echo(f"✗ {finding.zh}\n  {finding.en}  [{finding.check} {finding.key}]")
    for note in result.notes:
        click.echo(f"· {note}")
    count = len(result.findings)
    click.echo(f"发现{count}处不符。" if count else "账簿与留痕核对无误。")
