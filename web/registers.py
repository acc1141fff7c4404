"""Lists that a desk looks through: households with their line and balance, a page at a time.

Composed here because a list crosses rooms; each column's meaning is its own room's. A page is found
first by key, its details are fetched for that page alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from credit.models import CreditLine
from households.models import STATUS_TITLES, Household, Person, Status
from households.queries import is_present
from households.standing import last_status
from kernel.database import sum_of
from kernel.regions import RegionTree, in_scope
from loans.models import Loan, OpenSegment

#: rows fetched at once while a list is exported
LOT: Final = 500


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list is narrowed to."""

    #: digits of the region
    digits: str
    on: date
    #: number, name, pinyin or initials of a member
    text: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """A household in a list."""

    id: int
    number: str
    head: str
    village_code: str
    village: str
    persons: int
    status: str
    #: limit of the line in force; None: no line
    line_fen: int | None
    outstanding_fen: int


def households(
    session: Session, sought: Sought, regions: RegionTree, *, after: int, limit: int
) -> list[HouseholdLine]:
    """Households of a scope behind an id, in the order of their ids."""
    rows = session.execute(
        select(Household.id, Household.number, Household.village_code, last_status(sought.on))
        .where(Household.id > after, *_narrowed(sought))
        .order_by(Household.id)
        .limit(limit)
    ).all()
    ids = [row[0] for row in rows]
    heads, persons = _people(session, ids, sought.on)
    lines, owed = _lines(session, ids, sought.on), _owed(session, ids)
    return [
        HouseholdLine(
            id=household_id,
            number=number,
            head=heads.get(household_id, ""),
            village_code=village,
            village=_village(regions, village),
            persons=persons.get(household_id, 0),
            status=STATUS_TITLES[Status(status)] if status else "其他农户",
            line_fen=lines.get(household_id),
            outstanding_fen=owed.get(household_id, 0),
        )
        for household_id, number, village, status in rows
    ]


def all_households(
    session: Session, sought: Sought, regions: RegionTree
) -> Iterator[HouseholdLine]:
    """Every household of a scope, a lot at a time."""
    after = 0
    while rows := households(session, sought, regions, after=after, limit=LOT):
        yield from rows
        after = rows[-1].id


def count(session: Session, sought: Sought) -> int:
    """How many there are."""
    found = select(func.count()).select_from(Household).where(*_narrowed(sought))
    return session.scalar(found) or 0


def _narrowed(sought: Sought) -> list[ColumnElement[bool]]:
    wanted = [in_scope(Household.village_code, sought.digits)]
    if sought.status:
        wanted.append(last_status(sought.on) == sought.status)
    text = "".join(sought.text.split())
    if text:
        plain = text.lower()
        member = select(Person.household_id).where(
            is_present(sought.on),
            or_(
                Person.name.startswith(text, autoescape=True),
                Person.pinyin.startswith(plain, autoescape=True),
                Person.initials == plain,
            ),
        )
        wanted.append(
            or_(
                Household.number.startswith(text.upper(), autoescape=True),
                Household.id.in_(member),
            )
        )
    return wanted


def _people(session: Session, ids: list[int], on: date) -> tuple[dict[int, str], dict[int, int]]:
    rows = session.execute(
        select(Person.household_id, Person.name, Person.is_head).where(
            Person.household_id.in_(ids), is_present(on)
        )
    ).all()
    heads = {household_id: name for household_id, name, is_head in rows if is_head}
    persons: dict[int, int] = {}
    for household_id, _name, _is_head in rows:
        persons[household_id] = persons.get(household_id, 0) + 1
    return heads, persons


def _lines(session: Session, ids: list[int], on: date) -> dict[int, int]:
    rows = session.execute(
        select(CreditLine.household_id, CreditLine.limit_fen).where(
            CreditLine.household_id.in_(ids), CreditLine.valid_from <= on, CreditLine.valid_to > on
        )
    )
    return {row.household_id: row.limit_fen for row in rows}


def _owed(session: Session, ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(Loan.household_id, sum_of(OpenSegment.principal_fen).label("fen"))
        .join(OpenSegment, OpenSegment.loan_id == Loan.id)
        .where(Loan.household_id.in_(ids))
        .group_by(Loan.household_id)
    )
    return {row.household_id: row.fen for row in rows}


def _village(regions: RegionTree, code: str) -> str:
    if code not in regions:
        return code
    village = regions.get(code)
    return f"{regions.get(village.parent).name}{village.name}"
