"""``fupin backup`` and ``fupin restore``: one sealed file, from and into either database."""

from __future__ import annotations

import json
from pathlib import Path

import click
from sqlalchemy import inspect

import migrations
from config.wiring import House
from jobs import archive
from jobs.archive import Manifest
from jobs.refusals import BackupAltered, DatabaseNotEmpty
from kernel.database import open_engine

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.pass_obj
def backup(house: House, *, file: Path, as_json: bool) -> None:
    """备份到一个文件，逐表摘要并加封。Back up into one sealed file."""
    revision = migrations.current(house.engine)
    assert revision is not None, "books are founded by migrations"
    manifest = archive.write(
        house.engine, house.keyring, file, revision=revision, now=house.clock()
    )
    _tell(manifest, as_json, f"已备份到 {file}")


@click.command("restore")
@click.argument("file", type=_FILE)
@click.option(
    "--to", "url", required=True, metavar="URL", help="空的目标数据库 · an empty database"
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.pass_obj
def restore(house: House, *, file: Path, url: str, as_json: bool) -> None:
    """恢复到空库，改动过的备份一律拒绝。Restore into an empty database alone."""
    manifest = archive.check(file, house.keyring)
    if manifest.revision not in migrations.revisions():
        raise BackupAltered(
            field="file", file=file, what_zh="出自更新的版本", what_en="a later version made it"
        )
    engine = open_engine(url)
    try:
        if inspect(engine).get_table_names():
            raise DatabaseNotEmpty(field="to")
        migrations.upgrade(engine, manifest.revision)
        archive.restore(engine, house.keyring, file)
        migrations.upgrade(engine)
    finally:
        engine.dispose()
    _tell(manifest, as_json, "已恢复，各表行数与摘要一致")


def _tell(manifest: Manifest, as_json: bool, done: str) -> None:
    if as_json:
        click.echo(json.dumps(manifest.as_data(), ensure_ascii=False, indent=1))
        return
    rows = sum(digest.rows for digest in manifest.tables.values())
    click.echo(f"{done}：{len(manifest.tables)}张表，{rows}行")
    click.echo(f"留痕第{manifest.trail_position}号，根 {manifest.trail_root}")
