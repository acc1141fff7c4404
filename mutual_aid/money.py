"""Money beside stakes and loans: what comes in, what the members spend, the fee set apart."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.money import format_yuan
from loans import mutual
from loans.refusals import AmountNotPositive
from mutual_aid import carrying, queries
from mutual_aid.counting import fee_parts
from mutual_aid.finding import account, held_on, open_fund
from mutual_aid.kinds import COMES_IN, SPENT, require_known
from mutual_aid.models import FeeSharing, FundOpening, VillageFund
from mutual_aid.refusals import (
    FundPaperMissing,
    NothingToShare,
    SetApartShort,
)
from mutual_aid.stakes import book, book_voucher, moved, pay_out
from policy import Rulebook

SHARED: Final = "mutual_fee_sharings"


def take_in(
    session: Session,
    *,
    fund_id: int,
    kind: str,
    amount_fen: int,
    document: str,
    channel: str,
    voucher_no: str,
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> int:
    """Fiscal money or an unconditional gift comes in; the movement."""
    ledger.require_bookable(session, on)
    fund = open_fund(session, fund_id, "mutual_aid.take_in", by)
    require_known(kind, COMES_IN, fund, rulebook, amount_fen, on)
    if amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    if not document.strip():
        raise FundPaperMissing(
            field="document", what_zh="资金文号或捐赠人", what_en="where it comes from"
        )
    voucher_id = book_voucher(session, fund, channel, voucher_no, "in", amount_fen, on)
    movement = moved(fund, kind, amount_fen, on, voucher_id=voucher_id, document=document.strip())
    book(session, fund, movement, ("funds", 0), (COMES_IN[kind], 0))
    return movement.id


def spend(
    session: Session,
    *,
    vote_id: int,
    document: str,
    channel: str,
    voucher_no: str,
    on: date,
    by: Actor,
) -> int:
    """Pay out what the members voted for, on what they voted for and from what was set apart for
    it; the movement.
    """
    fund, vote = carrying.carried(session, vote_id, "spending", on=on, by=by)
    if not document.strip():
        raise FundPaperMissing(field="document", what_zh="用途和凭据", what_en="what for")
    kind, fen, kept_on = vote.spent_on, vote.figure, SPENT[vote.spent_on]
    voucher_id = pay_out(session, fund, channel, voucher_no, fen, on)
    held_fen = held_on(session, fund, kept_on)
    if held_fen < fen:
        raise SetApartShort(
            field="amount",
            account_zh=ledger.CHART[kept_on].zh,
            account_en=ledger.CHART[kept_on].en,
            held=format_yuan(held_fen),
            wanted=format_yuan(fen),
        )
    movement = moved(
        fund, kind, fen, on, voucher_id=voucher_id, document=document.strip(), vote_id=vote_id
    )
    carrying.rest(session, vote, movement)
    book(session, fund, movement, (kept_on, 0), ("funds", 0))
    return movement.id


def share_fee(
    session: Session, *, vote_id: int, to_on: date, rulebook: Rulebook, on: date, by: Actor
) -> int:
    """Set apart the fee taken since the last time, up to ``to_on``, as the rules say; the row."""
    fund, vote = carrying.carried(session, vote_id, "sharing", on=on, by=by)
    # Two sharings of one fund do it one after the other.
    mutual.take_money(session, fund.organisation_id, 0)
    from_on = _shared_until(session, fund)
    income_fen = (
        queries.fee_taken(session, fund.organisation_id, from_on=from_on, to_on=to_on)
        if from_on < to_on <= on
        else 0
    )
    if income_fen <= 0:
        raise NothingToShare(field="to_on", from_on=from_on, to_on=to_on)
    rules = rulebook.mutual(on=on, region=fund.village_code)
    parts = fee_parts(income_fen, rules)
    row = FeeSharing(
        fund_id=fund.id,
        vote_id=vote_id,
        from_on=from_on,
        to_on=to_on,
        income_fen=income_fen,
        running_fen=parts[0],
        capital_fen=parts[1],
        welfare_fen=parts[2],
        reserve_fen=parts[3],
        booked_on=on,
        clause=rules.fee_running_bp.cite,
    )
    carrying.rest(session, vote, row)
    kinds = ("mutual_running", "mutual_capital", "mutual_welfare", "mutual_reserve")
    ledger.post(
        session,
        source_kind=SHARED,
        source_id=row.id,
        booking_date=on,
        value_date=on,
        lines=[
            ledger.Line(account(session, fund, "mutual_fee_shared"), income_fen),
            *(
                ledger.Line(account(session, fund, kind), -fen)
                for kind, fen in zip(kinds, parts, strict=True)
                if fen
            ),
        ],
    )
    return row.id


def _shared_until(session: Session, fund: VillageFund) -> date:
    last = session.scalar(select(func.max(FeeSharing.to_on)).where(FeeSharing.fund_id == fund.id))
    return last or session.get_one(FundOpening, fund.id).opened_on
