"""Cases: opened for a whole sheet of households, found again by household and procedure.

Opening a case is its first step, the application. A household goes one way at a time: the unique
index over open positions decides between two who open a case for it at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar

from sqlalchemy import literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

import ledger
from households.identification.following import require_following, require_kind
from households.identification.procedure import KINDS, LEVELS, Procedure, Procedures, Step
from households.identification.refusals import (
    CaseHouseholdUnknown,
    CaseOpenAlready,
    NoProcedure,
    StepAheadOfTheBooks,
    StepNeedsDocument,
    StepNeedsWiderScope,
)
from households.identification.sheets import SheetRow, checked
from households.models import (
    CasePosition,
    CaseSheet,
    CaseStep,
    Household,
    IdentificationCase,
    ReviewRound,
)
from kernel.actor import Actor
from kernel.database import insert_many
from kernel.refusals import NotFound
from kernel.regions import LEVEL_DIGITS, in_scope
from kernel.seals import CHUNK, table_of
from office import rights
from office.approvals import digest_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """A household of a sheet, in the register."""

    household_id: int
    number: str
    village_code: str


def open_cases(
    session: Session,
    procedures: Procedures,
    *,
    kind: str,
    rows: Sequence[SheetRow],
    on: date,
    by: Actor,
    held_on: date | None = None,
    monitored_kind: str | None = None,
    round_id: int | None = None,
    document: str = "",
) -> int:
    """Open a case for each household of a sheet by its first step; the sheet's number."""
    held = held_on or on
    if kind not in KINDS:
        raise NoProcedure(field="kind", what=kind, on=held)
    procedure = procedures.at(kind, held)
    step = procedure.steps[0]
    ledger.require_bookable(session, on)
    require_kind(KINDS[kind][2], monitored_kind)
    if round_id is not None and session.get(ReviewRound, round_id) is None:
        raise NotFound(field="round_id", what="核查轮次")
    households = households_of(session, checked(rows), by)
    require_step(step, households, by)
    require_day(step, held, on)
    require_document(step, document)
    sheet_id = write_sheet(
        session, procedure, step, rows, households, held_on=held, on=on, by=by, document=document
    )
    same = {
        "kind": kind,
        "procedure": procedure.code,
        "round_id": round_id,
        "monitored_kind": monitored_kind,
        "started_on": on,
    }
    ids = insert_many(
        session,
        IdentificationCase,
        [
            {"number": f"{h.number}-{sheet_id}", "household_id": h.household_id, **same}
            for h in households
        ],
    )
    notes = {row.number: row.note for row in rows}
    first = {"nr": 1, "sheet_id": sheet_id, "outcome": "done"}
    insert_many(
        session,
        CaseStep,
        [
            {"case_id": case_id, "note": notes[household.number], **first}
            for case_id, household in zip(ids, households, strict=True)
        ],
    )
    _write_positions(session, sheet_id, procedure)
    mine = select(CasePosition.household_id).where(CasePosition.sheet_id == sheet_id)
    require_following(session, mine, KINDS[kind][2], monitored_kind=monitored_kind, on=held)
    return sheet_id


def households_of(session: Session, rows: Sequence[SheetRow], by: Actor) -> list[Found]:
    """The households of a sheet, in its order; numbers of none in the actor's charge refuse it."""
    known: dict[str, Found] = {}
    for some in chunks([row.number for row in rows]):
        found = session.execute(
            select(Household.id, Household.number, Household.village_code).where(
                Household.number.in_(some), in_scope(Household.village_code, by.region_scope)
            )
        )
        known |= {row.number: Found(*row) for row in found}
    strange = [row.number for row in rows if row.number not in known]
    if strange:
        raise CaseHouseholdUnknown(field="number", count=len(strange), number=strange[0])
    return [known[row.number] for row in rows]


def chunks(values: Sequence[T]) -> Iterator[list[T]]:
    """Values in pieces that a statement can name."""
    rest = iter(values)
    while some := list(islice(rest, CHUNK)):
        yield some


def region_of(households: Sequence[Found]) -> str:
    """The smallest region that holds every household."""
    first, last = (pick(h.village_code for h in households) for pick in (min, max))
    for digits in reversed(LEVEL_DIGITS):
        if first[:digits] == last[:digits]:
            return first[:digits].ljust(12, "0")
    return first[:2].ljust(12, "0")


def require_step(step: Step, households: Sequence[Found], by: Actor) -> None:
    """Refuse whoever may not take a step, or is in charge of too little."""
    rights.allow(by, step.command, region=region_of(households))
    zh, en, digits = LEVELS[step.level]
    if len(by.region_scope) > digits:
        raise StepNeedsWiderScope(step=step.zh, level_zh=zh, level_en=en)


def require_day(step: Step, held_on: date, on: date, last: date | None = None) -> None:
    """Refuse a step after the business day, or before the one that it follows."""
    if held_on > on or (last is not None and held_on < last):
        raise StepAheadOfTheBooks(
            field="held_on", step=step.zh, held_on=held_on, on=on, last=last or "—"
        )


def require_document(step: Step, document: str) -> None:
    """Refuse a step whose document is not named."""
    if step.document and not document.strip():
        raise StepNeedsDocument(field="document", step=step.zh)


def write_sheet(
    session: Session,
    procedure: Procedure,
    step: Step,
    rows: Sequence[SheetRow],
    households: Sequence[Found],
    *,
    held_on: date,
    on: date,
    by: Actor,
    document: str,
    meeting: tuple[int, int] | None = None,
) -> int:
    """A sheet as it was handed in, under the hash of its rows."""
    said = [
        [h.household_id, r.outcome, list(_votes(r)), r.note]
        for h, r in zip(households, rows, strict=True)
    ]
    content = [procedure.code, step.code, held_on.isoformat(), document.strip(), meeting, said]
    sheet = CaseSheet(
        procedure=procedure.code,
        step=step.code,
        region_code=region_of(households),
        held_on=held_on,
        booked_on=on,
        by_person=by.person_id,
        document=document.strip(),
        eligible=meeting[0] if meeting else None,
        present=meeting[1] if meeting else None,
        cases=len(rows),
        digest=digest_of(content),
    )
    session.add(sheet)
    session.flush()
    return sheet.id


def _votes(row: SheetRow) -> tuple[int, ...]:
    vote = row.vote
    return () if vote is None else (vote.votes_for, vote.votes_against, vote.abstained)


def _write_positions(session: Session, sheet_id: int, procedure: Procedure) -> None:
    names = ["case_id", "household_id", "procedure", "done", "sheet_id", "state"]
    rows = (
        select(
            CaseStep.case_id, IdentificationCase.household_id, literal(procedure.code),
            literal(1), literal(sheet_id), literal("open"),
        )
        .join(IdentificationCase, IdentificationCase.id == CaseStep.case_id)
        .where(CaseStep.sheet_id == sheet_id)
    )  # fmt: skip
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(table_of(CasePosition)).from_select(names, rows).on_conflict_do_nothing()
    )
    left = session.scalar(
        select(Household.number)
        .join(IdentificationCase, IdentificationCase.household_id == Household.id)
        .join(CaseStep, CaseStep.case_id == IdentificationCase.id)
        .outerjoin(CasePosition, CasePosition.case_id == CaseStep.case_id)
        .where(CaseStep.sheet_id == sheet_id, CasePosition.case_id.is_(None))
        .order_by(CaseStep.id)
        .limit(1)
    )
    if left is not None:
        raise CaseOpenAlready(field="number", number=left)
