"""The outbox: messages written in the transaction that causes them, sent afterwards.

A message is a recorded row; its delivery is another. What is in the one and not in the other is
still to be sent, so a crash between commit and sending loses nothing, and sending twice is the
worst that can happen: the receiver is given the message's number.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.database import Base, Recorded

Deliver = Callable[[int, str, dict[str, object]], None]


class OutboxMessage(Recorded, Base):
    """Something to tell the world outside."""

    __tablename__ = "outbox_messages"

    #: number; the receiver may see it twice
    id: Mapped[int] = mapped_column(primary_key=True)
    #: what sort of message, ``room.noun``
    kind: Mapped[str]
    #: canonical JSON
    payload: Mapped[str]


class OutboxDelivery(Recorded, Base):
    """That a message was sent."""

    __tablename__ = "outbox_deliveries"

    #: the message
    message_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_messages.id"), primary_key=True, autoincrement=False
    )
    #: when
    sent_at: Mapped[datetime]


def put(session: Session, kind: str, payload: dict[str, object]) -> None:
    """Write a message beside the change that causes it."""
    text = json.dumps(payload, sort_keys=True, ensure_ascii=False)
    session.add(OutboxMessage(kind=kind, payload=text))
    session.flush()


def deliver(session: Session, send: Deliver, *, now: datetime, limit: int = 100) -> int:
    """Send what waits, oldest first, and record it; how many went out."""
    sent = select(OutboxDelivery.message_id)
    waiting = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.id.not_in(sent))
        .order_by(OutboxMessage.id)
        .limit(limit)
    ).all()
    for message in waiting:
        send(message.id, message.kind, json.loads(message.payload))
        session.add(OutboxDelivery(message_id=message.id, sent_at=now))
    session.flush()
    return len(waiting)
