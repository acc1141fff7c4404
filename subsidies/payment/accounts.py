"""Accounts of those whom the treasury pays: households and organisations, noted and confirmed.

What an account is, and which of them holds, is the office's (``office.payouts``); a household's
card comes from the register (``households.payouts``). Here is who may note whose.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
import organisations
from households import Household, Person
from households.payouts import take_from_register
from households.queries import is_present
from kernel.actor import Actor
from kernel.vault import Keyring
from loans.record import lots
from office import payouts
from office.payouts import (
    HOUSEHOLDS,
    ORGANISATIONS,
    SUBJECT,
    AccountNoted,
    Payee,
    holding,
    in_force,
    index_of,
    number_of,
    place_of,
)
from office.payouts import noted_of as waiting_accounts
from office.refusals.paying import PayeeUnknown
from organisations import Organisation

__all__ = [
    "HOUSEHOLDS",
    "ORGANISATIONS",
    "SUBJECT",
    "AccountNoted",
    "Payee",
    "holding",
    "in_force",
    "index_of",
    "names_of",
    "note_account",
    "number_of",
    "place_of",
    "place_of_payee",
    "take_from_register",
    "waiting_accounts",
]


def note_account(
    session: Session, noted: AccountNoted, *, keyring: Keyring, on: date, by: Actor
) -> int:
    """Note a payee's account for a second person to confirm; the proposal's id."""
    region, institution_id = place_of_payee(session, noted.payee_kind, noted.payee_id)
    rule = payouts.Rule("subsidies.account", "subsidies.confirm_account", region, institution_id)
    ledger.require_bookable(session, on)
    return payouts.note(session, noted, rule, keyring=keyring, on=on, by=by)


def names_of(session: Session, payees: Collection[Payee], *, on: date) -> Mapping[Payee, str]:
    """What payees are called: the head of a household, an organisation."""
    found: dict[Payee, str] = {}
    for ids in lots([key for kind, key in payees if kind == HOUSEHOLDS]):
        heads = select(Person.household_id, Person.name).where(
            Person.household_id.in_(ids), Person.is_head, is_present(on)
        )
        found |= {(HOUSEHOLDS, row[0]): row[1] for row in session.execute(heads)}
    for ids in lots([key for kind, key in payees if kind == ORGANISATIONS]):
        rows = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
        found |= {(ORGANISATIONS, row[0]): row[1] for row in session.execute(rows)}
    return found


def place_of_payee(session: Session, payee_kind: str, payee_id: int) -> tuple[str, int | None]:
    """Region of a payee, and the institution where it is one."""
    if payee_kind == HOUSEHOLDS:
        household = session.get(Household, payee_id)
        if household is None:
            raise PayeeUnknown(field="payee_id")
        return household.village_code, None
    if payee_kind != ORGANISATIONS:
        raise PayeeUnknown(field="payee_kind")
    organisation = organisations.get(session, payee_id)
    return organisation.region_code, organisation.id
