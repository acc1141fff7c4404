"""``fupin jobs``: the timetable as a process of its own, beside any number of servers."""

from __future__ import annotations

import click

import ledger
from config.wiring import House
from jobs import timetable


@click.command("jobs")
@click.option("--once", is_flag=True, help="只扫一遍即退出 · one sweep, then stop")
@click.pass_obj
def jobs(house: House, *, once: bool) -> None:
    """按日历自动日终并送出报告（实账）。Close days as they end; live books alone."""
    with house.books.read() as session:
        mode = ledger.books(session).mode
    if mode != "live":
        click.echo("手动账不随日历走，请用 fupin close-day · held books move by close-day alone")
        return
    if once:
        done = timetable.sweep(house)
        click.echo(f"日终{len(done)}日 · {len(done)} days closed")
        return
    scheduler = timetable.blocking(house)
    click.echo("任务进程已启动 · the timetable runs; Ctrl-C stops it")
    try:
        scheduler.start()
    except (KeyboardInterrupt, SystemExit):
        click.echo("已停止 · stopped")
