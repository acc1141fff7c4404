"""The accounts that payees are paid on (一卡通): from the register, or noted and confirmed.

A household's card comes from the register when it is first to be paid, and again where the register
has another number since. An account that somebody notes by hand (a lender's, one that the bank sent
a payment back from) holds when a second person has confirmed it, and then before the register's.
Numbers are sealed by the vault; in clear they leave in the bank's file alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

import ledger
import organisations
from households import Household, Person
from households.queries import is_present
from households.reading import secret_place
from kernel.actor import Actor
from kernel.database import insert_many
from kernel.identity import mask_account, parse_bank_account
from kernel.refusals import NotFound
from kernel.vault import Keyring
from loans.record import lots
from office import approvals, rights
from office.models import Decision, Proposal
from office.refusals import ReasonMissing
from organisations import Organisation
from subsidies.models import PayoutAccount
from subsidies.refusals.paying import PayeeUnknown, PayoutHolderMissing

SUBJECT: Final = "payout_accounts"
HOUSEHOLDS: Final = "households"
ORGANISATIONS: Final = "organisations"
#: kind of the blind index, as the register's
_INDEX: Final = "bank_account"

#: table of the payee, id there
Payee = tuple[str, int]


@dataclass(frozen=True, slots=True)
class AccountNoted:
    """An account as somebody notes it."""

    payee_kind: str
    payee_id: int
    holder: str
    number: str
    bank: str
    reason: str


def note_account(
    session: Session, noted: AccountNoted, *, keyring: Keyring, on: date, by: Actor
) -> int:
    """Note a payee's account for a second person to confirm; the proposal's id."""
    region, institution_id = place_of_payee(session, noted.payee_kind, noted.payee_id)
    rights.allow(by, "subsidies.account", region=region, institution_id=institution_id)
    ledger.require_bookable(session, on)
    if not noted.holder.strip() or not noted.bank.strip():
        raise PayoutHolderMissing(field="holder")
    if not noted.reason.strip():
        raise ReasonMissing(field="reason")
    number = parse_bank_account(noted.number, field="number")
    index = keyring.blind_index(number, kind=_INDEX)
    account = PayoutAccount(
        payee_kind=noted.payee_kind,
        payee_id=noted.payee_id,
        holder=noted.holder.strip(),
        number=keyring.seal(number, place=place_of(index)),
        number_index=index,
        bank=noted.bank.strip(),
        noted_on=on,
        reason=noted.reason.strip(),
    )
    session.add(account)
    session.flush()
    return approvals.propose(
        session,
        command="subsidies.confirm_account",
        subject_kind=SUBJECT,
        subject_id=account.id,
        digest=_digest(account),
        summary=f"收款账户：{account.holder}，{account.bank}，{mask_account(number)}",
        region_code=region,
        institution_id=institution_id,
        on=on,
        by=by,
    )


def decide_account(
    session: Session, *, proposal_id: int, approved: bool, on: date, by: Actor, reason: str = ""
) -> None:
    """A second person confirms an account, which holds from then on, or rejects it."""
    ledger.require_bookable(session, on)
    proposal = session.get(Proposal, proposal_id)
    if proposal is None or proposal.subject_kind != SUBJECT:
        raise NotFound(what="收款账户")
    account = session.get_one(PayoutAccount, proposal.subject_id)
    approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=_digest(account),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=_own(session, account, by),
    )


def holding() -> ColumnElement[bool]:
    """Of an account: it came from the register, or was confirmed."""
    confirmed = exists().where(
        Proposal.subject_kind == SUBJECT,
        Proposal.subject_id == PayoutAccount.id,
        Decision.proposal_id == Proposal.id,
        Decision.decision == "approved",
    )
    return or_(PayoutAccount.reason == "", confirmed)


def in_force(payees: Select[str, int]) -> Select[PayoutAccount]:
    """The last account of these payees that holds; a confirmed one before the register's."""
    wanted = payees.subquery()
    kind, payee_id = wanted.c
    noted = func.max(PayoutAccount.id).filter(PayoutAccount.reason != "")
    last = (
        select(func.coalesce(noted, func.max(PayoutAccount.id)).label("id"))
        .join(wanted, and_(kind == PayoutAccount.payee_kind, payee_id == PayoutAccount.payee_id))
        .where(holding())
        .group_by(PayoutAccount.payee_kind, PayoutAccount.payee_id)
        .subquery()
    )
    return select(PayoutAccount).join(last, last.c.id == PayoutAccount.id)


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
    index = keyring.blind_index(card, kind=_INDEX)
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


def place_of(index: bytes) -> str:
    """Where an account's number is sealed."""
    return f"payout_accounts.number:{index.hex()}"


def number_of(account: PayoutAccount, keyring: Keyring) -> str:
    """The number in clear."""
    return keyring.open(account.number, place=place_of(account.number_index))


def index_of(number: str, keyring: Keyring) -> bytes:
    """What a number is compared by."""
    return keyring.blind_index(number, kind=_INDEX)


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


def waiting_accounts(session: Session, payee: Payee) -> Sequence[PayoutAccount]:
    """Everything noted of a payee, the oldest first."""
    return session.scalars(
        select(PayoutAccount)
        .where(PayoutAccount.payee_kind == payee[0], PayoutAccount.payee_id == payee[1])
        .order_by(PayoutAccount.id)
    ).all()


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


def _own(session: Session, account: PayoutAccount, by: Actor) -> list[bytes]:
    """The decider's own identity index, where the account is of the own household."""
    if by.identity_index is None or account.payee_kind != HOUSEHOLDS:
        return []
    own = session.scalar(
        select(Person.id).where(
            Person.household_id == account.payee_id, Person.identity_index == by.identity_index
        )
    )
    return [] if own is None else [by.identity_index]


def _digest(account: PayoutAccount) -> str:
    return approvals.digest_of(
        {
            "payee": [account.payee_kind, account.payee_id],
            "holder": account.holder,
            "number": account.number_index.hex(),
            "bank": account.bank,
            "reason": account.reason,
        }
    )
