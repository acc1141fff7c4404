"""The town's people change loans: one proposes, another decides."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

import ledger
import loans
from kernel.actor import Actor
from loans.changes.sheets import commands_of
from loans.models import Change, Due, Loan, Settlement
from tests.loans.town import DIRECTOR, OFFICER, Town

WHY = "受灾减产，双方同意"


def asked(number: str, **more: Any) -> loans.ChangeAsked:
    """A change of a loan, with its reason."""
    return loans.ChangeAsked(number, **{"reason": WHY, **more})


def propose(town: Town, kind: str, *rows: loans.ChangeAsked, by: Actor = OFFICER) -> int:
    """Put changes before the director."""
    with town.books.write(commands_of(kind)[0], by=by) as session:
        return loans.propose_changes(
            session,
            kind=kind,
            rows=rows,
            rulebook=town.rulebook,
            calendar=town.calendar,
            keyring=town.keyring,
            on=ledger.open_day(session),
            by=by,
        )


def decide(
    town: Town,
    sheet_id: int,
    *,
    approved: bool = True,
    reason: str = "",
    left_out: dict[str, str] | None = None,
    by: Actor = DIRECTOR,
) -> int:
    """The second person's word."""
    with town.books.write("loans.approve_change", by=by) as session:
        return loans.decide_changes(
            session,
            sheet_id=sheet_id,
            approved=approved,
            reason=reason,
            left_out=left_out,
            rulebook=town.rulebook,
            calendar=town.calendar,
            on=ledger.open_day(session),
            by=by,
        )


def change(
    town: Town,
    kind: str,
    number: str,
    by: Actor = OFFICER,
    decided_by: Actor = DIRECTOR,
    **more: Any,
) -> int:
    """Both of them agree; the sheet."""
    sheet_id = propose(town, kind, asked(number, **more), by=by)
    assert decide(town, sheet_id, by=decided_by) == 1
    return sheet_id


def last_change(town: Town, number: str) -> int:
    """The last change of a loan that was entered."""
    with town.books.read() as session:
        found = session.scalars(
            select(Change.id).join(Loan, Loan.id == Change.loan_id).where(Loan.number == number)
        ).all()
        return max(found)


def undo(town: Town, change_id: int, by: Actor) -> None:
    """Reverse a change."""
    with town.books.write("loans.reverse", by=by) as session:
        loans.reverse_change(
            session,
            change_id=change_id,
            reason="认定有误",
            calendar=town.calendar,
            on=ledger.open_day(session),
            by=by,
        )


def settled(town: Town, number: str, kind: str) -> list[tuple[str, str, int, int]]:
    """Settlements of a kind as they stand: from, to, all of it, the treasury's part."""
    with town.books.read() as session:
        rows = session.scalars(
            select(Settlement)
            .join(Loan, Loan.id == Settlement.loan_id)
            .where(Loan.number == number, Settlement.kind == kind)
            .order_by(Settlement.to_on, Settlement.revision)
        )
        sums: dict[date, tuple[str, str, int, int]] = {}
        for row in rows:
            _, _, whole, part = sums.get(row.to_on, ("", "", 0, 0))
            sums[row.to_on] = (
                row.from_on.isoformat(),
                row.to_on.isoformat(),
                whole + row.amount_fen,
                part + row.treasury_fen,
            )
        return [one for one in sums.values() if one[2]]


def dues(town: Town, number: str, kind: str) -> list[tuple[str, int]]:
    """Dues of a kind as they stand: day and amount."""
    with town.books.read() as session:
        rows = session.execute(
            select(Due.due_on, Due.amount_fen)
            .join(Loan, Loan.id == Due.loan_id)
            .where(Loan.number == number, Due.kind == kind)
        )
        sums: dict[date, int] = {}
        for day, fen in rows:
            sums[day] = sums.get(day, 0) + fen
        return [(day.isoformat(), fen) for day, fen in sorted(sums.items()) if fen]


def balance(town: Town, kind: str) -> int:
    """An account of the lender."""
    with town.books.read() as session:
        return ledger.balance(session, kind=kind)
