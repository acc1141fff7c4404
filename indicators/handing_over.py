"""A county's counters of a closed day, told for its prefecture, and taken in there.

Told is each village's row as the snapshots have it, with what the year gained, and what belongs to
a region as a whole: organisations counted once, rural people, samples, the fund. Taken in once, by
the open day of the prefecture's books.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

import ledger
from households.models import RuralPopulation
from indicators import fund_figures, handover, imported, linkage, people, recompute, yearly
from indicators.handover import Handover
from indicators.models import SUBSIDY_COUNTERS
from indicators.people_models import ImportedCounter, ImportedSnapshot
from indicators.places import Places
from indicators.refusals import (
    BooksHaveNoCounties,
    SnapshotAhead,
    SnapshotCounterUnknown,
    SnapshotOfAnotherRegion,
    SnapshotOfCountyOnly,
    SnapshotOfOtherDefinitions,
    SnapshotTakenIn,
)
from indicators.treasury import last_subsidies
from kernel.actor import Actor
from kernel.regions import COUNTY, RegionTree, in_scope, level, scope_digits, within
from mutual_aid.models import FundClosing, FundOpening, VillageFund
from office import rights

#: by (region, counter)
Told = dict[tuple[str, str], int]


def export(session: Session, *, on: date, by: Actor) -> Handover:
    """What a county hands in of a closed day; another day and books of another kind are refused."""
    region = ledger.books(session).region_code
    rights.allow(by, "indicators.export", region=region)
    if level(region) != COUNTY:
        raise SnapshotOfCountyOnly(field="region", region=region)
    ledger.require_closed(session, on)
    told: Told = {}
    for tell in (_villages, _people, _funds_of_villages, _whole):
        told |= tell(session, region, on)
    return handover.handover(region, on, told)


def take_in(session: Session, content: bytes, *, regions: RegionTree, by: Actor) -> Handover:
    """Take a county's file into the books of its prefecture or province: once, whole."""
    own = ledger.books(session).region_code
    rights.allow(by, "indicators.import", region=own)
    if not imported.of_counties(session):
        raise BooksHaveNoCounties(field="file", books=own)
    found = handover.read(content)
    _require_fitting(session, found, own, regions)
    today = ledger.open_day(session)
    if found.on > today:
        raise SnapshotAhead(field="file", on=found.on, today=today)
    snapshot = ImportedSnapshot(
        region_code=found.region,
        on_day=found.on,
        definitions=found.definitions,
        digest=found.digest,
        counters=len(found.counters),
        booked_on=today,
    )
    session.add(snapshot)
    session.flush()
    rows = [
        {"snapshot_id": snapshot.id, "region_code": code, "counter": name, "value": value}
        for code, name, value in found.counters
    ]
    if rows:
        session.execute(insert(ImportedCounter), rows)
    return found


def _require_fitting(session: Session, found: Handover, own: str, regions: RegionTree) -> None:
    if found.definitions != handover.DEFINITIONS:
        raise SnapshotOfOtherDefinitions(
            field="file", stated=found.definitions, own=handover.DEFINITIONS
        )
    county = regions.get(found.region, field="file").code
    if level(county) != COUNTY or not within(county, scope_digits(own)):
        raise SnapshotOfAnotherRegion(field="file", region=county, books=own)
    for code, name, _ in found.counters:
        if not within(code, scope_digits(county)):
            raise SnapshotOfAnotherRegion(field="file", region=code[:12], books=county)
        regions.get(code, field="file")
        if not imported.is_known(name):
            raise SnapshotCounterUnknown(field="file", counter=name[:60])
    known = session.scalar(
        select(ImportedSnapshot.digest).where(
            ImportedSnapshot.region_code == county, ImportedSnapshot.on_day == found.on
        )
    )
    if known is not None:
        raise SnapshotTakenIn(field="file", region=county, on=found.on, digest=known)


# --- what is told ---------------------------------------------------------------------------------


def _villages(session: Session, _region: str, on: date) -> Told:
    told = _named(recompute.last_snapshot(session, on))
    for village, row in last_subsidies(session, on).items():
        for name, value in zip(SUBSIDY_COUNTERS, row, strict=True):
            told[village, f"subsidy_{name}"] = value
    return told


def _people(session: Session, region: str, on: date) -> Told:
    """By village, as far as the day was told of people."""
    first = yearly.first_told(session)
    if not yearly.is_told(session, first, on):
        return {}
    now = people.last_of_villages(session, on)
    start = yearly.year_start(first, on)
    then = people.last_of_villages(session, start) if start else {}
    of_the_year = {
        village: yearly.of_the_year(row, then.get(village, {})) for village, row in now.items()
    }
    told = _named(now) | _named(of_the_year) | {(region, imported.TOLD): 1}
    linked: dict[str, set[int]] = {}
    for organisation, village in linkage.at(session, on):
        for code in (region, f"{village[:9]}000", village):
            linked.setdefault(code, set()).add(organisation)
    return told | {(code, "enterprises_linked"): len(them) for code, them in linked.items()}


def _funds_of_villages(session: Session, region: str, on: date) -> Told:
    ended = select(FundClosing.fund_id).where(FundClosing.closed_on <= on)
    found = session.execute(
        select(VillageFund.village_code, func.count())
        .join(FundOpening, FundOpening.fund_id == VillageFund.id)
        .where(FundOpening.opened_on <= on, VillageFund.id.not_in(ended))
        .where(in_scope(VillageFund.village_code, scope_digits(region)))
        .group_by(VillageFund.village_code)
    )
    return {(village, "village_funds"): count for village, count in found}


def _whole(session: Session, region: str, on: date) -> Told:
    """What is the county's as a whole, and the rural people of each region that has a number."""
    digits = scope_digits(region)
    funds = fund_figures.counters(fund_figures.at(session, digits, on).values())
    places = Places(session, region, digits, on).on(on)
    samples = {name: value for name, value in places.items() if name.startswith("sample_")}
    told = _named({region: funds | samples})
    for code in session.scalars(
        select(RuralPopulation.region_code).where(RuralPopulation.booked_on <= on).distinct()
    ):
        found = Places(session, code, scope_digits(code), on).population(on)
        if found is not None:
            told[code, "rural_people"] = found.people
    return told


def _named(rows: Mapping[str, Mapping[str, int]]) -> Told:
    return {(code, name): value for code, row in rows.items() for name, value in row.items()}
