"""Taking a step: one sheet moves a village's whole list on by one step, or ends some of it.

Nothing is skipped and nothing is done twice: the positions are moved by one conditional UPDATE over
the sheet, on which two who take the same step wait for each other. A step waits for the end of the
notice before it and for the answer to every objection. A household that does not pass is *refused*,
which ends its case. The step that decides writes the findings, by one INSERT … SELECT.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, case, exists, insert, literal, null, select, update
from sqlalchemy.orm import Session

import ledger
from households.family_lines import kin_of
from households.identification.cases import (
    Found,
    chunks,
    households_of,
    require_day,
    require_document,
    require_step,
    write_sheet,
)
from households.identification.following import hold, require_following
from households.identification.procedure import (
    KINDS,
    Procedure,
    Procedures,
    Step,
)
from households.identification.refusals import (
    CaseObjectionOpen,
    PublicNoticeRuns,
    StepNeedsPapers,
    StepNeedsPlace,
    StepNotNext,
    StepTakenBySamePerson,
    SurveyMissing,
)
from households.identification.sheets import SheetRow, checked
from households.identification.voting import Meeting, outcomes_of
from households.models import (
    CaseNotice,
    CaseObjection,
    CaseObjectionAnswer,
    CasePosition,
    CaseSheet,
    CaseSheetPaper,
    CaseStep,
    Household,
    HouseholdStatus,
    IdentificationCase,
    Status,
    SurveyAnswer,
)
from kernel.actor import Actor
from kernel.database import insert_many
from kernel.dates import ONE_DAY
from kernel.seals import table_of
from office.refusals import OwnHousehold


@dataclass(frozen=True, slots=True)
class _Live:
    """A case at its place, with what the next step must know."""

    case_id: int
    number: str
    done: int
    state: str
    held_on: date
    notice_to: date | None


def take_step(
    session: Session,
    procedures: Procedures,
    *,
    procedure: str,
    step: str,
    rows: Sequence[SheetRow],
    on: date,
    by: Actor,
    held_on: date | None = None,
    document: str = "",
    meeting: Meeting | None = None,
    papers: Sequence[int] = (),
    place: str = "",
) -> int:
    """Take a step for every household of a sheet; the sheet's number."""
    rules = procedures.get(procedure)
    nr = rules.place(step)
    if nr < 2:
        # The first step opens the case (``open_cases``).
        raise StepNotNext(field="step", number="—", step=step, next="—")
    taken, held = rules.steps[nr - 1], held_on or on
    ledger.require_bookable(session, on)
    households = households_of(session, checked(rows), by)
    require_step(taken, households, by)
    _require_given(taken, document, papers, place)
    outcomes = outcomes_of(taken, rows, meeting)
    live = _cases_at(session, rules, nr, households)
    for one in live:
        require_day(taken, held, on, one.held_on)
        if one.notice_to is not None and held < one.notice_to:
            raise PublicNoticeRuns(field="held_on", number=one.number, last=one.notice_to - ONE_DAY)
    _require_free(session, rules, taken, [one.case_id for one in live], by)
    sheet_id = write_sheet(
        session, rules, taken, rows, households, held_on=held, on=on, by=by, document=document,
        meeting=(meeting.eligible, meeting.present) if meeting else None,
    )  # fmt: skip
    _move(session, rules, nr, live, outcomes, sheet_id)
    _write_steps(session, nr, live, rows, outcomes, sheet_id)
    session.add_all(CaseSheetPaper(sheet_id=sheet_id, attachment_id=i) for i in sorted(set(papers)))
    if taken.notice_days and "done" in outcomes:
        _post_notice(session, sheet_id, taken, held, on, place)
    if taken.finding or taken.ends_watching:
        _write_findings(session, rules, taken, sheet_id, held, on, document)
    session.flush()
    return sheet_id


def _require_given(step: Step, document: str, papers: Sequence[int], place: str) -> None:
    require_document(step, document)
    if step.papers and not papers:
        raise StepNeedsPapers(field="papers", step=step.zh)
    if step.notice_days and not place.strip():
        raise StepNeedsPlace(field="place", step=step.zh)


def _cases_at(
    session: Session, rules: Procedure, nr: int, households: Sequence[Found]
) -> list[_Live]:
    """The live case of each household, which must stand right before the step."""
    found: dict[int, _Live] = {}
    for some in chunks([one.household_id for one in households]):
        rows = session.execute(
            select(
                CasePosition.household_id, CasePosition.case_id, Household.number,
                CasePosition.done, CasePosition.state, CaseSheet.held_on, CaseNotice.to_on,
            )
            .join(Household, Household.id == CasePosition.household_id)
            .join(CaseSheet, CaseSheet.id == CasePosition.sheet_id)
            .outerjoin(CaseNotice, CaseNotice.sheet_id == CasePosition.sheet_id)
            .where(
                CasePosition.household_id.in_(some),
                CasePosition.procedure == rules.code,
                CasePosition.state.in_(("open", "standing")),
            )
            # Of several, the one that waits for this step is met last.
            .order_by(CasePosition.done == nr - 1, CasePosition.case_id)
        )  # fmt: skip
        found |= {row[0]: _Live(*row[1:]) for row in rows}
    for one in households:
        live = found.get(one.household_id)
        if live is None or live.done != nr - 1:
            awaited = rules.after(live.done) if live else rules.steps[0]
            assert awaited is not None, "a live case has a step to come"
            raise StepNotNext(
                field="step", number=one.number, next=awaited.zh, step=rules.steps[nr - 1].zh
            )
    return [found[one.household_id] for one in households]


def _require_free(
    session: Session, rules: Procedure, step: Step, case_ids: Sequence[int], by: Actor
) -> None:
    """Refuse who took a step that bars this one, their own household, and what still waits."""
    places = {rules.place(code): code for code in step.other_than}
    for some in chunks(case_ids):
        _require_other_person(session, rules, step, some, places, by)
        mine = kin_of(session, by.identity_index) if by.identity_index is not None else set()
        own = select(IdentificationCase.id).where(
            IdentificationCase.id.in_(some), IdentificationCase.household_id.in_(mine)
        )
        if mine and session.scalar(own.limit(1)) is not None:
            raise OwnHousehold
        answered = exists().where(CaseObjectionAnswer.objection_id == CaseObjection.id)
        open_objection = _number_of(some).where(
            exists().where(CaseObjection.case_id == IdentificationCase.id, ~answered)
        )
        if (number := session.scalar(open_objection)) is not None:
            raise CaseObjectionOpen(number=number)
        asked = exists().where(SurveyAnswer.case_id == IdentificationCase.id)
        unasked = _number_of(some).where(~asked)
        if step.survey and (number := session.scalar(unasked)) is not None:
            raise SurveyMissing(number=number)


def _require_other_person(
    session: Session,
    rules: Procedure,
    step: Step,
    case_ids: Sequence[int],
    places: Mapping[int, str],
    by: Actor,
) -> None:
    taken = session.scalar(
        select(CaseStep.nr)
        .join(CaseSheet, CaseSheet.id == CaseStep.sheet_id)
        .where(
            CaseStep.case_id.in_(case_ids),
            CaseStep.nr.in_(places),
            CaseSheet.by_person == by.person_id,
        )
        .order_by(CaseStep.nr)
        .limit(1)
    )
    if taken is not None:
        raise StepTakenBySamePerson(step=step.zh, other=rules.steps[taken - 1].zh)


def _number_of(case_ids: Sequence[int]) -> Select[str]:
    return (
        select(Household.number)
        .join(IdentificationCase, IdentificationCase.household_id == Household.id)
        .where(IdentificationCase.id.in_(case_ids))
        .order_by(IdentificationCase.id)
        .limit(1)
    )


def _move(
    session: Session,
    rules: Procedure,
    nr: int,
    live: Sequence[_Live],
    outcomes: Sequence[str],
    sheet_id: int,
) -> None:
    """Move each position on by one; whoever was quicker has moved it already."""
    for outcome, state in (("done", rules.state(nr)), ("refused", "refused")):
        ids = [one.case_id for one, said in zip(live, outcomes, strict=True) if said == outcome]
        for some in chunks(ids):
            moved = session.execute(
                update(CasePosition)
                .where(
                    CasePosition.case_id.in_(some),
                    CasePosition.done == nr - 1,
                    CasePosition.state.in_(("open", "standing")),
                )
                .values(done=nr, state=state, sheet_id=sheet_id)
                .execution_options(synchronize_session=False)
            )
            if moved.rowcount != len(some):  # type: ignore[attr-defined]
                step = rules.steps[nr - 1]
                raise StepNotNext(field="step", number=live[0].number, next="—", step=step.zh)


def _write_steps(
    session: Session,
    nr: int,
    live: Sequence[_Live],
    rows: Sequence[SheetRow],
    outcomes: Sequence[str],
    sheet_id: int,
) -> None:
    insert_many(
        session,
        CaseStep,
        [
            {
                "case_id": one.case_id,
                "nr": nr,
                "sheet_id": sheet_id,
                "outcome": outcome,
                "votes_for": row.vote.votes_for if row.vote else None,
                "votes_against": row.vote.votes_against if row.vote else None,
                "abstained": row.vote.abstained if row.vote else None,
                "note": row.note.strip(),
            }
            for one, row, outcome in zip(live, rows, outcomes, strict=True)
        ],
    )


def _post_notice(
    session: Session, sheet_id: int, step: Step, held_on: date, on: date, place: str
) -> None:
    """The list hangs from its day; its days count from the day it was entered, for nobody could
    object to one that was over by then.
    """
    session.add(
        CaseNotice(
            sheet_id=sheet_id,
            number=f"识别公示〔{held_on.year}〕{sheet_id}号",
            from_on=held_on,
            to_on=on + timedelta(days=step.notice_days),
            notice_days=step.notice_days,
            place=place.strip(),
        )
    )


def _write_findings(
    session: Session,
    rules: Procedure,
    step: Step,
    sheet_id: int,
    held_on: date,
    on: date,
    document: str,
) -> None:
    """What the passing households of a sheet are found to be, kind by kind."""
    done = (
        select(IdentificationCase.household_id)
        .join(CaseStep, CaseStep.case_id == IdentificationCase.id)
        .where(CaseStep.sheet_id == sheet_id, CaseStep.outcome == "done")
    )
    hold(session, done)
    for kind in rules.kinds:
        status = Status.RISK_REMOVED if step.ends_watching else KINDS[kind][2]
        _require_of_kind(session, done, kind, status, held_on)
    finds: dict[str, str] = {kind: KINDS[kind][2].value for kind in rules.kinds}
    status_of: Any = (
        literal(Status.RISK_REMOVED.value)
        if step.ends_watching
        else case(finds, value=IdentificationCase.kind)
    )
    watched_as = null() if step.ends_watching else IdentificationCase.monitored_kind
    names = [
        "household_id", "status", "from_on", "booked_on", "reason", "monitored_kind", "case_id"
    ]  # fmt: skip
    rows = done.with_only_columns(
        IdentificationCase.household_id,
        status_of,
        literal(held_on),
        literal(on),
        literal(f"{step.zh} {document.strip()}".strip()),
        watched_as,
        IdentificationCase.id,
    ).order_by(IdentificationCase.id)
    session.execute(insert(table_of(HouseholdStatus)).from_select(names, rows))


def _require_of_kind(
    session: Session, done: Select[Any], kind: str, status: Status, on: date
) -> None:
    of_kind = done.where(IdentificationCase.kind == kind)
    for monitored_kind in session.scalars(
        of_kind.with_only_columns(IdentificationCase.monitored_kind).distinct()
    ).all():
        same = IdentificationCase.monitored_kind.is_not_distinct_from(monitored_kind)
        watched = None if status is Status.RISK_REMOVED else monitored_kind
        require_following(session, of_kind.where(same), status, monitored_kind=watched, on=on)
