"""What a second person sees of an account that was noted: old and new, why, and of which claim.

Numbers are masked; the account that holds now stands beside the one that would.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.identity import mask_account
from kernel.vault import Keyring
from subsidies.models import PaymentFile, PaymentRow, PayoutAccount
from subsidies.payment.accounts import Payee, holding, number_of
from web.words import t

TITLES: Final = ("账户", "户名", "开户行", "账号", "理由")
_NONE: Final = "—"


def payee_of(session: Session, account_id: int) -> Payee:
    """Whose account it is."""
    account = session.get_one(PayoutAccount, account_id)
    return account.payee_kind, account.payee_id


def rows(session: Session, account_id: int, *, keyring: Keyring) -> list[tuple[str, ...]]:
    """The account before and the one proposed: which, holder, bank, masked number, reason."""
    new = session.get_one(PayoutAccount, account_id)
    old = _before(session, new)
    first = (_NONE,) * 4 if old is None else _cells(old, keyring)
    return [(t("原账户"), *first), (t("新账户"), *_cells(new, keyring))]


def _before(session: Session, new: PayoutAccount) -> PayoutAccount | None:
    """What held before it: the last confirmed one, or else the register's last."""
    return session.scalar(
        select(PayoutAccount)
        .where(
            PayoutAccount.payee_kind == new.payee_kind,
            PayoutAccount.payee_id == new.payee_id,
            PayoutAccount.id < new.id,
            holding(),
        )
        .order_by(PayoutAccount.reason == "", PayoutAccount.id.desc())
        .limit(1)
    )


def claim_of(session: Session, payee: Payee) -> int | None:
    """The last claim of which the payee was to be paid."""
    return session.scalar(
        select(PaymentFile.claim_id)
        .join(PaymentRow, PaymentRow.file_id == PaymentFile.id)
        .where(PaymentRow.payee_kind == payee[0], PaymentRow.payee_id == payee[1])
        .order_by(PaymentFile.id.desc())
        .limit(1)
    )


def _cells(one: PayoutAccount, keyring: Keyring) -> tuple[str, ...]:
    return one.holder, one.bank, mask_account(number_of(one, keyring)), one.reason or _NONE
