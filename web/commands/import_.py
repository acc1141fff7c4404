"""``fupin import``: the register of households from a file, and the template to fill in.

Exit status 0: all of it is in the register (or would be, in a preview); 1: refused, or bad rows
were found; 2: usage. With ``--accept-good`` the good households go in and the bad ones still make
the status 1. Without ``--as`` the system itself imports, as the person at the machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from sqlalchemy import select

import ledger
import organisations
from config.wiring import House
from households import imports, papers
from households.imports import Progress
from households.reporting import Report
from kernel.actor import Actor, system_actor
from kernel.refusals import NotFound
from kernel.regions import scope_digits
from office import people
from office.models import UserAccount

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
#: findings, questions and changes printed without --json
_PRINTED_MAX = 20


@click.group("import")
def import_() -> None:
    """导入：农户名册。Import the register of households."""


@import_.group("template")
def template() -> None:
    """下载模板。Templates to fill in."""


@template.command("households")
@click.argument("target", type=_NEW_FILE)
def households_template(target: Path) -> None:
    """农户名册模板（xlsx）。The workbook to fill in with the register."""
    papers.write_template(target)
    click.echo(f"模板已写入 {target}")


@import_.command("households")
@click.argument("source", type=_FILE)
@click.option("--preview", is_flag=True, help="只预览，不入库 · show what would change")
@click.option(
    "--accept-good", is_flag=True, help="只收合格户，不合格户退回 · take the good households"
)
@click.option(
    "--answers", "answers_file", type=_FILE, help="旧村名答复表 · answers to old village names"
)
@click.option("--annotated", type=_NEW_FILE, help="批注工作簿 · workbook with bad rows marked")
@click.option("--as", "login", metavar="LOGIN", help="以此账号的名义 · in whose name")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.pass_obj
def households(
    house: House,
    *,
    source: Path,
    preview: bool,
    accept_good: bool,
    answers_file: Path | None,
    annotated: Path | None,
    login: str | None,
    as_json: bool,
) -> None:
    """导入农户名册（xlsx、csv）。Import the register from a workbook or csv file."""
    office, by, on = _surroundings(house, login)
    with _progress(source, quiet=as_json) as progress:
        report = imports.import_file(
            office,
            source,
            on=on,
            by=by,
            answers=papers.read_answers(answers_file) if answers_file else None,
            preview=preview,
            accept_good=accept_good,
            annotated=annotated,
            progress=progress,
        )
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        _print(report, preview=preview, annotated=annotated)
    if not report.clean:
        raise SystemExit(1)


def _surroundings(house: House, login: str | None) -> tuple[imports.Office, Actor, date]:
    with house.books.read() as session:
        county, on = ledger.books(session).region_code, ledger.open_day(session)
        if login is None:
            by = system_actor(scope_digits(county))
        else:
            account = session.scalar(select(UserAccount).where(UserAccount.login == login))
            if account is None or not account.active:
                raise NotFound(field="as", what=f"账号 {login}")
            seen = (
                organisations.subtree_ids(session, account.institution_id)
                if account.institution_id is not None
                else None
            )
            by = people.actor_of(session, account, seen)
    return imports.Office(house.books, house.regions, house.keyring, county), by, on


@contextmanager
def _progress(source: Path, *, quiet: bool) -> Iterator[Progress | None]:
    if quiet:
        yield None
        return
    with click.progressbar(length=1_000, label=f"读入 {source.name}") as bar:
        done = 0

        def show(consumed: int, total: int) -> None:
            nonlocal done
            step = 1_000 * consumed // max(total, 1) - done
            done += step
            bar.update(step)

        yield show


def _print(report: Report, *, preview: bool, annotated: Path | None) -> None:
    households, persons = report.households, report.people
    done = "已入库" if report.state == "applied" else "预览" if preview else "未入库"
    click.echo(
        f"{done}：新增{households['new']}户，变更{households['changed']}户，"
        f"不变{households['unchanged']}户，不合格{households['refused']}户；"
        f"新增{persons['new']}人，变更{persons['changed']}人，离户{persons['left']}人"
    )
    if report.unknown_columns:
        click.echo(f"未读入的列：{'、'.join(report.unknown_columns)}")
    for change in report.changes[:_PRINTED_MAX]:
        click.echo(f"  {_change_line(change)}")
    for finding in report.findings[:_PRINTED_MAX]:
        click.echo(
            f"  第{finding['line']}行 户{finding['number']} {finding['field']}："
            f"{finding['message']}〔{finding['value']}〕"
        )
    if report.findings_count > _PRINTED_MAX:
        click.echo(f"  ……共{report.findings_count}处问题")
    if annotated is not None and not report.clean:
        click.echo(f"批注工作簿：{annotated}")


def _change_line(change: dict[str, object]) -> str:
    fields = change["fields"]
    assert isinstance(fields, dict)
    told = "；".join(
        f"{title}：{old or '—'} → {new or '—'}" for title, (old, new) in fields.items()
    )
    return f"第{change['line']}行 户{change['number']} {change['person']} {told}"
