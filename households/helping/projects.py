"""Industry projects (产业扶贫项目): what their documents name, the villages and households covered.

A project comes in with its villages, each with the households and people reported for it; a later
sheet of the same project may report other counts, and nothing else. Households may be listed by
name; what is reported and what is listed are both shown and never mixed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import ledger
from households.helping import finding
from households.helping.finding import COMMAND, FileSlip
from households.helping.forms import ProjectRow
from households.helping.noting import standing_rows
from households.helping.refusals import (
    ProjectHouseholdTwice,
    ProjectPersonsBelowHouseholds,
    ProjectRowsDiffer,
    ProjectTwice,
    ProjectVillageTwice,
)
from households.models.helping import IndustryProject, ProjectHousehold, ProjectVillage
from households.refusals import RegisteredAfterTheDay, VillageCodeUnknown, VillageOutOfScope
from kernel.actor import Actor
from kernel.lots import lots
from kernel.refusals import NotFound
from kernel.regions import RegionTree, scope_digits, within
from office import rights

#: what every line of one project says alike -> its title
_SAME: Final = {
    "name": "项目名称",
    "industry": "产业类型",
    "is_key": "重点项目",
    "document": "依据文件",
    "approved_on": "批准日期",
    "amount_fen": "投资额",
    "credit_code": "实施主体信用代码",
}


def enter_projects(
    session: Session,
    rows: Sequence[ProjectRow],
    *,
    regions: RegionTree,
    organisations: Mapping[str, int],
    on: date,
    by: Actor,
    file: FileSlip | None = None,
) -> int:
    """Enter projects with their villages, all of it or nothing; how many rows.

    ``organisations``: credit code -> number in the register of organisations, of those that run
    one of these projects.
    """
    rights.allow(by, COMMAND)
    ledger.require_bookable(session, on)
    home = ledger.books(session).region_code
    first: dict[str, ProjectRow] = {}
    for row in rows:
        first.setdefault(row.number, row)
    known = _known(session, first)
    times = Counter((row.number, row.village_code) for row in rows)

    def judge(row: ProjectRow) -> None:
        _check_place(row, regions, home, by)
        if times[row.number, row.village_code] > 1:
            raise ProjectVillageTwice(
                field="village_code", number=row.number, village=row.village_code
            )
        _check_same(row, first[row.number], known.get(row.number), organisations)
        if row.approved_on > on:
            raise RegisteredAfterTheDay(field="approved_on", title="批准日期", on=on)

    finding.judged(rows, judge)
    file_id = finding.take_file(session, "projects", file, len(rows), on=on)
    new = [row for number, row in first.items() if number not in known]
    _insert_projects(session, new, rows, organisations, file_id, on)
    _insert_villages(session, rows, _known(session, first), on)
    return len(rows)


def list_households(
    session: Session,
    project_id: int,
    numbers: Sequence[str],
    *,
    from_on: date,
    on: date,
    by: Actor,
) -> int:
    """List households that a project covers, by name; how many."""
    rights.allow(by, COMMAND)
    ledger.require_bookable(session, on)
    if session.get(IndustryProject, project_id) is None:
        raise NotFound(field="project_id", what="产业项目")
    found = finding.households(session, numbers, by=by)
    listed = _listed(session, project_id)
    times = Counter(numbers)

    def judge(number: str) -> None:
        household = finding.served(found, number, from_on, title="起始日期", on=on)
        if household.id in listed or times[number] > 1:
            raise ProjectHouseholdTwice(field="number", number=number)

    finding.judged(numbers, judge)
    session.execute(
        insert(ProjectHousehold),
        [
            {
                "project_id": project_id,
                "household_id": found[number].id,
                "from_on": from_on,
                "booked_on": on,
            }
            for number in numbers
        ],
    )
    return len(numbers)


def _listed(session: Session, project_id: int) -> set[int]:
    """Who is on the project's list; the project is held, so that lists follow each other."""
    held = select(IndustryProject.id).where(IndustryProject.id == project_id)
    session.execute(held.with_for_update(key_share=True)).all()
    rows = select(ProjectHousehold.household_id).where(
        ProjectHousehold.project_id == project_id, standing_rows("project_household")
    )
    return set(session.scalars(rows))


def _known(session: Session, first: Mapping[str, ProjectRow]) -> dict[str, IndustryProject]:
    known: dict[str, IndustryProject] = {}
    for chunk in lots(first):
        for one in session.scalars(
            select(IndustryProject).where(IndustryProject.number.in_(chunk))
        ):
            known[one.number] = one
    return known


def _check_place(row: ProjectRow, regions: RegionTree, home: str, by: Actor) -> None:
    code = row.village_code
    if code not in regions or not within(code, scope_digits(home)):
        raise VillageCodeUnknown(field="village_code", region=code)
    if not within(code, by.region_scope):
        raise VillageOutOfScope(field="village_code")
    if row.persons < row.households:
        raise ProjectPersonsBelowHouseholds(
            field="persons", number=row.number, village=regions.get(code).name
        )


def _check_same(
    row: ProjectRow,
    first: ProjectRow,
    known: IndustryProject | None,
    organisations: Mapping[str, int],
) -> None:
    for key, title in _SAME.items():
        if getattr(row, key) != getattr(first, key):
            raise ProjectRowsDiffer(field=key, number=row.number, title=title)
    if row.credit_code is not None and row.credit_code not in organisations:
        raise NotFound(field="credit_code", what=f"实施主体{row.credit_code}")
    if known is None:
        return
    runner = organisations[row.credit_code] if row.credit_code else None
    told = [getattr(row, key) for key in _SAME if key != "credit_code"]
    stands = [getattr(known, key) for key in _SAME if key != "credit_code"]
    if told != stands or known.organisation_id != runner:
        raise ProjectTwice(field="number", number=row.number, name=known.name)


def _insert_projects(
    session: Session,
    new: Sequence[ProjectRow],
    rows: Sequence[ProjectRow],
    organisations: Mapping[str, int],
    file_id: int | None,
    on: date,
) -> None:
    if not new:
        return
    places: dict[str, list[str]] = {}
    for row in rows:
        places.setdefault(row.number, []).append(row.village_code)
    session.execute(
        insert(IndustryProject),
        [
            {
                "number": row.number,
                "name": row.name,
                "industry": row.industry,
                "region_code": _common(places[row.number]),
                "is_key": row.is_key,
                "document": row.document,
                "organisation_id": organisations[row.credit_code] if row.credit_code else None,
                "amount_fen": row.amount_fen,
                "approved_on": row.approved_on,
                "file_id": file_id,
                "booked_on": on,
            }
            for row in new
        ],
    )


def _common(codes: Sequence[str]) -> str:
    """The smallest region that holds all of these villages."""
    for digits in (12, 9, 6, 4):
        if len({code[:digits] for code in codes}) == 1:
            return codes[0][:digits].ljust(12, "0")
    return codes[0][:2].ljust(12, "0")


def _insert_villages(
    session: Session,
    rows: Sequence[ProjectRow],
    projects: Mapping[str, IndustryProject],
    on: date,
) -> None:
    session.execute(
        insert(ProjectVillage),
        [
            {
                "project_id": projects[row.number].id,
                "village_code": row.village_code,
                "households": row.households,
                "persons": row.persons,
                "booked_on": on,
            }
            for row in rows
        ],
    )
