"""Making a round's payment file (一卡通): who is paid what, on which account.

One person makes the file, another sends it. It holds every household of the round that was not
paid; one whose payment came back comes again, as another attempt, once the account was corrected
and confirmed. Whoever cannot be paid is told by row before anything is written, or waits for
another file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

import ledger
from enterprises.dividends.steps import take
from enterprises.models import DividendFile, DividendPayment
from enterprises.payment.owed import Payable, last_file, payees_of, unpaid
from enterprises.refusals import NoDividendToPay
from households import Person
from households.payouts import take_from_register
from households.queries import is_present
from kernel.actor import Actor
from kernel.database import insert_many
from kernel.refusals import Refusal
from kernel.vault import Keyring
from office import payment_files, payouts
from office.models import PayoutAccount
from office.payment_files import Paid
from office.refusals.paying import PaymentRowsRefused

REMARK: Final = "企业分红"


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the file to be."""

    paid: Paid
    account_id: int


def make_file(
    session: Session,
    *,
    round_id: int,
    keyring: Keyring,
    on: date,
    by: Actor,
    encoding: str = "gb18030",
    remark: str = REMARK,
    ready_only: bool = False,
) -> int:
    """Make the next payment file of an approved round; its number.

    ``ready_only``: who cannot be paid yet waits for another file instead of holding this one up.
    """
    take(session, "file", round_id, on=on, by=by)
    payment_files.check_encoding(encoding)
    payment_files.check_remark(remark, encoding)
    take_from_register(session, payees_of(round_id), keyring=keyring, on=on)
    ready = _ready(session, round_id, encoding, on, ready_only=ready_only)
    rows = [
        _Row(
            Paid.on(
                account,
                nr=nr,
                attempt=one.attempts + 1,
                amount_fen=one.amount_fen,
                remark=remark,
            ),
            account.id,
        )
        for nr, (one, account) in enumerate(ready, start=1)
    ]
    file = _file(session, round_id, rows, on=on, encoding=encoding, remark=remark)
    _write(session, file, rows)
    return file.id


def _file(
    session: Session, round_id: int, rows: list[_Row], *, on: date, encoding: str, remark: str
) -> DividendFile:
    before = last_file(session, round_id)
    nr = 1 if before is None else before.nr + 1
    county = ledger.books(session).region_code[:6]
    file = DividendFile(
        round_id=round_id,
        nr=nr,
        made_on=on,
        rows=len(rows),
        total_fen=sum(row.paid.amount_fen for row in rows),
        batch_no=f"{county}-FH{round_id:06d}-{nr:02d}",
        encoding=encoding,
        remark=remark,
        digest=payment_files.digest_of(row.paid for row in rows),
    )
    session.add(file)
    session.flush()
    return file


def _write(session: Session, file: DividendFile, rows: list[_Row]) -> None:
    insert_many(
        session,
        DividendPayment,
        [
            {
                "file_id": file.id,
                "nr": row.paid.nr,
                "round_id": file.round_id,
                "household_id": row.paid.payee_id,
                "attempt": row.paid.attempt,
                "account_id": row.account_id,
                "amount_fen": row.paid.amount_fen,
            }
            for row in rows
        ],
    )


def _ready(
    session: Session, round_id: int, encoding: str, on: date, *, ready_only: bool
) -> list[tuple[Payable, PayoutAccount]]:
    """Who is paid, in the order of the round; who cannot be is refused by row, or waits."""
    held = {
        account.payee_id: account
        for account in session.scalars(payouts.in_force(payees_of(round_id)))
    }
    payable = unpaid(session, round_id)
    names = (
        _names(session, round_id, on)
        if any(one.household_id not in held for one in payable)
        else {}
    )
    rows: list[tuple[Payable, PayoutAccount]] = []
    refused: list[tuple[int, Refusal]] = []
    for nr, one in enumerate(payable, start=1):
        account = held.get(one.household_id)
        fault = payouts.fault_of(
            account,
            name=names.get(one.household_id, ""),
            encoding=encoding,
            last_account_id=one.last_account_id,
            last_reason=one.last_reason,
        )
        if fault is not None:
            refused.append((nr, fault))
        elif account is not None:
            rows.append((one, account))
    if refused and not ready_only:
        raise PaymentRowsRefused(refused)
    if not rows:
        raise NoDividendToPay(field="round_id", round=round_id)
    return rows


def _names(session: Session, round_id: int, on: date) -> dict[int, str]:
    """Household of a round -> its head."""
    wanted = payees_of(round_id).subquery()
    rows = session.execute(
        select(Person.household_id, Person.name).join(
            wanted, and_(wanted.c[1] == Person.household_id, Person.is_head, is_present(on))
        )
    )
    return {row[0]: row[1] for row in rows}
