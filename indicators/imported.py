"""Figures of a prefecture's or province's books: what its counties handed in, added up.

Books of a region above the county hold no households and no loans. Their figures of a closed day
are the counters of each county's last snapshot on or before it, of those that were taken in by the
close; so they never change either. Counters that villages add up to are added up over the counties;
an organisation that is linked in two counties counts in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, func, null, or_, select
from sqlalchemy.orm import Session

import ledger
from indicators import fund_figures
from indicators.definition import AT_START, IN_YEAR
from indicators.fund_figures import COUNTY_DIGITS
from indicators.models import COUNTERS, SUBSIDY_COUNTERS
from indicators.people_models import (
    FLOWS,
    PEOPLE_COUNTERS,
    STOCKS,
    ImportedCounter,
    ImportedSnapshot,
)
from indicators.places import ASKED, SAMPLES, combined
from indicators.yearly import without_people
from kernel.database import BigInt, sum_of
from kernel.regions import code_range, scope_digits

#: a county's word that its day told how households stand
TOLD = "people_told"
#: counters of a region as a whole: each region's own row says it
OF_REGIONS = ("enterprises_linked", "rural_people")
#: and of a county alone
OF_COUNTIES = ("fund_", "sample_", TOLD)
#: counters that villages add up to, by name
ADDITIVE = (
    *COUNTERS,
    *(f"subsidy_{name}" for name in SUBSIDY_COUNTERS),
    *PEOPLE_COUNTERS,
    *(f"{name}{IN_YEAR}" for name in FLOWS),
    *(f"{name}{AT_START}" for name in STOCKS),
    "village_funds",
)
_OF_A_COUNTY = frozenset((*fund_figures.counters(()), *SAMPLES, TOLD))


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a county handed in last by a day."""

    id: int
    region: str
    on: date
    booked_on: date
    digest: str


def is_known(name: str) -> bool:
    """Whether a counter is one of those that are handed in."""
    return name in ADDITIVE or name in OF_REGIONS or name in _OF_A_COUNTY


def of_counties(session: Session) -> bool:
    """Whether these books are of a region above the county."""
    return len(scope_digits(ledger.books(session).region_code)) < COUNTY_DIGITS


def handed_in(session: Session, digits: str, on: date) -> list[HandedIn]:
    """The last snapshot of each county of a scope, as known at the close of a day."""
    low, high = code_range(digits[:COUNTY_DIGITS])
    rows = session.scalars(
        select(ImportedSnapshot)
        .where(
            ImportedSnapshot.region_code >= low,
            ImportedSnapshot.region_code < high,
            ImportedSnapshot.on_day <= on,
            ImportedSnapshot.booked_on <= on,
        )
        .order_by(ImportedSnapshot.region_code, ImportedSnapshot.on_day)
    )
    last = {row.region_code: row for row in rows}
    return [
        HandedIn(row.id, row.region_code, row.on_day, row.booked_on, row.digest)
        for row in last.values()
    ]


def counters(session: Session, digits: str, on: date) -> dict[str, int]:
    """The counters of a region at the close of a day."""
    return _of(session, digits, [one.id for one in handed_in(session, digits, on)])


def course(
    session: Session, digits: str, days: Sequence[date]
) -> Iterator[tuple[date, dict[str, int]]]:
    """The counters of a region day after day."""
    known: dict[tuple[int, ...], dict[str, int]] = {}
    for day in days:
        ids = tuple(one.id for one in handed_in(session, digits, day))
        if ids not in known:
            known[ids] = _of(session, digits, ids)
        yield day, known[ids]


def rows(
    session: Session, counter: str, digits: str, on: date, cursor: int
) -> Select[*tuple[Any, ...]]:
    """The regions whose counters make up one, in the order of their codes."""
    stored = "persons_poor" if counter == "combined_poor" else counter
    code = ImportedCounter.region_code
    number = cast(code, BigInt)
    return (
        select(number, code, code, null(), ImportedCounter.value)
        .where(
            ImportedCounter.snapshot_id.in_([one.id for one in handed_in(session, digits, on)]),
            ImportedCounter.counter == stored,
            _rows_of(digits),
            code > f"{cursor:012d}",
        )
        .order_by(code)
    )


def _of(session: Session, digits: str, snapshots: Sequence[int]) -> dict[str, int]:
    found = dict.fromkeys((*ADDITIVE, "enterprises_linked"), 0)
    if fund_figures.has_fund(digits):
        found |= fund_figures.counters(())
    rows = session.execute(
        select(ImportedCounter.counter, sum_of(ImportedCounter.value), func.count())
        .where(ImportedCounter.snapshot_id.in_(snapshots), _rows_of(digits))
        .group_by(ImportedCounter.counter)
    )
    told = 0
    for name, value, count in rows:
        if name == TOLD:
            told = value
        # Rural people of some counties alone are nobody's denominator.
        elif name != "rural_people" or len(digits) >= COUNTY_DIGITS or count == len(snapshots):
            found[name] = value
    if told < len(snapshots) and len(digits) <= COUNTY_DIGITS:
        found = without_people(found)
    if SAMPLES.keys() & found.keys():
        # Zeros are left out of a file: a sample that found nobody missed says so.
        found = dict.fromkeys(SAMPLES, 0) | found
    if _asking(session, digits, snapshots) < len(snapshots):
        # Those missed in some counties alone make no rate of all of them.
        return found
    return found | combined(found)


def _asking(session: Session, digits: str, snapshots: Sequence[int]) -> int:
    """How many of the counties asked who was missed, or wrongly lifted out."""
    counted = select(func.count(ImportedCounter.snapshot_id.distinct())).where(
        ImportedCounter.snapshot_id.in_(snapshots),
        ImportedCounter.counter.in_(ASKED),
        _rows_of(digits),
    )
    return session.scalar(counted) or 0


def sampled(session: Session, digits: str, on: date) -> int:
    """How many counties of a scope handed a sampling check in, as known at the close of a day."""
    counted = select(func.count(ImportedCounter.snapshot_id.distinct())).where(
        ImportedCounter.snapshot_id.in_([one.id for one in handed_in(session, digits, on)]),
        ImportedCounter.counter.in_(tuple(SAMPLES)),
        _rows_of(digits),
    )
    return session.scalar(counted) or 0


def _rows_of(digits: str) -> ColumnElement[bool]:
    """The rows that make up a scope: its villages', and its own or its counties' as a whole."""
    low, high = code_range(digits)
    inside = and_(ImportedCounter.region_code >= low, ImportedCounter.region_code < high)
    whole = or_(
        ImportedCounter.counter.in_(OF_REGIONS),
        *(ImportedCounter.counter.startswith(name, autoescape=True) for name in OF_COUNTIES),
    )
    if len(digits) >= COUNTY_DIGITS:
        own = ImportedCounter.region_code == low
    else:
        own = and_(inside, ImportedCounter.region_code.like("______000000"))
    return or_(and_(inside, ~whole), and_(own, whole))
