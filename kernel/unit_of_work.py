"""The unit of work: one transaction, one trail row; return commits, raise rolls back.

``Books`` is a set of books at hand: where it is, the key of its trail, and the clock. Only the
edges open units of work; operations take the session and never commit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from kernel import idempotency, trail
from kernel.actor import Actor
from kernel.database import WORK, Work, reading

Answer = TypeVar("Answer")


class MacKey(Protocol):
    """What the trail needs of the key ring."""

    def mac(self, data: bytes) -> bytes:
        """Keyed digest of ``data``."""


def utc_now() -> datetime:
    """The wall clock, for the record only; injected so that nothing else reads it."""
    return datetime.now(UTC)


class _DoneByRival(Exception):
    """The same request was answered while this one waited: nothing is to be done or recorded."""

    def __init__(self, answer: object) -> None:
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Books:
    """One set of books."""

    engine: Engine
    keyring: MacKey
    clock: Callable[[], datetime] = utc_now

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that may not write."""
        with reading(self.engine) as connection, Session(connection) as session:
            yield session

    @contextmanager
    def write(self, command: str, *, by: Actor, reason: str = "") -> Iterator[Session]:
        """A session whose work commits as a whole, with its trail row, or not at all."""
        began_at = self.clock()
        with self.engine.connect() as connection, connection.begin():
            work = Work(trail.next_id(connection))
            # Held by hand: a connection that is lost has no info any more.
            info = connection.info
            info[WORK] = work
            try:
                with Session(connection, expire_on_commit=False) as session:
                    yield session
                    session.flush()
                    if work.wrote:
                        self._chain(session, work, command, by, reason, began_at)
            finally:
                info.pop(WORK, None)

    def once(
        self,
        command: str,
        work: Callable[[Session], Answer],
        *,
        by: Actor,
        key: str,
        body: object,
        reason: str = "",
    ) -> Answer:
        """Do ``work`` under the client's key: the same request gets the same (JSON) answer."""
        digest = idempotency.request_digest(command, by, body)
        with self.read() as session:
            if (known := idempotency.look_up(session, key, digest)) is not None:
                return known[0]  # type: ignore[no-any-return]
        try:
            with self.write(command, by=by, reason=reason) as session:
                if (known := idempotency.claim(session, key, digest)) is not None:
                    raise _DoneByRival(known[0])
                answer = work(session)
                idempotency.store(session, key, answer)
        except _DoneByRival as rival:
            return rival.answer  # type: ignore[return-value]
        # The first caller gets what a repeated one will read.
        return json.loads(json.dumps(answer))  # type: ignore[no-any-return]

    def _chain(
        self,
        session: Session,
        work: Work,
        command: str,
        by: Actor,
        reason: str,
        began_at: datetime,
    ) -> None:
        trail.append(
            session,
            work=work,
            command=command,
            by=by,
            reason=reason,
            began_at=began_at,
            clock=self.clock,
            mac=self.keyring.mac,
        )


def found_trail(session: Session) -> None:
    """Lay the first stone of the chain in new books."""
    if session.scalar(select(trail.TrailHead.id)) is None:
        session.add(trail.TrailHead(id=1, position=0, mac=trail.GENESIS))
        session.flush()
