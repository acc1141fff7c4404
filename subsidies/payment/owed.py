"""Who of a claim is still owed something, and the files made for it so far."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from kernel.database import sum_of
from office.paying import Desk, Payable
from subsidies.models import (
    BankReturn,
    BankReturnRow,
    ClaimRow,
    FileDiscard,
    GivenBack,
    PaymentFile,
    PaymentRow,
)

#: the files made for claims
DESK: Final = Desk(
    key="claim_id",
    file=PaymentFile,
    payment=PaymentRow,
    discarded=FileDiscard,
    answer=BankReturn,
    answer_row=BankReturnRow,
    payment_key="payment_row_id",
    code=lambda file: file.code,
    remark=lambda _file, payment: payment.remark,
)


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
