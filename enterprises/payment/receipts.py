"""The village hands in the list that the households have signed for their money (签收表)."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from enterprises.dividends.steps import take
from enterprises.models import DividendReceipt
from enterprises.refusals import DeclarationUndocumented
from kernel.actor import Actor


def confirm_receipt(
    session: Session,
    *,
    round_id: int,
    document_no: str,
    on: date,
    by: Actor,
    attachment_id: int | None = None,
) -> None:
    """Keep the signed list of a paid round."""
    take(session, "receipt", round_id, on=on, by=by)
    if not document_no.strip():
        raise DeclarationUndocumented(field="document_no", what_zh="签收表", what_en="signed list")
    session.add(
        DividendReceipt(
            round_id=round_id,
            received_on=on,
            document_no=document_no.strip(),
            attachment_id=attachment_id,
        )
    )
    session.flush()
