"""Making a round's payment file (一卡通): who is paid what, on which account.

It holds every household of the round that was not paid; how: ``office.paying``.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

import ledger
from enterprises.dividends.steps import take
from enterprises.models import DividendFile, DividendPayment
from enterprises.payment.owed import DESK, payees_of, unpaid
from enterprises.refusals import NoDividendToPay
from households import Person
from households.payouts import take_from_register
from households.queries import is_present
from kernel.actor import Actor
from kernel.database import insert_many
from kernel.vault import Keyring
from office import payment_files
from office.paying import Row, ready
from office.payouts import HOUSEHOLDS, Payee

REMARK: Final = "企业分红"


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
    rows = ready(
        session,
        unpaid(session, round_id),
        payees=payees_of(round_id),
        names=lambda _unknown: _names(session, round_id, on),
        encoding=encoding,
        remark=remark,
        ready_only=ready_only,
    )
    if not rows:
        raise NoDividendToPay(field="round_id", round=round_id)
    file = _file(session, round_id, rows, on=on, encoding=encoding, remark=remark)
    _write(session, file, rows)
    return file.id


def _file(
    session: Session, round_id: int, rows: list[Row], *, on: date, encoding: str, remark: str
) -> DividendFile:
    nr = DESK.next_nr(session, round_id)
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


def _write(session: Session, file: DividendFile, rows: list[Row]) -> None:
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


def _names(session: Session, round_id: int, on: date) -> dict[Payee, str]:
    """Household of a round -> its head."""
    wanted = payees_of(round_id).subquery()
    rows = session.execute(
        select(Person.household_id, Person.name).join(
            wanted, and_(wanted.c[1] == Person.household_id, Person.is_head, is_present(on))
        )
    )
    return {(HOUSEHOLDS, row[0]): row[1] for row in rows}
