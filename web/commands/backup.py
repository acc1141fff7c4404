"""``fupin backup`` and ``fupin restore``: one sealed file, from and into either database.

Books of any revision that this program knows are backed up as they stand. A restore makes the
tables of the backup's own revision, fills and compares them, upgrades, and verifies. Exit status
0: restored and nothing found; 1: refused, or restored with findings; 2: usage.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy import Engine, inspect

import migrations
from config import revision
from config.wiring import House
from jobs import archive
from jobs import verify as checking
from jobs.archive import Manifest
from jobs.refusals import DatabaseNotEmpty
from jobs.verify import Verification
from kernel.refusals import Refusal
from web.commands.verify import tell

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.pass_obj
def backup(house: House, *, file: Path, as_json: bool) -> None:
    """备份到一个文件，逐表摘要并加封。Back up into one sealed file."""
    manifest = back_up(house, file)
    if as_json:
        click.echo(json.dumps(manifest.as_data(), ensure_ascii=False, indent=1))
    else:
        _say(manifest, f"已备份到 {file}")


def back_up(house: House, file: Path) -> Manifest:
    """Back up books of any revision that this program knows."""
    at = revision.require_known(house.engine)
    return archive.write(house.engine, house.keyring, file, revision=at, now=house.clock())


@click.command("restore")
@click.argument("file", type=_FILE)
@click.option(
    "--to", "url", required=True, metavar="URL", help="空的目标数据库 · an empty database"
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.pass_obj
def restore(house: House, *, file: Path, url: str, as_json: bool) -> None:
    """恢复到空库，升到最新版本并核对。Restore into an empty database alone; upgrade and verify."""
    manifest = archive.check(file, house.keyring)
    if manifest.revision not in migrations.revisions():
        raise archive.of_other_version(file, manifest.revision)
    with _house_of(house, url) as restored:
        if inspect(restored.engine).get_table_names():
            raise DatabaseNotEmpty(field="to")
        _fill(restored, file, manifest.revision)
        _upgrade(restored.engine, manifest.revision)
        found = checking.run(restored)
    if as_json:
        told = {**manifest.as_data(), "now_at": revision.NEWEST, **found.as_data()}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _say_restored(manifest, found)
    if found.findings:
        sys.exit(1)


@contextmanager
def _house_of(house: House, url: str) -> Iterator[House]:
    """The same house over another database."""
    other = replace(house, settings=replace(house.settings, database_url=url))
    try:
        yield other
    finally:
        other.engine.dispose()


def _fill(house: House, file: Path, at: str) -> None:
    """The tables of the backup's revision with its rows; where that fails, an empty database."""
    migrations.upgrade(house.engine, at)
    try:
        archive.restore(house.engine, house.keyring, file)
    except Exception:
        migrations.downgrade(house.engine)
        raise


def _upgrade(engine: Engine, at: str) -> None:
    """To the newest revision; where one cannot carry the rows, they stand at their own."""
    try:
        migrations.upgrade(engine)
    except Refusal:
        click.echo(
            f"数据已恢复，停在版本{at}，未能升级 · restored at {at}, but not upgraded:", err=True
        )
        raise


def _say_restored(manifest: Manifest, found: Verification) -> None:
    _say(manifest, "已恢复，逐行比对一致")
    if manifest.revision != revision.NEWEST:
        click.echo(f"数据库版本 {manifest.revision} → {revision.NEWEST}")
    tell(found)


def _say(manifest: Manifest, done: str) -> None:
    rows = sum(digest.rows for digest in manifest.tables.values())
    click.echo(f"{done}：{len(manifest.tables)}张表，{rows}行")
    click.echo(f"留痕第{manifest.trail_position}号，根 {manifest.trail_root}")
