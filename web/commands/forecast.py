"""``fupin subsidies forecast`` and ``fupin subsidies budget``: what it will cost, what there is.

Of the whole county, or in the scope of the account of ``--as``. Nothing is written. Exit status 0:
told, whether the budget reaches or not; 1: refused; 2: usage.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click
from sqlalchemy.orm import Session

import ledger
from config.wiring import House
from kernel.actor import Actor, system_actor
from kernel.regions import scope_digits
from subsidies import budget as lines_of
from web.acting import log_in
from web.commands.claim_papers import paper
from web.commands.terminal import columns
from web.forecasting import NAMES, Told, as_data, asked_of, assumptions, tell
from web.words import yuan


def asking(command: Any) -> Any:
    """The options that every reading command takes."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON"),
        click.option(
            "--password-stdin", is_flag=True, help="从标准输入读口令 · read the password there"
        ),
        click.option("--as", "login", metavar="LOGIN", help="查询人的账号，默认全县 · whose name"),
    ):
        command = option(command)
    return command


@click.group("subsidies")
def subsidies_() -> None:
    """财政贴息：测算、预算、申报。Interest subsidies: forecast, budget, claims."""


subsidies_.add_command(paper)


@subsidies_.command("forecast")
@click.option("--quarters", metavar="N", default="12", show_default=True, help="季度数 · quarters")
@click.option("--lender", metavar="CODE", default="", help="只看一家机构 · one lender")
@click.option("--share", metavar="PERCENT", default="", help="财政承担比例 · treasury's share")
@click.option("--share-from", metavar="DAY", default="", help="自哪一天起 · from this day on")
@click.option("--early", metavar="PERCENT", default="", help="每月提前归还 · repaid early a month")
@click.option("--monthly", metavar="YUAN", default="", help="每月新增投放 · lent each month")
@click.option("--size", metavar="YUAN", default="50000.00", help="每笔金额 · size of a loan")
@click.option("--term", metavar="MONTHS", default="36", help="期限 · term")
@click.option("--months", metavar="N", default="12", help="连续几个月 · for so many months")
@click.option("--rate", metavar="PERCENT", default="", help="年利率，默认上限 · default: the cap")
@click.option("--policy", metavar="ID", default="", help="执行的政策 · the policy lent under")
@click.option("--against", metavar="ID", default="", help="对照的政策 · the policy compared with")
@asking
@click.pass_obj
def forecast(
    house: House,
    /,
    *,
    login: str | None,
    password_stdin: bool,
    as_json: bool,
    **said: str,
) -> None:
    """贴息测算：按季度、年度，与预算对照。What the subsidies will cost, beside the budget."""
    asked, against = asked_of({name: said[name] for name in NAMES})
    by = _asker(house, login, password_stdin)
    with house.books.read() as session:
        told = tell(
            session,
            house,
            asked,
            against=against,
            lender=said["lender"],
            by=by or county(session),
        )
    if as_json:
        click.echo(json.dumps(as_data(told), ensure_ascii=False, indent=1))
        return
    click.echo("\n".join(_lines(told)))


@subsidies_.command("budget")
@click.option("--year", type=int, help="年度，默认全部 · default: every year")
@asking
@click.pass_obj
def budget(
    house: House,
    /,
    *,
    year: int | None,
    login: str | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """贴息预算指标：金额、已安排、已支付、可用。Budget lines and what is left of them."""
    by = _asker(house, login, password_stdin)
    with house.books.read() as session:
        found = lines_of.lines(session, by=by or county(session), year=year)
    if as_json:
        data = [line.as_data() for line in found]
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
        return
    rows: list[tuple[str, ...]] = [
        ("年度", "资金文号", "项目代码", "预算", "已安排", "已支付", "可用")
    ]
    for line in found:
        amounts = (line.amount_fen, line.committed_fen, line.paid_fen, line.free_fen)
        rows.append((str(line.year), line.document_no, line.code, *map(yuan, amounts)))
    click.echo(columns(rows) if found else "尚无预算指标")


def _asker(house: House, login: str | None, password_stdin: bool) -> Actor | None:
    return None if login is None else log_in(house, login, from_stdin=password_stdin)


def county(session: Session) -> Actor:
    """Who asks where no account is named: the county whose books these are."""
    return system_actor(scope_digits(ledger.books(session).region_code))


def _lines(told: Told) -> Iterator[str]:
    found = told.forecast
    yield f"贴息测算，{found.on}：存量贷款{found.loans:,}笔，合计{yuan(found.total_fen)}元"
    if found.runs_out is not None:
        yield f"！按此测算，预算到{found.runs_out.title}不够用"
    rows: list[tuple[str, ...]] = [("季度", "存量贷款", "新增贷款", "合计")]
    if told.beside is not None:
        rows[0] += ("对照",)
    for line in found.quarters:
        row = (line.quarter.title, *map(yuan, (line.standing_fen, line.new_fen, line.total_fen)))
        if told.beside is not None:
            row += (yuan(told.beside_fen(line.quarter)),)
        rows.append(row)
    yield columns(rows)
    yield columns(
        [
            ("年度", "期初未拨付", "测算贴息", "预算", "已安排", "已支付", "可用", "缺口"),
            *(
                (
                    str(one.year),
                    *map(
                        yuan,
                        (
                            one.unpaid_fen, one.cost_fen, one.budget_fen, one.committed_fen,
                            one.paid_fen, one.free_fen, one.short_fen,
                        ),
                    ),
                )
                for one in found.years
            ),
        ]
    )  # fmt: skip
    yield "测算假定："
    yield from (f"  {one}" for one in assumptions(told))
