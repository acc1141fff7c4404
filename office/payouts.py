"""The accounts that payees are paid on (一卡通): noted by one person, confirmed by another.

An account that somebody notes by hand (a lender's, one that the bank sent a payment back from)
holds when a second person has confirmed it, and then before the register's, which a room above
writes with an empty reason. Numbers are sealed by the vault; in clear they leave in the bank's file
alone. Every room that pays is paid from the same accounts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.identity import mask_account, parse_bank_account
from kernel.refusals import Refusal
from kernel.vault import Keyring
from office import approvals, payment_files, rights
from office.models import Decision, PayoutAccount, Proposal
from office.refusals import ReasonMissing
from office.refusals.paying import (
    PayoutAccountMissing,
    PayoutAccountUnchanged,
    PayoutHolderMissing,
)

SUBJECT: Final = "payout_accounts"
HOUSEHOLDS: Final = "households"
ORGANISATIONS: Final = "organisations"
#: kind of the blind index, as the register's
_INDEX: Final = "bank_account"
#: what the bank says of an account that must be corrected before it is tried again
MUST_CHANGE: Final = frozenset({"name_differs", "closed", "deceased"})

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


@dataclass(frozen=True, slots=True)
class Rule:
    """Which rights noting and confirming take, and where the payee is."""

    note: str
    confirm: str
    region: str
    institution_id: int | None = None


def note(
    session: Session, noted: AccountNoted, rule: Rule, *, keyring: Keyring, on: date, by: Actor
) -> int:
    """Note a payee's account for a second person to confirm; the proposal's id."""
    rights.allow(by, rule.note, region=rule.region, institution_id=rule.institution_id)
    if not noted.holder.strip() or not noted.bank.strip():
        raise PayoutHolderMissing(field="holder")
    if not noted.reason.strip():
        raise ReasonMissing(field="reason")
    number = parse_bank_account(noted.number, field="number")
    index = index_of(number, keyring)
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
        command=rule.confirm,
        subject_kind=SUBJECT,
        subject_id=account.id,
        digest=digest(account),
        summary=f"收款账户：{account.holder}，{account.bank}，{mask_account(number)}",
        region_code=rule.region,
        institution_id=rule.institution_id,
        on=on,
        by=by,
    )


def proposed(session: Session, proposal_id: int) -> PayoutAccount:
    """The account that a proposal is about."""
    account_id = approvals.subject_of(session, proposal_id, SUBJECT, "收款账户")
    return session.get_one(PayoutAccount, account_id)


def decide(
    session: Session,
    *,
    proposal_id: int,
    approved: bool,
    on: date,
    by: Actor,
    reason: str = "",
    identity_indexes: Collection[bytes] = (),
) -> None:
    """A second person confirms an account, which holds from then on, or rejects it."""
    approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=digest(proposed(session, proposal_id)),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=identity_indexes,
    )


def holding() -> ColumnElement[bool]:
    """Of an account: it came from the register, or was confirmed."""
    confirmed = exists().where(
        approvals.about(SUBJECT, PayoutAccount.id),
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


def noted_of(session: Session, payee: Payee) -> Sequence[PayoutAccount]:
    """Everything noted of a payee, the oldest first."""
    return session.scalars(
        select(PayoutAccount)
        .where(PayoutAccount.payee_kind == payee[0], PayoutAccount.payee_id == payee[1])
        .order_by(PayoutAccount.id)
    ).all()


def fault_of(
    account: PayoutAccount | None,
    *,
    name: str,
    encoding: str,
    last_account_id: int | None = None,
    last_reason: str | None = None,
) -> Refusal | None:
    """Why nothing can be paid on an account; None: it can. ``last_*``: what the bank sent back."""
    if account is None:
        return PayoutAccountMissing(field="account", name=name)
    if account.id == last_account_id and last_reason in MUST_CHANGE:
        reason_zh, reason_en = payment_files.REASONS[last_reason or ""]
        return PayoutAccountUnchanged(
            field="account", name=account.holder, reason_zh=reason_zh, reason_en=reason_en
        )
    holder, bank = account.holder, account.bank
    return payment_files.not_held(holder, encoding) or payment_files.not_held(bank, encoding)


def place_of(index: bytes) -> str:
    """Where an account's number is sealed."""
    return f"payout_accounts.number:{index.hex()}"


def number_of(account: PayoutAccount, keyring: Keyring) -> str:
    """The number in clear."""
    return keyring.open(account.number, place=place_of(account.number_index))


def index_of(number: str, keyring: Keyring) -> bytes:
    """What a number is compared by."""
    return keyring.blind_index(number, kind=_INDEX)


def digest(account: PayoutAccount) -> str:
    """What a second person confirms."""
    return approvals.digest_of(
        {
            "payee": [account.payee_kind, account.payee_id],
            "holder": account.holder,
            "number": account.number_index.hex(),
            "bank": account.bank,
            "reason": account.reason,
        }
    )
