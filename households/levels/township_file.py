"""乡镇有档: the file of a township: its villages with their counts, and what was done in them.

Every step that was taken for a list of households (meeting, check, notice) is a sheet of the file,
in the order of the days, with its document, its votes and its notice; so are the county's lists
that decided about households of the township.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from households.helping import project_figures
from households.identification import queries as identifying
from households.levels.counting import PlaceCounts, counts, total_of
from households.models import (
    CaseNotice,
    CaseSheet,
    DecidedList,
    DecidedListRow,
    Household,
    HouseholdStatus,
)
from kernel.regions import TOWNSHIP, RegionTree, in_scope, scope_digits


@dataclass(frozen=True, slots=True)
class VillageLine:
    """A village in its township's file."""

    code: str
    name: str
    #: poor, exited, or blank where it is no poor village
    standing: str
    counts: PlaceCounts
    #: industry projects that reach it
    projects: int


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A paper of the file: a step that was taken, or a list of the county."""

    #: code of the procedure; blank: a list of the county
    procedure: str
    #: code of the step, or what the list found
    step: str
    region_code: str
    held_on: date
    document: str
    #: households on it
    households: int
    eligible: int | None
    present: int | None
    notice: str
    notice_from: date | None
    #: day after the last
    notice_to: date | None


@dataclass(frozen=True, slots=True)
class TownshipFile:
    """The file of a township on a day."""

    code: str
    name: str
    on: date
    totals: PlaceCounts
    villages: tuple[VillageLine, ...]
    #: industry projects in its villages, each once however many it reaches
    projects: int
    papers: tuple[SheetLine, ...]


def township_file(
    session: Session, township: str, *, regions: RegionTree, on: date
) -> TownshipFile:
    """The file of a township (its 12-digit code)."""
    digits = scope_digits(township)
    villages = village_lines(session, township, regions=regions, on=on)
    return TownshipFile(
        code=township,
        name=regions.full_name(township),
        on=on,
        totals=total_of(digits, (one.counts for one in villages)),
        villages=villages,
        projects=project_figures.projects_total(session, digits=digits).projects,
        papers=tuple(
            sorted(
                (*_sheets(session, digits, on), *_lists(session, digits, on)),
                key=lambda one: one.held_on,
            )
        ),
    )


def village_lines(
    session: Session, township: str, *, regions: RegionTree, on: date
) -> tuple[VillageLine, ...]:
    """The villages of a township: those of the list, and those that only households name."""
    digits = scope_digits(township)
    found = counts(session, digits=digits, on=on)
    poor = identifying.villages(session, digits=digits, on=on)
    reached = _projects(session, digits)
    listed = [region.code for region in regions.children(township)]
    return tuple(
        VillageLine(
            code=code,
            name=regions.get(code).name if code in regions else code,
            standing=poor[code].standing if code in poor else "",
            counts=found.get(code, PlaceCounts(code)),
            projects=reached.get(code, 0),
        )
        for code in sorted({*listed, *found})
    )


def is_township(code: str, regions: RegionTree) -> bool:
    """Whether a code is a township's."""
    return regions.get(code).level == TOWNSHIP


def _projects(session: Session, digits: str) -> dict[str, int]:
    villages = project_figures.reported(digits)
    rows = session.execute(
        select(villages.c.village_code, func.count().label("projects")).group_by(
            villages.c.village_code
        )
    )
    return {row.village_code: row.projects for row in rows}


def _sheets(session: Session, digits: str, on: date) -> list[SheetLine]:
    """Steps taken for households of the township, in the order of the days."""
    rows = session.execute(
        select(CaseSheet, CaseNotice)
        .outerjoin(CaseNotice, CaseNotice.sheet_id == CaseSheet.id)
        .where(in_scope(CaseSheet.region_code, digits), CaseSheet.held_on <= on)
        .order_by(CaseSheet.held_on, CaseSheet.id)
    )
    return [_sheet(sheet, notice) for sheet, notice in rows]


def _sheet(sheet: CaseSheet, notice: CaseNotice | None) -> SheetLine:
    return SheetLine(
        procedure=sheet.procedure,
        step=sheet.step,
        region_code=sheet.region_code,
        held_on=sheet.held_on,
        document=sheet.document,
        households=sheet.cases,
        eligible=sheet.eligible,
        present=sheet.present,
        notice=notice.number if notice else "",
        notice_from=notice.from_on if notice else None,
        notice_to=notice.to_on if notice else None,
    )


def _lists(session: Session, digits: str, on: date) -> list[SheetLine]:
    """The county's lists that found something about households of the township."""
    rows = session.execute(
        select(DecidedList, func.count().label("households"))
        .join(DecidedListRow, DecidedListRow.list_id == DecidedList.id)
        .join(Household, Household.id == DecidedListRow.household_id)
        .join(
            HouseholdStatus,
            (HouseholdStatus.list_id == DecidedList.id)
            & (HouseholdStatus.household_id == Household.id),
        )
        .where(
            in_scope(Household.village_code, digits),
            or_(DecidedList.from_on <= on, DecidedList.handed_in_on <= on),
        )
        .group_by(DecidedList.id)
        .order_by(DecidedList.from_on, DecidedList.id)
    )
    return [
        SheetLine(
            procedure="",
            step=one.status,
            region_code=digits.ljust(12, "0"),
            held_on=one.from_on,
            document=one.document,
            households=households,
            eligible=None,
            present=None,
            notice="",
            notice_from=None,
            notice_to=None,
        )
        for one, households in rows
    ]
