"""The reads that pages stand on: cases searched, sheets whole, what a step waits for, objections.

A sheet is seen by whoever sees a case on it, and with the cases of that person's scope alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from households.identification.procedure import KINDS, Procedures
from households.models import (
    CaseNotice,
    CaseObjection,
    CaseObjectionAnswer,
    CasePosition,
    CaseSheet,
    CaseSheetPaper,
    CaseStep,
    Household,
    IdentificationCase,
    Person,
    SampleCheck,
    SurveyAnswer,
)
from households.need.queries import head_name
from households.queries import is_present
from kernel.attachments import Attachment
from kernel.refusals import NotFound
from kernel.regions import in_scope

#: rows fetched at once while a list is exported
LOT: Final = 500
#: households that a page lists for one step
AWAITING_MAX: Final = 500
#: state of an objection -> how pages say it
OBJECTION_STATES: Final = {
    "waiting": "待答复",
    "upheld": "异议成立",
    "dismissed": "异议不成立",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of cases is narrowed to; blank: not."""

    #: digits of the region
    digits: str
    on: date
    #: number, name, pinyin or initials of a member
    text: str = ""
    kind: str = ""
    state: str = ""
    procedure: str = ""
    done: int | None = None
    round_id: int | None = None


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case in a list."""

    case_id: int
    household_id: int
    number: str
    head: str
    village_code: str
    kind: str
    monitored_kind: str | None
    procedure: str
    started_on: date
    done: int
    state: str
    #: day after the notice that hangs; None: none does
    waits_until: date | None


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A household that waits for a step."""

    case_id: int
    household_id: int
    number: str
    head: str
    village_code: str
    kind: str
    waits_until: date | None
    surveyed: bool
    #: objections that nobody has answered
    objections: int


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A household on a sheet."""

    case_id: int
    household_id: int
    number: str
    head: str
    village_code: str
    outcome: str
    votes_for: int | None
    votes_against: int | None
    abstained: int | None
    note: str


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """A sheet with the cases that somebody sees of it."""

    sheet: CaseSheet
    notice: CaseNotice | None
    #: attachment, name
    papers: list[tuple[int, str]]
    lines: list[SheetLine]


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """An objection with what was found about it."""

    objection: CaseObjection
    answer: CaseObjectionAnswer | None
    household_id: int
    number: str
    head: str
    village_code: str


def cases(session: Session, wanted: Wanted, *, after: int = 0, limit: int = 50) -> list[FoundCase]:
    """Cases behind an id, in the order in which they began."""
    rows = session.execute(
        _narrowed(
            select(
                IdentificationCase.id, Household.id, Household.number, head_name(wanted.on),
                Household.village_code, IdentificationCase.kind, IdentificationCase.monitored_kind,
                IdentificationCase.procedure, IdentificationCase.started_on, CasePosition.done,
                CasePosition.state, CaseNotice.to_on,
            ),
            wanted,
        )
        .outerjoin(CaseNotice, CaseNotice.sheet_id == CasePosition.sheet_id)
        .where(IdentificationCase.id > after)
        .order_by(IdentificationCase.id)
        .limit(limit)
    )  # fmt: skip
    return [FoundCase(*row) for row in rows]


def all_cases(session: Session, wanted: Wanted) -> Iterator[FoundCase]:
    """Every case, a lot at a time."""
    after = 0
    while rows := cases(session, wanted, after=after, limit=LOT):
        yield from rows
        after = rows[-1].case_id


def count_cases(session: Session, wanted: Wanted) -> int:
    """How many there are."""
    return session.scalar(_narrowed(select(func.count(IdentificationCase.id)), wanted)) or 0


def _narrowed(query: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    query = (
        query.join(CasePosition, CasePosition.case_id == IdentificationCase.id)
        .join(Household, Household.id == IdentificationCase.household_id)
        .where(in_scope(Household.village_code, wanted.digits))
    )
    for column, value in (
        (IdentificationCase.kind, wanted.kind or None),
        (CasePosition.state, wanted.state or None),
        (IdentificationCase.procedure, wanted.procedure or None),
        (CasePosition.done, wanted.done),
        (IdentificationCase.round_id, wanted.round_id),
    ):
        if value is not None:
            query = query.where(column == value)
    text = "".join(wanted.text.split())
    return query.where(named(text, wanted.on)) if text else query


def named(text: str, on: date) -> ColumnElement[bool]:
    """SQL: the household's number begins with a text, or somebody in it is called so."""
    plain = text.lower()
    member = select(Person.household_id).where(
        is_present(on),
        or_(
            Person.name.startswith(text, autoescape=True),
            Person.pinyin.startswith(plain, autoescape=True),
            Person.initials == plain,
        ),
    )
    number = Household.number.startswith(text.upper(), autoescape=True)
    return or_(number, Household.id.in_(member))


def awaiting(
    session: Session,
    *,
    procedure: str,
    done: int,
    digits: str,
    on: date,
    limit: int | None = AWAITING_MAX,
) -> list[Awaiting]:
    """Who waits for the step that follows so many, by village and number."""
    answered = exists().where(CaseObjectionAnswer.objection_id == CaseObjection.id)
    objections = (
        select(func.count(CaseObjection.id))
        .where(CaseObjection.case_id == IdentificationCase.id, ~answered)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            IdentificationCase.id, Household.id, Household.number, head_name(on),
            Household.village_code, IdentificationCase.kind, CaseNotice.to_on,
            exists().where(SurveyAnswer.case_id == IdentificationCase.id), objections,
        )
        .join(CasePosition, CasePosition.case_id == IdentificationCase.id)
        .join(Household, Household.id == IdentificationCase.household_id)
        .outerjoin(CaseNotice, CaseNotice.sheet_id == CasePosition.sheet_id)
        .where(
            CasePosition.procedure == procedure,
            CasePosition.done == done,
            CasePosition.state.in_(("open", "standing")),
            in_scope(Household.village_code, digits),
        )
        .order_by(Household.village_code, Household.number)
        .limit(limit)
    )  # fmt: skip
    return [Awaiting(*row) for row in rows]


def sheets(
    session: Session, *, digits: str, after: int | None = None, limit: int = 50
) -> list[tuple[CaseSheet, CaseNotice | None]]:
    """Sheets with a case of a scope, the latest first; ``after``: before this one."""
    query = (
        select(CaseSheet, CaseNotice)
        .outerjoin(CaseNotice, CaseNotice.sheet_id == CaseSheet.id)
        .where(_touches(digits))
    )
    if after:
        query = query.where(CaseSheet.id < after)
    rows = session.execute(query.order_by(CaseSheet.id.desc()).limit(limit))
    return [(sheet, notice) for sheet, notice in rows]


def sheet(session: Session, sheet_id: int, *, digits: str) -> SheetSeen:
    """One sheet; one without a case of the scope is not found."""
    found = session.execute(
        select(CaseSheet, CaseNotice)
        .outerjoin(CaseNotice, CaseNotice.sheet_id == CaseSheet.id)
        .where(CaseSheet.id == sheet_id, _touches(digits))
    ).first()
    if found is None:
        raise NotFound(field="sheet_id", what="识别名单")
    papers = session.execute(
        select(Attachment.id, Attachment.name)
        .join(CaseSheetPaper, CaseSheetPaper.attachment_id == Attachment.id)
        .where(CaseSheetPaper.sheet_id == sheet_id)
        .order_by(Attachment.id)
    )
    rows = session.execute(
        select(
            CaseStep.case_id, Household.id, Household.number, head_name(found[0].held_on),
            Household.village_code, CaseStep.outcome, CaseStep.votes_for, CaseStep.votes_against,
            CaseStep.abstained, CaseStep.note,
        )
        .join(IdentificationCase, IdentificationCase.id == CaseStep.case_id)
        .join(Household, Household.id == IdentificationCase.household_id)
        .where(CaseStep.sheet_id == sheet_id, in_scope(Household.village_code, digits))
        .order_by(Household.village_code, Household.number)
    )  # fmt: skip
    return SheetSeen(
        found[0],
        found[1],
        [(key, name) for key, name in papers],
        [SheetLine(*row[:9], note=row[9]) for row in rows],
    )


def _touches(digits: str) -> ColumnElement[bool]:
    return (
        select(CaseStep.id)
        .join(IdentificationCase, IdentificationCase.id == CaseStep.case_id)
        .join(Household, Household.id == IdentificationCase.household_id)
        .where(CaseStep.sheet_id == CaseSheet.id, in_scope(Household.village_code, digits))
        .exists()
    )


def objections(
    session: Session,
    *,
    digits: str,
    on: date,
    sheet_id: int | None = None,
    text: str = "",
    state: str = "",
    before: int = 0,
    limit: int | None = None,
) -> list[ObjectionLine]:
    """Objections of a scope, the latest first; of one sheet, or of one of the states.

    ``text``: of the household, as cases are searched. ``before``: the last one seen.
    """
    query = (
        select(
            CaseObjection, CaseObjectionAnswer, Household.id, Household.number, head_name(on),
            Household.village_code,
        )
        .outerjoin(CaseObjectionAnswer, CaseObjectionAnswer.objection_id == CaseObjection.id)
        .join(IdentificationCase, IdentificationCase.id == CaseObjection.case_id)
        .join(Household, Household.id == IdentificationCase.household_id)
        .where(in_scope(Household.village_code, digits))
    )  # fmt: skip
    if sheet_id is not None:
        query = query.where(CaseObjection.sheet_id == sheet_id)
    if state:
        upheld = {"waiting": None, "upheld": True, "dismissed": False}[state]
        query = query.where(CaseObjectionAnswer.upheld.is_not_distinct_from(upheld))
    if text:
        query = query.where(named("".join(text.split()), on))
    if before:
        query = query.where(CaseObjection.id < before)
    rows = session.execute(query.order_by(CaseObjection.id.desc()).limit(limit))
    return [ObjectionLine(*row) for row in rows]


def samples(
    session: Session,
    *,
    digits: str,
    text: str = "",
    round_id: int | None = None,
    before: int = 0,
    limit: int | None = None,
) -> Sequence[SampleCheck]:
    """Sampling checks of a place and of places in it, the latest first.

    ``text``: part of who checked, or of the document. ``before``: the last one seen.
    """
    region = SampleCheck.region_code
    query = select(SampleCheck).where(
        or_(region == digits.ljust(12, "0"), in_scope(region, digits))
    )
    if text:
        said = [SampleCheck.unit, SampleCheck.document]
        query = query.where(or_(*(one.contains(text, autoescape=True) for one in said)))
    if round_id is not None:
        query = query.where(SampleCheck.round_id == round_id)
    if before:
        query = query.where(SampleCheck.id < before)
    return session.scalars(query.order_by(SampleCheck.id.desc()).limit(limit)).all()


def hanging(session: Session, *, on: date) -> Sequence[tuple[CaseNotice, CaseSheet]]:
    """Notices that hang on a day, the latest first."""
    rows = session.execute(
        select(CaseNotice, CaseSheet)
        .join(CaseSheet, CaseSheet.id == CaseNotice.sheet_id)
        .where(CaseNotice.from_on <= on, CaseNotice.to_on > on)
        .order_by(CaseNotice.sheet_id.desc())
    )
    return [(notice, sheet) for notice, sheet in rows]


def hanging_notice(session: Session, sheet_id: int, *, on: date) -> tuple[CaseNotice, CaseSheet]:
    """One notice, while it hangs; before and after that nobody outside sees it."""
    for notice, sheet_of in hanging(session, on=on):
        if notice.sheet_id == sheet_id:
            return notice, sheet_of
    raise NotFound(field="sheet_id", what="识别公示")


def surveys_of(session: Session, household_id: int) -> Sequence[SurveyAnswer]:
    """What a household answered, the latest first."""
    return session.scalars(
        select(SurveyAnswer)
        .where(SurveyAnswer.household_id == household_id)
        .order_by(SurveyAnswer.id.desc())
    ).all()


def kinds_open(procedures: Procedures, on: date) -> list[str]:
    """Kinds of case that may begin on a day."""
    open_now = {kind for one in procedures.all() if one.begins(on) for kind in one.kinds}
    return [kind for kind in KINDS if kind in open_now]
