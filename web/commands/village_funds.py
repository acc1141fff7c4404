"""``fupin village-funds``: the funds, members by sheet, and a month's public list.

Reads are of the whole county, or in the scope of the account of ``--as``. A sheet is taken in whole
or not at all, in the name of an account, and once. Exit status 0: told or done; 1: refused, or
faults were found; 2: usage.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy.orm import Session

import ledger
import mutual_aid
from config.wiring import House
from kernel.actor import Actor
from kernel.idempotency import request_digest
from kernel.money import format_yuan
from kernel.table_faults import RowFault
from mutual_aid.refusals import MembersRefused
from web import mutual_view
from web.acting import log_in
from web.commands.forecast import asking, county
from web.commands.terminal import columns, named
from web.mutual_steps import JOIN
from web.mutual_view import STATES
from web.periods import month_of

_SOURCE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)
#: faults shown without --json
_SHOWN: Final = 100


@click.group("village-funds")
def village_funds_() -> None:
    """村级互助资金。Village funds."""


@village_funds_.command("list")
@click.option("--state", type=click.Choice(tuple(STATES)), default=None, help="状态 · state")
@asking
@click.pass_obj
def listed(house: House, /, *, state: str | None, as_json: bool, **who: Any) -> None:
    """互助资金清单。The funds, their members and money."""
    with house.books.read() as session:
        by = _asker(house, session, **who)
        found = mutual_view.lines(session, by=by, state=state or "")
    rows = [
        {
            "id": one.id,
            "name": one.name,
            "village_code": one.village_code,
            "state": mutual_view.state_of(one.opened_on, one.closed_on),
            "members": one.members,
            "held": format_yuan(one.held_fen),
        }
        for one in found
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    if not rows:
        click.echo("没有互助资金")
        return
    titles = ("编号", "名称", "村", "状态", "社员户数", "现有资金")
    click.echo(columns([titles, *(tuple(str(one) for one in row.values()) for row in rows)]))


@village_funds_.command("month")
@click.argument("fund_id", type=int)
@click.argument("month")
@asking
@click.pass_obj
def month(house: House, /, *, fund_id: int, month: str, as_json: bool, **who: Any) -> None:
    """某月收支公示表（YYYY-MM）。A month's public list."""
    with house.books.read() as session:
        mutual_view.seen(session, fund_id, _asker(house, session, **who))
        told = mutual_aid.month_list(session, fund_id=fund_id, month_from=month_of(month))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    rows = [("社员户数", str(told["members"]))]
    rows += [
        (ledger.CHART[code].zh if code in ledger.CHART else code, str(amount))
        for code, amount in told["accounts"].items()
    ]
    rows += [("应收占用费", told["fee_due"]), ("实收占用费", told["fee_taken"])]
    click.echo(columns([*rows, ("欠收占用费", told["fee_owed"])]))


@village_funds_.command("template")
@click.argument("target", type=_TARGET)
def template(target: Path) -> None:
    """下载社员名册模板（xlsx）。A workbook to fill in."""
    mutual_aid.write_members_template(target)
    click.echo(f"社员名册模板已写入 {target}")


@village_funds_.command("join")
@click.argument("fund_id", type=int)
@click.argument("source", type=_SOURCE)
@named
@click.pass_obj
def join(
    house: House, /, *, fund_id: int, source: Path, login: str, password_stdin: bool, as_json: bool
) -> None:
    """社员名册入社并收互助金，整份。Members by a sheet, each with its stake."""
    by = log_in(house, login, from_stdin=password_stdin)
    sheet = mutual_aid.read_members(source)
    faults: list[RowFault] = list(sheet.faults)
    told: dict[str, Any] = {"done": False, **sheet.as_dict()}

    def work(session: Session) -> dict[str, Any]:
        members = mutual_aid.join_many(
            session, fund_id=fund_id, rows=sheet.taken(), rulebook=house.rulebook,
            on=ledger.open_day(session), by=by,
        )  # fmt: skip
        return {"fund": fund_id, "members": len(members)}

    if not faults:
        body = [fund_id, sheet.sha256]
        try:
            key = request_digest(JOIN, by, body)
            told |= house.books.once(JOIN, work, by=by, key=key, body=body) | {"done": True}
        except MembersRefused as refused:
            faults = [RowFault(sheet.lines[nr - 1], "", "", rule) for nr, rule in refused.rows]
            if not faults:
                raise
    told["faults"] = [one.as_dict() for one in faults]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    elif told["done"]:
        click.echo(f"已登记入社{told['members']}户")
    for one in [] if as_json else faults[:_SHOWN]:
        click.echo(f"  第{one.line}行：{one.refusal.message('zh')}")
    if faults:
        raise SystemExit(1)


def _asker(house: House, session: Session, *, login: str | None, password_stdin: bool) -> Actor:
    return county(session) if login is None else log_in(house, login, from_stdin=password_stdin)
