"""Loans lived on to their ends, and the treasury's part of what they settle, by quarter. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, NamedTuple

from kernel.money import round_half_up
from loans.course import Course
from loans.parts import Settled, Share
from loans.whatif import run_out
from subsidies.foreseeing.asked import PPM, ShareFrom

_ONE_DAY: Final = timedelta(days=1)


class Quarter(NamedTuple):
    """A quarter of a year; they compare as they follow each other."""

    year: int
    nr: int

    @property
    def title(self) -> str:
        """2016年第四季度."""
        return f"{self.year}年第{'一二三四'[self.nr - 1]}季度"

    def later(self, quarters: int) -> Quarter:
        """So many quarters on."""
        place = self.year * 4 + self.nr - 1 + quarters
        return Quarter(place // 4, place % 4 + 1)


@dataclass(frozen=True, slots=True)
class Cell:
    """Loans that stand alike: one of them, and how many they are."""

    course: Course
    loans: int
    #: first day that lies ahead of it
    day: date


def quarter_of(to_on: date) -> Quarter:
    """The quarter of a settlement: that of the last day it counts."""
    last = to_on - _ONE_DAY
    return Quarter(last.year, (last.month - 1) // 3 + 1)


def settled_ahead(cell: Cell, share: ShareFrom | None = None) -> list[Settled]:
    """What one loan of a cell will settle, every due paid on its nominal day."""
    course = cell.course.twin()
    if share is not None:
        shares = tuple(with_share(course.terms.shares, share))
        course.terms = replace(course.terms, shares=shares)
        stretch = course.open.get("regular")
        if stretch is not None and stretch.from_on >= share.from_on:
            # A loan that is yet to be drawn opened its segment under its own share.
            course.change("regular", 0, stretch.from_on)
    run_out(course, cell.day, _every_day)
    return course.settlements


def with_share(shares: Iterable[Share], supposed: ShareFrom) -> Iterable[Share]:
    """The stretches, cut where the supposed share begins; where nothing is borne nothing is."""
    for one in shares:
        if one.to_on <= supposed.from_on:
            yield one
            continue
        if one.from_on < supposed.from_on:
            yield replace(one, to_on=supposed.from_on, runs_on=False)
        start = max(one.from_on, supposed.from_on)
        if supposed.share_bp:
            yield replace(one, from_on=start, share_bp=supposed.share_bp)


def by_quarter(
    cells: Iterable[Cell], *, share: ShareFrom | None, early_ppm: int, since: date
) -> Mapping[Quarter, int]:
    """The treasury's part by quarter, fen: rounded per loan and settlement, then added up."""
    found: dict[Quarter, int] = {}
    for cell in cells:
        for settled in settled_ahead(cell, share):
            if settled.treasury_fen:
                fen = still_there(settled.treasury_fen * cell.loans, early_ppm, since, settled)
                quarter = quarter_of(settled.to_on)
                found[quarter] = found.get(quarter, 0) + fen
    return found


def still_there(fen: int, early_ppm: int, since: date, settled: Settled) -> int:
    """What is left of an amount where a part of the principal is repaid early every month.

    Of a settlement the principal is taken as it is left at its middle, in whole months.
    """
    if not early_ppm:
        return fen
    middle = settled.from_on + (settled.to_on - settled.from_on) / 2
    months = max(0, (middle - since).days // 30)
    # Thirty months are a power of 10^180: whole numbers in Python have no end.
    return round_half_up(fen * (PPM - early_ppm) ** months, PPM**months)


def _every_day(_day: date) -> bool:
    """Forecasts hold nominal dates: the table of holidays is not asked."""
    return True
