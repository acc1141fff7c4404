"""The treasury's accounts: whose they are, and which."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

import ledger

#: whose accounts the treasury's are
OWNER_KIND: Final = "treasury"
OWNER_ID: Final = 1
ACCOUNTS: Final = ("subsidy_expense", "subsidy_payable", "subsidy_claimed_payable", "budget_paid")


def open_accounts(session: Session) -> None:
    """Open the treasury's accounts before its first entry."""
    ledger.open_accounts(session, owner_kind=OWNER_KIND, owner_ids=(OWNER_ID,), kinds=ACCOUNTS)


def account(session: Session, kind: str) -> int:
    """The treasury's account of a kind."""
    return ledger.account_id(session, owner_kind=OWNER_KIND, owner_id=OWNER_ID, kind=kind)
