"""The cooperative confirms that a claim's money has come (回执); its own by a voucher."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.database import sum_of
from loans.routes import LENDER
from office.payments import VoucherSlip, book_vouchers
from subsidies.claims.steps import take
from subsidies.models import BankReturn, PaymentFile, Receipt


def confirm_receipt(
    session: Session,
    *,
    claim_id: int,
    on: date,
    by: Actor,
    channel: str = "transfer",
    voucher_no: str = "",
) -> None:
    """Confirm the receipt of a paid claim; through the lender it takes the voucher's number."""
    claim = take(session, "receipt", claim_id, on=on, by=by).claim
    voucher_id: int | None = None
    fen = paid_fen(session, claim_id)
    if claim.route == LENDER and fen:
        slip = VoucherSlip(claim.lender_id, channel, voucher_no, "in", fen)
        (voucher_id,) = book_vouchers(session, [slip], on=on)
    session.add(Receipt(claim_id=claim_id, received_on=on, voucher_id=voucher_id))
    session.flush()


def paid_fen(session: Session, claim_id: int) -> int:
    """What of a claim the bank has paid."""
    query = (
        select(sum_of(BankReturn.paid_fen))
        .join(PaymentFile, PaymentFile.id == BankReturn.file_id)
        .where(PaymentFile.claim_id == claim_id)
    )
    return session.scalar(query) or 0
