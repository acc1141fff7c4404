"""``fupin fund``: the special accounts, what moved in them, claims, what is to go back.

Of the whole county, or in the scope of the account of ``--as``. Nothing is written. Exit status 0:
told; 1: refused; 2: usage.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import click

import ledger
from config.wiring import House
from kernel.actor import Actor
from kernel.dates import parse_date
from risk_fund import AccountFigures, claim_queries, queries, total_of
from risk_fund.figures import seen_figures
from risk_fund.lifecycle import STATES
from risk_fund.words import MOVEMENTS
from web import fund_data
from web.acting import log_in
from web.commands.forecast import asking, county
from web.commands.terminal import columns
from web.words import yuan

#: rows of a list without --json
_SHOWN = 100


@click.group("fund")
def fund_() -> None:
    """风险补偿金：专户、流水、代偿、返还。The risk-compensation fund."""


@fund_.command("figures")
@click.option("--on", "on_text", metavar="DAY", help="日终日期，默认当前 · a closed day, or now")
@asking
@click.pass_obj
def figures(house: House, /, *, on_text: str | None, as_json: bool, **who: Any) -> None:
    """各专户余额、两种放大倍数、两种尚可放大。Balances, both leverages, both headrooms."""
    day = None if on_text is None else parse_date(on_text, field="on")
    asker = _asker(house, **who)
    with house.books.read() as session:
        by = asker or county(session)
        if day is not None:
            ledger.require_closed(session, day)
        on = ledger.open_day(session)
        found = seen_figures(session, rulebook=house.rulebook, on=on, by=by, day=day)
    if as_json:
        _print(fund_data.fund(found, day))
        return
    click.echo("\n".join(_figures(found, day)) if found else "尚未开立风险补偿金专户")


def _figures(found: list[AccountFigures], day: date | None) -> Iterator[str]:
    yield "风险补偿金，" + ("当前" if day is None else f"{day}日终")
    rows: list[tuple[str, ...]] = [
        ("专户", "余额", "已冻结", "累计出资", "累计放大倍数", "累计口径尚可放大",
         "在保放大倍数", "在保口径尚可放大")
    ]  # fmt: skip
    every = [(one.lender, one) for one in found]
    if len(found) > 1:
        every.append(("合计", total_of(found)))
    for name, one in every:
        amounts = (one.balance_fen, one.pledged_fen, one.contributed_fen)
        rows.append(
            (
                name,
                *map(yuan, amounts),
                one.cumulative.text,
                yuan(one.cumulative.headroom_fen),
                one.outstanding.text,
                yuan(one.outstanding.headroom_fen),
            )
        )
    yield columns(rows)


@fund_.command("movements")
@click.option("--kind", type=click.Choice(tuple(MOVEMENTS)), default=None, help="类别 · kind")
@asking
@click.pass_obj
def movements(house: House, /, *, kind: str | None, as_json: bool, **who: Any) -> None:
    """专户流水，最近的在前。Movements, the last first."""
    asker = _asker(house, **who)
    with house.books.read() as session:
        by = asker or county(session)
        found = queries.movements(session, by=by, kind=kind or "", limit=_SHOWN)
    if as_json:
        _print([fund_data.movement(row) for row in found])
        return
    rows: list[tuple[str, ...]] = [("入账日", "类别", "金额", "凭证号", "文号")]
    for row in found:
        name = MOVEMENTS[row.kind]
        rows.append(
            (str(row.booking_date), name, yuan(row.amount_fen), row.voucher_no, row.document_no)
        )
    click.echo(columns(rows))


@fund_.command("claims")
@click.option("--state", type=click.Choice(tuple(STATES)), default=None, help="状态 · state")
@asking
@click.pass_obj
def claims(house: House, /, *, state: str | None, as_json: bool, **who: Any) -> None:
    """代偿申请，最近的在前。Claims on the fund, the last first."""
    asker = _asker(house, **who)
    with house.books.read() as session:
        by = asker or county(session)
        on = ledger.open_day(session)
        found = claim_queries.claims(session, by=by, on=on, state=state or "", limit=_SHOWN)
    if as_json:
        _print([fund_data.claim(row) for row in found])
        return
    rows: list[tuple[str, ...]] = [("申请号", "合同号", "申请日", "合计", "补偿金承担", "状态")]
    for row in found:
        amounts = (yuan(row.total_fen), yuan(row.fund_fen))
        rows.append((str(row.id), row.number, str(row.filed_on), *amounts, STATES[row.state]))
    click.echo(columns(rows))


@fund_.command("recoveries")
@click.option("--late", is_flag=True, help="只看逾期 · only those that are late")
@asking
@click.pass_obj
def recoveries(house: House, /, *, late: bool, as_json: bool, **who: Any) -> None:
    """应返还追偿款，期限早的在前。What is to go back, the oldest deadline first."""
    asker = _asker(house, **who)
    with house.books.read() as session:
        by = asker or county(session)
        on = ledger.open_day(session)
        found = claim_queries.due_back(session, by=by, on=on, late_only=late)
    if as_json:
        _print([fund_data.due_back(one, on) for one in found])
        return
    rows: list[tuple[str, ...]] = [("返还期限", "合同号", "应返还给", "金额")]
    rows += [(str(one.return_by), one.number, one.party, yuan(one.amount_fen)) for one in found]
    click.echo(columns(rows))


def _asker(house: House, *, login: str | None, password_stdin: bool) -> Actor | None:
    return None if login is None else log_in(house, login, from_stdin=password_stdin)


def _print(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=str))
