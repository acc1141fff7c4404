"""Where a household stands: the subsidy of each settlement of its loans, from owed to paid.

What a household may know of its own loans, whoever is paid: through the lender it sees that its
bank had the money, otherwise what went to its card and what came back, and why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from loans.models import Loan, LoanShare
from subsidies import lifecycle
from subsidies.models import (
    BankReturn,
    BankReturnRow,
    ClaimPosition,
    ClaimRow,
    ClaimStep,
    Entitlement,
    EntitlementClaim,
    GivenBack,
    PaymentRow,
    RevisionOffset,
)

#: stands in no claim
OWED: Final = "owed"
#: paid back by voucher
CLAWED_BACK: Final = "clawed_back"
#: the bank sent the payee's payment back
BANK_RETURNED: Final = "bank_returned"
#: and it went back to the budget for good, with what a later revision takes off it
GIVEN_BACK: Final = "given_back"

STAGES: Final = {
    OWED: ("已计提，待申报", "owed, not claimed yet"),
    CLAWED_BACK: ("已追回", "paid back"),
    BANK_RETURNED: ("银行退票", "sent back by the bank"),
    GIVEN_BACK: ("退回预算", "given back to the budget"),
    **lifecycle.TITLES,
}


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the subsidy of one settlement stands."""

    number: str
    route: str
    from_on: date
    to_on: date
    revision: int
    amount_fen: int
    #: key of ``STAGES``
    state: str
    #: since this day
    since: date
    #: why the bank sent it back
    reason: str = ""
    #: account that the household was last paid on itself
    account_id: int | None = None


def stages_of(session: Session, household_id: int) -> Iterator[Stage]:
    """Every entitlement of the household's loans, and of lists that it stands on, in order."""
    later, again = aliased(ClaimStep), aliased(PaymentRow)
    last = ~exists().where(later.claim_id == ClaimStep.claim_id, later.nr > ClaimStep.nr)
    newest = ~exists().where(
        again.claim_id == PaymentRow.claim_id,
        again.payee_kind == PaymentRow.payee_kind,
        again.payee_id == PaymentRow.payee_id,
        again.attempt > PaymentRow.attempt,
    )
    shared = select(LoanShare.application_id).where(LoanShare.household_id == household_id)
    rows = session.execute(
        select(
            Loan.number,
            Entitlement,
            EntitlementClaim.clawback_id,
            ClaimPosition.state,
            ClaimStep.on_day,
            BankReturnRow.result,
            func.coalesce(BankReturnRow.reason, ""),
            BankReturn.received_on,
            func.coalesce(GivenBack.given_on, RevisionOffset.offset_on),
            PaymentRow.account_id,
        )
        .join(Loan, Loan.id == Entitlement.loan_id)
        .outerjoin(EntitlementClaim, EntitlementClaim.entitlement_id == Entitlement.id)
        .outerjoin(ClaimPosition, ClaimPosition.claim_id == EntitlementClaim.claim_id)
        .outerjoin(ClaimStep, and_(ClaimStep.claim_id == EntitlementClaim.claim_id, last))
        .outerjoin(
            ClaimRow,
            and_(
                ClaimRow.claim_id == EntitlementClaim.claim_id,
                ClaimRow.entitlement_id == Entitlement.id,
            ),
        )
        .outerjoin(
            PaymentRow,
            and_(
                PaymentRow.claim_id == ClaimRow.claim_id,
                PaymentRow.payee_kind == ClaimRow.payee_kind,
                PaymentRow.payee_id == ClaimRow.payee_id,
                newest,
            ),
        )
        .outerjoin(BankReturnRow, BankReturnRow.payment_row_id == PaymentRow.id)
        .outerjoin(BankReturn, BankReturn.id == BankReturnRow.return_id)
        .outerjoin(GivenBack, GivenBack.payment_row_id == PaymentRow.id)
        .outerjoin(RevisionOffset, RevisionOffset.entitlement_id == Entitlement.id)
        .where(or_(Loan.household_id == household_id, Loan.application_id.in_(shared)))
        .order_by(Entitlement.to_on, Loan.number, Entitlement.revision)
    )
    for row in rows:
        yield _stage(row)


def _stage(row: Row[*tuple[Any, ...]]) -> Stage:
    number, one, clawback_id, state, since, result, reason, received_on, given_on, account = row
    where = _where(state, result, clawed=clawback_id is not None)
    if given_on is not None:
        where = GIVEN_BACK
    day = given_on or (received_on if result else since) or one.booked_on
    own = account if one.payee_kind == "households" else None
    return Stage(
        number, one.route, one.from_on, one.to_on, one.revision, one.amount_fen, where, day,
        reason, own,
    )  # fmt: skip


def _where(state: str | None, result: str | None, *, clawed: bool) -> str:
    if clawed:
        return CLAWED_BACK
    if result:
        return lifecycle.PAID if result == "paid" else BANK_RETURNED
    return state or OWED
