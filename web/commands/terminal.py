"""What the commands share at a terminal: refusals, accounts, columns that know Chinese is wide."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from unicodedata import east_asian_width

import click

from kernel.refusals import Refusal

#: rows of a list that a terminal shows; JSON has them all
SHOWN: Final = 100


class Refused(click.ClickException):
    """A refusal at the command line: both sentences and the field on stderr, exit status 1."""

    exit_code = 1

    def __init__(self, refusal: Refusal) -> None:
        field = f"[{refusal.field}] " if refusal.field else ""
        super().__init__(f"{field}{refusal.message('zh')}\n{refusal.message('en')}")


def named(command: Any) -> Any:
    """The options of a command that is given in the name of an account."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON"),
        click.option(
            "--password-stdin", is_flag=True, help="从标准输入读口令 · read the password there"
        ),
        click.option(
            "--as", "login", metavar="LOGIN", required=True, help="经办人的账号 · in whose name"
        ),
    ):
        command = option(command)
    return command


def tell(
    rows: Sequence[Mapping[str, Any]], titles: tuple[str, ...], nothing: str, *, as_json: bool
) -> None:
    """Rows as JSON, or under their titles; ``nothing`` is said where there is none."""
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    if not rows:
        click.echo(nothing)
        return
    shown = [tuple(str(value) for value in row.values()) for row in rows[:SHOWN]]
    click.echo(columns([titles, *shown]))


def width(cell: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in cell)


def columns(rows: Sequence[Sequence[str]], *, indent: str = "  ") -> str:
    """Rows with their cells under each other; the last column is not padded."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        indent
        + "  ".join(
            cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )
