"""The loans and members that a sheet of changes names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from households import families
from kernel.refusals import Refusal
from kernel.vault import Keyring
from loans import record
from loans.changes.asked import ChangeAsked
from loans.models import Loan
from loans.record import Loaded
from loans.refusals import LoanTwiceOnSheet, LoanUnknown, SheetRefused


def named(session: Session, rows: Sequence[ChangeAsked], keyring: Keyring) -> list[ChangeAsked]:
    """The members meant by identity number; one that stands in no household stays unnamed."""
    indexes = {
        row.borrower_identity: keyring.blind_index(row.borrower_identity, kind="identity")
        for row in rows
        if row.borrower_identity
    }
    if not indexes:
        return list(rows)
    # A contract may still carry a number that was corrected since.
    ids = families.present_people(session, indexes.values())
    return [
        replace(row, borrower_id=ids.get(indexes[row.borrower_identity]))
        if row.borrower_identity
        else row
        for row in rows
    ]


def find(
    session: Session, rows: Sequence[ChangeAsked]
) -> tuple[dict[str, Loaded], list[tuple[int, Refusal]]]:
    """The loans by number; each row that names none, or one for the second time, is refused."""
    found: dict[str, int] = {}
    for lot in record.lots(row.number for row in rows):
        ids = session.execute(select(Loan.number, Loan.id).where(Loan.number.in_(lot)))
        found.update({row[0]: row[1] for row in ids})
    refused: list[tuple[int, Refusal]] = []
    seen: set[str] = set()
    for place, row in enumerate(rows, start=1):
        if row.number not in found:
            refused.append((place, LoanUnknown(field="number", number=row.number[:40])))
        elif row.number in seen:
            refused.append((place, LoanTwiceOnSheet(field="number", number=row.number)))
        seen.add(row.number)
    loaded = record.load(session, found.values(), lock=False)
    if not loaded:
        raise SheetRefused(refused)
    return {number: loaded[loan_id] for number, loan_id in found.items()}, refused
