"""``fupin loans what-if``: what a payment, a delay or another policy would make of a loan.

As the person of ``--as``, in that account's scope. Nothing is written: the books are read alone.
Exit status 0: told; 1: refused, for instance where the table of holidays ends; 2: usage.
"""

from __future__ import annotations

import json
from datetime import date

import click

from config.wiring import House
from kernel.dates import parse_date
from kernel.money import parse_yuan
from loans import explaining, whatif
from loans.explaining import Answer
from loans.refusals import WhatIfUnclear
from web.acting import log_in

_SUMS = (
    ("interest", "利息"),
    ("penalty", "罚息"),
    ("compound", "复利"),
    ("treasury", "其中财政承担"),
    ("household", "农户承担合计"),
)


@click.command("what-if")
@click.argument("number")
@click.option("--repay", metavar="YUAN", help="还款金额 · pay so much")
@click.option("--on", "day", metavar="DAY", help="还款日，不填为营业日 · on this day")
@click.option("--late", is_flag=True, help="余款留作溢缴款，不提前还本 · keep what is over")
@click.option("--policy", metavar="P", help="政策文件编号或日期 · a document's id, or a day")
@click.option("--unpaid-until", "until", metavar="DAY", help="一直不还到 · pay nothing until")
@click.option("--as", "login", metavar="LOGIN", required=True, help="查询人的账号 · in whose name")
@click.option("--password-stdin", is_flag=True, help="从标准输入读口令 · read the password there")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.pass_obj
def what_if(
    house: House,
    /,
    *,
    number: str,
    repay: str | None,
    day: str | None,
    late: bool,
    policy: str | None,
    until: str | None,
    login: str,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """假如还款、一直不还、适用另一政策：只试算，不记账。What if; nothing is booked."""
    by = log_in(house, login, from_stdin=password_stdin)
    with house.books.read() as session:
        case = explaining.open_case(session, number=number, by=by, calendar=house.calendar)
        if repay:
            on = _day(day, "on") if day else case.on
            fen = parse_yuan(repay, field="repay")
            told = whatif.if_repaid(case, amount_fen=fen, day=on, early=not late)
        elif until:
            told = whatif.if_unpaid(case, until=_day(until, "unpaid_until"))
        elif policy:
            told = whatif.if_under(case, policy=policy, rulebook=house.rulebook)
        else:
            raise WhatIfUnclear(field="repay")
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(_lines(told)))


def _day(text: str, field: str) -> date:
    return parse_date(text, field=field)


def _lines(told: Answer) -> list[str]:
    """What a person reads."""
    if told["kind"] == "what_if_repaid":
        paid = [f"  {row['due_on']} {row['kind']} {row['amount']}元" for row in told["pays"]]
        return [
            f"{told['on']}还{told['amount']}元，余额{told['outstanding']}元",
            f"仍应还{told['still_due']}元，转溢缴款{told['to_credit']}元",
            *paid,
            f"农户少付利息{told['saved']['household']}元，财政少付{told['saved']['treasury']}元",
            told["assumed"],
        ]
    if told["kind"] == "what_if_unpaid":
        return [
            f"到{told['on']}一直不还：逾期{told['overdue']}元、{told['overdue_days']}天",
            f"当日应还{told['owed']}元，全部还清需{told['to_settle_all']}元",
        ]
    sums = [
        f"  {title} {told['as_it_is'][key]} → {told['as_it_would_be'][key]}" for key, title in _SUMS
    ]
    return [f"适用{told['terms_of']}的政策：", *sums, told["assumed"]]
