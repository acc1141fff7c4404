"""Where the treasury's part of settlements stands: in which claim, and whether it is paid."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from subsidies import lifecycle
from subsidies.models import (
    BankReturnRow,
    ClaimPosition,
    Entitlement,
    EntitlementClaim,
    GivenBack,
    PaymentRow,
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """The treasury has been asked for it."""

    claim_id: int
    #: the bank has paid it
    paid: bool


def claimed_of(session: Session, settlement_ids: Collection[int]) -> dict[int, Claimed]:
    """Settlement -> its claim, of those whose subsidy the treasury has been asked for."""
    paid = exists().where(
        PaymentRow.claim_id == EntitlementClaim.claim_id,
        PaymentRow.payee_kind == Entitlement.payee_kind,
        PaymentRow.payee_id == Entitlement.payee_id,
        BankReturnRow.payment_row_id == PaymentRow.id,
        BankReturnRow.result == "paid",
        ~exists().where(GivenBack.payment_row_id == PaymentRow.id),
    )
    rows = session.execute(
        select(Entitlement.settlement_id, EntitlementClaim.claim_id, paid)
        .join(EntitlementClaim, EntitlementClaim.entitlement_id == Entitlement.id)
        .join(ClaimPosition, ClaimPosition.claim_id == EntitlementClaim.claim_id)
        .where(
            Entitlement.settlement_id.in_(sorted(settlement_ids)),
            ClaimPosition.state.in_(sorted(lifecycle.CLAIMED)),
        )
    )
    return {
        settlement: Claimed(claim, bool(done))
        for settlement, claim, done in rows
        if claim is not None
    }
