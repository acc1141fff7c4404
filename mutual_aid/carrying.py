"""Carrying out what the members decided: once, by somebody other than who counted the vote."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.database import Recorded
from loans import funds
from mutual_aid.finding import open_fund, vote_of
from mutual_aid.models import (
    FeeSharing,
    FundClosing,
    FundFeeRate,
    MutualMovement,
    MutualVote,
    VillageFund,
    VoteExtension,
    VoteResult,
)
from mutual_aid.refusals import VoteCarriedOut, VoteDoesNotCarry
from office.approvals import require_other

#: the right that carrying a vote out takes
COMMAND = "mutual_aid.carry_out"
#: what a vote may have led to; each row of these names its vote, and no vote is named twice
_RESTING: tuple[type[Recorded], ...] = (
    MutualMovement, FeeSharing, FundFeeRate, FundClosing, VoteExtension,
)  # fmt: skip


def carried(
    session: Session, vote_id: int, subject: str, *, on: date, by: Actor
) -> tuple[VillageFund, MutualVote]:
    """The fund and the vote, if it carries, is about this, and was not carried out yet."""
    ledger.require_bookable(session, on)
    vote = vote_of(session, vote_id)
    fund = open_fund(session, vote.fund_id, COMMAND, by)
    result = session.get(VoteResult, vote_id)
    if result is None or not result.passed or vote.subject != subject:
        raise VoteDoesNotCarry(field="vote_id", nr=vote.nr)
    require_other(by, (result.counted_by,))
    for entity in _RESTING:
        column = entity.__table__.c.vote_id  # type: ignore[attr-defined]
        if session.scalar(select(column).where(column == vote_id)) is not None:
            raise VoteCarriedOut(field="vote_id", nr=vote.nr)
    return fund, vote


def rest(session: Session, vote: MutualVote, row: Recorded) -> None:
    """Write the row that rests on a vote; the keys of the tables hold where two carry it out."""
    nr = vote.nr
    try:
        session.add(row)
        session.flush()
    except IntegrityError as error:
        raise VoteCarriedOut(field="vote_id", nr=nr) from error


def named(vote: MutualVote) -> str:
    """A vote as a clause names it."""
    return f"{vote.held_on.isoformat()}社员大会第{vote.nr}号表决"


def permit_extension(session: Session, *, vote_id: int, on: date, by: Actor) -> None:
    """One loan may run on until the day that the members voted for."""
    _, vote = carried(session, vote_id, "extension", on=on, by=by)
    assert vote.subject_id is not None
    to_on = datetime.strptime(str(vote.figure), "%Y%m%d").date()  # noqa: DTZ007 - a plain date
    rest(session, vote, VoteExtension(vote_id=vote_id, loan_id=vote.subject_id, to_on=to_on))
    funds.permit_extension(session, loan_id=vote.subject_id, to_on=to_on, clause=named(vote), on=on)
