"""``fupin import``: the register of households and sheets of ratings, and the templates.

Exit status 0: all of it is in the register (or would be, in a preview); 1: refused, or bad rows
were found; 2: usage. With ``--accept-good`` the good households go in and the bad ones still make
the status 1. ``--as`` names an account, whose password is asked for; without it the system itself
imports the register, as the person at the machine. Ratings are proposed by a person alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

import credit
import ledger
from config.wiring import House
from households import imports, papers
from households.imports import Progress
from households.reporting import Report
from kernel.actor import Actor, system_actor
from kernel.refusals import NotFound
from kernel.regions import scope_digits
from web.acting import log_in, own_institution

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
_PASSWORD = click.option(
    "--password-stdin", is_flag=True, help="从标准输入读口令 · read the password there"
)
#: findings, questions and changes printed without --json
_PRINTED_MAX = 20


@click.group("import")
def import_() -> None:
    """导入：农户名册、评级表。Import the register, or ratings."""


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
@_PASSWORD
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
    password_stdin: bool,
    as_json: bool,
) -> None:
    """导入农户名册（xlsx、csv）。Import the register from a workbook or csv file."""
    by = None if login is None else log_in(house, login, from_stdin=password_stdin)
    office, by, on = _surroundings(house, by)
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


@import_.command("ratings")
@click.argument("source", type=_FILE)
@click.option("--scheme", "scheme_id", default="hunan-433", show_default=True, help="评级方案")
@click.option("--preview", is_flag=True, help="只核对，不送审 · check the file alone")
@click.option("--as", "login", metavar="LOGIN", required=True, help="经办人的账号 · in whose name")
@_PASSWORD
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.pass_obj
def ratings(
    house: House,
    *,
    source: Path,
    scheme_id: str,
    preview: bool,
    login: str,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """送审评级表（xlsx、csv），每村一张。Propose a file of ratings, a sheet for each village."""
    by = log_in(house, login, from_stdin=password_stdin)
    scheme = credit.load_schemes(house.settings.config_dir / "ratings").get(scheme_id)
    if scheme is None:
        raise NotFound(field="scheme", what=f"评级方案{scheme_id}")
    with house.books.read() as session:
        on = ledger.open_day(session)
        file = credit.read_file(session, source, scheme=scheme, name=source.name, on=on, by=by)
    proposed: list[credit.Proposed] = []
    if not file.faults and not preview:
        with house.books.write("credit.propose", by=by) as session:
            proposed = credit.propose_file(
                session, file, scheme=scheme, on=on, by=by, institution_id=own_institution(by)
            )
    _print_ratings(file, proposed, as_json=as_json)
    if file.faults:
        raise SystemExit(1)


def _print_ratings(
    file: credit.RatingFile, proposed: list[credit.Proposed], *, as_json: bool
) -> None:
    faults = [fault.as_dict() for fault in file.faults]
    if as_json:
        told = {
            "rows": file.rows,
            "households": file.households,
            "proposals": [one.proposal_id for one in proposed],
            "faults": faults,
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    done = f"已送审{len(proposed)}张" if proposed else "未送审"
    click.echo(f"{done}：共{file.rows}行，合格{file.households}户，问题{len(faults)}处")
    for fault in faults[:_PRINTED_MAX]:
        click.echo(
            f"  第{fault['line']}行 {fault['field']}：{fault['message']}〔{fault['value']}〕"
        )


def _surroundings(house: House, by: Actor | None) -> tuple[imports.Office, Actor, date]:
    with house.books.read() as session:
        county, on = ledger.books(session).region_code, ledger.open_day(session)
    office = imports.Office(house.books, house.regions, house.keyring, county)
    return office, by or system_actor(scope_digits(county)), on


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
