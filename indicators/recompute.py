"""The snapshot of a day again, from the rows of the rooms alone, and where the two differ.

Loans and what was paid out on them are counted from the payments themselves, their other figures
from the day-end figures of every loan, households from the register, ratings and loans.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session, aliased

from indicators import linkage, people, states, treasury
from indicators.models import COUNTERS, HOUSEHOLD_COUNTERS, LOAN_COUNTERS, VillageDay
from kernel.database import sum_of
from loans.models import Loan, LoanDay

#: counters of a village by name
Counters = dict[str, int]


#: counters that the record of payments gives
_PAID = (
    "loans_count",
    "disbursed_fen",
    "loans_entrusted_count",
    "disbursed_entrusted_fen",
    "loans_pooled_count",
    "disbursed_pooled_fen",
    "mutual_loans_count",
    "mutual_disbursed_fen",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A counter that the snapshot and the rows do not agree on."""

    village: str
    counter: str
    snapshot: int
    recomputed: int


def differences(session: Session, day: date) -> Iterator[Difference]:
    """Where the snapshot of a closed or closing day differs from the rows, village by village."""
    snapshot, rows = last_snapshot(session, day), from_rows(session, day)
    nothing = dict.fromkeys(COUNTERS, 0)
    for village in sorted(snapshot.keys() | rows.keys()):
        stated, counted = snapshot.get(village, nothing), rows.get(village, nothing)
        for name in COUNTERS:
            if stated[name] != counted[name]:
                yield Difference(village, name, stated[name], counted[name])


def others_differing(session: Session, day: date) -> Iterator[treasury.Difference]:
    """Where the other snapshots differ: of standing, linkage, subsidies and funds."""
    yield from people.differing(session, day)
    yield from linkage.differing(session, day)
    yield from treasury.differing(session, day)


def from_rows(session: Session, day: date) -> dict[str, Counters]:
    """Every village's counters at the close of ``day``, from the rooms' rows."""
    counted: dict[str, Counters] = {}
    moves = states.moved_since(session, day)
    for names, query in (
        (HOUSEHOLD_COUNTERS, _by_household(day, moves)),
        (LOAN_COUNTERS, _by_loan_day(day)),
        # Counted from the payments, these take the place of what the day-end figures say.
        (_PAID, _by_payment(day)),
    ):
        for row in session.execute(query):
            village, *values = tuple(row)
            counters = counted.setdefault(village, dict.fromkeys(COUNTERS, 0))
            counters.update(zip(names, values, strict=True))
    return counted


def last_snapshot(session: Session, day: date) -> dict[str, Counters]:
    """Every village's last row on or before ``day``."""
    rows = aliased(VillageDay)
    last_day = (
        select(func.max(rows.on_day))
        .where(rows.village_code == VillageDay.village_code, rows.on_day <= day)
        .scalar_subquery()
    )
    found = session.scalars(select(VillageDay).where(VillageDay.on_day == last_day))
    return {row.village_code: {name: getattr(row, name) for name in COUNTERS} for row in found}


def households_that_differ(session: Session, day: date) -> Sequence[int]:
    """Households whose last row on or before ``day`` is not what the rooms say of them."""
    now = states.households(day, states.moved_since(session, day)).subquery("now")
    return session.scalars(
        select(now.c.household_id)
        .where(states.differs(now, day, inclusive=True))
        .order_by(now.c.household_id)
    ).all()


def _by_household(day: date, moves: states.Moves) -> states.Rows:
    rows = states.households(day, moves).subquery("households_now")
    counters = (sum_of(counter) for counter in states.household_counters(rows))
    return select(rows.c.village_code, *counters).group_by(rows.c.village_code)


def _by_loan_day(day: date) -> states.Rows:
    rows = LoanDay.__table__
    counters = (sum_of(counter) for counter in states.loan_counters(rows, Loan.mode))
    return (
        select(Loan.village_code, *counters)
        .select_from(Loan)
        .join(rows, rows.c.loan_id == Loan.id)
        .where(rows.c.on_day == states.last_loan_day(Loan.id.expression, day))
        .group_by(Loan.village_code)
    )


def _by_payment(day: date) -> states.Rows:
    paid = states.drawn(day).subquery("paid")
    sums = [
        sum_of(case((which, part), else_=0))
        for which in (
            Loan.mode.in_(states.COUNTY_MODES),
            *(Loan.mode == mode for mode in ("entrusted", "pooled", "mutual")),
        )
        for part in (literal(1), paid.c.drawn_fen)
    ]
    return (
        select(Loan.village_code, *sums)
        .join(paid, paid.c.loan_id == Loan.id)
        .group_by(Loan.village_code)
    )
