"""What a household's own page says of itself: how it stands, what it asked for, what it was paid.

Its links with enterprises, each dividend with the day and the card it came to, its answer of the
last round of need with the bank that is to come to it, its stake in the village's fund.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from enterprises.dividends import reading
from enterprises.dividends.household import HouseholdPayment, payments_of
from enterprises.dividends.reading import RowTold
from enterprises.models import Agreement, DividendRound
from enterprises.queries import links_of_household
from households import Household
from households.families import with_merged
from households.models.families import NeedAnswer
from households.need.operations import ANSWER_TITLES, WANTS
from households.need.queries import current_round, last_answer_id, lead_bank
from households.standing import STANDING_TITLES, is_watched, standing_of, watched_as
from kernel.actor import system_actor
from kernel.vault import Keyring
from mutual_aid.models import MemberPosition, VillageFund
from organisations import Organisation
from web.levels import WATCHED

#: dividends shown at most, the last ones
SHOWN_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class OwnDividend:
    """A dividend as its household sees it."""

    enterprise: str
    period_from: date
    to_on: date
    amount_fen: int
    cash_fen: int
    reinvested_fen: int
    #: day it was paid, and the last four digits of the card; None: it was not
    paid_on: date | None
    card: str
    #: the bank sent the last payment back
    came_back: bool


@dataclass(frozen=True, slots=True)
class OwnLink:
    """An enterprise that the household is linked with."""

    enterprise: str
    stake_fen: int
    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class OwnNeed:
    """What the household last said in the current round."""

    title: str
    answered_on: date
    amount_fen: int | None
    reason: str
    #: the bank that is to come to a household in need; empty where none is named
    bank: str


@dataclass(frozen=True, slots=True)
class OwnPeople:
    """All of it."""

    standing: str
    #: empty: it is not watched
    watched: str
    links: list[OwnLink]
    dividends: list[OwnDividend]
    paid_fen: int
    need: OwnNeed | None
    fund: str
    stake_fen: int


def own_people(session: Session, household_id: int, *, on: date, keyring: Keyring) -> OwnPeople:
    """A household's standing, links, dividends and need on a day."""
    ids = with_merged(session, household_id)
    stands, watched, kind = session.execute(
        select(standing_of(on), is_watched(on), watched_as(on)).where(Household.id == household_id)
    ).one()
    payments = payments_of(session, ids, keyring=keyring)
    fund, stake_fen = _stake(session, household_id)
    return OwnPeople(
        standing=STANDING_TITLES[stands],
        watched=WATCHED[kind or ""] if watched else "",
        links=_links(session, ids, on),
        dividends=_dividends(session, ids, payments, on),
        paid_fen=sum(one.amount_fen for one in payments if one.result == "paid"),
        need=_need(session, household_id, on),
        fund=fund,
        stake_fen=stake_fen,
    )


def _links(session: Session, ids: Sequence[int], on: date) -> list[OwnLink]:
    found = []
    for one in ids:
        for stake, _household, _loan, left_on, agreement, organisation in links_of_household(
            session, one
        ):
            left: date | None = left_on
            to_on = agreement.to_on if left is None else min(left, agreement.to_on)
            if stake.from_on <= on < to_on:
                found.append(OwnLink(organisation.name, stake.stake_fen, stake.from_on, to_on))
    return found


def _dividends(
    session: Session, ids: Sequence[int], payments: Sequence[HouseholdPayment], on: date
) -> list[OwnDividend]:
    by = system_actor("")
    rows = [row for one in ids for row in reading.household_rows(session, one, on=on, by=by)]
    last = {(one.round_id, one.household_id): one for one in payments}
    return [
        _dividend(session, row, last.get((row.row.round_id, row.row.household_id)))
        for row in rows[:SHOWN_MAX]
    ]


def _dividend(session: Session, told: RowTold, last: HouseholdPayment | None) -> OwnDividend:
    found = session.get_one(DividendRound, told.row.round_id)
    agreement = session.get_one(Agreement, found.agreement_id)
    paid = last is not None and last.result == "paid"
    return OwnDividend(
        enterprise=session.get_one(Organisation, agreement.organisation_id).name,
        period_from=found.period_from,
        to_on=found.counted_to,
        amount_fen=told.row.amount_fen,
        cash_fen=told.row.cash_fen,
        reinvested_fen=told.row.reinvested_fen,
        paid_on=told.paid_on,
        card=last.account[-4:] if last is not None and paid else "",
        came_back=last is not None and last.result == "returned",
    )


def _need(session: Session, household_id: int, on: date) -> OwnNeed | None:
    row = session.execute(
        select(NeedAnswer, Household.village_code)
        .join(Household, Household.id == NeedAnswer.household_id)
        .where(Household.id == household_id)
        .where(NeedAnswer.id == last_answer_id(current_round(on), on))
    ).first()
    if row is None:
        return None
    answer, village = row
    bank = _lead_bank(session, village, on) if answer.answer == WANTS else ""
    title = ANSWER_TITLES[answer.answer]
    return OwnNeed(title, answer.answered_on, answer.amount_fen, answer.reason, bank)


def _lead_bank(session: Session, village: str, on: date) -> str:
    lender = session.scalar(select(lead_bank(literal(f"{village[:9]}000"), on)))
    return "" if lender is None else session.get_one(Organisation, lender).name


def _stake(session: Session, household_id: int) -> tuple[str, int]:
    position = session.get(MemberPosition, household_id)
    if position is None:
        return "", 0
    fund = session.get_one(VillageFund, position.fund_id)
    name = session.get_one(Organisation, fund.organisation_id).name
    return name, position.stake_fen + position.base_fen
