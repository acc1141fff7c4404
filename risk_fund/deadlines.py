"""Deadlines in working days. Pure: the holiday table is an argument.

The day itself does not count. Beyond the last year that the table knows Mondays to Fridays are
worked: a deadline is a promise between offices, and neither a claim nor a close waits for the
table of a year to come.
"""

from __future__ import annotations

from datetime import date, timedelta

from kernel.calendar import HolidayTable, HolidayTableEnds

_SATURDAY = 5


def working_days_after(calendar: HolidayTable, day: date, days: int) -> date:
    """The ``days``-th working day after ``day``."""
    while days:
        day += timedelta(days=1)
        days -= _is_worked(calendar, day)
    return day


def _is_worked(calendar: HolidayTable, day: date) -> bool:
    try:
        return calendar.is_working_day(day)
    except HolidayTableEnds:
        return day.weekday() < _SATURDAY
