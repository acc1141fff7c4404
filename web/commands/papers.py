"""``fupin loans paper``: a paper of a loan as a PDF file.

As the person of ``--as``, with that account's rights and scope. A contract and a slip show the
whole identity number: they take the right ``loans.print``, and the trail keeps who printed them.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from config.wiring import House
from office import rights
from web.acting import log_in
from web.papers import PRINTED, READ
from web.papers.printing import make


@click.command("paper")
@click.argument("kind", type=click.Choice((*PRINTED, *READ)))
@click.argument("number")
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
    kind: str,
    number: str,
    target: Path,
    login: str,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """打印单据：合同、借据（按借据号）、利息计算单、催收通知书、结清证明。A paper as PDF."""
    by = log_in(house, login, from_stdin=password_stdin)
    rights.allow(by, "loans.print" if kind in PRINTED else "loans.read")
    made = make(house, kind, number, by=by)
    target.write_bytes(made.content)
    if as_json:
        told = {"kind": kind, "number": number, "file": str(target), "bytes": len(made.content)}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{made.name.removesuffix('.pdf')}已写入 {target}")
