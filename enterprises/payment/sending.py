"""Sending a round's payment file, which is never done by its maker, or discarding it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from enterprises.dividends import lifecycle
from enterprises.dividends.steps import (
    agreement_of,
    allow,
    elsewhere,
    lock,
    state_of,
    take,
)
from enterprises.models import DividendFileDiscard
from enterprises.payment.owed import DESK
from kernel.actor import Actor
from kernel.vault import Keyring
from office import approvals, rights

_require_unchanged = DESK.require_unchanged


def send(session: Session, *, round_id: int, on: date, by: Actor) -> str:
    """Hand the file over to the bank; its batch number."""
    take(session, "send", round_id, on=on, by=by)
    file = DESK.file_of(session, round_id)
    _require_unchanged(session, file)
    return file.batch_no


def discard(session: Session, *, round_id: int, reason: str, on: date, by: Actor) -> None:
    """Give up a file that was not sent; what it would have paid is paid by another."""
    approvals.require_reason(reason)
    lock(session, round_id)
    name = "discard_again" if DESK.answered(session, round_id) else "discard"
    take(session, name, round_id, on=on, by=by, reason=reason)
    file = DESK.file_of(session, round_id)
    session.add(DividendFileDiscard(file_id=file.id, discarded_on=on, reason=reason.strip()))
    session.flush()


def file_content(
    session: Session, *, round_id: int, keyring: Keyring, by: Actor, form: str = "csv"
) -> tuple[str, bytes]:
    """Name and content of the file that is to be sent, or was; for those who pay alone."""
    command = "enterprises.send" if rights.may(by, "enterprises.send") else "enterprises.pay"
    allow(session, command, agreement_of(session, round_id), by)
    state = state_of(session, round_id)
    if state not in {lifecycle.FILED, lifecycle.SENT}:
        raise elsewhere(round_id, state)
    file = DESK.file_of(session, round_id)
    _require_unchanged(session, file)
    return DESK.content(session, file, keyring, form)


def answer_to(
    session: Session, *, round_id: int, keyring: Keyring, returned: Mapping[int, str]
) -> str:
    """What a bank would answer to the last file of a round."""
    return DESK.answer_to(session, round_id, keyring, returned)
