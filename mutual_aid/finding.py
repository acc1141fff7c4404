"""Finding a fund, its members and its accounts, each with the refusal where there is none."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from households.models import Household
from kernel.actor import Actor
from kernel.refusals import NotFound
from mutual_aid.models import (
    FundClosing,
    FundOpening,
    FundPlace,
    MemberPosition,
    MutualVote,
    VillageFund,
)
from mutual_aid.refusals import FundMemberUnknown, FundNotOpen
from office import rights

#: all of a fund's accounts are its organisation's
OWNER = "organisations"


def fund_of(session: Session, fund_id: int) -> VillageFund:
    """A fund by its number, open or not."""
    fund = session.get(VillageFund, fund_id)
    if fund is None:
        raise NotFound(field="fund_id", what="互助资金")
    return fund


def open_fund(session: Session, fund_id: int, command: str, by: Actor) -> VillageFund:
    """A fund that is open, for somebody who may do this in it."""
    fund = fund_of(session, fund_id)
    rights.allow(by, command, region=fund.village_code, institution_id=fund.organisation_id)
    if session.get(FundOpening, fund_id) is None or session.get(FundClosing, fund_id) is not None:
        raise FundNotOpen(field="fund_id")
    return fund


def take_turn(session: Session, fund_id: int) -> None:
    """Wait for whoever else numbers something of an open fund; they wait for us.

    Nothing else waits for its place but who ends the fund.
    """
    session.execute(
        select(FundPlace.fund_id).where(FundPlace.fund_id == fund_id).with_for_update()
    ).all()


def number_of(session: Session, household_id: int) -> str:
    """A household's number, for messages."""
    number = session.scalar(select(Household.number).where(Household.id == household_id))
    if number is None:
        raise NotFound(field="household", what="农户")
    return number


def held_position(session: Session, fund: VillageFund, household_id: int) -> MemberPosition:
    """What a household has in a fund, held until the end."""
    position = session.scalar(
        select(MemberPosition)
        .where(MemberPosition.household_id == household_id, MemberPosition.fund_id == fund.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if position is None:
        raise FundMemberUnknown(field="household", number=number_of(session, household_id))
    return position


def member(session: Session, fund: VillageFund, household_id: int) -> MemberPosition:
    """A member of today, held until the end."""
    position = held_position(session, fund, household_id)
    if position.left_on is not None:
        raise FundMemberUnknown(field="household", number=number_of(session, household_id))
    return position


def vote_of(session: Session, vote_id: int) -> MutualVote:
    """A vote by its number."""
    vote = session.get(MutualVote, vote_id)
    if vote is None:
        raise NotFound(field="vote_id", what="表决")
    return vote


def account(session: Session, fund: VillageFund, kind: str) -> int:
    """An account of a fund."""
    return ledger.account_id(session, owner_kind=OWNER, owner_id=fund.organisation_id, kind=kind)


def held_on(session: Session, fund: VillageFund, kind: str, until: date | None = None) -> int:
    """What stands on a credit account of a fund, fen."""
    return -ledger.balance(session, kind=kind, owner_id=fund.organisation_id, until=until)
