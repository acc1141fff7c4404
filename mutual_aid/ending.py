"""A fund ends by a vote of its members, empty: loans paid off, stakes paid back, the rest gone.

What is left after the stakes (fiscal money, gifts, what was set apart of the fee) goes where the
rules of the place say, by voucher, account by account. A fund that holds anything does not end.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.money import format_yuan
from loans import funds, mutual
from mutual_aid import carrying
from mutual_aid.finding import held_on
from mutual_aid.founding import refresh_lending
from mutual_aid.models import (
    FundClosing,
    FundPlace,
    MemberPosition,
    VillageFund,
)
from mutual_aid.refusals import (
    FundHoldsMoney,
    FundNotEmpty,
    FundPaperMissing,
    MovementUnknown,
    NothingLeftThere,
)
from mutual_aid.stakes import book, moved, pay_out
from policy import Rulebook
from policy.mutual import RECEIVERS, MutualRules
from policy.sourced import Sourced

#: account -> the rule that says who gets what is left on it
RESIDUES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "mutual_fiscal": "residue_fiscal_to",
        "mutual_gifts": "residue_gifts_to",
        "mutual_running": "residue_fee_to",
        "mutual_capital": "residue_fee_to",
        "mutual_welfare": "residue_fee_to",
        "mutual_reserve": "residue_fee_to",
    }
)
RESIDUE: Final = "residue"


def receiver_of(rules: MutualRules, of_account: str) -> Sourced[str]:
    """Who gets what is left on an account, with the clause."""
    if of_account not in RESIDUES:
        raise MovementUnknown(field="of_account", kind=of_account[:20])
    found: Sourced[str] = getattr(rules, RESIDUES[of_account])
    return found


def hand_over(
    session: Session,
    *,
    vote_id: int,
    of_account: str,
    document: str,
    channel: str,
    voucher_no: str,
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> int:
    """Hand what is left on an account to whom the rules give it, before the end; the movement.

    All of it, as far as the fund has the money: what loans lost is not there to be handed over.
    """
    fund, _vote = carrying.carried(session, vote_id, "closing", on=on, by=by)
    receiver = receiver_of(rulebook.mutual(on=on, region=fund.village_code), of_account)
    if not document.strip():
        raise FundPaperMissing(field="document", what_zh="交接文件", what_en="a document")
    _require_empty(session, fund)
    fen = min(held_on(session, fund, of_account), _held(session, fund))
    if fen <= 0:
        raise NothingLeftThere(field="of_account", account_zh=ledger.CHART[of_account].zh,
                               account_en=ledger.CHART[of_account].en)  # fmt: skip
    movement = moved(
        fund,
        RESIDUE,
        fen,
        on,
        voucher_id=pay_out(session, fund, channel, voucher_no, fen, on),
        document=f"{RECEIVERS[receiver.value]}：{document.strip()}",
        of_account=of_account,
    )
    book(session, fund, movement, (of_account, 0), ("funds", 0))
    return movement.id


def left_of(session: Session, fund: VillageFund) -> dict[str, int]:
    """Account -> what is left on it to be handed over, fen."""
    every = {kind: held_on(session, fund, kind) for kind in RESIDUES}
    return {kind: fen for kind, fen in every.items() if fen > 0}


def close_fund(
    session: Session,
    *,
    vote_id: int,
    document: str,
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> None:
    """End a fund: loans are paid off, stakes paid back, and nothing is left in it."""
    fund, vote = carrying.carried(session, vote_id, "closing", on=on, by=by)
    if not document.strip():
        raise FundPaperMissing(field="document", what_zh="终止文件", what_en="a document")
    _require_empty(session, fund)
    # Nothing comes in or goes out beside it.
    mutual.take_money(session, fund.organisation_id, 0)
    held_fen = _held(session, fund)
    if held_fen:
        left = left_of(session, fund)
        raise FundHoldsMoney(
            field="fund_id",
            held=format_yuan(held_fen),
            where_zh="、".join(ledger.CHART[kind].zh for kind in left) or "未分配占用费",
            where_en=", ".join(ledger.CHART[kind].en for kind in left) or "fee not set apart",
        )
    carrying.rest(
        session,
        vote,
        FundClosing(fund_id=fund.id, vote_id=vote_id, closed_on=on, document=document.strip()),
    )
    session.execute(delete(FundPlace).where(FundPlace.fund_id == fund.id))
    session.flush()
    refresh_lending(session, fund, rulebook, on)


def _held(session: Session, fund: VillageFund) -> int:
    return mutual.money_of(session, fund.organisation_id)


def _require_empty(session: Session, fund: VillageFund) -> None:
    loans = funds.open_loans(session, lender_id=fund.organisation_id)
    held = session.scalar(
        select(func.count())
        .select_from(MemberPosition)
        .where(
            MemberPosition.fund_id == fund.id,
            (MemberPosition.stake_fen > 0) | MemberPosition.left_on.is_(None),
        )
    )
    if loans or held:
        raise FundNotEmpty(field="fund_id", loans=len(loans), members=held)
