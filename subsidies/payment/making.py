"""Making a payment file (一卡通): who of a claim is paid what, on which account, from which line.

It holds everybody of the claim who is owed something and was not paid or given back; how:
``office.paying``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.database import insert_many
from kernel.dates import ONE_DAY
from kernel.vault import Keyring
from office import payment_files
from office.paying import Row, ready
from policy import Rulebook
from subsidies.claims.office_steps import conduct_of
from subsidies.claims.steps import Taken, take
from subsidies.models import BudgetLine, PaymentFile, PaymentLine, PaymentRow
from subsidies.payment import accounts, funding
from subsidies.payment.funding import FromLine
from subsidies.payment.owed import DESK, payees_of, unpaid
from subsidies.refusals.paying import NothingToPay

REMARK, REMARK_LATE = "贷款贴息", "跨年贴息"


def make_file(
    session: Session,
    *,
    claim_id: int,
    rulebook: Rulebook,
    keyring: Keyring,
    on: date,
    by: Actor,
    lines: Sequence[FromLine] | None = None,
    encoding: str = "gb18030",
    remark: str = "",
    ready_only: bool = False,
) -> int:
    """Make the next payment file of an approved claim; its number.

    ``lines``: from which budget lines, else as the policy's shares propose. ``ready_only``: who
    cannot be paid yet waits for another file instead of holding this one up.
    """
    taken = take(session, "file", claim_id, on=on, by=by)
    payment_files.check_encoding(encoding)
    conduct = conduct_of(session, rulebook, on)
    year = funding.budget_year(on, conduct)
    # Paid in a later year than it was earned: it says so (跨年).
    late = year > (taken.claim.period_to - ONE_DAY).year
    remark = remark.strip() or (REMARK_LATE if late else REMARK)
    payment_files.check_remark(remark, encoding)
    accounts.take_from_register(session, payees_of(claim_id), keyring=keyring, on=on)
    # Taken down before the budget moves, which lets go of everything that was read.
    rows = ready(
        session,
        unpaid(session, claim_id),
        payees=payees_of(claim_id),
        names=lambda unknown: accounts.names_of(session, unknown, on=on),
        encoding=encoding,
        remark=remark,
        ready_only=ready_only,
    )
    if not rows:
        raise NothingToPay(field="claim_id", claim=claim_id)
    total_fen = sum(row.paid.amount_fen for row in rows)
    if lines is None:
        lines = funding.propose_lines(session, total_fen=total_fen, year=year, conduct=conduct)
    named = funding.check_lines(session, lines, total_fen=total_fen, year=year)
    lines = funding.joined(lines)
    funding.commit_lines(session, lines)
    file = _file(session, taken, rows, named, year=year, late=late, encoding=encoding)
    file.digest = payment_files.digest_of(row.paid for row in rows)
    session.add(file)
    session.flush()
    _write(session, file, rows, lines)
    return file.id


def _file(
    session: Session,
    taken: Taken,
    rows: Sequence[Row],
    named: Sequence[BudgetLine],
    *,
    year: int,
    late: bool,
    encoding: str,
) -> PaymentFile:
    claim_id = taken.claim.id
    nr = DESK.next_nr(session, claim_id)
    county = ledger.books(session).region_code[:6]
    return PaymentFile(
        claim_id=claim_id,
        nr=nr,
        made_on=taken.step.on_day,
        rows=len(rows),
        total_fen=sum(row.paid.amount_fen for row in rows),
        budget_year=year,
        crosses_year=late,
        code=named[0].code,
        batch_no=f"{county}-{claim_id:06d}-{nr:02d}",
        encoding=encoding,
    )


def _write(
    session: Session,
    file: PaymentFile,
    rows: Sequence[Row],
    lines: Sequence[FromLine],
) -> None:
    session.add_all(
        PaymentLine(file_id=file.id, line_id=one.line_id, amount_fen=one.amount_fen)
        for one in lines
    )
    session.flush()
    insert_many(
        session,
        PaymentRow,
        [
            {
                "file_id": file.id,
                "nr": row.paid.nr,
                "claim_id": file.claim_id,
                "payee_kind": row.paid.payee_kind,
                "payee_id": row.paid.payee_id,
                "attempt": row.paid.attempt,
                "account_id": row.account_id,
                "amount_fen": row.paid.amount_fen,
                "remark": row.paid.remark,
            }
            for row in rows
        ],
    )
