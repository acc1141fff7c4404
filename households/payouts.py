"""A household's card in the register is the account it is paid on (一卡通).

It is written among the accounts of the office when the household is first to be paid, and again
where the register has another card since; an account that somebody noted and another confirmed
comes before it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

import ledger
from households import family_lines
from households.models import Household, Person
from households.queries import is_present
from households.reading import secret_place
from kernel.actor import Actor
from kernel.database import insert_many
from kernel.vault import Keyring
from office import payouts
from office.models import PayoutAccount
from office.payouts import HOUSEHOLDS, in_force, index_of, place_of


def take_from_register(
    session: Session, payees: Select[str, int], *, keyring: Keyring, on: date
) -> None:
    """Write the register's card of every household that has no account, or has another card now."""
    wanted = payees.subquery()
    known = in_force(payees).subquery()
    rows = session.execute(
        select(
            Household.id,
            Household.number,
            Household.bank_name,
            Household.bank_account_sealed,
            Person.name,
        )
        .join(wanted, and_(wanted.c[0] == HOUSEHOLDS, wanted.c[1] == Household.id))
        .join(Person, and_(Person.household_id == Household.id, Person.is_head, is_present(on)))
        .outerjoin(known, and_(known.c.payee_kind == HOUSEHOLDS, known.c.payee_id == Household.id))
        .where(
            Household.bank_account_sealed.is_not(None),
            or_(
                known.c.id.is_(None),
                and_(known.c.reason == "", known.c.number_index != Household.bank_account_index),
            ),
        )
        .order_by(Household.id)
    ).all()
    insert_many(session, PayoutAccount, [_from_register(keyring, on, *row) for row in rows])


def _from_register(
    keyring: Keyring, on: date, household_id: int, number: str, bank: str | None,
    sealed: bytes | None,
    head: str,
) -> dict[str, object]:  # fmt: skip
    assert sealed is not None
    card = keyring.open(sealed, place=secret_place("bank_account", number))
    index = index_of(card, keyring)
    return {
        "payee_kind": HOUSEHOLDS,
        "payee_id": household_id,
        "holder": head,
        "number": keyring.seal(card, place=place_of(index)),
        "number_index": index,
        "bank": bank or "",
        "noted_on": on,
        "reason": "",
    }


def decide_account(
    session: Session, *, proposal_id: int, approved: bool, on: date, by: Actor, reason: str = ""
) -> None:
    """A second person confirms an account, which holds from then on, or rejects it."""
    ledger.require_bookable(session, on)
    account = payouts.proposed(session, proposal_id)
    payouts.decide(
        session,
        proposal_id=proposal_id,
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=_own_index(session, account, by),
    )


def _own_index(session: Session, account: PayoutAccount, by: Actor) -> list[bytes]:
    """The decider's own identity index, where the account is of the own household."""
    if account.payee_kind != HOUSEHOLDS:
        return []
    return list(family_lines.own_index(session, by.identity_index, [account.payee_id]))
