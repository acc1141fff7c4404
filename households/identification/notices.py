"""Public notices of lists, objections to a household on one, and their answers.

The list that hangs shows the village, the household's number, the head's name and how many people
it has: no digit of an identity number or a phone, and no cause of poverty. An objection is taken
while the list hangs; one that is upheld ends the household's case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

import ledger
from households import queries as register
from households.identification.refusals import (
    NotOnPublicNotice,
    ObjectionDealtWith,
    PublicNoticeEnded,
    WordsNeeded,
)
from households.models import (
    CaseNotice,
    CaseObjection,
    CaseObjectionAnswer,
    CasePosition,
    CaseSheet,
    CaseStep,
    Household,
    IdentificationCase,
    Person,
)
from households.queries import is_present
from kernel.actor import Actor
from kernel.dates import ONE_DAY
from kernel.refusals import NotFound
from kernel.regions import in_scope
from kernel.seals import table_of
from office import approvals, rights


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A line of the list that hangs in public."""

    case_id: int
    village_code: str
    number: str
    head: str
    persons: int
    votes_for: int | None


def notice_rows(session: Session, sheet_id: int) -> list[NoticeRow]:
    """The list that hangs, or that is announced: who passed the sheet's step, as of that day."""
    sheet = session.get(CaseSheet, sheet_id)
    if sheet is None:
        raise NotFound(field="sheet_id", what="识别名单")
    day = sheet.held_on
    of_household = Person.household_id == Household.id
    head = (
        select(func.min(Person.name))
        .where(of_household, Person.is_head, is_present(day))
        .correlate(Household)
        .scalar_subquery()
    )
    persons = (
        select(func.count(Person.id))
        .where(of_household, is_present(day))
        .correlate(Household)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            IdentificationCase.id, Household.village_code, Household.number,
            func.coalesce(head, ""), persons, CaseStep.votes_for,
        )
        .join(Household, Household.id == IdentificationCase.household_id)
        .join(CaseStep, CaseStep.case_id == IdentificationCase.id)
        .where(CaseStep.sheet_id == sheet_id, CaseStep.outcome == "done")
        .order_by(Household.village_code, Household.number)
    )  # fmt: skip
    return [NoticeRow(*row) for row in rows]


def object_to(
    session: Session,
    *,
    sheet_id: int,
    number: str,
    raised_by: str,
    words: str,
    on: date,
    by: Actor,
) -> int:
    """Note that somebody says a household should not be on a notice; the objection's number."""
    ledger.require_bookable(session, on)
    household = register.by_number(session, number, digits=by.region_scope)
    rights.allow(by, "households.object", region=household.village_code)
    notice = session.get(CaseNotice, sheet_id)
    if notice is None:
        raise NotFound(field="sheet_id", what="识别公示")
    case_id = session.scalar(
        select(IdentificationCase.id)
        .join(CaseStep, CaseStep.case_id == IdentificationCase.id)
        .where(
            IdentificationCase.household_id == household.id,
            CaseStep.sheet_id == sheet_id,
            CaseStep.outcome == "done",
        )
    )
    if case_id is None or on < notice.from_on:
        raise NotOnPublicNotice(field="number", number=household.number)
    if on >= notice.to_on:
        raise PublicNoticeEnded(field="on", last=notice.to_on - ONE_DAY)
    _require_words(raised_by, "异议人", "who objects")
    _require_words(words, "异议内容", "what is objected to")
    objection = CaseObjection(
        sheet_id=sheet_id,
        case_id=case_id,
        raised_on=on,
        raised_by=raised_by.strip(),
        words=words.strip(),
        by_person=by.person_id,
    )
    session.add(objection)
    session.flush()
    return objection.id


def answer(
    session: Session, *, objection_id: int, upheld: bool, words: str, on: date, by: Actor
) -> None:
    """What was found; an objection that is right ends the case. Who noted it does not answer it."""
    ledger.require_bookable(session, on)
    objection = session.get(CaseObjection, objection_id)
    if objection is None:
        raise NotFound(field="objection_id", what="异议")
    case = session.get_one(IdentificationCase, objection.case_id)
    household = register.get(session, case.household_id, digits=by.region_scope)
    rights.allow(by, "households.answer", region=household.village_code)
    approvals.require_other(by, (objection.by_person,))
    _require_words(words, "答复内容", "what was found")
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    answered = session.scalar(
        dialect.insert(CaseObjectionAnswer)
        .values(
            objection_id=objection_id, answered_on=on, upheld=upheld, words=words.strip(),
            by_person=by.person_id,
        )
        .on_conflict_do_nothing()
        .returning(CaseObjectionAnswer.objection_id)
    )  # fmt: skip
    if answered is None or (upheld and not _end(session, case.id)):
        raise ObjectionDealtWith(field="objection_id", objection=objection_id)


def _end(session: Session, case_id: int) -> bool:
    """End an open case; whether there was one to end."""
    positions = table_of(CasePosition)
    ended = session.execute(
        update(positions)
        .where(positions.c.case_id == case_id, positions.c.state == "open")
        .values(state="refused")
    )
    return bool(ended.rowcount == 1)  # type: ignore[attr-defined]


def open_objections(session: Session, *, digits: str) -> Sequence[CaseObjection]:
    """Objections of a scope that wait for an answer, the oldest first."""
    answered = exists().where(CaseObjectionAnswer.objection_id == CaseObjection.id)
    return session.scalars(
        select(CaseObjection)
        .join(IdentificationCase, IdentificationCase.id == CaseObjection.case_id)
        .join(Household, Household.id == IdentificationCase.household_id)
        .where(in_scope(Household.village_code, digits), ~answered)
        .order_by(CaseObjection.id)
    ).all()


def _require_words(words: str, zh: str, en: str) -> None:
    if not words.strip():
        raise WordsNeeded(field="words", what_zh=zh, what_en=en)
