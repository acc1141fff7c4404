"""In a prefecture's books: what each county handed in last, and which of them did not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

import indicators
from indicators import HandedIn
from kernel.regions import COUNTY, Region, level, scope_digits
from web.context import house


@dataclass(frozen=True, slots=True)
class Handed:
    """The counties of a region, with what they handed in."""

    #: with None for a county that has not
    counties: list[tuple[Region, HandedIn | None]]
    #: how many of them handed a sampling check in
    sampled: int
    #: whether the region lies below the county
    below: bool

    @property
    def missing(self) -> list[Region]:
        """Counties whose files are not there."""
        return [region for region, one in self.counties if one is None]


def handed(session: Session, here: Region, on: date) -> Handed | None:
    """As known at the close of a day; None in a county's own books."""
    if not indicators.of_counties(session):
        return None
    digits, regions = scope_digits(here.code), house().regions
    found = {one.region: one for one in indicators.handed_in(session, digits, on)}
    above = [here, *regions.ancestors(here.code)]
    own = [one for one in above if level(one.code) == COUNTY]
    return Handed(
        [(one, found.get(one.code)) for one in own or regions.inside(here.code, COUNTY)],
        indicators.sampled(session, digits, on),
        bool(own) and here.code != own[0].code,
    )
