"""Taking a step of a round: who may, from which state, over rows that are still the declared ones.

The round's place is moved by one conditional UPDATE, on which two who take the same step wait for
each other; the second finds it elsewhere. Everything else is read after that.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

import ledger
from enterprises.batch import digest_of
from enterprises.dividends import lifecycle
from enterprises.dividends.lifecycle import Move
from enterprises.models import (
    Agreement,
    AgreementHousehold,
    DividendDeclaration,
    DividendPosition,
    DividendRound,
    DividendStep,
)
from enterprises.refusals import DividendRowsChanged, RoundElsewhere
from households import Household
from households.family_lines import kin_of
from kernel.actor import Actor
from kernel.refusals import NotFound
from loans.operations.applying import common_region
from office import approvals, rights
from office.refusals import ReasonMissing

#: where a round stands when its payment file was discarded
_BACK_TO = (lifecycle.APPROVED, lifecycle.PART_PAID)


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken."""

    round: DividendRound
    agreement: Agreement
    step: DividendStep


def round_of(session: Session, round_id: int) -> DividendRound:
    """A round by its number."""
    found = session.get(DividendRound, round_id)
    if found is None:
        raise NotFound(field="round_id", what="分红期次")
    return found


def agreement_of(session: Session, round_id: int) -> Agreement:
    """The agreement of a round."""
    return session.get_one(Agreement, round_of(session, round_id).agreement_id)


def declaration_of(session: Session, round_id: int) -> DividendDeclaration:
    """The version of a round that counts."""
    version = select(DividendPosition.version).where(DividendPosition.round_id == round_id)
    return session.get_one(DividendDeclaration, (round_id, session.scalar(version)))


def steps_of(session: Session, round_id: int) -> Sequence[DividendStep]:
    """Everything that happened to a round, in order."""
    return session.scalars(
        select(DividendStep).where(DividendStep.round_id == round_id).order_by(DividendStep.nr)
    ).all()


def state_of(session: Session, round_id: int) -> str:
    """Where a round stands."""
    state = session.scalar(
        select(DividendPosition.state).where(DividendPosition.round_id == round_id)
    )
    if state is None:
        raise NotFound(field="round_id", what="分红期次")
    return state


def take(
    session: Session,
    name: str,
    round_id: int,
    *,
    on: date,
    by: Actor,
    reason: str = "",
    posted_on: date | None = None,
    declares: bool = False,
) -> Taken:
    """Take the step of that name, or refuse it. ``declares``: it is about the version to come."""
    move, found = lifecycle.MOVES[name], round_of(session, round_id)
    agreement = session.get_one(Agreement, found.agreement_id)
    allow(session, move.command, agreement, by)
    ledger.require_bookable(session, on)
    version = _go(session, round_id, move, 1 if declares else 0)
    before = steps_of(session, round_id)
    approvals.require_other(by, makers(before, move.other_than), _own_index(session, found, by))
    step = DividendStep(
        round_id=round_id,
        nr=len(before) + 1,
        state=move.to,
        version=version,
        on_day=on,
        by_person=by.person_id,
        posted_on=posted_on,
        digest="" if declares else declared_digest(session, round_id, version),
        reason=reason.strip(),
    )
    if not declares:
        write_step(session, step)
    return Taken(found, agreement, step)


def write_step(session: Session, step: DividendStep) -> None:
    """Note a step, complete."""
    session.add(step)
    session.flush()


def require_reason(reason: str) -> None:
    """Refuse a step back without a word."""
    if not reason.strip():
        raise ReasonMissing(field="reason")


def allow(session: Session, command: str, agreement: Agreement, by: Actor) -> None:
    """Refuse whoever may not do this for all households of an agreement.

    A village's own registrar may, where they are all of the village.
    """
    ends = session.execute(
        select(func.min(Household.village_code), func.max(Household.village_code))
        .join(AgreementHousehold, AgreementHousehold.household_id == Household.id)
        .where(AgreementHousehold.agreement_id == agreement.id)
    ).one()
    codes = [str(end) for end in ends if end is not None]
    region = common_region(codes) if codes else agreement.region_code
    rights.allow(by, command, region=region)


def declared_digest(session: Session, round_id: int, version: int) -> str:
    """The digest of a version's rows, which is the one that was declared."""
    digest = digest_of(session, round_id, version)
    if digest != session.get_one(DividendDeclaration, (round_id, version)).digest:
        raise DividendRowsChanged(field="round_id", round=round_id)
    return digest


def makers(steps: Sequence[DividendStep], states: Collection[str]) -> set[int]:
    """Who last brought the round to these states; who discards a file grants nothing by it."""
    last: dict[str, int] = {}
    before = ""
    for step in steps:
        if before != lifecycle.FILED or step.state not in _BACK_TO:
            last[step.state] = step.by_person
        before = step.state
    return {last[state] for state in states if state in last}


def lock(session: Session, round_id: int) -> DividendPosition:
    """Wait for whoever else takes a step of the round; where it stands."""
    position = session.scalar(
        select(DividendPosition)
        .where(DividendPosition.round_id == round_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if position is None:
        raise NotFound(field="round_id", what="分红期次")
    return position


def _go(session: Session, round_id: int, move: Move, versions: int) -> int:
    """Move the round's place; the version that counts from here on."""
    position = lock(session, round_id)
    came_from, version = position.state, position.version + versions
    moved = session.execute(
        update(DividendPosition)
        .where(DividendPosition.round_id == round_id, DividendPosition.state.in_(move.comes_from))
        .values(state=move.to, version=version)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise elsewhere(round_id, came_from)
    return version


def elsewhere(round_id: int, state: str) -> RoundElsewhere:
    """The round stands where this is not to be done."""
    state_zh, state_en = lifecycle.TITLES[state]
    return RoundElsewhere(field="round_id", round=round_id, state_zh=state_zh, state_en=state_en)


def _own_index(session: Session, found: DividendRound, by: Actor) -> set[bytes]:
    """The mover's own identity index, if somebody of a linked household has it."""
    if by.identity_index is None:
        return set()
    mine = kin_of(session, by.identity_index)
    linked = (
        select(AgreementHousehold.id)
        .where(
            AgreementHousehold.agreement_id == found.agreement_id,
            AgreementHousehold.household_id.in_(mine),
        )
        .limit(1)
    )
    return {by.identity_index} if session.scalar(linked) is not None else set()
