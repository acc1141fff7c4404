"""Taking a step of a round: who may, from which state, over rows that are still the declared ones.

Which steps there are and how a round's place is moved: ``office.stages``, ``lifecycle``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

import ledger
from enterprises.batch import digest_of
from enterprises.dividends import lifecycle
from enterprises.linked import own_index
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
from kernel.actor import Actor
from kernel.refusals import NotFound
from loans.operations.applying import common_region
from office import approvals, rights
from office.stages import Course


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
    version = session.scalar(_version(round_id))
    return session.get_one(DividendDeclaration, (round_id, version))


def _version(round_id: int) -> Select[int]:
    return select(DividendPosition.version).where(DividendPosition.round_id == round_id)


def elsewhere(round_id: int, state: str) -> RoundElsewhere:
    """The round stands where this is not to be done."""
    state_zh, state_en = lifecycle.TITLES[state]
    return RoundElsewhere(field="round_id", round=round_id, state_zh=state_zh, state_en=state_en)


COURSE: Final = Course(
    "分红期次", "round_id", lifecycle.MOVES, DividendStep, DividendPosition, elsewhere
)
steps_of, state_of, lock = COURSE.steps_of, COURSE.state_of, COURSE.lock
makers = COURSE.makers


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
    COURSE.go(session, round_id, move, version=DividendPosition.version + int(declares))
    version = session.scalars(_version(round_id)).one()
    before = steps_of(session, round_id)
    own = own_index(session, by, AgreementHousehold.agreement_id == agreement.id)
    approvals.require_other(by, makers(before, move.other_than), own)
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
