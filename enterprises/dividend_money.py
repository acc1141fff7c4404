"""The money of dividends read back: payments, pools and books say the same.

* a payment file holds the rows it was made with: as many, of that sum, to those accounts;
* nobody was paid twice, or otherwise than the row says; another attempt follows a returned one;
* a pool is what came in and went out, by the enterprise's own vouchers alone;
* what is owed to households, and kept as their stakes, stands in the ledger household by household.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

import ledger
from enterprises.dividends import funding, lifecycle, surplus
from enterprises.models import (
    Agreement,
    DividendDeclaration,
    DividendFile,
    DividendFunding,
    DividendPayment,
    DividendPool,
    DividendPosition,
    DividendRelease,
    DividendReturn,
    DividendReturnRow,
    DividendRound,
    DividendRow,
    DividendStep,
    PoolRefund,
)
from enterprises.payment import answering, releasing
from enterprises.payment.owed import DESK
from kernel.database import sum_of
from kernel.findings import Finding
from office.models import Voucher
from organisations import Organisation


def check(session: Session) -> Iterator[Finding]:
    """Everything that was paid, recomputed."""
    yield from _files(session)
    yield from _paid_once(session)
    yield from _payers(session)
    yield from _pools(session)
    yield from _in_the_ledger(session)
    yield from _by_household(session)


# --- payments -------------------------------------------------------------------------------------


def _files(session: Session) -> Iterator[Finding]:
    """Rows, sum and digest of every file, from its payments and the accounts they go to."""
    for file, count, fen in DESK.changed(session):
        yield finding(
            "files",
            "dividend_files",
            f"id={file.id}",
            f"付款文件{file.batch_no}现有{count}笔、{fen}分，与制作时的"
            f"{file.rows}笔、{file.total_fen}分或其校验值不符",
            f"payment file {file.batch_no} holds {count} rows of {fen} fen; made with"
            f" {file.rows} of {file.total_fen}, or of another digest",
        )


def _paid_once(session: Session) -> Iterator[Finding]:
    """One payment of a household's row, of its amount; another attempt after a returned one."""
    paid, again, earlier = DividendReturnRow, DividendPayment, aliased(DividendPayment)
    row = and_(
        DividendRow.round_id == again.round_id,
        DividendRow.household_id == again.household_id,
        DividendPosition.version == DividendRow.version,
    )
    before_paid = exists().where(
        earlier.round_id == again.round_id,
        earlier.household_id == again.household_id,
        earlier.attempt < again.attempt,
        paid.payment_id == earlier.id,
        paid.result == "paid",
    )
    gap = again.attempt - 1 != (
        select(func.count(earlier.id))
        .where(
            earlier.round_id == again.round_id,
            earlier.household_id == again.household_id,
            earlier.attempt < again.attempt,
        )
        .correlate(again)
        .scalar_subquery()
    )
    wrong = session.execute(
        select(again.id, again.round_id)
        .join(DividendPosition, DividendPosition.round_id == again.round_id)
        .outerjoin(DividendRow, row)
        .where(
            or_(
                DividendRow.cash_fen.is_(None),
                DividendRow.cash_fen != again.amount_fen,
                before_paid,
                gap,
            )
        )
        .order_by(again.id)
    )
    for payment_id, round_id in wrong:
        yield finding(
            "paid_once",
            "dividend_payments",
            f"id={payment_id}",
            f"第{round_id}号分红第{payment_id}号付款与明细不符，或重复付款",
            f"payment {payment_id} of round {round_id} is not its row's, or a second one",
        )


def _payers(session: Session) -> Iterator[Finding]:
    """The enterprise's own voucher is behind every funding, and nobody else's money."""
    wrong = session.execute(
        select(DividendFunding.id, Organisation.name)
        .join(Organisation, Organisation.id == DividendFunding.organisation_id)
        .join(Voucher, Voucher.id == DividendFunding.voucher_id)
        .where(
            or_(
                Organisation.kind.not_in([str(kind) for kind in sorted(funding.PAYERS)]),
                DividendFunding.payer_code != Organisation.credit_code,
                Voucher.institution_id != DividendFunding.organisation_id,
                Voucher.amount_fen != DividendFunding.amount_fen,
                Voucher.direction != "in",
            )
        )
        .order_by(DividendFunding.id)
    )
    for funding_id, name in wrong:
        yield finding(
            "payer",
            "dividend_fundings",
            f"id={funding_id}",
            f"第{funding_id}号缴存不是{name}自己的资金：财政、银行和互助资金不得用于分红",
            f"funding {funding_id} is not {name}'s own money: no other ever pays a dividend",
        )


# --- pools and books ------------------------------------------------------------------------------


def _pools(session: Session) -> Iterator[Finding]:
    """What came in, what is granted and not paid, what is paid; and the bank's account of it."""
    funded = _by_key(
        session,
        select(DividendFunding.organisation_id, sum_of(DividendFunding.amount_fen)).group_by(
            DividendFunding.organisation_id
        ),
    )
    granted = _by_key(session, _granted())
    paid = _by_key(
        session,
        select(Agreement.organisation_id, sum_of(DividendReturn.paid_fen))
        .join(DividendRound, DividendRound.agreement_id == Agreement.id)
        .join(DividendFile, DividendFile.round_id == DividendRound.id)
        .join(DividendReturn, DividendReturn.file_id == DividendFile.id)
        .group_by(Agreement.organisation_id),
    )
    released = _by_key(session, _released())
    back = _by_key(
        session,
        select(PoolRefund.organisation_id, sum_of(PoolRefund.amount_fen)).group_by(
            PoolRefund.organisation_id
        ),
    )
    pools = {row.organisation_id: row for row in session.scalars(select(DividendPool))}
    for key in sorted(funded.keys() | granted.keys() | paid.keys() | back.keys() | pools.keys()):
        came, gone, returned = funded.get(key, 0), paid.get(key, 0), back.get(key, 0)
        owed = granted.get(key, 0) - gone - released.get(key, 0)
        wanted = (came, owed, gone, returned, came - gone - returned)
        pool = pools.get(key)
        stands = (
            (pool.funded_fen, pool.reserved_fen, pool.paid_fen, pool.given_back_fen)
            if pool
            else (0, 0, 0, 0)
        )
        cash_fen = ledger.balance(session, kind="pool_cash", owner_id=key)
        if stands != wanted[:4] or cash_fen != wanted[4]:
            yield finding(
                "pools",
                "dividend_pools",
                f"organisation_id={key}",
                f"分红专户（缴存、已审批未付、已付、已退回）为{stands}、存款{cash_fen}分，应为{wanted}",
                f"the pool (paid in, granted, paid, given back) is {stands}, its cash {cash_fen}"
                f" fen, by the documents {wanted}",
            )


def _released() -> Select[Any, Any]:
    """Organisation -> cash of granted rounds that was given up as never to be paid."""
    return (
        select(Agreement.organisation_id, sum_of(DividendRelease.amount_fen))
        .join(DividendRound, DividendRound.agreement_id == Agreement.id)
        .join(DividendRelease, DividendRelease.round_id == DividendRound.id)
        .group_by(Agreement.organisation_id)
    )


def _granted() -> Select[Any, Any]:
    """Organisation -> cash of its granted rounds."""
    return (
        select(Agreement.organisation_id, sum_of(DividendDeclaration.cash_fen))
        .join(DividendRound, DividendRound.agreement_id == Agreement.id)
        .join(DividendPosition, DividendPosition.round_id == DividendRound.id)
        .join(
            DividendDeclaration,
            and_(
                DividendDeclaration.round_id == DividendRound.id,
                DividendDeclaration.version == DividendPosition.version,
            ),
        )
        .where(DividendPosition.state.in_(sorted(lifecycle.GRANTED)))
        .group_by(Agreement.organisation_id)
    )


def _in_the_ledger(session: Session) -> Iterator[Finding]:
    """Each document that moves money is booked once, to the fen."""
    before = aliased(DividendStep)
    granting = exists().where(
        before.round_id == DividendStep.round_id,
        before.nr == DividendStep.nr - 1,
        before.state == lifecycle.FUNDED,
    )
    documents: dict[str, Select[Any, Any]] = {
        funding.SOURCE: select(DividendFunding.id, DividendFunding.amount_fen),
        funding.APPROVAL_SOURCE: select(DividendStep.id, DividendDeclaration.amount_fen)
        .join(
            DividendDeclaration,
            and_(
                DividendDeclaration.round_id == DividendStep.round_id,
                DividendDeclaration.version == DividendStep.version,
            ),
        )
        .where(DividendStep.state.in_((lifecycle.APPROVED, lifecycle.PAID)), granting),
        surplus.SOURCE: select(PoolRefund.id, PoolRefund.amount_fen),
        releasing.SOURCE: select(DividendRelease.id, DividendRelease.amount_fen),
        answering.SOURCE: select(DividendReturn.id, DividendReturn.paid_fen).where(
            DividendReturn.paid_fen > 0
        ),
    }
    for source, query in documents.items():
        yield from _differing(
            "booked",
            source,
            _by_key(session, query),
            ledger.debits_by_source(session, source_kind=source),
        )


def _by_household(session: Session) -> Iterator[Finding]:
    """What is owed to each household and not paid, and what it was given as stakes."""
    granted = (
        select(DividendRow.household_id, DividendRow.cash_fen, DividendRow.reinvested_fen)
        .join(DividendPosition, DividendPosition.round_id == DividendRow.round_id)
        .where(
            DividendRow.version == DividendPosition.version,
            DividendPosition.state.in_(sorted(lifecycle.GRANTED)),
        )
        .subquery()
    )
    owed: dict[int, int] = {}
    kept: dict[int, int] = {}
    key = granted.c.household_id
    sums = select(key, sum_of(granted.c.cash_fen), sum_of(granted.c.reinvested_fen)).group_by(key)
    for household_id, cash_fen, reinvested_fen in session.execute(sums):
        owed[household_id], kept[household_id] = -cash_fen, -reinvested_fen
    paid = (
        select(DividendPayment.household_id, sum_of(DividendPayment.amount_fen))
        .join(DividendReturnRow, DividendReturnRow.payment_id == DividendPayment.id)
        .where(DividendReturnRow.result == "paid")
        .group_by(DividendPayment.household_id)
    )
    given_up = select(DividendRelease.household_id, sum_of(DividendRelease.amount_fen)).group_by(
        DividendRelease.household_id
    )
    for household_id, fen in (*session.execute(paid), *session.execute(given_up)):
        owed[household_id] = owed.get(household_id, 0) + fen
    for kind, wanted in (("dividend_payable", owed), ("reinvested_stakes", kept)):
        yield from _differing(
            "households",
            kind,
            {one: fen for one, fen in wanted.items() if fen},
            ledger.balances_by_subject(session, kind=kind),
        )


def _differing(
    rule: str, what: str, wanted: Mapping[int, int], booked: Mapping[int, int]
) -> Iterator[Finding]:
    for key in sorted(wanted.keys() | booked.keys()):
        if wanted.get(key) != booked.get(key):
            yield finding(
                rule,
                "postings",
                f"{what} {key}",
                f"{what}第{key}号应为{wanted.get(key)}分，入账{booked.get(key)}分",
                f"{what} {key} is {wanted.get(key)} fen, booked as {booked.get(key)}",
            )


def _by_key(session: Session, query: Select[Any, Any]) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(query)}


def finding(rule: str, table: str, key: str, zh: str, en: str) -> Finding:
    """What differs, under the room's name."""
    return Finding(f"enterprises.{rule}", table, key, zh, en)
