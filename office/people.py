"""People with accounts: adding, logging in, sessions. Passwords are argon2id.

Time comes in as ``now``; wrong passwords lock the account for a while, and a wrong name costs the
same time as a wrong password.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.refusals import NotFound
from office.models import LoginSession, Person, UserAccount
from office.refusals import LoginTaken, PasswordTooShort, RoleUnknown
from office.rights import ROLES

#: wrong passwords in a row before the account rests
FAILURES_MAX = 5
#: how long it rests
LOCK = timedelta(minutes=15)
#: a session not used for so long is over
IDLE = timedelta(hours=2)
#: a session older than this is over
LIFETIME = timedelta(hours=12)
PASSWORD_MIN = 12

# 19 MiB, two passes: the OWASP profile.
STANDARD_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def add_person(session: Session, *, name: str, identity_index: bytes | None = None) -> int:
    """A person who will work here; the one with that identity number if already known."""
    if identity_index is not None:
        known = session.scalar(select(Person.id).where(Person.identity_index == identity_index))
        if known is not None:
            return known
    person = Person(name=name, identity_index=identity_index)
    session.add(person)
    session.flush()
    return person.id


def add_account(
    session: Session,
    *,
    person_id: int,
    login: str,
    password: str,
    roles: Collection[str],
    region_scope: str,
    institution_id: int | None = None,
    hasher: PasswordHasher = STANDARD_HASHER,
) -> int:
    """An account for a person; its id."""
    for role in roles:
        if role not in ROLES or role == "system":
            raise RoleUnknown(field="roles", role=role)
    if len(password) < PASSWORD_MIN:
        raise PasswordTooShort(field="password")
    if session.scalar(select(UserAccount.id).where(UserAccount.login == login)) is not None:
        raise LoginTaken(field="login", login=login)
    account = UserAccount(
        person_id=person_id,
        login=login,
        password_hash=hasher.hash(password),
        roles=",".join(sorted(roles)),
        region_scope=region_scope,
        institution_id=institution_id,
        active=True,
        failures=0,
        locked_until=None,
    )
    session.add(account)
    session.flush()
    return account.id


def check_password(
    session: Session,
    *,
    login: str,
    password: str,
    now: datetime,
    hasher: PasswordHasher = STANDARD_HASHER,
) -> UserAccount | None:
    """The account if the password is right and it may be used; counts a failure otherwise.

    Returns None on failure so that the count is committed; the edge then raises ``LoginFailed``.
    """
    account = session.scalar(select(UserAccount).where(UserAccount.login == login))
    if account is None:
        # As slow as a real check, so that names cannot be guessed by the clock.
        hasher.hash(password)
        return None
    right = _matches(hasher, account.password_hash, password)
    locked = account.locked_until is not None and now < account.locked_until
    if right and account.active and not locked:
        account.failures, account.locked_until = 0, None
        return account
    account.failures += 1
    if account.failures >= FAILURES_MAX:
        account.failures, account.locked_until = 0, now + LOCK
    return None


def _matches(hasher: PasswordHasher, password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except VerificationError:
        return False


def begin_session(session: Session, *, account_id: int, now: datetime) -> str:
    """A new session; its secret token for the cookie."""
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_digest=_digest(token),
            account_id=account_id,
            began_at=now,
            seen_at=now,
            ended=False,
        )
    )
    session.flush()
    return token


def account_of_session(session: Session, *, token: str, now: datetime) -> UserAccount | None:
    """Whose session this is, if it still holds."""
    row = session.execute(
        select(LoginSession, UserAccount)
        .join(UserAccount, UserAccount.id == LoginSession.account_id)
        .where(LoginSession.token_digest == _digest(token))
    ).one_or_none()
    if row is None:
        return None
    login, account = row
    over = login.ended or now - login.seen_at > IDLE or now - login.began_at > LIFETIME
    return None if over or not account.active else account


def session_seen_at(session: Session, *, token: str) -> datetime:
    """When a session that holds was last seen."""
    return session.get_one(LoginSession, _digest(token)).seen_at


def touch_session(session: Session, *, token: str, now: datetime) -> None:
    """Note that a session was used."""
    session.execute(
        update(LoginSession).where(LoginSession.token_digest == _digest(token)).values(seen_at=now)
    )


def end_session(session: Session, *, token: str) -> None:
    """Log out."""
    session.execute(
        update(LoginSession).where(LoginSession.token_digest == _digest(token)).values(ended=True)
    )


def change_account(
    session: Session,
    *,
    login: str,
    active: bool | None = None,
    roles: Collection[str] | None = None,
    password: str | None = None,
    hasher: PasswordHasher = STANDARD_HASHER,
) -> None:
    """Disable, re-enable, give other roles or a new password; every session of it ends."""
    account = session.scalar(select(UserAccount).where(UserAccount.login == login))
    if account is None:
        raise NotFound(field="login", what=f"账号{login}")
    if active is not None:
        account.active = active
    if roles is not None:
        for role in roles:
            if role not in ROLES or role == "system":
                raise RoleUnknown(field="roles", role=role)
        account.roles = ",".join(sorted(roles))
    if password is not None:
        if len(password) < PASSWORD_MIN:
            raise PasswordTooShort(field="password")
        account.password_hash = hasher.hash(password)
        account.failures, account.locked_until = 0, None
    session.execute(
        update(LoginSession).where(LoginSession.account_id == account.id).values(ended=True)
    )


def actor_of(
    session: Session, account: UserAccount, institution_ids: frozenset[int] | None
) -> Actor:
    """The actor an account stands for; the caller resolves the institution's subtree."""
    person = session.get_one(Person, account.person_id)
    return Actor(
        person_id=person.id,
        account=account.login,
        roles=frozenset(account.roles.split(",")),
        region_scope=account.region_scope,
        institution_ids=institution_ids,
        identity_index=person.identity_index,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
