"""The periods that claims are for: so many months, ending on the day after a settlement day. Pure.

A settlement counts its day and falls due on the next, so a quarter settled on the 20th of March
ends on the 21st. A period holds what was settled up to a day after its first and up to its end at
the latest. Its months are those that the rhythm divides: every third one ends in March, June,
September and December, a whole year in December.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kernel.dates import ONE_DAY, Period, add_months, day_of_month
from policy import ConductRules


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often claims are made, and the last day of their periods."""

    every_months: int
    on_day: int

    def holding(self, to_on: date) -> Period:
        """The period that what was settled up to a day belongs to."""
        eve = to_on - ONE_DAY
        months = -(-eve.month // self.every_months) * self.every_months
        last = add_months(eve.replace(day=1), months - eve.month)
        if self._end_in(last) < to_on:
            last = add_months(last, self.every_months)
        return Period(self._end_in(add_months(last, -self.every_months)), self._end_in(last))

    def last_ended(self, day: date) -> Period:
        """The last period that has ended on or before a day."""
        period = self.holding(day)
        return period if period.end <= day else self.holding(period.start)

    def between(self, first: date, last: Period) -> Iterator[Period]:
        """The periods from the one that holds ``first`` to ``last``, the earliest first."""
        found = [last]
        while first <= found[-1].start:
            found.append(self.holding(found[-1].start))
        return reversed(found)

    def _end_in(self, month: date) -> date:
        return day_of_month(month.year, month.month, self.on_day) + ONE_DAY


def rhythm_of(conduct: ConductRules) -> Rhythm:
    """The rhythm that the rules of a day set."""
    return Rhythm(conduct.subsidy_claim_every_months.value, conduct.subsidy_claim_on_day.value)
