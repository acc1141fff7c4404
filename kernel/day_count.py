"""Day counts: which part of a year a period is, as an exact fraction.

``act/360`` and ``act/365`` count calendar days; ``act/act`` splits them at 1 January and divides
by 365 or 366; ``30/360`` and ``by-month`` (对年对月) count months. A **regular** period, one
between two neighbouring due dates of a rhythm of N months, is exactly N twelfths of a year under
the two month-counting conventions, also where the month's end clamped one of its dates. Any other
period is **broken**: 30E/360, or whole months as twelfths and the odd days over 360.

The first day counts and the last does not (算头不算尾). Nothing is divided here: a fraction is
(numerator, denominator), and the caller divides once, at the end.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable
from datetime import date
from typing import Final, Literal, get_args

from kernel.dates import add_months, whole_months

DayCount = Literal["act/360", "act/365", "30/360", "act/act", "by-month"]

DAY_COUNTS: Final[tuple[DayCount, ...]] = get_args(DayCount)

#: the conventions under which a regular period is a whole number of months
_BY_MONTHS: Final = frozenset({"30/360", "by-month"})

YearFraction = tuple[int, int]


def year_fraction(
    start: date, end: date, convention: DayCount, *, regular: int | None = None
) -> YearFraction:
    """The part of a year from ``start`` to ``end``; ``regular`` is N where N months are exact."""
    if end < start:
        raise ValueError(f"a period cannot end before it starts: {start} to {end}")
    if regular is not None and convention in _BY_MONTHS:
        return regular, 12
    return _CONVENTIONS[convention](start, end)


def actual_fraction(start: date, end: date, convention: DayCount) -> YearFraction:
    """The same by actual days, for the part of a period that an early payment cuts off.

    The conventions that count months count 360 days a year here.
    """
    return year_fraction(start, end, "act/360" if convention in _BY_MONTHS else convention)


def _act_360(start: date, end: date) -> YearFraction:
    return (end - start).days, 360


def _act_365(start: date, end: date) -> YearFraction:
    return (end - start).days, 365


def _act_act(start: date, end: date) -> YearFraction:
    days = {365: 0, 366: 0}
    while start < end:
        until = min(end, date(start.year + 1, 1, 1))
        days[366 if isleap(start.year) else 365] += (until - start).days
        start = until
    return days[365] * 366 + days[366] * 365, 365 * 366


def _30e_360(start: date, end: date) -> YearFraction:
    months = (end.year - start.year) * 12 + end.month - start.month
    return months * 30 + min(end.day, 30) - min(start.day, 30), 360


def _by_month(start: date, end: date) -> YearFraction:
    months = whole_months(start, end)
    return months * 30 + (end - add_months(start, months)).days, 360


_CONVENTIONS: Final[dict[DayCount, Callable[[date, date], YearFraction]]] = {
    "act/360": _act_360,
    "act/365": _act_365,
    "30/360": _30e_360,
    "act/act": _act_act,
    "by-month": _by_month,
}
