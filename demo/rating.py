"""When each township is rated, and rated again before the year is over."""

from __future__ import annotations

from datetime import date, timedelta

from demo.county import County
from kernel.calendar import HolidayTable

#: a review takes place this many days after the last rating, before its year ends
REVIEW_DAYS = 350
#: half of the townships are rated before the first loans, the others in the months after: days
#: from the opening of the books
_FIRST, _SECOND = timedelta(days=7), timedelta(days=70)


def campaign(county: County, townships: list[str], calendar: HolidayTable) -> dict[str, list[date]]:
    """Days on which the sheets of a township are proposed, the first rating first."""
    half = (len(townships) + 1) // 2
    days = {}
    for place, digits in enumerate(townships):
        start = (
            county.opens_on + _FIRST + timedelta(days=place)
            if place < half
            else county.opens_on + _SECOND + timedelta(days=14 * (place - half))
        )
        days[digits] = _rounds(county, start, calendar)
    return days


def _rounds(county: County, start: date, calendar: HolidayTable) -> list[date]:
    found = []
    while start < county.closes_on:
        found.append(calendar.next_working_day(start))
        start = found[-1] + timedelta(days=REVIEW_DAYS)
    return found
