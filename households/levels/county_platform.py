"""县市有平台: a county's (or prefecture's) townships side by side, and what help adds up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from households.helping.figures import MeasureCount, ShareReport, measure_counts, share_report
from households.helping.measures import HelpRules
from households.helping.project_figures import ProjectsTotal, projects_total
from households.levels.counting import TOWNSHIP_DIGITS, PlaceCounts, counts, total_of
from kernel.regions import TOWNSHIP, RegionTree, scope_digits


@dataclass(frozen=True, slots=True)
class TownshipLine:
    """A township on the platform."""

    code: str
    name: str
    counts: PlaceCounts


@dataclass(frozen=True, slots=True)
class Platform:
    """A region on a day."""

    code: str
    name: str
    on: date
    totals: PlaceCounts
    townships: tuple[TownshipLine, ...]
    measures: tuple[MeasureCount, ...]
    projects: ProjectsTotal
    #: how the year's special money is shared
    shares: ShareReport


def county_platform(
    session: Session, region: str, *, regions: RegionTree, rules: HelpRules, on: date
) -> Platform:
    """The platform of a region above townships (its 12-digit code)."""
    digits = scope_digits(region)
    found = counts(session, digits=digits, on=on, by_digits=TOWNSHIP_DIGITS)
    listed = {one.code[:TOWNSHIP_DIGITS]: one for one in regions.inside(region, TOWNSHIP)}
    townships = tuple(
        TownshipLine(
            code=place.ljust(12, "0"),
            name=listed[place].name if place in listed else place,
            counts=found.get(place, PlaceCounts(place)),
        )
        for place in sorted({*listed, *found})
    )
    return Platform(
        code=region,
        name=regions.full_name(region),
        on=on,
        totals=total_of(digits, (one.counts for one in townships)),
        townships=townships,
        measures=tuple(measure_counts(session, rules, digits=digits, on=on)),
        projects=projects_total(session, digits=digits),
        shares=share_report(session, rules.share_rule(region, on), year=on.year, on=on),
    )
