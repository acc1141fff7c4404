"""Counters that belong to a region as a whole: its rural people, samples taken, village funds.

They come from few rows, which are read once and asked day by day. A region's rural people are what
was entered for it itself. Of sampling checks the latest count: those of one round, or of one day
where they name no round; where one was entered for the region itself, that alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from households.models import RuralPopulation, SampleCheck
from kernel.regions import code_range
from mutual_aid.models import FundClosing, FundOpening, VillageFund

#: counter -> what it adds up of sampling checks
SAMPLES = {
    "sample_exited": lambda one: one.sampled_exited,
    "sample_wrongly_exited": lambda one: one.wrongly_exited,
    "sample_unregistered": lambda one: one.sampled_unregistered,
    "sample_missed": lambda one: one.missed,
    "sample_people": lambda one: one.people_checked,
    "sample_people_right": lambda one: one.people_checked - one.people_wrong,
    "sample_villages": lambda one: one.villages_checked,
    "sample_villages_right": lambda one: one.villages_checked - one.villages_wrong,
    "sample_surveyed": lambda one: one.surveyed,
    "sample_approving": lambda one: one.approving,
}


class Places:
    """The counters of a region, asked for any day up to the last."""

    def __init__(self, session: Session, region: str, digits: str, until: date) -> None:
        low, high = code_range(digits)
        self._region = region
        self._populations = session.scalars(
            select(RuralPopulation)
            .where(RuralPopulation.region_code == region, RuralPopulation.booked_on <= until)
            .order_by(RuralPopulation.from_on, RuralPopulation.id)
        ).all()
        self._checks = session.scalars(
            select(SampleCheck)
            .where(SampleCheck.region_code >= low, SampleCheck.region_code < high)
            .where(SampleCheck.booked_on <= until)
            .order_by(SampleCheck.checked_on, SampleCheck.id)
        ).all()
        self._funds = session.execute(
            select(FundOpening.opened_on, FundClosing.closed_on)
            .join(VillageFund, VillageFund.id == FundOpening.fund_id)
            .outerjoin(FundClosing, FundClosing.fund_id == FundOpening.fund_id)
            .where(VillageFund.village_code >= low, VillageFund.village_code < high)
        ).all()

    def on(self, day: date) -> dict[str, int]:
        """The counters at the close of a day; those that the region has none of are left out."""
        funds = sum(opened <= day and not _over(end, day) for opened, end in self._funds)
        found = {"village_funds": funds}
        if population := self.population(day):
            found["rural_people"] = population.people
        if checks := self.checks(day):
            found |= {name: sum(map(part, checks)) for name, part in SAMPLES.items()}
        return found

    def population(self, day: date) -> RuralPopulation | None:
        """The last number of rural people."""
        known = [one for one in self._populations if one.booked_on <= day]
        return known[-1] if known else None

    def checks(self, day: date) -> Sequence[SampleCheck]:
        """The latest sampling checks."""
        known = [one for one in self._checks if one.booked_on <= day]
        if not known:
            return ()
        last = known[-1]
        same = [
            one
            for one in known
            if (
                one.round_id == last.round_id
                if last.round_id is not None
                else (one.round_id, one.checked_on) == (None, last.checked_on)
            )
        ]
        return [one for one in same if one.region_code == self._region] or same


def _over(end: date | None, day: date) -> bool:
    return end is not None and end <= day


#: of whom a sample asks whether they were missed, or wrongly lifted out
ASKED = ("sample_unregistered", "sample_exited")


def combined(counters: dict[str, int]) -> dict[str, int]:
    """Who is poor, was missed or wrongly lifted out; nothing where nobody was asked."""
    if not any(counters.get(name) for name in ASKED) or "persons_poor" not in counters:
        return {}
    parts = ("persons_poor", "sample_missed", "sample_wrongly_exited")
    return {"combined_poor": sum(counters[name] for name in parts)}
