"""Taking the snapshot of a day: the last one plus the day's movements, set-based.

Households and loans of which nothing moved are not read. On the first of a month the whole is
recomputed from rows and compared; a difference keeps the day from closing.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Date,
    FromClause,
    Insert,
    bindparam,
    func,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from indicators import linkage, people, recompute, states, treasury, village_rows
from indicators.models import (
    COUNTERS,
    HOUSEHOLD_COUNTERS,
    LOAN_COUNTERS,
    STATE,
    HouseholdDay,
    VillageDay,
)
from indicators.refusals import SnapshotDiffers
from kernel.seals import table_of
from loans.models import Loan, LoanDay

_HOUSEHOLD_DAYS = table_of(HouseholdDay)
_DAY: BindParameter[date] = bindparam("day", type_=Date())


def take_snapshot(session: Session, day: date, *, multiple: int = 0) -> None:
    """Write what moved on ``day``, which is closing: once, whole, in the close's unit of work.

    ``multiple``: how many times the compensation fund may be lent, by the policy of the day.
    """
    household_rows, village_rows = _statements()
    moves = states.moved_since(session, day)
    if moves:
        household_rows = _household_rows(_DAY, moves)
    # On the connection: the session takes an INSERT's parameters for rows.
    connection = session.connection()
    connection.execute(household_rows, {"day": day})
    connection.execute(village_rows, {"day": day})
    people.take(session, day, moves)
    linkage.take(session, day)
    treasury.take(session, day, multiple)
    if day.day == 1:
        _require_same(session, day)


def _require_same(session: Session, day: date) -> None:
    """Refuse to close a day whose snapshots are not what the rows say."""
    for difference in recompute.differences(session, day):
        raise SnapshotDiffers(
            field="day",
            day=day,
            village=difference.village,
            counter=difference.counter,
            snapshot=difference.snapshot,
            recomputed=difference.recomputed,
        )
    for other in recompute.others_differing(session, day):
        raise SnapshotDiffers(
            field="day",
            day=day,
            village=other.of,
            counter=other.counter,
            snapshot=other.snapshot,
            recomputed=other.recomputed,
        )


@lru_cache(maxsize=1)
def _statements() -> tuple[Insert, Insert]:
    """Built once: building them takes longer than running them on a quiet day."""
    return _household_rows(_DAY, {}), _village_rows(_DAY)


def _household_rows(day: BindParameter[date], moves: states.Moves) -> Insert:
    """Touched households whose state differs from the one last written."""
    now = states.households(day, moves, states.touched(day).subquery("touched")).subquery("now")
    return insert(_HOUSEHOLD_DAYS).from_select(
        ["household_id", "on_day", *STATE],
        select(now.c.household_id, day, *(now.c[name] for name in STATE)).where(
            states.differs(now, day)
        ),
    )


def _village_rows(day: BindParameter[date]) -> Insert:
    parts = _movements(day).subquery("parts")
    return village_rows.of_moved(VillageDay, COUNTERS, parts, day)


def _movements(day: BindParameter[date]) -> CompoundSelect[str]:
    """What each household and loan written today adds to its village, less what it was before."""
    household, before = HouseholdDay.__table__, HouseholdDay.__table__.alias("before")
    loan, loan_before = LoanDay.__table__, LoanDay.__table__.alias("loan_before")
    return union_all(
        _household_part(household, 1).where(household.c.on_day == day),
        _household_part(before, -1)
        .join(household, household.c.household_id == before.c.household_id)
        .where(
            household.c.on_day == day,
            before.c.on_day == _household_day_before(household.c.household_id, day),
        ),
        _loan_part(loan, 1).where(loan.c.on_day == day),
        _loan_part(loan_before, -1)
        .join(loan, loan.c.loan_id == loan_before.c.loan_id)
        .where(
            loan.c.on_day == day,
            loan_before.c.on_day == _loan_day_before(loan.c.loan_id, day),
        ),
    )


def _household_part(rows: FromClause, sign: int) -> states.Rows:
    counters = dict(zip(HOUSEHOLD_COUNTERS, states.household_counters(rows), strict=True))
    return select(rows.c.village_code, *_signed(counters, sign)).select_from(rows)


def _loan_part(rows: FromClause, sign: int) -> states.Rows:
    counters = dict(zip(LOAN_COUNTERS, states.loan_counters(rows, Loan.mode), strict=True))
    return (
        select(Loan.village_code, *_signed(counters, sign))
        .select_from(rows)
        .join(Loan, Loan.id == rows.c.loan_id)
    )


def _signed(counters: dict[str, ColumnElement[int]], sign: int) -> list[ColumnElement[int]]:
    return [
        (counters[name] * sign if name in counters else literal(0)).label(name) for name in COUNTERS
    ]


def _household_day_before(
    household_id: ColumnElement[int], day: BindParameter[date]
) -> ColumnElement[date]:
    rows = aliased(HouseholdDay)
    return (
        select(func.max(rows.on_day))
        .where(rows.household_id == household_id, rows.on_day < day)
        .scalar_subquery()
    )


def _loan_day_before(loan_id: ColumnElement[int], day: BindParameter[date]) -> ColumnElement[date]:
    rows = aliased(LoanDay)
    return (
        select(func.max(rows.on_day))
        .where(rows.loan_id == loan_id, rows.on_day < day)
        .scalar_subquery()
    )
