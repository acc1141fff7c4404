"""From grade to grade, month by month, as it was: what the chances of the next months rest on.

A loan's row of ``loan_days`` that is its last in a month says how it stood at that month's end. A
month without a row is a month in which it stayed. One statement counts every step from month end
to month end over all loans; the steps of sound loans in the month of their maturity are counted
apart. A loan written off is lost, whatever it owes.

What was seen is added to a *prior*, which counts as so many loan-months as it says: where history
is thin the prior speaks, where it is long, history does. A row that was never seen is the prior.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session

from kernel.dates import add_months
from kernel.money import split_by_weights
from loans.models import Loan, LoanDay, Position, Repayment, Reversal
from risk_fund.stress.chain import GRADES, PAID, PPM, Matrix, Row

#: months looked back on at most
MONTHS_BACK: Final = 36
#: a row's name: a grade, or "maturity" for sound loans in the month of their maturity
MATURITY: Final = "maturity"
ROWS: Final = (*(str(grade) for grade in GRADES), MATURITY)

Counts = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Prior:
    """What is taken where the books know too little; no source gives it."""

    rows: Mapping[str, Row]
    #: it weighs as much as so many loan-months seen
    loan_months: int


#: per month, to paid off and grades 1 to 5: a default of this programme, to be judged by people.
#: Three of a thousand sound loans fall behind in a month, one of a hundred when it matures; a loan
#: past due is graded 3 after three months, 4 after nine and 5 after twelve, as the rule of 2023 has
#: it, unless it catches up, which is ever less likely.
PRIOR: Final = Prior(
    {
        "1": (0, 997_000, 3_000, 0, 0, 0),
        "2": (0, 450_000, 400_000, 150_000, 0, 0),
        "3": (50_000, 0, 0, 785_000, 165_000, 0),
        "4": (20_000, 0, 0, 0, 650_000, 330_000),
        "5": (5_000, 0, 0, 0, 0, 995_000),
        MATURITY: (990_000, 0, 10_000, 0, 0, 0),
    },
    loan_months=600,
)


@dataclass(frozen=True, slots=True)
class History:
    """What was seen: per row, how many loan-months ended paid off or in each grade."""

    first: date | None
    last: date | None
    counts: Counts

    def seen(self, row: str) -> int:
        """Loan-months seen of a row."""
        return sum(self.counts[row])


NOTHING: Final = History(None, None, dict.fromkeys(ROWS, (0,) * 6))


def matrix_of(history: History, prior: Prior = PRIOR) -> Matrix:
    """The chances of a month: what was seen, and the prior beside it."""
    rows = {name: _mixed(history.counts[name], prior.rows[name], prior) for name in ROWS}
    one, two, three, four, five = (rows[str(grade)] for grade in GRADES)
    return Matrix((one, two, three, four, five), rows[MATURITY])


def _mixed(seen: Sequence[int], row: Row, prior: Prior) -> Row:
    weights = [
        PPM * count + prior.loan_months * chance for count, chance in zip(seen, row, strict=True)
    ]
    if not sum(weights):
        return row
    paid, one, two, three, four, five = split_by_weights(PPM, weights)
    return paid, one, two, three, four, five


def month_ends(last_closed: date, first: date) -> list[date]:
    """Ends of whole months from the first figures to the last closed day, in order."""
    ends: list[date] = []
    end = (last_closed + timedelta(days=1)).replace(day=1)
    while len(ends) <= MONTHS_BACK and end > first:
        ends.append(end - timedelta(days=1))
        end = add_months(end, -1)
    return ends[::-1]


def history(
    session: Session, *, last_closed: date | None, scope: Sequence[ColumnElement[bool]] = ()
) -> History:
    """Every step from month end to month end of the loans in a scope, in one statement."""
    first = session.scalar(select(func.min(LoanDay.on_day)))
    if first is None or last_closed is None:
        return NOTHING
    ends = month_ends(last_closed, first)
    if len(ends) < 2:
        return NOTHING
    counts = {name: [0] * 6 for name in ROWS}
    for stood, then, maturing, moved, stayed in session.execute(_steps(ends, scope)):
        counts[stood][int(stood)] += stayed
        if then is not None:
            counts[MATURITY if maturing and stood == "1" else stood][int(then)] += moved
    return History(ends[0], ends[-1], counts)


def _steps(ends: Sequence[date], scope: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """(stood, then, maturing, moved, stayed): ``stayed`` counts month ends passed without a row."""
    rows = _month_rows(ends, scope)
    walk = select(
        rows.c.stood,
        rows.c.month,
        rows.c.matures,
        func.lead(rows.c.stood)
        .over(partition_by=rows.c.loan_id, order_by=rows.c.month)
        .label("then"),
        func.lead(rows.c.month)
        .over(partition_by=rows.c.loan_id, order_by=rows.c.month)
        .label("next"),
    ).subquery("walk")
    maturing = case((walk.c.matures <= walk.c.next, 1), else_=0)
    until = func.coalesce(walk.c.next, len(ends))
    return (
        select(
            walk.c.stood,
            walk.c.then,
            maturing,
            func.count(),
            func.sum(until - walk.c.month - 1),
        )
        .where(walk.c.stood != str(PAID))
        .group_by(walk.c.stood, walk.c.then, maturing)
    )


def _month_rows(ends: Sequence[date], scope: Sequence[ColumnElement[bool]]) -> Subquery:
    """Each loan's last row of each month: how it stood, and the month of its maturity."""
    month = _month_of(LoanDay.on_day, ends).label("month")
    last = (
        select(LoanDay.loan_id, month, func.max(LoanDay.on_day).label("on_day"))
        .where(LoanDay.on_day <= ends[-1])
        .group_by(LoanDay.loan_id, month)
        .subquery("last")
    )
    return (
        select(
            LoanDay.loan_id,
            last.c.month,
            _stood().label("stood"),
            _month_of(Position.matures_on, ends).label("matures"),
        )
        .select_from(last)
        .join(LoanDay, and_(LoanDay.loan_id == last.c.loan_id, LoanDay.on_day == last.c.on_day))
        .join(Loan, Loan.id == LoanDay.loan_id)
        .join(Position, Position.loan_id == Loan.id)
        .where(LoanDay.drawn_fen > 0, *scope)
        .subquery("month_rows")
    )


def _month_of(day: Any, ends: Sequence[date]) -> ColumnElement[int]:
    """The place of the first month end on or after a day; after the last: one more."""
    # Literal places: grouped by, a bound value would be another one at each mention.
    places = [(day <= end, literal_place(place)) for place, end in enumerate(ends)]
    return case(*places, else_=literal_place(len(ends)))


def literal_place(place: int) -> ColumnElement[int]:
    """A whole number written into the statement."""
    return literal(place, literal_execute=True)


def _stood() -> ColumnElement[str]:
    undone = exists().where(Reversal.repayment_id == Repayment.id)
    lost = exists().where(
        Repayment.loan_id == LoanDay.loan_id,
        Repayment.kind == "write_off",
        Repayment.booking_date <= LoanDay.on_day,
        ~undone,
    )
    owes = LoanDay.outstanding_fen + LoanDay.overdue_principal_fen + LoanDay.overdue_interest_fen
    return case(
        (and_(owes == 0, lost), "5"),
        (owes == 0, str(PAID)),
        *[(LoanDay.grade == grade, str(grade)) for grade in GRADES],
        else_=str(GRADES[-1]),
    )
