"""``fupin init``: a new set of books, from an empty database to the first business day."""

from __future__ import annotations

import click

import migrations
from config.wiring import House
from jobs import founding
from kernel.append_only import append_only_tables
from kernel.dates import parse_date
from kernel.vault import Keyring
from migrations import rights


@click.command("init")
@click.option(
    "--region", required=True, metavar="CODE", help="12位地区代码 · region of these books"
)
@click.option("--first-day", required=True, metavar="DATE", help="首个营业日 · first business day")
@click.option(
    "--live/--held",
    default=True,
    help="实账随日历走，手动账由 close-day 推进 · held books move by hand",
)
@click.option(
    "--app-role", metavar="NAME", help="PostgreSQL：应用所用角色 · role the application logs in as"
)
@click.pass_obj
def init(house: House, *, region: str, first_day: str, live: bool, app_role: str | None) -> None:
    """建立账套：密钥、数据表、地区与首个营业日。Found the books of a region."""
    day = parse_date(first_day, field="first_day")
    house.regions.get(region)
    if app_role is not None and house.engine.dialect.name != "postgresql":
        raise click.UsageError("--app-role 只用于 PostgreSQL · is for PostgreSQL alone")
    made = _make_keys(house)
    if not founding.is_founded(house):
        migrations.upgrade(house.engine)
    place = founding.found(house, region=region, first_day=day, mode="live" if live else "held")
    if app_role is not None:
        with house.engine.begin() as connection:
            rights.grant(connection, app_role)
    click.echo(f"{place.name}（{region}）账套已建立，首个营业日{day}。")
    for line in _next_steps(house, made=made, app_role=app_role):
        click.echo(line)


def _make_keys(house: House) -> bool:
    """A new key file where there is none; whether one was made."""
    file = house.settings.key_file
    if house.settings.keys is not None or file.exists():
        return False
    Keyring.create(file)
    return True


def _next_steps(house: House, *, made: bool, app_role: str | None) -> list[str]:
    lines = ["", "接下来 · what next:"]
    if made:
        lines += [
            f"  密钥文件 {house.settings.key_file}（指纹{house.keyring.fingerprint}）",
            "    请立即另存一份，与数据库分开保管；丢失后密文无法打开。",
            "    Keep a copy of the key file apart from the database; nothing opens without it.",
        ]
    if app_role is not None:
        guarded = len(append_only_tables())
        lines.append(f"  应用请以 {app_role} 登录：{guarded}张账簿与留痕表只能增、不能改删。")
    return [
        *lines,
        "  fupin user add    建立第一个账号 · add the first account",
        "  fupin serve       启动网站 · serve the site",
    ]
