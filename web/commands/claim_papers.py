"""``fupin subsidies paper``: a claim's sheet, workbook or request letter as a file.

As the person of ``--as``, with that account's rights and scope. Nothing is written to the books.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from config.wiring import House
from subsidies.documents import claim_sheet
from web.acting import log_in
from web.papers.claim_files import FORMS, file_name


@click.command("paper")
@click.argument("claim", type=click.IntRange(1, 10**15))
@click.argument("kind", type=click.Choice(tuple(FORMS)))
@click.option(
    "--out",
    "target",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="写入的文件 · the file to write",
)
@click.option("--as", "login", metavar="LOGIN", required=True, help="经办人的账号 · in whose name")
@click.option("--password-stdin", is_flag=True, help="从标准输入读口令 · read the password there")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.pass_obj
def paper(
    house: House,
    /,
    *,
    claim: int,
    kind: str,
    target: Path,
    login: str,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """申报单据：申报表（sheet、workbook）、请款函（letter）。A claim's sheet or letter."""
    by = log_in(house, login, from_stdin=password_stdin)
    with house.books.read() as session:
        sheet = claim_sheet(session, claim_id=claim, regions=house.regions, by=by)
    content = FORMS[kind].make(sheet)
    target.write_bytes(content)
    if as_json:
        told = {"claim": claim, "kind": kind, "file": str(target), "bytes": len(content)}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{file_name(sheet, FORMS[kind])}已写入 {target}")
