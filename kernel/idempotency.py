"""Doing it once: the key a client makes for a command, kept with the command's answer.

The row is written in the command's own transaction, before anything else, so that a second request
with the same key waits for the first and then reads its answer. Same key and same content: same
answer. Same key and other content (another command, body or person): refused. A command that fails
takes its key back with it, and the corrected retry may use it again.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import CheckConstraint, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.actor import Actor
from kernel.database import Base, Running
from kernel.refusals import Refusal

#: the longest key a client may send
KEY_MAX = 64


class RequestKeyMalformed(Refusal):
    """A key must be 8 to 64 printable ASCII characters."""

    zh = "幂等键须为8至64个可见的英文字符"
    en = "an idempotency key has 8 to 64 visible ASCII characters"


class RequestKeyReused(Refusal):
    """The key was used before for something else."""

    status = 409
    zh = "幂等键{key}已用于另一项不同的操作"
    en = "idempotency key {key} was already used for a different command"


class RequestKey(Running, Base):
    """One command asked for under a client's key, and the answer it got."""

    __tablename__ = "request_keys"
    __table_args__ = (CheckConstraint("length(key) BETWEEN 8 AND 64", name="key_length"),)

    #: the client's key
    key: Mapped[str] = mapped_column(primary_key=True)
    #: SHA-256 of command, person and body
    digest: Mapped[str]
    #: the answer as JSON; NULL only inside the transaction that is making it
    answer: Mapped[str | None]


def request_digest(command: str, by: Actor, body: object) -> str:
    """SHA-256 (hex) of everything that makes two requests the same."""
    content = json.dumps([command, by.person_id, body], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def look_up(session: Session, key: str, digest: str) -> list[Any] | None:
    """The answer given before under this key, wrapped in a list; None if the key is new."""
    if not (8 <= len(key) <= KEY_MAX and key.isascii() and key.isprintable() and " " not in key):
        raise RequestKeyMalformed(field="Idempotency-Key")
    before = session.execute(
        select(RequestKey.digest, RequestKey.answer).where(RequestKey.key == key)
    ).one_or_none()
    if before is None:
        return None
    if before.digest != digest or before.answer is None:
        raise RequestKeyReused(field="Idempotency-Key", key=key)
    return [json.loads(before.answer)]


def claim(session: Session, key: str, digest: str) -> list[Any] | None:
    """Claim a key before the work; waits for a rival, and gives its answer as ``look_up`` does."""
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    claimed = session.execute(
        dialect.insert(RequestKey)
        .values(key=key, digest=digest, answer=None)
        .on_conflict_do_nothing()
        .returning(RequestKey.key)
    ).first()
    if claimed is not None:
        return None
    return look_up(session, key, digest)


def store(session: Session, key: str, answer: object) -> None:
    """Keep the answer beside the key."""
    session.execute(
        update(RequestKey)
        .where(RequestKey.key == key)
        .values(answer=json.dumps(answer, ensure_ascii=False))
    )
