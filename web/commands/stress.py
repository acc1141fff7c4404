"""``fupin stress``: what a bad year would cost the fund, and how long it lasts.

Of the whole county, or in the scope of the account of ``--as``. Every assumption is printed, the
seed first; the same seed over the same books gives the same answer. Nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

import click
from sqlalchemy.orm import Session

import ledger
import organisations
from config.wiring import House
from kernel.actor import Actor, system_actor
from kernel.regions import scope_digits
from risk_fund.stress import StressAsked, Stressed, as_data, ask
from risk_fund.stress.assumed import RUNS, SEED
from risk_fund.stress.history import PRIOR, ROWS
from risk_fund.stress.outcome import Amounts, Standing
from risk_fund.stress.telling import COLUMNS, LIMITS, ROW_TITLES, chances, hundredths
from web.acting import log_in
from web.commands.terminal import columns
from web.words import yuan

_AMOUNTS: Final = ("", "期望（元）", "95%最坏（元）", "99%最坏（元）")


@click.command("stress")
@click.option("--runs", type=int, default=RUNS, show_default=True, help="模拟次数 · runs")
@click.option("--seed", type=int, default=SEED, show_default=True, help="随机种子 · seed")
@click.option("--lender", metavar="CODE", help="只看一家机构（统一社会信用代码）· one lender")
@click.option("--as", "login", metavar="LOGIN", help="查询人的账号，默认全县 · in whose name")
@click.option("--password-stdin", is_flag=True, help="从标准输入读口令 · read the password there")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.pass_obj
def stress(
    house: House,
    /,
    *,
    runs: int,
    seed: int,
    lender: str | None,
    login: str | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """风险补偿金压力测试：损失期望与最坏情形、够用多久。What a bad year would cost the fund."""
    by = None if login is None else log_in(house, login, from_stdin=password_stdin)
    with house.books.read() as session:
        lender_id = organisations.by_credit_code(session, lender).id if lender else None
        told = ask(
            session,
            asked=StressAsked(runs, seed, lender_id),
            on=ledger.open_day(session),
            last_closed=ledger.last_closed_day(session),
            by=by or _county(session),
        )
        names = {
            one.lender_id: organisations.get(session, one.lender_id).name
            for one in told.outcome.accounts
            if one.lender_id is not None
        }
    if as_json:
        click.echo(json.dumps(as_data(told), ensure_ascii=False, indent=1))
        return
    click.echo("\n".join(_lines(told, names)))


def _county(session: Session) -> Actor:
    return system_actor(scope_digits(ledger.books(session).region_code))


def _lines(told: Stressed, names: dict[int, str]) -> Iterator[str]:
    """What a person reads: assumptions, losses, each account, what the method leaves out."""
    outcome, assumptions = told.outcome, told.outcome.assumptions
    yield (
        f"风险补偿金压力测试，{told.on}：随机种子{assumptions.seed}，"
        f"模拟{assumptions.runs}次，{outcome.months}个月"
    )
    yield from _assumed(told)
    yield "\n损失"
    yield columns(
        [_AMOUNTS, _row("本金损失合计", outcome.lost), _row("其中补偿金承担", outcome.fund_lost)]
    )
    for one in (outcome.whole, *outcome.accounts):
        yield from _account(one, "全部专户" if one.lender_id is None else names[one.lender_id])
    yield "\n方法的局限"
    yield from (f"  {limit}。" for limit in LIMITS)


def _assumed(told: Stressed) -> Iterator[str]:
    seen = told.history
    since = f"{seen.first}至{seen.last}各月末" if seen.first else "没有，全部用先验值"
    yield f"\n每月迁徙（历史：{since}；先验值为默认值，每行抵{PRIOR.loan_months}个贷款月）"
    rows: list[tuple[str, ...]] = [("", "观察到的贷款月", *COLUMNS)]
    for row in ROWS:
        shares = (f"{ppm // 10_000}.{ppm % 10_000:04d}%" for ppm in chances(told, row))
        rows.append((ROW_TITLES[row], f"{seen.seen(row):,}", *shares))
    yield columns(rows)
    yield "\n年景（默认值）"
    yield columns(
        [
            (year.zh, f"{hundredths(year.chance_bp)}%", f"恶化×{hundredths(year.factor_percent)}")
            for year in told.outcome.assumptions.years
        ]
    )


def _account(one: Standing, name: str) -> Iterator[str]:
    yield f"\n{name}：贷款{one.loans:,}笔，余额{yuan(one.outstanding_fen)}元"
    yield (
        f"  在保{yuan(one.covered_fen)}元，其中补偿金份额{yuan(one.fund_part_fen)}元；"
        f"可用补偿金（余额减已冻结）{yuan(one.available_fen)}元"
    )
    yield columns([_AMOUNTS, _row("最多须先支付", one.needed)])
    yield f"  够用多久：95%的情形{_lasts(one, 95)}，99%的情形{_lasts(one, 99)}"
    yield columns(
        [
            ("放大倍数", "须有补偿金（元）", "还缺（元）", "有此数时够用的情形"),
            *(
                (
                    f"{multiple.times}倍",
                    yuan(multiple.needed_fen),
                    yuan(multiple.short_fen),
                    f"{multiple.lasts_ppm // 10_000}.{multiple.lasts_ppm % 10_000 // 100:02d}%",
                )
                for multiple in one.multiples
            ),
        ]
    )


def _lasts(one: Standing, of_hundred: int) -> str:
    months = one.months_in(of_hundred)
    return "全程够用" if months is None else f"够用{months}个月"


def _row(title: str, amounts: Amounts) -> tuple[str, ...]:
    found = (amounts.expected_fen, amounts.worst95_fen, amounts.worst99_fen)
    return (title, *(yuan(fen) for fen in found))
