"""Industry projects and whom they reach: as reported by village, and as listed by name.

The last report of a village counts; a village that two projects cover counts once, its households
with each of them, since a report does not say who they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session

from households.helping.noting import standing_rows
from households.models import Household, Person
from households.models.helping import FundUse, IndustryProject, ProjectHousehold, ProjectVillage
from kernel.regions import in_scope


@dataclass(frozen=True, slots=True)
class ProjectFigures:
    """A project and whom it reaches, as reported and as listed by name."""

    id: int
    number: str
    name: str
    industry: str
    is_key: bool
    document: str
    region_code: str
    organisation_id: int | None
    amount_fen: int
    approved_on: date
    #: special money given to it, fen
    given_fen: int
    villages: int
    households: int
    persons: int
    listed_households: int
    listed_persons: int


@dataclass(frozen=True, slots=True)
class ProjectsTotal:
    """What projects add up to. Villages and listed households count once, whatever covers them."""

    projects: int
    villages: int
    #: as reported, project by project
    households: int
    persons: int


def reported(digits: str) -> Subquery:
    """SQL: the last report of each village of each project, of a scope."""
    last = (
        select(func.max(ProjectVillage.id))
        .group_by(ProjectVillage.project_id, ProjectVillage.village_code)
        .scalar_subquery()
    )
    return (
        select(ProjectVillage)
        .where(
            ProjectVillage.id.in_(last),
            ProjectVillage.households > 0,
            in_scope(ProjectVillage.village_code, digits),
        )
        .subquery()
    )


def projects(
    session: Session, *, digits: str, on: date, key: bool | None = None
) -> list[ProjectFigures]:
    """Projects that reach a scope, and whom of it, by number."""
    villages = reported(digits)
    totals = (
        select(
            villages.c.project_id,
            func.count().label("villages"),
            func.sum(villages.c.households).label("households"),
            func.sum(villages.c.persons).label("persons"),
        )
        .group_by(villages.c.project_id)
        .subquery()
    )
    query = (
        select(
            IndustryProject,
            totals.c.villages,
            totals.c.households,
            totals.c.persons,
            _given().label("given_fen"),
            _listed(digits, on).label("listed_households"),
            _listed_persons(digits, on).label("listed_persons"),
        )
        .join(totals, totals.c.project_id == IndustryProject.id)
        .order_by(IndustryProject.number)
    )
    if key is not None:
        query = query.where(IndustryProject.is_key == key)
    return [_project(row.IndustryProject, row) for row in session.execute(query)]


def projects_total(session: Session, *, digits: str, key: bool | None = None) -> ProjectsTotal:
    """What the projects of a scope add up to."""
    villages = reported(digits)
    query = select(
        func.count(func.distinct(villages.c.project_id)).label("projects"),
        func.count(func.distinct(villages.c.village_code)).label("villages"),
        func.coalesce(func.sum(villages.c.households), 0).label("households"),
        func.coalesce(func.sum(villages.c.persons), 0).label("persons"),
    ).join(IndustryProject, IndustryProject.id == villages.c.project_id)
    if key is not None:
        query = query.where(IndustryProject.is_key == key)
    row = session.execute(query).one()
    return ProjectsTotal(row.projects, row.villages, int(row.households), int(row.persons))


def villages_of(
    session: Session, project_id: int, *, digits: str
) -> Sequence[tuple[str, int, int]]:
    """The villages of a project: code, households, people as reported."""
    rows = reported(digits)
    query = (
        select(rows.c.village_code, rows.c.households, rows.c.persons)
        .where(rows.c.project_id == project_id)
        .order_by(rows.c.village_code)
    )
    return [(row.village_code, row.households, row.persons) for row in session.execute(query)]


def listed_in(
    session: Session, project_id: int, *, digits: str, on: date
) -> Sequence[tuple[int, int, str, str, date]]:
    """Households that a project lists by name: row, household, number, village, from."""
    rows = session.execute(
        select(
            ProjectHousehold.id,
            Household.id,
            Household.number,
            Household.village_code,
            ProjectHousehold.from_on,
        )
        .join(Household, Household.id == ProjectHousehold.household_id)
        .where(
            ProjectHousehold.project_id == project_id,
            ProjectHousehold.from_on <= on,
            in_scope(Household.village_code, digits),
            standing_rows("project_household"),
        )
        .order_by(Household.number)
    )
    return [(one, key, number, code, day) for one, key, number, code, day in rows]


def _given() -> ColumnElement[int]:
    return func.coalesce(
        select(func.sum(FundUse.amount_fen))
        .where(FundUse.project_id == IndustryProject.id)
        .correlate(IndustryProject)
        .scalar_subquery(),
        0,
    )


def _on_the_list(digits: str, on: date) -> ColumnElement[bool]:
    return and_(
        ProjectHousehold.project_id == IndustryProject.id,
        ProjectHousehold.from_on <= on,
        in_scope(Household.village_code, digits),
        standing_rows("project_household"),
    )


def _listed(digits: str, on: date) -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(ProjectHousehold)
        .join(Household, Household.id == ProjectHousehold.household_id)
        .where(_on_the_list(digits, on))
        .correlate(IndustryProject)
        .scalar_subquery()
    )


def _listed_persons(digits: str, on: date) -> ColumnElement[int]:
    present = and_(Person.joined_on <= on, or_(Person.left_on.is_(None), Person.left_on > on))
    return (
        select(func.count())
        .select_from(ProjectHousehold)
        .join(Household, Household.id == ProjectHousehold.household_id)
        .join(Person, and_(Person.household_id == Household.id, present))
        .where(_on_the_list(digits, on))
        .correlate(IndustryProject)
        .scalar_subquery()
    )


def _project(project: IndustryProject, row: object) -> ProjectFigures:
    told = {
        name: int(getattr(row, name) or 0)
        for name in (
            "villages",
            "households",
            "persons",
            "given_fen",
            "listed_households",
            "listed_persons",
        )
    }
    return ProjectFigures(
        id=project.id,
        number=project.number,
        name=project.name,
        industry=project.industry,
        is_key=project.is_key,
        document=project.document,
        region_code=project.region_code,
        organisation_id=project.organisation_id,
        amount_fen=project.amount_fen,
        approved_on=project.approved_on,
        **told,
    )
