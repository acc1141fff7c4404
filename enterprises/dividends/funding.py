"""The enterprise's money: paid into its pool by voucher, found for a round, granted by another.

The enterprise of the agreement pays, and nobody for it: neither a bank nor an office, a fund or a
village fund. What a pool holds is spoken for by one conditional UPDATE when a round is approved; a
round that it does not cover waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

import ledger
import organisations
from enterprises import batch
from enterprises.dividends import lifecycle
from enterprises.dividends.steps import declaration_of, elsewhere, lock, take
from enterprises.models import DividendFunding, DividendPool
from enterprises.refusals import (
    DividendAboveFunding,
    FundingAmountWrong,
    PayerNotTheEnterprise,
    PublicMoneyNoDividend,
)
from kernel.actor import Actor
from kernel.identity import mask_account, parse_bank_account
from kernel.money import format_yuan
from office import rights
from office.payments import VoucherSlip, book_vouchers
from organisations import Kind
from organisations.models import KIND_TITLES, Organisation

#: sources of ledger entries
SOURCE: Final = "dividend_fundings"
APPROVAL_SOURCE: Final = "dividend_steps"
#: whose money may be an enterprise's dividend
PAYERS: Final = frozenset({Kind.ENTERPRISE, Kind.CO_OPERATIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Funded:
    """A payment into a pool, as its voucher says."""

    organisation_id: int
    amount_fen: int
    #: credit code of who paid
    payer_code: str
    #: account it was paid from
    payer_account: str
    voucher_no: str
    channel: str = "transfer"


def receive(session: Session, funded: Funded, *, on: date, by: Actor) -> int:
    """Book what an enterprise paid in for dividends; the number of the funding."""
    enterprise = organisations.open_on(session, funded.organisation_id, on)
    rights.allow(by, "enterprises.fund", region=enterprise.region_code)
    ledger.require_bookable(session, on)
    if funded.amount_fen <= 0:
        raise FundingAmountWrong(field="amount")
    _require_own_money(session, enterprise, funded.payer_code.strip())
    account = mask_account(parse_bank_account(funded.payer_account, field="payer_account"))
    slip = VoucherSlip(
        enterprise.id, funded.channel, funded.voucher_no.strip(), "in", funded.amount_fen
    )
    (voucher_id,) = book_vouchers(session, [slip], on=on)
    row = DividendFunding(
        organisation_id=enterprise.id,
        voucher_id=voucher_id,
        amount_fen=funded.amount_fen,
        payer_code=funded.payer_code.strip(),
        payer_account=account,
        funded_on=on,
    )
    session.add(row)
    session.flush()
    _raise_pool(session, enterprise.id, funded.amount_fen)
    _book_funding(session, row, on)
    return row.id


def _require_own_money(session: Session, enterprise: Organisation, payer_code: str) -> None:
    payer = session.scalar(select(Organisation).where(Organisation.credit_code == payer_code))
    for one in (payer, enterprise):
        if one is not None and one.kind not in PAYERS:
            raise PublicMoneyNoDividend(
                field="payer_code",
                payer=one.name,
                kind_zh=KIND_TITLES[Kind(one.kind)],
                kind_en=str(one.kind),
            )
    if payer is None or payer.id != enterprise.id:
        name = payer.name if payer is not None else payer_code[:40]
        raise PayerNotTheEnterprise(field="payer_code", payer=name, enterprise=enterprise.name)


def _raise_pool(session: Session, organisation_id: int, fen: int) -> None:
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(DividendPool)
        .values(organisation_id=organisation_id, funded_fen=0, reserved_fen=0, paid_fen=0)
        .on_conflict_do_nothing(index_elements=["organisation_id"])
    )
    _move(session, organisation_id, funded_fen=DividendPool.funded_fen + fen)


def _book_funding(session: Session, row: DividendFunding, on: date) -> None:
    ledger.post(
        session,
        source_kind=SOURCE,
        source_id=row.id,
        booking_date=on,
        value_date=on,
        lines=[
            ledger.Line(_account(session, row.organisation_id, "pool_cash"), row.amount_fen),
            ledger.Line(_account(session, row.organisation_id, "pool_held"), -row.amount_fen),
        ],
    )


def _account(session: Session, organisation_id: int, kind: str) -> int:
    return ledger.account_id(
        session, owner_kind=batch.OWNER_KIND, owner_id=organisation_id, kind=kind
    )


def find_money(session: Session, *, round_id: int, on: date, by: Actor) -> None:
    """Finance finds the round's money in the enterprise's pool."""
    taken = take(session, "fund", round_id, on=on, by=by)
    cash_fen = declaration_of(session, round_id).cash_fen
    free_fen = free(session, taken.agreement.organisation_id)
    if free_fen < cash_fen:
        raise _short(cash_fen, free_fen)


def approve(session: Session, *, round_id: int, on: date, by: Actor) -> None:
    """The poverty office grants the round: its money is spoken for, and owed to the households."""
    state = lock(session, round_id).state
    if state != lifecycle.FUNDED:
        # Before its first declaration there is none to read.
        raise elsewhere(round_id, state)
    declared = declaration_of(session, round_id)
    cash_fen = declared.cash_fen
    taken = take(session, "approve" if cash_fen else "approve_kept", round_id, on=on, by=by)
    organisation_id, step_id = taken.agreement.organisation_id, taken.step.id
    if cash_fen:
        _reserve(session, organisation_id, cash_fen)
    ledger.open_accounts(
        session, owner_kind=batch.OWNER_KIND, owner_ids=(organisation_id,), kinds=batch.KINDS
    )
    ledger.post_many(
        session,
        source_kind=APPROVAL_SOURCE,
        booking_date=on,
        value_date=on,
        lines=batch.approval_lines(step_id, organisation_id, declared),
        owner_kind=batch.OWNER_KIND,
    )


def _reserve(session: Session, organisation_id: int, fen: int) -> None:
    moved = session.execute(
        update(DividendPool)
        .where(
            DividendPool.organisation_id == organisation_id,
            left() >= fen,
        )
        .values(reserved_fen=DividendPool.reserved_fen + fen)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise _short(fen, free(session, organisation_id))


def pay_out(session: Session, organisation_id: int, fen: int) -> None:
    """What the bank has paid leaves the pool."""
    _move(
        session,
        organisation_id,
        reserved_fen=DividendPool.reserved_fen - fen,
        paid_fen=DividendPool.paid_fen + fen,
    )


def _move(session: Session, organisation_id: int, **values: object) -> None:
    session.execute(
        update(DividendPool)
        .where(DividendPool.organisation_id == organisation_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def left() -> ColumnElement[int]:
    """Of a pool: what it holds and nobody has spoken for."""
    pool = DividendPool
    return pool.funded_fen - pool.reserved_fen - pool.paid_fen - pool.given_back_fen


def free(session: Session, organisation_id: int) -> int:
    """What a pool holds and nobody has spoken for."""
    query = select(left()).where(DividendPool.organisation_id == organisation_id)
    return session.scalar(query) or 0


def _short(needed_fen: int, free_fen: int) -> DividendAboveFunding:
    return DividendAboveFunding(
        field="round_id",
        needed=format_yuan(needed_fen),
        free=format_yuan(free_fen),
        short=format_yuan(needed_fen - free_fen),
    )
