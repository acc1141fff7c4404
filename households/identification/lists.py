"""What the county decided on paper (县级审定公告): a list in, a second person's decision, findings.

A list names its document, one finding and one day, and any number of households. One person of the
poverty office hands it in, another decides; what is decided is what was handed in, by its hash. The
rule of what may follow on what is asked when it is handed in and again when it is decided. A list
of one is how the county corrects a single household.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Select, insert, literal, select
from sqlalchemy.orm import Session

import ledger
from households.family_lines import kin_of
from households.identification.cases import (
    chunks,
    households_of,
)
from households.identification.following import hold, require_following, require_kind
from households.identification.refusals import StepNeedsDocument
from households.identification.sheets import SheetRow, checked, read_sheet
from households.models import (
    STATUS_TITLES,
    DecidedList,
    DecidedListRow,
    HouseholdStatus,
    ReviewRound,
    Status,
)
from households.refusals import RegisteredAfterTheDay
from kernel import attachments
from kernel.actor import Actor
from kernel.refusals import NotFound
from kernel.seals import table_of
from kernel.vault import Keyring
from office import approvals, rights

SUBJECT: Final = "decided_lists"
#: what handing in takes, and what deciding takes
HAND_IN, DECIDE = "households.county_review", "households.county_decide"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A list that waits for a second person."""

    list_id: int
    proposal_id: int
    households: int


def hand_in_file(
    session: Session,
    keyring: Keyring,
    path: Path,
    *,
    document: str,
    status: Status,
    from_on: date,
    on: date,
    by: Actor,
    monitored_kind: str | None = None,
    round_id: int | None = None,
    reason: str = "",
) -> HandedIn:
    """Hand in a list as the file it stands in, which is kept."""
    rows = read_sheet(path)
    kept = attachments.keep(session, keyring, name=path.name, content=path.read_bytes())
    return hand_in(
        session, document=document, status=status, from_on=from_on, rows=rows, on=on, by=by,
        monitored_kind=monitored_kind, round_id=round_id, reason=reason, attachment_id=kept,
    )  # fmt: skip


def hand_in(
    session: Session,
    *,
    document: str,
    status: Status,
    from_on: date,
    rows: Sequence[SheetRow],
    on: date,
    by: Actor,
    monitored_kind: str | None = None,
    round_id: int | None = None,
    reason: str = "",
    attachment_id: int | None = None,
) -> HandedIn:
    """Hand in a list; it waits for another person's decision."""
    ledger.require_bookable(session, on)
    title = STATUS_TITLES[status]
    if not document.strip():
        raise StepNeedsDocument(field="document", step=title)
    if from_on > on:
        raise RegisteredAfterTheDay(field="from_on", title=title, on=on)
    require_kind(status, monitored_kind)
    if round_id is not None and session.get(ReviewRound, round_id) is None:
        raise NotFound(field="round_id", what="核查轮次")
    households = households_of(session, checked(rows), by)
    region = ledger.books(session).region_code
    rights.allow(by, HAND_IN, region=region)
    one = DecidedList(
        document=document.strip(),
        status=status.value,
        monitored_kind=monitored_kind,
        from_on=from_on,
        handed_in_on=on,
        round_id=round_id,
        attachment_id=attachment_id,
        reason=reason.strip(),
        households=len(rows),
        digest="0" * 64,
    )
    ids = sorted(household.household_id for household in households)
    one.digest = _digest(one, ids)
    session.add(one)
    session.flush()
    lines = {h.household_id: row.line for h, row in zip(households, rows, strict=True)}
    _write_rows(session, one.id, lines)
    require_following(
        session, _households(one.id), status, monitored_kind=monitored_kind, on=from_on
    )
    proposal = approvals.propose(
        session,
        command=DECIDE,
        subject_kind=SUBJECT,
        subject_id=one.id,
        digest=one.digest,
        summary=f"{title}{len(rows)}户（{one.document}）",
        region_code=region,
        on=on,
        by=by,
    )
    return HandedIn(one.id, proposal, len(rows))


def _write_rows(session: Session, list_id: int, lines: Mapping[int, int]) -> None:
    for some in chunks(sorted(lines)):
        session.execute(
            insert(table_of(DecidedListRow)),
            [{"list_id": list_id, "household_id": i, "line": lines[i]} for i in some],
        )


def decide_list(
    session: Session,
    *,
    list_id: int,
    approved: bool,
    on: date,
    by: Actor,
    reason: str = "",
) -> int:
    """Another person's decision; how many findings it wrote."""
    ledger.require_bookable(session, on)
    one = session.get(DecidedList, list_id)
    if one is None:
        raise NotFound(field="list_id", what="审定名单")
    ids = list(session.scalars(_households(list_id).order_by(DecidedListRow.household_id)))
    approvals.decide(
        session,
        proposal_id=approvals.proposal_of(session, SUBJECT, list_id).id,
        digest=_digest(one, ids),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=_own(session, list_id, by),
    )
    if not approved:
        return 0
    status = Status(one.status)
    hold(session, _households(list_id))
    require_following(
        session, _households(list_id), status, monitored_kind=one.monitored_kind, on=one.from_on
    )
    _write_findings(session, one, on)
    return one.households


def _write_findings(session: Session, one: DecidedList, on: date) -> None:
    said = f"{one.document} {one.reason}".strip()
    names = [
        "household_id", "status", "from_on", "booked_on", "reason", "monitored_kind", "list_id"
    ]  # fmt: skip
    rows = (
        _households(one.id)
        .with_only_columns(
            DecidedListRow.household_id,
            literal(one.status),
            literal(one.from_on),
            literal(on),
            literal(said),
            literal(one.monitored_kind, HouseholdStatus.monitored_kind.type),
            literal(one.id),
        )
        .order_by(DecidedListRow.household_id)
    )
    session.execute(insert(table_of(HouseholdStatus)).from_select(names, rows))


def _households(list_id: int) -> Select[int]:
    return select(DecidedListRow.household_id).where(DecidedListRow.list_id == list_id)


def _own(session: Session, list_id: int, by: Actor) -> list[bytes]:
    """The actor's identity, where the actor lives in a household of the list."""
    if by.identity_index is None:
        return []
    mine = kin_of(session, by.identity_index)
    found = session.scalar(
        _households(list_id).where(DecidedListRow.household_id.in_(mine)).limit(1)
    )
    return [by.identity_index] if found is not None else []


def _digest(one: DecidedList, ids: Sequence[int]) -> str:
    said = [one.document, one.status, one.monitored_kind, one.from_on.isoformat(), one.reason]
    return approvals.digest_of([*said, list(ids)])
