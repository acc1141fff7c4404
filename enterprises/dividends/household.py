"""Every payment to a household: of which round, in which file, at which attempt, and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enterprises.models import (
    DividendFile,
    DividendFileDiscard,
    DividendPayment,
    DividendReturn,
    DividendReturnRow,
)
from kernel.identity import mask_account
from kernel.vault import Keyring
from office.models import PayoutAccount
from office.payouts import number_of


@dataclass(frozen=True, slots=True)
class HouseholdPayment:
    """An attempt to pay a household, and what the bank answered."""

    id: int
    household_id: int
    round_id: int
    attempt: int
    amount_fen: int
    holder: str
    bank: str
    #: masked but for the last four digits
    account: str
    file_nr: int
    batch_no: str
    made_on: date
    #: why the file was given up; empty: it was not
    discarded: str
    #: paid, returned, or empty while the bank has not answered
    result: str
    reason: str
    bank_no: str
    answered_on: date | None


def payments_of(
    session: Session, household_ids: Sequence[int], *, keyring: Keyring
) -> list[HouseholdPayment]:
    """All attempts, the first of each round first."""
    rows = session.execute(
        select(
            DividendPayment,
            PayoutAccount,
            DividendFile.nr,
            DividendFile.batch_no,
            DividendFile.made_on,
            func.coalesce(DividendFileDiscard.reason, ""),
            func.coalesce(DividendReturnRow.result, ""),
            func.coalesce(DividendReturnRow.reason, ""),
            func.coalesce(DividendReturnRow.bank_no, ""),
            DividendReturn.received_on,
        )
        .join(DividendFile, DividendFile.id == DividendPayment.file_id)
        .join(PayoutAccount, PayoutAccount.id == DividendPayment.account_id)
        .outerjoin(DividendFileDiscard, DividendFileDiscard.file_id == DividendFile.id)
        .outerjoin(DividendReturnRow, DividendReturnRow.payment_id == DividendPayment.id)
        .outerjoin(DividendReturn, DividendReturn.id == DividendReturnRow.return_id)
        .where(DividendPayment.household_id.in_(household_ids))
        .order_by(DividendPayment.round_id, DividendPayment.attempt)
    )
    return [
        HouseholdPayment(
            one.id, one.household_id, one.round_id, one.attempt, one.amount_fen, account.holder,
            account.bank, mask_account(number_of(account, keyring)), *said,
        )
        for one, account, *said in rows
    ]  # fmt: skip
