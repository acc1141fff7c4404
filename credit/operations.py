"""The verbs: one person proposes a village's sheet, another confirms it, and ratings are in force.

A sheet costs a handful of statements, however many households stand on it. What is confirmed is
recomputed from the recorded scheme and the recorded answers, not taken from the proposer's memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

import ledger
from credit import queries
from credit.models import CreditLine, Rating, RatingScheme, RatingSheet
from credit.refusals import HouseholdNotOfVillage, HouseholdTwiceOnSheet, SheetEmpty
from credit.scheme import Assessment, Scheme
from households import families
from kernel.actor import Actor
from kernel.database import trail_id_of
from kernel.dates import add_months
from office import approvals, rights
from office.models import Proposal

SHEETS = "rating_sheets"


@dataclass(frozen=True, slots=True)
class Entry:
    """A household's answers, as they stand on a sheet."""

    household_id: int
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A sheet that waits for a second person."""

    sheet_id: int
    proposal_id: int
    village_code: str
    households: int
    #: households whose score earns a line
    credited: int
    line_fen: int


def propose(
    session: Session,
    *,
    scheme: Scheme,
    village_code: str,
    entries: Sequence[Entry],
    on: date,
    by: Actor,
    file_name: str = "",
    institution_id: int | None = None,
) -> Proposed:
    """Put a village's sheet (or one household's) before a second person."""
    rights.allow(by, "credit.propose", region=village_code, institution_id=institution_id)
    ledger.require_bookable(session, on)
    _check_households(session, village_code, entries, on)
    assessed = sorted(((e.household_id, scheme.assess(e.answers)) for e in entries), key=_first)
    scheme_id = record_scheme(session, scheme)
    rows = [(household_id, dict(one.answers)) for household_id, one in assessed]
    sheet = RatingSheet(
        scheme_id=scheme_id,
        village_code=village_code,
        content=_canonical(rows),
        digest=sheet_digest(village_code, scheme.digest(), rows),
        households_count=len(rows),
        file_name=file_name,
        proposed_by=by.person_id,
        proposed_on=on,
    )
    session.add(sheet)
    session.flush()
    lines = [one.line_fen for _, one in assessed if one.line_fen]
    proposal_id = approvals.propose(
        session,
        command="credit.confirm",
        subject_kind=SHEETS,
        subject_id=sheet.id,
        digest=sheet.digest,
        summary=f"评级授信：{len(rows)}户，其中{len(lines)}户有授信额度（{scheme.title_zh}）",
        region_code=village_code,
        institution_id=institution_id,
        on=on,
        by=by,
    )
    return Proposed(sheet.id, proposal_id, village_code, len(rows), len(lines), sum(lines))


def decide(
    session: Session,
    *,
    proposal_id: int,
    approved: bool,
    validity_months: int,
    on: date,
    by: Actor,
    reason: str = "",
) -> int:
    """A second person confirms or rejects a sheet; how many ratings are in force by it."""
    ledger.require_bookable(session, on)
    sheet = queries.sheet_of_proposal(session, proposal_id)
    scheme = queries.recorded(session, sheet.scheme_id)
    entries = queries.entries_of(sheet)
    # Recomputed from what stands recorded; the frozen hash is that of the proposal.
    digest = sheet_digest(sheet.village_code, scheme.digest(), entries)
    proposal = approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=digest,
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=_own(session, by, [household_id for household_id, _ in entries]),
    )
    if not approved:
        return 0
    assessed = [(household_id, scheme.assess(answers)) for household_id, answers in entries]
    valid_to = add_months(on, validity_months)
    session.execute(
        insert(Rating),
        [
            _rating(sheet, proposal, one, household_id, on, valid_to, by)
            for household_id, one in assessed
        ],
    )
    _set_lines(session, sheet.id)
    return len(assessed)


def record_scheme(session: Session, scheme: Scheme) -> int:
    """The number of a scheme's record; written when it is first used."""
    digest = scheme.digest()
    known = session.scalar(select(RatingScheme.id).where(RatingScheme.digest == digest))
    if known is not None:
        return known
    row = RatingScheme(
        scheme=scheme.id, version=scheme.version, digest=digest, content=scheme.content()
    )
    session.add(row)
    session.flush()
    return row.id


def sheet_digest(
    village_code: str, scheme_digest: str, rows: Sequence[tuple[int, Mapping[str, str]]]
) -> str:
    """What a sheet is frozen by."""
    return approvals.digest_of({"village": village_code, "scheme": scheme_digest, "rows": rows})


def _rating(
    sheet: RatingSheet,
    proposal: Proposal,
    assessment: Assessment,
    household_id: int,
    on: date,
    valid_to: date,
    by: Actor,
) -> dict[str, object]:
    return {
        "household_id": household_id,
        "sheet_id": sheet.id,
        "scheme_id": sheet.scheme_id,
        "proposal_id": proposal.id,
        "answers": _canonical(dict(assessment.answers)),
        "score_x10": assessment.score_x10,
        "grade": assessment.grade.name,
        "line_fen": assessment.line_fen,
        "valid_from": on,
        "valid_to": valid_to,
        "proposed_by": proposal.proposed_by,
        "confirmed_by": by.person_id,
    }


def _set_lines(session: Session, sheet_id: int) -> None:
    """The lines of a sheet's households follow their new ratings; what is drawn stays drawn."""
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    names = ("household_id", "rating_id", "limit_fen", "valid_from", "valid_to")
    statement = dialect.insert(CreditLine).from_select(
        [*names, "used_fen", "trail_id"],
        select(
            Rating.household_id,
            Rating.id,
            Rating.line_fen,
            Rating.valid_from,
            Rating.valid_to,
            literal(0),
            literal(trail_id_of(session)),
        ).where(Rating.sheet_id == sheet_id),
        include_defaults=False,
    )
    changed = (*names[1:], "trail_id")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["household_id"],
            set_={name: statement.excluded[name] for name in changed},
        )
    )


def _check_households(
    session: Session, village_code: str, entries: Sequence[Entry], on: date
) -> None:
    """Each household once, and of the village's register on the day."""
    if not entries:
        raise SheetEmpty(field="households")
    ids = [entry.household_id for entry in entries]
    of_village = queries.ratable_numbers(session, village_code, on)
    seen: set[int] = set()
    for household_id in ids:
        if household_id in seen:
            raise HouseholdTwiceOnSheet(
                field="household", household=of_village.get(household_id, household_id)
            )
        if household_id not in of_village:
            raise HouseholdNotOfVillage(
                field="household", household=household_id, region=village_code
            )
        seen.add(household_id)


def _own(session: Session, by: Actor, household_ids: Sequence[int]) -> tuple[bytes, ...]:
    """The actor's own blind index, if one of the sheet's households is of the actor's family."""
    return tuple(families.own_index(session, by.identity_index, household_ids))


def _canonical(content: object) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _first(pair: tuple[int, Assessment]) -> int:
    return pair[0]
