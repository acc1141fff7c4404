"""``fupin enterprises``: who is linked, who is behind, rounds; lists and banks' answers by file.

Reads are of the whole county, or in the scope of the account of ``--as``. What is handed in by file
is taken in whole or not at all, in the name of an account, and once: sent again, a file gets the
same answer. Exit status 0: told or done; 1: refused, or faults were found; 2: usage.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

import enterprises
import ledger
from config.wiring import House
from enterprises import File, payment, queries
from enterprises.dividends import lifecycle, reading
from enterprises.dividends.expected import arrears
from enterprises.refusals import LinkageListRefused
from kernel.actor import Actor
from kernel.dates import parse_date
from kernel.idempotency import request_digest
from kernel.money import format_yuan
from kernel.table_faults import RowFault
from office.refusals.paying import PaymentRowsRefused
from web import enterprise_view
from web.acting import log_in
from web.commands.forecast import asking, county
from web.commands.terminal import SHOWN, named, tell

_SOURCE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group("enterprises")
def enterprises_() -> None:
    """企业联结：经营组织、欠付、分红、名单。Enterprises linked with households."""


@enterprises_.command("list")
@asking
@click.pass_obj
def listed(house: House, /, *, as_json: bool, **who: Any) -> None:
    """经营组织：认定至何时、联结多少、欠付多少。Who is recognised, links, owes."""
    with house.books.read() as session:
        by = _asker(house, session, **who)
        found = enterprise_view.lines(session, ledger.open_day(session), by=by)
    rows = [
        {
            "id": one.standing.organisation_id,
            "name": one.standing.name,
            "recognised_to": str(one.recognised_to or ""),
            "households": one.standing.households,
            "persons": one.standing.persons,
            "stake": format_yuan(one.standing.stake_fen),
            "pledged": format_yuan(one.standing.pledged_fen),
            "owed": format_yuan(one.owed_fen),
            "owed_since": str(one.owed_since or ""),
        }
        for one in found
    ]
    titles = (
        "编号", "名称", "认定至（不含）", "户数", "人数", "入股额", "反抵押", "欠付", "欠付起始",
    )  # fmt: skip
    tell(rows, titles, "没有经营组织", as_json=as_json)


@enterprises_.command("arrears")
@asking
@click.pass_obj
def behind(house: House, /, *, as_json: bool, **who: Any) -> None:
    """欠付分红，最久的在前。Rounds due and not paid, the longest first."""
    with house.books.read() as session:
        by = _asker(house, session, **who)
        found = arrears(session, on=ledger.open_day(session), by=by)
    rows = [
        {
            "round": one.round_id,
            "enterprise": one.organisation,
            "agreement": one.agreement_number,
            "due_on": str(one.due_on),
            "days": one.days,
            "state": lifecycle.TITLES[one.state][0],
            "amount": format_yuan(one.amount_fen),
        }
        for one in found
    ]
    titles = ("期次", "企业", "协议", "应付日", "天数", "状态", "欠付")
    tell(rows, titles, "没有欠付的分红", as_json=as_json)


@enterprises_.command("rounds")
@click.option("--state", type=click.Choice(tuple(lifecycle.TITLES)), default=None, help="状态")
@asking
@click.pass_obj
def rounds(house: House, /, *, state: str | None, as_json: bool, **who: Any) -> None:
    """分红期次。Rounds of dividends."""
    with house.books.read() as session:
        by = _asker(house, session, **who)
        found = reading.rounds(session, by=by, state=state or "", limit=10**6)
    rows = [
        {
            "round": one.id,
            "enterprise": one.organisation,
            "agreement": one.agreement_number,
            "nr": one.nr,
            "due_on": str(one.due_on),
            "rows": one.rows,
            "amount": format_yuan(one.amount_fen),
            "cash": format_yuan(one.cash_fen),
            "state": lifecycle.TITLES[one.state][0],
        }
        for one in found
    ]
    titles = ("编号", "企业", "协议", "期次", "应付日", "户数", "分红", "现金", "状态")
    tell(rows, titles, "没有分红", as_json=as_json)


# --- files ----------------------------------------------------------------------------------------


@enterprises_.command("template")
@click.argument("target", type=_TARGET)
def template(target: Path) -> None:
    """下载联结农户清单模板（xlsx）。A workbook to fill in."""
    enterprises.write_list_template(target)
    click.echo(f"联结农户清单模板已写入 {target}")


@enterprises_.command("join")
@click.argument("number")
@click.argument("source", type=_SOURCE)
@click.option("--from", "from_text", metavar="DAY", required=True, help="联结日 · linked from")
@named
@click.pass_obj
def join(
    house: House, /, *, number: str, source: Path, from_text: str, as_json: bool, **who: Any
) -> None:
    """追加协议的联结农户清单，待另一人审批。A further list of an agreement."""
    from_on = parse_date(from_text, field="from")
    sheet = enterprises.read_list(source)
    faults: list[RowFault] = list(sheet.faults)
    by = _acting_as(house, **who)

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        agreement = queries.agreement_of(session, number)
        conduct = house.rulebook.conduct(on=on, region=agreement.region_code)
        handed = enterprises.propose_list(
            session,
            agreement_id=agreement.id,
            stakes=sheet.taken(),
            from_on=from_on,
            conduct=conduct,
            file=File(sheet.name, sheet.sha256),
            on=on,
            by=by,
        )
        return {"list_id": handed.list_id, "proposal_id": handed.proposal_id}

    told: dict[str, Any] = {"done": False, **sheet.as_dict()}
    if not faults:
        try:
            body = [number, from_text, sheet.sha256]
            told |= _once(house, "enterprises.agree", work, by, body) | {"done": True}
        except LinkageListRefused as refused:
            faults = [RowFault(sheet.lines[nr - 1], "", "", rule) for nr, rule in refused.rows]
    told["faults"] = [fault.as_dict() for fault in faults]
    _said(told, faults, f"已提交{sheet.count}行，待另一人审批", as_json=as_json)


@enterprises_.command("pay")
@click.argument("round_id", type=int)
@named
@click.pass_obj
def pay(house: House, /, *, round_id: int, as_json: bool, **who: Any) -> None:
    """为已审批的期次制一卡通付款文件。Make the payment file of an approved round."""
    by = _acting_as(house, **who)

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        file_id = payment.make_file(session, round_id=round_id, keyring=house.keyring, on=on, by=by)
        return {"round": round_id, "file_id": file_id}

    faults: list[RowFault] = []
    told: dict[str, Any] = {"done": False, "round": round_id}
    with house.books.read() as session:
        files = len(reading.round_page(session, round_id, by=by).files)
    try:
        told |= _once(house, "enterprises.pay", work, by, [round_id, files]) | {"done": True}
    except PaymentRowsRefused as refused:
        faults = [RowFault(nr, "", "", rule) for nr, rule in refused.rows]
        told["faults"] = [fault.as_dict() for fault in faults]
    _said(told, faults, f"第{round_id}号分红已制付款文件", as_json=as_json)


@enterprises_.command("bank-return")
@click.argument("round_id", type=int)
@click.argument("source", type=_SOURCE)
@named
@click.pass_obj
def bank_return(house: House, /, *, round_id: int, source: Path, as_json: bool, **who: Any) -> None:
    """导入银行回盘文件。Take in the bank's answer to a round's payment file."""
    answer = payment.read_answer(source, name=source.name)
    by = _acting_as(house, **who)

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        booked = payment.take_answer(
            session, round_id=round_id, answer=answer, keyring=house.keyring, on=on, by=by
        )
        return {
            "round": round_id,
            "paid": format_yuan(booked.paid_fen),
            "returned": format_yuan(booked.returned_fen),
        }

    told: dict[str, Any] = {"done": False, "faults": [one.as_dict() for one in answer.faults]}
    if not answer.faults:
        body = [round_id, answer.sha256]
        told |= _once(house, "enterprises.bank_return", work, by, body) | {"done": True}
    said = f"银行已付{told.get('paid', '')}元，退票{told.get('returned', '')}元"
    _said(told, list(answer.faults), said, as_json=as_json)


def _once(
    house: House, command: str, work: Callable[[Session], dict[str, Any]], by: Actor, body: Any
) -> dict[str, Any]:
    key = request_digest(command, by, body)
    return house.books.once(command, work, by=by, key=key, body=body)


def _asker(house: House, session: Session, *, login: str | None, password_stdin: bool) -> Actor:
    return county(session) if login is None else log_in(house, login, from_stdin=password_stdin)


def _acting_as(house: House, *, login: str, password_stdin: bool) -> Actor:
    return log_in(house, login, from_stdin=password_stdin)


def _said(told: dict[str, Any], faults: list[RowFault], done: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    elif told["done"]:
        click.echo(done)
    for fault in [] if as_json else faults[:SHOWN]:
        click.echo(f"  第{fault.line}行：{fault.refusal.message('zh')}")
    if faults:
        raise SystemExit(1)
