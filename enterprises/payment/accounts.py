"""Correcting the account that a household is paid on, after the bank sent a dividend back."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

import ledger
from enterprises.refusals import HouseholdNotInRound
from households import Household
from kernel.actor import Actor
from kernel.vault import Keyring
from office import payouts
from office.payouts import HOUSEHOLDS, AccountNoted


def note_account(
    session: Session, noted: AccountNoted, *, keyring: Keyring, on: date, by: Actor
) -> int:
    """Note a household's account for a second person to confirm; the proposal's id."""
    household = session.get(Household, noted.payee_id) if noted.payee_kind == HOUSEHOLDS else None
    if household is None:
        raise HouseholdNotInRound(field="payee_id")
    rule = payouts.Rule(
        "enterprises.account", "enterprises.confirm_account", household.village_code
    )
    ledger.require_bookable(session, on)
    return payouts.note(session, noted, rule, keyring=keyring, on=on, by=by)
