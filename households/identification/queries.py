"""The reads of identification: cases and why, what waits, notices, rounds, rates of samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from households.identification.procedure import KINDS, Procedures, Step
from households.identification.rates import Rate, accuracy
from households.models import (
    CaseNotice,
    CaseObjection,
    CaseObjectionAnswer,
    CasePosition,
    CaseSheet,
    CaseStep,
    DecidedList,
    DecidedListRow,
    Household,
    HouseholdStatus,
    IdentificationCase,
    ReviewRound,
    RuralPopulation,
    SampleCheck,
    SurveyAnswer,
    VillageStanding,
)
from kernel.refusals import NotFound
from kernel.regions import in_scope
from office import approvals
from office.models import Decision, Proposal

#: state of a case -> (Chinese, English)
STATES = {
    "open": ("办理中", "open"),
    "standing": ("已认定，跟踪中", "decided and watched"),
    "closed": ("办结", "closed"),
    "refused": ("未通过", "refused"),
}


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list."""

    case_id: int
    case_number: str
    household_id: int
    household_number: str
    village_code: str
    kind: str
    monitored_kind: str | None
    procedure: str
    started_on: date
    done: int
    state: str
    sheet_id: int
    #: first day on which the next step may be taken, where a notice hangs
    waits_until: date | None


@dataclass(frozen=True, slots=True)
class TakenStep:
    """A step that was taken of a case, with its sheet."""

    nr: int
    step: CaseStep
    sheet: CaseSheet
    notice: CaseNotice | None
    rule: Step


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything about a case: why its household is found to be what it is."""

    line: CaseLine
    steps: list[TakenStep]
    awaited: Step | None
    surveys: Sequence[SurveyAnswer]
    objections: list[tuple[CaseObjection, CaseObjectionAnswer | None]]
    findings: Sequence[HouseholdStatus]


@dataclass(frozen=True, slots=True)
class ListLine:
    """A county's list: its decision is None while it waits."""

    one: DecidedList
    decision: str | None


@dataclass(frozen=True, slots=True)
class RoundFindings:
    """What a round found: households by finding, through cases and lists that name it."""

    review: ReviewRound
    #: status -> households
    found: dict[str, int]
    samples: Sequence[SampleCheck]


def _lines(digits: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            IdentificationCase.id, IdentificationCase.number, Household.id, Household.number,
            Household.village_code, IdentificationCase.kind, IdentificationCase.monitored_kind,
            IdentificationCase.procedure, IdentificationCase.started_on, CasePosition.done,
            CasePosition.state, CasePosition.sheet_id, CaseNotice.to_on,
        )
        .join(Household, Household.id == IdentificationCase.household_id)
        .join(CasePosition, CasePosition.case_id == IdentificationCase.id)
        .outerjoin(CaseNotice, CaseNotice.sheet_id == CasePosition.sheet_id)
        .where(in_scope(Household.village_code, digits))
    )  # fmt: skip


def cases(
    session: Session,
    *,
    digits: str,
    kind: str | None = None,
    state: str | None = None,
    procedure: str | None = None,
    done: int | None = None,
    round_id: int | None = None,
    after_id: int = 0,
    limit: int = 50,
) -> list[CaseLine]:
    """Cases of a scope, by filters, in the order in which they began."""
    wanted = [
        (IdentificationCase.kind, kind),
        (CasePosition.state, state),
        (IdentificationCase.procedure, procedure),
        (CasePosition.done, done),
        (IdentificationCase.round_id, round_id),
    ]
    query = _lines(digits).where(IdentificationCase.id > after_id)
    for column, value in wanted:
        if value is not None:
            query = query.where(column == value)
    rows = session.execute(query.order_by(IdentificationCase.id).limit(limit))
    return [CaseLine(*row) for row in rows]


def cases_of(session: Session, household_id: int, *, digits: str) -> list[CaseLine]:
    """Every case of a household, the oldest first."""
    query = _lines(digits).where(IdentificationCase.household_id == household_id)
    rows = session.execute(query.order_by(IdentificationCase.id))
    return [CaseLine(*row) for row in rows]


def waiting(
    session: Session, procedures: Procedures, *, digits: str
) -> list[tuple[Step, str, int]]:
    """What waits in a scope: (step to come, code of its procedure, cases)."""
    rows = session.execute(
        select(CasePosition.procedure, CasePosition.done, func.count())
        .join(Household, Household.id == CasePosition.household_id)
        .where(CasePosition.state == "open", in_scope(Household.village_code, digits))
        .group_by(CasePosition.procedure, CasePosition.done)
        .order_by(CasePosition.procedure, CasePosition.done)
    )
    found = []
    for procedure, done, count in rows:
        awaited = procedures.get(procedure).after(done)
        if awaited is not None:
            found.append((awaited, procedure, count))
    return found


def case_file(session: Session, procedures: Procedures, case_id: int, *, digits: str) -> CaseFile:
    """A case with its steps, votes, notices, surveys, objections and findings."""
    row = session.execute(_lines(digits).where(IdentificationCase.id == case_id)).one_or_none()
    if row is None:
        raise NotFound(field="case_id", what="识别事项")
    line = CaseLine(*row)
    rules = procedures.get(line.procedure)
    taken = session.execute(
        select(CaseStep, CaseSheet, CaseNotice)
        .join(CaseSheet, CaseSheet.id == CaseStep.sheet_id)
        .outerjoin(CaseNotice, CaseNotice.sheet_id == CaseStep.sheet_id)
        .where(CaseStep.case_id == case_id)
        .order_by(CaseStep.nr)
    )
    objections = session.execute(
        select(CaseObjection, CaseObjectionAnswer)
        .outerjoin(CaseObjectionAnswer, CaseObjectionAnswer.objection_id == CaseObjection.id)
        .where(CaseObjection.case_id == case_id)
        .order_by(CaseObjection.id)
    )
    live = line.state in {"open", "standing"}
    return CaseFile(
        line=line,
        steps=[TakenStep(s.nr, s, sheet, n, rules.steps[s.nr - 1]) for s, sheet, n in taken],
        awaited=rules.after(line.done) if live else None,
        surveys=session.scalars(
            select(SurveyAnswer).where(SurveyAnswer.case_id == case_id).order_by(SurveyAnswer.id)
        ).all(),
        objections=[(one, said) for one, said in objections],
        findings=session.scalars(
            select(HouseholdStatus)
            .where(HouseholdStatus.case_id == case_id)
            .order_by(HouseholdStatus.id)
        ).all(),
    )


def notices(
    session: Session, *, digits: str, on: date | None = None, before: int = 0, limit: int = 50
) -> list[tuple[CaseNotice, CaseSheet]]:
    """Notices of a scope, the latest first; with a day those that hang on it.

    ``before``: the sheet of the last one seen.
    """
    low = digits.ljust(12, "0")
    query = (
        select(CaseNotice, CaseSheet)
        .join(CaseSheet, CaseSheet.id == CaseNotice.sheet_id)
        .where((CaseSheet.region_code == low) | in_scope(CaseSheet.region_code, digits))
    )
    if on is not None:
        query = query.where(CaseNotice.from_on <= on, CaseNotice.to_on > on)
    if before:
        query = query.where(CaseNotice.sheet_id < before)
    rows = session.execute(query.order_by(CaseNotice.sheet_id.desc()).limit(limit))
    return [(notice, sheet) for notice, sheet in rows]


def lists(
    session: Session,
    *,
    text: str = "",
    status: str = "",
    decision: str = "",
    before: int = 0,
    limit: int | None = 50,
) -> list[ListLine]:
    """The county's lists, the latest first.

    ``text``: part of the document's number. ``decision``: approved, rejected, or waiting.
    ``before``: the last one seen.
    """
    query = _decided()
    if text:
        query = query.where(DecidedList.document.contains(text, autoescape=True))
    if status:
        query = query.where(DecidedList.status == status)
    if decision:
        ruled = None if decision == "waiting" else decision
        query = query.where(Decision.decision.is_not_distinct_from(ruled))
    if before:
        query = query.where(DecidedList.id < before)
    rows = session.execute(query.order_by(DecidedList.id.desc()).limit(limit))
    return [ListLine(one, ruled) for one, ruled in rows]


def list_of(session: Session, list_id: int) -> ListLine:
    """One of them."""
    row = session.execute(_decided().where(DecidedList.id == list_id)).one_or_none()
    if row is None:
        raise NotFound(field="list_id", what="审定名单")
    return ListLine(row[0], row[1])


def _decided() -> Select[*tuple[Any, ...]]:
    return (
        select(DecidedList, Decision.decision)
        .outerjoin(Proposal, approvals.about("decided_lists", DecidedList.id))
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
    )


def list_households(
    session: Session,
    list_id: int,
    *,
    digits: str,
    text: str = "",
    after: str = "",
    limit: int | None = None,
) -> list[tuple[int, str, str]]:
    """The households of a list in a scope, by number: line, number, village.

    ``text``: the beginning of a number. ``after``: the number of the last one seen.
    """
    number = Household.number.startswith(text.upper(), autoescape=True)
    rows = session.execute(
        select(DecidedListRow.line, Household.number, Household.village_code)
        .join(Household, Household.id == DecidedListRow.household_id)
        .where(DecidedListRow.list_id == list_id, in_scope(Household.village_code, digits))
        .where(number, Household.number > after)
        .order_by(Household.number)
        .limit(limit)
    )
    return [(line, number, village) for line, number, village in rows]


def count_list(session: Session, list_id: int, *, digits: str) -> int:
    """How many households of a list are in a scope."""
    found = session.scalar(
        select(func.count())
        .select_from(DecidedListRow)
        .join(Household, Household.id == DecidedListRow.household_id)
        .where(DecidedListRow.list_id == list_id, in_scope(Household.village_code, digits))
    )
    return found or 0


def rounds(session: Session, *, digits: str) -> list[RoundFindings]:
    """Every round of review with what it found in a scope, the oldest first."""
    through = func.coalesce(IdentificationCase.round_id, DecidedList.round_id)
    rows = session.execute(
        select(through, HouseholdStatus.status, func.count())
        .join(Household, Household.id == HouseholdStatus.household_id)
        .outerjoin(IdentificationCase, IdentificationCase.id == HouseholdStatus.case_id)
        .outerjoin(DecidedList, DecidedList.id == HouseholdStatus.list_id)
        .where(through.is_not(None), in_scope(Household.village_code, digits))
        .group_by(through, HouseholdStatus.status)
    )
    found: dict[int, dict[str, int]] = {}
    for round_id, status, count in rows:
        found.setdefault(round_id, {})[status] = count
    taken = session.scalars(select(SampleCheck).order_by(SampleCheck.id)).all()
    return [
        RoundFindings(one, found.get(one.id, {}), [s for s in taken if s.round_id == one.id])
        for one in session.scalars(select(ReviewRound).order_by(ReviewRound.from_on))
    ]


def sample_rates(one: SampleCheck) -> list[Rate]:
    """The rates that a sampling check gives; what it did not look at gives none."""
    rates = [
        Rate("wrongly_exited", one.wrongly_exited, one.sampled_exited),
        Rate("missed", one.missed, one.sampled_unregistered),
        accuracy(checked=one.people_checked, wrong=one.people_wrong),
        Rate("village_accuracy", one.villages_checked - one.villages_wrong, one.villages_checked),
        Rate("approval", one.approving, one.surveyed),
    ]
    return [rate for rate in rates if rate.denominator]


def latest_sample(session: Session, *, region: str, on: date) -> SampleCheck | None:
    """The last sampling check of a region on or before a day; None: there is none."""
    return session.scalar(
        select(SampleCheck)
        .where(SampleCheck.region_code == region, SampleCheck.checked_on <= on)
        .order_by(SampleCheck.checked_on.desc(), SampleCheck.id.desc())
        .limit(1)
    )


def population(session: Session, *, region: str, on: date) -> RuralPopulation | None:
    """The rural population of a region in force on a day; None: nobody has told it."""
    return session.scalar(
        select(RuralPopulation)
        .where(RuralPopulation.region_code == region, RuralPopulation.from_on <= on)
        .order_by(RuralPopulation.from_on.desc(), RuralPopulation.id.desc())
        .limit(1)
    )


def villages(session: Session, *, digits: str, on: date) -> dict[str, VillageStanding]:
    """Villages of a scope that are or were poor, each with its standing on a day."""
    rows = session.scalars(
        select(VillageStanding)
        .where(in_scope(VillageStanding.village_code, digits), VillageStanding.from_on <= on)
        .order_by(VillageStanding.village_code, VillageStanding.from_on, VillageStanding.id)
    )
    return {row.village_code: row for row in rows}


def kind_title(kind: str) -> str:
    """What a kind of case is called."""
    return KINDS[kind][0]
