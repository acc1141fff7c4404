"""Monthly reconciliation (对账): the bank's statement against the movements, by two people.

A statement is taken once, as it is; a corrected one for the same month takes its place until the
month is confirmed. Its lines are matched with movements by voucher and amount, each once. What the
bank has and the books have not, and what the books have by the month's end and the bank has not,
is listed both ways, live, until somebody proposes the month as reconciled and another confirms it:
then the matches stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import exists, func, insert, select
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.database import sum_of
from kernel.dates import add_months, month_end
from kernel.money import format_yuan
from office import approvals
from office.models import Proposal, Voucher
from risk_fund import statement_file
from risk_fund.accounts import find
from risk_fund.models import (
    FundAccount,
    FundBalance,
    FundMovement,
    Reconciliation,
    Statement,
    StatementMatch,
    StatementRow,
)
from risk_fund.refusals import (
    DifferenceUnexplained,
    FundAccountUnknown,
    MonthNotOver,
    MonthReconciled,
    StatementOpeningDiffers,
    StatementSuperseded,
    StatementTakenBefore,
    StatementUnknown,
)

SUBJECT: Final = "fund_statements"
#: what is said where nothing differs
AGREES: Final = "账实相符"


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a statement or a movement of the books."""

    #: line of the statement, or number of the movement
    key: int
    on_day: date
    voucher_no: str
    amount_fen: int
    words: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A statement against the books."""

    statement_id: int
    account_id: int
    month: date
    bank_fen: int
    books_fen: int
    #: (line, movement)
    matches: Sequence[tuple[int, int]]
    #: the bank has it, the books have not (银行已记，账上未记)
    bank_only: Sequence[Item]
    #: the books have it, the bank has not (账上已记，银行未记)
    books_only: Sequence[Item]

    @property
    def difference_fen(self) -> int:
        """The bank's closing balance less the books'."""
        return self.bank_fen - self.books_fen

    @property
    def unmatched(self) -> int:
        """Items without a match, both ways."""
        return len(self.bank_only) + len(self.books_only)

    @property
    def agrees(self) -> bool:
        """Nothing differs."""
        return not self.unmatched and not self.difference_fen

    def digest(self, reason: str) -> str:
        """What a second person confirms."""
        return approvals.digest_of(
            {
                "statement": self.statement_id,
                "bank_fen": self.bank_fen,
                "books_fen": self.books_fen,
                "matches": [list(match) for match in self.matches],
                "bank_only": [item.key for item in self.bank_only],
                "books_only": [item.key for item in self.books_only],
                "reason": reason,
            }
        )


def take_statement(
    session: Session,
    *,
    account_id: int,
    month: date,
    path: Path,
    on: date,
    by: Actor,
    name: str = "",
) -> int:
    """Take the bank's statement of a month in; its number. The month's last day is past."""
    ledger.require_bookable(session, on)
    account = find(session, account_id, by, "risk_fund.statement")
    first = month.replace(day=1)
    if month_end(first) >= on:
        raise MonthNotOver(field="month", month=f"{first:%Y-%m}")
    file = statement_file.read_statement(
        path, account_number=account.number, month=first, name=name
    ).taken()
    before = session.scalar(select(Statement.taken_on).where(Statement.digest == file.sha256))
    if before is not None:
        raise StatementTakenBefore(field="file", on=before)
    version = _next_version(session, account_id, first)
    assert file.opening_fen is not None
    assert file.closing_fen is not None
    _require_follows(session, account_id, first, file.opening_fen)
    row = Statement(
        account_id=account_id,
        month=first,
        version=version,
        opening_fen=file.opening_fen,
        closing_fen=file.closing_fen,
        taken_on=on,
        digest=file.sha256,
    )
    session.add(row)
    session.flush()
    _write_lines(session, row.id, file.lines)
    return row.id


def _next_version(session: Session, account_id: int, month: date) -> int:
    # Two clerks with two files of one month: the balance's row makes the second wait.
    session.get_one(FundBalance, account_id, with_for_update=True)
    known = select(func.coalesce(func.max(Statement.version), 0)).where(
        Statement.account_id == account_id, Statement.month == month
    )
    confirmed = (
        select(Reconciliation.statement_id)
        .join(Statement, Statement.id == Reconciliation.statement_id)
        .where(Statement.account_id == account_id, Statement.month == month)
    )
    if session.scalar(confirmed) is not None:
        raise MonthReconciled(field="month", month=f"{month:%Y-%m}")
    return (session.scalar(known) or 0) + 1


def _require_follows(session: Session, account_id: int, month: date, opening_fen: int) -> None:
    """A month opens with what the month before closed with, where its statement was taken."""
    closed_fen = session.scalar(
        select(Statement.closing_fen)
        .where(Statement.account_id == account_id, Statement.month == add_months(month, -1))
        .order_by(Statement.version.desc())
        .limit(1)
    )
    if closed_fen is not None and closed_fen != opening_fen:
        raise StatementOpeningDiffers(
            field="file", opening=format_yuan(opening_fen), closing=format_yuan(closed_fen)
        )


def _write_lines(session: Session, statement_id: int, lines: Sequence[statement_file.Line]) -> None:
    rows = [
        {
            "statement_id": statement_id,
            "nr": nr,
            "on_day": line.on_day,
            "voucher_no": line.voucher_no,
            "amount_fen": line.amount_fen,
            "balance_fen": line.balance_fen,
            "words": line.words,
        }
        for nr, line in enumerate(lines, 1)
    ]
    if rows:
        session.execute(insert(StatementRow), rows)


# --- matched --------------------------------------------------------------------------------------


def compare(session: Session, statement_id: int, *, by: Actor) -> Compared:
    """A statement against the books as they stand now; once confirmed, as it was confirmed."""
    statement = session.get(Statement, statement_id)
    if statement is None:
        raise StatementUnknown(field="statement_id", number=statement_id)
    try:
        find(session, statement.account_id, by, "risk_fund.read")
    except FundAccountUnknown as unknown:
        raise StatementUnknown(field="statement_id", number=statement_id) from unknown
    return compared(session, statement)


def compared(session: Session, statement: Statement) -> Compared:
    """As ``compare``, whoever asks."""
    lines = lines_of(session, statement.id)
    movements = _movements(session, statement)
    matches = _confirmed(session, statement.id) or match(lines, movements)
    matched_lines = {nr for nr, _ in matches}
    matched = {movement for _, movement in matches}
    end = month_end(statement.month)
    books_fen = session.scalar(
        select(sum_of(FundMovement.amount_fen)).where(
            FundMovement.account_id == statement.account_id, FundMovement.value_date <= end
        )
    )
    return Compared(
        statement_id=statement.id,
        account_id=statement.account_id,
        month=statement.month,
        bank_fen=statement.closing_fen,
        books_fen=books_fen or 0,
        matches=matches,
        bank_only=[item for item in lines if item.key not in matched_lines],
        books_only=[item for item in movements if item.key not in matched and item.on_day <= end],
    )


def match(lines: Sequence[Item], movements: Sequence[Item]) -> list[tuple[int, int]]:
    """(line, movement) of the same voucher and amount, each once, in the order of the lines."""
    waiting: dict[tuple[str, int], list[int]] = defaultdict(list)
    for movement in reversed(movements):
        waiting[movement.voucher_no, movement.amount_fen].append(movement.key)
    found = []
    for line in lines:
        same = waiting[line.voucher_no, line.amount_fen]
        if same:
            found.append((line.key, same.pop()))
    return found


def lines_of(session: Session, statement_id: int) -> list[Item]:
    """A statement's lines in order; for callers that may see it."""
    rows = session.execute(
        select(
            StatementRow.nr,
            StatementRow.on_day,
            StatementRow.voucher_no,
            StatementRow.amount_fen,
            StatementRow.words,
        )
        .where(StatementRow.statement_id == statement_id)
        .order_by(StatementRow.nr)
    )
    return [Item(*row) for row in rows]


def _movements(session: Session, statement: Statement) -> list[Item]:
    """Movements of the account that no other month has; later ones may be the bank's of today."""
    elsewhere = exists().where(
        StatementMatch.movement_id == FundMovement.id,
        StatementMatch.statement_id != statement.id,
    )
    rows = session.execute(
        select(
            FundMovement.id,
            FundMovement.value_date,
            Voucher.voucher_no,
            FundMovement.amount_fen,
            FundMovement.kind,
        )
        .join(Voucher, Voucher.id == FundMovement.voucher_id)
        .where(FundMovement.account_id == statement.account_id, ~elsewhere)
        .order_by(FundMovement.id)
    )
    return [Item(*row) for row in rows]


def _confirmed(session: Session, statement_id: int) -> list[tuple[int, int]]:
    rows = session.execute(
        select(StatementMatch.nr, StatementMatch.movement_id)
        .where(StatementMatch.statement_id == statement_id)
        .order_by(StatementMatch.nr)
    )
    return [(row[0], row[1]) for row in rows]


# --- confirmed ------------------------------------------------------------------------------------


def propose_reconciliation(
    session: Session, *, statement_id: int, reason: str = "", on: date, by: Actor
) -> int:
    """Propose a month as reconciled, differences with what explains them; the proposal's number."""
    ledger.require_bookable(session, on)
    statement, account = _at_hand(session, statement_id)
    find(session, account.id, by, "risk_fund.statement")
    seen = compared(session, statement)
    if not seen.agrees and not reason.strip():
        raise _unexplained(seen)
    said = reason.strip() or AGREES
    return approvals.propose(
        session,
        command="risk_fund.approve_statement",
        subject_kind=SUBJECT,
        subject_id=statement_id,
        digest=seen.digest(said),
        summary=said,
        region_code=account.region_code,
        institution_id=account.lender_id,
        on=on,
        by=by,
    )


def decide_reconciliation(
    session: Session,
    *,
    proposal_id: int,
    approved: bool,
    on: date,
    by: Actor,
    reason: str = "",
) -> None:
    """Confirm as a second person what still stands as it was proposed."""
    ledger.require_bookable(session, on)
    subject = approvals.subject_of(session, proposal_id, SUBJECT, "对账单")
    statement, _ = _at_hand(session, subject)
    seen = compared(session, statement)
    said = session.get_one(Proposal, proposal_id).summary
    approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=seen.digest(said),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
    )
    if not approved:
        return
    session.add(
        Reconciliation(
            statement_id=statement.id,
            confirmed_on=on,
            difference_fen=seen.difference_fen,
            unmatched=seen.unmatched,
            reason="" if seen.agrees else said,
        )
    )
    if seen.matches:
        session.execute(
            insert(StatementMatch),
            [
                {"statement_id": statement.id, "nr": nr, "movement_id": movement}
                for nr, movement in seen.matches
            ],
        )
    session.flush()


def _at_hand(session: Session, statement_id: int) -> tuple[Statement, FundAccount]:
    """A statement that still waits, its account locked."""
    statement = session.get(Statement, statement_id)
    if statement is None:
        raise StatementUnknown(field="statement_id", number=statement_id)
    account = session.get_one(FundAccount, statement.account_id)
    session.get_one(FundBalance, account.id, with_for_update=True)
    if session.get(Reconciliation, statement_id) is not None:
        raise MonthReconciled(field="month", month=f"{statement.month:%Y-%m}")
    later = select(Statement.id).where(
        Statement.account_id == statement.account_id,
        Statement.month == statement.month,
        Statement.version > statement.version,
    )
    if session.scalar(later) is not None:
        raise StatementSuperseded(field="statement_id", number=statement_id)
    return statement, account


def _unexplained(seen: Compared) -> DifferenceUnexplained:
    sign = "-" if seen.difference_fen < 0 else ""
    return DifferenceUnexplained(
        field="reason",
        count=seen.unmatched,
        difference=f"{sign}{format_yuan(abs(seen.difference_fen))}",
    )
