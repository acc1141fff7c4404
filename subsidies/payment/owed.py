"""Who of a claim is still owed something, and the files made for it so far."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from kernel.database import sum_of
from subsidies.models import (
    BankReturn,
    BankReturnRow,
    ClaimRow,
    GivenBack,
    PaymentFile,
    PaymentRow,
)
from subsidies.payment.accounts import Payee


@dataclass(frozen=True, slots=True)
class Payable:
    """Somebody who is owed something of a claim."""

    payee: Payee
    amount_fen: int
    #: attempts made
    attempts: int
    #: account of the last one
    last_account_id: int | None
    #: why the bank sent it back; None: it did not
    last_reason: str | None


def unpaid(session: Session, claim_id: int) -> list[Payable]:
    """Everybody of a claim who is owed something and was neither paid nor given back."""
    rows, last = aliased(PaymentRow), _last_attempts(claim_id).subquery()
    settled = exists().where(
        rows.claim_id == claim_id,
        rows.payee_kind == ClaimRow.payee_kind,
        rows.payee_id == ClaimRow.payee_id,
        exists().where(BankReturnRow.payment_row_id == rows.id, BankReturnRow.result == "paid")
        | exists().where(GivenBack.payment_row_id == rows.id),
    )
    found = session.execute(
        select(
            ClaimRow.payee_kind,
            ClaimRow.payee_id,
            sum_of(ClaimRow.amount_fen),
            func.max(last.c.attempt),
            func.max(last.c.account_id),
            func.max(last.c.reason),
        )
        .outerjoin(
            last,
            and_(last.c.payee_kind == ClaimRow.payee_kind, last.c.payee_id == ClaimRow.payee_id),
        )
        .where(ClaimRow.claim_id == claim_id, ~settled)
        .group_by(ClaimRow.payee_kind, ClaimRow.payee_id)
        .having(sum_of(ClaimRow.amount_fen) > 0)
        .order_by(func.min(ClaimRow.nr))
    )
    return [
        Payable((kind, key), fen, attempt or 0, account_id, reason or None)
        for kind, key, fen, attempt, account_id, reason in found
    ]


def _last_attempts(claim_id: int) -> Select[str, int, int, int, str]:
    later = aliased(PaymentRow)
    return (
        select(
            PaymentRow.payee_kind,
            PaymentRow.payee_id,
            PaymentRow.attempt,
            PaymentRow.account_id,
            BankReturnRow.reason,
        )
        .outerjoin(BankReturnRow, BankReturnRow.payment_row_id == PaymentRow.id)
        .where(
            PaymentRow.claim_id == claim_id,
            ~exists().where(
                later.claim_id == PaymentRow.claim_id,
                later.payee_kind == PaymentRow.payee_kind,
                later.payee_id == PaymentRow.payee_id,
                later.attempt > PaymentRow.attempt,
            ),
        )
    )


def payees_of(claim_id: int) -> Select[str, int]:
    """Everybody who stands in a claim."""
    return (
        select(ClaimRow.payee_kind, ClaimRow.payee_id)
        .where(ClaimRow.claim_id == claim_id)
        .distinct()
    )


def last_file(session: Session, claim_id: int) -> PaymentFile:
    """The last file made for a claim."""
    return session.scalars(
        select(PaymentFile)
        .where(PaymentFile.claim_id == claim_id)
        .order_by(PaymentFile.nr.desc())
        .limit(1)
    ).one()


def answered(session: Session, claim_id: int) -> bool:
    """Whether the bank has answered a file of the claim: then the next one is a retry's."""
    query = (
        select(BankReturn.id)
        .join(PaymentFile, PaymentFile.id == BankReturn.file_id)
        .where(PaymentFile.claim_id == claim_id)
        .limit(1)
    )
    return session.scalar(query) is not None
