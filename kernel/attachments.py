"""Attachments: files kept by their hash, sealed, never changed.

An import's workbook, a scanned paper: one file, one hash, one row, however often it is handed in.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.database import Base, Recorded
from kernel.refusals import NotFound
from kernel.vault import Keyring


class Attachment(Recorded, Base):
    """A file."""

    __tablename__ = "attachments"
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256_length"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: hash of the content in clear, hex
    sha256: Mapped[str] = mapped_column(unique=True)
    #: name it was first handed in under
    name: Mapped[str]
    #: length in bytes
    size: Mapped[int]
    #: the content in an envelope
    sealed: Mapped[bytes]


def keep(session: Session, keyring: Keyring, *, name: str, content: bytes) -> int:
    """Keep a file; its id. The same content is kept once."""
    sha256 = hashlib.sha256(content).hexdigest()
    known = session.scalar(select(Attachment.id).where(Attachment.sha256 == sha256))
    if known is not None:
        return known
    attachment = Attachment(
        sha256=sha256,
        name=name,
        size=len(content),
        sealed=keyring.seal_bytes(content, place=f"attachments.sealed:{sha256}"),
    )
    session.add(attachment)
    session.flush()
    return attachment.id


def content_of(session: Session, keyring: Keyring, attachment_id: int) -> tuple[str, bytes]:
    """Name and content of a file."""
    found = session.get(Attachment, attachment_id)
    if found is None:
        raise NotFound(field="attachment_id", what="附件")
    place = f"attachments.sealed:{found.sha256}"
    return found.name, keyring.open_bytes(found.sealed, place=place)
