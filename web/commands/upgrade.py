"""``fupin upgrade``: a database brought to the tables of this program, with its books as they are.

All or nothing, in one transaction; a revision refuses what it cannot carry, and a close that is
under way, and changes nothing then. The way back is a backup: ``--backup`` makes one first. Exit
status 0: it stands at the newest revision; 1: refused; 2: usage.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

import migrations
from config import revision
from config.wiring import House
from migrations import rights
from web.commands.backup import back_up


@click.command("upgrade")
@click.option(
    "--backup",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="升级前先备份到此文件 · back up into this file first",
)
@click.option(
    "--app-role", metavar="NAME", help="PostgreSQL：应用所用角色，授权新表 · grant on new tables"
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.pass_obj
def upgrade(house: House, *, file: Path | None, app_role: str | None, as_json: bool) -> None:
    """升级数据库；请先停机、备份。Bring a database to the newest revision; back up first."""
    if app_role is not None and house.engine.dialect.name != "postgresql":
        raise click.UsageError("--app-role 只用于 PostgreSQL · is for PostgreSQL alone")
    before = revision.require_known(house.engine)
    if before != revision.NEWEST:
        _back_up_first(house, file)
        migrations.upgrade(house.engine)
    if app_role is not None:
        with house.engine.begin() as connection:
            rights.grant(connection, app_role)
    if as_json:
        told = {"from": before, "to": revision.NEWEST, "backup": file and str(file)}
        click.echo(json.dumps(told, ensure_ascii=False))
    elif before == revision.NEWEST:
        click.echo(f"数据库已是最新版本 {before}，无须升级 · nothing to do")
    else:
        click.echo(f"数据库版本 {before} → {revision.NEWEST}")
        click.echo("请接着核对：fupin verify · now verify the books")


def _back_up_first(house: House, file: Path | None) -> None:
    """Make the backup, or say on the side that there is none of this run."""
    if file is None:
        click.echo(
            "升级前应先备份：fupin backup FILE，或 fupin upgrade --backup FILE"
            " · back up before an upgrade",
            err=True,
        )
        return
    back_up(house, file)
    click.echo(f"已备份到 {file} · backed up", err=True)
