"""Giving a pool's surplus back to the enterprise: asked by one person, granted by another.

What may go back is what the pool holds, less what is granted to households and not paid, less what
rounds that are due, but not granted yet, come to: the enterprise owes that, and does not take its
money out before. The grant books the payment by voucher, over one conditional UPDATE of the pool.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import and_, case, select, update
from sqlalchemy.orm import Session

import ledger
import organisations
from enterprises import batch
from enterprises.dividends import lifecycle
from enterprises.dividends.funding import free, left
from enterprises.dividends.promised import promised
from enterprises.models import (
    Agreement,
    DividendDeclaration,
    DividendPool,
    DividendPosition,
    DividendRound,
    PoolRefund,
    PoolRefundAsked,
)
from enterprises.refusals import FundingAmountWrong, SurplusShort
from kernel.actor import Actor
from kernel.database import sum_of
from kernel.identity import mask_account, parse_bank_account
from kernel.money import format_yuan
from office import approvals, rights
from office.payments import VoucherSlip, book_vouchers
from office.refusals import ReasonMissing

SUBJECT: Final = "pool_refunds_asked"
SOURCE: Final = "pool_refunds"
ASK: Final = "enterprises.refund"
DECIDE: Final = "enterprises.approve_refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A surplus to be given back."""

    organisation_id: int
    amount_fen: int
    #: the enterprise's own account
    payee_account: str
    #: number of the payment order
    voucher_no: str
    reason: str
    channel: str = "transfer"


def ask_refund(session: Session, refund: Refund, *, on: date, by: Actor) -> int:
    """Ask that a surplus go back to the enterprise; the proposal's id."""
    enterprise = organisations.get(session, refund.organisation_id)
    rights.allow(by, ASK, region=enterprise.region_code)
    ledger.require_bookable(session, on)
    if refund.amount_fen <= 0:
        raise FundingAmountWrong(field="amount")
    if not refund.reason.strip():
        raise ReasonMissing(field="reason")
    account = mask_account(parse_bank_account(refund.payee_account, field="payee_account"))
    _require_surplus(session, enterprise.id, refund.amount_fen)
    row = PoolRefundAsked(
        organisation_id=enterprise.id,
        amount_fen=refund.amount_fen,
        payee_account=account,
        channel=refund.channel,
        voucher_no=refund.voucher_no.strip(),
        reason=refund.reason.strip(),
        asked_on=on,
    )
    session.add(row)
    session.flush()
    return approvals.propose(
        session,
        command=DECIDE,
        subject_kind=SUBJECT,
        subject_id=row.id,
        digest=_digest(row),
        summary=f"退回{enterprise.name}分红专户结余{format_yuan(row.amount_fen)}元：{row.reason}",
        region_code=enterprise.region_code,
        on=on,
        by=by,
    )


def decide_refund(
    session: Session, *, proposal_id: int, approved: bool, on: date, by: Actor, reason: str = ""
) -> int | None:
    """A second person decides; the number of what was given back, None where it was not."""
    ledger.require_bookable(session, on)
    asked_id = approvals.subject_of(session, proposal_id, SUBJECT, "分红专户退回")
    asked = session.get_one(PoolRefundAsked, asked_id)
    approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=_digest(asked),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
    )
    return _give_back(session, asked, on) if approved else None


def _give_back(session: Session, asked: PoolRefundAsked, on: date) -> int:
    slip = VoucherSlip(
        asked.organisation_id, asked.channel, asked.voucher_no, "out", asked.amount_fen
    )
    (voucher_id,) = book_vouchers(session, [slip], on=on)
    _take_out(session, asked.organisation_id, asked.amount_fen)
    row = PoolRefund(
        asked_id=asked.id,
        organisation_id=asked.organisation_id,
        voucher_id=voucher_id,
        amount_fen=asked.amount_fen,
        paid_on=on,
    )
    session.add(row)
    session.flush()
    _book(session, row, on)
    return row.id


def _take_out(session: Session, organisation_id: int, fen: int) -> None:
    """One conditional UPDATE: a round that is granted meanwhile comes before or after it."""
    owed_fen = owed(session, organisation_id)
    moved = session.execute(
        update(DividendPool)
        .where(DividendPool.organisation_id == organisation_id, left() >= fen + owed_fen)
        .values(given_back_fen=DividendPool.given_back_fen + fen)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise _short(session, organisation_id, fen)


def _book(session: Session, row: PoolRefund, on: date) -> None:
    cash, held = (
        ledger.account_id(
            session, owner_kind=batch.OWNER_KIND, owner_id=row.organisation_id, kind=kind
        )
        for kind in ("pool_cash", "pool_held")
    )
    ledger.post(
        session,
        source_kind=SOURCE,
        source_id=row.id,
        booking_date=on,
        value_date=on,
        lines=[ledger.Line(held, row.amount_fen), ledger.Line(cash, -row.amount_fen)],
    )


def owed(session: Session, organisation_id: int) -> int:
    """Cash of an enterprise's rounds that are due and not granted: as declared, or as promised.

    One question, however many rounds. A prepaid period's settlement promises nothing before
    somebody has declared it.
    """
    mine = (
        select(DividendRound.id)
        .join(Agreement, Agreement.id == DividendRound.agreement_id)
        .join(DividendPosition, DividendPosition.round_id == DividendRound.id)
        .where(
            Agreement.organisation_id == organisation_id,
            DividendPosition.state.not_in(sorted(lifecycle.GRANTED)),
        )
    )
    undeclared = DividendPosition.state.in_(sorted(lifecycle.UNDECLARED))
    expected = promised(mine.where(undeclared, DividendRound.revision == 0))
    declared = DividendDeclaration
    cash_fen = case((undeclared, expected.c.cash_fen), else_=declared.cash_fen)
    query = (
        select(sum_of(cash_fen))
        .select_from(DividendPosition)
        .outerjoin(expected, expected.c.round_id == DividendPosition.round_id)
        .outerjoin(
            declared,
            and_(
                declared.round_id == DividendPosition.round_id,
                declared.version == DividendPosition.version,
            ),
        )
        .where(DividendPosition.round_id.in_(mine))
    )
    return session.scalar(query) or 0


def surplus(session: Session, organisation_id: int) -> int:
    """What may go back to the enterprise today, fen; never below zero."""
    return max(free(session, organisation_id) - owed(session, organisation_id), 0)


def _require_surplus(session: Session, organisation_id: int, fen: int) -> None:
    if surplus(session, organisation_id) < fen:
        raise _short(session, organisation_id, fen)


def _short(session: Session, organisation_id: int, fen: int) -> SurplusShort:
    return SurplusShort(
        field="amount",
        wanted=format_yuan(fen),
        free=format_yuan(free(session, organisation_id)),
        owed=format_yuan(owed(session, organisation_id)),
    )


def _digest(row: PoolRefundAsked) -> str:
    return approvals.digest_of(
        {
            "organisation": row.organisation_id,
            "amount_fen": row.amount_fen,
            "account": row.payee_account,
            "voucher": [row.channel, row.voucher_no],
            "reason": row.reason,
        }
    )
