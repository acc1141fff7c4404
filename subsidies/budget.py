"""Budget lines: what the subsidies may be paid from, what of it is spoken for, what is paid.

A line stands by its document number (资金文号), project code and year. It is entered with nothing
on it: its first amount (下达), and more or less later (追加、调减), is asked for by one person and
decided by another, so that nobody alone makes money available. It goes from *free* to *committed*
when a payment file is made, from committed to *paid* when the bank says so, or back. Each move is
one conditional UPDATE, so that no two of them can pass the line's amount together, nor take back
more than went.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.money import format_yuan
from office import approvals, rights
from office.models import Proposal
from subsidies.models import BudgetChange, BudgetLine, BudgetUse
from subsidies.refusals import (
    BudgetAmountBelowZero,
    BudgetChangeUndocumented,
    BudgetChangeZero,
    BudgetExceeded,
    BudgetLevelUnknown,
    BudgetLineIncomplete,
    BudgetLineTwice,
    BudgetLineUnknown,
    BudgetNotCommitted,
    BudgetNotPaid,
    BudgetYearOutOfRange,
)

#: level -> how papers say it
LEVELS: Final = {"central": "中央", "province": "省级", "city": "市级", "county": "县级"}
CHANGES: Final = "budget_changes"
#: how papers say that a line gets its first amount
FIRST: Final = "下达"
ENTER: Final = "subsidies.budget"
APPROVE: Final = "subsidies.approve_budget"


@dataclass(frozen=True, slots=True)
class LineEntered:
    """A line as its document gives it; its amount is asked for, and not there yet."""

    document_no: str
    #: project code, as the payment file carries it
    code: str
    #: central, province, city or county
    level: str
    year: int
    #: who funds, in words
    funder: str
    #: first amount asked for, fen; 0: none yet
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that was entered, and the proposal of its first amount."""

    line_id: int
    #: None: no amount was asked for
    proposal_id: int | None


@dataclass(frozen=True, slots=True)
class LineStanding:
    """A line and what is left of it."""

    id: int
    document_no: str
    code: str
    level: str
    year: int
    funder: str
    entered_on: date
    #: with its changes, fen
    amount_fen: int
    committed_fen: int
    paid_fen: int

    @property
    def free_fen(self) -> int:
        """Neither committed nor paid."""
        return self.amount_fen - self.committed_fen - self.paid_fen

    def as_data(self) -> dict[str, object]:
        """For JSON."""
        data = asdict(self) | {"entered_on": self.entered_on.isoformat()}
        for name in ("amount", "committed", "paid"):
            data[name] = format_yuan(data.pop(f"{name}_fen"))
        return data | {"free": format_yuan(self.free_fen)}


def enter_line(session: Session, line: LineEntered, *, on: date, by: Actor) -> Entry:
    """Enter a line of a year's budget with nothing on it, and ask for its first amount."""
    rights.allow(by, ENTER, region=ledger.books(session).region_code)
    ledger.require_bookable(session, on)
    _check(session, line)
    row = BudgetLine(**asdict(line) | {"amount_fen": 0}, entered_on=on)
    session.add(row)
    session.flush()
    session.add(BudgetUse(line_id=row.id, amount_fen=0, committed_fen=0, paid_fen=0))
    first = BudgetChange(
        line_id=row.id,
        amount_fen=line.amount_fen,
        document_no=line.document_no,
        proposed_on=on,
        reason=FIRST,
    )
    asked = _propose(session, row, first, FIRST, on=on, by=by) if line.amount_fen else None
    session.flush()
    return Entry(row.id, asked)


def _check(session: Session, line: LineEntered) -> None:
    if not all(text.strip() for text in (line.document_no, line.code, line.funder)):
        raise BudgetLineIncomplete(field="document_no")
    if line.level not in LEVELS:
        raise BudgetLevelUnknown(field="level", level=line.level)
    if not 2000 <= line.year <= 2199:
        raise BudgetYearOutOfRange(field="year", year=line.year)
    if line.amount_fen < 0:
        raise BudgetAmountBelowZero(field="amount")
    twin = session.scalar(
        select(BudgetLine.id).where(
            BudgetLine.document_no == line.document_no,
            BudgetLine.code == line.code,
            BudgetLine.year == line.year,
        )
    )
    if twin is not None:
        raise BudgetLineTwice(
            field="document_no", document_no=line.document_no, code=line.code, year=line.year
        )


def propose_change(
    session: Session,
    *,
    line_id: int,
    amount_fen: int,
    document_no: str,
    reason: str,
    on: date,
    by: Actor,
) -> int:
    """Ask for more (above zero) or less on a line; the proposal that another person decides."""
    rights.allow(by, ENTER, region=ledger.books(session).region_code)
    ledger.require_bookable(session, on)
    line = _line(session, line_id)
    if amount_fen == 0:
        raise BudgetChangeZero(field="amount")
    if not document_no.strip():
        raise BudgetChangeUndocumented(field="document_no")
    change = BudgetChange(
        line_id=line.id,
        amount_fen=amount_fen,
        document_no=document_no.strip(),
        proposed_on=on,
        reason=reason.strip(),
    )
    verb = "追加" if amount_fen > 0 else "调减"
    return _propose(session, line, change, verb, on=on, by=by)


def _propose(
    session: Session, line: BudgetLine, change: BudgetChange, verb: str, *, on: date, by: Actor
) -> int:
    """The proposal of a change, which is not in force before another person agrees."""
    session.add(change)
    session.flush()
    amount = format_yuan(abs(change.amount_fen))
    return approvals.propose(
        session,
        command=APPROVE,
        subject_kind=CHANGES,
        subject_id=change.id,
        digest=_digest(change),
        summary=f"预算指标{line.document_no}（{line.code}）{verb}{amount}元",
        region_code=ledger.books(session).region_code,
        on=on,
        by=by,
    )


def decide_change(
    session: Session, *, proposal_id: int, approved: bool, on: date, by: Actor, reason: str = ""
) -> None:
    """A second person approves or rejects a change; approved, it is in force at once."""
    ledger.require_bookable(session, on)
    change_id = approvals.subject_of(session, proposal_id, CHANGES, "预算指标变更")
    change = session.get_one(BudgetChange, change_id)
    approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=_digest(change),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
    )
    if approved:
        _move(session, change.line_id, -change.amount_fen, amount_fen=change.amount_fen)


def _digest(change: BudgetChange) -> str:
    return approvals.digest_of(
        {
            "line": change.line_id,
            "amount_fen": change.amount_fen,
            "document_no": change.document_no,
            "proposed_on": change.proposed_on.isoformat(),
            "reason": change.reason,
        }
    )


# --- free, committed, paid ------------------------------------------------------------------------


def reserve(session: Session, *, line_id: int, fen: int) -> None:
    """Speak for free money: a payment file is made."""
    _move(session, line_id, fen, committed_fen=fen)


def release(session: Session, *, line_id: int, fen: int) -> None:
    """Committed money is free again: the file was withdrawn, or the bank sent it back."""
    _move(session, line_id, -fen, committed_fen=-fen)


def pay(session: Session, *, line_id: int, fen: int) -> None:
    """Committed money is paid: the bank says so."""
    _move(session, line_id, 0, committed_fen=-fen, paid_fen=fen)


def take_back(session: Session, *, line_id: int, fen: int) -> None:
    """Paid money has come back to the line and is free again (追回)."""
    _move(session, line_id, -fen, paid_fen=-fen)


def free_fen(session: Session, line_id: int) -> int:
    """What of a line is neither committed nor paid."""
    use = session.get(BudgetUse, line_id, populate_existing=True)
    if use is None:
        raise BudgetLineUnknown(field="line", line=line_id)
    return use.amount_fen - use.committed_fen - use.paid_fen


def _move(session: Session, line_id: int, needed_fen: int, **changes: int) -> None:
    """One conditional UPDATE; ``needed_fen``: how much less is free after it."""
    amount, committed, paid = BudgetUse.amount_fen, BudgetUse.committed_fen, BudgetUse.paid_fen
    fits: list[ColumnElement[bool]] = [BudgetUse.line_id == line_id]
    if needed_fen > 0:
        fits.append(amount - committed - paid >= needed_fen)
    for name, fen in changes.items():
        if fen < 0:
            fits.append(getattr(BudgetUse, name) >= -fen)
    values = {name: getattr(BudgetUse, name) + fen for name, fen in changes.items()}
    session.flush()
    moved = session.execute(
        update(BudgetUse).where(*fits).values(**values),
        execution_options={"synchronize_session": False},
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        _refuse(session, line_id, needed_fen, changes)
    session.expire_all()


def _refuse(session: Session, line_id: int, needed_fen: int, changes: dict[str, int]) -> None:
    use = session.get(BudgetUse, line_id, populate_existing=True)
    if use is None:
        raise BudgetLineUnknown(field="line", line=line_id)
    if needed_fen > 0:
        free = use.amount_fen - use.committed_fen - use.paid_fen
        raise BudgetExceeded(
            field="amount", line=line_id, free=format_yuan(free), amount=format_yuan(needed_fen)
        )
    if changes.get("committed_fen", 0) < 0:
        raise BudgetNotCommitted(
            field="amount",
            line=line_id,
            committed=format_yuan(use.committed_fen),
            amount=format_yuan(-changes["committed_fen"]),
        )
    raise BudgetNotPaid(
        field="amount",
        line=line_id,
        paid=format_yuan(use.paid_fen),
        amount=format_yuan(-changes["paid_fen"]),
    )


# --- reads ----------------------------------------------------------------------------------------


def lines(session: Session, *, by: Actor, year: int | None = None) -> list[LineStanding]:
    """The lines and what is left of them, by year and document."""
    rights.allow(by, "subsidies.read", region=None)
    query = select(BudgetLine, BudgetUse).join(BudgetUse, BudgetUse.line_id == BudgetLine.id)
    if year is not None:
        query = query.where(BudgetLine.year == year)
    rows = session.execute(query.order_by(BudgetLine.year, BudgetLine.document_no, BudgetLine.id))
    return [_standing(line, use) for line, use in rows]


def line(session: Session, line_id: int, *, by: Actor) -> LineStanding:
    """One line and what is left of it."""
    rights.allow(by, "subsidies.read", region=None)
    return _standing(_line(session, line_id), session.get_one(BudgetUse, line_id))


def changes_of(session: Session, line_id: int, *, by: Actor) -> Sequence[BudgetChange]:
    """What was asked of a line, in order; whether it is in force its proposal says."""
    rights.allow(by, "subsidies.read", region=None)
    query = select(BudgetChange).where(BudgetChange.line_id == line_id).order_by(BudgetChange.id)
    return session.scalars(query).all()


def waiting(session: Session, *, by: Actor) -> frozenset[int]:
    """Lines of which something was asked that nobody has decided."""
    rights.allow(by, "subsidies.read", region=None)
    query = (
        select(BudgetChange.line_id)
        .join(Proposal, approvals.about(CHANGES, BudgetChange.id))
        .where(approvals.undecided())
    )
    return frozenset(session.scalars(query))


def _line(session: Session, line_id: int) -> BudgetLine:
    found = session.get(BudgetLine, line_id)
    if found is None:
        raise BudgetLineUnknown(field="line", line=line_id)
    return found


def _standing(line: BudgetLine, use: BudgetUse) -> LineStanding:
    return LineStanding(
        line.id,
        line.document_no,
        line.code,
        line.level,
        line.year,
        line.funder,
        line.entered_on,
        use.amount_fen,
        use.committed_fen,
        use.paid_fen,
    )
