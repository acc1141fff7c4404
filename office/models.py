"""Tables of the office: people with accounts, their sessions, proposals and decisions, vouchers,
accounts that payees are paid on.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class Person(Running, Base):
    """Somebody who works with the system. Four eyes means two of these."""

    __tablename__ = "staff"

    #: number; 0 is never used, it means the system
    id: Mapped[int] = mapped_column(primary_key=True)
    #: name as on the identity card
    name: Mapped[str]
    #: blind index of the identity number, where given: one person, and never their own household
    identity_index: Mapped[bytes | None] = mapped_column(unique=True)


class UserAccount(Running, Base):
    """A way for a person to log in, with roles and scope. A person may have several."""

    __tablename__ = "user_accounts"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures_not_negative"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the person behind it
    person_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    #: name to log in with
    login: Mapped[str] = mapped_column(unique=True)
    #: argon2id
    password_hash: Mapped[str]
    #: roles, sorted, comma between
    roles: Mapped[str]
    #: digits of the region seen
    region_scope: Mapped[str]
    #: the institution whose subtree is seen; NULL: all
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    #: whether it may be used
    active: Mapped[bool]
    #: wrong passwords since the last right one
    failures: Mapped[int]
    #: no try counts before this time
    locked_until: Mapped[datetime | None]


class LoginSession(Running, Base):
    """A browser that is logged in. The cookie holds the token, the table its digest."""

    __tablename__ = "login_sessions"

    #: SHA-256 of the token
    token_digest: Mapped[str] = mapped_column(primary_key=True)
    #: whose session
    account_id: Mapped[int] = mapped_column(ForeignKey("user_accounts.id"), index=True)
    #: since when
    began_at: Mapped[datetime]
    #: last seen
    seen_at: Mapped[datetime]
    #: ended by log-out, change of role or an administrator
    ended: Mapped[bool]


class Proposal(Recorded, Base):
    """Something one person asks another to decide, frozen by its hash."""

    __tablename__ = "proposals"
    __table_args__ = (
        Index("ix_proposals_subject", "subject_kind", "subject_id"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the command that decides it, ``room.verb``
    command: Mapped[str]
    #: table of what is proposed
    subject_kind: Mapped[str]
    #: its id
    subject_id: Mapped[int]
    #: SHA-256 of what is proposed
    digest: Mapped[str]
    #: what it is, for the queue
    summary: Mapped[str]
    #: who proposed; 0 is the system
    proposed_by: Mapped[int]
    #: business day
    proposed_on: Mapped[date]
    #: region it concerns
    region_code: Mapped[str]
    #: institution it concerns
    institution_id: Mapped[int | None]


class Decision(Recorded, Base):
    """The answer of a second person."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("proposal_id"),
        CheckConstraint("decision IN ('approved', 'rejected')", name="decision_known"),
        CheckConstraint("decided_by > 0", name="a_person_decides"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: what was decided
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"))
    #: approved or rejected
    decision: Mapped[str]
    #: who decided
    decided_by: Mapped[int]
    #: business day
    decided_on: Mapped[date]
    #: why
    reason: Mapped[str]


class Voucher(Recorded, Base):
    """A payment made or received, by its voucher: booked once per institution and channel."""

    __tablename__ = "vouchers"
    __table_args__ = (
        UniqueConstraint("institution_id", "channel", "voucher_no"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("direction IN ('in', 'out')", name="direction_known"),
        CheckConstraint("length(voucher_no) BETWEEN 1 AND 64", name="voucher_no_length"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the lender whose money it is
    institution_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    #: counter, transfer, batch, ...
    channel: Mapped[str]
    #: number on the paper
    voucher_no: Mapped[str]
    #: in: received, out: paid
    direction: Mapped[str]
    #: how much, fen
    amount_fen: Mapped[int]
    #: booking date
    booked_on: Mapped[date]


class PayoutAccount(Recorded, Base):
    """The card or account that a payee is paid on (一卡通).

    The last row of a payee holds that comes from the register or that a second person confirmed.
    """

    __tablename__ = "payout_accounts"
    __table_args__ = (
        CheckConstraint("payee_kind IN ('households', 'organisations')", name="payee_known"),
        Index("ix_payout_accounts_payee", "payee_kind", "payee_id"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: table of the payee
    payee_kind: Mapped[str]
    #: its id there
    payee_id: Mapped[int]
    #: holder's name at the bank (户名)
    holder: Mapped[str]
    #: the number, as an envelope of the vault
    number: Mapped[bytes]
    #: keyed blind index of the number
    number_index: Mapped[bytes] = mapped_column(index=True)
    #: bank
    bank: Mapped[str]
    #: business day
    noted_on: Mapped[date]
    #: why it was changed; empty for the first
    reason: Mapped[str]
