"""五级分类迁徙表: from which grade to which the loans went between two closed days.

A loan's row of ``loan_days`` with the latest day on or before a closed day is how it stood at that
close. At either end a loan is in a grade, not yet paid out (new), paid off, or written off; each
cell holds how many loans took that way, what was out of them at the first close and at the second.
Beside it stand the loans of the second close by days overdue (账龄). One query each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select, union_all
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.database import sum_of
from loans.models import Allocation, Correction, Due, Loan, LoanDay, Repayment, Reversal
from loans.refusals import DaysNotClosed
from office import rights

#: where a loan may stand at a close, in the order of rows and columns
NEW: Final = "new"
STANDS: Final = ("1", "2", "3", "4", "5", "paid_off", "written_off")
#: days overdue: from, to (both included); None: without end
AGES: Final = ((1, 30), (31, 90), (91, 270), (271, 360), (361, None))


@dataclass(frozen=True, slots=True)
class Cell:
    """The loans that went one way."""

    #: new, a grade from 1 to 5, paid_off or written_off
    before: str
    after: str
    loans: int
    #: out at the first close, fen
    before_fen: int
    #: out at the second, fen
    after_fen: int


@dataclass(frozen=True, slots=True)
class Age:
    """Loans overdue by so many days at the second close."""

    days_from: int
    days_to: int | None
    loans: int
    #: their whole outstanding principal, fen
    outstanding_fen: int


@dataclass(frozen=True, slots=True)
class Migration:
    """The matrix between two closed days, and the ages at the second."""

    start: date
    end: date
    cells: Sequence[Cell]
    ages: Sequence[Age]

    def cell(self, before: str, after: str) -> Cell:
        """One way; no loan took it where there is none."""
        for one in self.cells:
            if (one.before, one.after) == (before, after):
                return one
        return Cell(before, after, 0, 0, 0)


def migration(
    session: Session,
    *,
    start: date,
    end: date,
    last_closed: date | None,
    calendar: HolidayTable,
    by: Actor,
    region_digits: str = "",
) -> Migration:
    """The matrix of the loans that somebody may see, narrowed to a region."""
    rights.allow(by, "loans.read")
    if last_closed is None or not start < end <= last_closed:
        raise DaysNotClosed(field="to", start=start, end=end)
    scope = scope_of(by, region_digits)
    return Migration(
        start, end, _cells(session, start, end, scope), _ages(session, end, scope, calendar)
    )


def scope_of(by: Actor, region_digits: str) -> list[ColumnElement[bool]]:
    """The loans that somebody may see, narrowed to a region."""
    wanted: list[ColumnElement[bool]] = [
        Loan.village_code.startswith(by.region_scope, autoescape=True)
    ]
    if region_digits:
        wanted.append(Loan.village_code.startswith(region_digits, autoescape=True))
    if by.institution_ids is not None:
        wanted.append(Loan.lender_id.in_(by.institution_ids))
    return wanted


def _at(day: date, name: str) -> Subquery:
    """Every loan's figures at the close of a day: its last row by then."""
    last = (
        select(LoanDay.loan_id, func.max(LoanDay.on_day).label("on_day"))
        .where(LoanDay.on_day <= day)
        .group_by(LoanDay.loan_id)
        .subquery()
    )
    return (
        select(
            LoanDay.loan_id,
            LoanDay.drawn_fen,
            LoanDay.outstanding_fen,
            LoanDay.overdue_principal_fen,
            LoanDay.overdue_interest_fen,
            LoanDay.grade,
        )
        .join(last, and_(last.c.loan_id == LoanDay.loan_id, last.c.on_day == LoanDay.on_day))
        .subquery(name)
    )


def _lost(day: date, name: str) -> Subquery:
    """Loans that stood written off at the close of a day, as it was known then."""
    undone = (
        select(Reversal.repayment_id)
        .where(Reversal.repayment_id.is_not(None), Reversal.booking_date <= day)
        .scalar_subquery()
    )
    return (
        select(Repayment.loan_id)
        .where(
            Repayment.kind == "write_off",
            Repayment.booking_date <= day,
            Repayment.id.not_in(undone),
        )
        .distinct()
        .subquery(name)
    )


def stands(at: Subquery, lost: Subquery) -> ColumnElement[str]:
    """Where a loan stands at a close."""
    owes = at.c.outstanding_fen + at.c.overdue_principal_fen + at.c.overdue_interest_fen
    return case(
        (or_(at.c.loan_id.is_(None), at.c.drawn_fen == 0), NEW),
        (lost.c.loan_id.is_not(None), "written_off"),
        (owes == 0, "paid_off"),
        *[(at.c.grade == grade, str(grade)) for grade in range(1, 6)],
        else_=NEW,
    )


def _cells(
    session: Session, start: date, end: date, scope: list[ColumnElement[bool]]
) -> list[Cell]:
    before, after = _at(start, "at_start"), _at(end, "at_end")
    lost_before, lost_after = _lost(start, "lost_at_start"), _lost(end, "lost_at_end")
    ways: Any = (
        select(
            stands(before, lost_before).label("was"),
            stands(after, lost_after).label("became"),
            func.coalesce(before.c.outstanding_fen, 0).label("before_fen"),
            after.c.outstanding_fen.label("after_fen"),
        )
        .select_from(after)
        .join(Loan, Loan.id == after.c.loan_id)
        .outerjoin(before, before.c.loan_id == after.c.loan_id)
        .outerjoin(lost_before, lost_before.c.loan_id == after.c.loan_id)
        .outerjoin(lost_after, lost_after.c.loan_id == after.c.loan_id)
        .where(*scope)
        .subquery()
    )
    rows = session.execute(
        select(
            ways.c.was,
            ways.c.became,
            func.count(),
            sum_of(ways.c.before_fen),
            sum_of(ways.c.after_fen),
        )
        .where(ways.c.became != NEW)
        .group_by(ways.c.was, ways.c.became)
        .order_by(ways.c.was, ways.c.became)
    )
    return [Cell(*row) for row in rows]


def _ages(
    session: Session, end: date, scope: list[ColumnElement[bool]], calendar: HolidayTable
) -> list[Age]:
    """Loans by days overdue: from the oldest due that was unpaid at the close, as known then."""
    at, oldest = _at(end, "at_end"), _oldest(end)
    rows = session.execute(
        select(oldest.c.due_on, func.count(), sum_of(at.c.outstanding_fen))
        .select_from(oldest)
        .join(at, at.c.loan_id == oldest.c.loan_id)
        .join(Loan, Loan.id == oldest.c.loan_id)
        .where(at.c.overdue_principal_fen + at.c.overdue_interest_fen > 0, *scope)
        .group_by(oldest.c.due_on)
    ).all()
    # A due date on a holiday is payable on the next working day.
    late = [((end - calendar.roll_forward(due_on)).days, n, fen) for due_on, n, fen in rows]
    return [
        Age(
            first,
            last,
            sum(n for days, n, _fen in late if first <= days and (last is None or days <= last)),
            sum(fen for days, _n, fen in late if first <= days and (last is None or days <= last)),
        )
        for first, last in AGES
    ]


def _oldest(end: date) -> Subquery:
    """The due date of each loan's oldest household due that was unpaid at the close of a day."""
    known = Correction.booking_date <= end
    raised = (
        select(Due.loan_id, Due.kind, Due.due_on, Due.amount_fen.label("fen"))
        .outerjoin(
            Correction, and_(Correction.loan_id == Due.loan_id, Correction.nr == Due.correction)
        )
        .where(Due.bearer == "household", Due.due_on < end, or_(Due.correction == 0, known))
    )
    taken = (
        select(Due.loan_id, Due.kind, Due.due_on, (-Allocation.amount_fen).label("fen"))
        .join(Allocation, Allocation.due_id == Due.id)
        .join(Repayment, Repayment.id == Allocation.repayment_id)
        .outerjoin(
            Correction,
            and_(Correction.loan_id == Due.loan_id, Correction.nr == Allocation.correction),
        )
        .where(
            Due.bearer == "household",
            Due.due_on < end,
            or_(and_(Allocation.correction == 0, Repayment.booking_date <= end), known),
        )
    )
    moved = union_all(raised, taken).subquery()
    left = (
        select(moved.c.loan_id, moved.c.due_on)
        .group_by(moved.c.loan_id, moved.c.kind, moved.c.due_on)
        .having(func.sum(moved.c.fen) > 0)
        .subquery()
    )
    return (
        select(left.c.loan_id, func.min(left.c.due_on).label("due_on"))
        .group_by(left.c.loan_id)
        .subquery("oldest")
    )
