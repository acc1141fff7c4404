"""Sending a round's payment file, which is never done by its maker, or discarding it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from enterprises.dividends import lifecycle
from enterprises.dividends.steps import (
    agreement_of,
    allow,
    elsewhere,
    lock,
    require_reason,
    state_of,
    take,
)
from enterprises.models import DividendFile, DividendFileDiscard, DividendPayment
from enterprises.payment.owed import answered, last_file
from kernel.actor import Actor
from kernel.vault import Keyring
from office import payment_files, rights
from office.models import PayoutAccount
from office.payment_files import Head, Paid
from office.payouts import number_of
from office.refusals.paying import PaymentRowsChanged


def send(session: Session, *, round_id: int, on: date, by: Actor) -> str:
    """Hand the file over to the bank; its batch number."""
    take(session, "send", round_id, on=on, by=by)
    file = file_of(session, round_id)
    _require_unchanged(session, file)
    return file.batch_no


def discard(session: Session, *, round_id: int, reason: str, on: date, by: Actor) -> None:
    """Give up a file that was not sent; what it would have paid is paid by another."""
    require_reason(reason)
    lock(session, round_id)
    name = "discard_again" if answered(session, round_id) else "discard"
    take(session, name, round_id, on=on, by=by, reason=reason)
    file = file_of(session, round_id)
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
    file = file_of(session, round_id)
    _require_unchanged(session, file)
    return payment_files.write(head_of(file), _in_clear(session, file, keyring), form)


def answer_to(
    session: Session, *, round_id: int, keyring: Keyring, returned: Mapping[int, str]
) -> str:
    """What a bank would answer: everybody paid but for those ``returned``, each with the reason.

    For books that have no bank: the demonstration county, and tests.
    """
    file = file_of(session, round_id)
    return payment_files.write_answer(head_of(file), _in_clear(session, file, keyring), returned)


def file_of(session: Session, round_id: int) -> DividendFile:
    """The last file of a round that has one."""
    file = last_file(session, round_id)
    assert file is not None, f"round {round_id} has no file"
    return file


def head_of(file: DividendFile) -> Head:
    """What a file says of itself; dividends carry no project code."""
    return Head(file.batch_no, file.rows, file.total_fen, "", file.encoding)


def rows_of(session: Session, file: DividendFile) -> list[tuple[Paid, PayoutAccount]]:
    """The rows of a file with their accounts, in order."""
    found = session.execute(
        select(DividendPayment, PayoutAccount)
        .join(PayoutAccount, PayoutAccount.id == DividendPayment.account_id)
        .where(DividendPayment.file_id == file.id)
        .order_by(DividendPayment.nr)
    )
    return [
        (
            Paid.on(
                account,
                nr=row.nr,
                attempt=row.attempt,
                amount_fen=row.amount_fen,
                remark=file.remark,
            ),
            account,
        )
        for row, account in found
    ]


def _in_clear(
    session: Session, file: DividendFile, keyring: Keyring
) -> list[tuple[Paid, str, str]]:
    return [
        (row, number_of(account, keyring), account.bank) for row, account in rows_of(session, file)
    ]


def _require_unchanged(session: Session, file: DividendFile) -> None:
    digest = payment_files.digest_of(row for row, _account in rows_of(session, file))
    if digest != file.digest:
        raise PaymentRowsChanged(field="round_id", batch_no=file.batch_no)
