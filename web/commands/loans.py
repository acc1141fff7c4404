"""``fupin loans``: sheets of applications, disbursements and repayments, and their templates.

The same operations as the pages, as the same person: ``--as`` names the account, the password
comes from a prompt or from stdin, and rights and scope are the account's own. A file is taken in
whole or not at all; what it holds (rows, sum, SHA-256) is told first, and the trail keeps it.
Exit status 0: taken in, or nothing wrong in a preview; 1: refused, or faults were found; 2: usage.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
import loans
from config.wiring import House
from kernel.actor import Actor
from kernel.idempotency import request_digest
from kernel.money import format_yuan, parse_rate, parse_yuan
from kernel.refusals import NotFound
from kernel.table_faults import RowFault
from loans import files
from loans.changes.forms import FORMS as CHANGES
from loans.changes.sheets import commands_of
from loans.files import SheetFile
from loans.forms import FORMS
from loans.refusals import SheetRefused
from loans.schedule import METHODS
from organisations.models import Organisation
from web.acting import log_in
from web.commands.papers import paper
from web.commands.whatif import what_if

_Command = TypeVar("_Command", bound=Callable[..., Any])
_SOURCE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)
#: what the operation does with the rows, and what it answers for JSON
_Work = Callable[[Session, date, Actor], dict[str, object]]
#: faults printed without --json
_PRINTED_MAX = 50


@click.group("loans")
def loans_() -> None:
    """贷款清单：申请、放款、还款。Sheets of loans: apply, disburse, repay."""


loans_.add_command(paper)
loans_.add_command(what_if)


@loans_.command("template")
@click.argument("kind", type=click.Choice((*FORMS, *CHANGES)))
@click.argument("target", type=_TARGET)
def template(kind: str, target: Path) -> None:
    """下载清单模板（xlsx）。A workbook to fill in."""
    form = {**FORMS, **CHANGES}[kind]
    files.write_template(target, form)
    click.echo(f"{form.title}模板已写入 {target}")


def _acting(command: _Command) -> _Command:
    """The argument and options that every sheet takes."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON"),
        click.option("--preview", is_flag=True, help="只核对，不办理 · check the file alone"),
        click.option(
            "--password-stdin", is_flag=True, help="从标准输入读口令 · read the password there"
        ),
        click.option(
            "--as", "login", metavar="LOGIN", required=True, help="经办人的账号 · in whose name"
        ),
        click.argument("source", type=_SOURCE),
    ):
        command = option(command)
    return command


@loans_.command("apply")
@_acting
@click.option(
    "--lender", required=True, metavar="ID", help="机构编号或信用代码 · id or credit code"
)
@click.pass_obj
def apply(house: House, /, *, lender: str, source: Path, **options: Any) -> None:
    """受理贷款申请清单，提交主任审批。Take a sheet of applications in for the director."""
    file = files.read_applications(source)

    def work(session: Session, on: date, by: Actor) -> dict[str, object]:
        sheet_id = loans.apply_sheet(
            session,
            lender_id=_lender_id(session, lender),
            rows=file.taken(),
            rulebook=house.rulebook,
            keyring=house.keyring,
            on=on,
            by=by,
        )
        return {"sheet_id": sheet_id}

    _handle(house, file, "loans.apply", work, about=lender, **options)


@loans_.command("pool")
@_acting
@click.option(
    "--lender", required=True, metavar="ID", help="机构编号或信用代码 · id or credit code"
)
@click.option("--organisation", required=True, metavar="CODE", help="用款单位信用代码 · borrower")
@click.option("--amount", required=True, metavar="YUAN", help="贷款金额（元） · in all")
@click.option("--months", required=True, type=int, help="期限（月） · term")
@click.option("--rate", required=True, metavar="PERCENT", help="年利率（%） · per year")
@click.option("--purpose", required=True, help="用途 · what for")
@click.option("--method", type=click.Choice(METHODS), default="interest-only", show_default=True)
@click.option("--reason", default="", help="例外理由 · why a rule is to be passed")
@click.pass_obj
def pool(
    house: House,
    /,
    *,
    lender: str,
    organisation: str,
    amount: str,
    months: int,
    rate: str,
    purpose: str,
    method: str,
    reason: str,
    source: Path,
    **options: Any,
) -> None:
    """受理统贷统还申请：单位为分户清单借款。An organisation asks for a list of households."""
    file = files.read_shares(source)
    header: dict[str, Any] = {
        "organisation_code": organisation,
        "amount_fen": parse_yuan(amount, field="amount"),
        "term_months": months,
        "annual_rate_ppm": parse_rate(rate, field="rate"),
        "purpose": purpose,
        "method": method,
        "exception_reason": reason,
    }

    def work(session: Session, on: date, by: Actor) -> dict[str, object]:
        sheet_id = loans.apply_sheet(
            session,
            lender_id=_lender_id(session, lender),
            rows=[files.asked_for_list(file, **header)],
            rulebook=house.rulebook,
            keyring=house.keyring,
            on=on,
            by=by,
        )
        return {"sheet_id": sheet_id}

    about = json.dumps([lender, header], ensure_ascii=False)
    _handle(house, file, "loans.apply", work, about=about, **options)


@loans_.command("disburse")
@_acting
@click.pass_obj
def disburse(house: House, /, *, source: Path, **options: Any) -> None:
    """按放款清单放款。Pay out what a list says."""
    file = files.read_disbursements(source)

    def work(session: Session, on: date, by: Actor) -> dict[str, object]:
        slips = loans.disburse_many(
            session,
            draws=file.taken(),
            rulebook=house.rulebook,
            papers=house.papers,
            calendar=house.calendar,
            on=on,
            by=by,
        )
        return {"slips": [{"number": slip, "amount": format_yuan(fen)} for slip, fen in slips]}

    _handle(house, file, "loans.disburse", work, **options)


@loans_.command("repay")
@_acting
@click.pass_obj
def repay(house: House, /, *, source: Path, **options: Any) -> None:
    """按还款清单收款。Take in what a list says."""
    file = files.read_repayments(source)

    def work(session: Session, on: date, by: Actor) -> dict[str, object]:
        return {
            "repayment_ids": loans.repay_many(
                session, payments_in=file.taken(), calendar=house.calendar, on=on, by=by
            )
        }

    _handle(house, file, "loans.repay", work, **options)


@loans_.command("change")
@click.argument("kind", type=click.Choice(tuple(CHANGES)))
@_acting
@click.pass_obj
def change(house: House, /, *, kind: str, source: Path, **options: Any) -> None:
    """按清单提出变更，提交主任审批。Propose what a list of changes says."""
    file = files.read_sheet(source, CHANGES[kind])

    def work(session: Session, on: date, by: Actor) -> dict[str, object]:
        sheet_id = loans.propose_changes(
            session,
            kind=kind,
            rows=file.taken(),
            rulebook=house.rulebook,
            calendar=house.calendar,
            keyring=house.keyring,
            on=on,
            by=by,
        )
        return {"sheet_id": sheet_id}

    _handle(house, file, commands_of(kind)[0], work, about=kind, **options)


def _handle(
    house: House,
    file: SheetFile[Any],
    command: str,
    work: _Work,
    *,
    about: str = "",
    login: str,
    password_stdin: bool,
    preview: bool,
    as_json: bool,
) -> None:
    """Log in, tell the control totals, and do the work in one unit, unless it is a preview."""
    by = log_in(house, login, from_stdin=password_stdin)
    told: dict[str, object] = {"done": False, **file.as_dict()}
    if not as_json:
        click.echo(f"{file.name}：{_counted(file)}")
        click.echo(f"SHA-256 {file.sha256}")
    if not file.faults and not preview:
        try:
            told |= _do(house, file, command, work, by, about)
            told["done"] = True
        except SheetRefused as refused:
            file.faults += [
                RowFault(file.lines[row - 1], "", "", refusal) for row, refusal in refused.rows
            ]
            told["faults"] = [fault.as_dict() for fault in file.faults]
    _tell(told, file, as_json=as_json)
    if file.faults:
        raise SystemExit(1)


def _do(
    house: House, file: SheetFile[Any], command: str, work: _Work, by: Actor, about: str
) -> dict[str, object]:
    """In one unit of work. A file is done once a day: sent again, it gets the same answer."""
    with house.books.read() as session:
        on = ledger.open_day(session)
    body = [on.isoformat(), file.sha256, about]
    return house.books.once(
        command,
        lambda session: work(session, on, by),
        by=by,
        key=request_digest(command, by, body),
        body=body,
        reason=f"{file.name} sha256:{file.sha256}",
    )


def _tell(told: dict[str, object], file: SheetFile[Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for fault in file.faults[:_PRINTED_MAX]:
        where = f"第{fault.line}行 {fault.title}".rstrip()
        click.echo(f"  {where}：{fault.refusal.message('zh')}")
    if file.faults:
        click.echo(f"共{len(file.faults)}处不合规则，全部未办理")
    elif told["done"]:
        number = f"，清单编号{told['sheet_id']}" if "sheet_id" in told else ""
        click.echo(f"已办理{_counted(file)}{number}")


def _counted(file: SheetFile[Any]) -> str:
    """Rows and sum; a list of changes has no sum."""
    total = f"，合计{format_yuan(file.total_fen)}元" if file.total_fen else ""
    return f"{file.count}笔{total}"


def _lender_id(session: Session, named: str) -> int:
    """The lender's id, from its number or its credit code of eighteen characters."""
    wanted = (
        Organisation.credit_code == named
        if len(named) == 18
        else Organisation.id == (int(named) if named.isascii() and named.isdigit() else 0)
    )
    found = session.scalar(select(Organisation.id).where(wanted))
    if found is None:
        raise NotFound(field="lender", what=f"机构{named}")
    return found
