"""Four eyes: one person proposes, another decides, and what is decided is what was proposed.

The proposal keeps the proposer's person and a hash of what is proposed. Deciding refuses the
system, the same person (under whatever account), one of the household concerned, a changed hash
and somebody out of scope. A batch is one file with one hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.refusals import NotFound
from office import rights
from office.models import Decision, Proposal
from office.refusals import (
    AlreadyDecided,
    OwnHousehold,
    ProposalChanged,
    ReasonMissing,
    SameMakerAndChecker,
    SystemNeverApproves,
)


def digest_of(content: object) -> str:
    """SHA-256 (hex) of canonical JSON: what a proposal is frozen by."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def propose(
    session: Session,
    *,
    command: str,
    subject_kind: str,
    subject_id: int,
    digest: str,
    summary: str,
    region_code: str,
    institution_id: int | None = None,
    on: date,
    by: Actor,
) -> int:
    """Put something before a second person; the proposal's id.

    ``command`` is the right that deciding takes.
    """
    proposal = Proposal(
        command=command,
        subject_kind=subject_kind,
        subject_id=subject_id,
        digest=digest,
        summary=summary,
        proposed_by=by.person_id,
        proposed_on=on,
        region_code=region_code,
        institution_id=institution_id,
    )
    session.add(proposal)
    session.flush()
    return proposal.id


def subject_of(session: Session, proposal_id: int, kind: str, what: str) -> int:
    """What a proposal of this kind is about; ``what`` it is called where there is none."""
    proposal = session.get(Proposal, proposal_id)
    if proposal is None or proposal.subject_kind != kind:
        raise NotFound(field="proposal_id", what=what)
    return proposal.subject_id


def proposal_of(session: Session, kind: str, subject_id: int) -> Proposal:
    """The one proposal that a subject of this kind was put before a second person with."""
    return session.scalars(select(Proposal).where(about(kind, subject_id))).one()


def about(kind: str, subject_id: int | SQLColumnExpression[int]) -> ColumnElement[bool]:
    """SQL: of a proposal, that it is about this subject."""
    return and_(Proposal.subject_kind == kind, Proposal.subject_id == subject_id)


def undecided() -> ColumnElement[bool]:
    """SQL: of a proposal, that nobody has decided it."""
    return ~exists().where(Decision.proposal_id == Proposal.id)


def by_two(
    kind: str, subject_id: SQLColumnExpression[int], *also: ColumnElement[bool]
) -> ColumnElement[bool]:
    """SQL: of a subject, that another person than its proposer has approved it."""
    return exists().where(
        about(kind, subject_id),
        *also,
        Decision.proposal_id == Proposal.id,
        Decision.decision == "approved",
        Decision.decided_by != Proposal.proposed_by,
    )


def decide(
    session: Session,
    *,
    proposal_id: int,
    digest: str,
    approved: bool,
    on: date,
    by: Actor,
    reason: str = "",
    identity_indexes: Collection[bytes] = (),
) -> Proposal:
    """Record a second person's decision.

    ``digest`` is recomputed by the caller from what stands now; ``identity_indexes`` are the blind
    indexes of the people of the households concerned.
    """
    proposal = session.get(Proposal, proposal_id)
    if proposal is None:
        raise NotFound(what="送审事项")
    rights.allow(
        by, proposal.command, region=proposal.region_code, institution_id=proposal.institution_id
    )
    require_other(by, (proposal.proposed_by,), identity_indexes)
    if not approved:
        require_reason(reason)
    if digest != proposal.digest:
        raise ProposalChanged(field="digest")
    before = session.scalar(select(Decision.decision).where(Decision.proposal_id == proposal_id))
    if before is not None:
        raise AlreadyDecided(decision=before)
    session.add(
        Decision(
            proposal_id=proposal_id,
            decision="approved" if approved else "rejected",
            decided_by=by.person_id,
            decided_on=on,
            reason=reason.strip(),
        )
    )
    session.flush()
    return proposal


def require_reason(reason: str) -> None:
    """Refuse a step back without a word."""
    if not reason.strip():
        raise ReasonMissing(field="reason")


def require_other(
    by: Actor, makers: Collection[int], identity_indexes: Collection[bytes] = ()
) -> None:
    """Refuse as a decider the system, one of the persons who made it, one of a household in it."""
    if by.is_system:
        raise SystemNeverApproves
    if by.person_id in makers:
        raise SameMakerAndChecker
    if by.identity_index is not None and by.identity_index in identity_indexes:
        raise OwnHousehold


def decision_of(session: Session, proposal_id: int) -> str | None:
    """approved, rejected, or None while it waits."""
    return session.scalar(select(Decision.decision).where(Decision.proposal_id == proposal_id))


def waiting(session: Session, by: Actor, limit: int = 200) -> list[Proposal]:
    """Proposals this actor may decide, oldest first; never the actor's own."""
    commands = [command for command in rights.RIGHTS if rights.may(by, command)]
    query = (
        select(Proposal)
        .where(
            undecided(),
            Proposal.command.in_(commands),
            Proposal.proposed_by != by.person_id,
            Proposal.region_code.startswith(by.region_scope, autoescape=True),
        )
        .order_by(Proposal.id)
        .limit(limit)
    )
    if by.institution_ids is not None:
        query = query.where(Proposal.institution_id.in_(by.institution_ids))
    return list(session.scalars(query))
