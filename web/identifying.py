"""What pages, API and command line do with finding households: one unit of work, a plain answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

import ledger
from config.wiring import House
from households import identification
from households.identification import Meeting, Procedure, Sampled, SheetRow, Step
from households.identification.refusals import StepNotNext
from households.models import Status
from kernel import attachments
from kernel.actor import Actor
from office import rights
from web.deeds import Deed, deed

#: what opens the door to a step; the step's own command is asked for too
STEP: Final = "households.take_step"
OPEN: Final = "households.identify"
OBJECT: Final = "households.object"
ANSWER: Final = "households.answer"
SAMPLE: Final = "households.sample"
HAND_IN: Final = "households.county_review"
DECIDE: Final = "households.county_decide"


@dataclass(frozen=True, slots=True)
class Scan:
    """A paper beside a sheet."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Hash of the content, hex."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Opening:
    """The first step of a sheet of households."""

    kind: str
    rows: Sequence[SheetRow]
    held_on: date | None = None
    monitored_kind: str | None = None
    round_id: int | None = None
    document: str = ""

    def body(self) -> list[object]:
        """What makes two requests the same."""
        day = str(self.held_on or "")
        beside = [self.kind, day, self.monitored_kind, self.round_id, self.document]
        return [*beside, _rows(self.rows)]


@dataclass(frozen=True, slots=True)
class Taking:
    """A later step of a sheet of households."""

    procedure: str
    step: str
    rows: Sequence[SheetRow]
    held_on: date | None = None
    document: str = ""
    meeting: Meeting | None = None
    papers: Sequence[Scan] = field(default=())
    place: str = ""

    def body(self) -> list[object]:
        """What makes two requests the same."""
        met = None if self.meeting is None else [self.meeting.eligible, self.meeting.present]
        scans = [one.sha256 for one in self.papers]
        day = str(self.held_on or "")
        beside = [self.procedure, self.step, day, self.document, met, scans, self.place]
        return [*beside, _rows(self.rows)]


@dataclass(frozen=True, slots=True)
class Handing:
    """A list that the county decided on paper."""

    document: str
    status: Status
    from_on: date
    rows: Sequence[SheetRow]
    monitored_kind: str | None = None
    round_id: int | None = None
    reason: str = ""
    #: the file it came in
    file: Scan | None = None

    def body(self) -> list[object]:
        """What makes two requests the same."""
        told = [self.document, self.status.value, str(self.from_on), self.monitored_kind]
        file = None if self.file is None else self.file.sha256
        return [*told, self.round_id, self.reason, file, _rows(self.rows)]


def _rows(rows: Sequence[SheetRow]) -> list[list[object]]:
    return [[row.number, row.outcome, _vote(row), row.note] for row in rows]


def _vote(row: SheetRow) -> list[int] | None:
    vote = row.vote
    return None if vote is None else [vote.votes_for, vote.votes_against, vote.abstained]


def step_of(house: House, procedure: str, step: str) -> tuple[Procedure, int, Step]:
    """A procedure, the place of one of its steps, and the step; the first opens cases instead."""
    rules = house.procedures.get(procedure)
    nr = rules.place(step)
    if nr < 2:
        raise StepNotNext(field="step", number="—", step=step[:40], next="—")
    return rules, nr, rules.steps[nr - 1]


def may_take(by: Actor, step: Step) -> bool:
    """Whether a step is this person's by role and by how wide their region is."""
    digits = identification.procedure.LEVELS[step.level][2]
    return rights.may(by, step.command) and len(by.region_scope) <= digits


def open_cases(house: House, by: Actor, asked: Opening) -> Deed:
    """Open cases for a sheet of households."""

    def work(session: Session) -> dict[str, Any]:
        sheet_id = identification.open_cases(
            session,
            house.procedures,
            kind=asked.kind,
            rows=asked.rows,
            on=ledger.open_day(session),
            by=by,
            held_on=asked.held_on,
            monitored_kind=asked.monitored_kind,
            round_id=asked.round_id,
            document=asked.document,
        )
        return {"sheet_id": sheet_id, "households": len(asked.rows)}

    return work


def take_step(house: House, by: Actor, asked: Taking) -> Deed:
    """Take a step for a sheet of households, its papers kept beside it."""

    def work(session: Session) -> dict[str, Any]:
        kept = [
            attachments.keep(session, house.keyring, name=one.name, content=one.content)
            for one in asked.papers
        ]
        sheet_id = identification.take_step(
            session,
            house.procedures,
            procedure=asked.procedure,
            step=asked.step,
            rows=asked.rows,
            on=ledger.open_day(session),
            by=by,
            held_on=asked.held_on,
            document=asked.document,
            meeting=asked.meeting,
            papers=kept,
            place=asked.place,
        )
        return {"sheet_id": sheet_id, "households": len(asked.rows)}

    return work


def object_to(by: Actor, *, sheet_id: int, number: str, raised_by: str, words: str) -> Deed:
    """Note an objection to a household on a notice."""
    verb = partial(
        identification.object_to,
        sheet_id=sheet_id,
        number=number,
        raised_by=raised_by,
        words=words,
    )
    return deed("objection_id", by, verb)


def answer(by: Actor, *, objection_id: int, upheld: bool, words: str) -> Deed:
    """Say what was found about an objection."""

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        identification.answer(
            session, objection_id=objection_id, upheld=upheld, words=words, on=on, by=by
        )
        return {"objection_id": objection_id, "upheld": upheld}

    return work


def survey(
    house: House,
    by: Actor,
    *,
    number: str,
    survey: str,
    answers: Mapping[str, object],
    surveyed_on: date | None,
) -> Deed:
    """Record what a household answered."""
    verb = partial(
        identification.record_survey,
        surveys=house.surveys,
        lines=house.poverty_lines,
        number=number,
        survey=survey,
        answers=answers,
        surveyed_on=surveyed_on,
    )
    return deed("survey_id", by, verb)


def hand_in(house: House, by: Actor, asked: Handing) -> Deed:
    """Hand in a list for another person's decision."""

    def work(session: Session) -> dict[str, Any]:
        file, kept = asked.file, None
        if file is not None:
            kept = attachments.keep(session, house.keyring, name=file.name, content=file.content)
        handed = identification.hand_in(
            session,
            document=asked.document,
            status=asked.status,
            from_on=asked.from_on,
            rows=asked.rows,
            on=ledger.open_day(session),
            by=by,
            monitored_kind=asked.monitored_kind,
            round_id=asked.round_id,
            reason=asked.reason,
            attachment_id=kept,
        )
        return {
            "list_id": handed.list_id,
            "proposal_id": handed.proposal_id,
            "households": handed.households,
        }

    return work


def begin_round(
    by: Actor, *, number: str, year: int, title: str, from_on: date, to_on: date, document: str
) -> Deed:
    """Enter a round of review."""
    verb = partial(
        identification.begin_round,
        number=number,
        year=year,
        title=title,
        from_on=from_on,
        to_on=to_on,
        document=document,
    )
    return deed("round_id", by, verb)


def record_sample(
    house: House,
    by: Actor,
    sampled: Sampled,
    *,
    region: str,
    checked_on: date,
    unit: str,
    document: str,
    round_id: int | None,
) -> Deed:
    """Record what a sampling check counted."""
    verb = partial(
        identification.record_sample,
        regions=house.regions,
        sampled=sampled,
        region=region,
        checked_on=checked_on,
        unit=unit,
        document=document,
        round_id=round_id,
    )
    return deed("sample_id", by, verb)


def record_population(
    house: House,
    by: Actor,
    *,
    region: str,
    from_on: date,
    people: int,
    source: str,
    derived: bool,
) -> Deed:
    """Record a region's rural population."""
    verb = partial(
        identification.record_population,
        regions=house.regions,
        region=region,
        from_on=from_on,
        people=people,
        source=source,
        derived=derived,
    )
    return deed("population_id", by, verb)


def set_villages(
    house: House,
    by: Actor,
    *,
    villages: Sequence[str],
    standing: Literal["poor", "exited"],
    from_on: date,
    document: str,
) -> Deed:
    """Find villages poor, or out of poverty."""
    verb = partial(
        identification.set_village_standings,
        regions=house.regions,
        villages=list(villages),
        standing=standing,
        from_on=from_on,
        document=document,
    )
    return deed("villages", by, verb)
