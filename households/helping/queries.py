"""The reads of help for one household, and the lists that pages show.

``help_of`` is what the card shows: measures, the helper now and before, visits, projects. What was
withdrawn is told as such, so that a page can strike it through. Phones stay masked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from households import standing
from households.helping.noting import standing_rows
from households.helping.pairing import phone_place
from households.models import Household, Person
from households.models.helping import (
    Helper,
    HelperPair,
    HelperPairEnd,
    HelperVisit,
    HelpingWithdrawal,
    HouseholdHelper,
    HouseholdMeasure,
    IndustryProject,
    ProjectHousehold,
)
from kernel.identity import mask_mobile
from kernel.refusals import NotFound
from kernel.regions import in_scope
from kernel.vault import Keyring


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A measure that reached a household."""

    id: int
    measure: str
    year: int
    from_on: date
    detail: str
    amount_fen: int | None
    #: why it was withdrawn; blank: it stands
    withdrawn: str


@dataclass(frozen=True, slots=True)
class PairLine:
    """A helper whom the household has or had."""

    id: int
    name: str
    unit: str
    level: str
    #: masked; blank: none is known
    phone: str
    from_on: date
    to_on: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit."""

    id: int
    visited_on: date
    name: str
    done: str
    withdrawn: str


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project that covers the household by name."""

    id: int
    project_id: int
    number: str
    name: str
    industry: str
    from_on: date


@dataclass(frozen=True, slots=True)
class Help:
    """All help of a household."""

    measures: tuple[MeasureLine, ...]
    #: the one now first
    pairs: tuple[PairLine, ...]
    #: the last first
    visits: tuple[VisitLine, ...]
    projects: tuple[ProjectLine, ...]

    @property
    def helper(self) -> PairLine | None:
        """The helper now."""
        return next((pair for pair in self.pairs if pair.to_on is None), None)


@dataclass(frozen=True, slots=True)
class HelperLine:
    """A helper, the households paired now, and when one was last visited."""

    id: int
    name: str
    unit: str
    level: str
    households: int
    visited_on: date | None


@dataclass(frozen=True, slots=True)
class Unvisited:
    """A household with a helper, that nobody visited since a day."""

    household_id: int
    number: str
    head: str
    village_code: str
    helper: str
    unit: str
    from_on: date
    visited_on: date | None


def help_of(session: Session, household_id: int, *, keyring: Keyring, on: date) -> Help:
    """The help of a household as recorded by a day."""
    return Help(
        _measures(session, household_id, on),
        _pairs(session, household_id, keyring, on),
        _visits(session, household_id, on),
        _projects(session, household_id, on),
    )


def _measures(session: Session, household_id: int, on: date) -> tuple[MeasureLine, ...]:
    rows = session.execute(
        select(HouseholdMeasure, HelpingWithdrawal.reason)
        .outerjoin(HelpingWithdrawal, HelpingWithdrawal.measure_id == HouseholdMeasure.id)
        .where(HouseholdMeasure.household_id == household_id, HouseholdMeasure.from_on <= on)
        .order_by(HouseholdMeasure.year, HouseholdMeasure.from_on, HouseholdMeasure.id)
    )
    return tuple(
        MeasureLine(
            one.id, one.measure, one.year, one.from_on, one.detail, one.amount_fen, reason or ""
        )
        for one, reason in rows
    )


def _pairs(session: Session, household_id: int, keyring: Keyring, on: date) -> tuple[PairLine, ...]:
    rows = session.execute(
        select(HelperPair, Helper, HelperPairEnd.to_on)
        .join(Helper, Helper.id == HelperPair.helper_id)
        .outerjoin(HelperPairEnd, HelperPairEnd.pair_id == HelperPair.id)
        .where(HelperPair.household_id == household_id, HelperPair.from_on <= on)
        .order_by(HelperPair.from_on.desc(), HelperPair.id.desc())
    )
    return tuple(
        PairLine(
            pair.id,
            helper.name,
            helper.unit,
            helper.level,
            _phone(helper, keyring),
            pair.from_on,
            to_on,
            pair.reason,
        )
        for pair, helper, to_on in rows
    )


def _phone(helper: Helper, keyring: Keyring) -> str:
    if helper.phone_sealed is None:
        return ""
    return mask_mobile(
        keyring.open(helper.phone_sealed, place=phone_place(helper.name, helper.unit))
    )


def _visits(session: Session, household_id: int, on: date) -> tuple[VisitLine, ...]:
    rows = session.execute(
        select(HelperVisit, Helper.name, HelpingWithdrawal.reason)
        .join(HelperPair, HelperPair.id == HelperVisit.pair_id)
        .join(Helper, Helper.id == HelperPair.helper_id)
        .outerjoin(HelpingWithdrawal, HelpingWithdrawal.visit_id == HelperVisit.id)
        .where(HelperPair.household_id == household_id, HelperVisit.visited_on <= on)
        .order_by(HelperVisit.visited_on.desc(), HelperVisit.id.desc())
    )
    return tuple(
        VisitLine(visit.id, visit.visited_on, name, visit.done, reason or "")
        for visit, name, reason in rows
    )


def _projects(session: Session, household_id: int, on: date) -> tuple[ProjectLine, ...]:
    rows = session.execute(
        select(ProjectHousehold, IndustryProject)
        .join(IndustryProject, IndustryProject.id == ProjectHousehold.project_id)
        .where(
            ProjectHousehold.household_id == household_id,
            ProjectHousehold.from_on <= on,
            standing_rows("project_household"),
        )
        .order_by(ProjectHousehold.from_on, IndustryProject.number)
    )
    return tuple(
        ProjectLine(row.id, project.id, project.number, project.name, project.industry, row.from_on)
        for row, project in rows
    )


# --- helpers --------------------------------------------------------------------------------------


def helpers(
    session: Session,
    *,
    digits: str,
    level: str | None = None,
    text: str = "",
    after: int | None = None,
    limit: int | None = None,
) -> list[HelperLine]:
    """Helpers of a scope with their households now, those with the most first.

    ``text``: part of the name or unit. ``after``: the last one seen; then in the order in which
    they were entered.
    """
    last = (
        select(HelperPair.helper_id, func.max(HelperVisit.visited_on).label("visited_on"))
        .join(HelperVisit, HelperVisit.pair_id == HelperPair.id)
        .join(Household, Household.id == HelperPair.household_id)
        .where(in_scope(Household.village_code, digits), standing_rows("visit"))
        .group_by(HelperPair.helper_id)
        .subquery()
    )
    paired = func.count(HouseholdHelper.household_id)
    query = (
        select(Helper, paired.label("households"), last.c.visited_on)
        .join(HelperPair, HelperPair.helper_id == Helper.id)
        .join(HouseholdHelper, HouseholdHelper.pair_id == HelperPair.id)
        .join(Household, Household.id == HouseholdHelper.household_id)
        .outerjoin(last, last.c.helper_id == Helper.id)
        .where(in_scope(Household.village_code, digits))
        .group_by(Helper.id, last.c.visited_on)
    )
    if level is not None:
        query = query.where(Helper.level == level)
    if text:
        said = [one.contains(text, autoescape=True) for one in (Helper.name, Helper.unit)]
        query = query.where(or_(*said))
    if after is None:
        query = query.order_by(paired.desc(), Helper.id)
    else:
        query = query.where(Helper.id > after).order_by(Helper.id)
    return [
        HelperLine(one.id, one.name, one.unit, one.level, households, visited_on)
        for one, households, visited_on in session.execute(query.limit(limit))
    ]


def unvisited(
    session: Session,
    *,
    digits: str,
    since: date,
    on: date,
    text: str = "",
    after: int = 0,
    limit: int | None = None,
) -> Sequence[Unvisited]:
    """Households whose helper had time and did not come since a day, the longest alone first.

    ``text``: the beginning of the household's number, or the helper's name. ``after``: the
    household of the last one seen.
    """
    visited = (
        select(func.max(HelperVisit.visited_on))
        .where(HelperVisit.pair_id == HouseholdHelper.pair_id, standing_rows("visit"))
        .correlate(HouseholdHelper)
        .scalar_subquery()
    )
    alone = func.coalesce(visited, HelperPair.from_on)
    query = (
        select(
            Household.id,
            Household.number,
            func.coalesce(Person.name, "").label("head"),
            Household.village_code,
            Helper.name,
            Helper.unit,
            HelperPair.from_on,
            visited.label("visited_on"),
        )
        .join(HouseholdHelper, HouseholdHelper.household_id == Household.id)
        .join(HelperPair, HelperPair.id == HouseholdHelper.pair_id)
        .join(Helper, Helper.id == HelperPair.helper_id)
        .outerjoin(Person, _head_on(on))
        .where(
            in_scope(Household.village_code, digits),
            alone < since,
            helped(on),
        )
        .order_by(alone, Household.id)
        .limit(limit)
    )
    if text:
        number = Household.number.startswith(text.upper(), autoescape=True)
        query = query.where(or_(number, Helper.name.startswith(text, autoescape=True)))
    if after:
        last = _alone_since(session, alone, after)
        query = query.where(or_(alone > last, and_(alone == last, Household.id > after)))
    return [Unvisited(*row) for row in session.execute(query)]


def _alone_since(session: Session, alone: ColumnElement[date], household_id: int) -> date:
    """Since when a household that is helped is alone."""
    last = session.scalar(
        select(alone)
        .select_from(HouseholdHelper)
        .join(HelperPair, HelperPair.id == HouseholdHelper.pair_id)
        .where(HouseholdHelper.household_id == household_id)
    )
    if last is None:
        raise NotFound(field="household_id", what="结对农户")
    return last


def helped(day: date) -> ColumnElement[bool]:
    """SQL: the household of the query around it is one that help is for."""
    inside = standing.standing_of(day).in_([standing.POOR, standing.LIFTED])
    return or_(inside, standing.is_watched(day))


def _head_on(on: date) -> ColumnElement[bool]:
    present = and_(Person.joined_on <= on, or_(Person.left_on.is_(None), Person.left_on > on))
    return and_(Person.household_id == Household.id, Person.is_head, present)
