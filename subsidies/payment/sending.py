"""Sending a payment file, which is never done by its maker, or discarding it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.vault import Keyring
from office import approvals, payment_files, rights
from office.payment_files import Head, Paid
from office.refusals.paying import PaymentRowsChanged
from policy import Rulebook
from subsidies import budget, lifecycle
from subsidies.claims.steps import allow, claim_of, elsewhere, state_of, take
from subsidies.models import FileDiscard, PaymentFile, PaymentLine, PaymentRow, PayoutAccount
from subsidies.payment.accounts import number_of
from subsidies.payment.funding import budget_year
from subsidies.payment.owed import answered, last_file
from subsidies.refusals.paying import PaymentYearOver


def send(session: Session, *, claim_id: int, rulebook: Rulebook, on: date, by: Actor) -> str:
    """Hand the file over to the bank; its batch number.

    A file that was made before the treasury's closing day and lies beyond it would be paid from
    the year that is over: it is discarded and made anew, on lines of the new year.
    """
    take(session, "send", claim_id, on=on, by=by)
    file = last_file(session, claim_id)
    _require_unchanged(session, file)
    conduct = rulebook.conduct(on=on, region=ledger.books(session).region_code)
    if budget_year(on, conduct) != file.budget_year:
        raise PaymentYearOver(
            field="claim_id",
            clause=conduct.subsidy_year_end.cite,
            year=file.budget_year,
            on=on,
            now=budget_year(on, conduct),
        )
    return file.batch_no


def discard(session: Session, *, claim_id: int, reason: str, on: date, by: Actor) -> None:
    """Give up a file that was not sent; its money is free again."""
    approvals.require_reason(reason)
    name = "discard_again" if answered(session, claim_id) else "discard"
    take(session, name, claim_id, on=on, by=by, reason=reason)
    file = last_file(session, claim_id)
    session.add(FileDiscard(file_id=file.id, discarded_on=on, reason=reason.strip()))
    for line in lines_of(session, file.id):
        budget.release(session, line_id=line[0], fen=line[1])


def file_content(
    session: Session, *, claim_id: int, keyring: Keyring, by: Actor, form: str = "csv"
) -> tuple[str, bytes]:
    """Name and content of the file that is to be sent, or was; for those who pay alone."""
    claim = claim_of(session, claim_id)
    allow(session, "subsidies.send" if rights.may(by, "subsidies.send") else "subsidies.pay",
          claim.lender_id, by)  # fmt: skip
    state = state_of(session, claim_id)
    if state not in {lifecycle.FILED, lifecycle.SENT}:
        raise elsewhere(claim_id, state)
    file = last_file(session, claim_id)
    _require_unchanged(session, file)
    return payment_files.write(head_of(file), _in_clear(session, file, keyring), form)


def answer_to(
    session: Session, *, claim_id: int, keyring: Keyring, returned: Mapping[int, str]
) -> str:
    """What a bank would answer: everybody paid but for those ``returned``, each with the reason.

    For books that have no bank: the demonstration county, and tests.
    """
    file = last_file(session, claim_id)
    return payment_files.write_answer(head_of(file), _in_clear(session, file, keyring), returned)


def _in_clear(session: Session, file: PaymentFile, keyring: Keyring) -> list[tuple[Paid, str, str]]:
    return [
        (row, number_of(account, keyring), account.bank)
        for row, account in rows_of(session, file.id)
    ]


def rows_of(session: Session, file_id: int) -> list[tuple[Paid, PayoutAccount]]:
    """The rows of a file with their accounts, in order."""
    found = session.execute(
        select(PaymentRow, PayoutAccount)
        .join(PayoutAccount, PayoutAccount.id == PaymentRow.account_id)
        .where(PaymentRow.file_id == file_id)
        .order_by(PaymentRow.nr)
    )
    return [
        (
            Paid.on(
                account,
                nr=row.nr,
                attempt=row.attempt,
                amount_fen=row.amount_fen,
                remark=row.remark,
            ),
            account,
        )
        for row, account in found
    ]


def head_of(file: PaymentFile) -> Head:
    """What a file says of itself."""
    return Head(file.batch_no, file.rows, file.total_fen, file.code, file.encoding)


def lines_of(session: Session, file_id: int) -> list[tuple[int, int]]:
    """Budget lines of a file and what it takes from each, by their numbers."""
    rows = session.execute(
        select(PaymentLine.line_id, PaymentLine.amount_fen)
        .where(PaymentLine.file_id == file_id)
        .order_by(PaymentLine.line_id)
    )
    return [(row[0], row[1]) for row in rows]


def _require_unchanged(session: Session, file: PaymentFile) -> None:
    if payment_files.digest_of(row for row, _account in rows_of(session, file.id)) != file.digest:
        raise PaymentRowsChanged(field="claim_id", batch_no=file.batch_no)
