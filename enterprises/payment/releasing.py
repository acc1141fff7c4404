"""A dividend that can never be paid goes back into its pool: asked by one, decided by another.

Nobody of the household is left and there is no heir, no account can be opened, or nobody can be
found: the village certifies which. Released, the household is owed nothing more of the round, its
money is free in the enterprise's pool, and a round of which nothing is owed any more is paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

import ledger
from enterprises import batch
from enterprises.dividends import lifecycle
from enterprises.dividends.steps import agreement_of, elsewhere, lock, take
from enterprises.models import (
    DividendPool,
    DividendRelease,
    DividendReleaseAsked,
)
from enterprises.payment.owed import unpaid
from enterprises.refusals import DividendNotOwed, ReleaseAsked, ReleaseUnfounded
from households import Household, family_lines
from kernel.actor import Actor
from kernel.money import format_yuan
from office import approvals, rights
from office.models import Decision, Proposal
from office.paying import Payable
from office.payouts import HOUSEHOLDS

SUBJECT: Final = "dividend_releases_asked"
SOURCE: Final = "dividend_releases"
ASK: Final = "enterprises.release"
DECIDE: Final = "enterprises.approve_release"

#: why it can never be paid -> as a clerk says it
CAUSES: Final[Mapping[str, str]] = MappingProxyType(
    {"no_heir": "户内无人且无继承人", "no_account": "无法开立收款账户", "not_found": "查无下落"}
)
#: where a round stands while nothing of it is on its way to the bank
_AT_REST: Final = (lifecycle.APPROVED, lifecycle.PART_PAID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A household's dividend that cannot be paid."""

    round_id: int
    household_id: int
    cause: str
    #: what was done to find out
    reason: str
    #: the village's certificate
    document_no: str


def ask_release(session: Session, release: Release, *, on: date, by: Actor) -> int:
    """Ask that a dividend go back into the pool; the proposal's id."""
    owed = _owed(session, release.round_id, release.household_id)
    household = session.get_one(Household, release.household_id)
    rights.allow(by, ASK, region=household.village_code)
    ledger.require_bookable(session, on)
    if release.cause not in CAUSES:
        raise ReleaseUnfounded(field="cause")
    if not release.reason.strip() or not release.document_no.strip():
        raise ReleaseUnfounded(field="reason" if release.document_no.strip() else "document_no")
    _require_new(session, release, household.number)
    row = DividendReleaseAsked(
        round_id=release.round_id,
        household_id=household.id,
        amount_fen=owed.amount_fen,
        cause=release.cause,
        reason=release.reason.strip(),
        document_no=release.document_no.strip(),
        asked_on=on,
    )
    session.add(row)
    session.flush()
    said = f"{CAUSES[row.cause]}，分红{format_yuan(row.amount_fen)}元退回分红专户"
    return approvals.propose(
        session,
        command=DECIDE,
        subject_kind=SUBJECT,
        subject_id=row.id,
        digest=_digest(row),
        summary=f"农户{household.number}{said}",
        region_code=agreement_of(session, row.round_id).region_code,
        on=on,
        by=by,
    )


def decide_release(
    session: Session, *, proposal_id: int, approved: bool, on: date, by: Actor, reason: str = ""
) -> int | None:
    """A second person decides; the number of the release, None where there is none."""
    ledger.require_bookable(session, on)
    asked_id = approvals.subject_of(session, proposal_id, SUBJECT, "分红退回专户")
    asked = session.get_one(DividendReleaseAsked, asked_id)
    state = lock(session, asked.round_id).state
    approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=_digest(asked),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=family_lines.own_index(session, by.identity_index, [asked.household_id]),
    )
    if not approved:
        return None
    if state not in _AT_REST:
        raise elsewhere(asked.round_id, state)
    row = _release(session, asked, on)
    if not unpaid(session, asked.round_id):
        take(session, "release", asked.round_id, on=on, by=by, reason=asked.reason)
    return row.id


def _release(session: Session, asked: DividendReleaseAsked, on: date) -> DividendRelease:
    owed = _owed(session, asked.round_id, asked.household_id)
    row = DividendRelease(
        asked_id=asked.id,
        round_id=asked.round_id,
        household_id=asked.household_id,
        amount_fen=owed.amount_fen,
        released_on=on,
    )
    session.add(row)
    session.flush()
    organisation_id = agreement_of(session, asked.round_id).organisation_id
    session.execute(
        update(DividendPool)
        .where(DividendPool.organisation_id == organisation_id)
        .values(reserved_fen=DividendPool.reserved_fen - row.amount_fen)
        .execution_options(synchronize_session=False)
    )
    _book(session, row, organisation_id, on)
    return row


def _book(session: Session, row: DividendRelease, organisation_id: int, on: date) -> None:
    payable, held = (
        ledger.account_id(session, owner_kind=batch.OWNER_KIND, owner_id=organisation_id, kind=kind)
        for kind in ("dividend_payable", "pool_held")
    )
    ledger.post(
        session,
        source_kind=SOURCE,
        source_id=row.id,
        booking_date=on,
        value_date=on,
        lines=[
            ledger.Line(payable, row.amount_fen, row.household_id),
            ledger.Line(held, -row.amount_fen),
        ],
    )


def _owed(session: Session, round_id: int, household_id: int) -> Payable:
    """What a granted round owes a household still."""
    state = lock(session, round_id).state
    if state not in _AT_REST:
        raise elsewhere(round_id, state)
    for one in unpaid(session, round_id):
        if one.payee == (HOUSEHOLDS, household_id):
            return one
    raise DividendNotOwed(field="household_id", round=round_id)


def _require_new(session: Session, release: Release, number: str) -> None:
    """No wish for it waits."""
    waits = exists().where(
        Proposal.subject_kind == SUBJECT,
        Proposal.subject_id == DividendReleaseAsked.id,
        ~exists().where(Decision.proposal_id == Proposal.id),
    )
    found = session.scalar(
        select(DividendReleaseAsked.id).where(
            DividendReleaseAsked.round_id == release.round_id,
            DividendReleaseAsked.household_id == release.household_id,
            waits,
        )
    )
    if found is not None:
        raise ReleaseAsked(field="household_id", number=number)


def _digest(row: DividendReleaseAsked) -> str:
    return approvals.digest_of(
        {
            "round": row.round_id,
            "household": row.household_id,
            "amount_fen": row.amount_fen,
            "cause": row.cause,
            "reason": row.reason,
            "document": row.document_no,
        }
    )
